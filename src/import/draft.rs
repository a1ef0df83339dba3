//! A graph that is being read from one file, whose nodes go by names of the file's own.

use std::collections::HashMap;

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{AddedRelationship, Graph, GraphBuilder, LabelNaming, RelationSemantics, Value};
use crate::limits::Budget;

/// Why a file cannot be read.
#[derive(Debug)]
pub(super) enum Problem {
    /// A line (0: unknown) and what is wrong there.
    Wrong(u64, String),
    /// A limit was reached.
    Stopped(Diagnostic),
}

impl From<Diagnostic> for Problem {
    fn from(error: Diagnostic) -> Problem {
        Problem::Stopped(error)
    }
}

impl Problem {
    pub(super) fn diagnostic(self, file: &str) -> Diagnostic {
        let message = match self {
            Problem::Stopped(error) => return error,
            Problem::Wrong(0, what) => format!("{file}: {what}"),
            Problem::Wrong(line, what) => format!("{file}:{line}: {what}"),
        };
        Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message).help("nothing was read")
    }
}

pub(super) struct Draft<'b> {
    builder: GraphBuilder,
    numbers: HashMap<String, u32>,
    budget: &'b Budget,
    pub(super) notes: Vec<String>,
}

impl<'b> Draft<'b> {
    pub(super) fn new(budget: &'b Budget) -> Draft<'b> {
        Draft { builder: GraphBuilder::new(), numbers: HashMap::new(), budget, notes: Vec::new() }
    }

    /// Notes that so many bytes more are held while the file is read.
    pub(super) fn reserve(&self, bytes: usize) -> Result<(), Problem> {
        self.budget.tick()?;
        Ok(self.budget.charge(bytes)?)
    }

    pub(super) fn declare(&mut self, semantics: RelationSemantics) {
        self.builder.declare(semantics);
    }

    pub(super) fn name_by(&mut self, naming: LabelNaming) {
        self.builder.name_by(naming);
    }

    /// Adds a node. The error says that there is one of this name.
    pub(super) fn node<'a>(
        &mut self,
        line: u64,
        name: &str,
        labels: impl Iterator<Item = &'a str>,
    ) -> Result<u32, Problem> {
        self.budget.tick()?;
        self.budget.charge(2 * name.len() + 64)?;
        let labels: Vec<_> = labels.map(|label| self.builder.intern_label(label)).collect();
        let number = self.builder.add_nodes(&labels, 1).ok_or_else(|| too_many(line))?;
        match self.numbers.insert(name.to_string(), number) {
            None => Ok(number),
            Some(_) => Err(Problem::Wrong(line, format!("there are two nodes `{name}`"))),
        }
    }

    pub(super) fn find(&self, line: u64, name: &str) -> Result<u32, Problem> {
        self.numbers.get(name).copied().ok_or_else(|| Problem::Wrong(line, format!("there is no node `{name}`")))
    }

    pub(super) fn relationship(
        &mut self,
        line: u64,
        start: u32,
        relationship_type: &str,
        end: u32,
    ) -> Result<AddedRelationship, Problem> {
        self.budget.tick()?;
        self.budget.charge(32)?;
        let relationship_type = self.builder.intern_type(relationship_type);
        self.builder.add_relationships(relationship_type, &[start], &[end]).ok_or_else(|| too_many(line))
    }

    pub(super) fn set_node(&mut self, node: u32, key: &str, value: Value) -> Result<(), Problem> {
        self.budget.charge(value.size())?;
        if !value.is_null() {
            let key = self.builder.intern_key(key);
            self.builder.set_node_property(node, key, value);
        }
        Ok(())
    }

    pub(super) fn set_relationship(
        &mut self,
        relationship: AddedRelationship,
        key: &str,
        value: Value,
    ) -> Result<(), Problem> {
        self.budget.charge(value.size())?;
        if !value.is_null() {
            let key = self.builder.intern_key(key);
            self.builder.set_relationship_property(relationship, key, value);
        }
        Ok(())
    }

    pub(super) fn finish(self) -> (Graph, Vec<String>) {
        (self.builder.finish(), self.notes)
    }
}

fn too_many(line: u64) -> Problem {
    Problem::Wrong(line, "there are more nodes or relationships than 32-bit ids".into())
}
