//! `:set name`: what names the nodes of a label, as `CREATE LABEL … NAMED BY` declares it.

use super::{Next, error, fail};
use crate::render::{clean, literal};
use crate::session::{Failure, Output, Session};

/// `LABEL KEY …` declares, `LABEL none` forgets, nothing lists.
pub(super) fn set(session: &mut Session, line: &str, output: &mut Output) -> Result<Next, Failure> {
    let mut words = line.split([' ', '\t', ',']).filter(|word| !word.is_empty()).map(unquoted);
    let Some(label) = words.next() else { return list(session, output) };
    let label = label.trim_start_matches(':');
    let keys: Vec<&str> = words.collect();
    let statement = match keys[..] {
        [] => {
            let help =
                format!("`:set name {label} title` names it by `title`, `:set name {label} none` by what is usual");
            return fail(session, output, error(format!("which property names the nodes of {label}?")).help(help));
        }
        ["none"] => format!("DROP LABEL {}", name(label)),
        _ => {
            let keys: Vec<String> = keys.iter().map(|key| name(key)).collect();
            format!("CREATE OR REPLACE LABEL {} NAMED BY {}", name(label), keys.join(", "))
        }
    };
    if let Err(errors) = session.run(&statement, &Default::default()) {
        return Err(session.show_errors(output, &statement, &errors)?);
    }
    unknown(session, label, &keys, output)?;
    Ok(Next::Stay)
}

/// Warns of a label or property that the graph does not have: a slip of the pen, or something to come.
fn unknown(session: &Session, label: &str, keys: &[&str], output: &mut Output) -> Result<(), Failure> {
    let graph = session.graph();
    if graph.label(label).is_none_or(|label| graph.label_count(label) == 0) {
        session.show_warning(output, &format!("no node has the label {label}"))?;
    }
    for key in keys.iter().filter(|key| **key != "none" && graph.key(key).is_none()) {
        session.show_warning(output, &format!("nothing has a property `{key}`"))?;
    }
    Ok(())
}

fn list(session: &Session, output: &mut Output) -> Result<Next, Failure> {
    let graph = session.graph();
    let namings: Vec<_> = graph.semantics().namings().collect();
    if namings.is_empty() {
        writeln!(
            output.out,
            "nothing is declared; `:set name LABEL KEY` does it, SHOW LABELS lists what names each label"
        )?;
    }
    for naming in namings {
        writeln!(output.out, "name     {} by {}", clean(&naming.label), clean(&naming.named_by.join(", ")))?;
    }
    Ok(Next::Stay)
}

fn name(word: &str) -> String {
    let mut out = String::new();
    literal::write_name(&mut out, word);
    out
}

fn unquoted(word: &str) -> &str {
    word.strip_prefix('`').and_then(|word| word.strip_suffix('`')).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use crate::graph::Graph;
    use crate::repl::commands::tests::run_line;
    use crate::session::Session;

    #[test]
    fn a_label_is_named_and_forgotten() {
        let mut session = Session::new(Graph::new(), "test");
        let create = "CREATE (:Movie {title: 'Heat', code: 'tt0113277', `full title`: 'Heat (1995)'})";
        session.run(create, &Default::default()).expect("it is a statement");
        let mut run = |line: &str| run_line(&mut session, line);
        assert!(run(":set name").0.starts_with("nothing is declared"));
        let silent = (String::new(), String::new());
        assert_eq!(run(":set name Movie code"), silent);
        assert_eq!(run(":set name").0, "name     Movie by code\n");
        assert_eq!(run(":set name=Movie title, code"), silent);
        assert!(run(":set").0.ends_with("name     Movie by title, code\n"));
        assert_eq!(run(":set name Movie none"), silent);
        assert!(run(":set name").0.starts_with("nothing is declared"));
        assert!(run(":set name Movie").1.contains("which property names the nodes of Movie?"));
        let (_, said) = run(":set name Film titel");
        assert!(
            said.contains("no node has the label Film") && said.contains("nothing has a property `titel`"),
            "{said}"
        );
    }
}
