//! Outcomes as a JUnit report: a test case a claim.

use super::{Outcome, Verdict};
use crate::render::clean;

pub(super) fn page(graph: &str, outcomes: &[Outcome]) -> String {
    let broken = count(outcomes, |verdict| matches!(verdict, Verdict::Broken { .. }));
    let wrong = count(outcomes, |verdict| matches!(verdict, Verdict::Wrong(_)));
    let (name, tests) = (escaped(graph), outcomes.len());
    let counts = format!("tests=\"{tests}\" failures=\"{broken}\" errors=\"{wrong}\"");
    let cases: String = outcomes.iter().map(|outcome| case(&name, outcome)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"{name}\" {counts}>\n\
         {cases}  </testsuite>\n</testsuites>\n"
    )
}

fn count(outcomes: &[Outcome], is: impl Fn(&Verdict) -> bool) -> usize {
    outcomes.iter().filter(|outcome| is(&outcome.verdict)).count()
}

fn case(graph: &str, Outcome { claim, verdict }: &Outcome) -> String {
    let claim = escaped(claim);
    let head = format!("    <testcase classname=\"{graph}\" name=\"{claim}\"");
    match verdict {
        Verdict::Holds => format!("{head}/>\n"),
        Verdict::Broken { reason, .. } => told(&head, "failure", &format!("broken: {claim}"), reason),
        Verdict::Wrong(error) => told(&head, "error", &format!("not checked: {claim}"), error),
    }
}

fn told(head: &str, tag: &str, message: &str, text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).collect();
    format!("{head}>\n      <{tag} message=\"{message}\">{}</{tag}>\n    </testcase>\n", lines.join("\n"))
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
