//! [`Need`]: what part of a graph a walking statement looks at, told from its text alone.

use std::collections::BTreeMap;

use crate::ast::{Expression, ExpressionKind, OptionKind, Start, TraceOption, Walk, WordStatement};
use crate::graph::Value;

/// The part of a graph that answers a statement as the whole would.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Need {
    /// Nothing of it but its names of labels and types.
    Schema,
    /// The terms of these names, and nothing around them.
    Names(Vec<String>),
    /// A term with its relations, and their other ends.
    Around(Vec<String>),
    /// What can be reached from the terms of these names.
    Reached {
        from: Vec<String>,
        along: Along,
        to: Goal,
    },
    /// Terms that fit a text.
    Search(String),
    /// All relations of the types that carry failures or order.
    Net,
    Whole,
}

/// Which way relations are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Along {
    Needs,
    Failures,
    /// Needs, and what only orders.
    Starts,
}

/// How far it is gone.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Goal {
    /// As far as it goes.
    End,
    /// No further than the nearest of these terms: only shortest chains are asked for, under no conditions.
    First(Vec<String>),
    /// As far as it goes, and what the terms of these names reach as well.
    AndFrom(Vec<String>),
}

/// What a walk needs; several where it is made of several.
pub(super) fn of(walk: &Walk, parameters: &BTreeMap<String, Value>) -> Vec<Need> {
    match walk {
        Walk::Word(word) => of_word(word, parameters).unwrap_or_else(|| vec![Need::Whole]),
        Walk::Set { left, right, .. } => [of(left, parameters), of(right, parameters)].concat(),
        Walk::Query(_) => vec![Need::Whole],
    }
}

/// `None`: the whole graph, since the terms are known only there, or conditions look further than the walk.
fn of_word(statement: &WordStatement, parameters: &BTreeMap<String, Value>) -> Option<Vec<Need>> {
    let is_wide = statement.options.iter().any(|option| match option {
        TraceOption::Rollup(_) => true,
        TraceOption::Where(condition) => looks_further(condition),
        _ => false,
    });
    if is_wide {
        return None;
    }
    let operand = |at: usize| names(statement.operands.get(at).map_or(&[], Vec::as_slice), parameters);
    let mut needs = vec![match statement.word.procedure {
        "trace.show" => Need::Around(operand(0)?),
        "trace.find" => Need::Search(operand(0)?.join(" ")),
        "trace.deps" | "trace.common" => reached(operand(0)?, Along::Needs),
        "trace.impact" => reached(operand(0)?, Along::Failures),
        "trace.diff" => reached([operand(0)?, operand(1)?].concat(), Along::Needs),
        "trace.why" => Need::Reached { from: operand(0)?, along: Along::Needs, to: goal(statement, operand(1)?) },
        "trace.order" => of_some(operand(0)?, Along::Starts),
        "trace.cycles" | "trace.fanout" => of_some(operand(0)?, Along::Needs),
        "trace.fanin" => of_some(operand(0)?, Along::Failures),
        "trace.critical" => match (operand(0)?, operand(1)?) {
            (from, to) if from.is_empty() || to.is_empty() => of_some(from, Along::Needs),
            (from, to) => Need::Reached { from, along: Along::Needs, to: Goal::AndFrom(to) },
        },
        _ => Need::Schema,
    }];
    for option in &statement.options {
        if let TraceOption::Avoiding(starts) = option {
            needs.push(Need::Names(names(starts, parameters)?));
        }
    }
    Some(needs)
}

fn reached(from: Vec<String>, along: Along) -> Need {
    Need::Reached { from, along, to: Goal::End }
}

/// A word that without terms asks about all of them.
fn of_some(from: Vec<String>, along: Along) -> Need {
    if from.is_empty() { Need::Net } else { reached(from, along) }
}

/// How far WHY must look: shortest chains without conditions lie within the distance of the goal.
fn goal(statement: &WordStatement, to: Vec<String>) -> Goal {
    let is_plain =
        statement.options.iter().all(|option| matches!(option.kind(), OptionKind::All | OptionKind::Showing));
    if is_plain { Goal::First(to) } else { Goal::AndFrom(to) }
}

/// The names that starts are given by; `None` if they are known only to the graph.
fn names(starts: &[Start], parameters: &BTreeMap<String, Value>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for start in starts {
        match start {
            Start::Term(term) => names.push(term.text.clone()),
            Start::Parameter(name) => match parameters.get(&name.text) {
                Some(Value::String(text)) => names.push(text.to_string()),
                Some(Value::List(items)) => {
                    let texts = items.iter().map(|item| item.as_str().map(str::to_string));
                    names.extend(texts.collect::<Option<Vec<_>>>()?);
                }
                _ => return None,
            },
            Start::Walk(_) => return None,
        }
    }
    Some(names)
}

/// Whether a condition asks about more than the hop that it is on.
fn looks_further(condition: &Expression) -> bool {
    condition.any(&mut |part| {
        matches!(
            part.kind,
            ExpressionKind::Pattern(_)
                | ExpressionKind::ShortestPath(_)
                | ExpressionKind::PatternComprehension { .. }
                | ExpressionKind::Exists(_)
                | ExpressionKind::Count(_)
                | ExpressionKind::Collect(_)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::StatementBody;
    use crate::parser::parse_statement;

    fn needs(statement: &str) -> Vec<Need> {
        let parameters = BTreeMap::from([("some".to_string(), Value::list(["a", "b"].map(Value::from)))]);
        match parse_statement(statement).unwrap().body {
            StatementBody::Walk(walk) => of(&walk, &parameters),
            other => panic!("{other:?}"),
        }
    }

    fn texts<const N: usize>(names: [&str; N]) -> Vec<String> {
        names.map(str::to_string).to_vec()
    }

    #[test]
    fn each_word_needs_what_it_looks_at() {
        assert_eq!(needs("SHOW nova"), [Need::Around(texts(["nova"]))]);
        assert_eq!(needs("DEPS $some"), [reached(texts(["a", "b"]), Along::Needs)]);
        assert_eq!(needs("IMPACT Block Storage"), [reached(texts(["Block Storage"]), Along::Failures)]);
        assert_eq!(needs("ORDER"), [Need::Net]);
        assert_eq!(needs("FIND router"), [Need::Search("router".into())]);
        assert_eq!(needs("SHOW RELATIONSHIP TYPES"), [Need::Schema]);
        assert_eq!(needs("DEPS a EXCEPT DEPS b").len(), 2);
    }

    #[test]
    fn shortest_chains_need_not_look_beyond_their_goal() {
        let why = |to| [Need::Reached { from: texts(["a"]), along: Along::Needs, to }];
        assert_eq!(needs("WHY a TO b ALL"), why(Goal::First(texts(["b"]))));
        assert_eq!(needs("WHY a TO b HARD"), why(Goal::AndFrom(texts(["b"]))));
        assert_eq!(needs("WHY a TO b EACH"), why(Goal::AndFrom(texts(["b"]))));
        let mut avoiding = why(Goal::AndFrom(texts(["b"]))).to_vec();
        avoiding.push(Need::Names(texts(["c"])));
        assert_eq!(needs("WHY a TO b AVOIDING c"), avoiding);
    }

    #[test]
    fn what_only_the_graph_knows_needs_all_of_it() {
        let wide = [
            "DEPS (MATCH (n) RETURN n)",
            "DEPS a WHERE EXISTS { (term)-->() }",
            "DEPS a WHERE exists((term)-->())",
            "DEPS a ROLLUP",
            "DEPS $unknown",
        ];
        wide.iter().for_each(|statement| assert_eq!(needs(statement), [Need::Whole], "{statement}"));
        assert_eq!(needs("DEPS a WHERE term.size > 3"), [reached(texts(["a"]), Along::Needs)]);
    }
}
