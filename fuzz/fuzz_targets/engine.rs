//! Any text, run on the embedded graph within limits, gives an answer or errors that point into the text.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use kenning::database::Database;
use kenning::engine::RunOptions;
use kenning::graph::Graph;
use kenning::ingest::embedded_graph;
use kenning::limits::Limits;
use kenning::render::{Style, by_shape};
use libfuzzer_sys::fuzz_target;

static GRAPH: LazyLock<Graph> = LazyLock::new(embedded_graph);

fuzz_target!(|text: &str| {
    // A fresh graph every time: what one input changes must not decide what the next one does.
    let database = Database::in_memory(GRAPH.clone());
    let limits = Limits { time: Some(Duration::from_secs(1)), memory: Some(256 << 20), ..Limits::default() };
    match database.run(text, &RunOptions { limits, ..RunOptions::default() }) {
        Ok(result) => {
            let mut out = Vec::new();
            (by_shape(result.shape).write)(&result, &Style::default(), &mut out).expect("memory takes all");
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                assert!(error.span.is_none_or(|span| text.get(span.range()).is_some()), "{error:?}");
                error.draw(text, false);
            }
        }
    }
});
