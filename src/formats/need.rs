//! [`Need`]: one package needs another, as lock files of all ecosystems state it.

use super::problem::Problem;
use super::sheet::Sheet;
use crate::facts::{RelationId, ThingId};

/// What sort of need it is, in the words of the tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Normal,
    Dev,
    Build,
    Peer,
    /// The file does not tell.
    Unknown,
}

impl Kind {
    fn word(self, optional: bool) -> &'static str {
        match self {
            Kind::Normal if optional => "optional",
            Kind::Normal => "normal",
            Kind::Dev => "dev",
            Kind::Build => "build",
            Kind::Peer => "peer",
            Kind::Unknown if optional => "optional",
            Kind::Unknown => "",
        }
    }

    fn relationship_type(self, optional: bool) -> &'static str {
        match self {
            Kind::Dev => "DEV_DEPENDS_ON",
            Kind::Normal | Kind::Build | Kind::Peer | Kind::Unknown if optional => "OPTIONALLY_DEPENDS_ON",
            Kind::Normal | Kind::Build | Kind::Peer | Kind::Unknown => "DEPENDS_ON",
        }
    }
}

/// That `start` needs `end`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need<'t> {
    pub start: ThingId,
    pub end: ThingId,
    pub kind: Kind,
    /// The start can do without: the relation's type says so beside the kind, so that an optional need for building
    /// is both.
    pub optional: bool,
    /// The version or range asked for, as it is written; empty if it is not known.
    pub requested: &'t str,
    /// The version it got; empty if it got none.
    pub resolved: &'t str,
}

impl Need<'_> {
    pub(super) fn state(&self, sheet: &mut Sheet, line: usize, evidence: &str) -> Result<RelationId, Problem> {
        let relationship_type = self.kind.relationship_type(self.optional);
        let relation = sheet.relate(self.start, relationship_type, self.end, line, evidence)?;
        sheet.set_relation(relation, "kind", self.kind.word(self.optional))?;
        sheet.set_relation(relation, "requested", self.requested)?;
        sheet.set_relation(relation, "resolved", self.resolved)?;
        Ok(relation)
    }
}

/// Makes a thing a package of an ecosystem.
pub(super) fn describe_package(
    sheet: &mut Sheet,
    thing: ThingId,
    ecosystem: &'static str,
    name: &str,
    version: &str,
) -> Result<(), Problem> {
    sheet.name(thing, name);
    sheet.label(thing, "Package");
    sheet.set(thing, "version", version)?;
    sheet.set(thing, "ecosystem", ecosystem)
}
