//! `:draw`: the last answer, or that of a statement, as a file.

use std::collections::BTreeMap;
use std::path::Path;

use super::graph::{path, tell_saved};
use super::{Next, error, fail};
use crate::diagnostic::Diagnostic;
use crate::export::{EXPORTERS, Exporter, Subgraph};
use crate::render::count;
use crate::session::{Failure, Output, Saved, Session, exporter_of, save_subgraph, split_words};

pub(super) fn draw(session: &mut Session, line: &str, output: &mut Output) -> Result<Next, Failure> {
    let Some(file) = split_words(line).first().copied() else {
        let endings = EXPORTERS.iter().flat_map(|exporter| exporter.endings).map(|ending| format!(".{ending}"));
        let help = format!("`:draw FILE [STATEMENT]`; it may end in {}", endings.collect::<Vec<_>>().join(", "));
        return fail(session, output, error("to which file?").help(help));
    };
    let statement = line[file.len()..].trim();
    let path = path(file);
    let exporter = match exporter_of(&path) {
        Ok(exporter) => exporter,
        Err(error) => return fail(session, output, error),
    };
    if !statement.is_empty() {
        match session.run(statement, &BTreeMap::new()) {
            Ok((result, _)) => session.last = Some(result),
            Err(errors) => return Err(session.show_errors(output, statement, &errors)?),
        }
    }
    match drawn(session, exporter, &path) {
        Ok((what, saved)) => tell_saved(session, output, &format!("drew {what}"), &saved),
        Err(error) => fail(session, output, error),
    }
}

fn drawn(session: &Session, exporter: &Exporter, path: &Path) -> Result<(String, Saved), Diagnostic> {
    let Some(result) = &session.last else {
        let help = "ask something first, or give a statement: `:draw FILE DEPS nova`";
        return Err(error("there is no answer to draw").help(help));
    };
    let budget = session.budget();
    let subgraph = Subgraph::of(result, &budget)?;
    let saved = save_subgraph(exporter, &subgraph, path, &budget)?;
    let (nodes, links) = (subgraph.nodes().len(), subgraph.links().len());
    Ok((format!("{}, {}", count(nodes, "node"), count(links, "relationship")), saved))
}

#[cfg(test)]
mod tests {
    use crate::repl::commands::tests::run_line;
    use crate::session::Session;

    #[test]
    fn the_last_answer_or_that_of_a_statement() {
        let folder = std::env::temp_dir().join(format!("kenning-draw-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = |name: &str| folder.join(name).display().to_string();
        let mut session = Session::new(crate::ingest::embedded_graph(), "openstack");
        assert!(run_line(&mut session, ":draw").1.contains("to which file?"));
        assert!(run_line(&mut session, ":draw a.xyz").1.contains(".graphml"));
        assert!(run_line(&mut session, &format!(":draw {}", file("a.dot"))).1.contains("no answer to draw"));
        let (out, err) = run_line(&mut session, &format!(":draw '{}' DEPS trove DEPTH 1", file("a b.dot")));
        assert!(out.starts_with("drew 11 nodes, 10 relationships to "), "{out}{err}");
        assert!(std::fs::read_to_string(file("a b.dot")).unwrap().contains("trove-api"));
        // What was drawn is the last answer now.
        let (out, err) = run_line(&mut session, &format!(":draw {}", file("t.csv")));
        assert!(out.contains("t.nodes.csv") && out.contains("t.relationships.csv"), "{out}{err}");
        assert!(err.contains("CSV has no place"), "{err}");
        let (out, err) = run_line(&mut session, &format!(":draw {} RETURN 1", file("n.dot")));
        assert!(out.is_empty() && err.contains("there is nothing to draw"), "{out}{err}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
