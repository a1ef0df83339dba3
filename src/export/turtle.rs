//! RDF in Turtle.

use std::io::Write;

use super::rdf::{self, Block, Object, PREFIXES, Parallel};
use super::{Subgraph, Written};
use crate::limits::Budget;

pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let source = subgraph.source();
    for (prefix, iri) in PREFIXES {
        writeln!(out, "@prefix {prefix}: <{iri}> .")?;
    }
    writeln!(out)?;
    for block in rdf::head(source) {
        write_block(&block, out)?;
    }
    for node in subgraph.nodes() {
        budget.tick()?;
        write_block(&rdf::node(source, *node), out)?;
    }
    let parallel = parallel(subgraph, budget)?;
    for link in subgraph.links() {
        budget.tick()?;
        for block in rdf::relationship(source, link.relationship, subgraph.relationship(link.relationship), &parallel) {
            write_block(&block, out)?;
        }
    }
    Ok(Vec::new())
}

/// Counts the relationships that would say the same.
pub(super) fn parallel(subgraph: &Subgraph, budget: &Budget) -> Result<Parallel, crate::diagnostic::Diagnostic> {
    let mut parallel = Parallel::new();
    for link in subgraph.links() {
        budget.tick()?;
        let shape = subgraph.relationship(link.relationship);
        *parallel.entry((shape.start, shape.relationship_type, shape.end)).or_default() += 1;
    }
    Ok(parallel)
}

fn write_block(block: &Block, out: &mut dyn Write) -> std::io::Result<()> {
    match &block.subject {
        Some(name) => write!(out, "{name}")?,
        None => write!(out, "[]")?,
    }
    for (at, (predicate, object)) in block.predicates.iter().enumerate() {
        let before = if at == 0 { "" } else { " ;\n   " };
        let predicate = if predicate == "rdf:type" { "a" } else { predicate };
        write!(out, "{before} {predicate} ")?;
        match object {
            Object::Name(name) => write!(out, "{name}")?,
            Object::Literal(text, None) => write!(out, "{}", rdf::quoted(text))?,
            Object::Literal(text, Some(datatype)) => write!(out, "{}^^{datatype}", rdf::quoted(text))?,
        }
    }
    writeln!(out, " .")
}
