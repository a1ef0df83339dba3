//! [`Unread`]: texts of a glossary that are part of no entry. Readers collect them; each of the first runs of them between
//! two entries is one finding, and the others are one together.

use super::super::check::reading;
use super::super::finding::Findings;
use super::source::SourceText;
use crate::glossary::{Entry, Paragraph};

#[derive(Debug, Default)]
pub(super) struct Unread {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    line: usize,
    /// How it begins.
    words: String,
}

/// Runs of a file that have a finding each; the others have one together.
const TOLD: usize = 5;

/// It lists so many of their lines.
const LISTED: usize = 20;

/// A finding quotes so many words.
const QUOTED: usize = 8;

/// How a text begins, for a message; `None` for one that says nothing: punctuation, or the letter under which entries are
/// listed.
pub(in crate::ingest) fn quoted(text: &str) -> Option<String> {
    let mut words: Vec<&str> = text.split_whitespace().take(QUOTED + 1).collect();
    if words.len() > QUOTED {
        words[QUOTED] = "…";
    }
    (text.chars().filter(|c| c.is_alphanumeric()).count() > 1).then(|| words.join(" "))
}

impl Unread {
    /// Takes a text that begins on a line.
    pub(super) fn text(&mut self, line: usize, text: &str) {
        self.pieces.extend(quoted(text).map(|words| Piece { line, words }));
    }

    pub(super) fn paragraph(&mut self, paragraph: &Paragraph) {
        self.text(paragraph.line_at(0), &paragraph.text);
    }

    /// Takes back what was noted on a line: it is a title.
    pub(super) fn take_back(&mut self, line: usize) {
        self.pieces.retain(|piece| piece.line != line);
    }

    /// A table that holds no terms, by its first row.
    pub(super) fn table(&mut self, rows: &[Vec<Option<Paragraph>>]) {
        let Some(first) = rows.iter().flatten().flatten().next() else { return };
        let cells: Vec<&str> = rows.first().into_iter().flatten().flatten().map(|cell| cell.text.as_str()).collect();
        self.text(first.line_at(0), &cells.join(" | "));
    }

    /// Reports each run between two entries. A file without an entry is not a glossary, and is reported as such.
    pub(super) fn report(mut self, entries: &[Entry], file: &SourceText, findings: &mut Findings) {
        if entries.is_empty() {
            return;
        }
        let mut begins: Vec<usize> = entries.iter().map(|entry| entry.place.line).collect();
        begins.sort_unstable();
        self.pieces.sort_by_key(|piece| piece.line);
        let entries_above = |piece: &Piece| begins.partition_point(|line| *line <= piece.line);
        let runs: Vec<&[Piece]> = self.pieces.chunk_by(|a, b| entries_above(a) == entries_above(b)).collect();
        let (told, rest) = runs.split_at(runs.len().min(TOLD));
        let mut found = |line: usize, what: String| {
            let at = file.offset(line, 1);
            findings.found(&reading::TEXT, &file.place(at..at), what);
        };
        for run in told {
            let Piece { line, words } = &run[0];
            found(
                *line,
                match run.len() {
                    1 => format!("a text that is in no entry: \"{words}\""),
                    several => format!("{several} texts that are in no entry, the first: \"{words}\""),
                },
            );
        }
        if let [first, ..] = rest {
            let texts: usize = rest.iter().map(|run| run.len()).sum();
            let lines: Vec<String> = rest.iter().take(LISTED).map(|run| run[0].line.to_string()).collect();
            let more = if rest.len() > LISTED { " and below" } else { "" };
            found(
                first[0].line,
                format!("{texts} more texts that are in no entry, at lines {}{more}", lines.join(", ")),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{SourceBytes, read_source};
    use crate::limits::{Budget, Limits};

    /// A line, and how many texts are reported there.
    type At = (usize, usize);

    const CASES: &[(&str, &str, &[At])] = &[
        (
            "table.md",
            "# Glossary\n\nOur words.\n\n| Term | Definition |\n|--|--|\n| mole | A wall. |\n\nThe end.\n",
            &[(3, 1), (9, 1)],
        ),
        ("cells.md", "| Term | Definition |\n|--|--|\n| mole | A wall. | grey |\n", &[(3, 1)]),
        (
            "ports.md",
            "| Term | Definition |\n|--|--|\n| mole | A wall. |\n\n| Port | Country |\n|--|--|\n| Kiel | Germany |\n",
            &[(5, 1)],
        ),
        ("note.md", "mole\n: A wall.[^1]\n\nquay\n: A place.\n\n[^1]: Of stone.\n", &[(7, 1)]),
        ("html.md", "## mole\n\nA wall.\n\n<p>Of stone.</p>\n\n## quay\n\nA place.\n", &[(5, 1)]),
        (
            "page.html",
            "<h1>Words</h1><p>Ours.</p>\n<dl><dt>mole</dt><dd>A wall.</dd></dl>\n<p>The end.</p>\n",
            &[(1, 1), (3, 1)],
        ),
        (
            "more.html",
            "<table><tr><th>Term<th>Definition</tr>\n<tr><td>mole<td>A wall.<td>grey</tr></table>\n",
            &[(2, 1)],
        ),
        (
            "welcome.rst",
            "Words\n=====\n\nOurs.\n\n.. glossary::\n\n   mole\n      A wall.\n\n.. note:: Of stone.\n",
            &[(4, 1), (11, 1)],
        ),
        ("lists.rst", "Ours.\n\nmole\n  A wall.\n\n== ==\na  b\n== ==\n", &[(1, 1), (7, 1)]),
        (
            "glossary.rst",
            "Ours\n====\n\nWords.\n\nmole\n----\n\nA wall.\n\nquay\n----\n\nA place.\n\n.. [1] Note.\n",
            &[(4, 1), (16, 1)],
        ),
        (
            "head.adoc",
            "= Words\nAnn <a@example.org>\n\nOurs.\n\nmole:: A wall.\nquay:: A place.\n\n|===\n|a |b\n|===\n",
            &[(4, 1), (10, 1)],
        ),
        (
            "words.xml",
            "<glossary><para>Ours.</para>\n<glossentry><glossterm>mole</glossterm><glossdef><para>A wall.<footnote><para>Of stone.</para></footnote></para></glossdef></glossentry></glossary>",
            &[(1, 1), (2, 1)],
        ),
        ("above.csv", "Our words,\nVersion 3,\nterm,definition\nmole,A wall.\n", &[(1, 2)]),
        (
            "beside.yaml",
            "intro: Our own words.\nterms:\n- term: mole\n  definition: A wall.\nacronyms:\n- term: ETA\n  definition: A time.\n",
            &[(1, 1)],
        ),
        (
            "letters.rst",
            "Words\n=====\n\nA\n~\n\n.. glossary::\n\n   aft\n      The rear.\n\nB\n~\n\n.. glossary::\n\n   bow\n      The front.\n",
            &[],
        ),
        ("all.md", "# Glossary\n\n## mole\n\nA wall.\n\n## quay\n\nA place.\n", &[]),
    ];

    /// Line and number of texts of each finding.
    fn reported(path: &str, text: &str) -> Vec<At> {
        let file = SourceBytes { path, bytes: text.as_bytes() };
        let reading = read_source("test", &[file], None, &Budget::start(&Limits::default())).expect("it is short");
        let found = reading.findings.iter().filter(|finding| finding.rule == "text-not-read");
        let several = |what: &str| what.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(1);
        found.map(|finding| (finding.line, several(&finding.what))).collect()
    }

    #[test]
    fn texts_outside_of_entries_are_reported() {
        for (path, text, expected) in CASES {
            assert_eq!(reported(path, text), *expected, "{path}");
        }
    }

    /// Shapes of a Markdown glossary around a word that nothing else holds.
    fn block(shape: usize, word: &str) -> String {
        match shape {
            0 => format!("## Head{word}\n\nIt is {word} of stone.\n\n"),
            1 => format!("A remark on {word}.\n\n"),
            2 => format!("| Term | Definition |\n|--|--|\n| {word} | A wall. |\n\n"),
            3 => format!("| Port | Country |\n|--|--|\n| {word} | Sea |\n\n"),
            4 => format!("<p>Markup of {word}.</p>\n\n"),
            5 => format!("**Bold{word}**: A thing of {word}.\n\n"),
            6 => format!("Listed{word}\n: A thing of {word}.\n\n"),
            _ => format!("- an item of {word}\n\n"),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn each_word_is_in_an_entry_or_reported(shapes in prop::collection::vec(0usize..8, 1..10)) {
            let word = |at: usize| format!("zq{}x", char::from(b'a' + at as u8));
            let blocks = shapes.iter().enumerate().map(|(at, shape)| block(*shape, &word(at)));
            let text = format!("# Glossary\n\n{}", blocks.collect::<String>());
            let file = SourceBytes { path: "words.md", bytes: text.as_bytes() };
            let reading = read_source("test", &[file], None, &Budget::start(&Limits::default())).expect("it is short");
            let entries = &reading.glossary.entries;
            let read = format!("{entries:?}");
            let lost = (0..shapes.len()).filter(|at| !read.contains(&word(*at))).count();
            let told: usize = reported("words.md", &text).iter().map(|(_, texts)| texts).sum();
            prop_assert!(entries.is_empty() || lost == told, "{} lost, {} told of: {}", lost, told, text);
        }
    }
}
