//! Any text, read as a graph in each format, gives a graph or an error that names the file; a graph that was read can be
//! written and read again.
#![no_main]

use std::sync::Arc;
use std::time::Duration;

use kenning::export::{self, Subgraph};
use kenning::import::READERS;
use kenning::limits::{Budget, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let limits = Limits { time: Some(Duration::from_secs(5)), memory: Some(256 << 20), ..Limits::default() };
    for reader in READERS {
        match reader.graph(text, "file", &Budget::start(&limits)) {
            Err(error) => assert!(error.message.starts_with("file:") || error.message.starts_with("stopped"), "{error:?}"),
            Ok((graph, _)) => {
                let (nodes, relationships) = (graph.node_count(), graph.relationship_count());
                let mut out = Vec::new();
                let exporter = export::find(reader.name).expect("every reader has an exporter");
                let subgraph = Subgraph::whole(Arc::new(graph));
                exporter.write(&subgraph, &Budget::start(&limits), &mut out).expect("memory takes all");
                let written = String::from_utf8(out).expect("all formats are text");
                let (again, _) =
                    reader.graph(&written, "file", &Budget::start(&Limits::default())).expect("it was written to be read");
                assert_eq!((again.node_count(), again.relationship_count()), (nodes, relationships));
            }
        }
    }
});
