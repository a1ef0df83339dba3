//! In which formats answers are written: those of the Query API, and those of the tables of renderers and exporters.

use axum::http::HeaderMap;

use super::form::push;
use super::negotiate;
use super::problem::Problem;
use crate::diagnostic::Diagnostic;
use crate::export::{EXPORTERS, Error, Exporter, Subgraph};
use crate::graph::Graph;
use crate::limits::Budget;
use crate::render::{self, RENDERERS, Renderer, Style, clean};
use crate::result::{QueryResult, Shape};
use crate::server::Host;

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct QueryFormat {
    pub(super) media: &'static str,
    /// Whether each value says its type.
    pub(super) typed: bool,
    /// Whether each row is a line of its own.
    pub(super) lines: bool,
}

const fn format(media: &'static str, typed: bool, lines: bool) -> QueryFormat {
    QueryFormat { media, typed, lines }
}

/// The formats of the Query API, the usual one first.
pub(super) const QUERY_FORMATS: &[QueryFormat] = &[
    format("application/json", false, false),
    format("application/jsonl", false, true),
    format("application/vnd.neo4j.query", true, false),
    format("application/vnd.neo4j.query.v1.0", true, false),
    format("application/vnd.neo4j.query.v1.1", true, false),
    format("application/vnd.neo4j.query+jsonl", true, true),
    format("application/vnd.neo4j.query.v1.0+jsonl", true, true),
    format("application/vnd.neo4j.query.v1.1+jsonl", true, true),
];

/// Finds a format of the Query API by its media type, whatever parameters follow it.
pub(super) fn query_format(media: &str) -> Option<&'static QueryFormat> {
    let media = media.split(';').next().unwrap_or_default().trim();
    QUERY_FORMATS.iter().find(|format| format.media.eq_ignore_ascii_case(media))
}

/// The format that a client of the Query API accepts.
pub(super) fn accepted_query_format(headers: &HeaderMap) -> Result<&'static QueryFormat, Problem> {
    let offered: Vec<&str> = QUERY_FORMATS.iter().map(|format| format.media).collect();
    negotiate::best(headers, &offered).map(|at| &QUERY_FORMATS[at]).ok_or_else(|| not_acceptable(&offered))
}

/// How a whole answer is written.
#[derive(Clone, Copy)]
pub(super) enum Format {
    /// For people, as fits the answer best.
    Text,
    Rows(&'static Renderer),
    Graph(&'static Exporter),
    /// What the page draws.
    Picture,
}

/// The names of all formats.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    RENDERERS.iter().map(|renderer| renderer.name).chain(EXPORTERS.iter().map(|exporter| exporter.name))
}

/// The media types of all formats, each once.
pub(super) fn media_types() -> Vec<&'static str> {
    let mut all: Vec<&str> = vec!["application/json", "text/plain"];
    let rows = RENDERERS.iter().map(|renderer| renderer.media);
    for media in rows.chain(EXPORTERS.iter().map(|exporter| exporter.media)) {
        if !all.contains(&media) {
            all.push(media);
        }
    }
    all
}

/// The format that is named, else the one that the client accepts.
pub(super) fn chosen(name: Option<&str>, headers: &HeaderMap) -> Result<Format, Problem> {
    if let Some(name) = name {
        let renderer = render::find(name).map(Format::Rows);
        return renderer.or_else(|| crate::export::find(name).map(Format::Graph)).ok_or_else(|| {
            let problem = Problem::bad_request(format!("there is no format `{name}`"));
            problem.help(format!("one of {}", names().collect::<Vec<_>>().join(", ")))
        });
    }
    let offered = media_types();
    let media = negotiate::best(headers, &offered).map(|at| offered[at]).ok_or_else(|| not_acceptable(&offered))?;
    let renderer = RENDERERS.iter().find(|renderer| renderer.media == media);
    let exporter = EXPORTERS.iter().find(|exporter| exporter.media == media);
    Ok(match (renderer, exporter) {
        _ if media == "text/plain" => Format::Text,
        (Some(renderer), _) => Format::Rows(renderer),
        (None, Some(exporter)) => Format::Graph(exporter),
        (None, None) => Format::Text,
    })
}

fn not_acceptable(offered: &[&str]) -> Problem {
    let status = axum::http::StatusCode::NOT_ACCEPTABLE;
    let problem = Problem::new(status, "Neo.ClientError.Request.Invalid", "no format that the client accepts is known");
    problem.help(format!("one of {}", offered.join(", ")))
}

impl Format {
    pub(super) fn media(self) -> &'static str {
        match self {
            Format::Text => "text/plain",
            Format::Rows(renderer) => renderer.media,
            Format::Graph(exporter) => exporter.media,
            Format::Picture => "application/json",
        }
    }

    /// Whether people read it, so that what is to be said about the rows stands among them.
    fn is_for_people(self) -> bool {
        match self {
            Format::Text => true,
            Format::Rows(renderer) => !renderer.machine,
            Format::Graph(_) | Format::Picture => false,
        }
    }

    /// Writes an answer. Gives back what is left out, a sentence each.
    pub(super) fn write(
        self,
        host: &Host,
        mut result: QueryResult,
        budget: &Budget,
        out: &mut Vec<u8>,
    ) -> Result<Vec<String>, Diagnostic> {
        let graph = host.database.snapshot();
        name_apart(host, &graph, &mut result, budget)?;
        let renderer = match self {
            Format::Text => render::by_shape(result.shape),
            Format::Rows(renderer) => renderer,
            Format::Graph(exporter) => return draw(exporter, &subgraph(&result, budget)?, budget, out),
            Format::Picture => return picture(&subgraph(&result, budget)?, budget, out),
        };
        let nothing = result.rows.is_empty() && result.shape != Shape::Table;
        match &result.plan {
            Some(plan) if self.is_for_people() => out.extend_from_slice(plan.as_bytes()),
            // A tree of nothing is no line at all: what was searched says it.
            _ if self.is_for_people() && nothing => {}
            _ => (renderer.write)(&result, &Style::default(), out).map_err(|error| failed(&error))?,
        }
        if self.is_for_people() {
            said(&result).iter().for_each(|line| out.extend_from_slice(format!("{line}\n").as_bytes()));
        }
        Ok(Vec::new())
    }
}

/// What is drawn of an answer. That nothing was found is no fault of the statement, as it is if it returns no nodes.
fn subgraph(result: &QueryResult, budget: &Budget) -> Result<Subgraph, Diagnostic> {
    Subgraph::of(result, budget).map_err(|error| match result.rows.is_empty() && !result.notes.is_empty() {
        true => {
            let message = format!("there is nothing to draw: {}", result.notes.join("; "));
            Diagnostic::runtime(error.kind, error.detail, message).help("format=tree says it in words")
        }
        false => error,
    })
}

/// What the shell says below the rows: what was searched and found, and what has changed.
fn said(result: &QueryResult) -> Vec<String> {
    let mut lines: Vec<String> = result.notes.iter().map(|note| clean(note).into_owned()).collect();
    lines.extend(render::changes(&result.changes));
    let is_silent = lines.is_empty() && result.rows.is_empty() && result.plan.is_none();
    match (is_silent, result.columns.is_empty()) {
        (true, true) => lines.push("no changes".into()),
        (true, false) => lines.push("nothing found".into()),
        (false, _) => {}
    }
    lines
}

/// Writes a picture, or another file of a graph. Gives back what is left out.
pub(super) fn draw(
    exporter: &Exporter,
    subgraph: &Subgraph,
    budget: &Budget,
    out: &mut Vec<u8>,
) -> Result<Vec<String>, Diagnostic> {
    let mut left_out = exporter.left_out(subgraph);
    match exporter.write(subgraph, budget, out) {
        Ok(more) => left_out.extend(more),
        Err(Error::Refused(error)) => return Err(error),
        Err(Error::Io(error)) => return Err(failed(&error)),
    }
    Ok(left_out)
}

/// Writes what the page's script draws. Gives back what is left out.
fn picture(subgraph: &Subgraph, budget: &Budget, out: &mut Vec<u8>) -> Result<Vec<String>, Diagnostic> {
    crate::export::find("html").expect("a row of the table").admits(subgraph)?;
    push(out, &crate::export::picture_data(subgraph, budget)?);
    Ok(subgraph.left_out().to_vec())
}

fn failed(error: &std::io::Error) -> Diagnostic {
    let (kind, detail) = (crate::diagnostic::Kind::IoError, crate::diagnostic::Detail::DeviceFailure);
    Diagnostic::runtime(kind, detail, format!("the answer was not written: {error}"))
}

/// Calls nodes of one name by what tells them apart.
fn name_apart(host: &Host, graph: &Graph, result: &mut QueryResult, budget: &Budget) -> Result<(), Diagnostic> {
    let nodes = result.nodes(budget)?;
    let spelling = |node| host.database.engine().spelling(graph, node);
    result.entities = std::mem::take(&mut result.entities).told_apart(&nodes, &spelling, budget)?;
    Ok(())
}
