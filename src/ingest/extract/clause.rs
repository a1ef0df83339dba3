//! A tagged sentence → its clauses, as far as they say something of the entry.
//!
//! A definition is mostly a noun phrase with what qualifies it ("A daemon that leases addresses"), a verb phrase without
//! a subject ("Used to restrict traffic"), or a sentence whose subject is the entry ("It stores rows"). All three become
//! clauses with [`Subject::Entry`]; a clause about something else keeps that as its subject.

use super::lexicon::WordId;
use super::phrase::{Phrase, Tagged};
use super::tag::Tag;

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

/// Words that the parser asks for by name.
pub(super) struct Verbs {
    pub be: WordId,
    pub by: WordId,
    pub for_: WordId,
    pub of: WordId,
    pub not: WordId,
    pub whose: WordId,
    pub to: WordId,
    /// Verbs and adjectives after which `to` and a verb say what the entry does: `designed to`, `allows … to`.
    purpose: Vec<WordId>,
    /// Verbs after whose object `to` and a verb say what others do.
    demand: Vec<WordId>,
    /// Verbs after whose passive a name follows: `is called`.
    naming: Vec<WordId>,
    /// Nouns of which something `is to` do what the entry does.
    mission: Vec<WordId>,
    /// Prepositions of several words, and the word that stands for each.
    compounds: Vec<(Vec<&'static str>, WordId)>,
}

/// Prepositions of several words, and what rules call them.
const COMPOUNDS: &[(&str, &str)] = &[
    ("as opposed to", "unlike"),
    ("in contrast to", "unlike"),
    ("in contrast with", "unlike"),
    ("rather than", "rather_than"),
    ("instead of", "rather_than"),
    ("on top of", "on_top_of"),
    ("in the form of", "in_the_form_of"),
    ("by means of", "using"),
    ("with the help of", "using"),
    ("by way of", "using"),
    ("along with", "along_with"),
    ("together with", "along_with"),
    ("on behalf of", "on_behalf_of"),
    ("in front of", "in_front_of"),
    ("in addition to", "in_addition_to"),
    ("in order to", "to"),
    ("in the case of", "in_case_of"),
    ("in terms of", "in_terms_of"),
    ("as part of", "as_part_of"),
    ("for use by", "for_use_by"),
    ("for use with", "along_with"),
    ("for use in", "for_use_in"),
    ("similar to", "similar_to"),
];

/// Whether rules know a preposition of several words by this name.
pub(super) fn is_compound(word: &str) -> bool {
    COMPOUNDS.iter().any(|(_, name)| *name == word)
}

impl Verbs {
    pub(super) fn new(lexicon: &mut super::lexicon::Lexicon) -> Verbs {
        let mut list = |words: &str| words.split_whitespace().map(|word| lexicon.word(word)).collect::<Vec<_>>();
        Verbs {
            purpose: list(
                "use design intend aim build create make mean responsible able serve employ call want seek help attempt \
                 try need charge develop configure leverage utilize optimize need task set",
            ),
            demand: list("require need cause force ask tell instruct expect want have take"),
            naming: list("call name term dub label"),
            mission: list("mission goal purpose aim objective role job task function intent"),
            compounds: COMPOUNDS.iter().map(|(text, word)| (text.split(' ').collect(), lexicon.word(word))).collect(),
            be: lexicon.word("be"),
            by: lexicon.word("by"),
            for_: lexicon.word("for"),
            of: lexicon.word("of"),
            not: lexicon.word("not"),
            whose: lexicon.word("whose"),
            to: lexicon.word("to"),
        }
    }
}

/// The clauses of a sentence. `names_entry` tells whether a phrase is one of the entry's names.
pub(super) fn clauses(sentence: Tagged, verbs: &Verbs, names_entry: &dyn Fn(&Phrase) -> bool) -> Vec<Clause> {
    let mut parser = Parser { s: sentence, verbs, names_entry, clauses: Vec::new(), at: 0, example: false };
    parser.sentence();
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
    clauses: Vec<Clause>,
    at: usize,
    example: bool,
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
        self.skip_lead();
        self.statement();
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
            // A lead without an end is a statement of its own, of which nothing is understood.
            let Some(comma) = comma.map(|comma| self.end_of_lead(comma)) else {
                // `To be merged with X.`
                if self.tag() != Some(Tag::Infinitive) {
                    self.at = self.s.tags.len();
                }
                return;
            };
            self.example |= self.s.word(self.at + 1).is_some_and(|word| matches!(self.s.lexicon.text(word), "example" | "instance"));
            self.at = comma + 1;
        }
        // `As a noun: …`
        let colon = (self.at..self.s.tags.len().min(self.at + 5)).find(|at| self.s.tags[*at] == Tag::Colon);
        if let Some(colon) = colon
            && !self.s.tags[self.at..colon].iter().any(|tag| matches!(tag, Tag::Verb | Tag::Be | Tag::Participle))
        {
            self.at = colon + 1;
        }
    }

    /// `In Compute, Networking, and Storage, the …`: the comma after which the statement begins.
    fn end_of_lead(&self, first: usize) -> usize {
        let mut end = first;
        while self.s.tag(end) == Some(Tag::Comma) {
            let (phrases, after) = self.s.phrases(end + 1, false);
            let listed = matches!(self.s.tag(end + 1), Some(Tag::And | Tag::Or))
                || (phrases.len() == 1 && self.s.tag(after) == Some(Tag::Comma) && matches!(self.s.tag(after + 1), Some(Tag::And | Tag::Or)));
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
        let (phrases, end) = self.s.phrases(start, true);
        if phrases.is_empty() {
            if matches!(self.tag(), Some(Tag::Adjective | Tag::Determiner)) {
                return self.adjective(&Subject::Entry, 0, false);
            }
            return;
        }
        self.at = self.s.skip(end);
        if self.at_verb() {
            let subject = self.subject(&phrases);
            return self.predicate_and_more(&subject);
        }
        let mark = self.clauses.len();
        self.genus(&phrases, end);
        // What looked like a definition was a subject: `The node that runs it is …`.
        if self.at_verb() {
            let subject = self.subject(&phrases);
            self.clauses.truncate(mark);
            self.predicate_and_more(&subject);
        }
    }

    fn at_verb(&self) -> bool {
        matches!(self.tag(), Some(Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary))
    }

    fn subject(&self, phrases: &[Phrase]) -> Subject {
        let mission = |phrase: &Phrase| {
            let head = phrase.words.last().and_then(|head| self.s.word(*head));
            let owned = phrase.words.first().and_then(|first| first.checked_sub(1));
            let owner = owned.is_some_and(|at| self.s.lexicon.form(self.s.tokens[at].form).possessive);
            head.is_some_and(|head| self.verbs.mission.contains(&head)) && (owner || phrase.of.iter().any(self.names_entry))
        };
        let is_entry = phrases
            .iter()
            .any(|phrase| ((self.names_entry)(phrase) && phrase.of.is_empty()) || mission(phrase));
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

    fn is_clauses(&mut self, subject: &Subject, phrases: &[Phrase], negated: bool, modal: Option<WordId>, depth: usize) {
        let first = self.clauses.len();
        for phrase in phrases {
            self.push(subject.clone(), Predicate::Is(phrase.clone()), negated, modal, depth);
        }
        let Some(last) = phrases.last() else { return };
        let host = match subject {
            Subject::Entry if !negated => Host::Entry,
            _ => Host::Other(last.clone()),
        };
        self.tail(first, subject, host, last.plural, depth);
    }

    fn push(&mut self, subject: Subject, predicate: Predicate, negated: bool, modal: Option<WordId>, depth: usize) -> usize {
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
        group.negated |= matches!(text, "cannot" | "can't" | "won't") || self.s.word(self.at) == Some(self.verbs.not);
        Some(group)
    }

    fn lemma(&self, at: usize) -> Option<WordId> {
        let form = self.s.lexicon.form(self.s.tokens.get(at)?.form);
        Some(form.verb.map_or(form.word, |(verb, _)| verb))
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
        let clause = self.push(subject.clone(), predicate, group.negated, group.modal, depth);
        let mut host = None;
        if !group.passive || self.verbs.naming.contains(&group.word) {
            let (objects, end) = self.s.phrases(self.at, false);
            if let Some(last) = objects.last() {
                self.at = end;
                host = Some(last.clone());
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
    }

    fn nothing(&self) -> Phrase {
        Phrase {
            words: Vec::new(),
            end: self.at,
            pronoun: true,
            negative: false,
            plural: false,
            pointed: false,
            of: Vec::new(),
            examples: Vec::new(),
            short: None,
        }
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
        if !phrases.is_empty() {
            self.at = end;
            return self.is_clauses(subject, &phrases, group.negated, group.modal, depth);
        }
        match self.tag() {
            Some(Tag::Adjective) => self.adjective(subject, depth, group.negated),
            Some(Tag::Infinitive) => self.predicate(subject, depth + 1),
            // `is like X`: an adjective with an object.
            Some(Tag::Preposition) if self.s.word(self.at).is_some_and(|word| matches!(self.s.lexicon.text(word), "like" | "unlike")) => {
                let Some(word) = self.s.word(self.at) else { return };
                let clause = self.push(subject.clone(), Predicate::Being(word), group.negated, group.modal, depth);
                let (objects, end) = self.s.phrases(self.at + 1, false);
                self.at = end.max(self.at + 1);
                self.clauses[clause].objects = objects;
                self.tail(clause, subject, Host::Other(self.nothing()), false, depth);
            }
            Some(Tag::Preposition) => {
                let clause = self.push(subject.clone(), Predicate::Being(self.verbs.be), group.negated, group.modal, depth);
                let host = match subject {
                    Subject::Entry => Host::Entry,
                    Subject::Other(phrases) => Host::Other(phrases.last().cloned().unwrap_or_else(|| self.nothing())),
                };
                self.tail(clause, subject, host, false, depth);
            }
            _ => {}
        }
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

    /// What follows the predicate: complements, purposes, relative clauses, coordinated predicates.
    fn tail(&mut self, clause: usize, subject: &Subject, mut host: Host, mut plural: bool, depth: usize) {
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
                    let passive = matches!(self.clauses[clause].predicate, Predicate::Being(_));
                    let last = self.clauses[clause].complements.last().and_then(|c| c.phrases.last()).cloned();
                    match (read && passive, last) {
                        (true, Some(last)) => self.relative(&Host::Other(last), depth),
                        _ => self.relative(&host, depth),
                    }
                }
                // `traffic an instance can send`: a relative clause without its pronoun.
                Tag::Determiner | Tag::Pronoun => {
                    if !self.contact_clause(matches!(host, Host::Entry) && self.clauses[clause].complements.is_empty(), depth) {
                        self.at += 1;
                    }
                }
                Tag::Adjective if matches!(self.s.tag(self.at + 1), Some(Tag::Preposition | Tag::Infinitive)) => match &host {
                    Host::Entry => return self.adjective(&Subject::Entry, depth, false),
                    Host::Other(_) => self.at += 1,
                },
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
                Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary => return,
                _ => self.at += 1,
            }
        }
    }

    /// A noun phrase with a verb, right after another noun phrase. False if it is none.
    fn contact_clause(&mut self, entry: bool, depth: usize) -> bool {
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

    /// After a semicolon or a dash: a new statement.
    fn after_break(&mut self) {
        let next = self.s.skip(self.at);
        match self.s.tag(next) {
            Some(Tag::Verb | Tag::Participle | Tag::Modal | Tag::Be | Tag::Auxiliary | Tag::Not) => self.statement(),
            Some(Tag::Determiner | Tag::Pronoun | Tag::Noun | Tag::Adjective | Tag::Number) => self.statement(),
            _ => self.skip_to_break(),
        }
    }

    /// Over a subordinate clause, of which nothing is understood.
    fn skip_to_break(&mut self) {
        while let Some(tag) = self.tag() {
            self.at += 1;
            if matches!(tag, Tag::Semicolon | Tag::Dash) {
                return self.after_break();
            }
        }
    }

    /// Whether a relative clause after a complement still speaks of the entry: it does unless only the complement
    /// agrees with its verb in number.
    fn nearer(&self, host: &Host, plural: bool, last: &Phrase) -> Host {
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
    fn complement(&mut self, clause: usize, subject: &Subject, depth: usize) -> bool {
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
                let speaks = preposition == self.verbs.for_ || preposition == self.verbs.by || preposition == self.verbs.of
                    || preposition == self.verbs.to || self.s.lexicon.text(preposition) == "in";
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
    fn compound(&self, at: usize) -> Option<(WordId, usize)> {
        let word = |at: usize| self.s.word(at).map(|word| self.s.lexicon.text(word));
        self.verbs.compounds.iter().find_map(|(words, id)| {
            words.iter().enumerate().all(|(number, expected)| word(at + number) == Some(*expected)).then_some((*id, words.len()))
        })
    }

    /// `in which …`, `whereby …`: what happens there is what the entry does, if it is said in the active voice.
    fn place_clause(&mut self, subject: &Subject, depth: usize) {
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
    fn skip_clause(&mut self) {
        while let Some(tag) = self.tag() {
            if matches!(tag, Tag::Semicolon | Tag::Dash) {
                return;
            }
            self.at += 1;
        }
    }

    /// `to` and a verb.
    fn purpose(&mut self, clause: usize, subject: &Subject, host: &Host, depth: usize) {
        let known = |list: &[WordId], word: WordId| list.contains(&word);
        let clause = &self.clauses[clause];
        let with_object = !clause.objects.is_empty();
        let speaks = match &clause.predicate {
            Predicate::Is(_) => matches!(host, Host::Entry),
            Predicate::Being(word) => known(&self.verbs.purpose, *word) || matches!(host, Host::Entry),
            Predicate::Does(word) if with_object => !known(&self.verbs.demand, *word),
            Predicate::Does(word) => known(&self.verbs.purpose, *word),
        };
        let negated = clause.negated;
        let entry_is_object = clause.entry_is_object;
        let speaker = match (speaks && !negated, subject) {
            (true, Subject::Entry) => Subject::Entry,
            (true, _) if entry_is_object => Subject::Entry,
            _ => Subject::Other(Vec::new()),
        };
        self.predicate(&speaker, depth + 1);
    }

    /// `that stores rows`, `which the manager starts`.
    fn relative(&mut self, host: &Host, depth: usize) {
        let whose = self.s.word(self.at) == Some(self.verbs.whose);
        let place = self.s.word(self.at).is_some_and(|word| matches!(self.s.lexicon.text(word), "where" | "whereby"));
        self.at += 1;
        self.at = self.s.skip(self.at);
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

    /// The predicate of a relative clause in which the entry is the object.
    fn predicate_of_object(&mut self, subject: &Subject, depth: usize, entry: bool) {
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
    fn coordinated(&mut self, clause: usize, subject: &Subject, host: &Host, depth: usize) -> bool {
        let start = self.at;
        let mut conjunction = false;
        while matches!(self.tag(), Some(Tag::Comma | Tag::And | Tag::Or | Tag::But | Tag::Adverb)) {
            conjunction |= matches!(self.tag(), Some(Tag::And | Tag::Or | Tag::But));
            self.at += 1;
        }
        match self.tag() {
            Some(Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary) if conjunction || self.is_listed_verb() => {
                let next = self.clauses.len();
                self.predicate(subject, depth);
                self.share_object(clause, next);
                true
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
            Some(Tag::Determiner | Tag::Noun | Tag::Pronoun | Tag::Adjective | Tag::Number | Tag::NoDeterminer | Tag::Quote) => {
                self.new_statement(conjunction)
            }
            Some(Tag::Subordinator) => true,
            _ => false,
        }
    }

    /// `stores and retrieves files`: the first verb has the object of the second.
    fn share_object(&mut self, first: usize, second: usize) {
        let bare = self.clauses[first].objects.is_empty() && matches!(self.clauses[first].predicate, Predicate::Does(_));
        if bare
            && self.clauses[first].complements.is_empty()
            && let Some(objects) = self.clauses.get(second).map(|clause| clause.objects.clone())
        {
            self.clauses[first].objects = objects;
        }
    }

    /// `X does this, and Y does that`.
    fn new_statement(&mut self, _conjunction: bool) -> bool {
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
    fn predicate_negated(&mut self, subject: &Subject, depth: usize) {
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
    fn is_listed_verb(&self) -> bool {
        self.at >= 1 && matches!(self.tag(), Some(Tag::Verb))
    }

}
