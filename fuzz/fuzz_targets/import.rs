//! Any text as files of nodes and relationships gives a graph, or an error with file, line and column.
#![no_main]

use std::io::{self, Cursor, Read};

use kenning::import::{FileGroup, Options, Source, import};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|parts: (Vec<u8>, Vec<u8>, Vec<u8>, bool)| {
    let (nodes, more, relationships, skip_bad_relationships) = parts;
    let open = |name: &str| -> io::Result<Box<dyn Read + Send>> {
        let bytes = match name {
            "n" => &nodes,
            "m" => &more,
            _ => &relationships,
        };
        Ok(Box::new(Cursor::new(bytes.clone())))
    };
    let group = |text: &str| FileGroup::parse(text).expect("it names files");
    let options = Options { threads: 2, skip_bad_relationships, ..Options::default() };
    let mut source = Source { open: &open, progress: &mut |_| {} };
    match import(&[group("A:B=n,m")], &[group("T=r")], &options, &mut source) {
        Ok((graph, report)) => assert!(graph.node_count() + graph.relationship_count() <= report.rows as usize),
        Err(error) => assert!(!error.message.is_empty()),
    }
});
