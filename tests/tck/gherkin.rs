//! Reads the part of Gherkin that the conformance kit uses, and unrolls scenario outlines.
//!
//! Written by hand because the `gherkin` crate refuses `\'` in a cell: here `\\`, `\|` and `\n` are escapes and any
//! other backslash stands for itself. A line that is none of the known kinds is an error, never skipped.

pub type Table = Vec<Vec<String>>;

#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    None,
    Text(String),
    Table(Table),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Without the keyword: Given, When, Then, And and But mean the same to a runner.
    pub text: String,
    pub argument: Argument,
}

/// One scenario, ready to run: the background's steps first, the example's values filled in.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `scenario name`, and ` > #n` for the n-th example of an outline.
    pub name: String,
    pub steps: Vec<Step>,
}

/// All scenarios of a feature file, in order.
pub fn read(source: &str) -> Result<Vec<Scenario>, String> {
    let mut reader = Reader { lines: source.lines().enumerate().collect(), at: 0 };
    reader.feature()
}

struct Reader<'a> {
    lines: Vec<(usize, &'a str)>,
    at: usize,
}

const STEP_KEYWORDS: &[&str] = &["Given ", "When ", "Then ", "And ", "But ", "* "];

impl<'a> Reader<'a> {
    /// The next line that is neither blank nor a comment, trimmed.
    fn peek(&mut self) -> Option<&'a str> {
        while let Some((_, line)) = self.lines.get(self.at) {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                return Some(line);
            }
            self.at += 1;
        }
        None
    }

    /// What follows the prefix, if the next line starts with it.
    fn take(&mut self, prefix: &str) -> Option<&'a str> {
        let rest = self.peek()?.strip_prefix(prefix)?;
        self.at += 1;
        Some(rest.trim())
    }

    fn wrong(&self, expected: &str) -> String {
        match self.lines.get(self.at) {
            Some((number, line)) => format!("line {}: expected {expected}, found `{}`", number + 1, line.trim()),
            None => format!("expected {expected}, found the end of the file"),
        }
    }

    fn feature(&mut self) -> Result<Vec<Scenario>, String> {
        self.tags();
        self.take("Feature:").ok_or_else(|| self.wrong("`Feature:`"))?;
        self.description();
        let mut background = Vec::new();
        if self.take("Background:").is_some() {
            self.description();
            background = self.steps()?;
        }
        let mut scenarios = Vec::new();
        while self.peek().is_some() {
            self.scenario(&background, &mut scenarios)?;
        }
        Ok(scenarios)
    }

    fn tags(&mut self) {
        while self.take("@").is_some() {}
    }

    /// Free text under a heading, up to the first line with a meaning.
    fn description(&mut self) {
        let means = |line: &str| {
            let heading = ["Background:", "Scenario:", "Scenario Outline:", "Examples:", "@", "|"];
            heading.iter().chain(STEP_KEYWORDS).any(|start| line.starts_with(start))
        };
        while self.peek().is_some_and(|line| !means(line)) {
            self.at += 1;
        }
    }

    fn scenario(&mut self, background: &[Step], scenarios: &mut Vec<Scenario>) -> Result<(), String> {
        self.tags();
        if let Some(name) = self.take("Scenario:") {
            self.description();
            let steps = [background, &self.steps()?].concat();
            scenarios.push(Scenario { name: name.to_string(), steps });
            return Ok(());
        }
        let name = self.take("Scenario Outline:").ok_or_else(|| self.wrong("a step or a scenario"))?;
        self.description();
        let steps = self.steps()?;
        let mut number = 0;
        for row in self.examples()? {
            number += 1;
            let filled = steps.iter().map(|step| step.fill(&row));
            scenarios.push(Scenario {
                name: format!("{} > #{number}", fill(name, &row)),
                steps: background.iter().cloned().chain(filled).collect(),
            });
        }
        if number == 0 { Err(format!("the outline `{name}` has no examples")) } else { Ok(()) }
    }

    fn steps(&mut self) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        while let Some(text) = STEP_KEYWORDS.iter().find_map(|keyword| self.take(keyword)) {
            let argument = self.argument()?;
            steps.push(Step { text: text.to_string(), argument });
        }
        Ok(steps)
    }

    fn argument(&mut self) -> Result<Argument, String> {
        match self.peek() {
            Some(line) if line.starts_with("\"\"\"") => self.doc_string().map(Argument::Text),
            Some(line) if line.starts_with('|') => self.table().map(Argument::Table),
            _ => Ok(Argument::None),
        }
    }

    /// The text between two lines of three quotes, less the indentation of the first.
    fn doc_string(&mut self) -> Result<String, String> {
        let (number, opening) = self.lines[self.at];
        let indent = opening.len() - opening.trim_start().len();
        self.at += 1;
        let mut text = Vec::new();
        while let Some((_, line)) = self.lines.get(self.at) {
            self.at += 1;
            if line.trim() == "\"\"\"" {
                return Ok(text.join("\n"));
            }
            let blank = line.len() - line.trim_start().len();
            let line = line.get(blank.min(indent)..).unwrap_or(line);
            text.push(line.replace("\\\"\\\"\\\"", "\"\"\""));
        }
        Err(format!("line {}: the text that starts here has no end", number + 1))
    }

    fn table(&mut self) -> Result<Table, String> {
        let mut rows: Table = Vec::new();
        while let Some(line) = self.peek().filter(|line| line.starts_with('|')) {
            let row = cells(line);
            if rows.first().is_some_and(|first| first.len() != row.len()) {
                return Err(self.wrong(&format!("a row of {} cells", rows[0].len())));
            }
            rows.push(row);
            self.at += 1;
        }
        Ok(rows)
    }

    /// The rows of all `Examples:` tables, each as (name, value) pairs.
    fn examples(&mut self) -> Result<Vec<Vec<(String, String)>>, String> {
        let mut rows = Vec::new();
        loop {
            let start = self.at;
            self.tags();
            if self.take("Examples:").is_none() {
                self.at = start;
                return Ok(rows);
            }
            self.description();
            let mut table = self.table()?.into_iter();
            let names = table.next().ok_or_else(|| self.wrong("a table of examples"))?;
            rows.extend(table.map(|row| names.iter().cloned().zip(row).collect()));
        }
    }
}

impl Step {
    fn fill(&self, row: &[(String, String)]) -> Step {
        let argument = match &self.argument {
            Argument::None => Argument::None,
            Argument::Text(text) => Argument::Text(fill(text, row)),
            Argument::Table(table) => {
                Argument::Table(table.iter().map(|cells| cells.iter().map(|cell| fill(cell, row)).collect()).collect())
            }
        };
        Step { text: fill(&self.text, row), argument }
    }
}

/// Replaces each `<name>` in one pass: a value that looks like a place-holder is not replaced again.
fn fill(text: &str, row: &[(String, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let after = &rest[open + 1..];
        let found = row.iter().find(|(name, _)| after.strip_prefix(name.as_str()).is_some_and(|r| r.starts_with('>')));
        filled.push_str(&rest[..open]);
        match found {
            Some((name, value)) => {
                filled.push_str(value);
                rest = &after[name.len() + 1..];
            }
            None => {
                filled.push('<');
                rest = after;
            }
        }
    }
    filled + rest
}

/// The cells of a table's row; what follows the last bar does not count.
fn cells(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    // Blanks around a cell are layout, an escaped line break is not: trim before the escapes are resolved.
    let mut raw = String::new();
    let mut chars = line.chars().skip(1);
    while let Some(c) = chars.next() {
        match c {
            '|' => cells.push(unescape(std::mem::take(&mut raw).trim())),
            '\\' => {
                raw.push('\\');
                raw.extend(chars.next());
            }
            _ => raw.push(c),
        }
    }
    cells
}

fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => text.push('\n'),
            Some(escaped @ ('\\' | '|')) => text.push(escaped),
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_escapes_in_a_cell() {
        assert_eq!(cells(r"| '\'' | a\|b | c\\d | e\nf | \q | | x"), [r"'\''", "a|b", r"c\d", "e\nf", r"\q", ""]);
        assert_eq!(cells("|"), [""; 0]);
        assert_eq!(cells("||"), [""]);
    }

    #[test]
    fn outlines_are_unrolled_after_the_background() {
        let source = "
            # a comment
            @tag
            Feature: F
              Some words.
              Background:
                Given an empty graph
              @one @two
              Scenario Outline: [1] add <a>
                When executing query:
                  \"\"\"
                  RETURN <a> < <b>
                    AS <c>
                  \"\"\"
                Then the result should be, in any order:
                  | <a> |
                  #| no |
                  | <b> |
                Examples:
                  | a   | b |
                  | <b> | 2 |
                @later
                Examples: more
                  | b | a |
                  | 3 | 4 |
              Scenario: [2] plain
                * any graph
        ";
        let scenarios = read(source).unwrap();
        let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
        assert_eq!(names, ["[1] add <b> > #1", "[1] add 4 > #2", "[2] plain"]);
        assert_eq!(scenarios[0].steps[1].argument, Argument::Text("RETURN <b> < 2\n  AS <c>".to_string()));
        assert_eq!(scenarios[1].steps[0].text, "an empty graph");
        assert_eq!(scenarios[1].steps[2].argument, Argument::Table(vec![vec!["4".into()], vec!["3".into()]]));
        assert_eq!(scenarios[2].steps[1].text, "any graph");
    }

    #[test]
    fn unknown_lines_are_errors() {
        assert!(read("Feature: F\n Scenario: s\n Given x\n Maybe y").unwrap_err().contains("line 4"));
        assert!(read("Feature: F\n Scenario: s\n Given x\n | a |\n | b | c |").unwrap_err().contains("line 5"));
        assert!(read("Feature: F\n Scenario: s\n Given x\n \"\"\"\n").unwrap_err().contains("no end"));
        assert!(read("Feature: F\n Scenario Outline: s\n Given <x>\n").unwrap_err().contains("no examples"));
    }
}
