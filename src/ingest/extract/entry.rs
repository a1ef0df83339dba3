//! One entry read: its sentences, the relations that rules find in them, the other entries it mentions.

mod expansion;

use std::ops::Range;
use std::sync::Arc;

use super::clause::{self, Clause, Subject};
use super::confidence::{Circumstances, LEAST_STATED};
use super::lexicon::{Case, WordId};
use super::names::{EntryName, NameKind, NameTree, Spelling};
use super::phrase::{Phrase, Tagged};
use super::sentence::{self, Token};
use super::stated::{self, Pointers};
use super::tag::{self, Tag};
use super::target::{Target, Targets};
use super::{Extracted, Extractor, Found, Mention};
use crate::diagnostic::Diagnostic;
use crate::glossary::{Entry, Paragraph, may_be_english};
use crate::limits::Watch;

/// In words and marks. Relations in longer sentences are read up to here, and the entry tells: no sentence of a
/// definition is so long, and a text without full stops must not take the analysis into the depth.
pub const LONGEST_SENTENCE: usize = 300;

/// What is known of the names of the glossary.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub tree: &'a NameTree,
    pub named: &'a [Vec<EntryName>],
    pub pointers: &'a Pointers,
    /// By entry: whether it is the name of a project.
    pub proper: &'a [bool],
    /// Whether capitals tell names from common words.
    pub cased: bool,
    /// By entry: the one that stands for all of its name.
    pub first: &'a [usize],
}

pub(super) struct Reader<'a> {
    extractor: &'a mut Extractor,
    names: Names<'a>,
    own: usize,
    /// The entry that stands for it where others are told from it.
    own_first: usize,
    /// The stems of each of the entry's names.
    own_stems: Vec<(Vec<WordId>, bool)>,
    watch: &'a Watch,
    found: Extracted,
    /// Whether the definition has not begun: nothing was read but what the headword is short for.
    awaits: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(extractor: &'a mut Extractor, names: Names<'a>, own: usize, watch: &'a Watch) -> Reader<'a> {
        let own_stems = names.named[own].iter().map(|name| {
            // A name with capitals where capitals mean something.
            let proper = names.cased && name.text.contains(char::is_uppercase) && name.text.contains(' ');
            (stems(&mut extractor.lexicon, &name.text), proper)
        });
        let own_stems = own_stems.collect();
        Reader {
            extractor,
            names,
            own,
            own_first: names.first[own],
            own_stems,
            watch,
            found: Extracted::default(),
            awaits: true,
        }
    }

    pub(super) fn read(&mut self, entry: &Entry, recovered: bool) -> Result<Extracted, Diagnostic> {
        let names = &self.names.named[self.own];
        self.found.name = names.first().map(|name| name.text.clone());
        self.found.recovered = recovered;
        let (short, listed): (Vec<_>, Vec<_>) =
            names.iter().skip(1).partition(|name| matches!(name.kind, NameKind::Short));
        self.found.aliases = listed.into_iter().map(|name| name.text.clone()).collect();
        self.found.short_names = short.into_iter().map(|name| name.text.clone()).collect();
        let english = |paragraph: &&Paragraph| may_be_english(paragraph.language.as_deref());
        for paragraph in entry.paragraphs.iter().filter(english) {
            for range in sentence::split(&paragraph.text) {
                let mut pieces = sentence::pieces(&paragraph.text, range.clone());
                if let Some(piece) = pieces.next() {
                    self.sentence(paragraph, piece)?;
                }
                for piece in pieces {
                    self.rest(paragraph, piece)?;
                    self.cut(paragraph.line_at(range.start));
                }
            }
        }
        for stated in stated::relations(entry, self.own_first, self.names.pointers, self.names.named) {
            self.keep(stated);
        }
        Ok(std::mem::take(&mut self.found))
    }

    /// Goes on in a sentence of which the beginning has been read: what it speaks of is read to the end.
    fn rest(&mut self, paragraph: &Paragraph, range: Range<usize>) -> Result<(), Diagnostic> {
        self.watch.check()?;
        let evidence: Arc<str> = Arc::from(&paragraph.text[range.clone()]);
        let tokens = sentence::tokens(&paragraph.text, range, &mut self.extractor.lexicon);
        let tags = tag::tag(&tokens, &self.extractor.lexicon, &self.extractor.known);
        self.mentions(paragraph, &tokens, &tags, &evidence);
        Ok(())
    }

    fn sentence(&mut self, paragraph: &Paragraph, range: Range<usize>) -> Result<(), Diagnostic> {
        self.watch.check()?;
        let text = &paragraph.text;
        let evidence: Arc<str> = Arc::from(&text[range.clone()]);
        let line = paragraph.line_at(range.start);
        let tokens = sentence::tokens(text, range, &mut self.extractor.lexicon);
        let first = std::mem::replace(&mut self.awaits, false);
        let begin = if first { self.expansion(text, &tokens, &evidence, line) } else { 0 };
        self.awaits = begin > 0 && begin >= tokens.len();
        if let Some(names) = listed_names(&evidence) {
            names.for_each(|name| self.add_alias(name));
            return Ok(());
        }
        let tags = tag::tag(&tokens, &self.extractor.lexicon, &self.extractor.known);
        self.mentions(paragraph, &tokens, &tags, &evidence);
        if tokens.len() > LONGEST_SENTENCE {
            self.cut(line);
        }
        let read = tokens.len().min(LONGEST_SENTENCE);
        let begin = begin.min(read);
        let relations = self.relations(paragraph, &tokens[begin..read], &tags[begin..read], &evidence, (line, first));
        for relation in relations {
            self.keep(relation);
        }
        Ok(())
    }

    /// Notes that a sentence on the line is not read to its end.
    fn cut(&mut self, line: usize) {
        if self.found.cut.last() != Some(&line) {
            self.found.cut.push(line);
        }
    }

    /// Another name is a name; a relation is kept once, where it is surest.
    fn keep(&mut self, found: Found) {
        if found.relation == "alias" {
            self.add_alias(&found.target);
            return;
        }
        // `GC`, "Garbage collection.": it is called so, it is none.
        if found.relation == "is_a" && self.found.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(&found.target))
        {
            return;
        }
        if found.relation == "has_codename" {
            self.add_alias(&found.target);
            // As the sentence calls it: "The project name of Almanac Shelf is …".
            if let Some((_, name)) = found
                .evidence
                .split_once(" of ")
                .and_then(|(_, rest)| rest.split_once(" is ").map(|(name, _)| ((), name)))
            {
                self.add_alias(name.trim_start_matches("the "));
            }
        }
        let same =
            |other: &&mut Found| other.relation == found.relation && other.target.eq_ignore_ascii_case(&found.target);
        match self.found.relations.iter_mut().find(same) {
            Some(other) if other.confidence < found.confidence => *other = found,
            Some(_) => {}
            None => self.found.relations.push(found),
        }
    }

    fn add_alias(&mut self, name: &str) {
        let known = self.found.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
            || self.found.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
        if !known {
            // Later sentences may call it so.
            let stems = stems(&mut self.extractor.lexicon, name);
            self.own_stems.push((stems, false));
            self.found.aliases.push(name.to_string());
        }
    }

    /// The relations that the rules find.
    fn relations(
        &self,
        paragraph: &Paragraph,
        tokens: &[Token],
        tags: &[Tag],
        evidence: &Arc<str>,
        (line, first): (usize, bool),
    ) -> Vec<Found> {
        let marked = self.marked(paragraph, tokens);
        let lexicon = &self.extractor.lexicon;
        let s = Tagged { tokens, tags, lexicon, of: self.extractor.verbs.of };
        let names_entry = |phrase: &Phrase| self.names_entry(s, phrase);
        let clauses = clause::clauses(s, first, &self.extractor.verbs, &names_entry);
        let named = self.names.named;
        let headword = |entry: usize| named[entry].first().map(|name| name.text.as_str());
        let nouns = &self.extractor.nouns;
        let own_head = self.own_stems.first().and_then(|(stems, _)| stems.last()).copied();
        // `A set of trays, also called planters`: of several kinds, and of one by a plural, something else is called so.
        let kinds = clauses.iter().filter(|clause| clause.subject == Subject::Entry && !clause.example);
        // So is one of what the entry can be: `A host can be a virtual computer, also called a VM`.
        let kinds: Vec<(&Phrase, bool)> =
            kinds.filter_map(|clause| Some((clause.predicate.kind()?, clause.modal.is_some()))).collect();
        let may_be_called = |phrase: &Phrase| match kinds[..] {
            [] => true,
            [(_, true)] => false,
            [(kind, false)] => kind.plural || !phrase.plural,
            _ => false,
        };
        let targets = Targets {
            s,
            text: &paragraph.text,
            marked: &marked,
            tree: self.names.tree,
            nouns,
            headword: &headword,
            may_be_called: &may_be_called,
            own: self.own_first,
            own_head,
        };
        let mut found = Vec::new();
        for clause in &clauses {
            self.apply(clause, &targets, &names_entry, evidence, (line, first), &mut found);
        }
        found
    }

    fn apply(
        &self,
        clause: &Clause,
        targets: &Targets,
        names_entry: &dyn Fn(&Phrase) -> bool,
        evidence: &Arc<str>,
        (line, first): (usize, bool),
        found: &mut Vec<Found>,
    ) {
        // What might be or would be is not stated.
        let lexicon = &self.extractor.lexicon;
        let modal = clause.modal.map(|modal| lexicon.text(modal)).unwrap_or("");
        // What something can be or must be tells what some of it is: `Boxes may be trays`.
        let perhaps = matches!(modal, "can" | "may" | "must" | "should" | "shall") && clause.predicate.kind().is_some();
        if perhaps || matches!(modal, "might" | "could" | "would") {
            return;
        }
        // `device type`, "The type of a device": what it is the type of is not its kind.
        let own_noun = clause.predicate.kind().and_then(Phrase::head).is_some_and(|head| targets.is_own_noun(head));
        // The first rule that fits a phrase decides.
        let mut decided: Vec<usize> = Vec::new();
        for number in self.extractor.index.candidates(clause, targets.s) {
            let (name, rule, compiled) = &self.extractor.rules[number];
            let matched = compiled.targets(clause, targets.s, names_entry);
            if matched
                .targets
                .iter()
                .any(|phrase| !decided.contains(&phrase.words.first().copied().unwrap_or(usize::MAX)))
            {
                decided.extend(matched.passed.iter());
            }
            for phrase in &matched.targets {
                let place = phrase.words.first().copied().unwrap_or(usize::MAX);
                // What a rule names by its modifier may still be what it is.
                let whole = matches!(phrase, std::borrow::Cow::Borrowed(_));
                if whole && decided.contains(&place) {
                    continue;
                }
                if whole {
                    decided.push(place);
                }
                let garbled = targets.is_quantity(phrase) || targets.is_sentence(phrase);
                if rule.relation == "is_a" && garbled && !compiled.names_a_noun() {
                    continue;
                }
                if own_noun && rule.relation == "is_a" && compiled.names_a_noun() {
                    continue;
                }
                if rule.relation == "none" || (rule.relation == "alias" && !(targets.may_be_called)(phrase)) {
                    continue;
                }
                let naming = matches!(rule.relation.as_str(), "has_codename" | "alias" | "abbreviates");
                if !naming && names_entry(phrase) {
                    continue;
                }
                let wanted = |target: &Target| target.entry.is_some() || !compiled.defined;
                let named = matches!(
                    rule.relation.as_str(),
                    "codename_of" | "alias_of" | "abbreviates" | "see_also" | "different_from" | "similar_to"
                );
                let points = rule.relation == "see_also";
                let all = if named { targets.named(phrase) } else { targets.of(phrase) };
                let reachable = |target: &Target| {
                    (!points || targets.may_be_pointed_at(phrase, target))
                        && targets.makes_sense(&rule.name, &rule.relation, phrase, target)
                };
                for target in all.into_iter().filter(wanted).filter(reachable) {
                    let linked = phrase.head().is_some_and(|head| targets.linked(head).is_some());
                    let (targets, target_of) = (matched.targets.len(), &target);
                    let circumstances = Circumstances { clause, phrase, target: target_of, linked, first, targets };
                    let confidence = circumstances.confidence(rule.confidence);
                    // A rule that is itself no surer than that was wanted so.
                    if confidence < LEAST_STATED.min(rule.confidence) && rule.relation != "alias" {
                        continue;
                    }
                    found.push(Found {
                        relation: rule.relation.clone(),
                        target: target.text,
                        target_entry: target.entry,
                        evidence: evidence.clone(),
                        line,
                        file: None,
                        rule: name.clone(),
                        confidence,
                    });
                }
            }
        }
    }

    /// Whether a phrase is one of the entry's names, or a pronoun for it.
    fn names_entry(&self, s: Tagged, phrase: &Phrase) -> bool {
        let Some(head) = phrase.head() else { return false };
        if phrase.pronoun {
            return s.word(head).is_some_and(|word| matches!(s.lexicon.text(word), "it" | "they"));
        }
        let stems: Vec<WordId> =
            phrase.words.iter().flat_map(|at| s.lexicon.form(s.tokens[*at].form).stems.iter().copied()).collect();
        let case = |at: &usize| s.lexicon.form(s.tokens[*at].form).case;
        let small = phrase.words.iter().all(|at| case(at) == Case::Lower);
        self.own_stems.iter().any(|(own, proper)| {
            // `compute services` are not the Compute service.
            let same = *own == stems && !(*proper && small);
            // `OpenStack Networking` is Networking.
            let extra = stems.len().saturating_sub(own.len());
            let with_maker = *proper
                && extra == 1
                && phrase.words.len() > 1
                && stems.ends_with(own)
                && case(&phrase.words[0]) != Case::Lower;
            same || with_maker
        })
    }

    /// A single word that is a verb here, or a proper name's word used as a common one: `a swift animal`.
    fn is_other_sense(&self, entry: usize, at: usize, tokens: &[Token], tags: &[Tag]) -> bool {
        let lexicon = &self.extractor.lexicon;
        let form = lexicon.form(tokens[at].form);
        if tags[at] == Tag::Verb && form.case == Case::Lower {
            return true;
        }
        // `an OpenStack project`, `the Kubernetes community`: an undertaking, whatever the entry is.
        let undertaking = matches!(
            lexicon.text(form.word),
            "project" | "projects" | "program" | "programme" | "programs" | "community" | "effort"
        );
        let named = || {
            let modifiers = (0..at).rev().take_while(|before| matches!(tags[*before], Tag::Noun | Tag::Adjective));
            modifiers.into_iter().any(|before| lexicon.form(tokens[before].form).case != Case::Lower)
        };
        if undertaking && form.case == Case::Lower && named() {
            return true;
        }
        let article = at > 0 && matches!(lexicon.text(lexicon.form(tokens[at - 1].form).word), "a" | "an");
        let noun_follows = tags.get(at + 1) == Some(&Tag::Noun);
        let names = &self.names.named[entry];
        let proper = names.iter().any(|name| name.kind == NameKind::ProjectName) || self.names.proper[entry];
        proper && form.case == Case::Lower && article && !noun_follows
    }

    /// What the markup of the tokens points at, as far as it is an entry.
    fn marked(&self, paragraph: &Paragraph, tokens: &[Token]) -> Vec<(Range<usize>, usize)> {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return Vec::new() };
        let here = paragraph.references.iter().filter(|reference| {
            !reference.span.is_empty() && reference.span.start >= first.start && reference.span.start < last.end
        });
        here.filter_map(|reference| Some((reference.span.clone(), self.names.pointers.find(&reference.target)?)))
            .collect()
    }

    /// The other entries that a sentence speaks of.
    fn mentions(&mut self, paragraph: &Paragraph, tokens: &[Token], tags: &[Tag], evidence: &Arc<str>) {
        let text = &paragraph.text;
        let lexicon = &self.extractor.lexicon;
        // Stems with the token each belongs to.
        let mut stems: Vec<(WordId, usize)> = Vec::with_capacity(tokens.len());
        for (at, token) in tokens.iter().enumerate() {
            let word = &text[token.start..token.end];
            let is_address = word.contains('/') && word.contains('.');
            if word.contains(char::is_alphanumeric) && !is_address {
                stems.extend(lexicon.form(token.form).stems.iter().map(|stem| (*stem, at)));
            } else {
                // A mark ends a name; an address holds none.
                stems.push((WordId::MAX, at));
            }
        }
        let ids: Vec<WordId> = stems.iter().map(|(stem, _)| *stem).collect();
        let marked = self.marked(paragraph, tokens);
        let mut at = 0;
        while at < ids.len() {
            let first = stems[at].1;
            // Where the markup tells what is meant, the words need not.
            if let Some((span, entry)) = marked.iter().find(|(span, _)| span.contains(&tokens[first].start)) {
                let line = paragraph.line_at(span.start);
                let known = self.found.mentions.iter().any(|mention| mention.entry == *entry);
                if *entry != self.own_first && !known {
                    let (words, evidence) = (text[span.clone()].to_string(), evidence.clone());
                    self.found.mentions.push(Mention { entry: *entry, words, evidence, line, marked: true });
                }
                at += stems[at..].iter().take_while(|(_, token)| tokens[*token].start < span.end).count();
                continue;
            }
            let spelling = |length: usize| {
                let last = stems[at + length - 1].1;
                let case = (first..=last).map(|token| lexicon.form(tokens[token].form).case);
                let case = case.fold(Case::Lower, |all, case| match (all, case) {
                    (Case::Mixed, _) | (_, Case::Mixed) => Case::Mixed,
                    (Case::Initial, _) | (_, Case::Initial) => Case::Initial,
                    _ => Case::Lower,
                });
                Spelling { case, first: first == 0 }
            };
            let Some((length, entries)) = self.names.tree.longest(&ids[at..], spelling) else {
                at += 1;
                continue;
            };
            let last = stems[at + length - 1].1;
            if let [entry] = entries[..]
                && entry != self.own_first
                && (first < last || !self.is_other_sense(entry, first, tokens, tags))
                && !self.found.mentions.iter().any(|mention| mention.entry == entry)
            {
                let (start, end) = (tokens[first].start, tokens[last].end);
                self.found.mentions.push(Mention {
                    entry,
                    words: text[start..end].to_string(),
                    evidence: evidence.clone(),
                    line: paragraph.line_at(start),
                    marked: false,
                });
            }
            at += length;
        }
    }
}

/// `Short form: repo.`
fn listed_names(sentence: &str) -> Option<impl Iterator<Item = &str>> {
    const LEADS: &[&str] = &[
        "short form",
        "short",
        "abbreviation",
        "abbreviated",
        "acronym",
        "synonym",
        "synonyms",
        "alias",
        "aliases",
        "also",
        "aka",
        "other name",
        "other names",
        "plural",
    ];
    let (lead, names) = sentence.split_once(": ")?;
    let is_list = LEADS.iter().any(|known| known.eq_ignore_ascii_case(lead));
    let names = names.trim_end_matches('.').split([',', ';']).map(|name| name.trim().trim_matches(['"', '`', '\'']));
    let is_name = |name: &&str| !name.is_empty() && name.split(' ').count() <= 5;
    is_list.then(|| names.filter(is_name))
}

fn stems(lexicon: &mut super::lexicon::Lexicon, name: &str) -> Vec<WordId> {
    let tokens = sentence::tokens(name, 0..name.len(), lexicon);
    let worded = tokens.iter().filter(|token| name[token.start..token.end].contains(char::is_alphanumeric));
    worded.flat_map(|token| lexicon.form(token.form).stems.clone()).collect()
}
