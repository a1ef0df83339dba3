//! What a row of an edge list says.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use super::super::relation_words::{Typed, typed};
use super::columns::{List, Plan};
use super::{Problem, Sheet, named};
use crate::facts::{RelationId, ThingId, Word};
use crate::graph::Value;

/// The cells of a row.
pub(super) trait Cells {
    /// The columns that the row fills.
    fn columns(&self) -> Vec<usize>;
    /// Empty if the row has no such cell.
    fn text(&self, column: usize) -> Cow<'_, str>;
    fn list(&self, column: usize) -> Vec<Cow<'_, str>>;
    fn value(&self, column: usize) -> Value;
}

/// Where a row is, and its words.
#[derive(Clone, Copy)]
pub(super) struct Place<'e> {
    pub line: usize,
    pub evidence: &'e str,
}

/// Rows of which something is missing are counted: a line each would bury the rest.
#[derive(Default)]
struct Missing {
    rows: usize,
    first: usize,
}

impl Missing {
    fn add(&mut self, line: usize) {
        if self.rows == 0 {
            self.first = line;
        }
        self.rows += 1;
    }

    fn say(&self, sheet: &mut Sheet, what: &str, help: Option<&str>) {
        if self.rows > 0 {
            let rows = if self.rows == 1 { "1 row".to_string() } else { format!("{} rows", self.rows) };
            sheet.warn(self.first, format!("{rows} {what}"), help);
        }
    }
}

pub(super) struct Rows {
    headings: Vec<String>,
    plan: Rc<Plan>,
    /// The names of ids, and of names themselves, in a table of things with both.
    names: HashMap<Box<str>, Box<str>>,
    without_end: Missing,
    without_type: Missing,
}

impl Rows {
    pub(super) fn new(headings: Vec<String>, plan: Plan) -> Rows {
        let (without_end, without_type) = (Missing::default(), Missing::default());
        Rows { headings, plan: Rc::new(plan), names: HashMap::new(), without_end, without_type }
    }

    /// Notes what a row is called: lists may name it by its id before it comes.
    pub(super) fn learn(&mut self, sheet: &Sheet, cells: &dyn Cells) -> Result<(), Problem> {
        let Plan::Things { name, id: Some(id), .. } = *self.plan else { return Ok(()) };
        let (name, id) = (cells.text(name), cells.text(id));
        if !name.is_empty() && !id.is_empty() {
            sheet.charge(name.len() + id.len() + 64)?;
            self.names.entry((*id).into()).or_insert_with(|| (*name).into());
        }
        Ok(())
    }

    pub(super) fn row(&mut self, sheet: &mut Sheet, cells: &dyn Cells, place: Place) -> Result<(), Problem> {
        sheet.tick()?;
        let plan = Rc::clone(&self.plan);
        match &*plan {
            Plan::Relations { start, end, types, otherwise } => {
                self.relation(sheet, cells, place, (*start, *end), types, otherwise)
            }
            Plan::Things { name, id, lists } => self.thing(sheet, cells, place, (*name, *id), lists),
        }
    }

    fn relation(
        &mut self,
        sheet: &mut Sheet,
        cells: &dyn Cells,
        place: Place,
        (start, end): (usize, usize),
        types: &[usize],
        otherwise: &Word,
    ) -> Result<(), Problem> {
        let (start_name, end_name) = (cells.text(start), cells.text(end));
        if start_name.is_empty() {
            self.without_end.add(place.line);
            return Ok(());
        }
        let start_thing = named(sheet, &start_name)?;
        sheet.define(start_thing, place.line);
        if end_name.is_empty() {
            self.without_end.add(place.line);
            return Ok(());
        }
        let end_thing = named(sheet, &end_name)?;
        let found = types.iter().find_map(|column| Some((*column, typed(&cells.text(*column))?)));
        if found.is_none() && !types.is_empty() {
            self.without_type.add(place.line);
        }
        let relationship_type = found.as_ref().map_or(otherwise, |(_, typed)| &typed.relationship_type).clone();
        let relation = sheet.relate(start_thing, relationship_type, end_thing, place.line, place.evidence)?;
        self.properties(sheet, relation, cells, &[start, end], found.as_ref())
    }

    /// All other cells; the word that gave the type only if it says more than the type.
    fn properties(
        &self,
        sheet: &mut Sheet,
        relation: RelationId,
        cells: &dyn Cells,
        used: &[usize],
        found: Option<&(usize, Typed)>,
    ) -> Result<(), Problem> {
        for column in cells.columns() {
            let says_type = found.is_some_and(|(by, typed)| {
                *by == column && typed.kind.is_none() && typed.relationship_type == cells.text(column)
            });
            if !used.contains(&column) && !says_type {
                sheet.set_relation(relation, self.headings[column].clone(), cells.value(column))?;
            }
        }
        match found.and_then(|(_, typed)| typed.kind) {
            Some(kind) => sheet.set_relation(relation, "kind", kind),
            None => Ok(()),
        }
    }

    fn thing(
        &mut self,
        sheet: &mut Sheet,
        cells: &dyn Cells,
        place: Place,
        (name, id): (usize, Option<usize>),
        lists: &[List],
    ) -> Result<(), Problem> {
        let mut own = cells.text(name);
        if own.is_empty() {
            own = id.map_or(own, |id| cells.text(id));
        }
        if own.is_empty() {
            self.without_end.add(place.line);
            return Ok(());
        }
        let thing = named(sheet, &own)?;
        sheet.define(thing, place.line);
        for column in cells.columns() {
            if column != name && lists.iter().all(|list| list.column != column) {
                sheet.set(thing, self.headings[column].clone(), cells.value(column))?;
            }
        }
        for list in lists {
            for other in cells.list(list.column) {
                let other = self.referred(sheet, &other)?;
                let (start, end) = if list.is_inverse { (other, thing) } else { (thing, other) };
                sheet.relate(start, list.relationship_type.clone(), end, place.line, place.evidence)?;
            }
        }
        Ok(())
    }

    fn referred(&self, sheet: &mut Sheet, name: &str) -> Result<ThingId, Problem> {
        named(sheet, self.names.get(name).map_or(name, |name| name))
    }

    /// What is to be said when all rows are read.
    pub(super) fn finish(self, sheet: &mut Sheet) {
        let without_end = match &*self.plan {
            Plan::Relations { start, end, .. } => {
                format!("without `{}` or `{}`: no relation", self.headings[*start], self.headings[*end])
            }
            Plan::Things { name, .. } => format!("without `{}`: left out", self.headings[*name]),
        };
        self.without_end.say(sheet, &without_end, None);
        if let Plan::Relations { otherwise, .. } = &*self.plan {
            let what = format!("without a word that names a relation: {otherwise}");
            self.without_type.say(sheet, &what, Some("--type NAME gives all relations one type"));
        }
    }
}
