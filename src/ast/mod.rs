//! The syntax tree: what the text says, with the place of every word, and nothing about what it means.
//!
//! A query is a list of clauses in the order written. Names are as typed (unquoted); literals are decoded.
//! The tree is made by `parser`, printed by [`print`], and consumed by `binder`; nothing later sees it.

mod children;
mod decide;
mod declare;
mod expression;
mod label;
mod pattern;
mod print;
mod schema;
mod transaction;
mod types;
mod vocabulary;
mod walk;
pub(crate) mod words;

pub use decide::*;
pub use declare::*;
pub use expression::*;
pub use label::*;
pub use pattern::*;
pub use print::{Comment, pretty};
pub use schema::*;
pub use transaction::*;
pub use types::*;
pub(crate) use vocabulary::{BY_WAY_OF, ends_a_term};
pub use vocabulary::{Before, Operand, OptionKind, Terms, WORDS, Word};
pub use walk::*;

use crate::diagnostic::Span;

/// A name with its place. Two names are equal if their texts are.
#[derive(Clone, Debug)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

impl Name {
    pub fn new(text: impl Into<String>, span: Span) -> Name {
        Name { text: text.into(), span }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.text == other.text
    }
}

/// Words that are read because other engines know them, and that have no effect here: options, hints, the graph to use.
#[derive(Clone, Debug)]
pub struct Ignored {
    /// As typed, without comments and with single spaces.
    pub text: String,
    pub span: Span,
}

impl PartialEq for Ignored {
    fn eq(&self, other: &Ignored) -> bool {
        self.text == other.text
    }
}

/// One statement of a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// `CYPHER 25 runtime=slotted`
    pub options: Option<Ignored>,
    pub mode: Mode,
    pub body: StatementBody,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Run,
    /// `EXPLAIN`: show the plan, run nothing.
    Explain,
    /// `PROFILE`: run, and show the plan with rows and time per operator.
    Profile,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StatementBody {
    Query(Query),
    Walk(Walk),
    Declaration(Declaration),
    WhatIf(WhatIf),
    Schema(SchemaChange),
    Transaction(TransactionControl),
    Correction(Correction),
}

/// Single queries joined by `UNION`. There is one union word less than there are parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub parts: Vec<SingleQuery>,
    pub unions: Vec<Union>,
}

#[derive(Clone, Debug)]
pub struct Union {
    pub all: bool,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SingleQuery {
    pub clauses: Vec<Clause>,
}

/// A clause with the span from its first keyword to its last token.
#[derive(Clone, Debug)]
pub struct Clause {
    pub kind: ClauseKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ClauseKind {
    /// `USE graph`
    Use(Ignored),
    Match(Match),
    Unwind(Unwind),
    With(With),
    Return(Projection),
    Create(Vec<PathPattern>),
    Merge(Merge),
    Set(Vec<SetItem>),
    Remove(Vec<RemoveItem>),
    Delete(Delete),
    Call(Call),
    CallSubquery(CallSubquery),
    Foreach(Foreach),
    When(When),
    /// `LET variable = expression, …`: each sees those before it.
    Let(Vec<(Name, Expression)>),
    LoadCsv(LoadCsv),
    /// `FILTER [WHERE] condition`
    Filter(Expression),
    For(For),
    /// `NEXT`, between a RETURN and the clauses that go on with its columns.
    Next,
    /// `FINISH`: the query ends here and answers nothing.
    Finish,
}

/// `[OPTIONAL] MATCH [REPEATABLE ELEMENTS] pattern, … [USING hint …] [WHERE condition]`
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    pub optional: bool,
    /// Two relationship patterns may stand for one relationship. DIFFERENT RELATIONSHIPS says what holds anyway.
    pub repeatable: bool,
    pub patterns: Vec<PathPattern>,
    pub hints: Vec<Ignored>,
    pub condition: Option<Expression>,
}

/// `UNWIND list AS variable`
#[derive(Clone, Debug, PartialEq)]
pub struct Unwind {
    pub list: Expression,
    pub variable: Name,
}

/// `LOAD CSV [WITH HEADERS] FROM file AS variable [FIELDTERMINATOR ';'] [IGNORE EXTRA FIELDS]`
#[derive(Clone, Debug, PartialEq)]
pub struct LoadCsv {
    pub headers: bool,
    pub source: Expression,
    pub variable: Name,
    /// ASCII.
    pub terminator: Option<char>,
    /// Whether a row may have more fields than the header, which are left out.
    pub ignores_extra: bool,
}

/// `WITH projection [WHERE condition]`
#[derive(Clone, Debug, PartialEq)]
pub struct With {
    pub projection: Projection,
    pub condition: Option<Expression>,
}

/// What `WITH` and `RETURN` have in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projection {
    pub distinct: bool,
    /// `*` stood first; `items` come on top.
    pub star: bool,
    pub items: Vec<ProjectionItem>,
    pub group_by: GroupBy,
    pub order_by: Vec<SortItem>,
    pub skip: Option<Expression>,
    pub limit: Option<Expression>,
}

/// What rows are grouped by.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum GroupBy {
    /// By the items without an aggregate, as nothing or `GROUP BY ALL` says.
    #[default]
    Implied,
    /// `GROUP BY expression, …`; without any, `GROUP BY ()`, all rows are one group.
    Keys(Vec<Expression>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct ProjectionItem {
    pub expression: Expression,
    pub alias: Option<Name>,
    /// The expression's source text as typed: the column's name when there is no alias.
    /// Not part of equality.
    pub text: SourceText,
}

/// Text kept for display only: any two are equal.
#[derive(Clone, Debug)]
pub struct SourceText(pub String);

impl PartialEq for SourceText {
    fn eq(&self, _: &SourceText) -> bool {
        true
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct SortItem {
    pub expression: Expression,
    pub descending: bool,
    pub nulls: Option<Nulls>,
}

/// `NULLS FIRST`, `NULLS LAST`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    First,
    Last,
}

/// `MERGE path [ON CREATE SET …] [ON MATCH SET …] …`
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    pub pattern: PathPattern,
    /// In the order written; several of one kind are allowed.
    pub actions: Vec<MergeAction>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MergeAction {
    pub on: MergeEvent,
    pub items: Vec<SetItem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeEvent {
    Create,
    Match,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SetItem {
    /// `entity.key = value`; the target is any expression that gives a node or relationship.
    Property { entity: Expression, key: Name, value: Expression },
    /// `variable = map`: replaces all properties.
    Replace { variable: Name, value: Expression },
    /// `variable += map`: adds to and overwrites the properties.
    Merge { variable: Name, value: Expression },
    /// `entity[key] = value`
    DynamicProperty { entity: Expression, key: Expression, value: Expression },
    /// `variable:Label:$(expression)`
    Labels { variable: Name, labels: Vec<LabelItem> },
}

#[derive(Clone, Debug, PartialEq)]
pub enum RemoveItem {
    Property {
        entity: Expression,
        key: Name,
    },
    /// `entity[key]`
    DynamicProperty {
        entity: Expression,
        key: Expression,
    },
    Labels {
        variable: Name,
        labels: Vec<LabelItem>,
    },
}

/// `[DETACH] DELETE expression, …`
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    pub detach: bool,
    pub expressions: Vec<Expression>,
}

/// `[OPTIONAL] CALL name.space.procedure[(argument, …)] [YIELD * | field [AS variable], … [WHERE condition]]`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Keeps the row, with nulls, where the procedure gives none.
    pub optional: bool,
    /// The dotted name in one piece.
    pub procedure: Name,
    /// Absent when no parentheses were written: arguments come from parameters of the same names.
    pub arguments: Option<Vec<Expression>>,
    pub yields: Option<Yield>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Yield {
    /// `YIELD *`
    pub star: bool,
    pub items: Vec<YieldItem>,
    pub condition: Option<Expression>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct YieldItem {
    pub field: Name,
    pub alias: Option<Name>,
}

/// `[OPTIONAL] CALL (variable, …) { query } [IN TRANSACTIONS …]`
#[derive(Clone, Debug, PartialEq)]
pub struct CallSubquery {
    pub optional: bool,
    pub imports: Imports,
    pub query: Query,
    pub in_transactions: Option<InTransactions>,
}

/// Which variables of the query around can be seen in a subquery.
#[derive(Clone, Debug, PartialEq)]
pub enum Imports {
    /// `CALL { … }`: those that a WITH at the beginning of a part names.
    None,
    /// `CALL (*) { … }`
    All,
    /// `CALL (a, b) { … }`, `CALL () { … }`
    Names(Vec<Name>),
}

/// `FOREACH (variable IN list | clause …)`
#[derive(Clone, Debug, PartialEq)]
pub struct Foreach {
    pub variable: Name,
    pub list: Expression,
    /// At least one; all of them change the graph.
    pub clauses: Vec<Clause>,
}

/// `WHEN condition THEN query … [ELSE query]`: the first query whose condition is true, as the whole query.
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// At least one.
    pub branches: Vec<(Expression, Query)>,
    pub otherwise: Option<Query>,
}

impl When {
    /// The queries of which one is run.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.branches.iter().map(|(_, query)| query).chain(&self.otherwise)
    }
}

/// `FOR variable IN list [WITH ORDINALITY position | WITH OFFSET position]`
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    pub variable: Name,
    pub list: Expression,
    pub position: Option<Position>,
}

/// A variable for the place of an element in its list.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    pub counting: Counting,
    pub variable: Name,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// `ORDINALITY`: from 1 on.
    Ordinality,
    /// `OFFSET`: from 0 on.
    Offset,
}

impl PartialEq for Clause {
    fn eq(&self, other: &Clause) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Union {
    fn eq(&self, other: &Union) -> bool {
        self.all == other.all
    }
}
