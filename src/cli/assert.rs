//! `kenning assert`: claims about a graph, for pipelines. Each that does not hold is shown with what breaks it.

mod claim;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::arguments::AssertArguments;
use super::reports::junit::{self, Case, CaseResult, Reason};
use super::reports::sarif::{self, Found, Place};
use super::tell;
use crate::database::Options;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{
    Entity, FailureDirection, Graph, GraphView, NOT_FOLLOWED, RelationSemantics, RelationshipId, Value,
};
use crate::render::{self, Style, clean, count};
use crate::result::{QueryResult, Shape};
use crate::session::{Failure, Output, Session, read_text};
use crate::storage;
use claim::Claim;

/// What became of a claim.
struct Outcome {
    claim: String,
    verdict: Verdict,
}

enum Verdict {
    Holds,
    /// It does not hold: what shows that, and where that is stated.
    Broken {
        reason: String,
        places: Vec<Place>,
    },
    /// It could not be checked.
    Wrong(String),
}

pub(super) fn run(arguments: &AssertArguments) -> Result<(), Failure> {
    let claims = match claims(arguments) {
        Ok(claims) => claims,
        Err(error) => return tell(&error),
    };
    let mut session = open(arguments)?;
    if claims.is_empty() {
        let error =
            Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, "there is no claim to check");
        return tell(&error.help("a claim is `NO CYCLES` or `a NOT NEEDS b`, one a line in a file of claims"));
    }
    if let Some(first) = session.broken.first() {
        let message = format!("{first} could not be read: what it would say may break a claim");
        let error = Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message);
        return tell(&error.help("mend the file, or name only what is to be checked"));
    }
    let outcomes: Vec<Outcome> = claims.into_iter().map(|claim| check(&mut session, claim)).collect();
    let mut out = io::BufWriter::new(io::stdout().lock());
    report(&mut out, &outcomes)?;
    out.flush()?;
    let graph = arguments.graph.as_str();
    let files = [(&arguments.junit, junit_page(graph, &outcomes)), (&arguments.sarif, sarif_page(graph, &outcomes))];
    for (path, page) in files {
        if let Some(path) = path
            && let Err(error) = storage::write_atomically(path, |out| out.write_all(page.as_bytes()))
        {
            return tell(&error);
        }
    }
    match outcomes.iter().all(|outcome| matches!(outcome.verdict, Verdict::Holds)) {
        true => Ok(()),
        false => Err(Failure::Failed),
    }
}

/// The claims of the command line, then those of the files, one a line.
fn claims(arguments: &AssertArguments) -> Result<Vec<String>, Diagnostic> {
    let mut claims = arguments.claims.clone();
    for path in &arguments.files {
        let text = read_text(path)?;
        let lines = text.lines().map(str::trim);
        claims.extend(lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '/'])).map(str::to_string));
    }
    Ok(claims)
}

/// The graph, which nothing may change.
fn open(arguments: &AssertArguments) -> Result<Session, Failure> {
    let mut session = Session::new(Graph::new(), "");
    session.limits.time = arguments.timeout;
    session.access = Options { read_only: true, ..Options::default() };
    let mut output = Output { out: &mut io::sink(), err: &mut io::stderr(), err_colour: false };
    session.open(std::slice::from_ref(&arguments.graph), &mut output)?;
    Ok(session)
}

fn check(session: &mut Session, text: String) -> Outcome {
    let claim = match Claim::read(&text) {
        Ok(claim) => claim,
        Err(error) => return Outcome { verdict: Verdict::Wrong(error.draw(&text, false)), claim: text },
    };
    let verdict = match session.run(&claim.statement, &BTreeMap::new()) {
        Err(errors) => {
            let drawn = errors.iter().map(|error| error.draw(&claim.statement, false));
            Verdict::Wrong(drawn.collect::<Vec<_>>().join("\n"))
        }
        Ok((result, _)) if render::changes(&result.changes).is_some() || result.columns.is_empty() => Verdict::Wrong(
            "a claim is about what a statement finds: this one finds nothing and may change something".into(),
        ),
        Ok((result, _)) if (found(&result) > 0) == claim.finds => match unfollowed(session, &claim, &result) {
            None => Verdict::Holds,
            Some(reason) => Verdict::Wrong(reason),
        },
        Ok((result, _)) => Verdict::Broken { reason: reason(&result), places: places(&result) },
    };
    Outcome { claim: text, verdict }
}

/// Why a claim that something is not there may fail all the same: because of types that were not followed, since
/// nothing says what they mean. Whether it depends on them, the same statement tells if they are followed both ways.
fn unfollowed(session: &Session, claim: &Claim, result: &QueryResult) -> Option<String> {
    if claim.finds || !result.notes.iter().any(|note| note.starts_with(NOT_FOLLOWED)) {
        return None;
    }
    let mut graph = Graph::clone(&session.graph());
    let types: Vec<String> = {
        let view = GraphView::needs(&graph, None);
        view.undeclared().iter().map(|kind| graph.type_name(*kind).to_string()).collect()
    };
    for name in &types {
        let failure = FailureDirection::Against;
        graph.declare(RelationSemantics { failure, symmetric: true, ..RelationSemantics::new(name) });
    }
    graph.commit();
    let mut supposing = Session::new(graph, "");
    supposing.limits = session.limits.clone();
    let holds = supposing.run(&claim.statement, &BTreeMap::new()).is_ok_and(|(result, _)| found(&result) == 0);
    if holds {
        return None;
    }
    let (names, first) = (types.join(", "), types.first()?);
    Some(format!(
        "it may not hold: {names} was not followed, since nothing says whether that is a need\n\
         help: declare it in the graph (CREATE RELATIONSHIP TYPE {first} FAILURE AGAINST, or FAILURE NONE), or name \
         with VIA the types that count"
    ))
}

/// How many rows the answer has; where a tree starts is not found.
fn found(result: &QueryResult) -> usize {
    let depth = result.columns.iter().position(|column| column == "depth").filter(|_| result.shape == Shape::Tree);
    let is_found = |row: &&Vec<Value>| depth.is_none_or(|at| row[at].as_integer() > Some(0));
    result.rows.iter().filter(is_found).count()
}

/// The answer that breaks a claim, or why there is none.
fn reason(result: &QueryResult) -> String {
    /// More rows than these are counted.
    const SHOWN: usize = 40;
    let mut shown = result.clone();
    let left = result.rows.len().saturating_sub(SHOWN);
    if left > 0 {
        shown.rows = result.rows.up_to(SHOWN);
    }
    let mut drawn = Vec::new();
    if found(result) > 0 && (render::by_shape(result.shape).write)(&shown, &Style::default(), &mut drawn).is_err() {
        drawn.clear();
    }
    let mut lines: Vec<String> = String::from_utf8_lossy(&drawn).lines().map(str::to_string).collect();
    if left > 0 {
        lines.push(format!("… {} more", count(left, "row")));
    }
    lines.extend(result.notes.iter().map(|note| clean(note).into_owned()));
    lines.join("\n")
}

/// Where the relations of an answer are stated.
fn places(result: &QueryResult) -> Vec<Place> {
    let mut places = Vec::new();
    for value in result.rows.iter().flatten() {
        if let Value::Relationship(id) = value {
            places.extend(place(result, *id));
        }
    }
    places
}

fn place(result: &QueryResult, id: RelationshipId) -> Option<Place> {
    let property = |key: &str| result.entities.named_property(Entity::Relationship(id), key);
    let file = property("file").as_str()?.to_string();
    let line = property("line").as_integer().and_then(|line| u64::try_from(line).ok()).filter(|line| *line > 0);
    let says = property("evidence").as_str().map_or_else(|| file.clone(), str::to_string);
    Some(Place { file, line, says })
}

fn report(out: &mut dyn Write, outcomes: &[Outcome]) -> io::Result<()> {
    let mut broken = 0;
    for Outcome { claim, verdict } in outcomes {
        let (mark, reason) = match verdict {
            Verdict::Holds => ("ok", ""),
            Verdict::Broken { reason, .. } => ("BROKEN", reason.as_str()),
            Verdict::Wrong(error) => ("ERROR", error.as_str()),
        };
        broken += usize::from(!matches!(verdict, Verdict::Holds));
        writeln!(out, "{mark:6} {}", clean(claim))?;
        for line in reason.lines() {
            writeln!(out, "{}", format!("       {line}").trim_end())?;
        }
    }
    writeln!(out, "{}, {broken} broken", count(outcomes.len(), "claim"))
}

/// A test case a claim.
fn junit_page(graph: &str, outcomes: &[Outcome]) -> String {
    let case = |Outcome { claim, verdict }: &Outcome| {
        let result = match verdict {
            Verdict::Holds => CaseResult::Passed(String::new()),
            Verdict::Broken { reason, .. } => {
                CaseResult::Failed(Reason { message: format!("broken: {claim}"), text: reason.clone() })
            }
            Verdict::Wrong(error) => {
                CaseResult::Error(Reason { message: format!("not checked: {claim}"), text: error.clone() })
            }
        };
        Case { name: claim.clone(), result }
    };
    junit::page(graph, &outcomes.iter().map(case).collect::<Vec<_>>())
}

/// A rule a claim, a result for each that does not hold, at the place where a file states the first relation that
/// breaks it.
fn sarif_page(graph: &str, outcomes: &[Outcome]) -> String {
    let rule = |(at, outcome): (usize, &Outcome)| sarif::Rule {
        id: format!("claim-{}", at + 1),
        says: outcome.claim.clone(),
        level: "error",
        help: None,
    };
    let rules: Vec<sarif::Rule> = outcomes.iter().enumerate().map(rule).collect();
    let found = |(rule, Outcome { claim, verdict }): (usize, &Outcome)| {
        let (reason, places): (&str, &[Place]) = match verdict {
            Verdict::Holds => return None,
            Verdict::Broken { reason, places } => (reason, places),
            Verdict::Wrong(error) => (error, &[]),
        };
        let whole = Place { file: graph.to_string(), line: None, says: claim.clone() };
        let (message, place) = (format!("{claim}\n{reason}"), places.first().unwrap_or(&whole).clone());
        Some(Found { rule, level: "error", message, place, related: places.to_vec() })
    };
    sarif::page(&rules, &outcomes.iter().enumerate().filter_map(found).collect::<Vec<_>>())
}
