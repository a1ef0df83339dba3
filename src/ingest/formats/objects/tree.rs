//! [`Tree`]: a value of a YAML or JSON file, whose parts know their lines.

use super::super::source::SourceText;
use crate::formats::json::Json;
use crate::formats::yaml::Yaml;

#[derive(Clone, Debug)]
pub(super) enum Tree<'a> {
    Yaml(Yaml),
    /// A slice of the text that it was read from.
    Json(Json<'a>),
}

/// A member of an object.
#[derive(Clone, Debug)]
pub(super) struct Member<'a> {
    pub name: String,
    pub value: Tree<'a>,
    /// The name where it is written, if the parser tells.
    key: Option<Yaml>,
}

impl Member<'_> {
    pub(super) fn line(&self, file: &SourceText) -> usize {
        self.key.as_ref().map_or_else(|| self.value.line(file), Yaml::line)
    }
}

impl<'a> Tree<'a> {
    /// Counted from 1.
    pub(super) fn line(&self, file: &SourceText) -> usize {
        match self {
            Tree::Yaml(yaml) => yaml.line(),
            Tree::Json(json) => file.line((json.text().as_ptr() as usize).saturating_sub(file.text.as_ptr() as usize)),
        }
    }

    /// The text of a string, a number or a boolean, unless it is empty.
    pub(super) fn text(&self) -> Option<String> {
        let text = match self {
            Tree::Yaml(yaml) if yaml.is_null() => None,
            Tree::Yaml(yaml) => yaml.as_str().map(str::to_string),
            Tree::Json(json) => json.as_text().map(String::from),
        };
        text.map(|text| text.trim().to_string()).filter(|text| !text.is_empty())
    }

    pub(super) fn is_list(&self) -> bool {
        match self {
            Tree::Yaml(yaml) => yaml.is_list(),
            Tree::Json(json) => json.is_array(),
        }
    }

    pub(super) fn is_map(&self) -> bool {
        match self {
            Tree::Yaml(yaml) => yaml.is_map(),
            Tree::Json(json) => json.is_object(),
        }
    }

    /// The items of a list; none if it is not a list.
    pub(super) fn items(&self) -> Vec<Tree<'a>> {
        match self {
            Tree::Yaml(yaml) => yaml.items().iter().cloned().map(Tree::Yaml).collect(),
            Tree::Json(json) => json.items().into_iter().map(Tree::Json).collect(),
        }
    }

    /// The members of an object in the order written; none if it is not an object.
    pub(super) fn members(&self) -> Vec<Member<'a>> {
        match self {
            Tree::Yaml(yaml) => yaml.entries().into_iter().filter_map(yaml_member).collect(),
            Tree::Json(json) => json.members().into_iter().map(|(name, value)| json_member(&name, value)).collect(),
        }
    }
}

fn yaml_member<'a>((key, value): (Yaml, Yaml)) -> Option<Member<'a>> {
    Some(Member { name: key.as_str()?.to_string(), value: Tree::Yaml(value), key: Some(key) })
}

fn json_member<'a>(name: &str, value: Json<'a>) -> Member<'a> {
    Member { name: name.to_string(), value: Tree::Json(value), key: None }
}
