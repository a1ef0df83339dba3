//! A phrase → what a relation points at: the entry it names, or the shortest phrase that one would make a term of.

use std::ops::Range;

use hashbrown::HashSet;

use super::lexicon::{Case, Lexicon, WordId};
use super::names::{NameTree, Spelling};
use super::phrase::{Phrase, Tagged};
use super::tag::Tag;

/// Nouns that say nothing without what follows `of`.
const TRANSPARENT: &str = "amount number set collection list group pair series range variety kind type sort form copy copies \
instance instances part parts portion piece bit total sum majority use usage access information details detail level \
degree pool subset combination authenticity integrity validity contents existence presence utilization concept notion idea \
percentage proportion fraction quantity";

/// Nouns that count or measure: `the number of rows` is no row.
const QUANTITIES: &str =
    "amount number total sum majority degree level percentage proportion fraction quantity count ratio";

/// Nouns that name a place in a text, to which readers are sent.
const PLACES: &str = "chapter section page documentation document doc docs table figure article website site manual guide link \
appendix book tutorial reference paper example list information detail discussion description paragraph readme faq below above \
instruction note topic rfc pep";

/// Nouns that are no target at all.
const EMPTY: &str = "way ability thing one part lot kind type sort set collection act case place time result reason \
order addition term name purpose fact need behalf favor favour respect terms following other others \
something anything everything nothing basis use manner fashion number amount group list variety order same process \
information way ways things ability abilities etc e.g i.e";

/// Nouns that are no target whatever adjectives stand before them.
const HOLLOW: &str = "way ability place thing lot fact manner term word phrase";

/// Nouns of what is wanted, felt or suffered, on which nothing acts: `reduces costs`, `meets demands`.
const VAGUE: &str = "ability advantage benefit burden challenge chance choice complexity concern condition confidence cost \
decision delay demand detail difficulty downtime effect efficiency effort expectation expense experience failure \
flexibility freedom functionality goal impact improvement insight issue latency level load need objective opportunity outcome \
overhead performance possibility problem productivity progress purpose quality rate reliability requirement resilience \
responsibility result risk scalability specifics speed standard state step success creation processing consumption management adoption usage task time trade-off value visibility \
work workload";

/// Who does something with a thing, and is not provided by it: `enables users …`.
const PEOPLE: &str = "user people person developer administrator operator organization organisation team customer company \
business programmer engineer client consumer owner member scientist researcher student reader writer player vendor";

/// Adjectives of praise and of place in a text, which no term keeps.
const UNCLASSIFYING: &str = "new old massive scalable reliable flexible powerful robust simple easy different common \
highly-available on-demand self-service technology-agnostic extensible unified pluggable generic special particular \
specific certain given additional extra important useful necessary available single individual various entire whole \
complete other own main desired requested current typical actual appropriate possible underlying associated related \
existing persistent-ish popular best good better several similar same full increasing well-known next previous such \
eventually consistent redundant multiple potential further based full-featured fully-featured feature-rich easy-to-use \
supported named repeatable reusable customizable state-of-the-art world-class cutting-edge";

/// Nouns that only say what kind of thing the name before them names.
const APPOSED: &str = "project program programme tool command utility framework library product software entry definition glossary \
     approach style method technique pattern concept algorithm language format object";

/// Word lists looked up by number.
#[derive(Clone)]
pub(super) struct Nouns {
    transparent: HashSet<WordId>,
    empty: HashSet<WordId>,
    hollow: HashSet<WordId>,
    unclassifying: HashSet<WordId>,
    apposed: HashSet<WordId>,
    quantities: HashSet<WordId>,
    places: HashSet<WordId>,
    vague: HashSet<WordId>,
    people: HashSet<WordId>,
}

impl Nouns {
    pub(super) fn new(lexicon: &mut Lexicon) -> Nouns {
        let mut set = |list: &str| list.split_whitespace().map(|word| lexicon.word(word)).collect();
        Nouns {
            transparent: set(TRANSPARENT),
            empty: set(EMPTY),
            hollow: set(HOLLOW),
            unclassifying: set(UNCLASSIFYING),
            apposed: set(APPOSED),
            quantities: set(QUANTITIES),
            places: set(PLACES),
            vague: set(VAGUE),
            people: set(PEOPLE),
        }
    }
}

/// What a relation points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub text: String,
    pub entry: Option<usize>,
}

pub(super) struct Targets<'a> {
    pub s: Tagged<'a>,
    pub text: &'a str,
    /// Bytes of the text that the markup makes a pointer, and the entry that they point at.
    pub marked: &'a [(Range<usize>, usize)],
    pub tree: &'a NameTree,
    pub nouns: &'a Nouns,
    /// Headwords by entry.
    pub headword: &'a dyn Fn(usize) -> Option<&'a str>,
    /// The entry defined.
    pub own: usize,
    /// Whether what the sentence calls so can be the entry.
    pub may_be_called: &'a dyn Fn(&Phrase) -> bool,
    /// The last word of its headword.
    pub own_head: Option<WordId>,
}

impl Targets<'_> {
    /// The targets in a phrase: several if it is "a list of A and B".
    pub(super) fn of(&self, phrase: &Phrase) -> Vec<Target> {
        if phrase.pronoun || phrase.negative {
            return Vec::new();
        }
        let Some(head) = phrase.head() else { return Vec::new() };
        // Where the writer points, the words need not tell.
        if let Some(entry) = self.linked(head) {
            let headword = (self.headword)(entry).filter(|_| entry != self.own);
            return headword.map(|text| Target { text: text.to_string(), entry: Some(entry) }).into_iter().collect();
        }
        let stem = self.stem(head);
        // For "image status", the "status of an instance" is of the instance.
        let same_head = self.own_head == Some(stem) && phrase.words.len() == 1;
        if (self.nouns.transparent.contains(&stem) || same_head) && !phrase.of.is_empty() {
            return phrase.of.iter().flat_map(|inner| self.of(inner)).collect();
        }
        if self.nouns.empty.contains(&stem) && phrase.words.len() == 1 && self.names(&phrase.words).is_none() {
            return Vec::new();
        }
        let (_, modifiers) = phrase.words.split_last().unwrap_or((&head, &[]));
        let only_praised = modifiers.iter().all(|at| self.s.tags[*at] == Tag::Adjective);
        if self.nouns.hollow.contains(&stem) && only_praised && self.names(&phrase.words).is_none() {
            return Vec::new();
        }
        self.target(phrase).into_iter().collect()
    }

    /// What a phrase names, where a name is told: `the Common Libraries project` are the Common Libraries, unless
    /// something is called so in full.
    pub(super) fn named(&self, phrase: &Phrase) -> Vec<Target> {
        let target = self.pointed_at(phrase).or_else(|| self.apposed(&phrase.words));
        target.map_or_else(|| self.of(phrase), |target| vec![target])
    }

    /// Where the markup tells what is meant: `Refer to the [trays](seed-tray) entry`.
    fn pointed_at(&self, phrase: &Phrase) -> Option<Target> {
        let (first, last) = (*phrase.words.first()?, *phrase.words.last()?);
        let (start, end) = (self.s.tokens[first].start, self.s.tokens[last].end);
        let (span, entry) = self.marked.iter().find(|(span, _)| span.start >= start && span.end <= end)?;
        let mut others = phrase.words.iter().filter(|at| !span.contains(&self.s.tokens[**at].start));
        let is_whole = others.all(|at| self.nouns.apposed.contains(&self.stem(*at)));
        if !is_whole || *entry == self.own {
            return None;
        }
        Some(Target { text: (self.headword)(*entry)?.to_string(), entry: Some(*entry) })
    }

    /// Whether a noun is the last word of the entry's own headword.
    pub(super) fn is_own_noun(&self, at: usize) -> bool {
        self.own_head == Some(self.stem(at))
    }

    /// The entry that the markup around a token points at.
    pub(super) fn linked(&self, at: usize) -> Option<usize> {
        let start = self.s.tokens[at].start;
        self.marked.iter().find(|(span, _)| span.contains(&start)).map(|(_, entry)| *entry)
    }

    /// Whether a phrase says how many there are of something or how much: that is no kind of it.
    pub(super) fn is_quantity(&self, phrase: &Phrase) -> bool {
        phrase.head().is_some_and(|head| self.nouns.quantities.contains(&self.stem(head)))
    }

    /// `Hoses feed beds` read as one noun phrase: two plurals in a row, in small letters, are hardly a name.
    pub(super) fn is_sentence(&self, phrase: &Phrase) -> bool {
        let form = |at: &usize| self.s.lexicon.form(self.s.tokens[*at].form);
        match &phrase.words[..] {
            [.., before, head] => {
                let plurals = [before, head].into_iter().all(|at| form(at).plural && form(at).case == Case::Lower);
                plurals && phrase.plural && before + 1 == *head
            }
            _ => false,
        }
    }

    /// Whether the relation can hold of what is no entry: nothing acts on a delay, and users are not provided.
    pub(super) fn makes_sense(&self, rule: &str, relation: &str, phrase: &Phrase, target: &Target) -> bool {
        let is = |words: &HashSet<WordId>| phrase.head().is_some_and(|head| words.contains(&self.stem(head)));
        let senseless = match relation {
            "manages" => is(&self.nouns.vague),
            "provides" => rule == "enables" && is(&self.nouns.people),
            "supports" => rule == "supports" && is(&self.nouns.vague),
            _ => false,
        };
        target.entry.is_some() || !senseless
    }

    /// Whether a pointer may lead there: an entry, or the name of a term that is missing, but no place in a text.
    pub(super) fn may_be_pointed_at(&self, phrase: &Phrase, target: &Target) -> bool {
        let of_text = |at: &usize| {
            self.nouns.places.contains(&self.stem(*at))
                || self.s.lexicon.text(self.s.lexicon.form(self.s.tokens[*at].form).word).contains('_')
        };
        // A definition that is nothing but a pointer; in a longer sentence only what is an entry is one.
        let alone = self.s.tokens.len() <= phrase.end + 1;
        target.entry.is_some() || (alone && !phrase.words.iter().any(of_text))
    }

    fn apposed(&self, words: &[usize]) -> Option<Target> {
        let (head, name) = words.split_last()?;
        let is_apposed = self.nouns.apposed.contains(&self.stem(*head)) && self.case(name) != Case::Lower;
        let entry = self.names(name).filter(|_| is_apposed && self.names(words).is_none())?;
        Some(Target { text: (self.headword)(entry)?.to_string(), entry: Some(entry) })
    }

    fn stem(&self, at: usize) -> WordId {
        let form = self.s.lexicon.form(self.s.tokens[at].form);
        match form.stems[..] {
            [stem] => stem,
            _ => form.word,
        }
    }

    fn target(&self, phrase: &Phrase) -> Option<Target> {
        let words = &phrase.words[..];
        // `Fully Watered Bed Name`: an adverb is part of a name.
        if let Some(entry) = self.with_adverbs(words).and_then(|words| self.names(&words)) {
            return Some(Target { text: (self.headword)(entry)?.to_string(), entry: Some(entry) });
        }
        for start in 0..words.len() {
            if let Some(entry) = self.names(&words[start..]).filter(|_| self.may_drop(words, start)) {
                let text = (self.headword)(entry)?.to_string();
                return Some(Target { text, entry: Some(entry) });
            }
        }
        // `Internet Protocol (IP) address` is an IP address.
        if let Some((count, short)) = phrase.short
            && let Some(rest) = words.get(count..)
        {
            let shorter: Vec<usize> = std::iter::once(short).chain(rest.iter().copied()).collect();
            if let Some(entry) = self.names(&shorter) {
                return Some(Target { text: (self.headword)(entry)?.to_string(), entry: Some(entry) });
            }
        }
        let kept = self.without_participles(self.without_praise(words));
        let text = self.written(kept, phrase.one);
        // An address in a sentence is no term.
        let is_scheme = matches!(text.as_str(), "http" | "https" | "ftp" | "mailto");
        (!text.is_empty() && !is_scheme).then_some(Target { text, entry: None })
    }

    /// Whether a phrase is still what its end names without what stands before: adjectives and names of other entries
    /// fall away (`running instance`, `Compute instance`), nouns make another thing of it (`routing service`).
    fn may_drop(&self, words: &[usize], start: usize) -> bool {
        let mut at = 0;
        while at < start {
            let named = (at + 1..=start).rev().find(|end| self.names(&words[at..*end]).is_some());
            at = match named {
                Some(end) => end,
                None if self.s.tags[words[at]] == Tag::Adjective || words.len() - start > 1 => at + 1,
                None => return false,
            };
        }
        true
    }

    /// The words with the adverbs before and between them, if there are any.
    fn with_adverbs(&self, words: &[usize]) -> Option<Vec<usize>> {
        let (first, last) = (*words.first()?, *words.last()?);
        let before = (0..first).rev().take_while(|at| self.s.tags[*at] == Tag::Adverb).count();
        let all: Vec<usize> = (first - before..=last).filter(|at| self.s.tags[*at] != Tag::Quote).collect();
        (all.len() > words.len()).then_some(all)
    }

    /// The one entry that all of the words name.
    fn names(&self, words: &[usize]) -> Option<usize> {
        let stems: Vec<WordId> =
            words.iter().flat_map(|at| self.s.lexicon.form(self.s.tokens[*at].form).stems.iter().copied()).collect();
        let spelling = Spelling { case: self.case(words), first: words.first() == Some(&0) };
        match self.tree.exact(&stems, &spelling)[..] {
            [entry] if entry != self.own => Some(entry),
            _ => None,
        }
    }

    fn case(&self, words: &[usize]) -> Case {
        let cases = words.iter().map(|at| self.s.lexicon.form(self.s.tokens[*at].form).case);
        cases.fold(Case::Lower, |all, case| match (all, case) {
            (Case::Mixed, _) | (_, Case::Mixed) => Case::Mixed,
            (Case::Initial, _) | (_, Case::Initial) => Case::Initial,
            _ => Case::Lower,
        })
    }

    /// What is done to a thing is no part of its name: `the library used`.
    fn without_participles<'w>(&self, words: &'w [usize]) -> &'w [usize] {
        let is_participle = |at: &usize| {
            let form = self.s.lexicon.form(self.s.tokens[*at].form);
            let past = form.case == Case::Lower && form.verb.is_some_and(|(_, forms)| forms.past && !forms.base);
            past && self.s.lexicon.text(form.word).ends_with("ed")
        };
        let participles = words.iter().rev().take_while(|at| is_participle(at)).count();
        &words[..words.len() - participles]
    }

    /// Modifiers at the front that classify nothing fall away.
    fn without_praise<'w>(&self, words: &'w [usize]) -> &'w [usize] {
        let drops = |at: &usize| {
            let word = self.s.word(*at).unwrap_or(0);
            self.nouns.unclassifying.contains(&word)
        };
        let keep = words.iter().take(words.len().saturating_sub(1)).take_while(|at| drops(at)).count();
        &words[keep..]
    }

    /// The words in the singular, unless they are; a capital that only the start of the sentence gave falls away.
    fn written(&self, words: &[usize], one: bool) -> String {
        let mut text = String::new();
        for (number, at) in words.iter().enumerate() {
            let token = self.s.tokens[*at];
            let mut word = self.text[token.start..token.end].to_string();
            let form = self.s.lexicon.form(token.form);
            if *at == 0 && form.case == Case::Initial && self.s.tags[*at] != Tag::Other {
                word = word.to_lowercase();
            }
            if number + 1 == words.len() && form.plural && !one {
                word = singular_as_written(&word);
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word);
        }
        text
    }
}

/// `VMs` → `VM`, `policies` → `policy`.
fn singular_as_written(word: &str) -> String {
    let lower = word.to_lowercase();
    let one = super::lexicon::singular(&lower);
    match lower.strip_prefix(one.as_str()) {
        Some(_) => word[..one.len()].to_string(),
        None if word == lower => one,
        None => word.to_string(),
    }
}
