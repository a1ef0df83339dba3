//! Any bytes, read as any format of glossaries, give entries and findings whose places are in the text.
#![no_main]

use kenning::ingest::formats::{FORMATS, SourceBytes, decode, read_source};
use kenning::limits::{Budget, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (number, bytes) = input;
    // One number more than there are formats: the reader tells the format itself.
    let format = FORMATS.get(usize::from(number) % (FORMATS.len() + 1));
    let budget = Budget::start(&Limits::default());
    let reading = read_source("fuzz", &[SourceBytes { path: "glossary", bytes }], format, &budget).expect("it is short");
    let text = decode(bytes).text;
    let lines = text.matches('\n').count() + 1;
    for paragraph in reading.glossary.entries.iter().flat_map(|entry| &entry.paragraphs) {
        assert!(paragraph.lines.iter().all(|(offset, line)| paragraph.text.is_char_boundary(*offset) && *line <= lines));
        assert!(paragraph.references.iter().all(|reference| paragraph.text.get(reference.span.clone()).is_some()));
    }
    for finding in reading.findings {
        assert!(finding.line <= lines, "{finding:?}");
        finding.draw(&text, false);
    }
});
