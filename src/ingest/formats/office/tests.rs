//! Packages made here: every format's example, odd sheets and documents, and harmless files just over each limit.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::limits::Limits;

/// A zip archive of these parts.
fn packed(parts: &[(impl AsRef<str>, impl AsRef<[u8]>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, text) in parts {
        writer.start_file(name.as_ref(), options).expect("memory takes it");
        writer.write_all(text.as_ref()).expect("memory takes it");
    }
    writer.finish().expect("memory takes it").into_inner()
}

fn ods(content: &str) -> Vec<u8> {
    let content = format!("<?xml version=\"1.0\"?><office:document-content>{content}</office:document-content>");
    packed(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_str())])
}

fn docx(body: &str) -> Vec<u8> {
    let styles = "<w:styles><w:style w:styleId=\"H2\"><w:name w:val=\"heading 2\"/></w:style></w:styles>";
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    packed(&[("word/document.xml", document.as_str()), ("word/styles.xml", styles)])
}

#[cfg(feature = "sheets")]
fn xlsx(sheets: &[(&str, &str)], strings: &str) -> Vec<u8> {
    let numbered = || sheets.iter().enumerate().map(|(at, (name, _))| (at + 1, name));
    let listed: String =
        numbered().map(|(n, name)| format!("<sheet name=\"{name}\" sheetId=\"{n}\" r:id=\"r{n}\"/>")).collect();
    let relations: String = numbered()
        .map(|(n, _)| format!("<Relationship Id=\"r{n}\" Type=\"http://x/relationships/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"))
        .collect();
    let mut parts = vec![
        (
            "_rels/.rels".to_string(),
            "<Relationships><Relationship Id=\"r1\" Type=\"http://x/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_string(),
        ),
        ("xl/workbook.xml".into(), format!("<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{listed}</sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels".into(), format!("<Relationships>{relations}</Relationships>")),
        ("xl/styles.xml".into(), "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>".into()),
        ("xl/sharedStrings.xml".into(), strings.into()),
    ];
    for ((n, _), (_, rows)) in std::iter::zip(numbered(), sheets) {
        parts.push((
            format!("xl/worksheets/sheet{n}.xml"),
            format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        ));
    }
    packed(&parts)
}

/// The parts of a zip archive.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("it is whole");
    let mut parts = Vec::new();
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).expect("it is whole");
        let mut text = Vec::new();
        part.read_to_end(&mut text).expect("it is whole");
        parts.push((part.name().expect("it is UTF-8").to_string(), text));
    }
    parts
}

/// The example of a format as a file of it.
fn example(format: &OfficeFormat) -> Vec<u8> {
    let cells = |cell: fn(&str) -> String, row: fn(String) -> String| -> String {
        format.example.lines().map(|line| row(line.split(',').map(cell).collect())).collect()
    };
    match format.name {
        "ods" => {
            let rows = cells(
                |text| {
                    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
                },
                |cells| format!("<table:table-row>{cells}</table:table-row>"),
            );
            ods(&format!("<table:table table:name=\"Sea\">{rows}</table:table>"))
        }
        "docx" => {
            let paragraph = |line: &str| {
                let level = line.bytes().take_while(|byte| *byte == b'#').count();
                let style =
                    ["", "<w:pPr><w:pStyle w:val=\"Title\"/></w:pPr>", "<w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr>"]
                        [level];
                format!("<w:p>{style}<w:r><w:t>{}</w:t></w:r></w:p>", line[level..].trim())
            };
            docx(&format.example.lines().filter(|line| !line.is_empty()).map(paragraph).collect::<String>())
        }
        #[cfg(feature = "sheets")]
        "xlsx" => {
            let rows = cells(
                |text| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>"),
                |cells| format!("<row>{cells}</row>"),
            );
            xlsx(&[("Sea", &rows)], "<sst/>")
        }
        other => panic!("no example is made of {other}"),
    }
}

fn read(bytes: &[u8]) -> Result<Vec<OfficeText>, String> {
    let format = format_of("a", bytes).expect("its content tells");
    let budget = Budget::start(&Limits::default());
    texts(bytes, format, &budget).map_err(|problem| match problem {
        Problem::Wrong(wrong) => wrong.what,
        Problem::Stopped(error) => error.message,
    })
}

fn text(bytes: &[u8]) -> String {
    read(bytes).expect("it is whole").into_iter().map(|text| text.text).collect::<Vec<_>>().join("---\n")
}

fn readable() -> impl Iterator<Item = &'static OfficeFormat> {
    FORMATS.iter().filter(|format| cfg!(feature = "sheets") || format.name != "xlsx")
}

#[test]
fn every_example_is_told_and_read() {
    for format in readable() {
        let bytes = example(format);
        assert_eq!(format_of("unknown", &bytes).map(|found| found.name), Some(format.name));
        let unescaped = text(&bytes).replace('\\', "");
        assert_eq!(unescaped, format.example, "{}", format.name);
    }
}

#[test]
fn a_broken_file_is_told_by_its_name() {
    for format in readable() {
        let bytes = example(format);
        let cut = &bytes[..bytes.len() / 2];
        let path = format!("a.{}", format.suffixes[0]);
        assert_eq!(format_of(&path, cut).map(|found| found.name), Some(format.name));
        let budget = Budget::start(&Limits::default());
        let Err(Problem::Wrong(wrong)) = texts(cut, format, &budget) else { panic!("{path} is cut") };
        assert!(wrong.what.starts_with("not a whole zip archive"), "{}", wrong.what);
    }
    let old = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on";
    let format = format_of("a.xlsx", old).expect("its name tells");
    let Err(Problem::Wrong(wrong)) = texts(old, format, &Budget::start(&Limits::default())) else {
        panic!("it is old")
    };
    assert!(wrong.what.starts_with("it is encrypted"), "{}", wrong.what);
    assert!(format_of("a.zip", &packed(&[("a", "b")])).is_none() && format_of("a.xlsx", b"term,definition").is_none());
}

#[test]
fn sheets_of_a_spreadsheet() {
    let cell = |text: &str| format!("<table:table-cell office:value-type=\"string\">{text}</table:table-cell>");
    let content = format!(
        "<table:table table:name=\"Terms\"><table:table-column/>\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"3\"/></table:table-row>\
         <table:table-row><table:table-cell/>{}{}</table:table-row>\
         <table:table-row><table:table-cell/>{}{}</table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048572\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
         </table:table><table:table table:name=\"Empty\"/>\
         <table:table table:name=\"Needs\"><table:table-row>{}{}</table:table-row><table:table-row table:number-rows-repeated=\"2\">\
         <table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"7\"><text:p>7.00</text:p></table:table-cell>\
         </table:table-row></table:table>",
        cell("<text:p>Term</text:p>"),
        cell("<text:p>Meaning</text:p>"),
        cell("<text:p>sea<text:s/>wall</text:p><office:annotation><text:p>Why?</text:p></office:annotation>"),
        cell("<text:p>A wall &amp; more;</text:p><text:p>of <text:span>stone</text:span>.</text:p>"),
        cell("<text:p>source</text:p>"),
        cell("<text:p>target</text:p>"),
    );
    let texts = read(&ods(&content)).expect("it is whole");
    let names: Vec<_> = texts.iter().filter_map(|text| text.sheet.as_deref()).collect();
    assert_eq!(names, ["Terms", "Needs"]);
    assert_eq!(texts[0].text, "\n\nTerm,Meaning\nsea wall,\"A wall & more;\u{2028}of stone.\"\n");
    assert_eq!(texts[1].text, "source,target\n7,7\n7,7\n");
}

#[cfg(feature = "sheets")]
#[test]
fn sheets_of_a_workbook() {
    let rows = "<row r=\"3\"><c r=\"B3\" t=\"s\"><v>0</v></c><c r=\"C3\" t=\"s\"><v>1</v></c><c r=\"D3\" t=\"s\"><v>2</v></c></row>\
                <row r=\"5\"><c r=\"B5\" t=\"str\"><f>A1</f><v>mole</v></c><c r=\"D5\" s=\"1\"><v>45292</v></c></row>\
                <row r=\"6\"><c r=\"B6\" t=\"b\"><v>1</v></c><c r=\"C6\"><v>1.5</v></c><c r=\"D6\" t=\"e\"><v>#REF!</v></c></row>";
    let strings = "<sst uniqueCount=\"3\"><si><t>Term</t></si><si><r><t>Mean</t></r><r><t>ing</t></r></si><si><t>Since</t></si></sst>";
    let texts = read(&xlsx(&[("Terms", rows), ("Empty", "")], strings)).expect("it is whole");
    assert_eq!(texts.len(), 1);
    assert_eq!(texts[0].text, "\n\nTerm,Meaning,Since\n\nmole,,2024-01-01\ntrue,1.5,\"#REF!\"\n");
}

#[test]
fn a_document_with_everything() {
    let body = "\
        <w:p><w:pPr><w:pStyle w:val=\"H2\"/></w:pPr><w:r><w:t>sea</w:t></w:r><w:r><w:t xml:space=\"preserve\"> wall</w:t></w:r></w:p>\
        <w:p><w:r><w:t>A wall &amp; more &#8212; of</w:t><w:br/><w:t>stone.</w:t></w:r><w:del><w:r><w:delText>Old.</w:delText></w:r></w:del>\
        <w:moveFrom><w:r><w:t>Moved.</w:t></w:r></w:moveFrom></w:p>\
        <w:p><w:r><w:rPr><w:b/></w:rPr><w:t>quay</w:t></w:r></w:p>\
        <w:p><w:r><w:rPr><w:b/></w:rPr><w:t>pier</w:t></w:r><w:r><w:rPr><w:b w:val=\"0\"/></w:rPr><w:tab/><w:t>A way into the sea.</w:t></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Term</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Meaning</w:t></w:r></w:p></w:tc></w:tr>\
        <w:tr><w:tc><w:p><w:r><w:t>mole</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>A wall</w:t></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>of stone</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>";
    let expected = "\
### sea wall

A wall \\& more — of stone\\.

###### quay

**pier**\\: A way into the sea\\.

| Term | Meaning |
|--|--|
| mole | A wall of stone |
";
    assert_eq!(text(&docx(body)), expected);
}

/// A file of 256 KiB that unpacks to more than 200 times as much.
#[test]
fn what_unpacks_to_too_much_is_refused() {
    let harmless = "a".repeat(4 << 20);
    let bytes = docx(&harmless[..(4 << 20) - 1000]);
    assert!(bytes.len() < 8000 && read(&bytes).is_ok());
    let error = read(&docx(&harmless)).expect_err("it is over the limit");
    assert!(error.starts_with("it unpacks to more than 4 MiB"), "{error}");
    let error = read(&ods(&harmless)).expect_err("it is over the limit");
    assert!(error.starts_with("it unpacks to more than 4 MiB"), "{error}");
}

#[test]
fn repeated_cells_are_counted_before_they_are_made() {
    let sheet = |rows: u64, columns: u64, text: &str| {
        ods(&format!(
            "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell \
             office:value-type=\"string\" table:number-columns-repeated=\"{columns}\"><text:p>{text}</text:p>\
             </table:table-cell></table:table-row></table:table>"
        ))
    };
    assert!(read(&sheet(100, 100, "a")).is_ok());
    for (rows, columns, text, what) in [
        (10_000_001, 1, "a", "more than 10000000 cells"),
        (1, 10_000_001, "a", "more than 10000000 cells"),
        (u64::MAX, u64::MAX, "a", "more than 10000000 cells"),
        (257, 1025, &"a".repeat(1 << 10), "more than 256 MiB of text"),
    ] {
        let error = read(&sheet(rows, columns, text)).expect_err("it is over the limit");
        assert!(error.contains(what), "{error}");
    }
    let far = "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"9000000000\"/><table:table-row>\
               <table:table-cell office:value-type=\"string\"><text:p>a</text:p></table:table-cell></table:table-row></table:table>";
    assert!(read(&ods(far)).expect_err("it is over the limit").contains("row or column"));
}

#[cfg(feature = "sheets")]
#[test]
fn shared_strings_are_counted() {
    let strings = |said: u64| format!("<sst uniqueCount=\"{said}\"><si><t>{}</t></si></sst>", "a".repeat(1000));
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
    assert!(read(&xlsx(&[("a", rows)], &strings(1))).is_ok());
    let error = read(&xlsx(&[("a", rows)], &strings(u64::MAX >> 1))).expect_err("it has no room for them");
    assert!(error.contains("shared strings"), "{error}");
    let many: Vec<(&str, &str)> = vec![("a", ""); 1001];
    assert!(read(&xlsx(&many[1..], "<sst/>")).is_ok());
    assert_eq!(read(&xlsx(&many, "<sst/>")).expect_err("there are too many"), "it has more than 1000 sheets");
    // One long string in many cells.
    let long = format!("<sst><si><t>{}</t></si></sst>", "a".repeat(1 << 20));
    let rows: String = (1..=257).map(|n| format!("<row r=\"{n}\"><c r=\"A{n}\" t=\"s\"><v>0</v></c></row>")).collect();
    let error = read(&xlsx(&[("a", &rows)], &long)).expect_err("it is over the limit");
    assert!(error.contains("256 MiB of text"), "{error}");
}

/// Entities of entities stay as they are written, elements may be deep, and cut XML is reported.
#[test]
fn odd_xml_is_harmless() {
    let bomb = "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><w:document><w:body><w:p><w:r><w:t>x &b;</w:t></w:r></w:p></w:body></w:document>";
    assert_eq!(text(&packed(&[("word/document.xml", bomb)])), "x \\&b\\;\n");
    let deep = format!("{}<w:p><w:r><w:t>a</w:t></w:r></w:p>{}", "<w:sdt>".repeat(100_000), "</w:sdt>".repeat(100_000));
    assert_eq!(text(&docx(&deep)), "a\n");
    let tables = format!("{}{}", "<w:tbl><w:tr><w:tc>".repeat(30_000), "</w:tc></w:tr></w:tbl>".repeat(30_000));
    assert_eq!(text(&docx(&tables)), "");
    assert!(read(&docx("<w:p></w:r>")).expect_err("it is broken").starts_with("a broken part"));
}

#[test]
fn limits_and_interruptions_stop_the_reading() {
    let bytes = ods("<table:table table:name=\"a\"/>");
    let format = format_of("a", &bytes).expect("its content tells");
    let stopped = |limits: Limits| match texts(&bytes, format, &Budget::start(&limits)) {
        Err(Problem::Stopped(error)) => Some(error.detail),
        Ok(_) | Err(Problem::Wrong(_)) => None,
    };
    use crate::diagnostic::Detail;
    assert_eq!(stopped(Limits { memory: Some(10), ..Limits::default() }), Some(Detail::MemoryLimit));
    let limits = Limits::default();
    limits.cancel.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(stopped(limits), Some(Detail::Interrupted));
}

/// Cuts and changed bytes end in texts or in a problem, never in a panic.
#[test]
fn damaged_packages_are_read_or_refused() {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = |end: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % end.max(1) as u64) as usize
    };
    for format in readable() {
        let whole = example(format);
        let parts = parts(&whole);
        for round in 0..300 {
            // The checksums of changed parts are made anew, so that readers see the changes.
            let mut changed = parts.clone();
            let part = &mut changed[random(parts.len())].1;
            for _ in 0..=random(4) {
                let (at, with) = (random(part.len()), b"<>/=\"&;09A \xFF"[random(12)]);
                if let Some(byte) = part.get_mut(at) {
                    *byte = with;
                }
            }
            let mut bytes = packed(&changed);
            if round % 3 == 0 {
                let at = random(bytes.len());
                bytes[at] ^= 1 << random(8);
            }
            let budget = Budget::start(&Limits::default());
            let _ = texts(&bytes, format, &budget);
        }
    }
}
