//! The clauses, one family a file. A row of [`CLAUSES`] says which keyword starts a clause and what parses it.

mod call;
mod foreach;
mod load;
mod matching;
mod projection;
mod update;
mod when;

pub(super) use call::listed_call;

use super::input::{Parsed, Tokens};
use crate::ast::{Clause, ClauseKind};

/// How a clause or a walking statement starts: for help and completion.
#[derive(Clone, Copy, Debug)]
pub struct Starter {
    pub keyword: &'static str,
    pub syntax: &'static str,
    /// One sentence.
    pub doc: &'static str,
}

type ParseClause = for<'t> fn(Tokens<'t>) -> Parsed<'t, ClauseKind>;

macro_rules! clauses {
    ($($keyword:literal $syntax:literal $doc:literal $parse:path;)*) => {
        /// The clauses of a query, in the order in which one learns them.
        pub const CLAUSES: &[Starter] = &[$(Starter { keyword: $keyword, syntax: $syntax, doc: $doc }),*];

        /// For each row of [`CLAUSES`] its parser, which is called at the keyword.
        const PARSERS: &[ParseClause] = &[$($parse),*];
    };
}

clauses! {
    "MATCH" "MATCH pattern, … [USING INDEX n:Label(key) | USING SCAN n:Label | USING JOIN ON n] [WHERE condition]"
        "Finds every way in which the patterns fit the graph." matching::matching;
    "OPTIONAL" "OPTIONAL MATCH pattern, … [WHERE condition] or OPTIONAL CALL …"
        "Like MATCH or CALL, but keeps the row, with nulls, where there is nothing." matching::optional;
    "RETURN" "RETURN [DISTINCT] * | expression [AS name], … [GROUP BY expression, …] [ORDER BY … [DESC] [NULLS LAST]] [SKIP n] [LIMIT n]"
        "Says what the query answers." projection::returning;
    "WITH" "WITH [DISTINCT] * | expression [AS name], … [GROUP BY expression, …] [ORDER BY …] [SKIP n] [LIMIT n] [WHERE condition]"
        "Passes on only these values, filtered, sorted or grouped." projection::with;
    "ORDER BY" "ORDER BY expression [DESC] [NULLS LAST], … [SKIP n] [LIMIT n]"
        "Sorts the rows, and may leave out the first or the last of them." projection::paged;
    "SKIP" "SKIP n [LIMIT n]"
        "Leaves out the first rows." projection::paged;
    "OFFSET" "OFFSET n [LIMIT n]"
        "Leaves out the first rows: SKIP in GQL's word." projection::paged;
    "LIMIT" "LIMIT n"
        "Keeps only the first rows." projection::paged;
    "UNWIND" "UNWIND list AS variable"
        "Makes a row of each element of a list." matching::unwind;
    "LOAD" "LOAD CSV [WITH HEADERS] FROM file AS variable [FIELDTERMINATOR ';'] [IGNORE EXTRA FIELDS]"
        "Makes a row of each row of a CSV file: a list of its fields, or a map by the names of the first row. Empty fields are null; a row of more fields than the header is an error unless they are ignored." load::load;
    "LET" "LET variable = expression, …"
        "Adds variables to the row and keeps the others." matching::let_;
    "FILTER" "FILTER [WHERE] condition"
        "Keeps only the rows for which the condition is true." matching::filter;
    "FOR" "FOR variable IN list [WITH ORDINALITY position | WITH OFFSET position]"
        "Makes a row of each element of a list, with its position from 1 or from 0 on." matching::for_each;
    "CALL" "CALL procedure(argument, …) [YIELD field [AS variable], … [WHERE condition]] or CALL (variable, …) { query } [IN TRANSACTIONS [OF n ROWS] [ON ERROR CONTINUE|BREAK|FAIL] [REPORT STATUS AS variable]]"
        "Runs a procedure or a query for each row, and adds its columns to the row." call::call;
    "WHEN" "WHEN condition THEN query … [ELSE query]"
        "Runs the first query whose condition is true; a query of several parts stands in braces." when::when;
    "NEXT" "NEXT clause …"
        "Goes on after RETURN, with its columns as the variables." matching::next;
    "CREATE" "CREATE pattern, …"
        "Adds nodes and relationships." update::create;
    "INSERT" "INSERT pattern, …"
        "CREATE in GQL's word." update::create;
    "MERGE" "MERGE pattern [ON CREATE SET …] [ON MATCH SET …]"
        "Finds the pattern, or creates it where there is none." update::merge;
    "SET" "SET entity.key = value, variable = map, variable += map, variable:Label, …"
        "Changes properties and labels." update::set;
    "REMOVE" "REMOVE entity.key, variable:Label, …"
        "Removes properties and labels." update::remove;
    "DELETE" "DELETE expression, …"
        "Deletes nodes and relationships." update::delete;
    "DETACH" "DETACH DELETE expression, …"
        "Deletes nodes together with their relationships." update::detach;
    "NODETACH" "NODETACH DELETE expression, …"
        "DELETE, which says that relationships stay in the way." update::nodetach;
    "FOREACH" "FOREACH (variable IN list | clause …)"
        "Changes the graph for each element of a list." foreach::foreach;
    "USE" "USE graph"
        "Names the graph that the query asks. There is one: it is read, and has no effect." matching::using;
    "FINISH" "FINISH"
        "Ends a query that answers nothing." matching::finish;
}

/// One clause, from its keyword on.
pub(super) fn clause(input: Tokens) -> Parsed<Clause> {
    let Some(row) = row(input.word(0)) else { return input.fail("a clause") };
    let (rest, kind) = PARSERS[row](input)?;
    Ok((rest, Clause { kind, span: input.until(rest) }))
}

fn row(word: &str) -> Option<usize> {
    let first = |keyword: &'static str| keyword.split(' ').next().unwrap_or(keyword);
    CLAUSES.iter().position(|clause| first(clause.keyword).eq_ignore_ascii_case(word))
}

/// Whether a clause may start here.
pub(super) fn starts_clause(input: Tokens) -> bool {
    row(input.word(0)).is_some()
}

/// Words that start a clause, but far more often go on with one.
const GOING_ON: &[&str] = &["LIMIT", "OFFSET", "ORDER", "SKIP", "WHEN"];

/// Whether a clause very likely starts here: where to go on after an error.
pub(super) fn surely_starts_clause(input: Tokens) -> bool {
    starts_clause(input) && !GOING_ON.iter().any(|word| input.is_word(0, word))
}
