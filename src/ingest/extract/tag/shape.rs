//! What class a word has by its ending and its place, where the dictionary does not know it.

use super::super::dictionary::NOT_ADJECTIVES;
use super::super::lexicon::{Case, Class};
use super::{Tag, Tagger};

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
            "running", "storing", "building", "scheduling", "monitoring", "mapping", "matching", "hosting", "sharing",
            "processing", "provisioning", "caching", "routing", "testing", "learning", "working",
        ];
        let for_task = at > 0 && matches!(self.lexicon.text(self.forms[at - 1].word), "for" | "by");
        let plural = self.forms.get(at + 1).is_some_and(|form| form.class == Class::Open && form.plural);
        let ends = self.class(at + 2).is_none_or(|class| class != Class::Open);
        for_task && plural && ends && TASKS.contains(&self.lexicon.text(self.forms[at].word))
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
}
