//! Large glossaries.

use super::{Case, Shape};

pub(super) const CASES: &[Case] = &[
    Case { format: "rst", file: "t.rst", make: rst },
    Case { format: "markdown", file: "t.md", make: markdown },
    Case { format: "csv", file: "t.csv", make: csv },
    Case { format: "asciidoc", file: "t.adoc", make: asciidoc },
    Case { format: "html", file: "t.html", make: html },
    Case { format: "turtle", file: "t.ttl", make: turtle },
    Case { format: "yaml-terms", file: "t.yaml", make: yaml },
    Case { format: "asciidoc, nested", file: "t.adoc", make: nested },
];

/// The term that the definition of a term speaks of.
fn other(term: usize, shape: Shape) -> usize {
    match shape {
        Shape::Wide => term / 2,
        Shape::Star => 0,
        Shape::Chain => term + 1,
    }
}

fn rst(terms: usize, shape: Shape) -> String {
    let entry = |term| format!("   mole{term}\n      A wall. See also :term:`mole{}`.\n\n", other(term, shape));
    format!(".. glossary::\n\n{}", (0..terms).map(entry).collect::<String>())
}

fn markdown(terms: usize, shape: Shape) -> String {
    let entry = |term| format!("**mole{term}**\n: A wall behind mole{}.\n\n", other(term, shape));
    format!("# Glossary\n\n{}", (0..terms).map(entry).collect::<String>())
}

/// With many rows of one name, or a name of many words.
fn csv(terms: usize, shape: Shape) -> String {
    let rows: String = match shape {
        Shape::Wide => (0..terms).map(|term| format!("mole{term},A wall behind mole{}.\n", term / 2)).collect(),
        Shape::Star => (0..terms).map(|term| format!("mole,Wall {term} of a harbour.\n")).collect(),
        Shape::Chain => {
            let words: Vec<String> = (0..4 * terms).map(|word| format!("word{word}")).collect();
            format!("{},A wall.\nquay,A place behind word1 and word2.\n", words.join(" "))
        }
    };
    format!("term,definition\n{rows}")
}

fn asciidoc(terms: usize, shape: Shape) -> String {
    let entry = |term| format!("mole{term}:: A wall behind mole{}.\n", other(term, shape));
    format!("[glossary]\n== Glossary\n\n{}", (0..terms).map(entry).collect::<String>())
}

/// Lists inside lists, as deep as AsciiDoc's markers go.
fn nested(terms: usize, _: Shape) -> String {
    const MARKERS: [&str; 3] = ["::", ":::", "::::"];
    let entry = |term: usize| format!("mole{term}{}\n  A wall of stone.\n", MARKERS[term % 3]);
    format!("[glossary]\n== Glossary\n\n{}", (0..terms).map(entry).collect::<String>())
}

fn html(terms: usize, shape: Shape) -> String {
    let entry = |term| {
        format!("<dt id=\"mole{term}\">mole{term}</dt><dd>A wall. <a href=\"#mole{}\">x</a></dd>\n", other(term, shape))
    };
    format!("<style>p {{}}</style><dl>\n{}</dl>\n", (0..terms).map(entry).collect::<String>())
}

/// A chain of broader concepts, each with a comment.
fn turtle(terms: usize, shape: Shape) -> String {
    let concept = |term| {
        format!(
            "# kenning: allow circle\n:m{term} a skos:Concept ; skos:prefLabel \"mole{term}\"@en ; skos:broader :m{} .\n",
            other(term, shape)
        )
    };
    let concepts: String = (0..terms).map(concept).collect();
    format!("@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <http://example.org/> .\n{concepts}")
}

/// Names that hardly differ, and links that lead nowhere.
fn yaml(terms: usize, shape: Shape) -> String {
    let letter = |digit: usize| char::from(b'a' + digit as u8);
    let word = |term: usize| [term / 676 % 26, term / 26 % 26, term % 26].map(letter).iter().collect::<String>();
    let entry = |term| {
        format!("- term: breakwater{}\n  definition: A wall.\n  see also: pier{}\n", word(term), other(term, shape))
    };
    (0..terms).map(entry).collect()
}
