//! The lines of unit files: systemd.syntax(7).

/// A section or a setting, with its continued lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Of the first of its lines, counted from 1.
    pub number: usize,
    /// As it is written, on one line.
    pub text: String,
    pub section: Option<String>,
    pub key: String,
    pub value: String,
}

pub(super) enum Part<'a> {
    Line(Line),
    /// The path that `systemctl cat` writes above a file.
    File(usize, &'a str),
    Wrong(usize, String),
}

impl Line {
    /// The words of the value, without quotation marks.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let (mut word, mut quote) = (String::new(), None);
        for c in self.value.chars() {
            match (quote, c) {
                (Some(open), _) if c == open => quote = None,
                (None, '"' | '\'') if word.is_empty() => quote = Some(c),
                (None, _) if c.is_whitespace() => {
                    if !word.is_empty() {
                        words.push(std::mem::take(&mut word));
                    }
                }
                _ => word.push(c),
            }
        }
        if !word.is_empty() {
            words.push(word);
        }
        words
    }
}

/// The parts of a file in their order, comments left out.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (at, line) in text.lines().enumerate() {
        let (number, trimmed) = (at + 1, line.trim());
        let is_comment = trimmed.starts_with(['#', ';']);
        if is_comment && open.is_none() {
            let path = trimmed.strip_prefix("# ").filter(|path| path.starts_with('/') && !path.contains(' '));
            parts.extend(path.map(|path| Part::File(number, path)));
        }
        if is_comment || (trimmed.is_empty() && open.is_none()) {
            continue;
        }
        let (continued, is_open) = match trimmed.strip_suffix('\\') {
            Some(begun) => (begun.trim_end(), true),
            None => (trimmed, false),
        };
        let (first, mut text) = open.take().unwrap_or((number, String::new()));
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(continued);
        match is_open {
            true => open = Some((first, text)),
            false => parts.push(part(first, text)),
        }
    }
    parts.extend(open.map(|(first, text)| part(first, text)));
    parts
}

fn part(number: usize, text: String) -> Part<'static> {
    let section = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(str::to_string);
    match text.split_once('=') {
        _ if section.is_some() => Part::Line(Line { number, text, section, ..Line::default() }),
        Some((key, value)) => {
            let (key, value) = (key.trim().to_string(), value.trim().to_string());
            Part::Line(Line { number, text, section, key, value })
        }
        None => Part::Wrong(number, format!("neither a section nor a setting: {}", shortened(&text))),
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() > MOST { text.chars().take(MOST).chain("…".chars()).collect() } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let shown = |part: Part| match part {
            Part::Line(Line { number, section: Some(section), .. }) => format!("{number} [{section}]"),
            Part::Line(line) => format!("{} {}={}", line.number, line.key, line.words().join("|")),
            Part::File(number, path) => format!("{number} file {path}"),
            Part::Wrong(number, what) => format!("{number} {what}"),
        };
        parts(text).into_iter().map(shown).collect()
    }

    #[test]
    fn lines_of_the_manual() {
        let text = "[Section A]\nKeyOne=value 1\n\n# a comment\nSetting=\"some thing\" 'x y' z\nKey = value 3\\\n\
            # ignored\n; ignored, too\n       value 3 continued\nbroken\nAfter=a \\\n";
        let expected = [
            "1 [Section A]",
            "2 KeyOne=value|1",
            "5 Setting=some thing|x y|z",
            "6 Key=value|3|value|3|continued",
            "10 neither a section nor a setting: broken",
            "11 After=a",
        ];
        assert_eq!(shown(text), expected);
        assert_eq!(shown("# /lib/a.service\n[Unit]\n# /no path\n"), ["1 file /lib/a.service", "2 [Unit]"]);
    }
}
