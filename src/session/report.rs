//! Showing answers and errors.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::json;

use super::cut::cut;
use super::limited::Limited;
use super::{Format, Session};
use crate::diagnostic::{Detail, Diagnostic};
use crate::export::Subgraph;
use crate::graph::Value;
use crate::limits::Budget;
use crate::render::{self, Role, Style, clean, count};
use crate::result::{QueryResult, Rows, Shape};

/// Where a door writes to.
pub(crate) struct Output<'a> {
    pub(crate) out: &'a mut dyn Write,
    pub(crate) err: &'a mut dyn Write,
    /// Whether `err` takes colours.
    pub(crate) err_colour: bool,
}

/// Why a run of statements ended early. Errors of statements have been shown already.
#[derive(Debug)]
pub(crate) enum Failure {
    Failed,
    Interrupted,
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl Session {
    /// Shows an answer: plan, rows or the graph they hold, what is to be said about them, and a line that sums up. The
    /// answer is then the last one.
    pub(crate) fn show(
        &mut self,
        output: &mut Output,
        statement: &str,
        result: QueryResult,
        elapsed: Duration,
    ) -> Result<(), Failure> {
        let machine = self.settings.format.is_some_and(Format::is_machine);
        if !self.settings.ascii || machine {
            return self.show_as_drawn(output, statement, result, elapsed);
        }
        let mut drawn = Vec::new();
        let inner = &mut Output { out: &mut drawn, err: &mut *output.err, err_colour: output.err_colour };
        self.show_as_drawn(inner, statement, result, elapsed)?;
        output.out.write_all(plain(&String::from_utf8_lossy(&drawn)).as_bytes())?;
        Ok(output.out.flush()?)
    }

    fn show_as_drawn(
        &mut self,
        output: &mut Output,
        statement: &str,
        mut result: QueryResult,
        elapsed: Duration,
    ) -> Result<(), Failure> {
        let budget = Budget::started(&self.limits, elapsed);
        let shown = self.show_result(output, statement, &mut result, &budget, elapsed);
        if shown.is_err()
            && let Some(changes) = render::changes(&result.changes)
        {
            writeln!(output.err, "note: only the answer is cut: what the statement changed stays ({changes})")?;
        }
        self.last = Some(result);
        shown
    }

    fn show_result(
        &self,
        output: &mut Output,
        statement: &str,
        result: &mut QueryResult,
        budget: &Budget,
        elapsed: Duration,
    ) -> Result<(), Failure> {
        if let Err(error) = room_to_write(&result.rows, budget) {
            return Err(self.show_errors(output, statement, &[error])?);
        }
        let format = self.settings.format.unwrap_or_else(|| Format::Rows(render::by_shape(result.shape)));
        let machine = format.is_machine();
        if !machine || matches!(format, Format::Graph(_)) {
            self.name_nodes(result, output)?;
        }
        let style = self.settings.style();
        let rows = result.rows.len();
        let limit = self.settings.rows.filter(|limit| !machine && rows > *limit);
        let cut = limit.map(|limit| cut(result, limit));
        match (&result.plan, format) {
            (Some(plan), Format::Rows(renderer)) if renderer.name.starts_with("json") => {
                writeln!(output.out, "{}", json!({ "plan": plan }))?;
            }
            (Some(plan), _) => writeln!(output.out, "{}", plan.trim_end())?,
            (None, Format::Rows(renderer)) => {
                let all = cut.as_ref().map(|cut| {
                    let shown = result.rows.at(&cut.rows);
                    std::mem::replace(&mut result.rows, shown)
                });
                let mut limited = Limited::new(output.out, budget);
                let written = (renderer.write)(result, &style, &mut limited);
                let stopped = limited.stopped();
                result.rows = all.unwrap_or_else(|| std::mem::take(&mut result.rows));
                if let Some(error) = stopped {
                    return Err(self.show_errors(output, statement, &[error])?);
                }
                written?;
            }
            (None, Format::Graph(_)) if result.columns.is_empty() => {}
            (None, Format::Graph(exporter)) => match Subgraph::of(result, &self.budget()) {
                Ok(subgraph) => self.print(exporter, &subgraph, output)?,
                Err(error) => return Err(self.show_errors(output, statement, &[error])?),
            },
        }
        output.out.flush()?;
        for warning in &result.warnings {
            writeln!(output.err, "{}", draw(warning, statement, output.err_colour))?;
        }
        let aside: &mut dyn Write = if machine { &mut *output.err } else { &mut *output.out };
        if let Some(cut) = &cut {
            let below = cut.depth.map_or(String::new(), |depth| format!(", at depth {depth} and below"));
            writeln!(aside, "… {} more{below} (:set rows all shows them)", count(rows - cut.rows.len(), "row"))?;
        }
        for note in &result.notes {
            let style = if machine { Style::default() } else { style };
            for line in render::wrap(&clean(note), style.width) {
                writeln!(aside, "{}", style.paint(Role::Quiet, &line))?;
            }
        }
        if let Some(summary) = self.summary(result, rows, machine, elapsed) {
            writeln!(aside, "{summary}")?;
        }
        Ok(output.out.flush()?)
    }

    /// `(3 rows, 1 node created, 0.4 ms)`; `None` if there is nothing to say.
    fn summary(&self, result: &QueryResult, rows: usize, machine: bool, elapsed: Duration) -> Option<String> {
        let mut parts = Vec::new();
        // Cards, trees and chains speak for themselves, and programs count.
        if !result.columns.is_empty() && result.shape == Shape::Table && !machine {
            parts.push(count(rows, "row"));
        }
        parts.extend(render::changes(&result.changes));
        if self.settings.timing {
            parts.push(time(elapsed));
            return Some(format!("({})", parts.join(", ")));
        }
        let says_nothing = result.columns.is_empty() && result.plan.is_none() && result.notes.is_empty();
        if says_nothing && parts.is_empty() && !machine {
            parts.push("no changes".into());
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Shows the errors of a statement and says what kind of failure they are.
    pub(crate) fn show_errors(
        &self,
        output: &mut Output,
        statement: &str,
        errors: &[Diagnostic],
    ) -> io::Result<Failure> {
        output.out.flush()?;
        for error in errors {
            writeln!(output.err, "{}", draw(error, statement, output.err_colour))?;
        }
        output.err.flush()?;
        let interrupted = errors.iter().any(|error| error.detail == Detail::Interrupted);
        Ok(if interrupted { Failure::Interrupted } else { Failure::Failed })
    }

    /// Shows a warning that speaks of no statement.
    pub(crate) fn show_warning(&self, output: &mut Output, warning: &str) -> io::Result<()> {
        output.out.flush()?;
        writeln!(output.err, "warning: {}", clean(warning))
    }
}

/// An error if there is no memory for the rows and for what a renderer makes of the largest of them: it may copy a row
/// several times, as values, as text and with escapes.
fn room_to_write(rows: &Rows, budget: &Budget) -> Result<(), Diagnostic> {
    const COPIES: usize = 4;
    let mut hold = budget.hold();
    hold.add(rows.bytes())?;
    rows.try_each(|row| {
        budget.tick()?;
        let bytes: usize = row.iter().map(Value::size).fold(0, usize::saturating_add);
        budget.room(bytes.saturating_mul(COPIES))
    })
}

/// Draws a diagnostic whose message may quote what a user or a file said.
fn draw(diagnostic: &Diagnostic, statement: &str, colour: bool) -> String {
    let mut safe = diagnostic.clone();
    safe.message = clean(&safe.message).into_owned();
    safe.help = safe.help.map(|help| clean(&help).into_owned());
    safe.draw(statement, colour)
}

/// The text with its lines, arrows and dots drawn in ASCII; what it says is left as it is.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '─' | '━' => out.push('-'),
            '│' | '┃' => out.push('|'),
            '├' | '┬' | '┼' | '┴' | '┤' | '┌' | '┐' | '┘' | '╞' | '╪' | '╡' | '═' => {
                out.push('+')
            }
            '└' => out.push('`'),
            '→' => out.push_str("->"),
            '…' => out.push_str("..."),
            c => out.push(c),
        }
    }
    out
}

/// `0.4 ms`, `1.25 s`
fn time(elapsed: Duration) -> String {
    let millis = elapsed.as_secs_f64() * 1000.0;
    match millis {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.2} s", ms / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Kind;
    use crate::graph::{Graph, Value};
    use crate::render::testing::result;
    use crate::result::Changes;

    fn shown(session: &mut Session, result: QueryResult) -> (String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output = Output { out: &mut out, err: &mut err, err_colour: false };
        session.show(&mut output, "", result, Duration::from_micros(420)).unwrap();
        (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    fn numbers() -> QueryResult {
        let mut result = result(Shape::Table, &["n"], (1..=3i64).map(|n| vec![Value::from(n)]).collect());
        result.notes.push("searched all".into());
        result
    }

    #[test]
    fn people_get_notes_and_a_summary_below_the_rows() {
        let mut session = Session::new(Graph::new(), "test");
        let (out, err) = shown(&mut session, numbers());
        assert!(out.ends_with("┘\nsearched all\n3 rows\n"), "{out}");
        assert_eq!(err, "");
        session.settings.timing = true;
        session.settings.rows = Some(2);
        let (out, _) = shown(&mut session, numbers());
        let tail = "│ 2 │\n└───┘\n… 1 row more (:set rows all shows them)\nsearched all\n(3 rows, 0.4 ms)\n";
        assert!(out.ends_with(tail), "{out}");
    }

    #[test]
    fn notes_break_between_words_where_the_page_ends() {
        let mut session = Session::new(Graph::new(), "test");
        session.settings.terminal_width = Some(8);
        let (out, _) = shown(&mut session, numbers());
        assert!(out.contains("\nsearched\nall\n"), "{out}");
    }

    #[test]
    fn programs_get_rows_and_nothing_else() {
        let mut session = Session::new(Graph::new(), "test");
        session.settings.format = Format::find("jsonl");
        session.settings.rows = Some(1);
        let (out, err) = shown(&mut session, numbers());
        assert_eq!(out, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
        assert_eq!(err, "searched all\n");
    }

    #[test]
    fn drawn_in_ascii() {
        assert_eq!(plain("├─ uses → b\n│  └─ größe …"), "+- uses -> b\n|  `- größe ...");
        let mut session = Session::new(Graph::new(), "test");
        session.settings.ascii = true;
        let (out, _) = shown(&mut session, numbers());
        assert!(out.is_ascii() && out.contains("| 2 |"), "{out}");
    }

    #[test]
    fn changes_are_told() {
        let mut session = Session::new(Graph::new(), "test");
        let mut created = result(Shape::Table, &[], vec![]);
        assert_eq!(shown(&mut session, created.clone()).0, "no changes\n");
        created.changes = Changes { nodes_created: 1, ..Changes::default() };
        assert_eq!(shown(&mut session, created).0, "1 node created\n");
    }

    #[test]
    fn messages_cannot_act_on_the_terminal() {
        let error = Diagnostic::runtime(Kind::IoError, Detail::MissingFile, "no \u{1b}[31mfile").help("\u{9b}");
        assert!(!draw(&error, "", false).contains(['\u{1b}', '\u{9b}']));
        let span = crate::diagnostic::Span::new(7, 10);
        let error = Diagnostic::syntax(Detail::UnexpectedSyntax, span, "odd");
        assert!(!draw(&error, "RETURN \u{1b}[31m", false).contains('\u{1b}'));
    }
}
