//! Laws about a whole reading query.

use kenning::engine::Stage;
use kenning::parser;

use super::answers::{Answer, ask, ask_with, broken, dump, same, same_answers};
use super::graphs::Sketch;
use super::queries::{Type, Writer};
use super::{Law, Verdict};
use crate::support::engine::Session;
use crate::support::random::Random;

pub const LAWS: &[Law] = &[
    Law { name: "print and parse", tried_on: print_and_parse },
    Law { name: "optimised", tried_on: optimised },
    Law { name: "insertion order", tried_on: insertion_order },
    Law { name: "explain", tried_on: explain },
    Law { name: "reading changes nothing", tried_on: reading_changes_nothing },
    Law { name: "distinct twice", tried_on: distinct_twice },
    Law { name: "count(*) counts rows", tried_on: count_star },
    Law { name: "reach", tried_on: reach },
];

fn case(random: &mut Random) -> (String, Sketch) {
    let text = Writer::new(random).query();
    (text, Sketch::random(random))
}

/// What is printed parses to the same tree, and says the same.
fn print_and_parse(random: &mut Random) -> Verdict {
    let (text, sketch) = case(random);
    let statement = match parser::parse_statement(&text) {
        Ok(statement) => statement,
        Err(errors) => return Verdict::Broken(format!("{text}\ndoes not parse: {errors:?}")),
    };
    let printed = statement.to_string();
    if parser::parse_statement(&printed).as_ref() != Ok(&statement) {
        return Verdict::Broken(format!("{text}\nis printed as\n{printed}"));
    }
    same_answers(&sketch, &text, &printed)
}

fn optimised(random: &mut Random) -> Verdict {
    let (text, sketch) = case(random);
    let mut session = Session::of(sketch.build());
    let answers = [ask_with(&mut session, &text, true), ask_with(&mut session, &text, false)];
    same(&sketch, [&text, "the same, not optimised"], answers)
}

fn insertion_order(random: &mut Random) -> Verdict {
    let (text, sketch) = case(random);
    let answers =
        [ask(&mut Session::of(sketch.build()), &text), ask(&mut Session::of(sketch.build_shuffled(random)), &text)];
    same(&sketch, [&text, "the same on the graph built in another order"], answers)
}

/// What runs can be explained, and its explanation says that nothing ran.
fn explain(random: &mut Random) -> Verdict {
    let (text, sketch) = case(random);
    let mut session = Session::of(sketch.build());
    let rows = match ask(&mut session, &text) {
        Answer::Rows(rows) => rows,
        Answer::Fails(errors) => return Verdict::FailsAlike(format!("{text}: {errors:?}")),
        Answer::Stopped => return Verdict::Skipped,
    };
    for stage in [Stage::Ast, Stage::Plan, Stage::Optimized] {
        if let Err(errors) = session.explain(&text, stage) {
            return broken(&sketch, &format!("{text}\nruns, but {stage:?}: {errors:?}"));
        }
    }
    match session.result_with(&format!("EXPLAIN {text}"), &super::answers::options(true)) {
        Ok(result) if result.rows.is_empty() && result.plan.is_some() => Verdict::Holds(rows.len()),
        other => broken(&sketch, &format!("EXPLAIN {text}\n{other:?}")),
    }
}

fn reading_changes_nothing(random: &mut Random) -> Verdict {
    let (text, sketch) = case(random);
    let mut session = Session::of(sketch.build());
    let (before, version) = (dump(&session.graph()), session.graph().version());
    let answer = ask(&mut session, &text);
    if dump(&session.graph()) != before || session.graph().version() != version {
        return broken(&sketch, &format!("{text}\nchanged the graph"));
    }
    match answer {
        Answer::Rows(rows) => Verdict::Holds(rows.len()),
        Answer::Fails(errors) => Verdict::FailsAlike(format!("{text}: {errors:?}")),
        Answer::Stopped => Verdict::Skipped,
    }
}

/// Clauses and expressions to return.
fn parts(random: &mut Random) -> (String, Vec<String>) {
    let mut writer = Writer::new(random);
    let clauses = writer.reading().join(" ");
    // No aggregates: they would make groups.
    let mut items: Vec<String> = writer.scope.iter().map(|(name, _)| name.clone()).collect();
    items.truncate(3);
    items.push(writer.mixed());
    (clauses, items)
}

fn aliased(items: &[String]) -> String {
    items.iter().enumerate().map(|(at, item)| format!("{item} AS c{at}")).collect::<Vec<_>>().join(", ")
}

/// DISTINCT gives each row once, however often and wherever it is asked for.
fn distinct_twice(random: &mut Random) -> Verdict {
    let (clauses, items) = parts(random);
    let sketch = Sketch::random(random);
    let items = aliased(&items);
    let plain = format!("{clauses} RETURN {items}");
    let distinct = format!("{clauses} RETURN DISTINCT {items}");
    let twice = format!("{clauses} WITH DISTINCT {items} RETURN DISTINCT *");
    let union = format!("{plain} UNION {plain}");
    let mut session = Session::of(sketch.build());
    let answer = ask(&mut session, &distinct);
    if let Answer::Rows(mut rows) = ask(&mut session, &plain) {
        rows.dedup();
        let verdict = same(&sketch, [&plain, &distinct], [Answer::Rows(rows), answer.clone()]);
        if matches!(verdict, Verdict::Broken(_)) {
            return verdict;
        }
    }
    let other = *random.pick(&[&twice, &union]);
    let answers = [answer, ask(&mut session, other)];
    same(&sketch, [&distinct, other], answers)
}

fn count_star(random: &mut Random) -> Verdict {
    let (clauses, items) = parts(random);
    let sketch = Sketch::random(random);
    let rows = format!("{clauses} RETURN {}", aliased(&items));
    let count = format!("{clauses} RETURN count(*)");
    let mut session = Session::of(sketch.build());
    match (ask(&mut session, &rows), ask(&mut session, &count)) {
        (Answer::Rows(rows), Answer::Rows(count)) if count == [format!("Integer({})", rows.len())] => {
            Verdict::Holds(rows.len())
        }
        (one, two) => same(&sketch, [&rows, &count], [one, two]),
    }
}

/// Where only distinct ends matter, visiting each node once gives what listing all trails gives.
fn reach(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let (start, end) = (writer.node(), writer.node());
    writer.scope = vec![(start.variable.clone(), Type::Node), (end.variable.clone(), Type::Node)];
    let kinds = writer.kinds();
    let length = *writer.random.pick(&["*", "*0..", "*1..3", "*0..2", "*..2", "*2..3", "*2.."]);
    let (left, right) = *writer.random.pick(&[("-", "->"), ("<-", "-"), ("-", "-")]);
    let undirected = (left, right) == ("-", "-");
    let length = if undirected { *writer.random.pick(&["*1..3", "*..2", "*0..3", "*..4", "*2..3"]) } else { length };
    let second = if writer.random.one_in(3) { ", (x)-->(y)" } else { "" };
    let condition = if writer.random.one_in(3) { format!(" WHERE {}", writer.condition(1)) } else { String::new() };
    let (a, b) = (&start.variable, &end.variable);
    let returned = match writer.random.below(10) {
        6 => format!("RETURN {a}, {b}, min(length(p)) AS m"),
        7 => format!("RETURN min(length(p)) AS m, count(DISTINCT {b}) AS n"),
        8 => format!("RETURN {b}, min(size(r)) AS m"),
        0 => format!("RETURN count(DISTINCT {b}) AS n"),
        1 => format!("RETURN DISTINCT {b}"),
        2 => format!("RETURN DISTINCT {a}, {b}"),
        3 => format!("RETURN {a}, count(DISTINCT {b}) AS n, max({b}.v) AS m"),
        4 => format!("WITH DISTINCT {b} MATCH ({b})-->(c) RETURN {b}, c"),
        5 => format!("RETURN {a}.n AS n, count(DISTINCT {b}.v) AS m"),
        _ => format!("WITH {a}, {b} WHERE EXISTS {{ ({b})-[*0..]->({a}) }} RETURN DISTINCT {b}"),
    };
    let named = if returned.contains("(r)") { "r" } else { "" };
    let path = format!("{}{left}[{named}{kinds}{length}]{right}{}", start.inline(), end.inline());
    let text = format!("MATCH p = {path}{second}{condition} {returned}");
    let sketch = Sketch::random(random);
    let mut session = Session::of(sketch.build());
    let answers = [ask_with(&mut session, &text, true), ask_with(&mut session, &text, false)];
    same(&sketch, [&text, "the same, not optimised"], answers)
}
