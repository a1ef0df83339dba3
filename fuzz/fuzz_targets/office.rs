//! Any bytes as an Office file, and any text as the parts of one, give texts or a problem.
#![no_main]

use std::io::{Cursor, Write};

use kenning::ingest::formats::office::{FORMATS, format_of, texts};
use kenning::limits::{Budget, Limits};
use libfuzzer_sys::fuzz_target;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const PARTS: &[&str] = &[
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/worksheets/sheet1.xml",
    "mimetype",
    "content.xml",
    "META-INF/manifest.xml",
    "word/document.xml",
    "word/styles.xml",
];

fuzz_target!(|input: (u8, &[u8], Vec<(u8, &str)>)| {
    let (number, bytes, parts) = input;
    let budget = Budget::start(&Limits::default());
    if let Some(format) = format_of("file.xlsx", bytes) {
        let _ = texts(bytes, format, &budget);
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (part, text) in parts {
        let name = PARTS[usize::from(part) % PARTS.len()];
        if writer.start_file(name, SimpleFileOptions::default()).is_ok() {
            writer.write_all(text.as_bytes()).expect("memory takes it");
        }
    }
    let packed = writer.finish().expect("memory takes it").into_inner();
    let _ = texts(&packed, &FORMATS[usize::from(number) % FORMATS.len()], &budget);
});
