//! Types.

use std::fmt::{Display, Formatter, Result};

use super::separated;
use crate::ast::{TypeExpression, TypeKind};

impl Display for TypeExpression {
    fn fmt(&self, f: &mut Formatter) -> Result {
        self.kind.fmt(f)?;
        f.write_str(if self.nullable { "" } else { " NOT NULL" })
    }
}

impl Display for TypeKind {
    fn fmt(&self, f: &mut Formatter) -> Result {
        let name = match self {
            TypeKind::Any => "ANY",
            TypeKind::Nothing => "NOTHING",
            TypeKind::Null => "NULL",
            TypeKind::Boolean => "BOOLEAN",
            TypeKind::Integer => "INTEGER",
            TypeKind::Float => "FLOAT",
            TypeKind::String => "STRING",
            TypeKind::Date => "DATE",
            TypeKind::LocalTime => "LOCAL TIME",
            TypeKind::ZonedTime => "ZONED TIME",
            TypeKind::LocalDateTime => "LOCAL DATETIME",
            TypeKind::ZonedDateTime => "ZONED DATETIME",
            TypeKind::Duration => "DURATION",
            TypeKind::Point => "POINT",
            TypeKind::Node => "NODE",
            TypeKind::Relationship => "RELATIONSHIP",
            TypeKind::Path => "PATH",
            TypeKind::Map => "MAP",
            TypeKind::List(element) => return write!(f, "LIST<{element}>"),
            // The brackets keep the bar apart from that of a comprehension.
            TypeKind::Union(types) => {
                f.write_str("ANY<")?;
                separated(f, " | ", types)?;
                ">"
            }
        };
        f.write_str(name)
    }
}
