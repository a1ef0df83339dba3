//! What a package of poetry.lock asks for, and in what form Poetry writes it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ::toml::Spanned;
use ::toml::de::DeValue;

use super::lock::{string, text, texts};
use super::marker::Marker;
use super::requirement::Requirement;
use super::{Part, normal};
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::toml::{self, Table};

/// What a package or the project asks for.
pub struct Need<'a> {
    /// Normalised.
    pub name: String,
    pub range: Cow<'a, str>,
    pub marker: Cow<'a, str>,
    pub extras: Vec<String>,
    /// For what it is asked: several extras may ask for one.
    pub parts: Vec<Part>,
    pub line: usize,
    pub evidence: &'a str,
}

/// When a package is in the lock file at all: one marker, or one for each group.
pub fn marker(table: &Table) -> Option<Marker> {
    let markers = toml::get(table, "markers")?;
    if let Some(text) = toml::as_str(markers) {
        return Marker::parse(text);
    }
    let by_group = markers.get_ref().as_table()?.values();
    by_group.map(|text| toml::as_str(text).and_then(Marker::parse)).collect::<Option<_>>().map(Marker::Any)
}

pub fn needs<'a>(sheet: &Sheet<'a>, table: &Table<'a>, start: usize) -> Result<Vec<Need<'a>>, Problem> {
    let mut found = Vec::new();
    let by_extra = extras_of(table);
    for (name, value) in toml::table(table, "dependencies").into_iter().flatten() {
        let key = start + name.span().start;
        let name = normal(name.get_ref());
        let extras = by_extra.get(&name).map_or(&[][..], Vec::as_slice);
        for (item, is_listed) in items(value) {
            sheet.tick()?;
            sheet.charge(size_of::<Need>())?;
            let (from, end) = (start + item.span().start, start + item.span().end);
            let evidence = sheet.text.get(if is_listed { from } else { key }..end).unwrap_or("");
            let mut need = terms(name.clone(), item);
            need.parts = parts(item, &need.marker, extras);
            found.push(Need { line: sheet.line(from), evidence, ..need });
        }
    }
    Ok(found)
}

/// A value, or each item of a list, and whether it is one of a list.
pub fn items<'t, 'a>(value: &'t Spanned<DeValue<'a>>) -> Vec<(&'t Spanned<DeValue<'a>>, bool)> {
    match value.get_ref().as_array() {
        Some(items) => items.iter().map(|item| (item, true)).collect(),
        None => vec![(value, false)],
    }
}

/// What a string or table asks for: `">=1"`, `{ version = ">=1", extras = ["x"], markers = "…" }`.
pub fn terms<'a>(name: String, item: &Spanned<DeValue<'a>>) -> Need<'a> {
    let none = Need {
        name,
        range: Cow::Borrowed(""),
        marker: Cow::Borrowed(""),
        extras: Vec::new(),
        parts: vec![Part::Normal],
        line: 0,
        evidence: "",
    };
    match item.get_ref().as_table() {
        Some(table) => {
            let (range, marker, extras) = (text(table, "version"), text(table, "markers"), texts(table, "extras"));
            Need { range, marker, extras, ..none }
        }
        None => Need { range: string(item).unwrap_or_default(), ..none },
    }
}

/// Whether the item says of itself that it is optional.
pub fn is_optional(item: &Spanned<DeValue>) -> bool {
    let optional = item.get_ref().as_table().and_then(|table| toml::get(table, "optional"));
    optional.and_then(|optional| optional.get_ref().as_bool()) == Some(true)
}

/// The extras that an optional need is for: those of its marker, else those that list its name.
fn parts(item: &Spanned<DeValue>, marker: &str, listed: &[String]) -> Vec<Part> {
    if !is_optional(item) {
        return vec![Part::Normal];
    }
    let marker = Marker::parse(marker);
    let mut extras: Vec<String> = marker.iter().flat_map(Marker::extras).map(normal).collect();
    if extras.is_empty() {
        extras = listed.to_vec();
    }
    match extras.is_empty() {
        true => vec![Part::Extra(String::new())],
        false => extras.into_iter().map(Part::Extra).collect(),
    }
}

/// The extras of the package itself that the list of one of its extras names.
pub fn own_extras(name: &str, list: &Spanned<DeValue>) -> Vec<String> {
    let texts = list.get_ref().as_array().into_iter().flat_map(|items| items.iter()).filter_map(toml::as_str);
    let own = texts.filter_map(Requirement::parse).filter(|requirement| normal(requirement.name) == name);
    own.flat_map(|requirement| requirement.extras).map(normal).collect()
}

/// Of each name that extras list, these extras.
fn extras_of(table: &Table) -> BTreeMap<String, Vec<String>> {
    let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (extra, _) in toml::table(table, "extras").into_iter().flatten() {
        let items = toml::table(table, "extras").into_iter().flat_map(|extras| toml::items(extras, extra.get_ref()));
        for requirement in items.filter_map(toml::as_str).filter_map(Requirement::parse) {
            by_name.entry(normal(requirement.name)).or_default().push(normal(extra.get_ref()));
        }
    }
    by_name
}
