//! Which rules can fit a clause, by its verb or the noun that it says the subject is.

use hashbrown::HashMap;

use super::super::clause::{Clause, Predicate};
use super::super::lexicon::WordId;
use super::super::phrase::Tagged;
use super::{Compiled, What};

/// Numbers of rules, ascending.
type Numbers = Vec<usize>;

#[derive(Clone, Default)]
pub(in super::super) struct RuleIndex {
    /// Rules for every predicate.
    any: Numbers,
    does: HashMap<WordId, Numbers>,
    being: HashMap<WordId, Numbers>,
    /// By the last word of a noun that the subject is said to be.
    nouns: HashMap<WordId, Numbers>,
    /// Rules for every such noun.
    kinds: Numbers,
}

impl RuleIndex {
    pub(in super::super) fn new<'r>(rules: impl Iterator<Item = &'r Compiled>) -> RuleIndex {
        let mut index = RuleIndex::default();
        for (number, rule) in rules.enumerate() {
            index.add(number, &rule.what);
        }
        index
    }

    /// Every rule for every clause: what the index is to agree with.
    #[cfg(test)]
    pub(in super::super) fn of_all(rules: usize) -> RuleIndex {
        RuleIndex { any: (0..rules).collect(), ..RuleIndex::default() }
    }

    fn add(&mut self, number: usize, what: &What) {
        match what {
            What::Any | What::Passive => self.any.push(number),
            What::Genus | What::Examples => self.kinds.push(number),
            What::Modified(words) => words.iter().for_each(|word| enter(&mut self.nouns, *word, number)),
            What::Does(words) => words.iter().for_each(|word| enter(&mut self.does, *word, number)),
            What::Is(nouns) => {
                for noun in nouns {
                    noun.last().into_iter().for_each(|word| enter(&mut self.nouns, *word, number));
                    noun.first().into_iter().for_each(|word| enter(&mut self.being, *word, number));
                }
            }
        }
    }

    /// The numbers of the rules that can fit, in the order in which they are tried.
    pub(in super::super) fn candidates(&self, clause: &Clause, s: Tagged) -> Numbers {
        let mut found = self.any.clone();
        let mut with = |numbers: Option<&Numbers>| found.extend(numbers.into_iter().flatten());
        match &clause.predicate {
            Predicate::Does(verb) => with(self.does.get(verb)),
            Predicate::Being(word) => with(self.being.get(word)),
            Predicate::Is(phrase) => {
                with(Some(&self.kinds));
                if let Some(head) = phrase.head() {
                    let form = s.lexicon.form(s.tokens[head].form);
                    form.stems.iter().chain([&form.word]).for_each(|word| with(self.nouns.get(word)));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn enter(map: &mut HashMap<WordId, Numbers>, word: WordId, number: usize) {
    map.entry(word).or_default().push(number);
}
