//! Tokens → the part each plays in its sentence, decided from the word and its neighbours.

mod known;
mod shape;

use super::lexicon::{Case, Class, Form, Lexicon, VerbForms, WordId};
use super::sentence::Token;
pub(super) use known::Known;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Determiner,
    /// `no`
    NoDeterminer,
    Number,
    Adjective,
    Noun,
    Pronoun,
    Adverb,
    Be,
    /// An auxiliary: `has` in `has run`, `do` in `do not`.
    Auxiliary,
    Modal,
    Not,
    /// `to` before a verb.
    Infinitive,
    Preposition,
    /// `such as`, `including`: an example follows. The second word is a `Filler`.
    Example,
    Filler,
    And,
    Or,
    But,
    Subordinator,
    Relative,
    /// `stores`, or `store` after a plural or a modal: heads a clause.
    Verb,
    /// `stored` after a noun or `is`.
    Participle,
    /// `storing` that heads a phrase.
    Gerund,
    Comma,
    Semicolon,
    Colon,
    Dash,
    OpenBracket,
    CloseBracket,
    Quote,
    Other,
}

/// The tag of each token.
pub(super) fn tag(tokens: &[Token], lexicon: &Lexicon, known: &Known) -> Vec<Tag> {
    let forms: Vec<&Form> = tokens.iter().map(|token| lexicon.form(token.form)).collect();
    // A capital within a sentence makes a name of what looks like a verb.
    let verb = |(at, form): (usize, &&Form)| form.verb.filter(|_| at == 0 || form.case == Case::Lower);
    let verbs = forms.iter().enumerate().map(verb).collect();
    let mut tagger = Tagger { lexicon, forms: &forms, verbs, known, tags: Vec::with_capacity(tokens.len()) };
    for at in 0..forms.len() {
        let tag = tagger.decide(at);
        tagger.tags.push(tag);
    }
    tagger.tags
}

struct Tagger<'a> {
    lexicon: &'a Lexicon,
    forms: &'a [&'a Form],
    /// What verb each token can be a form of.
    verbs: Vec<Option<(WordId, VerbForms)>>,
    known: &'a Known,
    tags: Vec<Tag>,
}

impl Tagger<'_> {
    fn class(&self, at: usize) -> Option<Class> {
        self.forms.get(at).map(|form| form.class)
    }

    /// The tag before, over adverbs and quotes; none, too, where only `Currently,` stands before.
    fn before(&self, at: usize) -> Option<Tag> {
        let found = self.tags[..at].iter().rev().copied().find(|tag| !matches!(tag, Tag::Adverb | Tag::Quote))?;
        let lead = || self.tags[..at].iter().all(|tag| matches!(tag, Tag::Adverb | Tag::Quote | Tag::Comma));
        if found == Tag::Comma && lead() { None } else { Some(found) }
    }

    /// The place before, over adverbs and quotes.
    fn place_before(&self, at: usize) -> usize {
        self.tags[..at].iter().rposition(|tag| !matches!(tag, Tag::Adverb | Tag::Quote)).unwrap_or(0)
    }

    /// The place after, over adverbs and quotes.
    fn after(&self, at: usize) -> usize {
        let skip = |class: Class| matches!(class, Class::Adverb | Class::Quote | Class::Not);
        (at + 1..self.forms.len()).find(|next| !skip(self.forms[*next].class)).unwrap_or(self.forms.len())
    }

    /// Whether a noun phrase can begin here.
    fn begins_noun_phrase(&self, at: usize) -> bool {
        match self.class(at) {
            Some(Class::Determiner | Class::Number | Class::Adjective | Class::Pronoun | Class::Open) => true,
            Some(Class::Relative) => self.forms[at].word == self.known.that && self.class(at + 1) == Some(Class::Open),
            _ => false,
        }
    }

    /// Whether the clause at hand has its verb already.
    fn has_verb(&self, at: usize) -> bool {
        for tag in self.tags[self.end_of_lead()..at].iter().rev() {
            match tag {
                Tag::Verb | Tag::Be => return true,
                Tag::Relative | Tag::Subordinator | Tag::Semicolon | Tag::Colon | Tag::Dash | Tag::OpenBracket => {
                    return false;
                }
                _ => {}
            }
        }
        false
    }

    /// `Typically, when it rains, …`: the place behind the last comma of what comes before the statement.
    fn end_of_lead(&self) -> usize {
        let mut end = 0;
        loop {
            let rest = &self.tags[end..];
            let leads = matches!(
                rest.iter().find(|tag| **tag != Tag::Quote),
                Some(Tag::Preposition | Tag::Subordinator | Tag::Adverb | Tag::Infinitive | Tag::Gerund)
            );
            match rest.iter().position(|tag| *tag == Tag::Comma).filter(|_| leads) {
                Some(comma) => end += comma + 1,
                None => return end,
            }
        }
    }

    /// The last verb-like tag, to which a coordinated one is parallel.
    fn last_verb(&self, at: usize) -> Option<(usize, Tag)> {
        let verbal = |tag: &Tag| matches!(tag, Tag::Verb | Tag::Participle | Tag::Gerund | Tag::Be);
        self.tags[..at].iter().rposition(verbal).map(|place| (place, self.tags[place]))
    }

    fn is_base(&self, at: usize) -> bool {
        self.verbs[at].is_some_and(|(_, forms)| forms.base)
    }

    fn last_is_base(&self, at: usize) -> bool {
        self.last_verb(at)
            .is_some_and(|(place, tag)| tag == Tag::Verb && self.verbs[place].is_some_and(|(_, forms)| forms.base))
    }

    fn decide(&self, at: usize) -> Tag {
        let form = self.forms[at];
        match form.class {
            Class::Determiner if form.word == self.known.no && self.is_word(at + 1, self.known.longer) => Tag::Not,
            Class::Determiner if form.word == self.known.no => Tag::NoDeterminer,
            Class::Determiner if form.word == self.known.such && self.is_word(at + 1, self.known.as_) => Tag::Example,
            // `is most typically used`
            Class::Determiner | Class::Number if self.is_degree(at) => Tag::Adverb,
            Class::Determiner => Tag::Determiner,
            Class::Number => Tag::Number,
            Class::Adjective => self.adjective(at),
            Class::Adverb => Tag::Adverb,
            Class::Pronoun => Tag::Pronoun,
            Class::Be => Tag::Be,
            Class::Have | Class::Do => self.auxiliary(at),
            Class::Modal => Tag::Modal,
            Class::Not => Tag::Not,
            Class::To => self.to(at),
            Class::Preposition if form.word == self.known.as_ => self.as_word(at),
            Class::Preposition => Tag::Preposition,
            Class::Coordinator if form.word == self.known.or || form.word == self.known.nor => Tag::Or,
            Class::Coordinator if form.word == self.known.but => Tag::But,
            Class::Coordinator => Tag::And,
            Class::Subordinator => Tag::Subordinator,
            Class::Relative => self.relative(at),
            Class::Open => self.open(at),
            Class::Comma => Tag::Comma,
            Class::Semicolon => Tag::Semicolon,
            Class::Colon => Tag::Colon,
            Class::Dash => Tag::Dash,
            Class::OpenBracket => Tag::OpenBracket,
            Class::CloseBracket => Tag::CloseBracket,
            Class::Quote => Tag::Quote,
            Class::Other => Tag::Other,
        }
    }

    fn is_word(&self, at: usize, word: WordId) -> bool {
        self.forms.get(at).is_some_and(|form| form.word == word)
    }

    fn is_degree(&self, at: usize) -> bool {
        let word = self.lexicon.text(self.forms[at].word);
        matches!(word, "most" | "more") && self.class(at + 1) == Some(Class::Adverb) && self.before(at) == Some(Tag::Be)
    }

    /// An adjective can be a verb, too: `to open a port`, `that live in`.
    fn adjective(&self, at: usize) -> Tag {
        let verbal = matches!(self.before(at), Some(Tag::Infinitive | Tag::Modal))
            && self.verbs[at].is_some_and(|(_, forms)| forms.base);
        match verbal {
            true => Tag::Verb,
            false if self.is_noun_here(at) => Tag::Noun,
            false => Tag::Adjective,
        }
    }

    fn auxiliary(&self, at: usize) -> Tag {
        let next = self.after(at);
        let have = self.forms[at].class == Class::Have;
        let helps = match self.forms.get(next) {
            Some(form) if form.class == Class::Be => true,
            Some(_) if have => self.verbs[next].is_some_and(|(_, forms)| forms.past) && !self.begins_adjective(next),
            Some(_) => self.verbs[next].is_some_and(|(_, forms)| forms.base),
            None => false,
        };
        match helps {
            true => Tag::Auxiliary,
            false => Tag::Verb,
        }
    }

    /// `has associated data`: a participle before a noun.
    fn begins_adjective(&self, at: usize) -> bool {
        self.class(at + 1) == Some(Class::Open) && self.verbs[at + 1].is_none()
    }

    fn as_word(&self, at: usize) -> Tag {
        match at.checked_sub(1).map(|before| self.tags[before]) {
            Some(Tag::Example) => Tag::Filler,
            // `as well as`
            Some(_) if at >= 2 && self.is_word(at - 1, self.known.well) && self.is_word(at - 2, self.known.as_) => {
                Tag::And
            }
            _ if self.is_word(at + 1, self.known.well) && self.is_word(at + 2, self.known.as_) => Tag::Filler,
            _ => Tag::Preposition,
        }
    }

    fn to(&self, at: usize) -> Tag {
        let next = self.after(at);
        let Some(form) = self.forms.get(next) else { return Tag::Preposition };
        if matches!(form.class, Class::Be | Class::Have | Class::Do) {
            return Tag::Infinitive;
        }
        // `to quickly empty`: after an adverb there is a verb, known or not.
        if next > at + 1 && form.class == Class::Open && self.class(at + 1) == Some(Class::Adverb) {
            return Tag::Infinitive;
        }
        let base = self.verbs[next].is_some_and(|(_, forms)| forms.base);
        // `next to store rooms`, `assigned to host`: a noun that looks like a verb has a noun or an end after it.
        let object = self.begins_noun_phrase(next + 1)
            || matches!(
                self.class(next + 1),
                Some(
                    Class::Preposition
                        | Class::To
                        | Class::Coordinator
                        | Class::Comma
                        | Class::Adverb
                        | Class::Relative
                        | Class::Subordinator
                        | Class::OpenBracket
                ) | None
            );
        let governs_noun = at > 0 && self.known.governing.contains(&self.forms[at - 1].word);
        let determined =
            matches!(self.class(next + 1), Some(Class::Determiner | Class::Pronoun | Class::Number | Class::Adjective));
        match base && object && (!governs_noun || determined || self.begins_noun_phrase(next + 1)) {
            true => Tag::Infinitive,
            false if base && self.forms.len() <= next + 2 => Tag::Infinitive,
            false => Tag::Preposition,
        }
    }

    fn relative(&self, at: usize) -> Tag {
        if self.forms[at].word != self.known.that {
            return Tag::Relative;
        }
        match self.before(at) {
            Some(
                Tag::Noun
                | Tag::CloseBracket
                | Tag::Comma
                | Tag::And
                | Tag::Or
                | Tag::But
                | Tag::Pronoun
                | Tag::Number
                | Tag::Determiner,
            ) => Tag::Relative,
            Some(Tag::Verb | Tag::Participle | Tag::Gerund | Tag::Adjective | Tag::Be) => Tag::Subordinator,
            _ => Tag::Determiner,
        }
    }

    fn open(&self, at: usize) -> Tag {
        if self.forms[at].word == self.known.including {
            return Tag::Example;
        }
        // `heavier than`, `is easier to use`
        let compares = self.is_word(at + 1, self.known.than)
            || (self.before(at) == Some(Tag::Be) && matches!(self.class(at + 1), Some(Class::To | Class::Coordinator)));
        if compares && self.lexicon.text(self.forms[at].word).ends_with("er") {
            return Tag::Adjective;
        }
        // `no longer`
        if self.forms[at].word == self.known.longer && at > 0 && self.tags[at - 1] == Tag::Not {
            return Tag::Adverb;
        }
        let Some((verb, forms)) = self.verbs[at] else { return self.unknown(at) };
        if forms.base && matches!(self.before(at), Some(Tag::Infinitive | Tag::Modal)) {
            return Tag::Verb;
        }
        let verbal = (forms.gerund.then(|| self.gerund(at)).flatten())
            .or_else(|| forms.past.then(|| self.past(at)).flatten())
            .or_else(|| forms.third.then(|| self.third(at, verb)).flatten())
            .or_else(|| forms.base.then(|| self.base(at)).flatten());
        verbal.unwrap_or(Tag::Noun)
    }

    /// A word that no list knows is a verb only where nothing else can stand.
    fn unknown(&self, at: usize) -> Tag {
        let last = at.checked_sub(1).map(|before| self.tags[before]);
        match last {
            Some(Tag::Infinitive) => Tag::Verb,
            Some(Tag::Modal) => Tag::Verb,
            _ if self.ends_as_adjective(at) || self.is_paired_adjective(at) => Tag::Adjective,
            _ => Tag::Noun,
        }
    }

    fn gerund(&self, at: usize) -> Option<Tag> {
        let form = self.forms[at];
        let next = self.after(at);
        let object = self.begins_noun_phrase(next);
        let determined = matches!(self.class(next), Some(Class::Determiner | Class::Pronoun));
        let noun = self.known.ing_nouns.contains(&form.word);
        match self.before(at) {
            Some(Tag::Be) if object || matches!(self.class(next), Some(Class::Preposition | Class::To)) => {
                Some(Tag::Verb)
            }
            Some(Tag::Determiner | Tag::Adjective | Tag::Number | Tag::NoDeterminer) => Some(Tag::Noun),
            Some(Tag::Preposition | Tag::Subordinator) if determined || (object && !noun) => Some(Tag::Gerund),
            Some(Tag::Preposition) if self.is_task(at) => Some(Tag::Gerund),
            Some(Tag::Preposition | Tag::Subordinator) if !noun && self.class(next) == Some(Class::Coordinator) => {
                // `for creating, deleting and moving files`
                Some(Tag::Gerund)
            }
            Some(Tag::Preposition) if !noun && self.class(next) == Some(Class::Comma) => {
                let later = self.verbs.get(next + 1).copied().flatten().is_some_and(|(_, forms)| forms.gerund);
                later.then_some(Tag::Gerund)
            }
            Some(Tag::Noun | Tag::CloseBracket) if determined || (object && !noun) => Some(Tag::Gerund),
            Some(Tag::Noun) if !noun && matches!(self.class(next), Some(Class::Preposition | Class::To)) => {
                Some(Tag::Gerund)
            }
            Some(Tag::And | Tag::Or | Tag::Comma) => {
                let parallel = matches!(self.last_verb(at), Some((_, Tag::Gerund)));
                (determined || (parallel && (object || self.is_listed(next)))).then_some(Tag::Gerund)
            }
            Some(Tag::Gerund) => Some(Tag::Noun),
            None if determined => Some(Tag::Gerund),
            // `Searching for …`
            None if !noun && self.class(next) == Some(Class::Preposition) => Some(Tag::Gerund),
            _ => None,
        }
    }

    fn is_listed(&self, at: usize) -> bool {
        matches!(self.class(at), Some(Class::Comma | Class::Coordinator))
    }

    fn past(&self, at: usize) -> Option<Tag> {
        let next = self.after(at);
        let complement = matches!(self.class(next), Some(Class::Preposition | Class::To | Class::Subordinator) | None);
        let ends = matches!(
            self.class(next),
            Some(
                Class::Comma
                    | Class::Coordinator
                    | Class::Semicolon
                    | Class::CloseBracket
                    | Class::Other
                    | Class::Dash
                    | Class::OpenBracket
            )
        );
        let object = self.begins_noun_phrase(next);
        match self.before(at) {
            // `are called trays`, `, also called a tray,`
            Some(Tag::Be) if self.is_naming(at) => Some(Tag::Participle),
            Some(Tag::Comma | Tag::OpenBracket)
                if self.is_naming(at) && self.class(next) == Some(Class::Determiner) =>
            {
                Some(Tag::Participle)
            }
            // `Plugins run on hosts`: the base form, unless a verb follows.
            Some(Tag::Noun) if complement && self.is_plain_verb(at) => Some(Tag::Verb),
            Some(Tag::Be) if object && self.class(next) == Some(Class::Open) && !complement => Some(Tag::Adjective),
            Some(Tag::Be) => Some(Tag::Participle),
            Some(Tag::Auxiliary) => Some(Tag::Verb),
            Some(Tag::Relative | Tag::Pronoun) if object || complement => Some(Tag::Verb),
            Some(
                Tag::Determiner
                | Tag::NoDeterminer
                | Tag::Adjective
                | Tag::Number
                | Tag::Preposition
                | Tag::Verb
                | Tag::Gerund
                | Tag::Infinitive,
            ) if object => Some(Tag::Adjective),
            Some(Tag::Determiner | Tag::NoDeterminer | Tag::Adjective | Tag::Number) => None,
            Some(Tag::Noun | Tag::CloseBracket) if self.is_past_only(at) && !self.has_verb(at) => Some(Tag::Verb),
            Some(Tag::Noun | Tag::CloseBracket) if complement => Some(Tag::Participle),
            Some(Tag::Noun | Tag::CloseBracket)
                if object && !self.has_verb(at) && self.class(next) == Some(Class::Determiner) =>
            {
                Some(Tag::Verb)
            }
            Some(Tag::Noun) if object => Some(Tag::Adjective),
            Some(Tag::Noun | Tag::CloseBracket) => Some(Tag::Participle),
            // `to cut and reset the hedge`
            Some(Tag::And | Tag::Or | Tag::Comma) if object && self.is_base(at) && self.last_is_base(at) => None,
            Some(Tag::And | Tag::Or | Tag::But | Tag::Comma) => match self.last_verb(at) {
                _ if complement => Some(Tag::Participle),
                Some((place, Tag::Verb)) if self.verbs[place].is_some_and(|(_, f)| f.past) && object => Some(Tag::Verb),
                Some((_, Tag::Participle)) if ends => Some(Tag::Participle),
                _ if object => Some(Tag::Adjective),
                _ => None,
            },
            // `Also called a seeder.`
            None if self.class(next) == Some(Class::Determiner) || self.is_naming(at) => Some(Tag::Participle),
            None | Some(Tag::Semicolon | Tag::Colon | Tag::Dash) if complement => Some(Tag::Participle),
            _ if object => Some(Tag::Adjective),
            _ => Some(Tag::Participle),
        }
    }

    /// `took`: a past form that is no participle.
    fn is_past_only(&self, at: usize) -> bool {
        self.known.past_only.contains(&self.forms[at].word)
    }

    /// `stores`
    fn third(&self, at: usize, verb: WordId) -> Option<Tag> {
        let next = self.after(at);
        let object = self.begins_noun_phrase(next);
        let intransitive = self.known.intransitive.contains(&verb);
        let goes_on = matches!(self.class(next), Some(Class::Preposition | Class::To | Class::Relative | Class::Quote))
            || self.class(next).is_none();
        match self.before(at) {
            Some(Tag::Relative | Tag::Pronoun) => Some(Tag::Verb),
            _ if self.needs_plural(at) => None,
            // `The standard uses this term`: what looked like an adjective is the noun.
            Some(Tag::Adjective) if self.begins_with_determiner(next) && !self.has_verb(at) => Some(Tag::Verb),
            // `This means that`
            Some(Tag::Determiner) if at == 1 && (object || goes_on) && self.is_word(0, self.known.this) => {
                Some(Tag::Verb)
            }
            None | Some(Tag::Semicolon) => {
                let verbal = match self.class(next) {
                    // `Charges apply …`
                    Some(Class::Open) if self.known.no_nouns.contains(&self.forms[next].word) => false,
                    Some(Class::Open) => !self.heads_noun_phrase(next),
                    Some(Class::Preposition | Class::To) => intransitive,
                    Some(Class::Relative) => false,
                    // `Tells when it rains`
                    Some(Class::Subordinator) => true,
                    _ => object || self.is_listed(next) && self.lists_verbs(next),
                };
                verbal.then_some(Tag::Verb)
            }
            Some(Tag::Noun | Tag::CloseBracket) if !self.has_verb(at) => {
                // `a set of file changes that is …`
                let closed =
                    at >= 2 && self.tags[at - 2] == Tag::Preposition && self.class(next) == Some(Class::Relative);
                let goes_on = goes_on && !closed || self.class(next) == Some(Class::Subordinator);
                let verbal = (object && !self.closes_with_verb(next)) || goes_on || self.ends_relative(at);
                verbal.then_some(Tag::Verb)
            }
            Some(Tag::Comma) if (object || goes_on) && !self.has_verb(at) && self.closes_aside(at - 1) => {
                Some(Tag::Verb)
            }
            Some(Tag::And | Tag::Or | Tag::But | Tag::Comma) => {
                let finite = self.tags[..at].iter().rposition(|tag| matches!(tag, Tag::Verb | Tag::Be));
                let parallel = finite.is_some_and(|place| self.verbs[place].is_none_or(|(_, f)| f.third));
                let listed = self.is_listed(next) && self.lists_verbs(next);
                (parallel && (object || intransitive && goes_on || listed) && !self.closes_with_verb(next))
                    .then_some(Tag::Verb)
            }
            _ => None,
        }
    }

    /// `Stores objects are …`: what follows is the rest of a noun phrase that has a verb after it.
    fn heads_noun_phrase(&self, at: usize) -> bool {
        let end =
            (at..self.forms.len()).find(|next| !matches!(self.forms[*next].class, Class::Open | Class::Adjective));
        end.is_some_and(|end| matches!(self.forms[end].class, Class::Be | Class::Modal))
    }

    fn closes_with_verb(&self, at: usize) -> bool {
        self.class(at) == Some(Class::Open)
            && self.verbs[at].is_some_and(|(_, f)| f.third)
            && self.begins_noun_phrase(at + 1)
            && self.class(at + 1) == Some(Class::Determiner)
    }

    /// `creates, attaches, and detaches`: after the comma there is another form like this.
    fn lists_verbs(&self, at: usize) -> bool {
        let next = (at..self.forms.len()).find(|n| !self.is_listed(*n)).and_then(|n| self.verbs[n]);
        next.is_some_and(|(_, VerbForms { third, .. })| third)
    }

    /// `store`
    fn is_naming(&self, at: usize) -> bool {
        self.verbs[at].is_some_and(|(verb, _)| self.known.naming.contains(&verb))
    }

    /// Whether a verb like `help` stands before, or before the noun before.
    fn is_helped(&self, at: usize) -> bool {
        let lower = self.forms[at].case == Case::Lower;
        let helping = |place: usize| self.verbs[place].is_some_and(|(verb, _)| self.known.helping.contains(&verb));
        let nouns =
            self.tags[..at].iter().rev().take_while(|tag| matches!(tag, Tag::Noun | Tag::Pronoun | Tag::Adjective));
        let place = at.checked_sub(nouns.count() + 1);
        let plural = at == 0 || self.tags[at - 1] != Tag::Noun || self.forms[at - 1].plural;
        lower && plural && place.is_some_and(|place| self.tags[place] == Tag::Verb && helping(place))
    }

    /// `See …`, `Refer to …`
    fn is_pointer(&self, at: usize) -> bool {
        let word = self.forms[at].word;
        word == self.known.see || word == self.known.refer && self.class(at + 1) == Some(Class::To)
    }

    fn base(&self, at: usize) -> Option<Tag> {
        let next = self.after(at);
        let determined = matches!(self.class(next), Some(Class::Determiner | Class::Pronoun | Class::Number));
        let object = self.begins_noun_phrase(next);
        match self.before(at) {
            Some(Tag::Infinitive | Tag::Modal | Tag::Pronoun) => Some(Tag::Verb),
            Some(Tag::Auxiliary) => Some(Tag::Verb),
            Some(Tag::Not) if !matches!(self.tags.first(), Some(Tag::Not)) => Some(Tag::Verb),
            Some(Tag::Relative) => Some(Tag::Verb),
            // `helps manage beds`, `helps gardeners water beds`
            Some(Tag::Verb | Tag::Noun) if (object || self.is_listed(next)) && self.is_helped(at) => Some(Tag::Verb),
            // `as gardeners build beds`
            Some(Tag::Noun)
                if self.forms[at - 1].plural && object && self.known.no_nouns.contains(&self.forms[at].word) =>
            {
                Some(Tag::Verb)
            }
            // `Examples of it include …`
            Some(Tag::Noun) if object && self.is_verb_of_plural(at) => Some(Tag::Verb),
            Some(Tag::Noun) if self.forms[self.place_before(at)].plural && !self.has_verb(at) => {
                let goes_on = matches!(self.class(next), Some(Class::Preposition | Class::To))
                    && self.known.intransitive.contains(&self.forms[at].word);
                // `Applications need to …`
                let purpose = self.class(next) == Some(Class::To)
                    && self.verbs.get(next + 1).copied().flatten().is_some_and(|(_, forms)| forms.base);
                (determined || object || goes_on || purpose).then_some(Tag::Verb)
            }
            // `For more, see …`
            Some(Tag::Comma) if self.is_pointer(at) && self.end_of_lead() == at => Some(Tag::Verb),
            Some(Tag::And | Tag::Or | Tag::Comma) => {
                let goes_on = matches!(self.class(next), Some(Class::Preposition | Class::To));
                let intransitive = goes_on && self.known.intransitive.contains(&self.forms[at].word);
                let listed = self.is_listed(next) || object || intransitive;
                (self.last_is_base(at) && listed).then_some(Tag::Verb)
            }
            None if self.is_pointer(at) || self.is_comparison(at) => Some(Tag::Verb),
            None if object && self.known.no_nouns.contains(&self.forms[at].word) => Some(Tag::Verb),
            None | Some(Tag::Semicolon) => determined.then_some(Tag::Verb),
            _ => None,
        }
    }
}
