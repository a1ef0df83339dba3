//! Every format's example, and what all readers have in common.

use super::*;
use crate::diagnostic::Detail;
use crate::glossary::Entry;
use crate::limits::Limits;

/// Reads one file.
fn read(path: &str, text: &str) -> Reading {
    read_files(&[SourceBytes { path, bytes: text.as_bytes() }])
}

fn read_files(files: &[SourceBytes]) -> Reading {
    read_source("test", files, None, &Budget::start(&Limits::default())).expect("it is short")
}

/// Headwords, then paragraphs, an entry a line.
fn print(entries: &[Entry]) -> String {
    let line = |entry: &Entry| {
        let heads: Vec<_> = entry.headwords.iter().map(|name| name.text.as_str()).collect();
        let paragraphs: Vec<_> = entry.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
        format!("{}: {}\n", heads.join(" = "), paragraphs.join(" | "))
    };
    entries.iter().map(line).collect()
}

#[test]
fn every_example_is_read_as_its_format() {
    for format in FORMATS {
        let path = format!("example.{}", format.suffixes[0]);
        let file = SourceFile { path: &path, text: format.example };
        assert_eq!(detect(&file).name, format.name);
        let reading = read(&path, format.example);
        assert_eq!(reading.glossary.entries.len(), 2 - usize::from(format.name == "rst"), "{}", format.name);
    }
}

#[test]
fn several_headwords_share_a_definition() {
    let text = "\
Coast
=====

Names of things at the coast. |release|

.. |ship| replace:: sailing ship

.. glossary::
   :sorted:

   harbour
   haven : H
      A place where a |ship| lies *safely*.  See :term:`ships <ship>`, :term:`sea
      wall` and `the pilot <https://example.org>`_ [1]_.

      .. code-block:: text

         harbour: closed

      .. seealso:: :term:`quay`

      * Deep ones::

           for ships

      * Others, ``dry`` at\\ *ebb*.

   .. a comment
   ship
      Goes to sea\\ : a *very* **old** thing_.

      .. note:: Not a boat.

   lost

   quay
      Where ships are tied. The |pilot| knows.

.. [1] Not here.
";
    let reading = read("coast.rst", text);
    let expected = "\
harbour = haven: A place where a sailing ship lies safely. See ships, sea wall and the pilot . | Deep ones: | Others, dry atebb.
ship: Goes to sea: a very old thing. | Not a boat.
lost: \nquay: Where ships are tied. The pilot knows.
";
    assert_eq!(print(&reading.glossary.entries), expected);
    let harbour = &reading.glossary.entries[0];
    let paragraph = &harbour.paragraphs[0];
    let references: Vec<_> =
        paragraph.references.iter().map(|r| (&paragraph.text[r.span.clone()], r.target.as_str())).collect();
    assert_eq!(references, [("ships", "ship"), ("sea wall", "sea wall")]);
    assert_eq!((harbour.place.line, paragraph.lines[0].1, paragraph.line_at(60)), (11, 13, 14));
    assert_eq!((harbour.relations[0].target.as_str(), harbour.relations[0].line), ("quay", 20));
    let findings: Vec<_> = reading.findings.iter().map(|f| (f.line, f.column, f.what.as_str())).collect();
    assert_eq!(
        findings,
        [
            (4, 1, "a text that is in no entry: \"Names of things at the coast. |release\""),
            (34, 4, "'lost' has no definition, or a blank line parts it from the next headword"),
            (37, 7, "substitution 'pilot' is not defined"),
            (39, 1, "a text that is in no entry: \"[1] Not here.\"")
        ]
    );
}

#[test]
fn definition_lists_where_no_glossary_is() {
    let text = "\
Coast
-----

lighthouse : building : tower
    A tower with a lamp.

    It warns ships.

not a term

* item
";
    let reading = read("coast.rst", text);
    assert_eq!(print(&reading.glossary.entries), "lighthouse: A tower with a lamp. | It warns ships.\n");
    assert_eq!(reading.glossary.entries[0].kinds, ["building", "tower"]);
    let findings: Vec<_> = reading.findings.iter().map(|f| (f.line, f.what.as_str())).collect();
    assert_eq!(findings, [(9, "2 texts that are in no entry, the first: \"not a term\"")]);
}

#[test]
fn a_glossary_shown_as_code_is_no_glossary() {
    let text = "Write::\n\n   .. glossary::\n\n      a\n         An a.\n\n.. only:: html\n\n   .. glossary::\n\n      b\n         A b.\n";
    assert_eq!(print(&read("a.rst", text).glossary.entries), "b: A b.\n");
}

#[test]
fn plain_text_with_lost_headwords() {
    let text = "\
A place without a name.

lighthouse

A tower.

It warns ships.


Where ships are tied.

mole:

A wall in the sea

ship
    Goes to
    sea.
";
    let reading = read("coast.txt", text);
    let expected = "\
: A place without a name.
lighthouse: A tower. | It warns ships.
: Where ships are tied.
mole: A wall in the sea
ship: Goes to sea.
";
    assert_eq!(print(&reading.glossary.entries), expected);
    let lines: Vec<_> = reading.findings.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [1, 10]);
}

#[test]
fn a_page_per_term_with_front_matter() {
    let text = "\
---
title: Lighthouse
id: light
aka:
- beacon
short_description: >
  A tower.
full_link: /docs/light/
aliases: [/old/, pharos]
---
A tower that warns {{< glossary_tooltip text=\"ships\" term_id=\"ship\" >}},
day and
<!--more-->
night, near a [harbour](/harbour/).

## Why it helps

- It is `bright`.

## Related terms

* [Mole](../mole.md)
";
    let reading = read("terms/lighthouse.md", text);
    let expected = "Lighthouse: A tower that warns ships, day and night, near a harbour. | It is bright.\n";
    assert_eq!(print(&reading.glossary.entries), expected);
    let entry = &reading.glossary.entries[0];
    assert_eq!(entry.other_names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>(), ["beacon", "pharos"]);
    assert_eq!((entry.identifier.as_deref(), entry.link.as_deref()), (Some("light"), Some("/docs/light/")));
    assert_eq!(entry.relations[0].target, "mole");
    let paragraph = &entry.paragraphs[0];
    let references: Vec<_> =
        paragraph.references.iter().map(|r| (&paragraph.text[r.span.clone()], r.target.as_str())).collect();
    assert_eq!(references, [("ships", "ship"), ("harbour", "harbour")]);
    assert_eq!([0, 30, 40].map(|at| paragraph.line_at(at)), [11, 12, 14]);
    assert!(reading.findings.is_empty());
}

#[test]
fn a_page_of_many_terms() {
    let cases = [
        (
            "# Glossary\n\nWords.\n\n## A\n\n### ab\n\nAn ab.\n\n### ac\n\nAn ac.\n\n#### More\n\nYes.\n",
            "ab: An ab.\nac: An ac. | Yes.\n",
        ),
        ("Words.\n\nab\nac\n: An ab.\n\nad\n: An ad.\n: Or not.\n", "ab = ac: An ab.\nad: An ad. | Or not.\n"),
        ("| Term | Also | Meaning |\n|--|--|--|\n| **ab** | x | An *ab*. |\n| | | Lost. |\n", "ab: An ab.\n: Lost.\n"),
        (
            "# Words\n\n- **ab**: An ab.\n- **ac:** An ac.\n- **ad** is an ad.\n",
            "ab: An ab.\nac: An ac.\nad: is an ad.\n",
        ),
        ("# ab\n\nAn ab.\n\n## Why\n\nBecause.\n", "ab: An ab. | Because.\n"),
    ];
    for (text, expected) in cases {
        assert_eq!(print(&read("ab.md", text).glossary.entries), expected, "{text}");
    }
}

#[test]
fn bytes_in_other_encodings() {
    let text = "café\r\n\r\nWhere “tea” is.\r\n";
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().chain([]).flat_map(bytes).collect::<Vec<u8>>();
    let latin: Vec<u8> = text
        .chars()
        .map(|c| match c {
            '“' => 0x93,
            '”' => 0x94,
            c => c as u8,
        })
        .collect();
    let cases = [
        (text.as_bytes().to_vec(), 0),
        ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), 0),
        ([vec![0xFF, 0xFE], utf_16(u16::to_le_bytes)].concat(), 0),
        ([vec![0xFE, 0xFF], utf_16(u16::to_be_bytes)].concat(), 0),
        (latin, 1),
    ];
    for (bytes, findings) in cases {
        let reading = read_files(&[SourceBytes { path: "tea.txt", bytes: &bytes }]);
        assert_eq!(print(&reading.glossary.entries), "café: Where “tea” is.\n");
        assert_eq!(reading.findings.len(), findings);
    }
}

#[test]
fn damaged_bytes_are_reported_and_the_rest_is_read() {
    let cases: [(&[u8], &str, &str); 4] = [
        (b"a\0b", "", "not a text: it holds NUL bytes"),
        ("é\n\nAn \u{e9}.\n".as_bytes(), "é: An é.\n", ""),
        (b"\xC3\xA9\n\nAn \xFF.\n", "é: An \u{FFFD}.\n", "not UTF-8 from here"),
        (b"\xFF\xFEa\0\n", "a: \n", "not UTF-16 from here"),
    ];
    for (bytes, expected, what) in cases {
        let reading = read_files(&[SourceBytes { path: "a.txt", bytes }]);
        assert_eq!(print(&reading.glossary.entries), expected);
        assert_eq!(reading.findings.first().map_or("", |finding| finding.what.as_str()), what);
    }
}

#[test]
fn docbook_with_everything() {
    let text = "\
<?xml version=\"1.0\"?>
<!DOCTYPE glossary [ <!ENTITY sea \"the <emphasis>North</emphasis> Sea\"> ]>
<glossary xmlns:xlink=\"http://www.w3.org/1999/xlink\">
 <title>Coast</title>
 <glossdiv><title>M</title>
  <glossentry xml:id=\"mole\">
   <glossterm><acronym>M</acronym>ole</glossterm> <acronym>MO</acronym>
   <indexterm><primary>mole</primary></indexterm>
   <glossdef>
    <para>A <emphasis>wall</emphasis> in &sea; &amp; a <quote>shelter</quote>
     of a <glossterm linkend=\"port\">harbour</glossterm>&unknown;.</para>
    <programlisting>not this</programlisting>
    <itemizedlist><listitem><para>Of <xref linkend=\"stone\">stone</xref>.</para></listitem></itemizedlist>
    <glossseealso otherterm=\"quay\">Quay</glossseealso>
   </glossdef>
  </glossentry>
  <glossentry><glossterm>breakwater</glossterm><glosssee>mole</glosssee></glossentry>
  <glossentry><glossterm>quay</glossterm><glossdef><para>Where ships <b are tied.</para></glossdef></glossentry>
  <glossentry><glossterm>pier</glossterm><glossdef><para>Stands <i>in</b> the sea.</para></glossdef></glossentry>
 </glossdiv>
</glossary>
";
    let reading = read("coast.xml", text);
    let entries = &reading.glossary.entries;
    let expected = "Mole: A wall in the North Sea & a \"shelter\" of a harbourunknown. | Of stone.\nbreakwater: \n";
    assert!(print(entries).starts_with(expected), "{}", print(entries));
    assert!(print(entries).ends_with("pier: Stands in the sea.\n"), "{}", print(entries));
    assert_eq!(entries[0].other_names, [name("MO")]);
    assert_eq!(entries[0].identifier.as_deref(), Some("mole"));
    let see: Vec<_> = entries.iter().flat_map(|entry| &entry.relations).map(|r| (r.target.as_str(), r.line)).collect();
    assert_eq!(see, [("quay", 14), ("mole", 17)]);
    let paragraph = &entries[0].paragraphs[0];
    assert_eq!((paragraph.references[0].target.as_str(), paragraph.line_at(45)), ("port", 11));
    assert_eq!(reading.findings[0].what, "entity 'unknown' is not known here");
}

#[test]
fn asciidoc_with_everything() {
    let text = "\
Words of the coast
==================
:sea: North Sea

Not a definition.

[glossary]
[[mole]]mole::
  A *wall* in the {sea}, `built` by _many_ in
  <<port,harbours>>; see <<port>> and link:https://example.org[the pilot].
+
It is not a m__ol__e; ask git-help:sea[7]\\*.
+
----
not this
----
* Of stone.
[[port]]
harbour::
haven:: Where
ships lie.
top;; Inside.

// a comment
.A title
quay:: Where ships are tied.

Not a definition either.
include::more.adoc[]
";
    let reading = read("coast.adoc", text);
    let expected = "\
mole: A wall in the North Sea, built by many in harbours; see harbour and the pilot. | It is not a mole; ask sea(7)*. | Of stone.
harbour = haven: Where ships lie. | top | Inside.
quay: Where ships are tied.
";
    let entries = &reading.glossary.entries;
    assert_eq!(print(entries), expected);
    let references: Vec<_> = entries[0].paragraphs[0].references.iter().map(|r| r.target.as_str()).collect();
    assert_eq!(references, ["port", "port"]);
    assert_eq!(
        reading.findings.iter().map(|f| (f.line, f.what.as_str())).collect::<Vec<_>>(),
        [
            (5, "a text that is in no entry: \"Not a definition.\""),
            (28, "a text that is in no entry: \"Not a definition either.\""),
            (29, "an included file")
        ]
    );
}

#[test]
fn csv_with_and_without_titles() {
    let text =
        "Term;Synonyms;Definition;See also\nmole;breakwater, pier;\"A wall;\n\nof stone.\";quay\n;;Lost.;\n\nquay\n";
    let reading = read("coast.csv", text);
    let expected = "mole: A wall; | of stone.\n: Lost.\nquay: \n";
    let entries = &reading.glossary.entries;
    assert_eq!(print(entries), expected);
    assert_eq!(entries[0].other_names, [name("breakwater"), name("pier")]);
    assert_eq!(entries[0].relations[0].target, "quay");
    assert_eq!(entries.iter().map(|entry| entry.place.line).collect::<Vec<_>>(), [2, 5, 7]);
    let untitled = read("coast.tsv", "mole\t \"A wall\"\nquay\tA place\n");
    assert_eq!(print(&untitled.glossary.entries), "mole: A wall\nquay: A place\n");
    assert_eq!(untitled.findings[0].what, "no row of titles");
    assert_eq!(read("a.csv", "term,definition\na,\"An a\n").findings[0].what, "a quotation mark without its partner");
    let more = read("words.csv", "Term,Definition\nmole,A wall.,grey,, wet \n");
    let told: Vec<&str> = more.findings.iter().map(|finding| finding.what.as_str()).collect();
    assert_eq!(told, ["a row with more fields than titles; not read: 'grey', 'wet'"]);
}

#[test]
fn skos_in_several_files() {
    let prefixes = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix c: <https://example.org/c/> .\n";
    let labels = format!(
        "{prefixes}c:mole a skos:Concept ;\n  skos:prefLabel \"mole\"@en, \"Mole\"@de ;\n  skos:altLabel \"pier\"@en ;\n  skos:definition \"\"\"A wall\nof stone.\"\"\"@en ; skos:note \"Old.\"@en .\nc:broken a skos:Concept ; skos:prefLabel .\nc:lost a skos:Concept .\nc:ring a skos:Collection ; skos:prefLabel \"ring\" ; skos:member c:mole .\n"
    );
    let relations = format!("{prefixes}c:mole skos:broader c:wall ; skos:exactMatch <https://example.org/other> .\n");
    let files = [("labels.ttl", &labels), ("relations.ttl", &relations)];
    let files = files.map(|(path, text)| SourceBytes { path, bytes: text.as_bytes() });
    let reading = read_files(&files);
    let entries = &reading.glossary.entries;
    let mole = &entries[0];
    assert_eq!(print(entries), "mole = Mole: A wall | of stone.\n: \nring: \n");
    assert_eq!(mole.headwords[1].language.as_deref(), Some("de"));
    assert_eq!(mole.paragraphs.iter().map(|p| p.lines[0].1).collect::<Vec<_>>(), [6, 7]);
    let relations: Vec<_> = mole.relations.iter().map(|r| (r.relation.as_str(), r.target.as_str(), r.line)).collect();
    assert_eq!(
        relations,
        [("broader", "https://example.org/c/wall", 3), ("exact_match", "https://example.org/other", 3)]
    );
    assert_eq!(entries[2].relations[0].relation, "has_member");
    assert_eq!(reading.findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [7, 8]);
    assert_eq!(reading.findings[0].what, "property 'skos:note' is not read");
}

#[test]
fn a_catalogue_with_a_broken_document() {
    let text = "\
kind: Component
metadata:
  name: tide-table
  title: Tide table
  description: |
    Tells the tide.
spec:
  owner: keepers
  dependsOn:
    - resource:tide-gauge
    - component:sea/moon
---
kind: [broken
---
kind: Group
metadata: {name: keepers}
spec: {children: []}
---
kind: Location
metadata: {name: rest}
---
other: document
";
    let reading = read("catalog-info.yaml", text);
    let entries = &reading.glossary.entries;
    assert_eq!(print(entries), "Tide table: Tells the tide.\nkeepers: \n");
    assert_eq!(entries[0].identifier.as_deref(), Some("component:default/tide-table"));
    let relations: Vec<_> =
        entries[0].relations.iter().map(|r| format!("{} {} {}", r.relation, r.target, r.line)).collect();
    let expected = [
        "owned_by group:default/keepers 8",
        "depends_on resource:default/tide-gauge 10",
        "depends_on component:sea/moon 11",
    ];
    assert_eq!(relations, expected);
    assert_eq!(reading.findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [14, 19]);
}

#[test]
fn a_graph_folder_as_a_glossary() {
    let reading = read("graph.toml", folder::FORMAT.example);
    let mole = &reading.glossary.entries[0];
    assert_eq!(mole.relations[0].relation, "protects");
    assert_eq!((mole.place.line, mole.relations[0].line), (2, 9));
    assert_eq!(mole.other_names, [name("breakwater")]);
}

#[test]
fn every_reader_asks_whether_to_go_on() {
    for format in FORMATS {
        // Two documents in one file are no JSON.
        let items = ["\"@graph\": [", "\"nodes\": [", "[\n"].into_iter().find_map(|list| {
            let (before, after) = format.example.split_once(list)?;
            let names = |n: usize| format!("\"@id\": \"sea:{n}\", \"id\": \"{n}\", \"skos:prefLabel\": \"{n}\"");
            let item = |n: usize| format!("{{{}, \"term\": \"{n}\", \"definition\": \"{n}\"}},", names(n));
            Some(format!("{before}{list}{}{after}", (0..2000).map(item).collect::<String>()))
        });
        let text = items.unwrap_or_else(|| format.example.repeat(2000));
        let limits = Limits::default();
        let budget = Budget::start(&limits);
        limits.cancel.store(true, std::sync::atomic::Ordering::Relaxed);
        let file = SourceFile { path: "a", text: &text };
        let files = [file];
        let mut findings = Findings::new(&files);
        let titles = Titles::default();
        let source = SourceText::new(0, &file, &titles, &budget);
        match format.read {
            Reader::Each(read) => read(&source, &mut findings),
            Reader::Together(read) => read(std::slice::from_ref(&source), &mut findings),
        };
        assert_eq!(source.ended().map_err(|error| error.detail), Err(Detail::Interrupted), "{}", format.name);
    }
}

#[test]
fn limits_of_reading() {
    let file = SourceBytes { path: "a.rst", bytes: rst::FORMAT.example.as_bytes() };
    let read = |limits: Limits| read_source("test", &[file], None, &Budget::start(&limits)).map_err(|e| e.detail);
    let time = read(Limits { time: Some(std::time::Duration::ZERO), ..Limits::default() });
    assert_eq!(time, Err(Detail::TimeLimit));
    assert_eq!(read(Limits { memory: Some(100), ..Limits::default() }), Err(Detail::MemoryLimit));
    assert_eq!(read(Limits { memory: Some(10_000), ..Limits::default() }).map(|r| r.glossary.entries.len()), Ok(1));
}

/// Entities in entities would make 3 TB of this text.
#[test]
fn a_document_that_would_grow_without_end() {
    let level = |n: usize| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(30));
    let entities: String = (1..9).map(level).collect();
    let text = format!(
        "<!DOCTYPE glossary [<!ENTITY e0 \"mole\">{entities}]><glossary><glossentry><glossterm>mole</glossterm>\
         <glossdef><para>A wall &e8;.</para></glossdef></glossentry></glossary>"
    );
    let reading = read("a.xml", &text);
    assert_eq!(print(&reading.glossary.entries), "mole: A wall e8.\n");
    assert_eq!(reading.findings[0].what, "entity 'e8' is not known here");
}

/// A file that includes itself, or one that includes it: includes are told, not followed.
#[test]
fn includes_in_a_circle() {
    let rst = ".. glossary::\n\n   mole\n      A wall.\n\n      .. include:: a.rst\n";
    let adoc = "[glossary]\nmole:: A wall.\nquay:: A place.\n\ninclude::a.adoc[]\n";
    let xml = "<!DOCTYPE glossary [<!ENTITY self SYSTEM \"a.xml\">]><glossary><glossentry><glossterm>mole</glossterm>\
               <glossdef><para>A wall &self;.</para></glossdef></glossentry></glossary>";
    for (path, text, entries) in [("a.rst", rst, 1), ("a.adoc", adoc, 2), ("a.xml", xml, 1)] {
        let reading = read(path, text);
        assert_eq!((reading.glossary.entries.len(), reading.findings.len()), (entries, 1), "{path}");
    }
}

#[test]
fn graphs_as_glossaries() {
    for format in [node_link::FORMAT, graphml::FORMAT] {
        let reading = read(&format!("graph.{}", format.suffixes[0]), format.example);
        let entries = &reading.glossary.entries;
        assert_eq!(print(entries), "mole: A wall that shelters a harbour.\nharbour: \n", "{}", format.name);
        let relation = &entries[0].relations[0];
        assert_eq!((relation.relation.as_str(), relation.target.as_str()), ("protects", "2"));
        assert_eq!(entries[1].identifier.as_deref(), Some("2"));
        assert!(reading.findings.is_empty());
    }
    let broken = "{\"nodes\": [{\"id\": \"a\"}, 7],\n\"links\": [{\"source\": \"b\", \"target\": \"a\"}]}";
    let lines: Vec<_> = read("a.json", broken).findings.iter().map(|finding| (finding.line, finding.column)).collect();
    assert_eq!(lines, [(1, 25), (2, 1)]);
    let broken = "<graphml><node/><node id='a'><data key='name'>A</data></node>\n<edge source='a'/></graphml>";
    let reading = read("a.graphml", broken);
    assert_eq!(print(&reading.glossary.entries), "A: \n");
    assert_eq!(reading.findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn front_matter_in_capitals() {
    let reading =
        read("serverless.md", "---\nTitle: Mole\nAKA: [breakwater]\n---\nA wall.\n\n## Use\n\nIt shelters.\n");
    assert_eq!(print(&reading.glossary.entries), "Mole: A wall. | It shelters.\n");
    assert_eq!((reading.glossary.entries[0].place.line, reading.glossary.entries[0].other_names.len()), (2, 1));
}
