//! Headwords → the names of each entry, and what kind of name each is.

use hashbrown::HashMap;

use super::lexicon::{Case, Lexicon, WordId};
use super::sentence;
use crate::glossary::{Entry, may_be_english};

/// What a name is to its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// As the glossary writes it, bracket included.
    Headword,
    /// The headword without its bracket.
    Bare,
    /// `DHCP`
    Acronym,
    /// `Baseboard Management Controller` behind `BMC`
    Expansion,
    /// What the developers call it: `Compute service (nova)`.
    ProjectName,
    /// Another name in brackets, by the format, or by the text ("also called").
    Other,
    /// Without the word "service": understood in a text, not an alias to list.
    Short,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryName {
    pub text: String,
    pub kind: NameKind,
}

/// What stands in the bracket of a headword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    Name(NameKind),
    /// Tells one meaning from another: `admin (Role)`.
    Qualifier,
    /// Says what kind of thing the only one of this name is: `Mower (machine)`.
    Kind,
}

/// `X (Y)` → X, Y; only at the end.
fn bracketed(headword: &str) -> Option<(&str, &str)> {
    let inner = headword.strip_suffix(')')?;
    let open = inner.rfind('(')?;
    let (outside, inside) = (inner[..open].trim(), inner[open + 1..].trim());
    (!outside.is_empty() && !inside.is_empty()).then_some((outside, inside))
}

/// What the headwords alone tell of a glossary.
pub(super) struct Headwords<'a> {
    /// Folded headwords, and the part before a bracket, with how often each occurs.
    counts: HashMap<String, usize>,
    /// Folded headword → its definition's first words.
    definitions: HashMap<String, &'a str>,
}

impl<'a> Headwords<'a> {
    pub(super) fn new(entries: &'a [Entry]) -> Headwords<'a> {
        let mut counts = HashMap::new();
        let mut definitions = HashMap::new();
        for entry in entries {
            let text = entry.paragraphs.first().map_or("", |paragraph| &paragraph.text);
            for name in &entry.headwords {
                let folded = name.text.to_lowercase();
                if let Some((outside, _)) = bracketed(&name.text) {
                    *counts.entry(outside.to_lowercase()).or_insert(0) += 1;
                }
                *counts.entry(folded.clone()).or_insert(0) += 1;
                definitions.entry(folded).or_insert(text);
            }
        }
        Headwords { counts, definitions }
    }

    /// Whether another entry says that this is the code name of something.
    fn is_project_name(&self, name: &str) -> bool {
        let Some(text) = self.definitions.get(&name.to_lowercase()) else { return false };
        let start: String = text.chars().take(40).collect::<String>().to_lowercase();
        ["code name", "codename", "project name", "alternative", "part of"].iter().any(|words| start.contains(words))
    }

    fn bracket(&self, outside: &str, inside: &str) -> Bracket {
        let words = inside.split_whitespace().count();
        if is_acronym_of(inside, outside) {
            return Bracket::Name(NameKind::Acronym);
        }
        if is_acronym_of(outside, inside) {
            return Bracket::Name(NameKind::Expansion);
        }
        let serves = outside.rsplit(' ').next().is_some_and(|word| word.eq_ignore_ascii_case("service"));
        // `service (Role)`: what is a term and no project's name tells only which service.
        let is_term = self.counts.contains_key(&inside.to_lowercase());
        if words == 1 && (self.is_project_name(inside) || (serves && !(is_term && outside == last_word(outside)))) {
            return Bracket::Name(NameKind::ProjectName);
        }
        let shares_head = words > 1 && last_word(inside).eq_ignore_ascii_case(last_word(outside));
        if shares_head {
            return Bracket::Name(NameKind::Other);
        }
        let folded = inside.to_lowercase();
        let repeated = self.counts.get(&outside.to_lowercase()).is_some_and(|count| *count > 1);
        let mut letters = inside.chars();
        let plain_capital =
            letters.next().is_some_and(char::is_uppercase) && letters.all(|c| c.is_lowercase() || c == ' ');
        let known = self.counts.contains_key(&folded) || self.counts.contains_key(&super::lexicon::singular(&folded));
        // A common word in small letters says what kind of thing is meant: `Mower (machine)`.
        let common = inside.chars().all(|c| c.is_lowercase() || c == ' ') && !is_shortened(inside, outside);
        if common && !repeated {
            return Bracket::Kind;
        }
        match repeated || known || plain_capital || words > 2 || folded == "disambiguation" {
            true => Bracket::Qualifier,
            false if words == 1 => Bracket::Name(NameKind::Other),
            false => Bracket::Qualifier,
        }
    }

    /// The names of an entry as its headwords and its format give them; the headword comes first.
    pub(super) fn names(&self, entry: &Entry) -> Vec<EntryName> {
        let mut names = Vec::new();
        // The definitions are read as English: so is the name.
        let rank = |name: &&crate::glossary::Name| match name.language.as_deref() {
            Some(tag) if may_be_english(Some(tag)) => 0,
            None => 1,
            Some(_) => 2,
        };
        let mut headwords: Vec<_> = entry.headwords.iter().collect();
        headwords.sort_by_key(rank);
        for (at, headword) in headwords.into_iter().enumerate() {
            let kind = if at == 0 { NameKind::Headword } else { NameKind::Other };
            self.names_of(&headword.text, kind, &mut names);
        }
        for name in &entry.other_names {
            self.names_of(&name.text, NameKind::Other, &mut names);
        }
        names
    }

    fn names_of(&self, headword: &str, kind: NameKind, names: &mut Vec<EntryName>) {
        // A language's object syntax is no bracket: `def f()`.
        add(names, headword, kind);
        if let Some(lead) = version_and_name(headword) {
            add(names, lead, NameKind::Other);
        }
        // `X (also Y)`
        let Some((outside, inside)) = bracketed(headword) else { return self.inner_bracket(headword, names) };
        let inside = ["also ", "aka ", "or "]
            .iter()
            .find_map(|lead| inside.strip_prefix(lead))
            .map_or((inside, false), |rest| (rest, true));
        match self.bracket(outside, inside.0) {
            _ if inside.1 => {
                add(names, outside, NameKind::Bare);
                add(names, inside.0, NameKind::Other);
            }
            Bracket::Name(kind) => {
                add(names, outside, NameKind::Bare);
                self.inner_bracket(outside, names);
                add(names, inside.0, kind);
                self.short(outside, kind, names);
            }
            Bracket::Kind => add(names, outside, NameKind::Bare),
            // The bare word has another sense in most texts: only `admin role` is `admin (Role)`.
            Bracket::Qualifier => add(names, &format!("{outside} {}", inside.0.to_lowercase()), NameKind::Short),
        }
    }

    /// `Layer-2 (L2) agent`: both `Layer-2 agent` and `L2 agent`.
    fn inner_bracket(&self, headword: &str, names: &mut Vec<EntryName>) {
        let Some((before, rest)) = headword.split_once(" (") else { return };
        let Some((inside, after)) = rest.split_once(") ") else { return };
        if is_acronym_of(inside, before) {
            add(names, &format!("{before} {after}"), NameKind::Other);
            add(names, &format!("{inside} {after}"), NameKind::Other);
        }
    }

    /// `Compute service` is called `Compute` where its capital tells it from the common word.
    fn short(&self, outside: &str, kind: NameKind, names: &mut Vec<EntryName>) {
        let Some((start, last)) = outside.rsplit_once(' ') else { return };
        let proper = start.starts_with(char::is_uppercase);
        if kind == NameKind::ProjectName && proper && last.eq_ignore_ascii_case("service") {
            add(names, start, NameKind::Short);
        }
    }
}

/// `2024.1 Caracal` → `Caracal`
fn version_and_name(headword: &str) -> Option<&str> {
    let (version, name) = headword.split_once(' ')?;
    let numbered = version.contains('.') && version.chars().all(|c| c.is_ascii_digit() || c == '.');
    (numbered && name.starts_with(char::is_uppercase)).then_some(name)
}

fn last_word(text: &str) -> &str {
    text.rsplit(' ').next().unwrap_or(text)
}

pub(super) fn add(names: &mut Vec<EntryName>, text: &str, kind: NameKind) {
    let text = text.trim();
    if !text.is_empty() && !names.iter().any(|name| name.text == text) {
        names.push(EntryName { text: text.to_string(), kind });
    }
}

/// Whether the letters of the short form occur in the long one in order, the first at its start (after Schwartz and
/// Hearst 2003, "A simple algorithm for identifying abbreviation definitions in biomedical text"). A digit may be in the
/// long form, be spoken (`B2B`), repeat a letter (`W3C`) or count the letters left out (`k8s`).
pub(super) fn is_acronym_of(short: &str, long: &str) -> bool {
    let short: String =
        short.strip_suffix('s').filter(|rest| rest.chars().any(char::is_uppercase)).unwrap_or(short).into();
    let letters: Vec<char> = short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let capitals = short.chars().filter(|c| c.is_uppercase()).count();
    let words = long.split([' ', '-', '/']).filter(|word| !word.is_empty()).count();
    if short.contains(' ') || letters.len() < 2 || letters.len() > 10 || short.len() >= long.len() {
        return false;
    }
    if counts_letters(&letters, long) {
        return true;
    }
    let long: Vec<char> = long.chars().flat_map(char::to_lowercase).collect();
    (capitals > 0 || words > 1) && readings(&letters).iter().any(|letters| is_in_order(letters, &long))
}

/// `extended attributes (xattr)`: the letters occur in order, wherever the first one is.
fn is_shortened(short: &str, long: &str) -> bool {
    let mut rest = long.chars().flat_map(char::to_lowercase);
    short.len() * 2 < long.len() && short.chars().all(|letter| rest.any(|c| c == letter))
}

/// Whether the letters occur in order, the first of them as the first of the text.
fn is_in_order(letters: &[char], text: &[char]) -> bool {
    let mut rest = text.iter().skip_while(|c| !c.is_alphanumeric());
    let Some((first, others)) = letters.split_first() else { return false };
    rest.next() == Some(first) && others.iter().all(|letter| rest.any(|c| c == letter))
}

/// `i18n` for `internationalization`: the number of letters that are left out.
fn counts_letters(short: &[char], long: &str) -> bool {
    let long: Vec<char> = long.chars().flat_map(char::to_lowercase).collect();
    let start = short.iter().take_while(|c| !c.is_ascii_digit()).count();
    let end = short.iter().rev().take_while(|c| !c.is_ascii_digit()).count();
    let number: String = short.get(start..short.len() - end).unwrap_or_default().iter().collect();
    let Ok(left_out) = number.parse::<usize>() else { return false };
    start > 0
        && end > 0
        && long.iter().all(|c| c.is_alphanumeric())
        && long.len() == start + left_out + end
        && long.starts_with(&short[..start])
        && long.ends_with(&short[short.len() - end..])
}

/// The letters that a short form may mean: as it is written, its digits spoken, and its digits as repetitions.
fn readings(letters: &[char]) -> Vec<Vec<char>> {
    if !letters.iter().any(char::is_ascii_digit) {
        return vec![letters.to_vec()];
    }
    let spoken = |words: [&str; 10]| -> Vec<char> {
        let word = |c: &char| c.to_digit(10).map_or(String::from(*c), |digit| words[digit as usize].to_string());
        letters.iter().map(word).collect::<String>().chars().collect()
    };
    vec![
        letters.to_vec(),
        spoken(["zero", "one", "to", "three", "for", "five", "six", "seven", "eight", "nine"]),
        spoken(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]),
        repeated(letters),
    ]
}

/// `w3c` → `wwwc`
fn repeated(letters: &[char]) -> Vec<char> {
    let mut all = Vec::new();
    for letter in letters {
        match (letter.to_digit(10), all.last().copied()) {
            (Some(times), Some(before)) => all.extend(std::iter::repeat_n(before, (times as usize).saturating_sub(1))),
            (Some(_), None) | (None, _) => all.push(*letter),
        }
    }
    all
}

/// Whether the letters of the short form are the first letters of the long one's words, small words optional.
pub(super) fn is_initials_of(short: &str, long: &str) -> bool {
    let letters: String = short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    letters.chars().count() > 1 && initials(long).contains(&letters)
}

/// The first letters of the words in lower case: of all, and of all but small words. None of a single word.
pub(super) fn initials(long: &str) -> Vec<String> {
    const SMALL: [&str; 14] =
        ["of", "the", "and", "a", "an", "as", "for", "to", "in", "on", "or", "with", "over", "than"];
    let words: Vec<String> =
        long.split([' ', '-', '/', '–']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    if words.len() < 2 {
        return Vec::new();
    }
    let first = |word: &String| word.chars().next();
    let all: String = words.iter().filter_map(first).collect();
    let main: String = words.iter().filter(|word| !SMALL.contains(&word.as_str())).filter_map(first).collect();
    if all == main { vec![all] } else { vec![all, main] }
}

/// Which entries each name stands for: a tree of word stems, the longest match at each place.
#[derive(Default)]
pub(super) struct NameTree {
    /// By node and next stem: the next node.
    children: HashMap<(u32, WordId), u32>,
    /// By node: the names that end there.
    ends: HashMap<u32, Vec<Ending>>,
    nodes: u32,
}

#[derive(Clone, Debug)]
struct Ending {
    entry: usize,
    kind: NameKind,
    /// How the name uses capitals; a text must use them alike where they matter.
    case: Case,
    /// A single word.
    alone: bool,
}

/// How a name is written at a place of a text.
pub(super) struct Spelling {
    pub case: Case,
    /// At the start of a sentence a capital says nothing.
    pub first: bool,
}

impl NameTree {
    /// Adds a name under its stems. `cased`: capitals tell names from common words in this glossary.
    pub(super) fn add(&mut self, lexicon: &mut Lexicon, name: &EntryName, entry: usize, cased: bool) {
        let mut stems = Vec::new();
        let tokens = sentence::tokens(&name.text, 0..name.text.len(), lexicon);
        let mut case = Case::Lower;
        for token in &tokens {
            let form = lexicon.form(token.form);
            if name.text[token.start..token.end].contains(char::is_alphanumeric) {
                stems.extend(form.stems.iter().copied());
            }
            case = match (case, form.case) {
                (Case::Mixed, _) | (_, Case::Mixed) => Case::Mixed,
                (Case::Initial, _) | (_, Case::Initial) => Case::Initial,
                _ => Case::Lower,
            };
        }
        if stems.is_empty() {
            return;
        }
        let alone = stems.len() == 1;
        if !cased && case == Case::Initial && name.kind != NameKind::Short {
            case = Case::Lower;
        }
        let ending = Ending { entry, kind: name.kind, case, alone };
        self.insert(&stems, ending.clone());
        // `plug-in`, `plugin`
        if tokens.len() == 1 && stems.len() == 2 {
            let joined: String = stems.iter().map(|stem| lexicon.text(*stem)).collect();
            let joined = lexicon.word(&joined);
            self.insert(&[joined], Ending { alone: true, ..ending });
        }
    }

    fn insert(&mut self, stems: &[WordId], ending: Ending) {
        let mut node = 0;
        for stem in stems {
            let nodes = &mut self.nodes;
            node = *self.children.entry((node, *stem)).or_insert_with(|| {
                *nodes += 1;
                *nodes
            });
        }
        let ends = self.ends.entry(node).or_default();
        if !ends.iter().any(|other| other.entry == ending.entry) {
            ends.push(ending);
        }
    }

    /// The longest name that begins with these stems: how many stems it has, and whose name it may be, the best kind
    /// of name first.
    pub(super) fn longest(
        &self,
        stems: &[WordId],
        spelling: impl Fn(usize) -> Spelling,
    ) -> Option<(usize, Vec<usize>)> {
        let mut node = 0;
        let mut found = None;
        for (at, stem) in stems.iter().enumerate() {
            match self.children.get(&(node, *stem)) {
                Some(next) => node = *next,
                None => break,
            }
            if let Some(ends) = self.ends.get(&node) {
                let entries = allowed(ends, &spelling(at + 1));
                if !entries.is_empty() {
                    found = Some((at + 1, entries));
                }
            }
        }
        found
    }

    /// The entries that the whole of the stems names.
    pub(super) fn exact(&self, stems: &[WordId], spelling: &Spelling) -> Vec<usize> {
        let mut node = 0;
        for stem in stems {
            match self.children.get(&(node, *stem)) {
                Some(next) => node = *next,
                None => return Vec::new(),
            }
        }
        self.ends.get(&node).map(|ends| allowed(ends, spelling)).unwrap_or_default()
    }
}

/// The entries whose name is written this way; of several, those whose name is of the best kind.
fn allowed(ends: &[Ending], spelling: &Spelling) -> Vec<usize> {
    let fits = |end: &&Ending| match (end.case, spelling.case) {
        (Case::Lower, _) => true,
        // `COMPUTE`, `Compute`; at the start of a sentence a capital may be the sentence's.
        (Case::Initial, Case::Lower) => end.kind != NameKind::Short && !end.alone,
        (Case::Initial, Case::Initial) => end.kind != NameKind::Short || !spelling.first,
        (Case::Initial, Case::Mixed) => true,
        (Case::Mixed, Case::Mixed) => true,
        (Case::Mixed, _) => !end.alone,
    };
    let fitting: Vec<&Ending> = ends.iter().filter(fits).collect();
    let rank = |kind: NameKind| match kind {
        NameKind::Headword => 0,
        NameKind::Bare | NameKind::Acronym | NameKind::Expansion | NameKind::ProjectName | NameKind::Other => 1,
        NameKind::Short => 2,
    };
    let best = fitting.iter().map(|end| rank(end.kind)).min();
    let exact_case = fitting.iter().any(|end| Some(rank(end.kind)) == best && end.case == spelling.case);
    let mut entries: Vec<usize> = fitting
        .iter()
        .filter(|end| Some(rank(end.kind)) == best && (!exact_case || end.case == spelling.case))
        .map(|end| end.entry)
        .collect();
    entries.dedup();
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glossary::{Name, Paragraph};

    fn entry(headword: &str, text: &str) -> Entry {
        Entry {
            headwords: vec![Name { text: headword.into(), language: None }],
            paragraphs: vec![Paragraph { text: text.into(), ..Paragraph::default() }],
            ..Entry::default()
        }
    }

    /// The names besides the headword, a short form in angle brackets.
    fn names(entries: &[Entry], at: usize) -> Vec<String> {
        let names = Headwords::new(entries).names(&entries[at]);
        let show = |name: &EntryName| match name.kind {
            NameKind::Short => format!("<{}>", name.text),
            _ => name.text.clone(),
        };
        names.iter().skip(1).map(show).collect()
    }

    #[test]
    fn brackets_of_a_headword() {
        let entries = [
            entry("seed exchange protocol (SXP)", ""),
            entry("JCU (Jar Counting Unit)", ""),
            entry("Watering service (drizzle)", ""),
            entry("gardener (Role)", ""),
            entry("Layer-9 (L9) agent", ""),
            entry("Shelf (almanac)", ""),
            entry("almanac", "Code name for the Shelf."),
            entry("row (bed)", ""),
            entry("bed", ""),
            entry("2031.1 Tomato", ""),
            entry("Rake API (Tine API)", ""),
            entry("AAA (Airing, Allotting, and Arranging)", ""),
            entry("B2B (Bed to Bed)", ""),
            entry("Wide Wet Weeding Council (W3C)", ""),
            entry("Mower (machine)", ""),
            entry("Old tap (archaic)", ""),
        ];
        assert_eq!(names(&entries, 0), ["seed exchange protocol", "SXP"]);
        assert_eq!(names(&entries, 1), ["JCU", "Jar Counting Unit"]);
        assert_eq!(names(&entries, 2), ["Watering service", "drizzle", "<Watering>"]);
        assert_eq!(names(&entries, 3), ["<gardener role>"]);
        assert_eq!(names(&entries, 4), ["Layer-9 agent", "L9 agent"]);
        assert_eq!(names(&entries, 5), ["Shelf", "almanac"]);
        assert_eq!(names(&entries, 7), ["row"]);
        assert_eq!(names(&entries, 9), ["Tomato"]);
        assert_eq!(names(&entries, 10), ["Rake API", "Tine API"]);
        assert_eq!(names(&entries, 11), ["AAA", "Airing, Allotting, and Arranging"]);
        assert_eq!(names(&entries, 12), ["B2B", "Bed to Bed"]);
        assert_eq!(names(&entries, 13), ["Wide Wet Weeding Council", "W3C"]);
        assert_eq!(names(&entries, 14), ["Mower"]);
        assert_eq!(names(&entries, 15), ["Old tap"]);
    }

    #[test]
    fn letters_of_an_acronym() {
        for (short, long) in [
            ("SXP", "seed exchange protocol"),
            ("iSeed", "internet seed"),
            ("VMDK", "VM disk"),
            ("JaaS", "Jars-as-a-Service"),
            ("AAA", "Airing, Allotting, and Arranging"),
            ("PPP", "planting, pruning & picking"),
            ("B2B", "Bed to Bed"),
            ("T4T", "tray for tray"),
            ("M2M", "mulch-to-mulch"),
            ("W3C", "Wide Wet Weeding Council"),
            ("S3", "Simple Seed Store"),
            ("3D", "three-dimensional"),
            ("L2", "Layer 2"),
            ("g6r", "gardener"),
            ("i18n", "Internationalization"),
        ] {
            assert!(is_acronym_of(short, long), "{short} {long}");
        }
        for (short, long) in [
            ("SXP", "exchange of seeds"),
            ("bed", "raised bed"),
            ("Role", "gardener"),
            ("nova", "Compute service"),
            ("B2B", "bed and bed"),
            ("W3C", "Wide Weeding Council"),
            ("g9r", "gardener"),
            ("2", "two"),
        ] {
            assert!(!is_acronym_of(short, long), "{short} {long}");
        }
        assert!(is_initials_of("EOB", "end of bed") && is_initials_of("JCU", "jar counting of units"));
        assert!(!is_initials_of("JCU", "jar of units"));
    }
}
