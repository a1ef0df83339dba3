//! [`Dictionary`]: the distinct strings of a column, numbered in order of first use.

use std::hash::BuildHasher;
use std::sync::{Arc, OnceLock};

use hashbrown::{DefaultHashBuilder, HashTable};

/// Distinct strings, one after the other in one text; a string's number is its code.
#[derive(Debug, Default)]
pub struct Dictionary {
    text: String,
    /// Where each string ends; it begins where the one before ends.
    ends: Vec<u32>,
    /// Each string as a shared value, made when it is first asked for.
    shared: OnceLock<Box<[OnceLock<Arc<str>>]>>,
    /// Codes by string, made when a string is first looked up.
    codes: OnceLock<Codes>,
}

impl Dictionary {
    /// The dictionary of the strings that end at these places of the text. The caller has checked that the ends
    /// ascend, lie on character boundaries, and that the last one is the text's.
    pub(crate) fn new(text: String, ends: Vec<u32>) -> Dictionary {
        Dictionary { text, ends, shared: OnceLock::new(), codes: OnceLock::new() }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All strings in one text, for searching at once, and where each ends.
    pub fn text(&self) -> (&str, &[u32]) {
        (&self.text, &self.ends)
    }

    pub fn get(&self, code: u32) -> &str {
        string(&self.text, &self.ends, code)
    }

    /// The string as a value: no copy after the first time.
    pub fn shared(&self, code: u32) -> Arc<str> {
        let shared = self.shared.get_or_init(|| self.ends.iter().map(|_| OnceLock::new()).collect());
        shared[code as usize].get_or_init(|| Arc::from(self.get(code))).clone()
    }

    /// The string's code, if it is in the dictionary.
    pub fn code(&self, wanted: &str) -> Option<u32> {
        let codes = self.codes.get_or_init(|| {
            let mut codes = Codes::default();
            for code in 0..self.ends.len() as u32 {
                codes.insert(&self.text, &self.ends, code);
            }
            codes
        });
        codes.find(&self.text, &self.ends, wanted)
    }

    /// A copy that can grow.
    pub(crate) fn to_builder(&self) -> DictionaryBuilder {
        self.code("");
        let codes = self.codes.get().cloned().unwrap_or_default();
        DictionaryBuilder { text: self.text.clone(), ends: self.ends.clone(), codes }
    }

    pub(crate) fn bytes(&self) -> usize {
        let shared = self.shared.get().map_or(0, |shared| size_of_val(&**shared));
        self.text.len() + size_of_val(&*self.ends) + shared
    }
}

fn string<'a>(text: &'a str, ends: &[u32], code: u32) -> &'a str {
    let code = code as usize;
    let start = if code == 0 { 0 } else { ends[code - 1] as usize };
    &text[start..ends[code] as usize]
}

/// The codes by the hash of their strings. Half of each hash is stored: neither a growing table nor most of the look-ups
/// that find nothing read the strings, which are all over the memory.
#[derive(Clone, Debug, Default)]
struct Codes {
    table: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
}

impl Codes {
    fn half_hash(&self, string: &str) -> u32 {
        (self.hasher.hash_one(string) >> 32) as u32
    }

    fn find(&self, text: &str, ends: &[u32], wanted: &str) -> Option<u32> {
        self.find_hashed(self.half_hash(wanted), text, ends, wanted)
    }

    fn find_hashed(&self, half: u32, text: &str, ends: &[u32], wanted: &str) -> Option<u32> {
        let is_wanted = |(other, code): &(u32, u32)| *other == half && string(text, ends, *code) == wanted;
        self.table.find(spread(half), is_wanted).map(|(_, code)| *code)
    }

    fn insert(&mut self, text: &str, ends: &[u32], code: u32) {
        self.insert_hashed(self.half_hash(string(text, ends, code)), code);
    }

    fn insert_hashed(&mut self, half: u32, code: u32) {
        self.table.insert_unique(spread(half), (half, code), |(half, _)| spread(*half));
    }
}

/// A hash of all bits made of half of one: the table reads the highest bits and the lowest.
fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A dictionary that still grows.
#[derive(Debug, Default)]
pub(crate) struct DictionaryBuilder {
    text: String,
    ends: Vec<u32>,
    codes: Codes,
}

impl DictionaryBuilder {
    /// The string's code; `None` if the dictionary would grow beyond four gigabytes.
    pub(crate) fn intern(&mut self, string: &str) -> Option<u32> {
        let half = self.codes.half_hash(string);
        if let Some(code) = self.codes.find_hashed(half, &self.text, &self.ends, string) {
            return Some(code);
        }
        let end = u32::try_from(self.text.len() + string.len()).ok()?;
        let code = self.ends.len() as u32;
        self.text.push_str(string);
        self.ends.push(end);
        self.codes.insert_hashed(half, code);
        Some(code)
    }

    /// The string's code, if it is there.
    pub(crate) fn find(&self, string: &str) -> Option<u32> {
        self.codes.find(&self.text, &self.ends, string)
    }

    /// Takes over the strings of another one and gives their codes here; `None` if there is no room.
    pub(crate) fn adopt(&mut self, other: &DictionaryBuilder) -> Option<Vec<u32>> {
        (0..other.ends.len() as u32).map(|code| self.intern(string(&other.text, &other.ends, code))).collect()
    }

    pub(crate) fn finish(mut self) -> Dictionary {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
        Dictionary::new(self.text, self.ends)
    }

    /// As [`DictionaryBuilder::finish`], ready to look strings up.
    pub(crate) fn finish_with_codes(self) -> Dictionary {
        Dictionary { codes: OnceLock::from(self.codes), ..Dictionary::new(self.text, self.ends) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_strings() {
        let mut builder = DictionaryBuilder::default();
        let codes: Vec<u32> = ["nova", "", "é", "nova", ""].iter().filter_map(|s| builder.intern(s)).collect();
        assert_eq!(codes, [0, 1, 2, 0, 1]);
        let dictionary = builder.finish();
        assert_eq!(dictionary.text(), ("novaé", &[4, 4, 6][..]));
        assert_eq!((dictionary.get(0), dictionary.get(1), dictionary.get(2)), ("nova", "", "é"));
        assert_eq!((dictionary.code("é"), dictionary.code(""), dictionary.code("glance")), (Some(2), Some(1), None));
        assert!(Arc::ptr_eq(&dictionary.shared(0), &dictionary.shared(0)));
    }
}
