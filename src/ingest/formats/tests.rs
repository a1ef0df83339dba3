//! Every format's example, and what all readers have in common.

use super::*;
use crate::glossary::Entry;

/// Reads one file.
fn read(path: &str, text: &str) -> Reading {
    read_source("test", &[SourceBytes { path, bytes: text.as_bytes() }], None)
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
    assert_eq!(findings, [(34, 4, "a headword without a definition"), (37, 7, "substitution 'pilot' is not defined")]);
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
    assert!(reading.findings.is_empty());
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
        let reading = read_source("test", &[SourceBytes { path: "tea.txt", bytes: &bytes }], None);
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
        let reading = read_source("test", &[SourceBytes { path: "a.txt", bytes }], None);
        assert_eq!(print(&reading.glossary.entries), expected);
        assert_eq!(reading.findings.first().map_or("", |finding| finding.what.as_str()), what);
    }
}
