//! Front matter → [`Front`].

use yaml_serde::Value;

use super::super::super::finding::Findings;
use super::super::columns::Column;
use super::super::paragraph::ParagraphBuilder;
use super::super::source::SourceText;
use super::super::yaml;
use crate::glossary::{Paragraph, StatedRelation};

/// What the front matter of a page says about its term.
#[derive(Default)]
pub(super) struct Front {
    pub title: Option<String>,
    /// Of the title, or of the front matter.
    pub title_line: usize,
    pub id: Option<String>,
    pub other_names: Vec<String>,
    pub short_description: Option<Paragraph>,
    pub link: Option<String>,
    /// Of fields with the name of a relation: `owner`, `related`. Other fields are about the site.
    pub relations: Vec<StatedRelation>,
}

impl Front {
    /// Reads the YAML that begins at a byte of the file.
    pub(super) fn read(yaml: &str, at: usize, file: &SourceText, findings: &mut Findings) -> Front {
        let value = match yaml::parse(yaml) {
            Ok(value) => value,
            Err((offset, error)) => {
                let place = file.place(at + offset..at + offset);
                let what = format!("front matter that is not YAML: {error}");
                findings.error(&place, what, "title and names in it are not read", None);
                return Front::default();
            }
        };
        let get = |wanted: &str| {
            let fields = value.as_mapping()?;
            let fits = |key: &Value| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(wanted));
            fields.iter().find(|(key, _)| fits(key)).map(|(_, value)| value)
        };
        let text = |key: &str| get(key).and_then(scalar).filter(|text| !text.is_empty());
        let line = |key: &str| line_of(key, yaml).map_or(0, |offset| file.line(at) + offset);
        let short_description = ["short_description", "summary", "description"].iter().find_map(|key| {
            let mut builder = ParagraphBuilder::default();
            builder.push(&text(key)?, line(key));
            // A folded text stands on lines of its own; all of it is cited by the first one.
            builder.finish().map(|paragraph| Paragraph { lines: vec![(0, line(key))], ..paragraph })
        });
        // `aliases` are old addresses of a page to Hugo, names to others.
        let aliases = texts(get("aliases")).into_iter().filter(|alias| !alias.contains('/'));
        Front {
            title: text("title"),
            title_line: line("title").max(1),
            id: text("id"),
            other_names: texts(get("aka")).into_iter().chain(texts(get("synonyms"))).chain(aliases).collect(),
            short_description,
            link: text("full_link"),
            relations: relations(&value, file, line),
        }
    }
}

fn relations(fields: &Value, file: &SourceText, line: impl Fn(&str) -> usize) -> Vec<StatedRelation> {
    let mut relations = Vec::new();
    for (key, value) in fields.as_mapping().into_iter().flatten() {
        let Some(key) = key.as_str() else { continue };
        let Column::Relation(relation) = file.titles.column(key) else { continue };
        relations.extend(texts(Some(value)).into_iter().map(|target| StatedRelation {
            relation: relation.to_string(),
            evidence: format!("{key}: {target}"),
            target,
            line: line(key),
            file: None,
        }));
    }
    relations
}

/// How many lines further down the key stands.
fn line_of(key: &str, yaml: &str) -> Option<usize> {
    let has_key = |line: &str| line.split_once(':').is_some_and(|(name, _)| name.trim_end().eq_ignore_ascii_case(key));
    yaml.lines().position(has_key)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => None,
    }
}

/// One text or a list of texts.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Sequence(list)) => list.iter().filter_map(scalar).filter(|text| !text.is_empty()).collect(),
        Some(value) => scalar(value).filter(|text| !text.is_empty()).into_iter().collect(),
        None => Vec::new(),
    }
}
