//! [`Markdown`]: blocks of a document → Markdown.

use super::super::columns::Titles;

/// Text that is bold or not.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub bold: bool,
    pub text: String,
}

/// A text being written: a paragraph or row of a table on a line, a blank line between blocks.
#[derive(Default)]
pub(super) struct Markdown(String);

/// Deeper headings are the last ones that Markdown has.
const DEEPEST: usize = 6;
/// A bold paragraph of at most so many words is a heading.
const HEADING_WORDS: usize = 8;

impl Markdown {
    pub(super) fn into_text(self) -> String {
        self.0
    }

    fn block(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// A heading; the level of the title is 0.
    pub(super) fn heading(&mut self, level: usize, runs: &[Run]) {
        let text = joined(runs);
        if !text.trim().is_empty() {
            self.block(&format!("{} {}", "#".repeat((level + 1).min(DEEPEST)), escaped(text.trim())));
        }
    }

    pub(super) fn paragraph(&mut self, runs: &[Run]) {
        let text = joined(runs);
        if text.trim().is_empty() {
            return;
        }
        let bold: String = runs.iter().take_while(|run| is_bold(run)).map(|run| run.text.as_str()).collect();
        let rest = &text[bold.len()..];
        let is_short = text.split_whitespace().count() <= HEADING_WORDS && !text.trim_end().ends_with(['.', ',', ';']);
        match (bold.trim().is_empty(), rest.trim().is_empty()) {
            (true, _) => self.block(&escaped(text.trim())),
            (false, true) if is_short => self.heading(DEEPEST, runs),
            (false, true) => self.block(&escaped(text.trim())),
            (false, false) => self.block(&defined(&bold, rest)),
        }
    }

    /// A table, whose first row holds its titles. Without titles, short texts beside sentences are terms.
    pub(super) fn table(&mut self, mut rows: Vec<Vec<String>>) {
        rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let Some(first) = rows.first() else { return };
        let titles: Vec<&str> = first.iter().map(|cell| cell.trim()).collect();
        if Titles::default().columns(&titles).is_none() && rows.iter().all(|row| is_definition(row)) {
            rows.insert(0, vec!["Term".into(), "Definition".into()]);
        }
        // The parser fills short rows up; the titles must be as many as the longest row has cells.
        rows[0].resize(width, String::new());
        let written = |row: &Vec<String>| {
            let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
            format!("| {} |", cells.join(" | "))
        };
        let mut lines: Vec<String> = rows.iter().map(written).collect();
        lines.insert(1, format!("|{}", "--|".repeat(width)));
        self.block(&lines.join("\n"));
    }
}

/// White space has no weight: it goes with what is before it.
fn is_bold(run: &Run) -> bool {
    run.bold || run.text.trim().is_empty()
}

fn joined(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}

/// A name in the first cell, a sentence in the second.
fn is_definition(row: &[String]) -> bool {
    let words = |cell: &String| cell.split_whitespace().count();
    matches!(row, [term, definition] if (1..=5).contains(&words(term)) && words(definition) >= 4)
}

/// A paragraph that begins in bold; a tab behind that parts a term from its definition.
fn defined(bold: &str, rest: &str) -> String {
    let (term, tabbed) = (bold.trim(), bold.ends_with('\t') || rest.starts_with('\t'));
    let is_parted = term.ends_with(|c: char| c.is_ascii_punctuation());
    let between = match () {
        () if tabbed && !is_parted => "\\: ",
        () if is_parted || bold.ends_with(char::is_whitespace) || rest.starts_with(char::is_whitespace) => " ",
        () => "",
    };
    format!("**{}**{between}{}", escaped(term), escaped(rest.trim()))
}

/// On one line, without markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, word) in text.split_whitespace().enumerate() {
        if number > 0 {
            out.push(' ');
        }
        for character in word.chars() {
            if character.is_ascii_punctuation() {
                out.push('\\');
            }
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(texts: &[(bool, &str)]) -> Vec<Run> {
        texts.iter().map(|(bold, text)| Run { bold: *bold, text: text.to_string() }).collect()
    }

    #[test]
    fn blocks() {
        let mut markdown = Markdown::default();
        markdown.heading(0, &runs(&[(false, "Our words")]));
        markdown.paragraph(&runs(&[(true, "mole"), (false, "  ")]));
        markdown.paragraph(&runs(&[(true, "quay:"), (false, "A *place*.\nHere")]));
        markdown.paragraph(&runs(&[(true, "pier"), (false, "\tA way")]));
        markdown.paragraph(&runs(&[(true, "A wall is bold.")]));
        markdown.paragraph(&runs(&[(false, "1. one")]));
        markdown.paragraph(&runs(&[(false, " ")]));
        let expected = "# Our words\n\n###### mole\n\n**quay\\:** A \\*place\\*\\. Here\n\n**pier**\\: A way\n\nA wall is bold\\.\n\n1\\. one\n";
        assert_eq!(markdown.into_text(), expected);
    }

    #[test]
    fn tables() {
        let row = |cells: &[&str]| cells.iter().map(|cell| cell.to_string()).collect::<Vec<_>>();
        let mut markdown = Markdown::default();
        markdown.table(vec![row(&["Term", "Meaning"]), row(&["a|b", "x", "y"]), row(&[" ", ""])]);
        markdown.table(vec![row(&["mole", "A wall in the sea"]), row(&["quay", "Where ships are tied"])]);
        markdown.table(Vec::new());
        let expected = "| Term | Meaning |  |\n|--|--|--|\n| a\\|b | x | y |\n\n| Term | Definition |\n|--|--|\n| mole | A wall in the sea |\n| quay | Where ships are tied |\n";
        assert_eq!(markdown.into_text(), expected);
    }
}
