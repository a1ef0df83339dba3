//! [`Index`]: what a name means to a package that needs it.

use std::collections::HashMap;

use super::clause::Choice;
use super::version::{compare, satisfies};
use super::{Problem, Sheet};
use crate::facts::ThingId;

pub(super) struct Package<'t> {
    pub thing: ThingId,
    pub name: &'t str,
    pub architecture: &'t str,
    pub version: &'t str,
    pub multi_arch: &'t str,
}

/// Packages and names that they provide.
pub(super) struct Index<'t> {
    native: &'t str,
    packages: Vec<Package<'t>>,
    by_name: HashMap<&'t str, Vec<usize>>,
    provided: HashMap<&'t str, Provided<'t>>,
}

struct Provided<'t> {
    thing: ThingId,
    /// Each with the version that it provides, if it says one.
    providers: Vec<(usize, &'t str)>,
}

/// What satisfies a choice, each with its version.
#[derive(Default)]
pub(super) struct Found<'i> {
    pub things: Vec<(ThingId, &'i str)>,
    /// Whether one has the version that is wanted.
    pub is_satisfied: bool,
}

impl<'t> Index<'t> {
    pub fn new(native: &'t str) -> Index<'t> {
        Index { native, packages: Vec::new(), by_name: HashMap::new(), provided: HashMap::new() }
    }

    pub fn add(&mut self, package: Package<'t>) {
        self.by_name.entry(package.name).or_default().push(self.packages.len());
        self.packages.push(package);
    }

    pub fn thing(&self, package: usize) -> ThingId {
        self.packages[package].thing
    }

    /// Notes that a package provides a name, which is a thing of its own.
    pub fn add_provider(&mut self, provider: usize, choice: &Choice<'t>, thing: ThingId) {
        let provided = self.provided.entry(choice.name).or_insert(Provided { thing, providers: Vec::new() });
        provided.providers.push((provider, choice.version));
    }

    /// To be called once, when all packages are there: the newest of a name come first, of equals the first in the file.
    pub fn sort(&mut self) {
        let packages = &self.packages;
        for named in self.by_name.values_mut() {
            named.sort_by(|a, b| compare(packages[*b].version, packages[*a].version).then(a.cmp(b)));
        }
    }

    /// The package of the name, and the name itself if another package provides it.
    pub fn find(&self, choice: &Choice, needer: usize, sheet: &Sheet) -> Result<Found<'_>, Problem> {
        let real = self.real(choice, needer, sheet)?;
        let provided = match self.provided.get(choice.name) {
            Some(provided) if self.is_provided(provided, choice, real, sheet)? => Some(provided),
            _ => None,
        };
        let satisfied = real.filter(|package| self.has_version(*package, choice));
        let mut found = Found { things: Vec::new(), is_satisfied: satisfied.is_some() || provided.is_some() };
        // A package of the wrong version is better than nothing.
        if let Some(package) = satisfied.or(real.filter(|_| provided.is_none())) {
            let package = &self.packages[package];
            found.things.push((package.thing, package.version));
        }
        found.things.extend(provided.map(|provided| (provided.thing, "")));
        Ok(found)
    }

    /// Of the packages that have this very name, the newest that satisfies the choice, else the newest.
    fn real(&self, choice: &Choice, needer: usize, sheet: &Sheet) -> Result<Option<usize>, Problem> {
        let mut newest = None;
        for package in self.by_name.get(choice.name).into_iter().flatten().copied() {
            sheet.tick()?;
            if !self.is_usable(package, choice, needer) {
                continue;
            }
            if self.has_version(package, choice) {
                return Ok(Some(package));
            }
            newest = newest.or(Some(package));
        }
        Ok(newest)
    }

    fn has_version(&self, package: usize, choice: &Choice) -> bool {
        satisfies(self.packages[package].version, choice.operator, choice.version)
    }

    /// Whether the architectures fit, as dpkg's multiarch has it.
    fn is_usable(&self, package: usize, choice: &Choice, needer: usize) -> bool {
        let package = &self.packages[package];
        let needer = match self.packages[needer].architecture {
            "all" => self.native,
            architecture => architecture,
        };
        match choice.architecture {
            "" => package.multi_arch == "foreign" || [needer, "all"].contains(&package.architecture),
            "any" | "native" => true,
            architecture => [architecture, "all"].contains(&package.architecture),
        }
    }

    /// Whether a package other than the real one provides the name. A provided name without a version satisfies no
    /// restriction.
    fn is_provided(
        &self,
        provided: &Provided,
        choice: &Choice,
        real: Option<usize>,
        sheet: &Sheet,
    ) -> Result<bool, Problem> {
        let is_free = choice.operator.is_empty();
        for (provider, version) in &provided.providers {
            sheet.tick()?;
            let fits = is_free || !version.is_empty() && satisfies(version, choice.operator, choice.version);
            if Some(*provider) != real && fits {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
