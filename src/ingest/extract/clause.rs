//! A tagged sentence → its clauses, as far as they say something of the entry.
//!
//! A definition is mostly a noun phrase with what qualifies it ("A daemon that leases addresses"), a verb phrase without
//! a subject ("Used to restrict traffic"), or a sentence whose subject is the entry ("It stores rows"). All three become
//! clauses with [`Subject::Entry`]; a clause about something else keeps that as its subject.

mod naming;
mod tail;
mod verbs;

use super::lexicon::WordId;
use super::phrase::{Phrase, Tagged};
use super::tag::Tag;
pub(super) use verbs::{Verbs, is_compound};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Entry,
    Other(Vec<Phrase>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Predicate {
    /// `is a daemon`, or the daemon that a definition begins with.
    Is(Phrase),
    /// `stores`; the word is the verb's base.
    Does(WordId),
    /// `is stored`, `stored`, `similar`: a participle's verb or an adjective.
    Being(WordId),
}

impl Predicate {
    /// What the subject is said to be.
    pub(super) fn kind(&self) -> Option<&Phrase> {
        match self {
            Predicate::Is(phrase) => Some(phrase),
            Predicate::Does(_) | Predicate::Being(_) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complement {
    pub preposition: WordId,
    pub phrases: Vec<Phrase>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    pub subject: Subject,
    pub predicate: Predicate,
    pub objects: Vec<Phrase>,
    /// The entry is the object: `the daemon that the manager starts`.
    pub entry_is_object: bool,
    pub complements: Vec<Complement>,
    pub negated: bool,
    pub modal: Option<WordId>,
    /// How far below the main clause: purposes and means are less sure.
    pub depth: usize,
    /// Introduced by "For example".
    pub example: bool,
}

/// The clauses of a sentence. `names_entry` tells whether a phrase is one of the entry's names.
pub(super) fn clauses(
    sentence: Tagged,
    first: bool,
    verbs: &Verbs,
    names_entry: &dyn Fn(&Phrase) -> bool,
) -> Vec<Clause> {
    let mut parser = Parser {
        s: sentence,
        verbs,
        names_entry,
        first,
        clauses: Vec::new(),
        at: 0,
        start: 0,
        example: false,
        plural: false,
    };
    parser.sentence();
    parser.listings();
    parser.clauses
}

/// What a relative clause or a participle that follows says something of.
#[derive(Clone)]
enum Host {
    Entry,
    Other(Phrase),
}

struct Parser<'a> {
    s: Tagged<'a>,
    verbs: &'a Verbs,
    names_entry: &'a dyn Fn(&Phrase) -> bool,
    /// Whether it is the first sentence of a definition.
    first: bool,
    clauses: Vec<Clause>,
    at: usize,
    /// Where the statement begins, behind what leads up to it.
    start: usize,
    example: bool,
    /// Whether the subject is the entry's name in the plural: `Trays include …` tells kinds, not parts.
    plural: bool,
}

/// A verb group: `has not been stored`.
struct Group {
    word: WordId,
    passive: bool,
    copula: bool,
    negated: bool,
    modal: Option<WordId>,
}

impl Parser<'_> {
    fn tag(&self) -> Option<Tag> {
        self.s.tag(self.at)
    }

    fn sentence(&mut self) {
        if self.is_appeal() {
            return;
        }
        if self.named_statement(self.at) {
            return;
        }
        self.skip_lead();
        self.start = self.at;
        self.names_in_bracket();
        self.statement();
    }

    /// `Think of a pump.`, `Please note that …`: it says nothing of the entry. `Note` alone may be the entry.
    fn is_appeal(&self) -> bool {
        let first = usize::from(self.s.word(0).is_some_and(|word| self.s.lexicon.text(word) == "please"));
        let appeals = self.s.word(first).is_some_and(|word| self.verbs.appeals.contains(&word));
        let follows = matches!(
            self.s.tag(first + 1),
            Some(Tag::Relative | Tag::Subordinator | Tag::Determiner | Tag::Pronoun | Tag::Preposition)
        );
        appeals && follows
    }

    /// `In Compute,`, `Typically,`, `When it starts,`: not part of the statement.
    fn skip_lead(&mut self) {
        for _ in 0..3 {
            let leads = match self.tag() {
                Some(Tag::Preposition | Tag::Infinitive | Tag::Subordinator | Tag::Gerund) => true,
                Some(Tag::Adverb | Tag::Quote | Tag::And | Tag::But | Tag::Or | Tag::Filler) => {
                    self.at += 1;
                    if self.tag() == Some(Tag::Comma) {
                        self.at += 1;
                    }
                    continue;
                }
                _ => false,
            };
            if !leads {
                break;
            }
            let comma = (self.at..self.s.tags.len()).find(|at| matches!(self.s.tags[*at], Tag::Comma | Tag::Colon));
            if let Some(start) = self.unmarked_end_of_lead(comma) {
                self.at = start;
                return;
            }
            // A lead without an end is a statement of its own, of which nothing is understood.
            let Some(comma) = comma.map(|comma| self.end_of_lead(comma)) else {
                // `To be merged with X.`
                if self.tag() != Some(Tag::Infinitive) {
                    self.at = self.s.tags.len();
                }
                return;
            };
            self.example |= self
                .s
                .word(self.at + 1)
                .is_some_and(|word| matches!(self.s.lexicon.text(word), "example" | "instance"));
            self.at = comma + 1;
        }
        // `As a noun: …`
        let colon = (self.at..self.s.tags.len().min(self.at + 5)).find(|at| self.s.tags[*at] == Tag::Colon);
        if let Some(colon) = colon
            && self.tag() != Some(Tag::Determiner)
            && !self.s.tags[self.at..colon].iter().any(|tag| matches!(tag, Tag::Verb | Tag::Be | Tag::Participle))
        {
            self.at = colon + 1;
        }
    }

    /// `In Compute it is …`: where the statement begins although no comma tells.
    fn unmarked_end_of_lead(&self, comma: Option<usize>) -> Option<usize> {
        if self.tag() != Some(Tag::Preposition) {
            return None;
        }
        let phrase = self.s.phrase(self.at + 1, true)?;
        let verb = matches!(self.s.tag(phrase.end + 1), Some(Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary));
        let subject = self.s.tag(phrase.end) == Some(Tag::Pronoun);
        (subject && verb && comma.is_none_or(|comma| comma > phrase.end)).then_some(phrase.end)
    }

    /// `In Compute, Networking, and Storage, the …`: the comma after which the statement begins.
    fn end_of_lead(&self, first: usize) -> usize {
        let mut end = first;
        while self.s.tag(end) == Some(Tag::Comma) {
            let (phrases, after) = self.s.phrases(end + 1, false);
            let listed = matches!(self.s.tag(end + 1), Some(Tag::And | Tag::Or))
                || (phrases.len() == 1
                    && self.s.tag(after) == Some(Tag::Comma)
                    && matches!(self.s.tag(after + 1), Some(Tag::And | Tag::Or)));
            if !listed {
                break;
            }
            match (end + 1..self.s.tags.len()).find(|at| self.s.tags[*at] == Tag::Comma) {
                Some(next) => end = next,
                None => break,
            }
        }
        end
    }

    fn statement(&mut self) {
        self.at = self.s.skip(self.at);
        let Some(tag) = self.tag() else { return };
        match tag {
            Tag::Verb | Tag::Participle | Tag::Modal | Tag::Be | Tag::Auxiliary | Tag::Not | Tag::Infinitive => {
                self.predicate(&Subject::Entry, 0);
            }
            Tag::Gerund => self.predicate(&Subject::Entry, 1),
            _ => self.noun_first(),
        }
    }

    fn noun_first(&mut self) {
        let start = self.at;
        if self.named_statement(start) {
            return;
        }
        let (phrases, end) = self.s.phrases(start, true);
        if phrases.is_empty() {
            if matches!(self.tag(), Some(Tag::Adjective | Tag::Determiner)) {
                return self.adjective(&Subject::Entry, 0, false);
            }
            return;
        }
        self.at = self.s.skip(end);
        if phrases.iter().any(|phrase| (self.names_entry)(phrase))
            && let Some(verb) = self.names_in_aside()
        {
            self.at = verb;
        }
        if let Some(verb) = self.past_aside() {
            self.at = verb;
        }
        // `A tray, or "flat", is …`
        let next = self.s.skip(self.at + 1);
        let is_verb = |at: usize| matches!(self.s.tag(at), Some(Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary));
        if self.tag() == Some(Tag::Comma) && phrases.len() > 1 && is_verb(next) {
            self.at = next;
        }
        if self.at_verb() {
            self.alternative_names(&phrases);
            let named = phrases.iter().find(|phrase| (self.names_entry)(phrase));
            self.plural = named.is_some_and(|phrase| phrase.plural && !phrase.pronoun);
            let subject = self.subject(&phrases);
            return self.predicate_and_more(&subject);
        }
        // Later sentences have subjects; without a verb that is known, they are not understood.
        if !self.first && !self.is_fragment(start) {
            self.at = self.s.tags.len();
            return;
        }
        let mark = self.clauses.len();
        self.genus(&phrases, end);
        // What looked like a definition was a subject: `The node that runs it is …`.
        if self.at_verb() {
            // `Functions without a name are …`: only some of what the entry is.
            let some = phrases.iter().any(|phrase| phrase.plural);
            let subject = if some { Subject::Other(phrases.clone()) } else { self.subject(&phrases) };
            self.clauses.truncate(mark);
            self.predicate_and_more(&subject);
        }
    }

    /// `The tray, on the other hand, floats`: the verb behind what is said in between.
    fn past_aside(&self) -> Option<usize> {
        const LONGEST: usize = 8;
        let begins =
            self.tag() == Some(Tag::Comma) && matches!(self.s.tag(self.at + 1), Some(Tag::Preposition | Tag::Adverb));
        let end = (self.at + 2..self.s.tags.len().min(self.at + LONGEST)).find(|at| self.s.tags[*at] == Tag::Comma);
        let verb = self.s.skip(end.filter(|_| begins)? + 1);
        matches!(self.s.tag(verb), Some(Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary)).then_some(verb)
    }

    /// `A tray that …`, `Part of …`: a definition goes on without a verb.
    fn is_fragment(&self, at: usize) -> bool {
        let article = self.s.word(at).is_some_and(|word| matches!(self.s.lexicon.text(word), "a" | "an"));
        let finite = self.s.tags[at..].iter().any(|tag| matches!(tag, Tag::Be | Tag::Modal | Tag::Auxiliary));
        article || (self.s.tag(at) == Some(Tag::Noun) && self.s.tag(at + 1) == Some(Tag::Preposition) && !finite)
    }

    fn at_verb(&self) -> bool {
        matches!(self.tag(), Some(Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary))
    }

    fn subject(&self, phrases: &[Phrase]) -> Subject {
        let mission = |phrase: &Phrase| {
            let head = phrase.words.last().and_then(|head| self.s.word(*head));
            let owned = phrase.words.first().and_then(|first| first.checked_sub(1));
            let owner = owned.is_some_and(|at| self.s.lexicon.form(self.s.tokens[at].form).possessive);
            head.is_some_and(|head| self.verbs.mission.contains(&head))
                && (owner || phrase.of.iter().any(self.names_entry))
        };
        let named = |phrase: &&Phrase| (self.names_entry)(phrase) && phrase.of.is_empty();
        let is_entry = phrases.iter().any(|phrase| named(&phrase) || mission(phrase) || self.points_back(phrase));
        match is_entry {
            true => Subject::Entry,
            false => Subject::Other(phrases.to_vec()),
        }
    }

    fn predicate_and_more(&mut self, subject: &Subject) {
        self.predicate(subject, 0);
    }

    /// The genus of a definition and what qualifies it.
    fn genus(&mut self, phrases: &[Phrase], end: usize) {
        self.at = end;
        self.is_clauses(&Subject::Entry, phrases, false, None, 0);
    }

    fn is_clauses(
        &mut self,
        subject: &Subject,
        phrases: &[Phrase],
        negated: bool,
        modal: Option<WordId>,
        depth: usize,
    ) {
        let first = self.clauses.len();
        let example = self.example;
        // `Either a tray or a box`: what it can be, as examples are.
        self.example |= self.is_either(phrases);
        for phrase in phrases {
            self.push(subject.clone(), Predicate::Is(phrase.clone()), negated, modal, depth);
        }
        self.example = example;
        let Some(last) = phrases.last() else { return };
        let host = match subject {
            Subject::Entry if !negated => Host::Entry,
            _ => Host::Other(last.clone()),
        };
        self.tail(first, subject, host, last.plural, depth);
    }

    fn is_either(&self, phrases: &[Phrase]) -> bool {
        let first = phrases.first().and_then(|phrase| phrase.words.first()).copied().unwrap_or(0);
        let either = |at: usize| self.s.word(at).is_some_and(|word| self.s.lexicon.text(word) == "either");
        (first.saturating_sub(2)..first).any(either)
    }

    fn push(
        &mut self,
        subject: Subject,
        predicate: Predicate,
        negated: bool,
        modal: Option<WordId>,
        depth: usize,
    ) -> usize {
        self.clauses.push(Clause {
            subject,
            predicate,
            objects: Vec::new(),
            entry_is_object: false,
            complements: Vec::new(),
            negated,
            modal,
            depth,
            example: self.example,
        });
        self.clauses.len() - 1
    }

    /// Reads `has not been stored`; none if there is no verb here.
    fn group(&mut self) -> Option<Group> {
        let mut group = Group { word: self.verbs.be, passive: false, copula: false, negated: false, modal: None };
        loop {
            match self.tag()? {
                Tag::Modal => group.modal = self.s.word(self.at),
                Tag::Not => group.negated = true,
                Tag::Auxiliary | Tag::Adverb | Tag::Quote | Tag::Infinitive => {
                    let text = self.s.word(self.at).map(|word| self.s.lexicon.text(word)).unwrap_or("");
                    group.negated |= text.ends_with("n't");
                }
                Tag::Be => {
                    group.copula = true;
                    let text = self.s.word(self.at).map(|word| self.s.lexicon.text(word)).unwrap_or("");
                    group.negated |= text.ends_with("n't");
                }
                tag @ (Tag::Verb | Tag::Participle | Tag::Gerund) => {
                    group.word = self.lemma(self.at)?;
                    group.passive = tag == Tag::Participle;
                    group.copula = false;
                    self.at += 1;
                    break;
                }
                _ if group.copula => break,
                _ => return None,
            }
            self.at += 1;
        }
        let text = group.modal.map(|word| self.s.lexicon.text(word)).unwrap_or("");
        // `cannot store`, `is not a tray`, `uses neither trays nor pots`
        group.negated |= text == "cannot" || text.ends_with("n't") || self.tag() == Some(Tag::Not);
        Some(group)
    }

    fn lemma(&self, at: usize) -> Option<WordId> {
        let form = self.s.lexicon.form(self.s.tokens.get(at)?.form);
        // `Refer to X` points as `See X` does; what `refers to` X is one.
        if form.word == self.verbs.refer && self.is_first(at) {
            return Some(self.verbs.see);
        }
        Some(form.verb.map_or(form.word, |(verb, _)| verb))
    }

    /// Whether the statement begins here, or only words that say nothing stand before.
    fn is_first(&self, at: usize) -> bool {
        at == self.start || self.s.tags[..at].iter().all(|tag| matches!(tag, Tag::Adverb | Tag::Quote | Tag::Filler))
    }

    /// A verb group with its arguments.
    fn predicate(&mut self, subject: &Subject, depth: usize) {
        let start = self.at;
        let Some(group) = self.group() else {
            self.at = self.at.max(start + 1);
            return;
        };
        if self.tag() == Some(Tag::Not) {
            self.at += 1;
        }
        if group.copula {
            return self.copula(subject, &group, depth);
        }
        let predicate = if group.passive { Predicate::Being(group.word) } else { Predicate::Does(group.word) };
        let first = self.clauses.len();
        let clause = self.push(subject.clone(), predicate, group.negated, group.modal, depth);
        let mut host = None;
        if !group.passive || self.verbs.naming.contains(&group.word) {
            let (objects, end) = self.s.phrases(self.at, false);
            if !objects.is_empty() {
                self.at = end;
                let objects = self.given(clause, &group, objects);
                host = objects.last().cloned();
                self.clauses[clause].objects = objects;
            }
        }
        let plural = host.as_ref().is_some_and(|phrase| phrase.plural);
        // What follows a passive participle that qualifies the entry may qualify it, too.
        let host = match (host, subject) {
            (Some(phrase), _) => Host::Other(phrase),
            (None, Subject::Entry) => Host::Entry,
            (None, Subject::Other(phrases)) => Host::Other(phrases.last().cloned().unwrap_or_else(|| self.nothing())),
        };
        self.tail(clause, subject, host, plural, depth);
        if !group.passive && self.verbs.giving.contains(&group.word) {
            self.turn_round_giving(clause);
        }
        let tells_kinds = group.word == self.verbs.include && !group.passive && self.plural && depth == 0;
        if tells_kinds && *subject == Subject::Entry && !group.negated {
            let kinds = std::mem::take(&mut self.clauses[first].objects);
            self.push_kinds(kinds);
        }
    }

    /// `gives gardeners a pump`: the object is the pump, and it is given to gardeners.
    fn given(&mut self, clause: usize, group: &Group, objects: Vec<Phrase>) -> Vec<Phrase> {
        let bare = objects.iter().all(|phrase| phrase.examples.is_empty() && phrase.of.is_empty());
        let two = bare && self.verbs.giving.contains(&group.word) && self.tag() == Some(Tag::Determiner);
        let (given, end) = if two { self.s.phrases(self.at, false) } else { (Vec::new(), self.at) };
        if given.is_empty() {
            return objects;
        }
        self.at = end;
        self.clauses[clause].complements.push(Complement { preposition: self.verbs.to, phrases: objects });
        given
    }

    /// `provides gardeners with a pump` is `provides a pump to gardeners`; `provides a pump with a valve` is no gift.
    fn turn_round_giving(&mut self, clause: usize) {
        let clause = &mut self.clauses[clause];
        let receives = clause.objects.iter().all(|phrase| (phrase.plural || phrase.pronoun) && phrase.of.is_empty());
        let with = clause.complements.first_mut().filter(|complement| complement.preposition == self.verbs.with);
        if let Some(with) = with.filter(|_| receives && !clause.objects.is_empty()) {
            with.preposition = self.verbs.to;
            std::mem::swap(&mut with.phrases, &mut clause.objects);
        }
    }

    fn nothing(&self) -> Phrase {
        Phrase { pronoun: true, ..Phrase::empty(self.at) }
    }

    /// `is` and what follows it.
    fn copula(&mut self, subject: &Subject, group: &Group, depth: usize) {
        self.at = self.s.skip(self.at);
        let (phrases, end) = self.s.phrases(self.at, false);
        // `is load balanced`
        if self.s.tag(end) == Some(Tag::Participle) && self.tag() == Some(Tag::Noun) && end == self.at + 1 {
            self.at = end;
            return self.predicate(subject, depth);
        }
        if let [phrase] = &phrases[..]
            && *subject == Subject::Entry
            && self.is_quality(phrase)
        {
            return self.adjective(subject, depth, group.negated);
        }
        if !phrases.is_empty() {
            self.at = end;
            return self.is_clauses(subject, &phrases, group.negated, group.modal, depth);
        }
        match self.tag() {
            Some(Tag::Adjective) => self.adjective(subject, depth, group.negated),
            // `is not the same as X`
            Some(Tag::Determiner) if self.is_same(self.at + 1) => {
                self.at += 1;
                self.adjective(subject, depth, group.negated);
            }
            Some(Tag::Infinitive) => self.predicate(subject, depth + 1),
            // `is like X`: an adjective with an object.
            Some(Tag::Preposition)
                if self.s.word(self.at).is_some_and(|word| matches!(self.s.lexicon.text(word), "like" | "unlike")) =>
            {
                let Some(word) = self.s.word(self.at) else { return };
                let clause = self.push(subject.clone(), Predicate::Being(word), group.negated, group.modal, depth);
                let (objects, end) = self.s.phrases(self.at + 1, false);
                self.at = end.max(self.at + 1);
                self.clauses[clause].objects = objects;
                self.tail(clause, subject, Host::Other(self.nothing()), false, depth);
            }
            Some(Tag::Preposition) => {
                let clause =
                    self.push(subject.clone(), Predicate::Being(self.verbs.be), group.negated, group.modal, depth);
                let host = match subject {
                    Subject::Entry => Host::Entry,
                    Subject::Other(phrases) => Host::Other(phrases.last().cloned().unwrap_or_else(|| self.nothing())),
                };
                self.tail(clause, subject, host, false, depth);
            }
            _ => {}
        }
    }

    fn is_same(&self, at: usize) -> bool {
        self.s.word(at).is_some_and(|word| self.s.lexicon.text(word) == "same")
    }

    /// `is insoluble in water`: a word alone, without an article, is no kind unless it is a stuff: `is software that …`.
    fn is_quality(&self, phrase: &Phrase) -> bool {
        let [word] = phrase.words[..] else { return false };
        let form = self.s.lexicon.form(self.s.tokens[word].form);
        let bare = word == self.at && form.case == super::lexicon::Case::Lower && phrase.of.is_empty();
        bare && !phrase.pronoun && !form.plural && !self.verbs.stuffs.contains(&form.word)
    }

    fn adjective(&mut self, subject: &Subject, depth: usize, negated: bool) {
        let Some(word) = self.s.word(self.at) else { return };
        self.at += 1;
        let clause = self.push(subject.clone(), Predicate::Being(word), negated, None, depth);
        let host = match subject {
            Subject::Entry => Host::Entry,
            Subject::Other(phrases) => Host::Other(phrases.last().cloned().unwrap_or_else(|| self.nothing())),
        };
        self.tail(clause, subject, host, false, depth);
    }
}
