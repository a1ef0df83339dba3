//! Which statements are sent, and which are answered here on what is brought over.

use std::sync::Arc;
use std::time::Instant;

use super::RemoteConnection;
use super::gather::{Gathered, gather};
use super::names;
use super::need::{self, Goal, Need};
use super::reader::{Reader, Types, Way, far_statement, hop_statement, nodes_statement};
use super::schema::RemoteSchema;
use crate::ast::{ClauseKind, Mode, Query, Statement, StatementBody, WORDS, Walk};
use crate::database::{Connection, Database};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::engine::RunOptions;
use crate::graph::{Graph, Value};
use crate::limits::{Budget, Limits};
use crate::parser;
use crate::result::QueryResult;

/// In a graph of more relations than these a WHY without a chain does not bring all of them over to say what comes nearest.
const EXPLAINED: usize = 200_000;
/// Procedures that are ours, wherever the graph is.
const OURS: [&str; 3] = ["trace.", "algo.", "db.relationshipsemantics"];
/// What a word lists that is known here.
const LISTED_HERE: [&str; 2] = ["db.relationshipSemantics", "db.labels"];

type Answer = Result<QueryResult, Vec<Diagnostic>>;

impl RemoteConnection {
    pub(super) fn answer(&mut self, text: &str, options: &RunOptions) -> Answer {
        let statement = match parser::parse_statement(text) {
            Ok(statement) => statement,
            Err(errors) if is_word(text) => return Err(errors),
            // The server may know what is not known here.
            Err(_) => return self.send(text, options).map_err(one),
        };
        let Statement { mode, body, .. } = &statement;
        match body {
            StatementBody::Transaction(control) => self.control(*control).map_err(one),
            StatementBody::Declaration(_) if self.is_in_transaction() => {
                let message = "what types and labels mean is kept on this machine, in no transaction of the server";
                let error = Diagnostic::runtime(Kind::TransactionError, Detail::TransactionOpen, message);
                Err(vec![error.help("COMMIT or ROLLBACK first")])
            }
            StatementBody::Declaration(_) => self.meaning().map_err(one)?.run(text, options),
            StatementBody::Correction(_) => Err(vec![no_decisions()]),
            StatementBody::Schema(_) => self.send(text, options).map_err(one),
            StatementBody::Query(query) if !calls_ours(query) => self.send(text, options).map_err(one),
            StatementBody::Walk(Walk::Word(word)) if word.word.procedure == "db.decisions" => {
                self.beside.run(text, options)
            }
            StatementBody::Walk(Walk::Word(word)) if is_of_the_server(word.word.procedure) => {
                self.send(text, options).map_err(one)
            }
            StatementBody::Walk(_) if is_administration(text) => self.send(text, options).map_err(one),
            StatementBody::Walk(walk) if *mode == Mode::Explain => self.explain(walk, options).map_err(one),
            StatementBody::Walk(walk) => self.walk(text, walk, options),
            StatementBody::Query(_) | StatementBody::WhatIf(_) if *mode == Mode::Explain => {
                let schema = self.schema_within(&options.limits).map_err(one)?;
                here(Graph::clone(&schema.graph), text, options).map(|(result, _)| result)
            }
            StatementBody::Query(_) | StatementBody::WhatIf(_) => self.on_all(text, options),
        }
    }

    /// Runs a walking statement on what it needs.
    fn walk(&mut self, text: &str, walk: &Walk, options: &RunOptions) -> Answer {
        let needs = need::of(walk, &options.parameters);
        let schema = self.schema_within(&options.limits).map_err(one)?;
        if needs.iter().all(|need| *need == Need::Schema) {
            let (mut result, _) = here(Graph::clone(&schema.graph), text, options)?;
            count_as_there(&mut result, &schema);
            return Ok(result);
        }
        let start = Instant::now();
        let (gathered, graph) = self.bring(&needs, &schema, &options.limits).map_err(one)?;
        let relations = graph.relationship_count();
        let (mut result, graph) = here(graph, text, options)?;
        let asks_why =
            needs.iter().any(|need| matches!(need, Need::Reached { to: Goal::First(_) | Goal::AndFrom(_), .. }));
        if asks_why && result.rows.is_empty() && !gathered.is_whole {
            match schema.relationships <= EXPLAINED {
                true => return self.on_all(text, options),
                false => say_what_is_known(&mut result),
            }
        }
        if gathered.is_whole {
            result.notes.push(came_over(relations, start));
        }
        if !self.advised {
            let advice = names::advice(&schema);
            self.advised = advice.is_some();
            result.notes.extend(advice);
        }
        self.seen = Some(graph);
        Ok(result)
    }

    /// Runs a statement on a copy of the whole graph.
    fn on_all(&mut self, text: &str, options: &RunOptions) -> Answer {
        let start = Instant::now();
        let graph = self.whole(&options.limits).map_err(one)?;
        let relations = graph.relationship_count();
        let (mut result, graph) = here(graph, text, options)?;
        result.notes.push(came_over(relations, start));
        self.seen = Some(graph);
        Ok(result)
    }

    /// A copy of the whole graph.
    pub(crate) fn whole(&mut self, limits: &Limits) -> Result<Graph, Diagnostic> {
        let schema = self.schema_within(limits)?;
        self.bring(&[Need::Whole], &schema, limits).map(|(_, graph)| graph)
    }

    /// Brings over what is needed, all of it from one transaction if none is open.
    fn bring(
        &mut self,
        needs: &[Need],
        schema: &RemoteSchema,
        limits: &Limits,
    ) -> Result<(Gathered, Graph), Diagnostic> {
        let budget = Budget::start(limits);
        let mut reader = self.reader(limits, &budget)?;
        if !reader.borrowed {
            reader.client.begin(true, limits.time, budget.watch())?;
        }
        let gathered = gather(&mut reader, needs, schema);
        finish(&mut reader, &budget)?;
        let mut gathered = gathered?;
        let graph = std::mem::take(&mut gathered.picture).graph(&schema.graph, &budget)?;
        Ok((gathered, graph))
    }

    /// The statements that would be sent, as the answer.
    fn explain(&mut self, walk: &Walk, options: &RunOptions) -> Result<QueryResult, Diagnostic> {
        let schema = self.schema_within(&options.limits)?;
        let budget = Budget::start(&options.limits);
        let reader = self.reader(&options.limits, &budget)?;
        let mut plan = String::new();
        for need in need::of(walk, &options.parameters) {
            plan += &planned(&need, &schema, &reader);
        }
        Ok(QueryResult { plan: Some(plan), ..QueryResult::default() })
    }
}

/// Ends the transaction that was opened to read.
fn finish(reader: &mut Reader, budget: &Budget) -> Result<(), Diagnostic> {
    match !reader.borrowed && reader.client.in_transaction {
        true => reader.client.rollback(budget.watch()),
        false => Ok(()),
    }
}

/// Runs a statement that must change nothing on a graph of this process.
fn here(graph: Graph, text: &str, options: &RunOptions) -> Result<(QueryResult, Arc<Graph>), Vec<Diagnostic>> {
    let database = Database::in_memory(graph);
    database.forbid_changes();
    let result = database.connect().run(text, options)?;
    Ok((result, database.snapshot()))
}

fn one(error: Diagnostic) -> Vec<Diagnostic> {
    vec![error]
}

/// The numbers of a listing of labels or types are those of the whole graph, not of its sketch.
fn count_as_there(result: &mut QueryResult, schema: &RemoteSchema) {
    let counts = [("nodes", &schema.names.labels), ("relationships", &schema.names.types)];
    for (column, known) in counts {
        let Some(place) = result.columns.iter().position(|name| name == column) else { continue };
        let mut rows: Vec<Vec<Value>> = std::mem::take(&mut result.rows).into_iter().collect();
        for row in &mut rows {
            let count = row[0].as_str().and_then(|name| known.get(name)).copied().unwrap_or_default();
            row[place] = Value::from(count);
        }
        result.rows = rows.into();
    }
}

/// Whether a text begins as a walking statement or another one that only kenning has.
fn is_word(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_it = |keyword: &str| keyword.eq_ignore_ascii_case(first);
    let tracing = WORDS.iter().filter(|word| word.procedure.starts_with("trace.") && word.keyword != "SHOW");
    let words: Vec<String> = text.split_whitespace().take(5).map(str::to_uppercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !["OR", "REPLACE"].contains(word)).collect();
    let declares = matches!(
        words[..],
        ["CREATE" | "DROP", "RELATIONSHIP", "TYPE", ..] | ["CREATE" | "DROP", "LABEL", ..] | ["MERGE", "TERM", ..]
    );
    declares || tracing.map(|word| word.keyword).chain(["WHATIF", "REJECT", "ACCEPT", "RENAME", "SPLIT"]).any(is_it)
}

/// What a server lists by `SHOW` that kenning has no listing of. A term of such a name is written in quotes.
const ADMINISTRATION: [&str; 24] = [
    "ALIASES",
    "ALL",
    "CURRENT",
    "DATABASE",
    "DEFAULT",
    "FULLTEXT",
    "HOME",
    "LOOKUP",
    "POINT",
    "POPULATED",
    "PRIVILEGE",
    "PRIVILEGES",
    "RANGE",
    "ROLE",
    "ROLES",
    "SERVER",
    "SERVERS",
    "SETTINGS",
    "SUPPORTED",
    "TEXT",
    "TRANSACTIONS",
    "USER",
    "USERS",
    "VECTOR",
];

/// Whether a text asks a server about itself: `SHOW TRANSACTIONS`, `SHOW ALL INDEXES`.
fn is_administration(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let is_show = words.next().is_some_and(|word| word.eq_ignore_ascii_case("SHOW"));
    is_show && words.next().is_some_and(|word| ADMINISTRATION.contains(&word.trim_end_matches(';')))
}

/// Whether a word lists what only the server knows.
fn is_of_the_server(procedure: &str) -> bool {
    (procedure.starts_with("db.") || procedure.starts_with("dbms.")) && !LISTED_HERE.contains(&procedure)
}

/// Whether a query calls a procedure that no server but kenning's has.
fn calls_ours(query: &Query) -> bool {
    query.parts.iter().flat_map(|part| &part.clauses).any(|clause| match &clause.kind {
        ClauseKind::Call(call) => {
            let name = call.procedure.text.to_ascii_lowercase();
            OURS.iter().any(|prefix| name.starts_with(prefix))
        }
        ClauseKind::CallSubquery(call) => calls_ours(&call.query),
        _ => false,
    })
}

fn came_over(relations: usize, start: Instant) -> String {
    let relations = crate::render::count(relations, "relation");
    format!("{relations} came over in {:.1} s, and were walked here", start.elapsed().as_secs_f64())
}

/// Of a WHY without a chain: what was reached is known, what lies beside it was not looked at.
fn say_what_is_known(result: &mut QueryResult) {
    let is_known = |at: usize, note: &str| at == 0 || note.starts_with("the other way round");
    let notes = std::mem::take(&mut result.notes).into_iter().enumerate();
    result.notes = notes.filter(|(at, note)| is_known(*at, note)).map(|(_, note)| note).collect();
    result.notes.push(format!("the graph has more than {EXPLAINED} relations: what comes nearest was not looked for"));
}

/// What a need makes of statements.
fn planned(need: &Need, schema: &RemoteSchema, reader: &Reader) -> String {
    let abilities = reader.abilities;
    let look_up = "the terms by name, then\n";
    let types = |types: &Types| types.pattern().unwrap_or_default();
    let hops = |out: &Types, back: &Types| {
        let ways = [(Way::Out, out), (Way::In, back)].into_iter().filter(|(_, types)| !types.are_none());
        ways.map(|(way, of)| format!("  {}\n", hop_statement(abilities, way, &types(of)))).collect::<String>()
    };
    let last = format!("at the end: {}\n", nodes_statement(abilities));
    match need {
        Need::Schema => "nothing is sent\n".into(),
        Need::Names(_) => "the terms by name\n".into(),
        Need::Around(_) => format!("{look_up}once:\n{}{last}", hops(&Types::All, &Types::All)),
        Need::Search(_) => "all nodes, or in a large graph those that hold a word of the text\n".into(),
        Need::Net => "all nodes, and all relations of the types that carry failures or order\n".into(),
        Need::Whole => "all nodes and all relations\n".into(),
        Need::Reached { along, to, .. } => {
            let followed = schema.followed(*along);
            let until = match to {
                Goal::First(_) => "each round, until the goal is reached:\n",
                Goal::End | Goal::AndFrom(_) => "each round, until nothing new is reached:\n",
            };
            let reaches = abilities.reaches && !matches!(to, Goal::First(_));
            let far = followed.one_way().filter(|_| reaches);
            let far = far.map(|(way, of)| far_statement(abilities, way, &types(of)));
            let far = far.map_or(String::new(), |statement| format!("first: {statement}\n"));
            format!("{look_up}{far}{until}{}{last}", hops(&followed.out, &followed.back))
        }
    }
}

fn no_decisions() -> Diagnostic {
    let message = "decisions about what was read are kept with graphs that kenning keeps";
    Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message)
        .help("`kenning copy` brings the graph into a .kenning file; there, change it with CREATE and DELETE")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        match parser::parse_statement(text).unwrap().body {
            StatementBody::Query(query) => query,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn procedures_of_ours_are_found_wherever_they_are_called() {
        assert!(calls_ours(&query("CALL trace.deps('a') YIELD term RETURN term")));
        assert!(calls_ours(&query("CALL { CALL algo.pageRank() YIELD node RETURN node } RETURN node")));
        assert!(!calls_ours(&query("CALL db.labels()")));
        assert!(!calls_ours(&query("MATCH (n) RETURN n")));
    }

    #[test]
    fn words_that_are_wrong_are_told_apart_from_what_only_the_server_reads() {
        assert!(is_word("deps") && is_word("WHY a") && is_word("WHATIF"));
        assert!(is_word("CREATE OR REPLACE RELATIONSHIP TYPE A FAILURE SIDEWAYS") && is_word("MERGE TERM a"));
        assert!(!is_word("SHOW ALIASES") && !is_word("MATCH") && !is_word("USE x") && !is_word("MERGE (n)"));
        assert!(is_administration("SHOW TRANSACTIONS;") && is_administration("show ALL INDEXES"));
        assert!(!is_administration("SHOW nova") && !is_administration("SHOW 'USERS'"));
    }
}
