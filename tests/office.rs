//! Office files from the outside: sheets and documents as glossaries, and what is said of the others.

use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::process::{Command, Output};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("kenning-office-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Folder(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(name), bytes).expect("a file for the test");
    }

    fn kenning(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_kenning")).args(arguments).current_dir(&self.0).output();
        output.unwrap_or_else(|error| panic!("kenning {arguments:?}: {error}"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("memory takes it");
        writer.write_all(text.as_bytes()).expect("memory takes it");
    }
    writer.finish().expect("memory takes it").into_inner()
}

/// A spreadsheet: names of sheets, and rows with `|` between the cells.
fn spreadsheet(sheets: &[(&str, &[&str])]) -> Vec<u8> {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row =
        |row: &&str| format!("<table:table-row>{}</table:table-row>", row.split('|').map(cell).collect::<String>());
    let table = |(name, rows): &(&str, &[&str])| {
        format!("<table:table table:name=\"{name}\">{}</table:table>", rows.iter().map(row).collect::<String>())
    };
    let tables: String = sheets.iter().map(table).collect();
    let content = format!("<office:document-content>{tables}</office:document-content>");
    packed(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)])
}

const TERMS: (&str, &[&str]) = (
    "Terms",
    &[
        "Words of the garden",
        "Term|Meaning|Synonyms",
        "seed store|Stores seeds, and labels.|barn",
        "sower|A robot that uses the seed store.",
    ],
);
const PRICES: (&str, &[&str]) = ("Prices", &["Item|Price", "nails|3"]);

#[test]
fn a_relation_cites_its_sheet_and_row() {
    let folder = Folder::new("terms");
    folder.write("words.ods", &spreadsheet(&[TERMS, PRICES]));
    let output = folder.kenning(&["ingest", "words.ods", "-o", "g.kenning"]);
    assert!(output.status.success(), "{output:?}");
    assert!(said(&output).contains("words.ods[Prices]: warning: "), "{}", said(&output));
    let query = "MATCH (a)-[r:USES]->(b) RETURN a.name, b.name, r.file, r.line, r.source, r.evidence";
    let rows = said(&folder.kenning(&["g.kenning", "--format", "csv", "-c", query]));
    assert!(rows.contains("sower,seed store,words.ods[Terms],4,words.ods,A robot that uses the seed store."), "{rows}");
    let card = said(&folder.kenning(&["words.ods", "-c", "SHOW barn"]));
    assert!(card.contains("seed store"), "{card}");
}

#[test]
fn a_workbook_without_terms_is_an_error() {
    let folder = Folder::new("prices");
    folder.write("prices.ods", &spreadsheet(&[PRICES]));
    folder.write("empty.ods", &spreadsheet(&[("Sheet1", &[])]));
    folder.write("broken.xlsx", b"PK\x03\x04 and so on");
    for (file, what) in [
        ("prices.ods", "nothing in it could be read"),
        ("empty.ods", "it is empty"),
        ("broken.xlsx", "not a whole zip archive"),
    ] {
        let output = folder.kenning(&["ingest", file, "-o", "g.kenning"]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(said(&output).contains(&format!("{file}: error: {what}")), "{}", said(&output));
    }
}

#[test]
fn sheets_are_read_in_the_format_told() {
    let folder = Folder::new("told");
    folder.write("needs.ods", &spreadsheet(&[("Needs", &["web api", "api db"]), ("More", &["db disk"])]));
    let output = folder.kenning(&["ingest", "needs.ods", "--format", "pairs", "-o", "g.kenning"]);
    assert!(output.status.success(), "{output:?}");
    let query = "MATCH (a)-[r]->(b) RETURN a.name, b.name, r.file, r.line";
    let rows = said(&folder.kenning(&["g.kenning", "--format", "csv", "-c", query]));
    for row in ["web,api,needs.ods[Needs],1", "api,db,needs.ods[Needs],2", "db,disk,needs.ods[More],1"] {
        assert!(rows.contains(row), "{rows}");
    }
}

#[test]
fn a_document_is_a_glossary() {
    let folder = Folder::new("document");
    let run = |style: &str, text: &str| format!("<w:p><w:pPr>{style}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>");
    let heading = "<w:pStyle w:val=\"Heading1\"/>";
    let body = [
        run(heading, "seed store"),
        run("", "Stores seeds."),
        run(heading, "sower"),
        run("", "A robot that uses the seed store."),
    ];
    let document = format!("<w:document><w:body>{}</w:body></w:document>", body.concat());
    folder.write("words.docx", &packed(&[("word/document.xml", &document)]));
    let output = folder.kenning(&["ingest", "words.docx", "-o", "g.kenning"]);
    assert!(output.status.success(), "{output:?}");
    let query = "MATCH (a)-[r:USES]->(b) RETURN a.name, b.name, r.file, r.line";
    let rows = said(&folder.kenning(&["g.kenning", "--format", "csv", "-c", query]));
    assert!(rows.contains("sower,seed store,words.docx,7"), "{rows}");
}
