//! Parts of a large text that are read one by one, so that it is never held as one tree.

use super::problem::{Problem, Wrong};

/// A problem in a part, at its line in the whole, with advice unless it has some.
pub(super) fn moved(problem: Problem, by: usize, help: &str) -> Problem {
    match problem {
        Problem::Wrong(Wrong { line, what, help: own }) => {
            Problem::Wrong(Wrong { line: line + by, what, help: own.or_else(|| Some(help.to_string())) })
        }
        stopped => stopped,
    }
}

/// The parts that begin at lines with exactly this indentation, with the line of each, counted from 1.
///
/// What comes before the first is left out, and so are blank lines and comments between parts. Lines that begin with `:`
/// go on with a key that began with `?`.
pub(super) fn blocks(text: &str, first_line: usize, indent: usize) -> Vec<(usize, &str)> {
    let mut blocks: Vec<(usize, &str)> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let content = line.trim_start_matches(' ');
        let is_start = line.len() - content.len() == indent && !content.starts_with(['\n', '\r', '#', ':']);
        if is_start {
            blocks.extend(open.map(|(line, start)| (line, &text[start..at])));
            open = Some((first_line + number, at));
        }
        at += line.len();
    }
    blocks.extend(open.map(|(line, start)| (line, &text[start..])));
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_begin_at_an_indentation() {
        let text = "# c\n\na:\n  x: 1\n\n? b\n:\n  y: 2\nc: 3";
        assert_eq!(blocks(text, 1, 0), [(3, "a:\n  x: 1\n\n"), (6, "? b\n:\n  y: 2\n"), (9, "c: 3")]);
        assert_eq!(blocks("a:\n  x: 1\n  y:\n    z: 2\n", 7, 2), [(8, "  x: 1\n"), (9, "  y:\n    z: 2\n")]);
        assert!(blocks("", 1, 0).is_empty());
    }
}
