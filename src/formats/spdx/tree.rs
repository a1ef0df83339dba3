//! [`Tree`]: a value of a JSON or YAML file, read alike.

use std::borrow::Cow;

use super::super::json::Json;
use super::super::yaml::Yaml;
use super::Sheet;

#[derive(Clone)]
pub(super) enum Tree<'a> {
    Json(Json<'a>),
    Yaml(Yaml),
}

impl<'a> Tree<'a> {
    /// The members of an object in the order written; none if it is not an object.
    pub fn members(&self) -> Vec<(Cow<'a, str>, Tree<'a>)> {
        match self {
            Tree::Json(json) => json.members().into_iter().map(|(name, value)| (name, Tree::Json(value))).collect(),
            Tree::Yaml(yaml) => {
                let named = |(key, value): (Yaml, Yaml)| Some((Cow::Owned(key.as_str()?.into()), Tree::Yaml(value)));
                yaml.entries().into_iter().filter_map(named).collect()
            }
        }
    }

    /// The items of a list; none if it is not a list.
    pub fn items(&self) -> Vec<Tree<'a>> {
        match self {
            Tree::Json(json) => json.items().into_iter().map(Tree::Json).collect(),
            Tree::Yaml(yaml) => yaml.items().iter().cloned().map(Tree::Yaml).collect(),
        }
    }

    /// The text of a scalar; empty if it is none.
    pub fn text(&self) -> Cow<'a, str> {
        match self {
            Tree::Json(json) => json.as_text().unwrap_or_default(),
            Tree::Yaml(yaml) => Cow::Owned(yaml.as_str().unwrap_or_default().to_string()),
        }
    }

    pub fn line(&self, sheet: &Sheet) -> usize {
        match self {
            Tree::Json(json) => sheet.line_of(json.text()),
            Tree::Yaml(yaml) => yaml.line(),
        }
    }
}
