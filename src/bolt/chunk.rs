//! Chunks: a message travels in pieces of at most 65,535 bytes, each after its length, and ends with an empty one.
//! An empty chunk between messages only says that the sender is alive.

use std::collections::VecDeque;

use super::Malformed;

/// The longest piece.
const LONGEST: usize = 0xffff;
const HEADER: usize = 2;

/// Puts the pieces that arrive together. Holds what has come, and nothing for what is announced.
#[derive(Debug)]
pub struct Messages {
    /// Bytes of one message, after which it is refused.
    limit: usize,
    /// What has come of the message that is not complete yet.
    message: Vec<u8>,
    /// Whether a piece of it has come.
    started: bool,
    /// What is missing of the present piece.
    missing: usize,
    /// The first byte of a length whose second is missing.
    half: Option<u8>,
    complete: VecDeque<Vec<u8>>,
    /// Bytes in the complete messages.
    held: usize,
}

impl Messages {
    pub fn new(limit: usize) -> Messages {
        Messages {
            limit,
            message: Vec::new(),
            started: false,
            missing: 0,
            half: None,
            complete: VecDeque::new(),
            held: 0,
        }
    }

    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Takes bytes as they come.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), Malformed> {
        while let Some(first) = bytes.first() {
            if self.missing > 0 {
                let taken = self.missing.min(bytes.len());
                self.message.extend_from_slice(&bytes[..taken]);
                self.missing -= taken;
                bytes = &bytes[taken..];
                continue;
            }
            bytes = &bytes[1..];
            match self.half.take() {
                None => self.half = Some(*first),
                Some(high) => self.header(u16::from_be_bytes([high, *first]).into())?,
            }
        }
        Ok(())
    }

    fn header(&mut self, length: usize) -> Result<(), Malformed> {
        if length > 0 {
            if self.message.len() + length > self.limit {
                return Err(Malformed(format!("a message is longer than {} bytes", self.limit)));
            }
            (self.missing, self.started) = (length, true);
        } else if self.started {
            self.started = false;
            self.held += self.message.len();
            self.complete.push_back(std::mem::take(&mut self.message));
        }
        Ok(())
    }

    /// The oldest complete message.
    pub fn pop(&mut self) -> Option<Vec<u8>> {
        let message = self.complete.pop_front()?;
        self.held -= message.len();
        Some(message)
    }

    /// The count of complete messages, and their bytes.
    pub fn complete(&self) -> (usize, usize) {
        (self.complete.len(), self.held)
    }
}

/// Appends a message that `write` writes, in chunks.
pub fn put(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; HEADER]);
    write(out);
    let length = out.len() - start - HEADER;
    match u16::try_from(length) {
        Ok(short) => out[start..start + HEADER].copy_from_slice(&short.to_be_bytes()),
        Err(_) => split(out, start),
    }
    out.extend([0; HEADER]);
}

/// Cuts the message that starts here, after room for one header, into pieces.
fn split(out: &mut Vec<u8>, start: usize) {
    let message = out.split_off(start + HEADER);
    out.truncate(start);
    for piece in message.chunks(LONGEST) {
        out.extend((piece.len() as u16).to_be_bytes());
        out.extend_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(lengths: &[usize]) -> Vec<u8> {
        let mut out = Vec::new();
        lengths.iter().for_each(|length| put(&mut out, |out| out.extend(vec![7; *length])));
        out
    }

    #[test]
    fn messages_arrive_however_the_bytes_are_cut() {
        let lengths = [1, 2, 65_534, 65_535, 65_536, 200_000];
        let bytes = sent(&lengths);
        for step in [1, 2, 3, 1000, 65_535, bytes.len()] {
            let mut messages = Messages::new(1 << 20);
            bytes.chunks(step).for_each(|piece| messages.push(piece).unwrap());
            assert_eq!(messages.complete(), (lengths.len(), lengths.iter().sum()));
            let arrived: Vec<usize> = std::iter::from_fn(|| messages.pop()).map(|message| message.len()).collect();
            assert_eq!(arrived, lengths, "in pieces of {step}");
        }
    }

    #[test]
    fn empty_chunks_between_messages_are_no_messages() {
        let mut messages = Messages::new(10);
        messages.push(&[0, 0, 0, 0, 0, 1, 9, 0, 0, 0, 0]).unwrap();
        assert_eq!(messages.pop(), Some(vec![9]));
        assert_eq!(messages.pop(), None);
    }

    #[test]
    fn a_long_message_is_refused_at_its_header() {
        let mut messages = Messages::new(100);
        messages.push(&[0, 100]).unwrap();
        messages.push(&[1; 100]).unwrap();
        assert!(messages.push(&[0, 1]).is_err());
        assert!(Messages::new(100).push(&[0xff, 0xff]).is_err());
    }
}
