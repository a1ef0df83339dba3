//! `:param`, `:set`, `:mode`, `:timing`.

use super::{Next, called, error, fail, nearest};
use crate::graph::Implied;
use crate::limits::Limits;
use crate::render::{self, literal};
use crate::session::{
    Failure, Format, Output, Session, Width, format_names, parse_confidence, parse_duration, parse_size, parse_value,
};

pub(super) fn param(session: &mut Session, line: &str, output: &mut Output) -> Result<Next, Failure> {
    if line.is_empty() {
        return list_parameters(session, output);
    }
    let (name, value) = line.split_once(|c: char| c.is_whitespace() || c == '=').unwrap_or((line, ""));
    let name = name.trim_start_matches('$');
    let value = value.trim().trim_start_matches('=').trim_start_matches('>').trim();
    if name.is_empty() {
        return fail(session, output, error("a parameter needs a name").help("`:param term keystone`"));
    }
    if value.is_empty() {
        return match session.parameters.remove(name) {
            Some(_) => Ok(Next::Stay),
            None => fail(session, output, error(format!("there is no parameter `${name}`"))),
        };
    }
    match parse_value(value) {
        Ok(value) => {
            session.parameters.insert(name.to_string(), value);
            Ok(Next::Stay)
        }
        Err(message) => fail(session, output, error(message)),
    }
}

fn list_parameters(session: &Session, output: &mut Output) -> Result<Next, Failure> {
    if session.parameters.is_empty() {
        writeln!(output.out, "no parameters; `:param NAME VALUE` sets one, used as $NAME")?;
    }
    for (name, value) in &session.parameters {
        writeln!(output.out, "${} = {}", render::clean(name), literal::of(value, &*session.graph()))?;
    }
    Ok(Next::Stay)
}

/// What `:set` can set.
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) values: &'static str,
    pub(super) doc: &'static str,
}

pub(super) const SETTINGS: &[Setting] = &[
    Setting { name: "timeout", values: "500ms, 5s, 2m, 1h, none", doc: "Stops a statement after this time." },
    Setting {
        name: "memory",
        values: "512KiB, 64MiB, 2GiB, default, none",
        doc: "Stops a statement that needs more memory.",
    },
    Setting { name: "rows", values: "a number, all", doc: "How many rows of an answer are shown to people." },
    Setting { name: "confidence", values: "0 to 1", doc: "Walking statements leave out relations that are less sure." },
    Setting { name: "width", values: "a number, auto, none", doc: "How wide the page is that answers are fitted to." },
    Setting {
        name: "ascii",
        values: "on, off",
        doc: "Whether trees, chains and tables are drawn with plain characters.",
    },
    Setting {
        name: "implied",
        values: "on, off, closed",
        doc: "Whether relationship types in patterns stand for what they imply too: inverse names, super-types and \
              both ends of symmetric types; closed adds the chains of transitive types, as lists.",
    },
    Setting {
        name: "name",
        values: "LABEL KEY …, LABEL none",
        doc: "Which property names the nodes of a label, as CREATE LABEL … NAMED BY does; kept with the graph.",
    },
];

pub(super) fn names() -> Vec<&'static str> {
    SETTINGS.iter().map(|setting| setting.name).collect()
}

/// What may follow the words after `:set`: a setting, one of its values, a label, a property key.
pub(in crate::repl) fn candidates(words: &[&str], session: &Session) -> Vec<String> {
    let graph = session.graph();
    match words {
        [] => names().into_iter().map(str::to_string).collect(),
        ["name"] => {
            let used = graph.labels().filter(|label| graph.label_count(*label) > 0);
            used.map(|label| graph.label_name(label).to_string()).collect()
        }
        ["name", ..] => graph.keys().map(|key| graph.key_name(key).to_string()).collect(),
        [name] => {
            let values = SETTINGS.iter().find(|setting| setting.name == *name).map_or("", |setting| setting.values);
            let is_word = |value: &&str| value.chars().all(|c| c.is_ascii_lowercase());
            values.split(", ").filter(is_word).map(str::to_string).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn set(session: &mut Session, line: &str, output: &mut Output) -> Result<Next, Failure> {
    if line.is_empty() {
        return list_settings(session, output);
    }
    let (name, value) = line.split_once(|c: char| c.is_whitespace() || c == '=').unwrap_or((line, ""));
    let value = value.trim().trim_start_matches('=').trim();
    if name == "name" {
        return called::set(session, value, output);
    }
    match set_one(session, name, value) {
        Ok(()) => Ok(Next::Stay),
        Err(message) => fail(session, output, error(message)),
    }
}

fn set_one(session: &mut Session, name: &str, value: &str) -> Result<(), String> {
    match (name, value) {
        ("timeout", "none" | "off") => session.limits.time = None,
        ("timeout", value) => session.limits.time = Some(parse_duration(value)?),
        ("memory", "none" | "off") => session.limits.memory = None,
        ("memory", "default") => session.limits.memory = Some(Limits::default_memory()),
        ("memory", value) => session.limits.memory = Some(parse_size(value)?),
        ("rows", "all" | "none" | "off") => session.settings.rows = None,
        ("rows", value) => session.settings.rows = Some(positive(value)?),
        ("confidence", value) => session.settings.confidence = parse_confidence(value)?,
        ("width", "auto") => session.settings.width = Width::Auto,
        ("width", "none" | "off") => session.settings.width = Width::Unlimited,
        ("width", value) => session.settings.width = Width::Columns(positive(value)?),
        ("ascii", "on") => session.settings.ascii = true,
        ("ascii", "off") => session.settings.ascii = false,
        ("implied", "on") => session.settings.implied = Implied::On,
        ("implied", "off") => session.settings.implied = Implied::Off,
        ("implied", "closed") => session.settings.implied = Implied::Closed,
        ("ascii" | "implied", other) => {
            let values = SETTINGS.iter().find(|setting| setting.name == name).map_or("", |setting| setting.values);
            return Err(format!("`{other}` is no value of {name}: it is one of {values}"));
        }
        _ => {
            let near =
                nearest(name, names().into_iter()).map_or(String::new(), |near| format!(": did you mean {near}?"));
            return Err(format!("there is no setting `{name}`{near}; there are {}", names().join(", ")));
        }
    }
    Ok(())
}

fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| format!("`{text}` is not a number above zero"))
}

fn list_settings(session: &mut Session, output: &mut Output) -> Result<Next, Failure> {
    let settings = &session.settings;
    let or = |text: Option<String>, otherwise: &str| text.unwrap_or_else(|| otherwise.to_string());
    let width = match settings.width {
        Width::Auto => "auto".into(),
        Width::Columns(columns) => columns.to_string(),
        Width::Unlimited => "none".into(),
    };
    let limits = &session.limits;
    writeln!(output.out, "timeout  {}", or(limits.time.map(|time| format!("{time:?}")), "none"))?;
    writeln!(output.out, "memory   {}", or(limits.memory.map(size), "none"))?;
    writeln!(output.out, "rows     {}", or(settings.rows.map(|rows| rows.to_string()), "all"))?;
    if settings.confidence > 0.0 {
        writeln!(output.out, "confidence  {}", settings.confidence)?;
    }
    writeln!(output.out, "width    {width}")?;
    writeln!(output.out, "ascii    {}", if settings.ascii { "on" } else { "off" })?;
    let implied = match settings.implied {
        Implied::On => "on",
        Implied::Off => "off",
        Implied::Closed => "closed",
    };
    writeln!(output.out, "implied  {implied}")?;
    match session.graph().semantics().namings().len() {
        0 => Ok(Next::Stay),
        _ => called::set(session, "", output),
    }
}

/// In the largest unit that keeps it whole.
fn size(bytes: usize) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = units.iter().find(|(shift, _)| bytes.is_multiple_of(1 << shift));
    unit.map_or_else(|| format!("{bytes} bytes"), |(shift, unit)| format!("{} {unit}", bytes >> shift))
}

pub(super) fn modes() -> Vec<&'static str> {
    std::iter::once("auto").chain(format_names()).collect()
}

pub(super) fn mode(session: &mut Session, name: &str, output: &mut Output) -> Result<Next, Failure> {
    match (name, Format::find(name)) {
        ("", _) => {
            let now = session.settings.format.map_or("auto", Format::name);
            let row = |name: &str, doc: &str| {
                let mark = if name == now { "*" } else { " " };
                format!("{mark} {name:<9} {doc}")
            };
            writeln!(output.out, "{}", row("auto", "as the answer suggests: a table, a card, a tree or a chain"))?;
            for format in Format::all() {
                writeln!(output.out, "{}", row(format.name(), format.doc()))?;
            }
        }
        ("auto", _) => session.settings.format = None,
        (_, Some(format)) => session.settings.format = Some(format),
        (name, None) => {
            let message = format!("there is no format `{name}`; there are {}", modes().join(", "));
            return fail(session, output, error(message));
        }
    }
    Ok(Next::Stay)
}

pub(super) fn on_off() -> Vec<&'static str> {
    vec!["on", "off"]
}

pub(super) fn timing(session: &mut Session, word: &str, output: &mut Output) -> Result<Next, Failure> {
    match word {
        "on" => session.settings.timing = true,
        "off" => session.settings.timing = false,
        "" => writeln!(output.out, "timing is {}", if session.settings.timing { "on" } else { "off" })?,
        other => return fail(session, output, error(format!("`{other}` is neither on nor off"))),
    }
    Ok(Next::Stay)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::graph::{Graph, Value};
    use crate::repl::commands::tests::run_line;
    use crate::session::Session;

    #[test]
    fn parameters() {
        let mut session = Session::new(Graph::new(), "test");
        for line in [":param term keystone", ":param $n = 5", ":param list => ['a', 1]"] {
            assert_eq!(run_line(&mut session, line), (String::new(), String::new()));
        }
        assert_eq!(session.parameters["n"], Value::Integer(5));
        assert_eq!(run_line(&mut session, ":param").0, "$list = ['a', 1]\n$n = 5\n$term = 'keystone'\n");
        run_line(&mut session, ":param n");
        assert!(!session.parameters.contains_key("n"));
        assert!(run_line(&mut session, ":param n").1.contains("there is no parameter `$n`"));
        assert!(run_line(&mut session, ":param a [1,").1.contains("is not a value"));
    }

    #[test]
    fn settings() {
        let mut session = Session::new(Graph::new(), "test");
        for line in [":set timeout 5s", ":set memory=1MiB", ":set rows 7", ":set width none", ":mode csv", ":timing on"]
        {
            assert_eq!(run_line(&mut session, line), (String::new(), String::new()));
        }
        assert_eq!(session.limits.time, Some(Duration::from_secs(5)));
        assert_eq!(
            run_line(&mut session, ":set").0,
            "timeout  5s\nmemory   1 MiB\nrows     7\nwidth    none\nascii    off\nimplied  on\n"
        );
        assert!(run_line(&mut session, ":mode").0.contains("* csv"));
        assert_eq!(run_line(&mut session, ":timing").0, "timing is on\n");
        for wrong in [
            ":set rows 0",
            ":set rows x",
            ":set timeout",
            ":set colour on",
            ":set ascii maybe",
            ":mode xml",
            ":timing maybe",
        ] {
            assert_ne!(run_line(&mut session, wrong).1, "", "{wrong}");
        }
        assert!(run_line(&mut session, ":set row 5").1.contains("did you mean rows?"));
    }
}
