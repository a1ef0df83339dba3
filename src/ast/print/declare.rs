//! Statements that say what relationship types mean, and what names the nodes of labels.

use std::fmt::{Display, Formatter, Result};

use super::separated;
use super::text::{Quoted, Schema};
use crate::ast::{Declaration, Meaning, Name};
use crate::graph::{Effect, FailureDirection};

impl Display for Declaration {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Declaration::Create { replace, types, parts } => {
                f.write_str(if *replace { "CREATE OR REPLACE" } else { "CREATE" })?;
                f.write_str(" RELATIONSHIP TYPE ")?;
                names(f, types)?;
                parts.iter().try_for_each(|part| write!(f, " {part}"))
            }
            Declaration::CreateLabel { replace, labels, named_by } => {
                f.write_str(if *replace { "CREATE OR REPLACE LABEL " } else { "CREATE LABEL " })?;
                names(f, labels)?;
                f.write_str(" NAMED BY ")?;
                names(f, named_by)
            }
            Declaration::DropLabel { labels } => {
                f.write_str("DROP LABEL ")?;
                names(f, labels)
            }
            Declaration::Drop { types } => {
                f.write_str("DROP RELATIONSHIP TYPE ")?;
                names(f, types)
            }
        }
    }
}

fn names(f: &mut Formatter, names: &[Name]) -> Result {
    separated(f, ", ", names.iter().map(|name| Schema(&name.text)))
}

impl Display for Meaning {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Meaning::Named(phrase) => write!(f, "NAMED {}", Quoted(phrase)),
            Meaning::Inverse { name, phrase } => {
                write!(f, "INVERSE {}", Schema(&name.text))?;
                phrase.iter().try_for_each(|phrase| write!(f, " NAMED {}", Quoted(phrase)))
            }
            Meaning::Failure(FailureDirection::Along) => f.write_str("FAILURE ALONG"),
            Meaning::Failure(FailureDirection::Against) => f.write_str("FAILURE AGAINST"),
            Meaning::Failure(FailureDirection::None) => f.write_str("FAILURE NONE"),
            Meaning::Effect(Effect::Fails) => f.write_str("FAILS"),
            Meaning::Effect(Effect::Degrades) => f.write_str("DEGRADES"),
            Meaning::Orders(FailureDirection::Along) => f.write_str("ORDERS ALONG"),
            Meaning::Orders(FailureDirection::Against) => f.write_str("ORDERS AGAINST"),
            Meaning::Orders(FailureDirection::None) => f.write_str("ORDERS NONE"),
            Meaning::Symmetric => f.write_str("SYMMETRIC"),
            Meaning::Transitive => f.write_str("TRANSITIVE"),
            Meaning::KindOf(supers) => {
                f.write_str("KIND OF ")?;
                names(f, supers)
            }
            Meaning::Described(text) => write!(f, "DESCRIBED {}", Quoted(text)),
        }
    }
}
