//! Random walking statements, declarations and suppositions.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::{place, value};
use crate::ast::*;
use crate::graph::{Effect, FailureDirection};

fn term() -> impl Strategy<Value = Name> {
    prop_oneof!["\\PC{0,6}", "[a-zA-Z0-9 .+/#-]{0,9}", "(to|via|all|depth|of|up|add|match|a| ){1,4}"]
        .prop_map(|text| Name::new(text, place()))
}

fn start() -> impl Strategy<Value = Start> {
    prop_oneof![
        6 => term().prop_map(Start::Term),
        1 => "[a-z]{1,3}".prop_map(|name| Start::Parameter(Name::new(name, place()))),
        1 => term().prop_map(|t| Start::Walk(Box::new(deps(t)))),
    ]
}

fn deps(term: Name) -> Walk {
    let word = WORDS.iter().find(|word| word.keyword == "DEPS").expect("a row of the table");
    Walk::Word(WordStatement { word, operands: vec![vec![Start::Term(term)]], options: vec![] })
}

fn option(kind: OptionKind) -> BoxedStrategy<TraceOption> {
    let names = || vec(term(), 1..3);
    match kind {
        OptionKind::Depth => any::<u32>().prop_map(|n| TraceOption::Depth(n.into())).boxed(),
        OptionKind::UpTo => any::<u32>().prop_map(|n| TraceOption::UpTo(n.into())).boxed(),
        OptionKind::All => Just(TraceOption::All).boxed(),
        OptionKind::Ranked => Just(TraceOption::Ranked).boxed(),
        OptionKind::Via => names().prop_map(TraceOption::Via).boxed(),
        OptionKind::Only => names().prop_map(TraceOption::Only).boxed(),
        OptionKind::Hiding => names().prop_map(TraceOption::Hiding).boxed(),
        OptionKind::Avoiding => vec(start(), 1..3).prop_map(TraceOption::Avoiding).boxed(),
        OptionKind::Confidence => (0..=100_u8).prop_map(|n| TraceOption::Confidence(f64::from(n) / 100.0)).boxed(),
        OptionKind::Hard => Just(TraceOption::Hard).boxed(),
        OptionKind::Each => Just(TraceOption::Each).boxed(),
        OptionKind::Showing => names().prop_map(TraceOption::Showing).boxed(),
        OptionKind::Rollup => vec(term(), 0..3).prop_map(TraceOption::Rollup).boxed(),
        OptionKind::Where => value().prop_map(TraceOption::Where).boxed(),
    }
}

/// A word with operands and options as its row of the table allows.
fn word() -> impl Strategy<Value = Walk> {
    select(WORDS.iter().collect::<Vec<_>>()).prop_flat_map(|word| {
        let operands: Vec<_> = word
            .operands
            .iter()
            .map(|operand| match (word.keyword, operand.optional, operand.several) {
                ("FIND", ..) => vec(term().prop_map(Start::Term), 1..2).boxed(),
                ("COMMON", ..) => vec(start(), 2..4).boxed(),
                (_, optional, several) => vec(start(), usize::from(!optional)..if several { 4 } else { 2 }).boxed(),
            })
            .collect();
        let options: Vec<_> = word.options.iter().map(|kind| of(option(*kind))).collect();
        (operands, options).prop_map(move |(mut operands, options)| {
            // What follows an operand that was left out is left out too.
            let open = operands.iter().position(Vec::is_empty).unwrap_or(operands.len());
            operands.iter_mut().skip(open).for_each(Vec::clear);
            Walk::Word(WordStatement { word, operands, options: options.into_iter().flatten().collect() })
        })
    })
}

pub(super) fn walk() -> impl Strategy<Value = Walk> {
    let operator = select(vec![SetOperator::Union, SetOperator::Except, SetOperator::Intersect]);
    prop_oneof![
        5 => word(),
        1 => (term(), operator, term()).prop_map(|(left, operator, right)| Walk::Set {
            left: Box::new(deps(left)),
            operator,
            right: Box::new(deps(right)),
        }),
    ]
}

pub(super) fn declaration() -> impl Strategy<Value = Declaration> {
    let name = || "[A-Z ]{1,5}".prop_map(|text| Name::new(text, place()));
    let names = move || vec(name(), 1..3);
    let part = prop_oneof![
        "\\PC{0,5}".prop_map(Meaning::Named),
        (name(), of("\\PC{0,5}")).prop_map(|(name, phrase)| Meaning::Inverse { name, phrase }),
        select(vec![FailureDirection::Along, FailureDirection::Against, FailureDirection::None])
            .prop_map(Meaning::Failure),
        select(vec![FailureDirection::Along, FailureDirection::Against, FailureDirection::None])
            .prop_map(Meaning::Orders),
        select(vec![Effect::Fails, Effect::Degrades]).prop_map(Meaning::Effect),
        Just(Meaning::Symmetric),
        Just(Meaning::Transitive),
        names().prop_map(Meaning::KindOf),
        "\\PC{0,5}".prop_map(Meaning::Described),
    ];
    prop_oneof![
        (any::<bool>(), names(), of(part)).prop_map(|(replace, types, part)| Declaration::Create {
            replace,
            types,
            parts: part.into_iter().collect(),
        }),
        names().prop_map(|types| Declaration::Drop { types }),
        (any::<bool>(), names(), names()).prop_map(|(replace, labels, named_by)| Declaration::CreateLabel {
            replace,
            labels,
            named_by
        }),
        names().prop_map(|labels| Declaration::DropLabel { labels }),
    ]
}

pub(super) fn correction() -> impl Strategy<Value = Correction> {
    let relation = || {
        let name = of("[A-Z]{1,3}".prop_map(|text| Name::new(text, place())));
        (start(), name, start()).prop_map(|(start, relation_type, end)| Relation { start, relation_type, end })
    };
    let ruling = prop_oneof![
        relation().prop_map(Ruling::Reject),
        relation().prop_map(Ruling::Accept),
        (start(), start()).prop_map(|(term, to)| Ruling::Rename { term, to }),
        (start(), start()).prop_map(|(term, into)| Ruling::Merge { term, into }),
        (start(), start()).prop_map(|(name, from)| Ruling::Split { name, from }),
    ];
    let text = || of("\\PC{0,5}");
    (any::<bool>(), ruling, text(), text(), text()).prop_map(|(drops, ruling, by, on, because)| Correction {
        drops,
        ruling,
        by,
        on,
        because,
    })
}

pub(super) fn what_if() -> impl Strategy<Value = WhatIf> {
    let relation = || {
        let name = of("[A-Z]{1,3}".prop_map(|text| Name::new(text, place())));
        (start(), name, start()).prop_map(|(start, relation_type, end)| Relation { start, relation_type, end })
    };
    let supposition = prop_oneof![
        start().prop_map(Supposition::Remove),
        relation().prop_map(Supposition::RemoveRelation),
        relation().prop_map(Supposition::Add),
    ];
    let body = walk().prop_map(|walk| Box::new(StatementBody::Walk(walk)));
    (vec(supposition, 1..4), body).prop_map(|(suppositions, body)| WhatIf { suppositions, body })
}
