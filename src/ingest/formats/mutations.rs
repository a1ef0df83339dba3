//! Seeded random changes to glossaries in every format: whatever the bytes, reading ends, and places are in the text.

use super::*;
use crate::limits::Limits;

/// A small generator of random numbers (xorshift), so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// What breaks readers: markup of all formats, deep nesting, bytes that are no text.
const PIECES: &[&[u8]] = &[
    b"`",
    b"``",
    b"**",
    b"*",
    b"_",
    b"__",
    b"|",
    b"\\",
    b":term:`",
    b"<",
    b">",
    b"</",
    b"<!--",
    b"-->",
    b"&",
    b"&amp;",
    b"&#x110000;",
    b"<![CDATA[",
    b"]]>",
    b"<<",
    b">>",
    b"[[",
    b"]]",
    b"{",
    b"}",
    b"{{<",
    b"{{%",
    b"---\n",
    b"\n---\n",
    b"\n\n",
    b"\n",
    b"\r\n",
    b"\r",
    b"\t",
    b" ",
    b"        ",
    b"\"",
    b"'",
    b"\"\"\"",
    b"@",
    b"::",
    b":::",
    b".. ",
    b".. glossary::\n",
    b"\n+\n",
    b"----\n",
    b"====\n",
    b"|--|--|\n",
    b"\0",
    b"\xFF",
    b"\xEF\xBB\xBF",
    b"\xC3",
    b"\xE2\x80",
    "\u{2028}".as_bytes(),
    "é".as_bytes(),
    "👩‍🚀".as_bytes(),
    b"[",
    b"]",
    b"(",
    b")",
    b"#",
    b"- ",
    b"* ",
    b": ",
    b",",
    b";",
    b"<!ENTITY a \"&a;&a;\">",
    b"&a;",
    b"|a|",
    b"[1]_",
    b"*a",
    b"=== ===\n",
    b"+--+\n",
];

fn mutate(text: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        let piece = PIECES[random.below(PIECES.len())];
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => {
                let end = (at + random.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => {
                let end = (at + random.below(60)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            3 => drop(bytes.splice(at..at, piece.repeat(1 + random.below(80)))),
            _ => drop(bytes.splice(at..at, piece.iter().copied())),
        }
    }
    bytes
}

/// What must hold of whatever is read.
fn check(path: &str, bytes: &[u8], format: Option<&Format>) {
    let budget = Budget::start(&Limits::default());
    let reading = read_source("test", &[SourceBytes { path, bytes }], format, &budget).expect("it is short");
    let text = decode(bytes).text.into_owned();
    let lines = text.matches('\n').count() + 1;
    for entry in &reading.glossary.entries {
        assert!((1..=lines).contains(&entry.place.line), "{entry:?}");
        for paragraph in &entry.paragraphs {
            assert!(!paragraph.text.is_empty() && !paragraph.text.contains('\n') && !paragraph.text.contains("  "));
            assert_eq!(paragraph.text, paragraph.text.trim());
            assert!(paragraph.lines.is_sorted_by_key(|(offset, _)| *offset), "{paragraph:?}");
            for (offset, line) in &paragraph.lines {
                assert!(paragraph.text.is_char_boundary(*offset) && (1..=lines).contains(line), "{paragraph:?}");
            }
            for reference in &paragraph.references {
                assert!(paragraph.text.get(reference.span.clone()).is_some_and(|t| !t.is_empty()), "{paragraph:?}");
            }
        }
    }
    for finding in &reading.findings {
        assert!((1..=lines).contains(&finding.line), "{finding:?}");
        finding.draw(&text, false);
    }
}

#[test]
fn mutated_glossaries_are_read_to_the_end() {
    let rounds = std::env::var("LAWS_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for format in FORMATS {
        let path = format!("example.{}", format.suffixes[0]);
        for _ in 0..rounds {
            let bytes = mutate(format.example.as_bytes(), &mut random);
            check(&path, &bytes, Some(format));
            let other = &FORMATS[random.below(FORMATS.len())];
            check(&path, &bytes, Some(other));
            check("unknown", &bytes, None);
        }
    }
}

/// Texts that make careless readers slow or deep, of about so many bytes.
fn hostile(bytes: usize) -> Vec<(&'static str, String)> {
    let repeated = |path, head: &str, piece: &str| (path, format!("{head}{}", piece.repeat(bytes / piece.len())));
    let nested = |path, head: &str, step: &str, end: &str| {
        let levels = (2 * bytes).isqrt() / step.len();
        let lines: String = (0..levels).map(|level| format!("{}{end}\n", step.repeat(level))).collect();
        (path, format!("{head}{lines}"))
    };
    let glossary = ".. glossary::\n\n  a\n    ";
    vec![
        repeated("a.rst", glossary, "*a "),
        repeated("a.rst", glossary, "`a "),
        repeated("a.rst", glossary, ":a"),
        repeated("a.rst", glossary, "|a "),
        repeated("a.rst", glossary, "``a`a"),
        repeated("a.rst", glossary, "a_"),
        repeated("a.rst", "", "== ==\na\n\n"),
        repeated("a.rst", ".. |a| replace:: long long long long text\n\n.. glossary::\n\n  a\n    ", "|a| "),
        nested("a.rst", ".. glossary::\n\n  a\n", "  ", "* b"),
        repeated("a.md", "# G\n\n## a\n\n", "[a]("),
        repeated("a.md", "# G\n\n## a\n\n", "**a "),
        repeated("a.md", "# G\n\n## a\n\n", "> "),
        repeated("a.md", "# G\n\n## a\n\n", "{{< a "),
        repeated("a.md", "# G\n\n## a\n\n", "{{< a >}} b "),
        nested("a.md", "# G\n\n## a\n\n", "  ", "- b"),
        repeated("a.adoc", "a:: b\nc:: ", "<<a,"),
        repeated("a.adoc", "a:: b\nc:: ", "*a _b "),
        repeated("a.adoc", "a:: b\nc:: ", ":["),
        repeated("a.adoc", "a:: b\nc:: ", "a:b["),
        repeated("a.adoc", "a:: b\nc:: ", "{a "),
        repeated("a.adoc", "", "a::b;;c"),
        repeated("a.xml", "<glossary>", "<glossentry>"),
        repeated("a.xml", "<glossary>", "<a>"),
        repeated("a.xml", "<glossary>", "<glossentry><!--"),
        repeated("a.xml", "<!DOCTYPE g [<!ENTITY a \"long text here\">]><glossentry><glossdef><para>", "&a;"),
        repeated("a.csv", "term,definition\n", "a,\"b\n"),
        repeated("a.csv", "term,definition\n", "\"a"),
        repeated("a.ttl", "@prefix a: <a:> .\na:a a:a \"\"\"", "a\n"),
        repeated("a.ttl", "@prefix a: <a:> .\na:a a:a ", "["),
        repeated("a.ttl", "@prefix a: <a:> .\n", "a:a a:a ; . \n"),
        repeated("a.jsonld", "{\"@graph\": ", "["),
        repeated("a.json", "{\"nodes\": ", "["),
        repeated("a.json", "{\"nodes\": [", "{\"id\": 1}, "),
        repeated("a.graphml", "<graphml>", "<node id=\"1\"><data key=\"a\">"),
        repeated("a.rdf", "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">", "<a>"),
        repeated("a.yaml", "kind: A\nmetadata: ", "["),
        repeated("a.yaml", "kind: A\nmetadata: ", "{a: "),
        repeated("a.yaml", "kind: A\nmetadata:\n  a: ", "- "),
        repeated("a.yaml", "kind: A\nmetadata: &a\n", "  - *a\n"),
        repeated("a.yaml", "", "---\n"),
        repeated("a.yaml", "- term: a\n  definition: b\n", "- term: a\n  definition: b c d e\n"),
        repeated("a.yaml", "- term: a\n  definition: >\n", "    a\n"),
        repeated("a.yaml", "- term: a\n  definition: b ", "[a]("),
        repeated("a.yaml", "- term: a\n  definition: b\n  x: &a {y: z}\n", "  <<: *a\n"),
        repeated("a.json", "[", "{\"term\": \"a\", \"definition\": \"b\"}, "),
        repeated("a.json", "[{\"term\": \"a\", \"definition\": \"", "[a]("),
        repeated("a.json", "", "{\"term\": \"a\", \"definition\": \"b\"}\n"),
        repeated("a.json", "{\"terms\": ", "{\"terms\": "),
        repeated("a.toml", "[[term]]\nname = ", "["),
        repeated("a.txt", "", "a\n\n"),
        repeated("a.txt", "", "\n"),
    ]
}

#[test]
fn hostile_texts_are_read_in_linear_time() {
    // A quadratic reader needs minutes for this; the bound leaves room for slow machines.
    let bound = std::time::Duration::from_secs(20);
    for (path, text) in hostile(400_000) {
        let start = std::time::Instant::now();
        check(path, text.as_bytes(), None);
        let time = start.elapsed();
        println!("{path}: {time:?} for {:?}", &text[..text.len().min(60)]);
        assert!(time < bound, "{path}: {time:?} for {:?}", &text[..text.len().min(60)]);
    }
}
