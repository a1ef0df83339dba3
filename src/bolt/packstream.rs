//! PackStream: values as bytes. A marker says the type and, for small values, the value or length itself.
//!
//! [`Unpacker`] reads one marker at a time, so that its caller decides how deep to go and what to allocate;
//! the `put_` functions append to a buffer.

use super::Malformed;

type Result<T> = std::result::Result<T, Malformed>;

/// A value, or the start of one whose parts follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Bytes(&'a [u8]),
    String(&'a str),
    /// So many values follow.
    List(usize),
    /// So many pairs of a string and a value follow.
    Map(usize),
    Structure {
        signature: u8,
        /// So many values follow.
        fields: usize,
    },
}

impl Token<'_> {
    /// What it is, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Token::Null => "null",
            Token::Boolean(_) => "a Boolean",
            Token::Integer(_) => "an integer",
            Token::Float(_) => "a float",
            Token::Bytes(_) => "bytes",
            Token::String(_) => "a string",
            Token::List(_) => "a list",
            Token::Map(_) => "a map",
            Token::Structure { .. } => "a structure",
        }
    }
}

/// Reads tokens from a message.
#[derive(Clone, Debug)]
pub struct Unpacker<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Unpacker<'a> {
    pub fn new(bytes: &'a [u8]) -> Unpacker<'a> {
        Unpacker { bytes, at: 0 }
    }

    /// The count of bytes that are left.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Fails if anything is left.
    pub fn end(&self) -> Result<()> {
        match self.left() {
            0 => Ok(()),
            left => Err(Malformed(format!("{left} bytes follow the end of the message"))),
        }
    }

    pub fn token(&mut self) -> Result<Token<'a>> {
        let marker = self.byte()?;
        let low = usize::from(marker & 0x0f);
        Ok(match marker {
            0x00..=0x7f | 0xf0..=0xff => Token::Integer(i64::from(marker as i8)),
            0x80..=0x8f => self.string(low)?,
            0x90..=0x9f => self.list(low)?,
            0xa0..=0xaf => self.map(low)?,
            0xb0..=0xbf => {
                let signature = self.byte()?;
                self.holds(low, 1)?;
                Token::Structure { signature, fields: low }
            }
            0xc0 => Token::Null,
            0xc1 => Token::Float(f64::from_be_bytes(self.array()?)),
            0xc2 => Token::Boolean(false),
            0xc3 => Token::Boolean(true),
            0xc8 => Token::Integer(i64::from(i8::from_be_bytes(self.array()?))),
            0xc9 => Token::Integer(i64::from(i16::from_be_bytes(self.array()?))),
            0xca => Token::Integer(i64::from(i32::from_be_bytes(self.array()?))),
            0xcb => Token::Integer(i64::from_be_bytes(self.array()?)),
            0xcc..=0xce => {
                let length = self.length(marker - 0xcc)?;
                Token::Bytes(self.take(length)?)
            }
            0xd0..=0xd2 => {
                let length = self.length(marker - 0xd0)?;
                self.string(length)?
            }
            0xd4..=0xd6 => {
                let length = self.length(marker - 0xd4)?;
                self.list(length)?
            }
            0xd8..=0xda => {
                let length = self.length(marker - 0xd8)?;
                self.map(length)?
            }
            _ => return Err(Malformed(format!("no value starts with the byte {marker:#04x}"))),
        })
    }

    fn string(&mut self, length: usize) -> Result<Token<'a>> {
        let bytes = self.take(length)?;
        let text = std::str::from_utf8(bytes).map_err(|_| Malformed("a string is not UTF-8".into()))?;
        Ok(Token::String(text))
    }

    fn list(&mut self, length: usize) -> Result<Token<'a>> {
        self.holds(length, 1)?;
        Ok(Token::List(length))
    }

    fn map(&mut self, length: usize) -> Result<Token<'a>> {
        self.holds(length, 2)?;
        Ok(Token::Map(length))
    }

    /// Fails if the bytes that are left cannot hold that many items, so that a false length allocates nothing.
    fn holds(&self, items: usize, smallest: usize) -> Result<()> {
        match items.checked_mul(smallest).is_some_and(|bytes| bytes <= self.left()) {
            true => Ok(()),
            false => Err(Malformed(format!("{items} items do not fit the {} bytes that are left", self.left()))),
        }
    }

    /// A length of 1, 2 or 4 bytes.
    fn length(&mut self, size: u8) -> Result<usize> {
        Ok(match size {
            0 => usize::from(self.byte()?),
            1 => usize::from(u16::from_be_bytes(self.array()?)),
            _ => u32::from_be_bytes(self.array()?) as usize,
        })
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| Malformed("the message ends within a value".into()))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..length).ok_or_else(|| Malformed("the message ends within a value".into()))?;
        self.at += length;
        Ok(taken)
    }
}

pub fn put_null(out: &mut Vec<u8>) {
    out.push(0xc0);
}

pub fn put_boolean(out: &mut Vec<u8>, value: bool) {
    out.push(if value { 0xc3 } else { 0xc2 });
}

/// In as few bytes as it fits.
pub fn put_integer(out: &mut Vec<u8>, value: i64) {
    if let Ok(small) = i8::try_from(value) {
        match small {
            -16.. => out.push(small as u8),
            _ => out.extend([0xc8, small as u8]),
        }
    } else if let Ok(short) = i16::try_from(value) {
        out.push(0xc9);
        out.extend(short.to_be_bytes());
    } else if let Ok(medium) = i32::try_from(value) {
        out.push(0xca);
        out.extend(medium.to_be_bytes());
    } else {
        out.push(0xcb);
        out.extend(value.to_be_bytes());
    }
}

pub fn put_float(out: &mut Vec<u8>, value: f64) {
    out.push(0xc1);
    out.extend(value.to_be_bytes());
}

pub fn put_string(out: &mut Vec<u8>, text: &str) {
    put_length(out, text.len(), Some(0x80), 0xd0);
    out.extend(text.as_bytes());
}

pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_length(out, bytes.len(), None, 0xcc);
    out.extend(bytes);
}

/// Starts a list; its values follow.
pub fn put_list(out: &mut Vec<u8>, length: usize) {
    put_length(out, length, Some(0x90), 0xd4);
}

/// Starts a map; its pairs of a string and a value follow.
pub fn put_map(out: &mut Vec<u8>, length: usize) {
    put_length(out, length, Some(0xa0), 0xd8);
}

/// Starts a structure of at most 15 fields, which follow.
pub fn put_structure(out: &mut Vec<u8>, signature: u8, fields: u8) {
    debug_assert!(fields < 16);
    out.extend([0xb0 | fields, signature]);
}

/// `tiny` is the marker that holds lengths below 16 itself; `sized` the first of three for longer ones.
fn put_length(out: &mut Vec<u8>, length: usize, tiny: Option<u8>, sized: u8) {
    match (tiny, length) {
        (Some(tiny), 0..=15) => out.push(tiny | length as u8),
        (_, 0..=0xff) => out.extend([sized, length as u8]),
        (_, 0x100..=0xffff) => {
            out.push(sized + 1);
            out.extend((length as u16).to_be_bytes());
        }
        // Nothing longer is ever put: values of kenning are far below 4 GiB.
        _ => {
            out.push(sized + 2);
            out.extend((length as u32).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(write: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out);
        out
    }

    #[test]
    fn the_smallest_form_of_each_value() {
        assert_eq!(put(|out| put_integer(out, 42)), [0x2a]);
        assert_eq!(put(|out| put_integer(out, -16)), [0xf0]);
        assert_eq!(put(|out| put_integer(out, -17)), [0xc8, 0xef]);
        assert_eq!(put(|out| put_integer(out, 128)), [0xc9, 0x00, 0x80]);
        assert_eq!(put(|out| put_integer(out, -40_000)), [0xca, 0xff, 0xff, 0x63, 0xc0]);
        assert_eq!(put(|out| put_integer(out, i64::MIN)), [0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(put(|out| put_float(out, 1.0)), [0xc1, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(put(|out| put_string(out, "A")), [0x81, b'A']);
        assert_eq!(put(|out| put_string(out, &"x".repeat(16)))[..2], [0xd0, 16]);
        assert_eq!(put(|out| put_string(out, &"x".repeat(256)))[..3], [0xd1, 1, 0]);
        assert_eq!(put(|out| put_string(out, &"x".repeat(1 << 16)))[..5], [0xd2, 0, 1, 0, 0]);
        assert_eq!(put(|out| put_bytes(out, &[7])), [0xcc, 1, 7]);
        assert_eq!(put(|out| put_list(out, 3)), [0x93]);
        assert_eq!(put(|out| put_map(out, 16)), [0xd8, 16]);
        assert_eq!(put(|out| put_structure(out, 0x4e, 4)), [0xb4, 0x4e]);
    }

    #[test]
    fn what_is_put_is_read_back() {
        for number in [0, -1, -16, -17, 127, 128, -129, 32_767, -32_769, 1 << 31, i64::MAX, i64::MIN] {
            let bytes = put(|out| put_integer(out, number));
            assert_eq!(Unpacker::new(&bytes).token(), Ok(Token::Integer(number)));
        }
        for length in [0, 15, 16, 255, 256, 65_535, 65_536] {
            let text = "x".repeat(length);
            let bytes = put(|out| put_string(out, &text));
            assert_eq!(Unpacker::new(&bytes).token(), Ok(Token::String(&text)));
        }
    }

    #[test]
    fn what_is_cut_short_or_unknown_is_refused() {
        let read = |bytes: &[u8]| Unpacker::new(bytes).token().map(|_| ()).map_err(|error| error.0);
        assert!(read(&[]).unwrap_err().contains("ends within"));
        assert!(read(&[0xd0, 5, b'a']).unwrap_err().contains("ends within"));
        assert!(read(&[0xc7]).unwrap_err().contains("0xc7"));
        assert!(read(&[0x81, 0xff]).unwrap_err().contains("UTF-8"));
        assert!(read(&[0xd6, 0xff, 0xff, 0xff, 0xff]).unwrap_err().contains("do not fit"));
        assert!(read(&[0xda, 0, 0, 0, 1, 0x80]).unwrap_err().contains("do not fit"));
        assert!(read(&[0xb3, 0x44, 0x01]).unwrap_err().contains("do not fit"));
        assert!(Unpacker::new(&[1]).end().is_err());
    }
}
