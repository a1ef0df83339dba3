//! Where a definition or a relation was found, and the address of that line.

use super::address::encoded;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Entity, EntitySource, Value};

/// The address of a line of a source file: text with `{file}` and `{line}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTemplate(String);

impl SourceTemplate {
    /// Checks a template: it names the file, and it leads to the web or to a place beside the site.
    pub fn new(text: &str) -> Result<SourceTemplate, Diagnostic> {
        let wrong = |message: String| {
            let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message);
            Err(error.help("for example: https://example.org/repo/blob/main/{file}#L{line}"))
        };
        if !text.contains("{file}") {
            return wrong(format!("the address `{text}` does not say where the file's path goes: `{{file}}`"));
        }
        let before_path = text.split(['/', '?', '#', '{']).next().unwrap_or_default();
        let scheme = before_path.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            None | Some("https" | "http" | "file") => Ok(SourceTemplate(text.into())),
            Some(scheme) => {
                wrong(format!("`{scheme}:` does not lead to a file: write https, http, file or a relative address"))
            }
        }
    }

    /// The address of a place. Without a line what follows `#` is left out if it would name one; `None` if a line is
    /// needed elsewhere.
    fn of(&self, file: &str, line: Option<i64>) -> Option<String> {
        let template = match (line, self.0.split_once('#')) {
            (None, Some((before, fragment))) if fragment.contains("{line}") => before,
            _ => &self.0,
        };
        let address = template.replace("{file}", &encoded(file));
        match line {
            Some(line) => Some(address.replace("{line}", &line.to_string())),
            None if address.contains("{line}") => None,
            None => Some(address),
        }
    }
}

/// Where something was found, as text and as an address if there is one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) text: String,
    pub(super) address: Option<String>,
}

/// What a node or a relationship cites: its source and its file with the line.
pub(super) fn places(source: &dyn EntitySource, entity: Entity, template: Option<&SourceTemplate>) -> Vec<Place> {
    let text = |key: &str| source.named_property(entity, key).as_str().map(str::to_string);
    let file = text("file");
    let mut places = Vec::new();
    if let Some(cited) = text("source").filter(|cited| Some(cited) != file.as_ref()) {
        let is_address = ["https://", "http://"].iter().any(|scheme| cited.starts_with(scheme));
        places.push(Place { address: is_address.then(|| cited.clone()), text: cited });
    }
    if let Some(file) = file {
        let line = match source.named_property(entity, "line") {
            Value::Integer(line) if line > 0 => Some(line),
            _ => None,
        };
        let address = template.and_then(|template| template.of(&file, line));
        let text = line.map_or_else(|| file.clone(), |line| format!("{file}:{line}"));
        places.push(Place { text, address });
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        let template = SourceTemplate::new("https://example.org/{file}#L{line}").expect("it names the file");
        assert_eq!(template.of("a b/c.md", Some(7)).as_deref(), Some("https://example.org/a%20b/c.md#L7"));
        assert_eq!(template.of("c.md", None).as_deref(), Some("https://example.org/c.md"));
        let query = SourceTemplate::new("../view?f={file}&l={line}").expect("it is relative");
        assert_eq!(query.of("c.md", None), None);
        assert!(SourceTemplate::new("{file}").is_ok());
        for wrong in ["https://example.org/", "javascript:{file}", "data:text/html,{file}"] {
            assert!(SourceTemplate::new(wrong).is_err(), "{wrong}");
        }
    }
}
