//! What follows a predicate: complements, purposes, relative clauses, coordination.

use super::{Complement, Host, Parser, Predicate, Subject};
use crate::ingest::extract::lexicon::WordId;
use crate::ingest::extract::phrase::Phrase;
use crate::ingest::extract::tag::Tag;

impl Parser<'_> {
    /// `, physical or virtual,`: what follows it.
    fn aside(&self) -> Option<usize> {
        let adjectives = |tag: &&Tag| matches!(tag, Tag::Adjective | Tag::And | Tag::Or | Tag::Adverb);
        let count = self.s.tags.get(self.at + 1..)?.iter().take_while(adjectives).count();
        let end = self.at + 1 + count;
        (count > 0 && self.s.tag(end) == Some(Tag::Comma)).then_some(end + 1)
    }

    /// What follows the predicate: complements, purposes, relative clauses, coordinated predicates.
    pub(super) fn tail(&mut self, clause: usize, subject: &Subject, mut host: Host, mut plural: bool, depth: usize) {
        // How many predicates have been coordinated; a new sentence part ends the tail.
        while let Some(tag) = self.tag() {
            match tag {
                Tag::Preposition => {
                    if !self.complement(clause, subject, depth) {
                        return;
                    }
                    let last = self.clauses[clause].complements.last().and_then(|c| c.phrases.last()).cloned();
                    if let Some(last) = last {
                        host = self.nearer(&host, plural, &last);
                        if matches!(host, Host::Other(_)) {
                            plural = last.plural;
                        }
                    }
                }
                Tag::Infinitive => self.purpose(clause, subject, &host, depth),
                Tag::Participle => match &host {
                    Host::Entry => self.predicate(&Subject::Entry, depth),
                    Host::Other(phrase) => self.predicate(&self.subject(std::slice::from_ref(phrase)), depth + 1),
                },
                Tag::Gerund if !self.clauses[clause].complements.is_empty() => {
                    let last = self.clauses[clause].complements.last().and_then(|c| c.phrases.last()).cloned();
                    let other = last.unwrap_or_else(|| self.nothing());
                    self.predicate(&self.subject(std::slice::from_ref(&other)), depth + 1);
                }
                Tag::Gerund => match &host {
                    Host::Entry => self.predicate(&Subject::Entry, depth + 1),
                    Host::Other(phrase) => self.predicate(&self.subject(std::slice::from_ref(phrase)), depth + 1),
                },
                Tag::Relative => {
                    let read = !self.clauses[clause].complements.is_empty();
                    let verbal = matches!(self.clauses[clause].predicate, Predicate::Being(_) | Predicate::Does(_));
                    let complement = self.clauses[clause].complements.last();
                    let last = complement.and_then(|c| c.phrases.last()).cloned();
                    // `ships with a lid and a tray that provides shade`: one thing does, not the two.
                    let several = complement.is_some_and(|c| c.phrases.len() > 1 || c.phrases.iter().any(|p| p.plural));
                    let nearer = !(several && self.is_singular_relative());
                    match (read && verbal && nearer, last) {
                        (true, Some(last)) => self.relative(&Host::Other(last), depth),
                        _ => self.relative(&host, depth),
                    }
                }
                // `traffic an instance can send`: a relative clause without its pronoun.
                Tag::Determiner | Tag::Pronoun => {
                    if !self.contact_clause(
                        matches!(host, Host::Entry) && self.clauses[clause].complements.is_empty(),
                        depth,
                    ) {
                        self.at += 1;
                    }
                }
                Tag::Adjective if matches!(self.s.tag(self.at + 1), Some(Tag::Preposition | Tag::Infinitive)) => {
                    match &host {
                        Host::Entry => return self.adjective(&Subject::Entry, depth, false),
                        Host::Other(_) => self.at += 1,
                    }
                }
                Tag::Comma if self.aside().is_some() => self.at = self.aside().unwrap_or(self.at + 1),
                Tag::Comma | Tag::And | Tag::Or | Tag::But => {
                    if !self.coordinated(clause, subject, &host, depth) {
                        return;
                    }
                }
                Tag::Semicolon | Tag::Dash => {
                    self.at += 1;
                    return self.after_break();
                }
                Tag::OpenBracket => self.at = self.s.past_bracket(self.at),
                Tag::Adverb | Tag::Quote | Tag::Filler | Tag::Not => self.at += 1,
                Tag::Example => self.at += 1,
                // `when using X`
                Tag::Subordinator if self.s.tag(self.at + 1) == Some(Tag::Preposition) => self.at += 1,
                Tag::Subordinator | Tag::Colon => return self.skip_to_break(),
                Tag::Verb if self.takes_bare_verb(clause) => self.purpose(clause, subject, &host, depth),
                Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary => return,
                _ => self.at += 1,
            }
        }
    }

    /// `that provides`, `which is`
    fn is_singular_relative(&self) -> bool {
        let verb = self.s.skip(self.at + 1);
        match self.s.tag(verb) {
            Some(Tag::Verb) => self.s.lexicon.form(self.s.tokens[verb].form).verb.is_some_and(|(_, f)| f.third),
            Some(Tag::Be) => self.s.word(verb).is_some_and(|word| self.s.lexicon.text(word) == "is"),
            _ => false,
        }
    }

    /// `helps gardeners`, before `water beds`.
    fn takes_bare_verb(&self, clause: usize) -> bool {
        let Predicate::Does(verb) = self.clauses[clause].predicate else { return false };
        self.verbs.helping.contains(&verb)
    }

    /// A noun phrase with a verb, right after another noun phrase. False if it is none.
    pub(super) fn contact_clause(&mut self, entry: bool, depth: usize) -> bool {
        let (phrases, end) = self.s.phrases(self.at, true);
        let next = self.s.skip(end);
        if phrases.is_empty() || !matches!(self.s.tag(next), Some(Tag::Verb | Tag::Modal | Tag::Auxiliary | Tag::Be)) {
            return false;
        }
        self.at = next;
        let subject = Subject::Other(phrases);
        self.predicate_of_object(&subject, depth + 1, entry);
        true
    }

    /// After a semicolon or a dash: a new statement. What it begins with is a kind of the entry only with an article.
    pub(super) fn after_break(&mut self) {
        let next = self.s.skip(self.at);
        let noun = matches!(self.s.tag(next), Some(Tag::Determiner | Tag::Noun | Tag::Adjective));
        // `… — a nuisance`: what a later sentence ends with speaks of what it said.
        if !self.first && noun && self.at > 0 && self.s.tag(self.at - 1) == Some(Tag::Dash) {
            return self.skip_to_break();
        }
        self.first &= self.s.tag(next) == Some(Tag::Determiner);
        match self.s.tag(next) {
            Some(Tag::Verb | Tag::Participle | Tag::Modal | Tag::Be | Tag::Auxiliary | Tag::Not) => self.statement(),
            Some(Tag::Determiner | Tag::Pronoun | Tag::Noun | Tag::Adjective | Tag::Number) => self.statement(),
            _ => self.skip_to_break(),
        }
    }

    /// Over a subordinate clause, of which nothing is understood.
    pub(super) fn skip_to_break(&mut self) {
        while let Some(tag) = self.tag() {
            self.at += 1;
            if matches!(tag, Tag::Semicolon | Tag::Dash) {
                return self.after_break();
            }
        }
    }

    /// Whether a relative clause after a complement still speaks of the entry: it does unless only the complement
    /// agrees with its verb in number.
    pub(super) fn nearer(&self, host: &Host, plural: bool, last: &Phrase) -> Host {
        let Host::Entry = host else { return Host::Other(last.clone()) };
        let mut verb = self.at;
        while matches!(self.s.tag(verb), Some(Tag::Relative | Tag::Adverb | Tag::Comma)) {
            verb += 1;
        }
        let verb_plural = match self.s.tag(verb) {
            Some(Tag::Verb) => self.s.lexicon.form(self.s.tokens[verb].form).verb.map(|(_, f)| f.base && !f.third),
            Some(Tag::Be) => self.s.word(verb).map(|word| matches!(self.s.lexicon.text(word), "are" | "were")),
            _ => None,
        };
        match verb_plural {
            Some(of_verb) if of_verb != plural && of_verb == last.plural => Host::Other(last.clone()),
            _ => Host::Entry,
        }
    }

    /// A preposition and what it governs. False if the rest of the sentence cannot be followed.
    pub(super) fn complement(&mut self, clause: usize, subject: &Subject, depth: usize) -> bool {
        let Some(mut preposition) = self.s.word(self.at) else { return false };
        self.at += 1;
        if let Some((compound, length)) = self.compound(self.at - 1) {
            preposition = compound;
            self.at += length - 1;
        }
        let next = self.s.skip(self.at);
        match self.s.tag(next) {
            // `more than is there`
            Some(Tag::Be | Tag::Verb | Tag::Modal) => {
                self.skip_clause();
                true
            }
            Some(Tag::Gerund) => {
                self.at = next;
                let speaks = preposition == self.verbs.for_
                    || preposition == self.verbs.by
                    || preposition == self.verbs.of
                    || preposition == self.verbs.to
                    || self.s.lexicon.text(preposition) == "in";
                let negative = self.s.lexicon.text(preposition) == "without";
                let speaker = match (speaks && !negative, subject) {
                    (true, subject) => subject.clone(),
                    (false, _) => Subject::Other(Vec::new()),
                };
                self.predicate(&speaker, depth + 1);
                true
            }
            Some(Tag::Relative) => {
                self.at = next + 1;
                self.place_clause(subject, depth);
                true
            }
            _ => {
                let (phrases, end) = self.s.phrases(self.at, false);
                if phrases.is_empty() {
                    return self.tag().is_some();
                }
                self.at = end;
                self.clauses[clause].complements.push(Complement { preposition, phrases });
                true
            }
        }
    }

    /// A preposition of several words.
    pub(super) fn compound(&self, at: usize) -> Option<(WordId, usize)> {
        let word = |at: usize| self.s.word(at).map(|word| self.s.lexicon.text(word));
        self.verbs.compounds.iter().find_map(|(words, id)| {
            words
                .iter()
                .enumerate()
                .all(|(number, expected)| word(at + number) == Some(*expected))
                .then_some((*id, words.len()))
        })
    }

    /// `in which …`, `whereby …`: what happens there is what the entry does, if it is said in the active voice.
    pub(super) fn place_clause(&mut self, subject: &Subject, depth: usize) {
        let (phrases, end) = self.s.phrases(self.at, true);
        let next = self.s.skip(end);
        let plain = *subject == Subject::Entry && matches!(self.s.tag(next), Some(Tag::Verb));
        if phrases.is_empty() || !plain {
            return self.skip_clause();
        }
        self.at = next;
        self.predicate(&Subject::Entry, depth + 2);
    }

    /// To the end of a clause of which nothing is understood.
    pub(super) fn skip_clause(&mut self) {
        while let Some(tag) = self.tag() {
            if matches!(tag, Tag::Semicolon | Tag::Dash) {
                return;
            }
            self.at += 1;
        }
    }

    /// `to` and a verb.
    pub(super) fn purpose(&mut self, clause: usize, subject: &Subject, host: &Host, depth: usize) {
        let known = |list: &[WordId], word: WordId| list.contains(&word);
        let at = clause;
        let clause = &self.clauses[at];
        let with_object = !clause.objects.is_empty();
        let speaks = match &clause.predicate {
            Predicate::Is(_) => matches!(host, Host::Entry),
            // `the tools required to build it`: not the tools build.
            Predicate::Being(word) if known(&self.verbs.demand, *word) => {
                known(&self.verbs.purpose, *word) && matches!(host, Host::Entry) && clause.depth == 0
            }
            Predicate::Being(word) => known(&self.verbs.purpose, *word) || matches!(host, Host::Entry),
            Predicate::Does(word) if with_object => !known(&self.verbs.demand, *word),
            Predicate::Does(word) => known(&self.verbs.purpose, *word),
        };
        let permits =
            with_object && matches!(clause.predicate, Predicate::Does(word) if known(&self.verbs.permission, word));
        let denies = matches!(&clause.predicate, Predicate::Being(word) | Predicate::Does(word) if known(&self.verbs.denying, *word));
        let negated = clause.negated || denies;
        let entry_is_object = clause.entry_is_object;
        let speaker = match (speaks && !negated, subject) {
            (true, Subject::Entry) => Subject::Entry,
            (true, _) if entry_is_object => Subject::Entry,
            _ => Subject::Other(Vec::new()),
        };
        if permits {
            self.clauses[at].predicate = Predicate::Does(self.verbs.empower);
        }
        self.predicate(&speaker, depth + 1);
    }

    /// `that stores rows`, `which the manager starts`.
    pub(super) fn relative(&mut self, host: &Host, depth: usize) {
        let whose = self.s.word(self.at) == Some(self.verbs.whose);
        let place = self.s.word(self.at).is_some_and(|word| matches!(self.s.lexicon.text(word), "where" | "whereby"));
        self.at += 1;
        self.at = self.s.skip(self.at);
        // `which, given a tray, returns …`
        if let Some(verb) = self.past_condition() {
            self.at = verb;
        }
        if place && matches!(host, Host::Entry) {
            return self.place_clause(&Subject::Entry, depth);
        }
        if whose || place {
            return self.skip_clause();
        }
        let subject = match host {
            Host::Entry => Subject::Entry,
            Host::Other(phrase) => self.subject(std::slice::from_ref(phrase)),
        };
        if self.at_verb() || matches!(self.tag(), Some(Tag::Participle | Tag::Not)) {
            return self.predicate(&subject, depth);
        }
        let (phrases, end) = self.s.phrases(self.at, true);
        if phrases.is_empty() {
            return;
        }
        self.at = self.s.skip(end);
        if !self.at_verb() {
            return;
        }
        let first = self.clauses.len();
        let other = Subject::Other(phrases);
        self.predicate_of_object(&other, depth, matches!(host, Host::Entry));
        debug_assert!(first <= self.clauses.len());
    }

    /// `, given a tray,` right after a relative: the verb behind it.
    fn past_condition(&self) -> Option<usize> {
        const LONGEST: usize = 14;
        let begins = self.tag() == Some(Tag::Comma);
        let ends = (self.at + 2..self.s.tags.len().min(self.at + LONGEST)).filter(|at| self.s.tags[*at] == Tag::Comma);
        let verb = |comma: usize| Some(self.s.skip(comma + 1)).filter(|at| self.s.tag(*at) == Some(Tag::Verb));
        if begins { ends.filter_map(verb).next() } else { None }
    }

    /// The predicate of a relative clause in which the entry is the object.
    pub(super) fn predicate_of_object(&mut self, subject: &Subject, depth: usize, entry: bool) {
        let Some(group) = self.group() else { return };
        if group.copula || group.passive {
            return;
        }
        let clause = self.push(subject.clone(), Predicate::Does(group.word), group.negated, group.modal, depth);
        self.clauses[clause].entry_is_object = entry;
        let last = match subject {
            Subject::Other(phrases) => phrases.last().cloned().unwrap_or_else(|| self.nothing()),
            Subject::Entry => self.nothing(),
        };
        self.tail(clause, subject, Host::Other(last), false, depth);
    }

    /// After a comma or a conjunction: another predicate, another qualification, another statement. False if it is
    /// none of these.
    pub(super) fn coordinated(&mut self, clause: usize, subject: &Subject, host: &Host, depth: usize) -> bool {
        let start = self.at;
        let mut conjunction = false;
        while matches!(self.tag(), Some(Tag::Comma | Tag::And | Tag::Or | Tag::But | Tag::Adverb)) {
            conjunction |= matches!(self.tag(), Some(Tag::And | Tag::Or | Tag::But));
            self.at += 1;
        }
        match self.tag() {
            // `collects data of beds, keeps it`: beds do not keep it; who collects does.
            Some(Tag::Verb) if depth > 0 && self.disagrees(subject) => {
                self.at = start;
                false
            }
            Some(Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary) if conjunction || self.is_listed_verb() => {
                let (next, verb) = (self.clauses.len(), self.at);
                self.predicate(subject, depth);
                self.share_object(clause, next);
                self.share_denial(clause, next, start, verb);
                true
            }
            // `…, now superseded by X`: of the entry, not of what was just spoken of.
            Some(Tag::Participle) if depth > 0 && self.is_dated(start) && *subject != Subject::Entry => {
                self.at = start;
                false
            }
            Some(Tag::Participle) => {
                let subject = match host {
                    Host::Entry => Subject::Entry,
                    Host::Other(_) if start > 0 && self.s.tags[start] == Tag::Comma => subject.clone(),
                    Host::Other(phrase) => self.subject(std::slice::from_ref(phrase)),
                };
                self.predicate(&subject, depth);
                true
            }
            Some(Tag::Gerund) => {
                let next = self.clauses.len();
                self.predicate(subject, depth + 1);
                self.share_object(clause, next);
                true
            }
            Some(Tag::Infinitive) if conjunction => {
                self.predicate(subject, depth + 1);
                true
            }
            Some(Tag::Relative) => {
                let host = match (conjunction, subject) {
                    (_, Subject::Entry) if matches!(host, Host::Entry) => Host::Entry,
                    (true, Subject::Entry) => Host::Entry,
                    _ => host.clone(),
                };
                self.relative(&host, depth);
                true
            }
            Some(Tag::Not) => {
                // `, not a copy of it`
                let negative = self.s.skip(self.at + 1);
                self.at = negative;
                self.predicate_negated(subject, depth);
                true
            }
            Some(Tag::Preposition | Tag::Example) => true,
            Some(
                Tag::Determiner
                | Tag::Noun
                | Tag::Pronoun
                | Tag::Adjective
                | Tag::Number
                | Tag::NoDeterminer
                | Tag::Quote,
            ) => self.new_statement(conjunction),
            Some(Tag::Subordinator) => true,
            _ => false,
        }
    }

    /// Whether the verb here is of one thing and the subject is several.
    fn disagrees(&self, subject: &Subject) -> bool {
        let Subject::Other(phrases) = subject else { return false };
        let several = phrases.len() > 1 || phrases.iter().any(|phrase| phrase.plural);
        let form = self.s.lexicon.form(self.s.tokens[self.at].form);
        several && form.verb.is_some_and(|(_, forms)| forms.third && !forms.base)
    }

    /// `, now …`, `, formerly …`: a comma with an adverb.
    fn is_dated(&self, comma: usize) -> bool {
        self.s.tags[comma] == Tag::Comma && self.s.tags[comma..self.at].contains(&Tag::Adverb)
    }

    /// `stores and retrieves files`: the first verb has the object of the second.
    pub(super) fn share_object(&mut self, first: usize, second: usize) {
        let bare =
            self.clauses[first].objects.is_empty() && matches!(self.clauses[first].predicate, Predicate::Does(_));
        if bare
            && self.clauses[first].complements.is_empty()
            && let Some(objects) = self.clauses.get(second).map(|clause| clause.objects.clone())
        {
            self.clauses[first].objects = objects;
        }
    }

    /// `cannot create or remove rows`: a second verb of the same form is denied with the first.
    fn share_denial(&mut self, first: usize, second: usize, conjunction: usize, verb: usize) {
        let contrary = self.s.tags[conjunction..verb].contains(&Tag::But);
        let is_base = |at: usize| {
            self.s.tags[at] == Tag::Verb
                && self.s.lexicon.form(self.s.tokens[at].form).verb.is_some_and(|(_, forms)| forms.base)
        };
        if self.clauses[first].negated && !contrary && is_base(verb) {
            self.clauses[second..].iter_mut().for_each(|clause| clause.negated = true);
        }
    }

    /// `X does this, and Y does that`.
    pub(super) fn new_statement(&mut self, _conjunction: bool) -> bool {
        let start = self.at;
        let (phrases, end) = self.s.phrases(start, true);
        if phrases.is_empty() {
            return false;
        }
        self.at = self.s.skip(end);
        if self.at_verb() {
            let subject = self.subject(&phrases);
            self.predicate_and_more(&subject);
            return true;
        }
        // An apposition: over it.
        true
    }

    /// `, not to be confused with X`
    pub(super) fn predicate_negated(&mut self, subject: &Subject, depth: usize) {
        let first = self.clauses.len();
        match self.tag() {
            Some(Tag::Infinitive | Tag::Be | Tag::Verb | Tag::Participle) => self.predicate(subject, depth),
            _ => {
                let (phrases, end) = self.s.phrases(self.at, false);
                self.at = end.max(self.at);
                for phrase in &phrases {
                    self.push(subject.clone(), Predicate::Is(phrase.clone()), true, None, depth);
                }
            }
        }
        if let Some(clause) = self.clauses.get_mut(first) {
            clause.negated = true;
        }
    }

    /// `creates, attaches, and detaches`: verbs in a list.
    pub(super) fn is_listed_verb(&self) -> bool {
        self.at >= 1 && matches!(self.tag(), Some(Tag::Verb))
    }
}
