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
    /// Worth knowing; nothing need be done.
    Note,
}

impl Severity {
    /// As messages and reports name it.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Declares an enum whose variants print as their own names and explain themselves by their comments.
macro_rules! named_enum {
    ($(#[$meta:meta])* $name:ident { $(#[doc = $doc:literal] $variant:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $doc] $variant),* }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];

            pub fn name(self) -> &'static str {
                match self { $($name::$variant => stringify!($variant)),* }
            }

            /// What it means, in one sentence, for the reference.
            pub fn doc(self) -> &'static str {
                match self { $($name::$variant => $doc.trim_ascii()),* }
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
        /// The text is no statement of the language.
        SyntaxError,
        /// The statement is well formed, but what it asks makes no sense; warnings have this kind too.
        SemanticError,
        /// The statement uses a parameter that was not given.
        ParameterMissing,
        /// The graph does not fulfil a constraint.
        ConstraintVerificationFailed,
        /// A change would break a constraint.
        ConstraintValidationFailed,
        /// A node or relationship is gone.
        EntityNotFound,
        /// A value has no such component.
        PropertyNotFound,
        /// There is no such label.
        LabelNotFound,
        /// A value is of a type that does not fit.
        TypeError,
        /// The value of an argument does not fit.
        ArgumentError,
        /// A calculation has no result.
        ArithmeticError,
        /// A procedure cannot be called like this.
        ProcedureError,
        /// The statement was stopped: Ctrl-C, time limit or memory limit.
        Stopped,
        /// A file could not be read or written.
        IoError,
        /// A transaction cannot go on, or none is open.
        TransactionError,
        /// A defect of kenning itself.
        InternalError,
    }
}

named_enum! {
    /// The circumstance that caused an error: the third word of the conformance kit's error steps, and some of our
    /// own for what the kit does not know. Sorted by name.
    Detail {
        /// An expression mixes an aggregate with a value that is not grouped by; pass the value on with WITH first.
        AmbiguousAggregationExpression,
        /// A name fits several terms; the help lists them.
        AmbiguousName,
        /// Two columns have the same name; give one of them another with AS.
        ColumnNameConflict,
        /// A commit could not be written; its changes are undone.
        CommitFailed,
        /// A file cannot be read as what it should be.
        CorruptFile,
        /// What should be created would break a constraint.
        CreateBlockedByConstraint,
        /// A pattern of variable length finds paths; it cannot create or merge one.
        CreatingVarLength,
        /// Another process or transaction is writing; try again, wait for a process with --wait, or read with --read-only.
        DatabaseLocked,
        /// The database file was moved, replaced or deleted while it was open.
        DatabaseMoved,
        /// kenning itself went wrong; please report it with the statement.
        Defect,
        /// A node still has relationships; DETACH DELETE deletes them too.
        DeleteConnectedNode,
        /// The statement reads a node or relationship that it has deleted; read it before.
        DeletedEntityAccess,
        /// The device failed to read or write.
        DeviceFailure,
        /// The parts of a UNION must have the same columns.
        DifferentColumnsInUnion,
        /// The disk is full, or a quota or size limit is reached.
        DiskFull,
        /// An integer is divided by 0; by 0.0 the result would be infinite.
        DivisionByZero,
        /// A file of this name exists already.
        FileExists,
        /// A number is too large for a float.
        FloatingPointOverflow,
        /// The graph has no file: its changes are gone when the server ends.
        InMemoryOnly,
        /// A number is beyond the range of an integer, from -2^63 to 2^63 - 1.
        IntegerOverflow,
        /// Ctrl-C stopped the statement.
        Interrupted,
        /// A duration or date is out of range.
        IntervalOverflow,
        /// An aggregate such as count() stands where there are no groups; only WITH and RETURN make them.
        InvalidAggregation,
        /// This kind of expression cannot be an argument here.
        InvalidArgumentExpression,
        /// A procedure's arguments are given in parentheses here.
        InvalidArgumentPassingMode,
        /// A value is of a type that the function, operator or clause does not take.
        InvalidArgumentType,
        /// The value of an argument does not fit, though its type does.
        InvalidArgumentValue,
        /// Clauses do not go together like this: UNION with UNION ALL, reading after writing without WITH, …
        InvalidClauseComposition,
        /// Only nodes, relationships and paths can be deleted; labels and properties are removed with REMOVE.
        InvalidDelete,
        /// The value has no elements.
        InvalidElementAccess,
        /// A number is written wrong.
        InvalidNumberLiteral,
        /// A function or procedure takes another number of arguments.
        InvalidNumberOfArguments,
        /// A parameter cannot stand here, where the statement must be known before it runs.
        InvalidParameterUse,
        /// A property cannot hold this; it holds Booleans, numbers, strings, temporal values, points, and lists of them.
        InvalidPropertyType,
        /// A relationship in a pattern is written wrong.
        InvalidRelationshipPattern,
        /// A character cannot stand here; a look-alike from another alphabet or a word processor perhaps.
        InvalidUnicodeCharacter,
        /// An escape such as \u00E9 is written wrong.
        InvalidUnicodeLiteral,
        /// A path pattern cannot stand here.
        InvalidUseOfPathPattern,
        /// A folder was found where a file was expected.
        IsADirectory,
        /// The elements of a list are numbered: `list[0]`.
        ListElementAccessByNonInteger,
        /// The values of a map, node or relationship have names: map['key'].
        MapElementAccessByNonString,
        /// The statement needs more memory than it may; :set memory or --memory raises the limit.
        MemoryLimit,
        /// A MERGE would read what it writes.
        MergeReadOwnWrites,
        /// A file is not there.
        MissingFile,
        /// A parameter is not given; set it with --param or :param.
        MissingParameter,
        /// A count or position is negative.
        NegativeIntegerArgument,
        /// An aggregate stands inside another; compute the inner one in a WITH before.
        NestedAggregation,
        /// The statement is nested too deeply to be read.
        NestingLimit,
        /// In WITH an expression needs a name: WITH n.age AS age.
        NoExpressionAlias,
        /// A relationship that is created or merged has exactly one type.
        NoSingleRelationshipType,
        /// COMMIT or ROLLBACK stands where no transaction is open; BEGIN opens one.
        NoTransaction,
        /// * stands for all variables, but there are none.
        NoVariablesInScope,
        /// An expression must have one value for the whole statement here.
        NonConstantExpression,
        /// A number is not between the bounds that are allowed.
        NumberOutOfRange,
        /// The file permissions do not allow this.
        PermissionDenied,
        /// There is no procedure of this name; `kenning help procedures` lists them.
        ProcedureNotFound,
        /// Only maps, nodes, relationships, temporal values and points have properties.
        PropertyAccessOnNonMap,
        /// The graph or the transaction is open for reading only.
        ReadOnly,
        /// The file or the file system is read-only.
        ReadOnlyFile,
        /// One variable cannot stand for two relationships of one pattern: they are always different.
        RelationshipUniquenessViolation,
        /// A relationship that is created needs a direction: --> or <--.
        RequiresDirectedRelationship,
        /// The statement answers more rows than it may; the server's --max-rows raises the limit.
        RowLimit,
        /// There is an index or constraint of this name, or for the same label and properties, already.
        SchemaRuleExists,
        /// There is no index or constraint of this name.
        SchemaRuleNotFound,
        /// The server is shutting down, and the statement did not finish in time; try again once it is back.
        ServerShutdown,
        /// The statement took longer than it may; :set timeout or --timeout raises the limit.
        TimeLimit,
        /// Another transaction has changed what this one read; roll back and try again.
        TransactionConflict,
        /// A transaction is open where there must be none.
        TransactionOpen,
        /// A transaction's changes take more than 4 GiB; use CALL { … } IN TRANSACTIONS.
        TransactionTooLarge,
        /// A variable is used that no clause before has defined, or that a WITH did not pass on.
        UndefinedVariable,
        /// Something else was expected at this place.
        UnexpectedSyntax,
        /// There is no function of this name; `kenning help functions` lists them.
        UnknownFunction,
        /// No node has this label, so nothing can be found by it.
        UnknownLabel,
        /// No term has this name.
        UnknownName,
        /// Nothing has a property of this name, or a value has no such component.
        UnknownPropertyKey,
        /// No relationship has this type, so nothing can be found by it.
        UnknownRelationshipType,
        /// A list or map is nested too deeply or, with what it shares counted each time, too large.
        ValueTooLarge,
        /// A variable already stands for something and cannot be defined again.
        VariableAlreadyBound,
        /// A variable stands for a node in one place and for a relationship or something else in another.
        VariableTypeConflict,
        /// An earlier write or sync failed, so the database accepts no more changes; reopen it.
        WriteFailed,
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
            Severity::Note => Level::NOTE,
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

/// The noun after "a" or "an", by its first letter: "an Integer", "a String".
pub fn an(noun: impl std::fmt::Display) -> String {
    let noun = noun.to_string();
    let article = if noun.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {noun}")
}
