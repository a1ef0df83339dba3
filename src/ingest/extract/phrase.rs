//! Noun phrases: determiner, modifiers, head, what follows `of`, and coordinations of them.

use super::lexicon::{Lexicon, WordId};
use super::sentence::Token;
use super::tag::Tag;

/// A noun phrase without its determiner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    /// The tokens of its modifiers and its head, in order; brackets between them are left out.
    pub words: Vec<usize>,
    /// The token after the phrase, brackets and `of` included.
    pub end: usize,
    /// `it`, `you`, or a determiner that stands alone: `this`.
    pub pronoun: bool,
    /// `no network`
    pub negative: bool,
    pub plural: bool,
    /// `a means`: the article says that it is one, whatever the ending.
    pub one: bool,
    /// `this`, `these`
    pub pointed: bool,
    /// What follows `of`: `status of an image`.
    pub of: Vec<Phrase>,
    /// Examples named right after it: `devices such as routers`.
    pub examples: Vec<Phrase>,
    /// What it is said to be, one by one: `two parts: a lid and a tray`.
    pub listed: Vec<Phrase>,
    /// A short form within it, and how many of its words that stands for: `Internet Protocol (IP) address`.
    pub short: Option<(usize, usize)>,
}

impl Phrase {
    /// No words yet.
    pub(super) fn empty(end: usize) -> Phrase {
        Phrase {
            words: Vec::new(),
            end,
            pronoun: false,
            negative: false,
            plural: false,
            one: false,
            pointed: false,
            of: Vec::new(),
            examples: Vec::new(),
            listed: Vec::new(),
            short: None,
        }
    }

    pub(super) fn head(&self) -> Option<usize> {
        self.words.last().copied()
    }
}

/// A sentence with its tags, for reading phrases at any place.
#[derive(Clone, Copy)]
pub(super) struct Tagged<'a> {
    pub tokens: &'a [Token],
    pub tags: &'a [Tag],
    pub lexicon: &'a Lexicon,
    pub of: WordId,
}

impl Tagged<'_> {
    pub(super) fn tag(&self, at: usize) -> Option<Tag> {
        self.tags.get(at).copied()
    }

    pub(super) fn word(&self, at: usize) -> Option<WordId> {
        self.tokens.get(at).map(|token| self.lexicon.form(token.form).word)
    }

    /// Over quotes and adverbs.
    pub(super) fn skip(&self, mut at: usize) -> usize {
        while matches!(self.tag(at), Some(Tag::Quote | Tag::Adverb | Tag::Filler)) {
            at += 1;
        }
        at
    }

    /// Past the bracket that opens at `at`.
    pub(super) fn past_bracket(&self, at: usize) -> usize {
        let mut depth = 0;
        for next in at..self.tags.len() {
            match self.tags[next] {
                Tag::OpenBracket => depth += 1,
                Tag::CloseBracket if depth <= 1 => return next + 1,
                Tag::CloseBracket => depth -= 1,
                _ => {}
            }
        }
        self.tags.len()
    }

    /// A noun phrase with its coordination: `A`, `A and B`, `A, B, and C`. Empty if none begins here. As a subject it
    /// may have a verb after its last part.
    pub(super) fn phrases(&self, at: usize, subject: bool) -> (Vec<Phrase>, usize) {
        let Some(first) = self.phrase(at, true) else { return (Vec::new(), at) };
        let mut end = first.end;
        let mut list = self.distributed(first);
        let mut pending: Vec<Phrase> = Vec::new();
        let mut pending_end = end;
        let mut joined = false;
        loop {
            let from = if pending.is_empty() { end } else { pending_end };
            let Some((next, conjunction)) = self.separator(from) else { break };
            let Some(phrase) = self.phrase(next, true).filter(|phrase| !phrase.pronoun) else { break };
            let after = self.skip(phrase.end);
            let verb_follows = matches!(self.tag(after), Some(Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary));
            if verb_follows && (!subject || !conjunction) {
                break;
            }
            pending_end = phrase.end;
            pending.extend(self.distributed(phrase));
            if conjunction {
                joined = true;
                end = pending_end;
                list.append(&mut pending);
                // `A, B and C, and D`
                let goes_on = self.tag(end) == Some(Tag::Comma) && self.tag(end + 1) == Some(Tag::And);
                if !goes_on || subject {
                    break;
                }
            }
        }
        // `A, B`: without a conjunction the second is an apposition of the first.
        if !joined && pending.len() > 1 && !subject {
            end = pending_end;
            list.append(&mut pending);
        }
        if let (true, 2, Some(last)) = (joined, list.len(), list.last().cloned()) {
            self.share_head(&mut list, &last);
        }
        (list, end)
    }

    /// What separates the parts of a coordination; whether it is the last one.
    fn separator(&self, at: usize) -> Option<(usize, bool)> {
        match (self.tag(at)?, self.tag(at + 1)) {
            (Tag::Comma, Some(Tag::And | Tag::Or)) => Some((at + 2, true)),
            (Tag::Comma, _) => Some((at + 1, false)),
            (Tag::And | Tag::Or, _) => Some((at + 1, true)),
            (Tag::Filler, Some(_)) if self.tag(at + 2) == Some(Tag::And) => Some((at + 3, true)),
            _ => None,
        }
    }

    /// `disk and server images`: a singular before a plural of several words shares its head.
    fn share_head(&self, list: &mut [Phrase], last: &Phrase) {
        let [.., _, head] = last.words[..] else { return };
        if !last.plural || last.pronoun {
            return;
        }
        for phrase in list.iter_mut() {
            let bare = phrase.words.len() == 1 && phrase.of.is_empty() && !phrase.plural && !phrase.pronoun;
            let next_to = phrase.words.first().is_some_and(|word| {
                *word == 0
                    || matches!(
                        self.tags[*word - 1],
                        Tag::And | Tag::Or | Tag::Comma | Tag::Verb | Tag::Preposition | Tag::Gerund
                    )
            });
            let common = phrase.words.first().is_some_and(|word| self.is_lower(*word));
            if bare && next_to && common && phrase.words[0] + 3 >= last.words[0] {
                phrase.words.push(head);
                phrase.plural = true;
            }
        }
    }

    fn is_lower(&self, at: usize) -> bool {
        self.lexicon.form(self.tokens[at].form).case == super::lexicon::Case::Lower
    }

    /// `metering and measuring facilities` within one phrase: a phrase for each modifier.
    fn distributed(&self, phrase: Phrase) -> Vec<Phrase> {
        let [.., before, _] = phrase.words[..] else { return vec![phrase] };
        let split = phrase
            .words
            .iter()
            .position(|word| *word < before && matches!(self.tag(*word + 1), Some(Tag::And | Tag::Or)));
        let Some(split) = split else { return vec![phrase] };
        // `physical or virtual network device` is one thing.
        if self.tags[phrase.words[split]] == Tag::Adjective {
            let words = phrase
                .words
                .iter()
                .skip_while(|word| **word <= phrase.words[split] || self.tags[**word] == Tag::Adjective);
            let words = words.copied().collect();
            return vec![Phrase { words, ..phrase }];
        }
        let mut first = phrase.clone();
        let rest = phrase.words[split + 1..].to_vec();
        // The first keeps its modifier and what follows the second one.
        first.words.truncate(split + 1);
        first.words.extend(rest.iter().skip(1));
        let second = Phrase { words: rest, ..phrase };
        vec![first, second]
    }

    /// One noun phrase; with what follows `of` if `chain`.
    pub(super) fn phrase(&self, at: usize, chain: bool) -> Option<Phrase> {
        let mut at = self.skip(at);
        if self.tag(at)? == Tag::Pronoun {
            return Some(self.pronoun(at));
        }
        let mut phrase = Phrase::empty(at);
        let start = at;
        let mut head = None;
        while let Some(tag) = self.tag(at) {
            match tag {
                Tag::Determiner | Tag::NoDeterminer if head.is_none() => {
                    phrase.negative |= tag == Tag::NoDeterminer;
                    phrase.pointed |= self.points(at);
                    phrase.one |= self.is_singular_article(at);
                    phrase.words.clear();
                }
                Tag::Number if head.is_none() => phrase.words.clear(),
                // `one or more`
                Tag::Or
                    if head.is_none()
                        && at > start
                        && self.tags[at - 1] == Tag::Number
                        && matches!(self.tag(at + 1), Some(Tag::Determiner | Tag::Number)) => {}
                Tag::Number if head.is_some() && head == at.checked_sub(1) => phrase.words.push(at),
                Tag::Adverb if head.is_none() && self.modifies(at) => {}
                Tag::Quote if self.continues(at + 1, head.is_some()) => {}
                Tag::Adjective if head.is_none() || self.continues(at, true) => phrase.words.push(at),
                // `used by`: `of` ends a participle that begins the phrase.
                Tag::Noun => {
                    match self.lexicon.form(self.tokens[at].form).possessive && self.continues(at + 1, false) {
                        true => {
                            phrase.words.clear();
                            head = None;
                        }
                        false => {
                            phrase.words.push(at);
                            head = Some(at);
                        }
                    }
                }
                Tag::OpenBracket
                    if head.is_some() && self.continues(self.past_bracket(at), false) && self.is_short(at) =>
                {
                    if self.past_bracket(at) == at + 3 {
                        phrase.short = Some((phrase.words.len(), at + 1));
                    }
                    at = self.past_bracket(at);
                    continue;
                }
                // `relational and non-relational database engines`, `graceful, proper shutdown`
                Tag::And | Tag::Or | Tag::Comma
                    if head.is_none() && !phrase.words.is_empty() && self.adjective_list(at) =>
                {
                    if tag == Tag::Comma {
                        phrase.words.clear();
                    }
                    if tag == Tag::Comma && matches!(self.tag(at + 1), Some(Tag::And | Tag::Or)) {
                        at += 1;
                    }
                }
                _ => break,
            }
            at += 1;
        }
        if head.is_none() {
            return self.headless(start, at, phrase, chain);
        }
        // Trailing modifiers belong to what follows.
        let last = phrase.words.iter().rposition(|word| matches!(self.tags[*word], Tag::Noun | Tag::Number));
        phrase.words.truncate(last.map_or(0, |last| last + 1));
        phrase.end = phrase.words.last().map_or(at, |word| word + 1).max(start + 1);
        while self.tag(phrase.end) == Some(Tag::Quote) {
            phrase.end += 1;
        }
        phrase.plural =
            !phrase.one && phrase.head().is_some_and(|head| self.lexicon.form(self.tokens[head].form).plural);
        Some(self.completed(phrase, chain))
    }

    /// The brackets, `of` and examples after a phrase.
    fn completed(&self, mut phrase: Phrase, chain: bool) -> Phrase {
        if self.tag(phrase.end) == Some(Tag::OpenBracket) {
            if chain {
                phrase.examples = self.bracketed_examples(phrase.end);
            }
            phrase.end = self.past_bracket(phrase.end);
        }
        if chain && self.word(phrase.end) == Some(self.of) {
            let (of, end) = self.phrases(phrase.end + 1, false);
            if !of.is_empty() {
                phrase.of = of;
                phrase.end = end;
            }
        }
        let comma = usize::from(self.tag(phrase.end) == Some(Tag::Comma));
        if chain && self.tag(phrase.end + comma) == Some(Tag::Example) {
            let filler = usize::from(self.tag(phrase.end + comma + 1) == Some(Tag::Filler));
            let (examples, end) = self.phrases(phrase.end + comma + 1 + filler, false);
            if !examples.is_empty() {
                phrase.examples = examples;
                phrase.end = end;
                // The comma that closes the insertion.
                if comma == 1
                    && self.tag(phrase.end) == Some(Tag::Comma)
                    && matches!(self.tag(phrase.end + 1), Some(Tag::Relative))
                {
                    phrase.end += 1;
                }
            }
        }
        self.listed(&mut phrase, chain);
        phrase
    }

    /// `two parts: a lid and a tray`. Only of several things more than one can be listed.
    fn listed(&self, phrase: &mut Phrase, chain: bool) {
        let colon = chain && self.tag(phrase.end) == Some(Tag::Colon);
        let several = phrase.head().is_some_and(|head| self.lexicon.form(self.tokens[head].form).plural);
        if colon && several {
            let (listed, end) = self.phrases(phrase.end + 1, false);
            if listed.len() > 1 {
                phrase.listed = listed;
                phrase.end = end;
            }
        }
    }

    /// `(such as trays and lids)`, `(e.g. trays)`
    fn bracketed_examples(&self, open: usize) -> Vec<Phrase> {
        let text = |at: usize| self.word(at).map(|word| self.lexicon.text(word)).unwrap_or("");
        let mut at = open + 1;
        let mut is_example = self.tag(at) == Some(Tag::Example);
        is_example |= matches!(text(at), "e.g" | "eg" | "like");
        is_example |= text(at) == "for" && matches!(text(at + 1), "example" | "instance");
        if !is_example {
            return Vec::new();
        }
        at += 1 + usize::from(text(at) == "for");
        while matches!(self.tag(at), Some(Tag::Filler | Tag::Other | Tag::Comma | Tag::Quote)) {
            at += 1;
        }
        let (examples, end) = self.phrases(at, false);
        if end < self.past_bracket(open) { examples } else { Vec::new() }
    }

    /// `a`, `an`, `each`, `one`: one thing.
    fn is_singular_article(&self, at: usize) -> bool {
        self.word(at).is_some_and(|word| matches!(self.lexicon.text(word), "a" | "an" | "each" | "every" | "another"))
    }

    fn pronoun(&self, at: usize) -> Phrase {
        Phrase {
            words: vec![at],
            pronoun: true,
            plural: self.is_plural_pronoun(at),
            pointed: true,
            ..Phrase::empty(at + 1)
        }
    }

    fn is_plural_pronoun(&self, at: usize) -> bool {
        self.word(at).is_some_and(|word| matches!(self.lexicon.text(word), "they" | "them" | "we" | "you" | "us"))
    }

    fn points(&self, at: usize) -> bool {
        self.word(at).is_some_and(|word| matches!(self.lexicon.text(word), "this" | "these" | "the"))
    }

    /// `one of the …`, `this`, `both`: no noun, but it stands for one.
    fn headless(&self, start: usize, at: usize, mut phrase: Phrase, chain: bool) -> Option<Phrase> {
        let followed_by_of = self.word(at) == Some(self.of);
        let stands = at > start
            && matches!(self.tag(at - 1), Some(Tag::Determiner | Tag::Number))
            && (followed_by_of || matches!(self.tag(at), Some(Tag::Verb | Tag::Be | Tag::Modal | Tag::Auxiliary)));
        if !stands {
            return None;
        }
        phrase.end = at;
        phrase.pronoun = true;
        phrase.plural =
            self.word(at - 1).is_some_and(|word| matches!(self.lexicon.text(word), "these" | "those" | "many"));
        let mut phrase = self.completed(phrase, chain);
        // `one of the formats`: the format itself, of which it is one.
        if followed_by_of && let [of] = &phrase.of[..] {
            let end = phrase.end;
            phrase = Phrase { end, ..of.clone() };
            phrase.plural = false;
        }
        Some(phrase)
    }

    /// An adverb before an adjective: `highly available`.
    fn modifies(&self, at: usize) -> bool {
        matches!(self.tag(self.skip(at)), Some(Tag::Adjective | Tag::Number | Tag::Determiner))
            || matches!(self.tag(self.skip(at)), Some(Tag::Noun))
    }

    /// Whether modifiers and a noun follow.
    fn continues(&self, at: usize, _inside: bool) -> bool {
        let noun =
            (at..self.tags.len()).find(|next| !matches!(self.tags[*next], Tag::Adjective | Tag::Number | Tag::Quote));
        noun.is_some_and(|next| self.tags[next] == Tag::Noun)
    }

    /// A bracket of one or two words.
    fn is_short(&self, at: usize) -> bool {
        self.past_bracket(at) - at <= 4
    }

    /// After `,` or `and` come more adjectives and then a noun.
    fn adjective_list(&self, at: usize) -> bool {
        let mut next = at + 1;
        if self.tag(at) == Some(Tag::Comma) && matches!(self.tag(next), Some(Tag::And | Tag::Or)) {
            next += 1;
        }
        let next = self.skip(next);
        matches!(self.tag(next), Some(Tag::Adjective | Tag::Noun)) && {
            let first_is_adjective = self.tags[next] == Tag::Adjective;
            let mut after = next + 1;
            while matches!(self.tag(after), Some(Tag::Comma | Tag::And | Tag::Or | Tag::Adverb | Tag::Adjective)) {
                after += 1;
            }
            self.tag(after) == Some(Tag::Noun) && (first_is_adjective || after == next + 1)
        }
    }
}
