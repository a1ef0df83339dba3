//! Glossaries in YAML and JSON, and files that only look like one.

use super::super::*;
use crate::limits::Limits;

fn read(path: &str, text: &str) -> Reading {
    let budget = Budget::start(&Limits::default());
    read_source("test", &[SourceBytes { path, bytes: text.as_bytes() }], None, &budget).expect("it is short")
}

/// An entry a line: `line headwords (other names) [identifier]: paragraphs @ their lines; relations`.
fn print(reading: &Reading) -> String {
    let name = |name: &crate::glossary::Name| {
        let tag = name.language.as_ref().map_or(String::new(), |tag| format!("@{tag}"));
        format!("{}{tag}", name.text)
    };
    let names = |all: &[crate::glossary::Name]| all.iter().map(name).collect::<Vec<_>>().join(" = ");
    let mut lines = Vec::new();
    for entry in &reading.glossary.entries {
        let mut line = format!("{} {}", entry.place.line, names(&entry.headwords));
        if !entry.other_names.is_empty() {
            line += &format!(" ({})", names(&entry.other_names));
        }
        if let Some(identifier) = &entry.identifier {
            line += &format!(" [{identifier}]");
        }
        for paragraph in &entry.paragraphs {
            let places: Vec<String> = paragraph.lines.iter().map(|(_, line)| line.to_string()).collect();
            let tag = paragraph.language.as_ref().map_or(String::new(), |tag| format!(" {tag}"));
            line += &format!(": {} @{}{tag}", paragraph.text, places.join(","));
            for reference in &paragraph.references {
                line += &format!(" <{}>", reference.target);
            }
        }
        for relation in &entry.relations {
            line += &format!("; {} {} @{}", relation.relation, relation.target, relation.line);
        }
        lines.push(line);
    }
    lines.extend(reading.findings.iter().map(|finding| format!("{}: {}", finding.line, finding.what)));
    lines.join("\n")
}

#[test]
fn lists_of_objects() {
    let yaml = "\
# Words of the coast
- term: mole
  definition: >
    A wall that shelters
    a [harbour](#harbour).
  synonyms: [breakwater, pier]
  seeAlso: quay, harbour
- term: harbour
  id: h
  definition: |
    A place where
    ships lie.

    It has a mole.
- acronym: LH
  meaning: \"A light \\
    house.\"
- 7
";
    assert_eq!(
        print(&read("a.yml", yaml)),
        "\
2 mole (breakwater = pier): A wall that shelters a harbour. @4,5 <harbour>; see_also quay @7; see_also harbour @7
8 harbour [h]: A place where ships lie. @11,12: It has a mole. @14
15 LH: A light house. @16,17
18: an item without a term"
    );
    let json = "[\n{\"term\": \"mole\",\n \"definition\": \"A wall.\\n\\nOf stone.\", \"aliases\": \"pier; jetty\"}, {\"term\": \"quay\"}\n]";
    assert_eq!(print(&read("a.json", json)), "2 mole (pier = jetty): A wall. @3: Of stone. @3\n3 quay");
}

#[test]
fn objects_of_terms() {
    let cases = [
        (
            "a.yaml",
            "mole: A wall in the sea.\nquay:\n  A place where ships\n  are tied.\n",
            "\
1 mole: A wall in the sea. @1
2 quay: A place where ships are tied. @3,4",
        ),
        (
            "a.json",
            "{\"mole\": \"A wall in the sea.\",\n\"quay\": \"Where ships are tied.\"}",
            "\
1 mole: A wall in the sea. @1
2 quay: Where ships are tied. @2",
        ),
        (
            "a.yaml",
            "terms:\n  mole: {definition: A wall., synonyms: [pier]}\n  quay: {term: Quay, definition: A place.}\n",
            "\
2 mole (pier): A wall. @2
3 Quay [quay]: A place. @3",
        ),
        (
            "a.json",
            "{\"title\": \"Our words\", \"glossary\": {\"terms\": [{\"name\": \"mole\", \"description\": \"A wall in the sea.\"}]}}",
            "1 mole: A wall in the sea. @1",
        ),
        (
            "a.yaml",
            "version: 1\nglossary:\n  vm: A wall in the sea.\n  id: What tells them apart.\n  Mo: A third thing of it.\n",
            "3 vm: A wall in the sea. @3\n4 id: What tells them apart. @4\n5 Mo: A third thing of it. @5",
        ),
    ];
    for (path, text, expected) in cases {
        assert_eq!(print(&read(path, text)), expected, "{text}");
    }
}

#[test]
fn terms_in_several_languages() {
    let glosario = "\
- slug: mole
  ref:
    - quay
  en:
    term: \"mole\"
    acronym: \"M\"
    def: >
      A wall in the [sea](#sea).
  de:
    term: \"Mole\"
    def: >
      Eine Mauer im Meer.
";
    assert_eq!(
        print(&read("glossary.yml", glosario)),
        "1 mole@en = Mole@de (M@en) [mole]: A wall in the sea. @8 en <sea>: Eine Mauer im Meer. @12 de; see_also quay @3"
    );
    let json = "[{\"term\": {\"en\": \"mole\", \"pt_BR\": \"molhe\"}, \"definition\": {\"en\": \"A wall.\"}}]";
    assert_eq!(print(&read("a.json", json)), "1 mole@en = molhe@pt-BR: A wall. @1 en");
}

#[test]
fn an_object_a_line_or_a_document() {
    let lines = "{\"term\": \"mole\", \"definition\": \"A wall.\"}\n\n{\"term\": \"quay\"}\n[\n";
    assert_eq!(print(&read("a.jsonl", lines)), "1 mole: A wall. @1\n3 quay\n4: not a JSON object");
    let documents = "term: mole\ndefinition: A wall.\n---\nterm: quay\ndefinition: A place.\n";
    assert_eq!(
        print(&read("a.yaml", documents)),
        "1 mole: A wall. @1,2\n4 quay: A place. @4,5".replace("1,2", "2").replace("4,5", "5")
    );
}

#[test]
fn what_only_looks_like_a_glossary() {
    let others = [
        ("edges.json", "[{\"source\": \"web\", \"target\": \"api\"}, {\"source\": \"api\", \"target\": \"db\"}]"),
        ("things.json", "[{\"name\": \"web\", \"needs\": [\"api\"]}, {\"name\": \"api\", \"needs\": []}]"),
        ("package.json", "{\"name\": \"web\", \"version\": \"1.0\", \"description\": \"It shows all the pages.\"}"),
        (
            "list.json",
            "[{\"name\": \"web\", \"description\": \"front end\"}, {\"name\": \"api\", \"description\": \"\"}]",
        ),
        ("en.json", "{\"login.title\": \"Please log in to go on\", \"login.failed\": \"That is not the password\"}"),
        ("settings.yaml", "host: localhost\nport: 80\nmotd: Be kind to each other\n"),
        ("terms.yaml", "terms:\n  - web\n  - api\n"),
        ("logs.jsonl", "{\"level\": 1}\n{\"name\": \"x\", \"text\": \"This is what has happened\"}\n{\"level\": 2}\n"),
    ];
    for (path, text) in others {
        let kind = glossary_format(&SourceFile { path, text });
        assert!(kind.is_err(), "{path}: read as {}", kind.map_or("", |format| format.name));
    }
    let what = glossary_format(&SourceFile { path: "a.yml", text: "a: b\n" }).err().expect("it is refused");
    assert!(what.contains(".yml") && what.contains("Backstage") && what.contains("term and definition"), "{what}");
}

#[test]
fn a_long_file_is_told_by_its_beginning() {
    let item = "- term: mole\n  definition: 'A wall,\n\n    of stone.'\n";
    let text = item.repeat(3000);
    assert_eq!(
        glossary_format(&SourceFile { path: "a.yaml", text: &text }).map(|format| format.name),
        Ok("yaml-terms")
    );
    let reading = read("a.yaml", &text);
    assert_eq!(reading.glossary.entries.len(), 3000);
    let last = reading.glossary.entries.last().expect("there are many");
    assert_eq!((last.place.line, last.paragraphs[0].line_at(8)), (4 * 2999 + 1, 4 * 2999 + 4));
}

#[test]
fn what_comes_before_an_error_is_read() {
    let reading = read("a.yaml", "- term: mole\n  definition: A wall.\n---\n- term: [\n");
    assert_eq!(reading.glossary.entries.len(), 1);
    assert_eq!(reading.findings.len(), 1);
}
