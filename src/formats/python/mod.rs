//! Python packages: lock files of uv and Poetry, and what is installed as pipdeptree and pip tell it.
//!
//! A name is written as PyPI normalises it. A need for `dask[complete]` is a need for `dask` and one for the extra
//! itself, a thing labelled `Extra` that cannot do without what the extra adds; `dask` can.

mod inspect;
mod lock;
mod marker;
mod need;
mod overlap;
mod pipdeptree;
mod poetry;
mod project;
mod ranges;
mod requirement;
mod uv;
mod version;

use super::problem::Problem;
use super::sheet::Sheet;
use super::{Format, identity};
use crate::facts::{RelationId, ThingId};
use crate::graph::Value;

pub(super) const INSPECT: Format = inspect::FORMAT;
pub(super) const PIPDEPTREE: Format = pipdeptree::FORMAT;
pub(super) const POETRY: Format = poetry::FORMAT;
pub(super) const UV: Format = uv::FORMAT;

/// A name as PyPI normalises it.
fn normal(name: &str) -> String {
    identity::python_name(name)
}

/// Describes the thing as a package; one from an index is the same in every file.
fn describe(sheet: &mut Sheet, thing: ThingId, name: &str, version: &str, is_indexed: bool) -> Result<(), Problem> {
    sheet.label(thing, "Package");
    sheet.name(thing, name);
    sheet.set(thing, "version", version)?;
    sheet.set(thing, "ecosystem", "pypi")?;
    match is_indexed && !version.is_empty() {
        true => sheet.identify(thing, &identity::package("pypi", "", name, version)),
        false => Ok(()),
    }
}

/// Describes the thing as an extra of a package.
fn describe_extra(
    sheet: &mut Sheet,
    thing: ThingId,
    (name, extra): (&str, &str),
    version: &str,
    is_indexed: bool,
) -> Result<(), Problem> {
    sheet.label(thing, "Extra");
    sheet.name(thing, &format!("{name}[{extra}]"));
    sheet.set(thing, "version", version)?;
    sheet.set(thing, "ecosystem", "pypi")?;
    match is_indexed && !version.is_empty() {
        true => sheet.identify(thing, &format!("{}[{extra}]", identity::package("pypi", "", name, version))),
        false => Ok(()),
    }
}

/// For what a package has a need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Normal,
    Extra(String),
    Group(String),
}

impl Part {
    fn relationship_type(&self) -> &'static str {
        match self {
            Part::Normal => "DEPENDS_ON",
            Part::Extra(_) => "OPTIONALLY_DEPENDS_ON",
            Part::Group(_) => "DEV_DEPENDS_ON",
        }
    }

    fn set(&self, sheet: &mut Sheet, relation: RelationId) -> Result<(), Problem> {
        match self {
            Part::Normal => sheet.set_relation(relation, "kind", "normal"),
            Part::Extra(extra) => {
                sheet.set_relation(relation, "kind", "optional")?;
                sheet.set_relation(relation, "extra", extra.as_str())
            }
            Part::Group(group) => {
                sheet.set_relation(relation, "kind", "dev")?;
                sheet.set_relation(relation, "group", group.as_str())
            }
        }
    }
}

/// What a need says besides its ends.
#[derive(Default)]
struct Terms<'a> {
    requested: &'a str,
    resolved: &'a str,
    marker: &'a str,
    extras: &'a [String],
}

fn set_terms(sheet: &mut Sheet, relation: RelationId, terms: &Terms) -> Result<(), Problem> {
    sheet.set_relation(relation, "requested", terms.requested)?;
    sheet.set_relation(relation, "resolved", terms.resolved)?;
    sheet.set_relation(relation, "marker", terms.marker)?;
    if terms.extras.is_empty() {
        return Ok(());
    }
    let extras = terms.extras.iter().map(|extra| Value::from(extra.as_str()));
    sheet.set_relation(relation, "extras", Value::list(extras))
}
