//! The entries of a Cargo.lock, read one by one: a large lock is never held as a tree.

use std::borrow::Cow;

use ::toml::Spanned;
use ::toml::de::DeValue;

use super::{CRATES_IO, Crate, Item};
use crate::formats::need::describe_package;
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::toml::{self, Table};

/// The packages of the lock, as things.
pub(super) fn crates<'t>(sheet: &mut Sheet<'t>) -> Result<Vec<Crate<'t>>, Problem> {
    let mut crates = Vec::new();
    for (start, text) in tables(sheet.text) {
        sheet.tick()?;
        match toml::parse_text(text) {
            Ok(table) => read_table(sheet, &table, start, &mut crates)?,
            // Its tables are written in another way than Cargo's, or it is broken: read as a whole, it says where.
            Err(_) => return whole(sheet),
        }
    }
    if crates.is_empty() && !sheet.text.contains("version") {
        return Err(Problem::at(1, "no [[package]] is in it").help("make it with cargo generate-lockfile"));
    }
    Ok(crates)
}

fn whole<'t>(sheet: &mut Sheet<'t>) -> Result<Vec<Crate<'t>>, Problem> {
    let conflict =
        |problem: Problem| problem.help("if it is a merge conflict: resolve it with cargo generate-lockfile");
    let table = toml::parse(sheet).map_err(conflict)?;
    let mut crates = Vec::new();
    read_table(sheet, &table, 0, &mut crates)?;
    Ok(crates)
}

/// The text cut before each line that begins with `[`, with the byte where each part begins.
fn tables(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let length = rest.match_indices("\n[").next().map_or(rest.len(), |(newline, _)| newline + 1);
        let part = (at, &rest[..length]);
        at += length;
        Some(part)
    })
}

fn read_table<'t>(
    sheet: &mut Sheet<'t>,
    table: &Table<'t>,
    start: usize,
    crates: &mut Vec<Crate<'t>>,
) -> Result<(), Problem> {
    let root = toml::get(table, "root");
    for value in root.into_iter().chain(toml::items(table, "package")) {
        let line = sheet.line(start + value.span().start);
        let Some(table) = value.get_ref().as_table() else { return Err(Problem::at(line, "a package is no table")) };
        crates.push(read_package(sheet, table, start, line, crates.len())?);
    }
    Ok(())
}

fn read_package<'t>(
    sheet: &mut Sheet<'t>,
    table: &Table<'t>,
    start: usize,
    line: usize,
    number: usize,
) -> Result<Crate<'t>, Problem> {
    let field = |key| toml::get(table, key).and_then(text_of);
    let (Some(name), Some(version)) = (field("name"), field("version")) else {
        return Err(Problem::at(line, "a package without name or version"));
    };
    let source = field("source").unwrap_or_default();
    let thing = sheet.thing(&number.to_string())?;
    let line = toml::get(table, "name").map_or(line, |name| sheet.line(start + name.span().start));
    sheet.define(thing, line);
    describe_package(sheet, thing, "cargo", &name, &version)?;
    if !CRATES_IO.contains(&&*source) {
        sheet.set(thing, "source", &*source)?;
    }
    let items = toml::items(table, "dependencies").map(|value| item(sheet, value, start)).collect::<Result<_, _>>()?;
    let replace = toml::get(table, "replace").map(|value| item(sheet, value, start)).transpose()?;
    Ok(Crate { name, version, source, items, replace, thing })
}

fn text_of<'t>(value: &Spanned<DeValue<'t>>) -> Option<Cow<'t, str>> {
    match value.get_ref() {
        DeValue::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn item<'t>(sheet: &Sheet<'t>, value: &Spanned<DeValue<'t>>, start: usize) -> Result<Item<'t>, Problem> {
    sheet.charge(size_of::<Item>())?;
    let line = sheet.line(start + value.span().start);
    let text = text_of(value).ok_or_else(|| Problem::at(line, "a dependency that is no text"))?;
    let evidence = sheet.text.get(start + value.span().start..start + value.span().end).unwrap_or_default();
    Ok(Item { line, text, evidence })
}
