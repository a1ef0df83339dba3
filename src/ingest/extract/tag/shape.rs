//! What class a word has by its ending and its place, where the dictionary does not know it.

use super::super::dictionary::NOT_ADJECTIVES;
use super::super::lexicon::{Case, Class};
use super::{Tag, Tagger};

/// How many words away the subject or the verb of a clause may be.
const NEAR: usize = 24;

impl Tagger<'_> {
    /// `anonymous function`: by its ending, before a noun.
    pub(super) fn ends_as_adjective(&self, at: usize) -> bool {
        const ENDINGS: [&str; 6] = ["ous", "able", "ible", "less", "ful", "ary"];
        let form = self.forms[at];
        let word = self.lexicon.text(form.word);
        form.case == Case::Lower
            && self.class(at + 1) == Some(Class::Open)
            && word.len() > 6
            && !NOT_ADJECTIVES.contains(&word)
            && ENDINGS.iter().any(|ending| word.ends_with(ending))
    }

    /// `a brisk and simple service`: one thing, for the second noun would have an article of its own; `node-wide or
    /// site-wide limits`: two compounds of one noun.
    pub(super) fn is_paired_adjective(&self, at: usize) -> bool {
        let form = self.forms[at];
        let joined = self.class(at + 1) == Some(Class::Coordinator) && form.case == Case::Lower && !form.plural;
        let noun_follows = self.class(at + 3) == Some(Class::Open);
        if !joined || !noun_follows {
            return false;
        }
        let text = |at: usize| self.lexicon.text(self.forms[at].word);
        let compounds = text(at).contains('-') && text(at + 2).contains('-');
        let article = at > 0 && matches!(text(at - 1), "a" | "an" | "the");
        compounds || (article && self.class(at + 2) == Some(Class::Adjective))
    }

    /// `responsible for running jobs`: a word that may be a noun is a verb where its object ends the phrase.
    pub(super) fn is_task(&self, at: usize) -> bool {
        const TASKS: [&str; 16] = [
            "running",
            "storing",
            "building",
            "scheduling",
            "monitoring",
            "mapping",
            "matching",
            "hosting",
            "sharing",
            "processing",
            "provisioning",
            "caching",
            "routing",
            "testing",
            "learning",
            "working",
        ];
        let for_task = at > 0 && matches!(self.lexicon.text(self.forms[at - 1].word), "for" | "by");
        let plural = self.forms.get(at + 1).is_some_and(|form| form.class == Class::Open && form.plural);
        let ends = self.class(at + 2).is_none_or(|class| class != Class::Open);
        for_task && plural && ends && TASKS.contains(&self.lexicon.text(self.forms[at].word))
    }

    /// `a new standard for`, `the default of`: an adjective that heads its phrase is a noun.
    pub(super) fn is_noun_here(&self, at: usize) -> bool {
        const NOUNS: [&str; 7] = ["standard", "default", "original", "native", "human", "manual", "potential"];
        let heads =
            !matches!(self.class(at + 1), Some(Class::Open | Class::Adjective | Class::Number | Class::Coordinator));
        let modified = matches!(self.before(at), Some(Tag::Determiner | Tag::Adjective | Tag::Noun) | None);
        heads && modified && NOUNS.contains(&self.lexicon.text(self.forms[at].word))
    }

    /// `run` after a plural, where no other verb follows: not what was run.
    pub(super) fn is_plain_verb(&self, at: usize) -> bool {
        let base = self.verbs[at].is_some_and(|(_, forms)| forms.base);
        let plural = self.forms[self.place_before(at)].plural;
        let end = self.forms.len().min(at + NEAR);
        let later = (at + 1..end).take_while(|next| self.forms[*next].class != Class::Relative);
        let finite = |next: usize| matches!(self.forms[next].class, Class::Be | Class::Modal | Class::Have);
        base && plural && !self.has_verb(at) && !later.into_iter().any(finite)
    }

    /// `one of the disk formats`, `several tray types`: what looks like a verb is the plural that must come.
    pub(super) fn needs_plural(&self, at: usize) -> bool {
        const SEVERAL: [&str; 20] = [
            "these", "those", "several", "many", "few", "various", "multiple", "numerous", "some", "both", "all",
            "most", "other", "two", "three", "four", "five", "six", "certain", "common",
        ];
        let text = |at: usize| self.lexicon.text(self.forms[at].word);
        let nouns = self.tags[..at].iter().rev().take_while(|tag| matches!(tag, Tag::Noun | Tag::Adjective)).count();
        let first = at - nouns;
        let plural = (first..at).any(|at| self.tags[at] == Tag::Noun && self.forms[at].plural);
        let Some(determiner) = first.checked_sub(1).filter(|_| nouns > 0 && !plural) else { return false };
        let one_of = determiner >= 2
            && text(determiner) == "the"
            && text(determiner - 1) == "of"
            && matches!(text(determiner - 2), "one" | "any" | "each" | "some" | "many" | "most" | "all" | "both");
        one_of || (SEVERAL.contains(&text(determiner)) && self.tags[determiner] != Tag::Pronoun)
    }

    /// A form that is never a noun, where the clause has no verb yet and something in it is a plural.
    pub(super) fn is_verb_of_plural(&self, at: usize) -> bool {
        let near = at.saturating_sub(NEAR)..at;
        let plural = near.into_iter().any(|before| self.forms[before].plural && self.tags[before] == Tag::Noun);
        plural && !self.has_verb(at) && self.known.no_nouns.contains(&self.forms[at].word)
    }

    /// `Contrast with …`, `Compare to …`
    pub(super) fn is_comparison(&self, at: usize) -> bool {
        let compares = matches!(self.lexicon.text(self.forms[at].word), "contrast" | "compare");
        let next = self.forms.get(at + 1).map(|form| self.lexicon.text(form.word));
        compares && matches!(next, Some("with" | "to"))
    }

    /// `this term`, `the row`: a noun phrase that a determiner begins.
    pub(super) fn begins_with_determiner(&self, at: usize) -> bool {
        matches!(self.class(at), Some(Class::Determiner | Class::Pronoun)) && self.tags.last() != Some(&Tag::Determiner)
    }

    /// `that a gardener uses.`: the last word, and between it and the relative there is but a noun phrase.
    pub(super) fn ends_relative(&self, at: usize) -> bool {
        let in_phrase = |tag: &&Tag| matches!(tag, Tag::Noun | Tag::Adjective | Tag::Determiner | Tag::Number);
        let words = self.tags[..at].iter().rev().take_while(in_phrase).count();
        let relative = at.checked_sub(words + 1).is_some_and(|before| self.tags[before] == Tag::Relative);
        relative && at + 2 == self.forms.len() && self.class(at + 1) == Some(Class::Other)
    }

    /// `The tray, on the other hand, …`: the second comma.
    pub(super) fn closes_aside(&self, comma: usize) -> bool {
        const LONGEST: usize = 8;
        let before = self.tags[comma.saturating_sub(LONGEST)..comma].iter().rposition(|tag| *tag == Tag::Comma);
        let opening = before.map(|at| at + comma.saturating_sub(LONGEST));
        opening.is_some_and(|at| {
            at > 0
                && self.tags[at - 1] == Tag::Noun
                && matches!(self.tags[at + 1], Tag::Preposition | Tag::Adverb | Tag::Or)
        })
    }
}
