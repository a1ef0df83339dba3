//! Rules: what kind of clause states which relation. The table is `rules.toml`; a user's own file has the same form.

mod index;

use std::borrow::Cow;

use serde::Deserialize;

use super::clause::{Clause, Predicate, Subject};
use super::lexicon::{Case, Class, Lexicon, WordId};
use super::phrase::{Phrase, Tagged};
pub(super) use index::RuleIndex;

/// A row of the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub name: String,
    pub pattern: String,
    #[serde(rename = "type")]
    pub relation: String,
    #[serde(default = "default_confidence")]
    pub confidence: f64,
    /// A definition of a term called Widget.
    #[serde(default)]
    pub example: String,
    /// The targets that come of the example, joined by `, `.
    #[serde(default)]
    pub gives: String,
}

fn default_confidence() -> f64 {
    0.8
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    rule: Vec<Rule>,
    /// Relation types of the same file, which are the graph's business.
    #[serde(default, rename = "type")]
    _types: Vec<toml::Table>,
    /// Titles of columns, which are the readers' business.
    #[serde(default, rename = "column")]
    _columns: Vec<toml::Table>,
}

/// The rules of the program.
pub(super) const BUILT_IN: &str = include_str!("rules.toml");

/// Reads a table of rules. The error says what is wrong and where.
pub fn read_rules(text: &str) -> Result<Vec<Rule>, String> {
    toml::from_str::<Table>(text).map(|table| table.rule).map_err(|error| error.to_string())
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Entry,
    Target,
    /// One of these nouns; with `of ENTRY` behind it if told.
    Noun {
        words: Vec<Vec<WordId>>,
        of_entry: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// `is TARGET`
    Genus,
    /// `is such_as TARGET`
    Examples,
    /// `is TARGET component`: the noun's modifier is the target.
    Modified(Vec<WordId>),
    /// `is word`
    Is(Vec<Vec<WordId>>),
    Does(Vec<WordId>),
    /// `is *`: whatever is done to it.
    Passive,
    Any,
}

impl What {
    /// Whether the pattern's verb is the predicate's.
    fn does(&self, predicate: &Predicate) -> bool {
        match (self, predicate) {
            (What::Does(verbs), Predicate::Does(verb)) => verbs.contains(verb),
            (What::Any, Predicate::Does(_)) => true,
            _ => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Through(Vec<WordId>),
    Noun(Vec<WordId>),
    /// `TARGET`; `TERM` takes only what the glossary defines.
    Slot,
}

/// A rule ready to run.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    /// Whether only what the glossary defines is a target.
    pub defined: bool,
    /// Whether the noun that the rule names is no kind of its own: `part`, `set`, `code name`.
    takes_genus: bool,
    who: Who,
    negated: bool,
    modal: Option<WordId>,
    what: What,
    steps: Vec<Step>,
    of: WordId,
}

impl Compiled {
    pub(super) fn new(rule: &Rule, lexicon: &mut Lexicon) -> Result<Compiled, String> {
        let pattern = rule.pattern.as_str();
        let mut words = pattern.split_whitespace().peekable();
        let first = words.next().ok_or("the pattern is empty")?;
        let who = match first {
            "ENTRY" => Who::Entry,
            "TARGET" => Who::Target,
            nouns => {
                let nouns = compounds(nouns, lexicon);
                let of_entry = pattern.split_whitespace().nth(2) == Some("ENTRY");
                if of_entry {
                    words.nth(1);
                }
                Who::Noun { words: nouns, of_entry }
            }
        };
        let negated = words.next_if_eq(&"not").is_some();
        let modal = words.next_if(|word| matches!(*word, "may" | "can" | "must")).map(|word| lexicon.word(word));
        let verb = words.next().filter(|word| !matches!(*word, "ENTRY" | "TARGET" | "TERM"));
        let verb = verb.ok_or("a verb must follow: `ENTRY store TARGET`")?;
        let what = match verb {
            "is" => match words.peek().copied() {
                Some("TARGET") if pattern.trim_end().ends_with("TARGET") => What::Genus,
                Some("ENTRY") => What::Genus,
                Some("TARGET") => {
                    words.next();
                    let nouns = words.next().unwrap_or_default();
                    What::Modified(nouns.split('|').map(|word| lexicon.word(word)).collect())
                }
                Some("such_as") => {
                    words.next();
                    What::Examples
                }
                Some("*") => {
                    words.next();
                    What::Passive
                }
                Some(list) => {
                    words.next();
                    let list = list.split('|').map(|word| bases(word, lexicon)).collect();
                    What::Is(list)
                }
                None => return Err("`is` needs a word or TARGET behind it".into()),
            },
            "*" => What::Any,
            list => What::Does(list.split('|').map(|word| base(word, lexicon)).collect()),
        };
        let mut steps = Vec::new();
        if matches!(what, What::Modified(_)) {
            steps.push(Step::Slot);
        }
        for word in words {
            let step = match word {
                "TARGET" | "ENTRY" | "TERM" => Step::Slot,
                list => {
                    let ids: Vec<WordId> = list.split('|').map(|word| lexicon.word(word)).collect();
                    let preposition = ids.iter().all(|id| is_preposition(*id, lexicon));
                    if preposition { Step::Through(ids) } else { Step::Noun(ids) }
                }
            };
            steps.push(step);
        }
        let slots = steps.iter().filter(|step| **step == Step::Slot).count();
        if slots != 1 || steps.last() != Some(&Step::Slot) {
            return Err("the pattern must end with TARGET, or with ENTRY if TARGET comes first".into());
        }
        let target_first = who == Who::Target;
        let once = |word: &str| pattern.split_whitespace().filter(|other| *other == word).count() == 1;
        let target = once("TARGET") != once("TERM");
        let noun_first = matches!(who, Who::Noun { of_entry: false, .. });
        if !target || (!noun_first && !once("ENTRY")) || target_first != pattern.ends_with("ENTRY") {
            return Err("the pattern needs ENTRY and TARGET, each once".into());
        }
        let defined = once("TERM");
        let keeps = ["manages", "describes", "supports", "used_by", "uses", "provides", "provided_by"];
        let takes_genus = !keeps.contains(&rule.relation.as_str());
        Ok(Compiled { defined, takes_genus, who, negated, modal, what, steps, of: lexicon.word("of") })
    }

    /// Whether the pattern is about what the subject is said to be: `is kind of TARGET`.
    pub(super) fn names_a_noun(&self) -> bool {
        matches!(self.what, What::Is(_))
    }

    /// What the clause gives the rule.
    pub(super) fn targets<'c>(
        &self,
        clause: &'c Clause,
        s: Tagged,
        names_entry: &dyn Fn(&Phrase) -> bool,
    ) -> Match<'c> {
        if clause.negated != self.negated || self.modal.is_some_and(|modal| clause.modal != Some(modal)) {
            return Match::default();
        }
        let subject = match (&self.who, &clause.subject) {
            (Who::Entry, Subject::Entry) => Vec::new(),
            (Who::Target, Subject::Other(phrases)) => phrases.iter().map(Cow::Borrowed).collect(),
            (Who::Noun { words, of_entry }, Subject::Other(phrases)) => {
                let fits = |phrase: &Phrase| {
                    words.iter().any(|noun| ends_with(phrase, noun, s))
                        && *of_entry == phrase.of.iter().any(names_entry)
                };
                match phrases.iter().any(fits) {
                    true => Vec::new(),
                    false => return Match::default(),
                }
            }
            _ => return Match::default(),
        };
        let found = self.ends(clause, s);
        match self.who {
            Who::Target => {
                let is_entry = found.targets.iter().any(|phrase| names_entry(phrase))
                    || (clause.entry_is_object && self.steps.len() == 1 && self.what.does(&clause.predicate));
                Match { targets: if is_entry { subject } else { Vec::new() }, passed: Vec::new() }
            }
            _ => found,
        }
    }

    /// What stands at the end of the pattern.
    fn ends<'c>(&self, clause: &'c Clause, s: Tagged) -> Match<'c> {
        let mut passed: Vec<usize> = Vec::new();
        const NONE: &[Phrase] = &[];
        let (mut at, mut from): (&[Phrase], Vec<&Phrase>) = match (&self.what, &clause.predicate) {
            (What::Genus, Predicate::Is(_)) if clause.example => return Match::default(),
            (What::Genus, Predicate::Is(phrase)) => return Match::of(std::slice::from_ref(phrase), passed),
            // `For example, a tray such as …`: what is said by way of example tells no kinds.
            (What::Examples, Predicate::Is(phrase)) if clause.example && !phrase.words.is_empty() => {
                return Match::default();
            }
            (What::Examples, Predicate::Is(phrase)) => return Match::of(&phrase.examples, passed),
            (What::Modified(nouns), Predicate::Is(phrase)) => return modifier(phrase, nouns, s),
            (What::Is(words), Predicate::Is(phrase)) if words.iter().any(|noun| ends_with(phrase, noun, s)) => {
                passed.extend(phrase.words.first().filter(|_| self.takes_genus));
                (NONE, vec![phrase])
            }
            (What::Is(words), Predicate::Being(word)) if words.iter().any(|list| list[..] == [*word]) => {
                (&clause.objects, Vec::new())
            }
            (What::Does(words), Predicate::Does(word)) if words.contains(word) => (&clause.objects, Vec::new()),
            (What::Passive, Predicate::Being(_)) => (NONE, Vec::new()),
            (What::Any, Predicate::Does(_)) => (&clause.objects, Vec::new()),
            (What::Any, Predicate::Is(phrase)) => (NONE, vec![phrase]),
            (What::Any, Predicate::Being(_)) => (NONE, Vec::new()),
            _ => return Match::default(),
        };
        for step in &self.steps {
            match step {
                Step::Slot => return Match::of(at, passed),
                Step::Noun(words) => {
                    let fits =
                        |phrase: &&Phrase| words.iter().any(|word| ends_with(phrase, std::slice::from_ref(word), s));
                    from = at.iter().filter(fits).collect();
                    if from.is_empty() {
                        return Match::default();
                    }
                    passed.extend(from.iter().filter_map(|phrase| phrase.words.first()));
                }
                Step::Through(prepositions) => {
                    let of =
                        from.iter().find(|phrase| !phrase.of.is_empty()).filter(|_| prepositions.contains(&self.of));
                    // The first complement of this kind: the next one belongs to it.
                    let complement = clause.complements.iter().find(|c| prepositions.contains(&c.preposition));
                    at = match (of, complement) {
                        (Some(phrase), _) => &phrase.of,
                        (None, Some(complement)) => &complement.phrases,
                        (None, None) => return Match::default(),
                    };
                    from = Vec::new();
                }
            }
        }
        Match::default()
    }
}

/// The targets that a clause gives, and what was passed on the way to them.
#[derive(Default)]
pub(super) struct Match<'c> {
    pub targets: Vec<Cow<'c, Phrase>>,
    /// Phrases, by their first token, of which no other rule is to make something.
    pub passed: Vec<usize>,
}

impl<'c> Match<'c> {
    fn of(phrases: &'c [Phrase], passed: Vec<usize>) -> Match<'c> {
        match phrases.is_empty() {
            true => Match::default(),
            false => Match { targets: phrases.iter().map(Cow::Borrowed).collect(), passed },
        }
    }
}

/// `Block Storage component` → Block Storage.
fn modifier<'c>(phrase: &Phrase, nouns: &[WordId], s: Tagged) -> Match<'c> {
    let fits = nouns.iter().any(|noun| ends_with(phrase, std::slice::from_ref(noun), s));
    if !fits || phrase.words.len() < 2 {
        return Match::default();
    }
    let words = phrase.words[..phrase.words.len() - 1].to_vec();
    let proper = words.iter().any(|at| s.lexicon.form(s.tokens[*at].form).case != Case::Lower);
    // Only a name is a whole that has parts: `data component` says nothing.
    match proper {
        true => {
            let whole = Phrase { words, of: Vec::new(), examples: Vec::new(), plural: false, ..phrase.clone() };
            Match { targets: vec![Cow::Owned(whole)], passed: Vec::new() }
        }
        false => Match::default(),
    }
}

fn is_preposition(word: WordId, lexicon: &mut Lexicon) -> bool {
    let text = lexicon.text(word).to_string();
    let form = lexicon.spelling(&text);
    matches!(lexicon.form(form).class, Class::Preposition | Class::To)
        || (text.contains('_') && super::clause::is_compound(&text))
}

/// A verb's base, or the word itself.
fn base(word: &str, lexicon: &mut Lexicon) -> WordId {
    match lexicon.verb(word) {
        Some((base, _)) => base,
        None => {
            // A verb that only a rule knows.
            if lexicon.class_of(word) == Class::Open && word.chars().all(char::is_alphabetic) {
                lexicon.add_regular(word);
            }
            lexicon.word(word)
        }
    }
}

/// `code_name` → its words.
fn bases(word: &str, lexicon: &mut Lexicon) -> Vec<WordId> {
    word.split('_').map(|part| lexicon.word(part)).collect()
}

fn compounds(list: &str, lexicon: &mut Lexicon) -> Vec<Vec<WordId>> {
    list.split('|').map(|word| bases(word, lexicon)).collect()
}

/// Whether the phrase's last words are these; a plural counts as its singular.
fn ends_with(phrase: &Phrase, words: &[WordId], s: Tagged) -> bool {
    let start = phrase.words.len().checked_sub(words.len());
    start.is_some_and(|start| {
        phrase.words[start..].iter().zip(words).all(|(at, word)| s.word(*at) == Some(*word) || stem_is(s, *at, *word))
    })
}

fn stem_is(s: Tagged, at: usize, word: WordId) -> bool {
    s.lexicon.form(s.tokens[at].form).stems[..] == [word]
}
