//! Addresses of terms: the names of their pages.
//!
//! | name | address | because |
//! |---|---|---|
//! | `Block Storage` | `block-storage` | letters and digits in lower case, a hyphen for all between them |
//! | `Café` | `cafe` | Latin letters lose their accents |
//! | `C++` | `c_4b0f28a9` | what is lost can tell names apart: a checksum of the name follows |
//! | `auth`, a Service and a Library | `auth_service`, `auth_library` | both would have the same: the version follows, then the labels, then a checksum |
//!
//! Each of these is made of the term alone; other terms only decide how many parts are needed. An address that several
//! terms would have is that of a page that lists them. So a term that is added never takes an address away.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

/// Longer addresses are cut, at the end of a word if one is near.
const LONGEST: usize = 60;

/// Names that Windows has for devices: they cannot be names of files, whatever the ending.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "com", "lpt"];

/// What an address is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    /// What the term is called; `None` if nothing names it.
    pub(super) name: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) version: Option<String>,
    /// Whatever else tells it from terms of the same name, in an order that does not change.
    pub(super) rest: String,
}

/// The addresses of some terms, and those that several of them would have.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Addresses {
    /// By place of the term.
    pub(super) of: Vec<String>,
    /// The places of the terms that a shared address means.
    pub(super) shared: BTreeMap<String, Vec<usize>>,
}

impl Addresses {
    pub(super) fn of(terms: &[Identity]) -> Addresses {
        let mut addresses = Addresses { of: vec![String::new(); terms.len()], shared: BTreeMap::new() };
        let mut used = BTreeSet::new();
        for (short, members) in grouped((0..terms.len()).map(|at| (terms[at].short(), at))) {
            addresses.settle(short, members, 0, terms, &mut used);
        }
        addresses
    }

    /// Gives an address to the term that is alone in having it; several get the next part that tells terms apart.
    fn settle(&mut self, address: String, members: Vec<usize>, depth: usize, terms: &[Identity], used: &mut Used) {
        let address = unused(address, used);
        if let [one] = members[..] {
            self.of[one] = address;
            return;
        }
        let longer = members.iter().enumerate().map(|(number, at)| match terms[*at].parts().get(depth) {
            Some(part) => (format!("{address}_{part}"), *at),
            // Nothing tells them apart but their order.
            None => (format!("{address}-{}", number + 1), *at),
        });
        for (longer, members) in grouped(longer) {
            self.settle(longer, members, depth + 1, terms, used);
        }
        self.shared.insert(address, members);
    }
}

type Used = BTreeSet<String>;

fn grouped(addressed: impl Iterator<Item = (String, usize)>) -> BTreeMap<String, Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    addressed.for_each(|(address, at)| groups.entry(address).or_default().push(at));
    groups
}

/// The address, with a number if it is taken: a label can look like a checksum.
fn unused(address: String, used: &mut Used) -> String {
    let numbered = (2_u32..).map(|number| format!("{address}-{number}"));
    let free = std::iter::once(address.clone()).chain(numbered).find(|address| !used.contains(address));
    let free = free.expect("there are more numbers than terms");
    used.insert(free.clone());
    free
}

impl Identity {
    /// The address that the term has if no other one has the same.
    fn short(&self) -> String {
        match &self.name {
            Some(name) => of_name(name),
            None => {
                let (label, _) = words(self.labels.first().map_or("", String::as_str));
                format!("{}_{}", if label.is_empty() { "node" } else { &label }, self.checksum())
            }
        }
    }

    /// What follows the short address where several terms have it, a part after the other: version, labels, checksum.
    fn parts(&self) -> Vec<String> {
        let version = self.version.as_deref().map(|version| words(version).0);
        let readable = version.into_iter().chain([words(&self.labels.join(" ")).0]).filter(|part| !part.is_empty());
        readable.chain([self.checksum()]).collect()
    }

    fn checksum(&self) -> String {
        let Identity { name, labels, version, rest } = self;
        let parts = [name.as_deref().unwrap_or(""), &labels.join("\n"), version.as_deref().unwrap_or(""), rest];
        checksum(&parts.join("\0"))
    }
}

/// The address of a term of this name, unless several have it.
pub(super) fn of_name(name: &str) -> String {
    let (mut words, mut lossy) = words(name);
    let device = words.trim_end_matches(|c: char| c.is_ascii_digit());
    lossy |= DEVICES.contains(&device);
    if words.chars().count() > LONGEST {
        lossy = true;
        words = cut(&words);
    }
    if words.is_empty() {
        (words, lossy) = ("term".into(), true);
    }
    if lossy { format!("{words}_{}", checksum(name)) } else { words }
}

fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

fn cut(words: &str) -> String {
    let end = words.char_indices().nth(LONGEST).map_or(words.len(), |(at, _)| at);
    let whole = words[..end].rfind('-').filter(|hyphen| *hyphen > end / 2);
    words[..whole.unwrap_or(end)].to_string()
}

/// Letters and digits in lower case with hyphens between words, and whether more is lost than what usually stands
/// between words.
fn words(text: &str) -> (String, bool) {
    let is_accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    // Some file systems do not tell cases apart: they compare letters in upper case.
    let folded = text.nfkd().filter(|c| !is_accent(c)).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let folded: Vec<char> = folded.nfc().filter(|c| !is_accent(c)).collect();
    let (mut out, mut lossy) = (String::new(), false);
    for (at, c) in folded.iter().enumerate() {
        let is_digit = |at: Option<usize>| at.and_then(|at| folded.get(at)).is_some_and(char::is_ascii_digit);
        if c.is_alphanumeric() || (*c == '.' && is_digit(at.checked_sub(1)) && is_digit(Some(at + 1))) {
            out.push(*c);
            continue;
        }
        lossy |= !(c.is_whitespace() || "-_./:,;'’\"“”()&@".contains(*c));
        if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    (out, lossy)
}

/// The text as a part of an address of the web.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => out.push(byte.into()),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The text as the name of an anchor.
pub(super) fn anchor(text: &str) -> String {
    words(text).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(name: &str, label: &str, version: Option<&str>) -> Identity {
        let version = version.map(str::to_string);
        Identity { name: Some(name.into()), labels: vec![label.into()], version, rest: String::new() }
    }

    #[test]
    fn names_become_addresses() {
        let cases = [
            ("Block Storage", "block-storage"),
            ("  nova_compute ", "nova-compute"),
            ("Café", "cafe"),
            ("Straße", "strasse"),
            ("@babel/core", "babel-core"),
            ("Python 3.11.", "python-3.11"),
            ("用語集", "用語集"),
            ("C", "c"),
        ];
        for (name, address) in cases {
            assert_eq!(of_name(name), address, "{name}");
        }
        let with_checksum =
            [("C++", "c_"), ("C#", "c_"), ("<br>", "br_"), ("+++", "term_"), ("Aux", "aux_"), ("COM1", "com1_")];
        for (name, start) in with_checksum {
            let address = of_name(name);
            assert_eq!((address.len(), &address[..start.len()]), (start.len() + 8, start), "{name}: {address}");
        }
        let long = of_name(&"a long name ".repeat(40));
        assert!(long.len() < 80 && long.starts_with("a-long-name-a-long-name"), "{long}");
    }

    #[test]
    fn terms_that_would_share_an_address_get_longer_ones() {
        let of = |terms: &[Identity]| Addresses::of(terms).of;
        assert_eq!(
            of(&[named("auth", "Service", None), named("Auth", "Library", None)]),
            ["auth_service", "auth_library"]
        );
        let versions = [named("syn", "Package", Some("1.0.9")), named("syn", "Package", Some("2.0.119"))];
        assert_eq!(of(&versions), ["syn_1.0.9", "syn_2.0.119"]);
        let twins = of(&[named("auth", "Service", None), named("auth", "Service", None)]);
        assert!(twins[0].starts_with("auth_service_") && twins[0].ends_with("-1") && twins[1].ends_with("-2"));
        let nobody = Identity { name: None, labels: vec!["Port".into()], ..Identity::default() };
        assert!(of(&[nobody])[0].starts_with("port_"));
        assert_eq!(Addresses::of(&versions).shared["syn"], [0, 1]);
    }

    #[test]
    fn parts_of_addresses_are_encoded() {
        assert_eq!(encoded("docs/a b#c?.md"), "docs/a%20b%23c%3F.md");
    }

    fn term() -> impl Strategy<Value = Identity> {
        let name = prop::option::weighted(0.9, "[aAbßé+ _/.1-]{0,4}");
        (name, "[AB]", prop::option::of("[12]")).prop_map(|(name, label, version)| Identity {
            name,
            labels: vec![label],
            version,
            rest: String::new(),
        })
    }

    proptest! {
        #[test]
        fn no_two_terms_have_one_address_in_any_case(terms in prop::collection::vec(term(), 0..12)) {
            let Addresses { of, shared } = Addresses::of(&terms);
            let all: Vec<String> = of.iter().chain(shared.keys()).map(|address| address.to_uppercase()).collect();
            let distinct: BTreeSet<&String> = all.iter().collect();
            prop_assert_eq!(distinct.len(), all.len());
            prop_assert!(of.iter().all(|address| !address.is_empty() && !address.contains(['/', '\\', ' ', '+'])));
        }

        #[test]
        fn an_address_outlives_terms_that_are_added(terms in prop::collection::vec(term(), 1..10), more in term()) {
            let before = Addresses::of(&terms);
            let mut added = terms.clone();
            added.push(more);
            let after = Addresses::of(&added);
            for (at, address) in before.of.iter().enumerate() {
                let listed = after.shared.get(address).is_some_and(|places| places.contains(&at));
                prop_assert!(after.of[at] == *address || listed, "{} is lost", address);
            }
        }
    }
}
