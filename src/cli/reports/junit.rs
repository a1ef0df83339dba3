//! Checks as a JUnit report: a test case each.

use crate::render::clean;

/// Something that was checked.
pub(in crate::cli) struct Case {
    pub name: String,
    pub result: CaseResult,
}

pub(in crate::cli) enum CaseResult {
    /// With what there is to say all the same.
    Passed(String),
    Failed(Reason),
    /// It could not be checked.
    Error(Reason),
}

pub(in crate::cli) struct Reason {
    pub message: String,
    pub text: String,
}

pub(in crate::cli) fn page(suite: &str, cases: &[Case]) -> String {
    let failures = cases.iter().filter(|case| matches!(case.result, CaseResult::Failed(_))).count();
    let errors = cases.iter().filter(|case| matches!(case.result, CaseResult::Error(_))).count();
    let (name, tests) = (escaped(suite), cases.len());
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    let cases: String = cases.iter().map(|case| test_case(&name, case)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"{name}\" {counts}>\n\
         {cases}  </testsuite>\n</testsuites>\n"
    )
}

fn test_case(suite: &str, Case { name, result }: &Case) -> String {
    let head = format!("    <testcase classname=\"{suite}\" name=\"{}\"", escaped(name));
    match result {
        CaseResult::Passed(text) if text.is_empty() => format!("{head}/>\n"),
        CaseResult::Passed(text) => with(&head, "<system-out>", text, "system-out"),
        CaseResult::Failed(reason) => told(&head, "failure", reason),
        CaseResult::Error(reason) => told(&head, "error", reason),
    }
}

fn told(head: &str, tag: &str, reason: &Reason) -> String {
    with(head, &format!("<{tag} message=\"{}\">", escaped(&reason.message)), &reason.text, tag)
}

fn with(head: &str, open: &str, text: &str, tag: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).collect();
    format!("{head}>\n      {open}{}</{tag}>\n    </testcase>\n", lines.join("\n"))
}

/// The text as XML: characters that XML has no place for as escapes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
