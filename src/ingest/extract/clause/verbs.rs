//! Words that the parser of clauses asks for by name, looked up once.

use super::super::dictionary::HELPING;
use super::super::lexicon::{Lexicon, WordId};

/// Words that the parser asks for by name.
#[derive(Clone)]
pub(in super::super) struct Verbs {
    pub(in super::super) be: WordId,
    pub(in super::super) by: WordId,
    pub(in super::super) for_: WordId,
    pub(in super::super) of: WordId,
    pub(in super::super) whose: WordId,
    pub(in super::super) to: WordId,
    pub(in super::super) with: WordId,
    /// What rules call the verb of a permission.
    pub(super) empower: WordId,
    pub(super) include: WordId,
    pub(super) comprise: WordId,
    /// Nouns that say that kinds, and that parts, are listed.
    pub(super) kinds: Vec<WordId>,
    pub(super) parts: Vec<WordId>,
    /// Nouns that say nothing where what they mean is listed.
    pub(super) hollow: Vec<WordId>,
    /// Nouns that need no article.
    pub(super) stuffs: Vec<WordId>,
    /// Nouns by which a later sentence means the entry: `This term`.
    pub(super) terms: Vec<WordId>,
    /// Adjectives and verbs that deny what `to` and a verb say: `unable to store`.
    pub(super) denying: Vec<WordId>,
    pub(super) see: WordId,
    pub(super) refer: WordId,
    /// Verbs and adjectives after which `to` and a verb say what the entry does: `designed to`, `allows … to`.
    pub(super) purpose: Vec<WordId>,
    /// Verbs after whose object `to` and a verb say what others do.
    pub(super) demand: Vec<WordId>,
    /// Verbs whose object does what follows: `allows users to move files` provides no users.
    pub(super) permission: Vec<WordId>,
    /// Verbs with a receiver besides what is given: `provides users with files`.
    pub(super) giving: Vec<WordId>,
    /// Verbs that a bare verb follows: `helps users move files`.
    pub(super) helping: Vec<WordId>,
    /// What a sentence begins with that tells the reader to do something.
    pub(super) appeals: Vec<WordId>,
    /// Verbs after whose passive a name follows: `is called`.
    pub(super) naming: Vec<WordId>,
    /// Nouns of which something `is to` do what the entry does.
    pub(super) mission: Vec<WordId>,
    /// Prepositions of several words, and the word that stands for each.
    pub(super) compounds: Vec<(Vec<&'static str>, WordId)>,
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
    ("up of", "of"),
    ("out of", "of"),
    ("in conjunction with", "along_with"),
    ("in combination with", "along_with"),
    ("by use of", "using"),
    ("through the use of", "using"),
    ("by the use of", "using"),
    ("with the aid of", "using"),
    ("with regard to", "regarding"),
    ("with respect to", "regarding"),
    ("in relation to", "regarding"),
    ("in accordance with", "regarding"),
    ("in response to", "in_response_to"),
    ("in place of", "rather_than"),
    ("because of", "because_of"),
    ("by virtue of", "using"),
    ("by using", "using"),
    ("in the case of", "in_case_of"),
    ("in terms of", "in_terms_of"),
    ("as part of", "as_part_of"),
    ("for use by", "for_use_by"),
    ("for use with", "along_with"),
    ("for use in", "for_use_in"),
    ("similar to", "similar_to"),
];

/// Whether rules know a preposition of several words by this name.
pub(in super::super) fn is_compound(word: &str) -> bool {
    COMPOUNDS.iter().any(|(_, name)| *name == word)
}

impl Verbs {
    pub(in super::super) fn new(lexicon: &mut Lexicon) -> Verbs {
        let mut list = |words: &str| words.split_whitespace().map(|word| lexicon.word(word)).collect::<Vec<_>>();
        Verbs {
            purpose: list(
                "use design intend aim build create make mean responsible able serve employ call want seek help attempt \
                 try need charge develop configure leverage utilize optimize need task set exist operate function",
            ),
            demand: list("require need cause force ask tell instruct expect want have take"),
            permission: list("enable allow permit let"),
            giving: list("provide supply equip furnish present give offer grant send bring hand assign show"),
            helping: list(HELPING),
            appeals: list("think consider imagine suppose note remember"),
            naming: list("call name term dub label abbreviate"),
            kinds: list(
                "kind type sort form variety category class flavor flavour variant example instance subtype subclass choice",
            ),
            parts: list("part component element section piece portion constituent ingredient layer phase stage step"),
            hollow: list("thing item element property attribute field value aspect feature role function task"),
            stuffs: list(
                "software hardware firmware malware middleware data metadata code information memory storage text water energy \
                 intelligence equipment money time space traffic content evidence knowledge material matter power music food",
            ),
            terms: list("term concept technique approach style pattern practice method methodology algorithm"),
            denying: list("unable unwilling impossible refuse fail decline forget neglect forbid prohibit cease stop"),
            mission: list("mission goal purpose aim objective role job task function intent"),
            compounds: COMPOUNDS.iter().map(|(text, word)| (text.split(' ').collect(), lexicon.word(word))).collect(),
            be: lexicon.word("be"),
            by: lexicon.word("by"),
            for_: lexicon.word("for"),
            of: lexicon.word("of"),
            whose: lexicon.word("whose"),
            to: lexicon.word("to"),
            with: lexicon.word("with"),
            empower: lexicon.word("empower"),
            include: lexicon.word("include"),
            comprise: lexicon.word("comprise"),
            see: lexicon.word("see"),
            refer: lexicon.word("refer"),
        }
    }
}
