//! Answers in batches: a reading plan runs while its rows are taken.

use std::sync::Arc;

use super::{Engine, Prepared, RunOptions, located, names, profiled, stands_for};
use crate::ast::Mode;
use crate::diagnostic::Diagnostic;
use crate::executor::{self, Inputs, Running};
use crate::graph::Graph;
use crate::limits::Budget;
use crate::result::{AnswerStream, Batch, Batches, Entities, Summary};

impl Engine {
    /// Starts a plan that changes nothing on a snapshot, which is kept until the last row is taken.
    pub(super) fn open(
        &self,
        graph: &Arc<Graph>,
        prepared: &Arc<Prepared>,
        options: &RunOptions,
    ) -> Result<AnswerStream, Vec<Diagnostic>> {
        let plan = &prepared.plan;
        let cache = self.names.clone();
        let running = executor::open(Inputs {
            plan: plan.clone(),
            graph: graph.clone(),
            parameters: options.parameters.clone(),
            clock: options.clock,
            seed: options.seed,
            budget: Budget::start(&options.limits),
            names: Arc::new(move |graph| names(&cache, graph)),
            files: options.files.clone(),
            profile: prepared.statement.mode == Mode::Profile,
        });
        let running = running.map_err(|error| located(&prepared.statement.body, vec![error]))?;
        let batches = Reading { running: Some(running), entities: graph.clone().into(), prepared: prepared.clone() };
        Ok(AnswerStream::new(plan.columns.clone(), plan.shape, batches))
    }
}

/// The batches of a plan.
struct Reading {
    running: Option<Running>,
    /// Of the snapshot that is read.
    entities: Entities,
    prepared: Arc<Prepared>,
}

impl Batches for Reading {
    fn next(&mut self, most: usize) -> Result<Option<Batch>, Vec<Diagnostic>> {
        let Some(running) = &mut self.running else { return Ok(None) };
        let rows = running.next_batch(most).map_err(|error| located(&self.prepared.statement.body, vec![error]))?;
        Ok(rows.map(|rows| Batch { rows, entities: self.entities.clone() }))
    }

    fn summary(&mut self) -> Summary {
        let Some(execution) = self.running.take().map(Running::finish) else { return Summary::default() };
        let Prepared { statement, plan, warnings } = &*self.prepared;
        let profile = statement.mode == Mode::Profile;
        Summary {
            changes: execution.changes,
            warnings: warnings.clone(),
            notes: execution.notes.into_iter().chain(plan.notes.iter().cloned()).collect(),
            plan: profile.then(|| stands_for(&statement.body) + &profiled(plan, &execution.profile)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use super::*;
    use crate::diagnostic::Detail;
    use crate::graph::{Entity, NodeId, Value};
    use crate::limits::Limits;

    fn engine() -> Engine {
        let mut engine = Engine::new(Graph::new());
        run(&mut engine, "UNWIND range(1, 100) AS i CREATE (:A {n: i})");
        engine
    }

    fn run(engine: &mut Engine, text: &str) {
        engine.run(text, &RunOptions::default()).expect("it can be run");
    }

    fn stream(engine: &mut Engine, text: &str, limits: Limits) -> AnswerStream {
        engine.stream(text, &RunOptions { limits, ..RunOptions::default() }).expect("it can be run")
    }

    fn integers(stream: &mut AnswerStream, most: usize) -> Vec<i64> {
        let batch = stream.next(most).expect("no limit").expect("there are more rows");
        batch.rows.iter().filter_map(|row| row[0].as_integer()).collect()
    }

    #[test]
    fn a_stream_can_be_sent_to_another_thread() {
        fn is_send<T: Send>(_: &T) {}
        is_send(&stream(&mut engine(), "RETURN 1", Limits::default()));
    }

    #[test]
    fn a_stream_keeps_its_snapshot() {
        let mut engine = engine();
        let mut open = stream(&mut engine, "MATCH (a:A) RETURN a.n, a", Limits::default());
        assert_eq!(integers(&mut open, 2), [1, 2]);
        run(&mut engine, "MATCH (a:A) DETACH DELETE a");
        run(&mut engine, "CREATE (:A {n: -1})");
        let batch = open.next(usize::MAX).expect("no limit").expect("98 rows");
        assert_eq!(batch.rows.len(), 98);
        let last = Entity::Node(NodeId::new(99));
        assert_eq!(batch.entities.named_property(last, "n"), Value::Integer(100));
        assert!(!batch.entities.is_deleted(last));
        assert!(open.next(1).expect("no limit").is_none());
        assert!(open.summary().is_some());
    }

    #[test]
    fn changes_are_made_before_the_first_batch_and_stay_if_no_batch_is_taken() {
        let mut engine = engine();
        drop(stream(&mut engine, "UNWIND [1, 2, 3] AS i CREATE (b:B {n: i}) RETURN b.n", Limits::default()));
        let mut open = stream(&mut engine, "MATCH (b:B) SET b.n = b.n + 10 RETURN b.n", Limits::default());
        assert_eq!(engine.run("MATCH (b:B) RETURN sum(b.n)", &RunOptions::default()).unwrap().rows[0][0], 36i64.into());
        assert_eq!(integers(&mut open, 2), [11, 12]);
        assert_eq!(integers(&mut open, 2), [13]);
        assert!(open.summary().is_none());
        assert!(open.next(2).unwrap().is_none());
        assert_eq!(open.summary().expect("it is drained").changes.properties_set, 3);
    }

    #[test]
    fn rows_are_made_as_they_are_taken() {
        let endless = "UNWIND range(1, 9000000000000000000) AS i RETURN i";
        let limits = Limits { memory: Some(1 << 16), ..Limits::default() };
        let mut open = stream(&mut engine(), endless, limits);
        for batch in 0..1000 {
            assert_eq!(integers(&mut open, 10)[0], batch * 10 + 1);
        }
        // All rows at once would be too many; rows that were given away count no more.
        assert_eq!(open.next(usize::MAX).unwrap_err()[0].detail, Detail::MemoryLimit);
        assert!(open.next(1).expect("it has failed").is_none());
        assert!(open.summary().is_none());
    }

    #[test]
    fn limits_hold_between_batches() {
        let text = "MATCH (a:A) RETURN a.n";
        let limits = Limits::default();
        let mut open = stream(&mut engine(), text, limits.clone());
        assert_eq!(integers(&mut open, 1), [1]);
        limits.cancel.store(true, Ordering::Relaxed);
        assert_eq!(open.next(1).unwrap_err()[0].detail, Detail::Interrupted);
        let limits = Limits { time: Some(Duration::from_millis(200)), ..Limits::default() };
        let mut open = stream(&mut engine(), text, limits);
        assert_eq!(integers(&mut open, 1), [1]);
        std::thread::sleep(Duration::from_millis(250));
        assert_eq!(open.next(1).unwrap_err()[0].detail, Detail::TimeLimit);
    }

    #[test]
    fn a_table_is_given_in_parts() {
        let mut engine = engine();
        run(&mut engine, "MATCH (a:A), (b:A) WHERE b.n = a.n + 1 CREATE (a)-[:NEXT]->(b)");
        let text = "CALL algo.degree() YIELD node, degree RETURN degree, node";
        let whole = engine.run(text, &RunOptions::default()).expect("it can be run").rows;
        let mut open = stream(&mut engine, text, Limits::default());
        let mut rows = Vec::new();
        while let Some(batch) = open.next(33).expect("no limit") {
            rows.extend(batch.rows);
        }
        assert_eq!(rows.len(), 100);
        assert_eq!(whole, rows.into());
    }

    #[test]
    fn a_collected_stream_is_the_answer() {
        let mut engine = engine();
        for text in ["MATCH (a:A) WHERE a.n < 4 RETURN a", "RETURN 1 LIMIT 0", "PROFILE RETURN 1", "EXPLAIN RETURN 1"] {
            let whole = engine.run(text, &RunOptions::default()).expect("it can be run");
            let collected = stream(&mut engine, text, Limits::default()).collect().expect("no limit");
            assert_eq!((&collected.columns, &collected.rows), (&whole.columns, &whole.rows), "{text}");
            assert_eq!(collected.plan.is_some(), whole.plan.is_some(), "{text}");
        }
        let mut open = stream(&mut engine, "MATCH (a:A) RETURN a.n", Limits::default());
        assert_eq!(integers(&mut open, 10).len(), 10);
        assert_eq!(open.collect().expect("no limit").rows.len(), 90);
    }
}
