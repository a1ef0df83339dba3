//! The WORDS table: the walking statements, each with what it takes and the procedure it stands for.
//!
//! Parser, printer, binder, help and completion go by this table. To add a word: its row here, its procedure in
//! `procedures`, and an example for the help.

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Word {
    pub keyword: &'static str,
    pub syntax: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// What it calls: operands first, then a map of options.
    pub procedure: &'static str,
    pub operands: &'static [Operand],
    pub options: &'static [OptionKind],
    /// What its rows are, where they are used as a set of terms.
    pub terms: Terms,
}

/// What a word takes besides its options.
#[derive(Debug, PartialEq, Eq)]
pub struct Operand {
    pub before: Before,
    pub optional: bool,
    /// Whether several may stand there, separated by commas.
    pub several: bool,
}

/// What stands before an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    Nothing,
    Comma,
    Keyword(&'static str),
}

/// Whether the rows of a word are terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    No,
    /// Each row has its `term`.
    Rows,
    /// So has each row, but at depth 0 stands where it started.
    Below,
}

/// What may follow the operands, in any order, each at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    Depth,
    UpTo,
    All,
    Ranked,
    Via,
    Where,
    Only,
    Hiding,
    Avoiding,
    Confidence,
    Hard,
    Showing,
    Each,
    Rollup,
}

impl OptionKind {
    /// The words that it begins with.
    pub fn keywords(self) -> &'static [&'static str] {
        match self {
            OptionKind::Depth => &["DEPTH"],
            OptionKind::UpTo => &["UP", "TO"],
            OptionKind::All => &["ALL"],
            OptionKind::Ranked => &["RANKED"],
            OptionKind::Via => &["VIA"],
            OptionKind::Where => &["WHERE"],
            OptionKind::Only => &["ONLY"],
            OptionKind::Hiding => &["HIDING"],
            OptionKind::Avoiding => &["AVOIDING"],
            OptionKind::Confidence => &["CONFIDENCE"],
            OptionKind::Hard => &["HARD"],
            OptionKind::Showing => &["SHOWING"],
            OptionKind::Each => &["EACH"],
            OptionKind::Rollup => &["ROLLUP"],
        }
    }
}

/// The property by which a relation that `ROLLUP` makes says what it is made of.
pub(crate) const BY_WAY_OF: &str = "by way of";

use OptionKind::*;

const ONE: Operand = Operand { before: Before::Nothing, optional: false, several: false };
const SEVERAL: Operand = Operand { several: true, ..ONE };

const fn perhaps(keyword: &'static str) -> Operand {
    Operand { before: Before::Keyword(keyword), optional: true, several: true }
}

const fn perhaps_one(keyword: &'static str) -> Operand {
    Operand { several: false, ..perhaps(keyword) }
}

/// What a walk along needs or failures takes.
const TRACE: &[OptionKind] = &[Depth, Via, Where, Only, Hiding, Confidence, Hard, Showing, Ranked, Rollup];
/// What a question about the net of needs takes.
const NET: &[OptionKind] = &[Via, Where, Confidence, Hard, Rollup];

/// The walking statements. Of two keywords of which one begins with the other the longer comes first.
pub const WORDS: &[Word] = &[
    Word {
        keyword: "SHOW RELATIONSHIP TYPES",
        syntax: "SHOW RELATIONSHIP TYPES",
        doc: "What each relationship type means: how it reads both ways, which way a failure travels, and who says so.",
        procedure: "db.relationshipSemantics",
        operands: &[],
        options: &[],
        terms: Terms::No,
    },
    Word {
        keyword: "SHOW LABELS",
        syntax: "SHOW LABELS",
        doc: "The labels, with the property keys that name their nodes. A term of this name is written in quotes.",
        procedure: "db.labels",
        operands: &[],
        options: &[],
        terms: Terms::No,
    },
    Word {
        keyword: "SHOW DECISIONS",
        syntax: "SHOW DECISIONS",
        doc: "What people decided about terms and relations: REJECT, ACCEPT, RENAME TERM, MERGE TERM, SPLIT TERM, who, when and why.",
        procedure: "db.decisions",
        operands: &[],
        options: &[],
        terms: Terms::No,
    },
    Word {
        keyword: "SHOW INDEXES",
        syntax: "SHOW INDEXES",
        doc: "The indexes, with their labels and property keys. A term of this name stands in quotes.",
        procedure: "db.indexes",
        operands: &[],
        options: &[],
        terms: Terms::No,
    },
    Word {
        keyword: "SHOW CONSTRAINTS",
        syntax: "SHOW CONSTRAINTS",
        doc: "The constraints, with their labels and property keys. A term of this name stands in quotes.",
        procedure: "db.constraints",
        operands: &[],
        options: &[],
        terms: Terms::No,
    },
    Word {
        keyword: "SHOW DATABASES",
        syntax: "SHOW DATABASES",
        doc: "The databases: the graph that is open. A term of this name stands in quotes.",
        procedure: "dbms.databases",
        operands: &[],
        options: &[],
        terms: Terms::No,
    },
    Word {
        keyword: "SHOW SETTINGS",
        syntax: "SHOW SETTINGS",
        doc: "The settings of the server. A term of this name stands in quotes.",
        procedure: "dbms.settings",
        operands: &[],
        options: &[],
        terms: Terms::No,
    },
    Word {
        keyword: "SHOW PROCEDURES",
        syntax: "SHOW PROCEDURES",
        doc: "The procedures, with their signatures. A term of this name stands in quotes.",
        procedure: "dbms.procedures",
        operands: &[],
        options: &[],
        terms: Terms::No,
    },
    Word {
        keyword: "SHOW FUNCTIONS",
        syntax: "SHOW FUNCTIONS",
        doc: "The functions, with their signatures. A term of this name stands in quotes.",
        procedure: "dbms.functions",
        operands: &[],
        options: &[],
        terms: Terms::No,
    },
    Word {
        keyword: "SHOW",
        syntax: "SHOW term",
        doc: "What a term is, its names and its relations.",
        procedure: "trace.show",
        operands: &[ONE],
        options: &[],
        terms: Terms::No,
    },
    Word {
        keyword: "DEPS",
        syntax: "DEPS term, … [DEPTH n] [VIA type, …] [WHERE condition] [ONLY label, … | HIDING label, …] [CONFIDENCE n] [HARD] [SHOWING property, …] [RANKED] [ROLLUP [label, …]]",
        doc: "What terms need, and what that needs in turn, as a tree. WHERE walks only where the condition on `term`, \
              `relationship`, `parent` or `depth` holds; HIDING and ONLY collapse what is not shown and keep the way \
              through it; HARD keeps to relations whose loss means failure; SHOWING adds properties of relations; RANKED \
              lists by distance and number of paths; ROLLUP makes the relations of parts those of the wholes with these \
              labels, by PART_OF, CONTAINS, HAS_PART and their kinds, or of the outermost wholes.",
        procedure: "trace.deps",
        operands: &[SEVERAL],
        options: TRACE,
        terms: Terms::Below,
    },
    Word {
        keyword: "IMPACT",
        syntax: "IMPACT term, … [DEPTH n] [VIA type, …] [WHERE condition] [ONLY label, … | HIDING label, …] [CONFIDENCE n] [HARD] [SHOWING property, …] [RANKED] [ROLLUP [label, …]]",
        doc: "What fails or degrades if the terms fail; the options are those of DEPS. Relations of one needer with the \
              same property `any_of` are alternatives: it fails only if all of their providers do.",
        procedure: "trace.impact",
        operands: &[SEVERAL],
        options: TRACE,
        terms: Terms::Below,
    },
    Word {
        keyword: "WHY",
        syntax: "WHY term TO term [ALL | EACH | UP TO n] [AVOIDING term, …] [VIA type, …] [WHERE condition] [CONFIDENCE n] [HARD] [SHOWING property, …] [ROLLUP [label, …]]",
        doc: "The shortest chain from one term to another, with the evidence of each hop: ALL of the shortest, the n \
              shortest that visit no term twice, or one over EACH direct need, with what would have to go to be rid of \
              the other term. Where there is none, how far one comes and what would connect them.",
        procedure: "trace.why",
        operands: &[SEVERAL, Operand { before: Before::Keyword("TO"), optional: false, several: true }],
        options: &[All, Each, UpTo, Avoiding, Via, Where, Confidence, Hard, Showing, Rollup],
        terms: Terms::No,
    },
    Word {
        keyword: "ORDER",
        syntax: "ORDER [OF term, …] [VIA type, …] [WHERE condition] [CONFIDENCE n] [HARD] [ROLLUP [label, …]]",
        doc: "In which order to start things, in layers that may start at once: of all terms, or of these and what they \
              need. Names the cycles, the fewest relations that break each, and the critical path.",
        procedure: "trace.order",
        operands: &[perhaps("OF")],
        options: NET,
        terms: Terms::Rows,
    },
    Word {
        keyword: "CYCLES",
        syntax: "CYCLES [THROUGH term] [UP TO n] [VIA type, …] [WHERE condition] [CONFIDENCE n] [HARD] [SHOWING property, …] [ROLLUP [label, …]]",
        doc: "Terms that need themselves: the elementary cycles, the shortest first, at most n (100 unless it says).",
        procedure: "trace.cycles",
        operands: &[perhaps_one("THROUGH")],
        options: &[UpTo, Via, Where, Confidence, Hard, Showing, Rollup],
        terms: Terms::No,
    },
    Word {
        keyword: "CRITICAL",
        syntax: "CRITICAL [FOR term [TO term]] [VIA type, …] [WHERE condition] [CONFIDENCE n] [HARD] [ROLLUP [label, …]]",
        doc: "Single points of failure, each with what it cuts off: of the whole, or among what a term needs; with TO \
              the fewest terms and the fewest relations that part the one from the other.",
        procedure: "trace.critical",
        operands: &[perhaps_one("FOR"), perhaps_one("TO")],
        options: NET,
        terms: Terms::Rows,
    },
    Word {
        keyword: "COMMON",
        syntax: "COMMON term, term, … [VIA type, …] [WHERE condition] [CONFIDENCE n] [HARD] [ROLLUP [label, …]]",
        doc: "What all of the terms need, the nearest first: those that no other shared need leads to are marked.",
        procedure: "trace.common",
        operands: &[SEVERAL],
        options: NET,
        terms: Terms::Rows,
    },
    Word {
        keyword: "DIFF",
        syntax: "DIFF term, term [VIA type, …] [WHERE condition] [CONFIDENCE n] [HARD] [ROLLUP [label, …]]",
        doc: "What one term needs and the other does not, both ways.",
        procedure: "trace.diff",
        operands: &[ONE, Operand { before: Before::Comma, ..ONE }],
        options: NET,
        terms: Terms::Rows,
    },
    Word {
        keyword: "FANIN",
        syntax: "FANIN [OF term, …] [VIA type, …] [WHERE condition] [CONFIDENCE n] [HARD] [ROLLUP [label, …]]",
        doc: "How many terms need each term, directly and in the end.",
        procedure: "trace.fanin",
        operands: &[perhaps("OF")],
        options: NET,
        terms: Terms::Rows,
    },
    Word {
        keyword: "FANOUT",
        syntax: "FANOUT [OF term, …] [VIA type, …] [WHERE condition] [CONFIDENCE n] [HARD] [ROLLUP [label, …]]",
        doc: "How many terms each term needs, directly and in the end.",
        procedure: "trace.fanout",
        operands: &[perhaps("OF")],
        options: NET,
        terms: Terms::Rows,
    },
    Word {
        keyword: "FIND",
        syntax: "FIND text",
        doc: "Terms by similar name and by words of their definition.",
        procedure: "trace.find",
        operands: &[ONE],
        options: &[],
        terms: Terms::Rows,
    },
];

/// Words that end a bare term somewhere: a term that has one is printed in quotes.
pub(crate) fn ends_a_term(word: &str) -> bool {
    const OTHERS: &[&str] = &["EXCEPT", "INTERSECT", "UNION", "RELATIONSHIP", "TO", "OF", "FOR", "THROUGH", "ADD"];
    let same = |other: &str| other.eq_ignore_ascii_case(word);
    let in_table = WORDS.iter().any(|row| {
        same(row.keyword) || row.options.iter().any(|option| option.keywords().first().is_some_and(|first| same(first)))
    });
    in_table || OTHERS.iter().any(|other| same(other)) || super::words::is_reserved(word)
}
