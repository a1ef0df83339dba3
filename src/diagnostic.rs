//! Errors and warnings as data: what, where, why and what to try.
//!
//! A [`Diagnostic`] carries the kind, phase and detail of the openCypher conformance kit's error model, the
//! byte range of the query text it speaks about, and a help line. [`Diagnostic::draw`] shows it under the text.

use std::fmt;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A byte range of the statement's text, end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The text it covers, or an empty string if it does not fit the text.
    pub fn text(self, source: &str) -> &str {
        source.get(self.range()).unwrap_or("")
    }
}

/// When the error was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    CompileTime,
    Runtime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    Error,
    Warning,
}

/// Declares an enum whose variants print as their own names.
macro_rules! named_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];

            pub fn name(self) -> &'static str {
                match self { $($name::$variant => stringify!($variant)),* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named_enum! {
    /// The class of an error, as the openCypher conformance kit names them, and three of our own.
    Kind {
        SyntaxError, SemanticError, ParameterMissing, ConstraintVerificationFailed, ConstraintValidationFailed,
        EntityNotFound, PropertyNotFound, LabelNotFound, TypeError, ArgumentError, ArithmeticError, ProcedureError,
        /// The statement was stopped: Ctrl-C, time limit or memory limit.
        Stopped,
        /// A file could not be read or written.
        IoError,
        /// A defect of kenning itself.
        InternalError,
    }
}

named_enum! {
    /// The circumstance that caused an error: the third word of the conformance kit's error steps.
    Detail {
        AmbiguousAggregationExpression, ColumnNameConflict, CreateBlockedByConstraint, CreatingVarLength,
        DeleteConnectedNode, DeletedEntityAccess, DifferentColumnsInUnion, DivisionByZero, FloatingPointOverflow,
        IntegerOverflow, IntervalOverflow, InvalidAggregation, InvalidArgumentExpression,
        InvalidArgumentPassingMode, InvalidArgumentType, InvalidArgumentValue, InvalidClauseComposition,
        InvalidDelete, InvalidElementAccess, InvalidNumberLiteral, InvalidNumberOfArguments,
        InvalidParameterUse, InvalidPropertyType, InvalidRelationshipPattern, InvalidUnicodeCharacter,
        InvalidUnicodeLiteral, InvalidUseOfPathPattern, ListElementAccessByNonInteger,
        MapElementAccessByNonString, MergeReadOwnWrites, MissingParameter, NegativeIntegerArgument,
        NestedAggregation, NoExpressionAlias, NoSingleRelationshipType, NoVariablesInScope,
        NonConstantExpression, NumberOutOfRange, PropertyAccessOnNonMap, ProcedureNotFound,
        RelationshipUniquenessViolation, RequiresDirectedRelationship, UndefinedVariable, UnexpectedSyntax,
        UnknownFunction, VariableAlreadyBound, VariableTypeConflict,
        // Details of our own, for what the kit does not know.
        AmbiguousName, CorruptFile, Defect, Interrupted, MemoryLimit, MissingFile, NestingLimit, TimeLimit,
        UnknownLabel, UnknownName, UnknownPropertyKey, UnknownRelationshipType,
    }
}

/// One error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub kind: Kind,
    pub phase: Phase,
    pub detail: Detail,
    /// What is wrong, in one sentence without a final full stop.
    pub message: String,
    /// Where: absent when the text is not to blame (a file, a limit).
    pub span: Option<Span>,
    /// What to try, one sentence.
    pub help: Option<String>,
}

impl Diagnostic {
    fn new(severity: Severity, phase: Phase, kind: Kind, detail: Detail, message: String) -> Diagnostic {
        Diagnostic { severity, kind, phase, detail, message, span: None, help: None }
    }

    /// An error found before anything runs.
    pub fn compile(kind: Kind, detail: Detail, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, Phase::CompileTime, kind, detail, message.into()).at(span)
    }

    /// A [`Kind::SyntaxError`] found before anything runs.
    pub fn syntax(detail: Detail, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::compile(Kind::SyntaxError, detail, span, message)
    }

    /// An error found while running; the evaluator adds the span of the expression that failed.
    pub fn runtime(kind: Kind, detail: Detail, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, Phase::Runtime, kind, detail, message.into())
    }

    pub fn warning(detail: Detail, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, Phase::CompileTime, Kind::SemanticError, detail, message.into()).at(span)
    }

    /// Sets the place, unless a more precise one is known already.
    pub fn at(mut self, span: Span) -> Diagnostic {
        self.span.get_or_insert(span);
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Draws the message, the line of `source` it speaks about with a caret, and the help line.
    /// `colour` turns terminal styles on.
    pub fn draw(&self, source: &str, colour: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(self.message.as_str()).id(self.detail.name()));
        let (excerpt, span) = excerpt(source, self.span);
        if let Some(span) = span {
            group = group.element(Snippet::source(excerpt).fold(true).annotation(AnnotationKind::Primary.span(span)));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// The part of a long text around the span, so that drawing stays cheap and readable; and the span within it.
fn excerpt(source: &str, span: Option<Span>) -> (&str, Option<std::ops::Range<usize>>) {
    const AROUND: usize = 400;
    let Some(span) = span else { return (source, None) };
    let floor = |mut at: usize| {
        at = at.min(source.len());
        while !source.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(span.range().start);
    let end = floor(span.range().end.clamp(start, start + AROUND));
    let from = floor(start.saturating_sub(AROUND));
    let to = floor(end + AROUND);
    (&source[from..to], Some(start - from..end - from))
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let phase = match self.phase {
            Phase::CompileTime => "compile time",
            Phase::Runtime => "runtime",
        };
        write!(f, "{} at {phase}: {}: {}", self.kind, self.detail, self.message)
    }
}

impl std::error::Error for Diagnostic {}
