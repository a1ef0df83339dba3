//! The clauses that change the graph: CREATE, MERGE, SET, REMOVE and DELETE.

use nom::Parser;
use nom::combinator::cut;
use nom::multi::{many0, separated_list1};
use nom::sequence::preceded;

use crate::ast::{
    ClauseKind, Delete, Expression, ExpressionKind, LabelExpression, LabelItem, Merge, MergeAction, MergeEvent, Name,
    RemoveItem, SetItem,
};
use crate::diagnostic::{Detail, Diagnostic, Span};
use crate::parser::expression::{expression, postfix};
use crate::parser::input::{Parsed, Problem, Tokens, keyword, report, symbol};
use crate::parser::lexer::Symbol;
use crate::parser::path::path_pattern;
use crate::parser::pattern::patterns;

pub(super) fn create(input: Tokens) -> Parsed<ClauseKind> {
    cut(patterns).map(ClauseKind::Create).parse(input.skip(1))
}

pub(super) fn merge(input: Tokens) -> Parsed<ClauseKind> {
    let (rest, pattern) = cut(path_pattern).parse(input.skip(1))?;
    let (rest, actions) = many0(preceded(keyword("ON"), cut(merge_action))).parse(rest)?;
    Ok((rest, ClauseKind::Merge(Merge { pattern, actions })))
}

/// `CREATE SET …` or `MATCH SET …`, from behind ON on.
fn merge_action(input: Tokens) -> Parsed<MergeAction> {
    let on = match input.is_word(0, "CREATE") {
        true => MergeEvent::Create,
        false => {
            input.expect("CREATE");
            keyword("MATCH")(input).map(|_| MergeEvent::Match)?
        }
    };
    let (rest, items) = preceded(keyword("SET"), set_items).parse(input.skip(1))?;
    Ok((rest, MergeAction { on, items }))
}

pub(super) fn set(input: Tokens) -> Parsed<ClauseKind> {
    cut(set_items).map(ClauseKind::Set).parse(input.skip(1))
}

fn set_items(input: Tokens) -> Parsed<Vec<SetItem>> {
    separated_list1(symbol(Symbol::Comma), set_item).parse(input)
}

fn set_item(input: Tokens) -> Parsed<SetItem> {
    let (rest, target) = postfix(input)?;
    match (target.kind, rest.is_symbol(0, Symbol::Equal), rest.is_symbol(0, Symbol::PlusEqual)) {
        (ExpressionKind::Property { base, key }, true, _) => {
            value(rest).map(|(rest, value)| (rest, SetItem::Property { entity: *base, key, value }))
        }
        (ExpressionKind::Index { base, index }, true, _) => {
            value(rest).map(|(rest, value)| (rest, SetItem::DynamicProperty { entity: *base, key: *index, value }))
        }
        (ExpressionKind::Variable(text), true, _) => {
            let variable = Name::new(text, target.span);
            value(rest).map(|(rest, value)| (rest, SetItem::Replace { variable, value }))
        }
        (ExpressionKind::Variable(text), _, true) => {
            let variable = Name::new(text, target.span);
            value(rest).map(|(rest, value)| (rest, SetItem::Merge { variable, value }))
        }
        (ExpressionKind::HasLabels { operand, labels }, ..) => {
            let variable = labelled(input, *operand)?;
            let labels = label_items(labels, target.span)?;
            Ok((rest, SetItem::Labels { variable, labels }))
        }
        (ExpressionKind::Variable(_), ..) => {
            rest.expect("'+='");
            rest.fail("'='")
        }
        (ExpressionKind::Property { .. } | ExpressionKind::Index { .. }, ..) => rest.fail("'='"),
        _ => input.fail("a property, or a variable with labels"),
    }
}

/// What is assigned, from the assignment sign on.
fn value(input: Tokens) -> Parsed<Expression> {
    cut(expression).parse(input.skip(1))
}

/// Labels are set on and removed from variables only.
fn labelled<'t>(input: Tokens<'t>, operand: Expression) -> Result<Name, nom::Err<Problem>> {
    match operand.kind {
        ExpressionKind::Variable(text) => Ok(Name::new(text, operand.span)),
        _ => input.fail("a variable").map(|(_, never)| never),
    }
}

/// Only labels that are all meant can be set and removed: no alternatives, no negation.
fn label_items(labels: LabelExpression, span: Span) -> Result<Vec<LabelItem>, nom::Err<Problem>> {
    match labels {
        LabelExpression::And(labels) => {
            let items: Result<Vec<_>, _> = labels.into_iter().map(|label| label_items(label, span)).collect();
            items.map(|items| items.into_iter().flatten().collect())
        }
        LabelExpression::Name(name) => Ok(vec![LabelItem::Name(name)]),
        LabelExpression::Dynamic { any: false, names } => Ok(vec![LabelItem::Dynamic(*names)]),
        LabelExpression::Dynamic { any: true, .. }
        | LabelExpression::Any
        | LabelExpression::Not(_)
        | LabelExpression::Or(_) => {
            let message = "labels are set and removed one by one";
            let diagnostic = Diagnostic::syntax(Detail::UnexpectedSyntax, span, message).help("write n:A:B");
            report(diagnostic).map(|(_, never)| never)
        }
    }
}

pub(super) fn remove(input: Tokens) -> Parsed<ClauseKind> {
    cut(separated_list1(symbol(Symbol::Comma), remove_item)).map(ClauseKind::Remove).parse(input.skip(1))
}

fn remove_item(input: Tokens) -> Parsed<RemoveItem> {
    let (rest, target) = postfix(input)?;
    match target.kind {
        ExpressionKind::Property { base, key } => Ok((rest, RemoveItem::Property { entity: *base, key })),
        ExpressionKind::Index { base, index } => Ok((rest, RemoveItem::DynamicProperty { entity: *base, key: *index })),
        ExpressionKind::HasLabels { operand, labels } => {
            let variable = labelled(input, *operand)?;
            let labels = label_items(labels, target.span)?;
            Ok((rest, RemoveItem::Labels { variable, labels }))
        }
        _ => rest.fail("'.key' or ':Label'"),
    }
}

pub(super) fn delete(input: Tokens) -> Parsed<ClauseKind> {
    expressions(input, false)
}

pub(super) fn detach(input: Tokens) -> Parsed<ClauseKind> {
    let (_, _) = cut(keyword("DELETE")).parse(input.skip(1))?;
    expressions(input.skip(1), true)
}

pub(super) fn nodetach(input: Tokens) -> Parsed<ClauseKind> {
    let (_, _) = cut(keyword("DELETE")).parse(input.skip(1))?;
    expressions(input.skip(1), false)
}

fn expressions(input: Tokens, detach: bool) -> Parsed<ClauseKind> {
    let (rest, expressions) = cut(separated_list1(symbol(Symbol::Comma), expression)).parse(input.skip(1))?;
    Ok((rest, ClauseKind::Delete(Delete { detach, expressions })))
}
