//! Any bytes as a file of LOAD CSV give rows or an error.
#![no_main]

use std::io::Cursor;
use std::time::Duration;

use kenning::database::Database;
use kenning::engine::RunOptions;
use kenning::graph::Graph;
use kenning::limits::{Files, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|parts: (Vec<u8>, bool)| {
    let (bytes, headers) = parts;
    let database = Database::in_memory(Graph::new());
    let files = Files::new(move |_| Ok(Box::new(Cursor::new(bytes.clone()))));
    let limits = Limits { time: Some(Duration::from_secs(1)), memory: Some(256 << 20), ..Limits::default() };
    let with = if headers { "WITH HEADERS " } else { "" };
    let text = format!("LOAD CSV {with}FROM 'f' AS row CREATE (n {{a: row.a}}) RETURN row");
    let text = if headers { text } else { "LOAD CSV FROM 'f' AS row RETURN row[0], size(row)".to_string() };
    if let Err(errors) = database.run(&text, &RunOptions { limits, files: Some(files), ..RunOptions::default() }) {
        assert!(!errors.is_empty());
    }
});
