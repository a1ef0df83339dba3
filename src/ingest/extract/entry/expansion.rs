//! Short and long forms of a name that a definition gives as it begins.

use std::sync::Arc;

use super::super::Found;
use super::super::names::{initials, is_acronym_of, is_initials_of};
use super::super::sentence::Token;
use super::Reader;

/// So many words of a sentence are looked at for a long form.
const LONGEST_NAME: usize = 10;

impl Reader<'_> {
    /// A definition that begins with what its headword is short for: how many tokens that takes.
    pub(super) fn expansion(&mut self, text: &str, tokens: &[Token], evidence: &Arc<str>, line: usize) -> usize {
        self.bracketed_forms(evidence);
        self.subject_form(evidence);
        let Some(name) = self.found.name.clone() else { return 0 };
        let Some(start) = tokens.first().map(|token| token.start) else { return 0 };
        let phrases =
            || phrase_ends(text, start).filter_map(|end| Some((without_article(text[start..end].trim())?, end)));
        let Some((phrase, end)) = phrases().find(|(phrase, _)| is_expansion(&name, phrase)) else { return 0 };
        self.add_alias(phrase);
        self.keep(Found {
            relation: "abbreviates".into(),
            target: phrase.to_string(),
            target_entry: None,
            evidence: evidence.clone(),
            line,
            file: None,
            rule: Arc::from("expansion"),
            confidence: 0.95,
        });
        // A bracket belongs to the sentence that goes on; a comma or a full stop ends the long form.
        let taken = tokens.iter().take_while(|token| token.start < end).count();
        let mark = tokens.get(taken).is_some_and(|token| !text[token.start..token.end].starts_with('('));
        taken + usize::from(mark)
    }

    /// `A jar counting unit is a machine` under JCU.
    fn subject_form(&mut self, sentence: &str) {
        let Some(name) = self.found.name.clone() else { return };
        let ends = [" is ", " are ", " refers to ", " means "].iter().filter_map(|verb| sentence.find(verb));
        let subject = ends.min().and_then(|end| without_article(&sentence[..end]));
        if let Some(long) = subject.filter(|subject| is_expansion(&name, subject)) {
            self.add_alias(long);
        }
    }

    /// `A Jar Counting Unit (JCU) is …` under JCU, `A jar counting unit (JCU) is …` under its long form.
    fn bracketed_forms(&mut self, sentence: &str) {
        let Some(name) = self.found.name.clone() else { return };
        for (before, inside) in brackets(sentence) {
            let names = inside.split(", or ").flat_map(|part| part.split(" or ")).flat_map(|part| part.split(", "));
            let names: Vec<&str> = names.map(|part| part.trim().trim_matches(['"', '“', '”'])).collect();
            if names.iter().any(|inside| inside.eq_ignore_ascii_case(&name)) {
                if let Some(long) = names.iter().find_map(|short| long_form(short, before)) {
                    self.add_alias(long);
                }
            } else if without_article(before.trim()).is_some_and(|before| before.eq_ignore_ascii_case(&name)) {
                let forms = names.iter().filter(|form| is_acronym_of(form, &name) || is_expansion(&name, form));
                let forms: Vec<&str> = forms.copied().collect();
                forms.into_iter().for_each(|form| self.add_alias(form));
            }
        }
    }
}

/// Where the first phrase may end: at the first mark, or at a later comma, for a long form may be a list.
fn phrase_ends(text: &str, start: usize) -> impl Iterator<Item = usize> {
    let marks = text[start..].match_indices(['.', ',', ';', ':', '(']).map(move |(at, mark)| (start + at, mark));
    let mut goes_on = true;
    let ends = marks.take_while(move |(_, mark)| std::mem::replace(&mut goes_on, *mark == ","));
    ends.map(|(at, _)| at).chain([text.len()]).take(4)
}

fn without_article(phrase: &str) -> Option<&str> {
    let rest = ["A ", "An ", "The ", "a ", "an ", "the "].iter().find_map(|article| phrase.strip_prefix(article));
    Some(rest.unwrap_or(phrase)).filter(|phrase| !phrase.is_empty())
}

/// Whether the name is short for the phrase: all of its letters, or its capitals (`DevGTC`), begin the words.
fn is_expansion(name: &str, phrase: &str) -> bool {
    let capitals: String = name.chars().filter(|c| c.is_uppercase()).flat_map(char::to_lowercase).collect();
    let short = capitals.chars().count() >= 2 && !name.contains(' ');
    short && is_acronym_of(name, phrase) && (is_initials_of(name, phrase) || initials(phrase).contains(&capitals))
}

/// The shortest run of words at the end of the text that the name is short for.
fn long_form<'t>(name: &str, text: &'t str) -> Option<&'t str> {
    let text = text.trim_end();
    let starts = text.rmatch_indices(' ').map(|(at, _)| at + 1).chain([0]).take(LONGEST_NAME);
    starts.map(|start| &text[start..]).find(|phrase| is_expansion(name, phrase))
}

/// What stands before each bracket of the sentence and in it.
fn brackets(sentence: &str) -> impl Iterator<Item = (&str, &str)> {
    sentence.match_indices(" (").filter_map(|(at, open)| {
        let inside = &sentence[at + open.len()..];
        Some((&sentence[..at], &inside[..inside.find(')')?]))
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{entry, extract};

    #[test]
    fn names_in_the_first_sentence() {
        for (headword, text, names) in [
            ("SKS", "Seed Keeping Services. A set of rules for seeds.", vec!["Seed Keeping Services"]),
            ("PSR", "Plot and Status Register. A board.", vec!["Plot and Status Register"]),
            ("DevGTC", "Device Garden Translation Cache. A cache.", vec!["Device Garden Translation Cache"]),
            ("ALB", "An allotment lease book. It lists tenants.", vec!["allotment lease book"]),
            ("RAW", "Rakes, axes, and wedges. A set of tools.", vec!["Rakes, axes, and wedges"]),
            ("JCU", "A Jar Counting Unit (JCU) is a machine.", vec!["Jar Counting Unit"]),
            ("jar counting unit", "A jar counting unit (JCU) is a machine.", vec!["JCU"]),
            ("JCU", "JCU (Jar Counting Unit) is a machine.", vec!["Jar Counting Unit"]),
            ("JCU", "A jar counting unit is a machine.", vec!["jar counting unit"]),
            ("Jcu", "A Jar Counting Unit (Jcu, or JCU) is a machine.", vec!["Jar Counting Unit"]),
            ("JCU", "A machine (a big one) for jars.", vec![]),
            ("bed", "A raised bed (RB) is warm.", vec![]),
        ] {
            let found = extract(vec![entry(headword, text)]);
            assert_eq!(found.entries[0].aliases, names, "{text}");
            let kinds = found.entries[0].relations.iter().filter(|found| found.relation == "is_a");
            assert!(kinds.clone().all(|kind| !names.iter().any(|name| name.contains(&kind.target))), "{text}");
        }
    }

    #[test]
    fn a_long_form_is_no_kind() {
        let found = extract(vec![entry("PSR", "Plot and Status Register. Board that keeps states of plots.")]);
        let relations: Vec<_> = found.entries[0].relations.iter().map(|r| (&*r.relation, &*r.target)).collect();
        assert_eq!(relations, [("abbreviates", "Plot and Status Register"), ("is_a", "board"), ("stores", "state")]);
    }
}
