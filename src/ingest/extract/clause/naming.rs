//! Other names, kinds and parts that a statement gives by the way: in brackets, between commas, after a colon.

use super::{Parser, Predicate, Subject};
use crate::ingest::extract::lexicon::WordId;
use crate::ingest::extract::phrase::{Phrase, Tagged};
use crate::ingest::extract::tag::Tag;

impl Parser<'_> {
    /// `A tray, or "flat", is …`: what is joined to the entry's name by "or" is another name of it.
    pub(super) fn alternative_names(&mut self, phrases: &[Phrase]) {
        let Some((first, rest)) = phrases.split_first() else { return };
        let joined = first.words.last().zip(rest.first().and_then(|phrase| phrase.words.first()));
        let by_or = joined.is_some_and(|(last, next)| self.s.tags[*last..*next].contains(&Tag::Or));
        // Plurals are rather different things: `trays or pots are`.
        let verb = self.s.tokens.get(self.at).map(|token| self.s.lexicon.form(token.form));
        let one = verb.is_some_and(|form| form.verb.is_some_and(|(_, forms)| forms.third));
        let is = self.s.word(self.at).is_some_and(|word| self.s.lexicon.text(word) == "is");
        if by_or && (one || is) && (self.names_entry)(first) && first.of.is_empty() {
            let names = rest.iter().filter(|phrase| !phrase.pronoun && !(self.names_entry)(phrase)).cloned();
            let names = names.collect();
            self.push_names(names);
        }
    }

    /// `Trays as a service is …`: a name that is no plain noun phrase, and its verb. False if it is not there.
    pub(super) fn named_statement(&mut self, start: usize) -> bool {
        const LONGEST: usize = 8;
        let mut start = start;
        while matches!(self.s.tag(start), Some(Tag::Determiner | Tag::Quote)) {
            start += 1;
        }
        let plain = |at: usize| matches!(self.s.tags[at], Tag::Noun | Tag::Adjective | Tag::Number);
        let ends = (start + 1..=(start + LONGEST).min(self.s.tags.len())).rev();
        for end in ends.filter(|end| !(start..*end).all(plain) || self.s.tags[*end - 1] == Tag::Adjective) {
            let mut verb = self.s.skip(end);
            if self.s.tag(verb) == Some(Tag::OpenBracket) {
                verb = self.s.skip(self.s.past_bracket(verb));
            }
            let is_verb = matches!(self.s.tag(verb), Some(Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary));
            let words: Vec<usize> = (start..end).filter(|at| self.s.tags[*at] != Tag::Quote).collect();
            if is_verb && (self.names_entry)(&Phrase { words, ..Phrase::empty(end) }) {
                self.at = verb;
                self.predicate_and_more(&Subject::Entry);
                return true;
            }
        }
        false
    }

    /// `A tray (sometimes called a "flat") that …`: in a bracket after the first noun phrase.
    pub(super) fn names_in_bracket(&mut self) {
        let in_phrase = |tag: &Tag| {
            matches!(
                tag,
                Tag::Determiner | Tag::Adjective | Tag::Noun | Tag::Number | Tag::Quote | Tag::Adverb | Tag::Be
            )
        };
        let open = (self.at..self.s.tags.len()).find(|at| !in_phrase(&self.s.tags[*at]));
        let Some(open) = open.filter(|at| self.first && self.s.tags[*at] == Tag::OpenBracket) else { return };
        if let Some((names, end)) = self.called(open + 1)
            && end < self.s.past_bracket(open)
        {
            self.push_names(names);
        }
    }

    /// `, sometimes also called a flat or a slab,` after the subject: reads the names and returns what is behind.
    pub(super) fn names_in_aside(&mut self) -> Option<usize> {
        if self.tag() != Some(Tag::Comma) {
            return None;
        }
        let (names, end) = self.called(self.at + 1)?;
        if self.s.tag(end) != Some(Tag::Comma) {
            return None;
        }
        self.push_names(names);
        Some(self.s.skip(end + 1))
    }

    /// `sometimes called a flat`, `also known as X`, `aka X`: the names, and the place behind them.
    fn called(&self, start: usize) -> Option<(Vec<Phrase>, usize)> {
        let mut at = self.s.skip(start);
        let text = |at: usize| self.s.word(at).map(|word| self.s.lexicon.text(word)).unwrap_or("");
        let verb = self.s.tokens.get(at).and_then(|token| self.s.lexicon.form(token.form).verb);
        let lemma = verb.map(|(verb, _)| self.s.lexicon.text(verb)).unwrap_or("");
        at += match (lemma, text(at + 1), text(at + 2)) {
            ("know", "as", _) => 2,
            ("refer", "to", "as") => 3,
            ("abbreviate", "as" | "to", _) => 2,
            ("call" | "term" | "name" | "dub" | "abbreviate", _, _) => 1,
            _ if matches!(text(at), "aka" | "a.k.a") => 1,
            _ => return None,
        };
        while self.s.tag(at) == Some(Tag::Other) {
            at += 1;
        }
        let (names, end) = self.s.phrases(at, false);
        let end = self.s.skip(end);
        (!names.is_empty()).then_some((names, end))
    }

    /// `called`, `known as`
    pub(super) fn is_naming(&self, at: usize) -> bool {
        self.s.tag(at) == Some(Tag::Participle) && self.lemma(at).is_some_and(|verb| self.verbs.naming.contains(&verb))
    }

    /// `This term …`, and `This is a …` in a later sentence: what the entry is called or is.
    pub(super) fn points_back(&self, phrase: &Phrase) -> bool {
        let text = |at: usize| self.s.word(at).map(|word| self.s.lexicon.text(word)).unwrap_or("");
        let first = phrase.words.first().copied().unwrap_or(phrase.end);
        let this = first > 0 && matches!(text(first - 1), "this" | "the");
        let term = phrase.head().is_some_and(|head| self.verbs.terms.contains(&self.stem(head)));
        let is_term = this && term && phrase.words.len() == 1 && phrase.of.is_empty();
        let alone = phrase.words.is_empty() && phrase.pronoun && text(first.saturating_sub(1)) == "this";
        let next = self.s.skip(self.at + 1);
        let is_noun = self.tag() == Some(Tag::Be) && (matches!(text(next), "a" | "an" | "one") || self.is_naming(next));
        (is_term && (!self.first || text(first) == "term")) || (alone && is_noun)
    }

    fn push_names(&mut self, names: Vec<Phrase>) {
        let call = self.verbs.naming[0];
        let clause = self.push(Subject::Entry, Predicate::Being(call), false, None, 0);
        self.clauses[clause].objects = names;
    }

    /// Kinds and parts that are listed after a colon, a bracket or "such as": `There are two kinds: a pot and a tray`.
    pub(super) fn listings(&mut self) {
        self.spell_out();
        let mut found: Vec<(bool, Vec<Phrase>)> = Vec::new();
        for clause in self.clauses.iter().filter(|clause| !clause.negated) {
            let there = matches!(&clause.subject, Subject::Other(phrases) if phrases.iter().any(|p| self.is_there(p)));
            let of_entry = there || clause.subject == Subject::Entry;
            let subjects = match &clause.subject {
                Subject::Other(phrases) => phrases.as_slice(),
                Subject::Entry => &[],
            };
            let ends: Vec<&Phrase> = clause.objects.iter().chain(clause.predicate.kind()).collect();
            let states = matches!(clause.predicate, Predicate::Is(_)) || self.does(clause, self.verbs.include);
            if states && subjects.iter().any(|phrase| self.is_kind_of_entry(phrase)) {
                found.push((true, ends.iter().copied().cloned().collect()));
                continue;
            }
            for phrase in subjects.iter().chain(ends) {
                if phrase.plural && !phrase.pronoun && (self.names_entry)(phrase) {
                    found.push((true, phrase.listed.iter().chain(&phrase.examples).cloned().collect()));
                } else if !phrase.listed.is_empty() && of_entry {
                    let head = phrase.head().map(|head| self.stem(head));
                    let about = phrase.of.is_empty() || phrase.of.iter().any(|of| (self.names_entry)(of));
                    match head {
                        Some(head) if self.verbs.kinds.contains(&head) && about => {
                            found.push((true, phrase.listed.clone()));
                        }
                        Some(head) if self.verbs.parts.contains(&head) && about => {
                            found.push((false, phrase.listed.clone()));
                        }
                        _ => {}
                    }
                }
            }
        }
        for (kinds, phrases) in found.into_iter().filter(|(_, phrases)| !phrases.is_empty()) {
            match kinds {
                true => self.push_kinds(phrases),
                false => {
                    let clause = self.push(Subject::Entry, Predicate::Does(self.verbs.comprise), false, None, 0);
                    self.clauses[clause].objects = phrases;
                }
            }
        }
    }

    /// `consists of two parts: a lid and a tray`: the parts are the two that are named.
    fn spell_out(&mut self) {
        let (kinds, parts, hollow) = (&self.verbs.kinds, &self.verbs.parts, &self.verbs.hollow);
        let lists = |phrase: &Phrase, s: &Tagged| {
            let stem = phrase.head().map(|head| stem(s, head));
            !phrase.listed.is_empty()
                && stem.is_some_and(|head| kinds.contains(&head) || parts.contains(&head) || hollow.contains(&head))
        };
        for clause in self.clauses.iter_mut().filter(|clause| clause.subject == Subject::Entry) {
            let complements = clause.complements.iter_mut().map(|complement| &mut complement.phrases);
            for phrases in complements.chain([&mut clause.objects]) {
                let one_by_one = |phrase: Phrase| match lists(&phrase, &self.s) {
                    true => phrase.listed,
                    false => vec![phrase],
                };
                *phrases = std::mem::take(phrases).into_iter().flat_map(one_by_one).collect();
            }
        }
    }

    /// What the entry is said to have as kinds.
    pub(super) fn push_kinds(&mut self, kinds: Vec<Phrase>) {
        let phrase = Phrase { examples: kinds, ..Phrase::empty(self.at) };
        let clause = self.push(Subject::Entry, Predicate::Is(phrase), false, None, 0);
        self.clauses[clause].example = true;
    }

    fn does(&self, clause: &super::Clause, verb: WordId) -> bool {
        matches!(clause.predicate, Predicate::Does(word) if word == verb)
    }

    fn is_there(&self, phrase: &Phrase) -> bool {
        let word = phrase.words.first().filter(|_| phrase.pronoun).and_then(|at| self.s.word(*at));
        word.is_some_and(|word| self.s.lexicon.text(word) == "there")
    }

    pub(super) fn stem(&self, at: usize) -> WordId {
        stem(&self.s, at)
    }

    /// `tray types`, `types of trays`, `examples of trays`; `Immutable objects` of what is immutable.
    fn is_kind_of_entry(&self, phrase: &Phrase) -> bool {
        let Some((head, modifiers)) = phrase.words.split_last() else { return false };
        if phrase.pronoun || !phrase.plural || modifiers.is_empty() && phrase.of.is_empty() {
            return false;
        }
        let of_entry = phrase.of.iter().any(|of| (self.names_entry)(of));
        let named = (0..modifiers.len()).any(|start| {
            let words = modifiers[start..].to_vec();
            (self.names_entry)(&Phrase { words, of: Vec::new(), ..phrase.clone() })
        });
        let adjective = modifiers.len() == 1 && self.s.tags[modifiers[0]] == Tag::Adjective;
        let kinds = self.verbs.kinds.contains(&self.stem(*head));
        (kinds && (of_entry || named)) || (named && adjective && phrase.of.is_empty())
    }
}

/// The word without its plural ending.
fn stem(s: &Tagged, at: usize) -> WordId {
    let form = s.lexicon.form(s.tokens[at].form);
    form.stems.first().copied().filter(|_| form.stems.len() == 1).unwrap_or(form.word)
}
