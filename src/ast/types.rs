//! Types as they are written in `IS :: TYPE` and `CAST(… AS TYPE)`.

use crate::diagnostic::Span;

/// `INTEGER`, `LIST<STRING NOT NULL>`, `INTEGER | FLOAT`
#[derive(Clone, Debug)]
pub struct TypeExpression {
    pub kind: TypeKind,
    /// Whether null is of this type too: unless NOT NULL or `!` is behind it. A union's is told by its parts.
    pub nullable: bool,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    Any,
    /// The type of no value at all.
    Nothing,
    Null,
    Boolean,
    Integer,
    Float,
    String,
    Date,
    LocalTime,
    ZonedTime,
    LocalDateTime,
    ZonedDateTime,
    Duration,
    Point,
    Node,
    Relationship,
    Path,
    Map,
    /// `LIST<element>`; `LIST` alone is a list of ANY.
    List(Box<TypeExpression>),
    /// At least two, none of them a union. `nullable` of the whole is true.
    Union(Vec<TypeExpression>),
}

impl PartialEq for TypeExpression {
    fn eq(&self, other: &TypeExpression) -> bool {
        (&self.kind, self.nullable) == (&other.kind, other.nullable)
    }
}
