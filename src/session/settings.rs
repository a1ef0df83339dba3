//! How answers are shown and what statements may use, as typed by people.

use std::time::Duration;

use crate::export::{self, EXPORTERS, Exporter};
use crate::graph::Implied;
use crate::render::{self, RENDERERS, Renderer, Style};

/// How answers are shown.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    /// `None`: as the shape of each answer suggests.
    pub(crate) format: Option<Format>,
    /// How many rows are shown to people; `None`: all.
    pub(crate) rows: Option<usize>,
    pub(crate) timing: bool,
    /// Walking statements do not see relations that are less sure.
    pub(crate) confidence: f64,
    pub(crate) width: Width,
    pub(crate) colour: bool,
    /// Whether trees, chains and tables are drawn with plain characters.
    pub(crate) ascii: bool,
    /// What relationship types in patterns stand for besides what is stored.
    pub(crate) implied: Implied,
    /// Whether answers go straight to a terminal, and how wide it is.
    pub(crate) terminal: bool,
    pub(crate) terminal_width: Option<usize>,
}

/// How rows are shown: as rows, or as the graph that they hold.
#[derive(Clone, Copy)]
pub(crate) enum Format {
    Rows(&'static Renderer),
    Graph(&'static Exporter),
}

impl Format {
    /// All formats, in the order of the help.
    pub(crate) fn all() -> impl Iterator<Item = Format> {
        RENDERERS.iter().map(Format::Rows).chain(EXPORTERS.iter().map(Format::Graph))
    }

    pub(crate) fn find(name: &str) -> Option<Format> {
        render::find(name).map(Format::Rows).or_else(|| export::find(name).map(Format::Graph))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Format::Rows(renderer) => renderer.name,
            Format::Graph(exporter) => exporter.name,
        }
    }

    /// One sentence.
    pub(crate) fn doc(self) -> &'static str {
        match self {
            Format::Rows(renderer) => renderer.doc,
            Format::Graph(exporter) => exporter.doc,
        }
    }

    /// Whether a program reads it: then nothing but the answer may be written.
    pub(crate) fn is_machine(self) -> bool {
        match self {
            Format::Rows(renderer) => renderer.machine,
            Format::Graph(_) => true,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// The terminal's.
    Auto,
    Columns(usize),
    Unlimited,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            format: None,
            rows: None,
            timing: false,
            confidence: 0.0,
            width: Width::Auto,
            colour: false,
            ascii: false,
            implied: Implied::default(),
            terminal: false,
            terminal_width: None,
        }
    }
}

impl Settings {
    pub(crate) fn style(&self) -> Style {
        let width = match self.width {
            Width::Auto => self.terminal_width,
            Width::Columns(columns) => Some(columns),
            Width::Unlimited => None,
        };
        Style { width, colour: self.colour, terminal: self.terminal }
    }
}

/// The names of the output formats.
pub(crate) fn format_names() -> impl Iterator<Item = &'static str> {
    Format::all().map(Format::name)
}

/// `500ms`, `5s`, `1.5m`, `1h`; a bare number is seconds. More than nothing.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = number_and_unit(text);
    let scale = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("`{text}` is not a time: write 500ms, 5s, 2m or 1h")),
    };
    let seconds = number.parse::<f64>().ok().map(|number| number * scale);
    seconds
        .filter(|seconds| *seconds > 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| format!("`{text}` is not a time: write 500ms, 5s, 2m or 1h"))
}

/// How sure a relation must be: from 0, all, to 1.
pub(crate) fn parse_confidence(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| format!("`{text}` is not a confidence: write a number from 0 to 1"))
}

/// `512KiB`, `64MiB`, `2GiB`; a bare number is bytes.
pub(crate) fn parse_size(text: &str) -> Result<usize, String> {
    let (number, unit) = number_and_unit(text);
    let scale: f64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" | "kib" => 1024.0,
        "m" | "mb" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(format!("`{text}` is not a size: write 512KiB, 64MiB or 2GiB")),
    };
    let bytes = number.parse::<f64>().ok().map(|number| number * scale);
    bytes
        .filter(|bytes| *bytes >= 1.0 && *bytes < usize::MAX as f64)
        .map(|bytes| bytes as usize)
        .ok_or_else(|| format!("`{text}` is not a size: write 512KiB, 64MiB or 2GiB"))
}

fn number_and_unit(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(parse_duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(parse_duration("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse_duration(" 250 ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "s", "-1s", "0", "1 day", "1.2.3s", "9999999999999999999999h"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(parse_size("2GiB"), Ok(2 << 30));
        assert_eq!(parse_size("64 mb"), Ok(64 << 20));
        assert_eq!(parse_size("10"), Ok(10));
        for wrong in ["", "GiB", "-1", "0", "5 parsecs", "99999999999999999999999999"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }
}
