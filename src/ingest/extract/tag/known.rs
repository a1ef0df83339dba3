//! Words that the tagger asks for by name, looked up once.

use hashbrown::HashSet;

use super::super::dictionary::{GOVERNING, HELPING, ING_NOUNS, INTRANSITIVE, NO_NOUNS, PAST_ONLY};
use super::super::lexicon::{Lexicon, WordId};

/// Words that the tagger asks for by name.
#[derive(Clone)]
pub(in super::super) struct Known {
    pub(super) that: WordId,
    pub(super) such: WordId,
    pub(super) this: WordId,
    pub(super) as_: WordId,
    pub(super) no: WordId,
    pub(super) or: WordId,
    pub(super) but: WordId,
    pub(super) nor: WordId,
    pub(super) including: WordId,
    /// Participles and adjectives after which `to` has a noun behind it.
    pub(super) governing: HashSet<WordId>,
    pub(super) well: WordId,
    pub(super) ing_nouns: HashSet<WordId>,
    pub(super) intransitive: HashSet<WordId>,
    pub(super) past_only: HashSet<WordId>,
    pub(super) no_nouns: HashSet<WordId>,
    pub(super) helping: HashSet<WordId>,
    pub(super) naming: HashSet<WordId>,
    pub(super) than: WordId,
    pub(super) longer: WordId,
    pub(super) see: WordId,
    pub(super) refer: WordId,
}

impl Known {
    pub(in super::super) fn new(lexicon: &mut Lexicon) -> Known {
        let ing_nouns = ING_NOUNS.split_whitespace().map(|word| lexicon.word(word)).collect();
        let intransitive = INTRANSITIVE.split_whitespace().map(|word| lexicon.word(word)).collect();
        let past_only = PAST_ONLY.split_whitespace().map(|word| lexicon.word(word)).collect();
        let governing = GOVERNING.split_whitespace().map(|word| lexicon.word(word)).collect();
        let no_nouns = NO_NOUNS.split_whitespace().map(|word| lexicon.word(word)).collect();
        let helping = HELPING.split_whitespace().map(|word| lexicon.word(word)).collect();
        let naming = ["call", "name", "term", "dub", "abbreviate"].map(|word| lexicon.word(word)).into();
        Known {
            naming,
            than: lexicon.word("than"),
            longer: lexicon.word("longer"),
            that: lexicon.word("that"),
            such: lexicon.word("such"),
            this: lexicon.word("this"),
            as_: lexicon.word("as"),
            no: lexicon.word("no"),
            or: lexicon.word("or"),
            but: lexicon.word("but"),
            nor: lexicon.word("nor"),
            including: lexicon.word("including"),
            governing,
            well: lexicon.word("well"),
            see: lexicon.word("see"),
            refer: lexicon.word("refer"),
            ing_nouns,
            intransitive,
            past_only,
            no_nouns,
            helping,
        }
    }
}
