//! What readers report while they read, and entries that nobody can call.

use super::super::entries::Entries;
use super::super::found::Found;
use super::super::{Find, Rule};
use crate::diagnostic::Severity;

pub(in crate::ingest) const UNREADABLE: Rule = Rule {
    name: "unreadable",
    severity: Severity::Error,
    says: "A file, or a part of it, is not what its format asks for.",
    why: "what it says is not in the glossary",
    help: "mend it as the message says",
    example: &[("words.yaml", "- term: mole\n  definition: A wall in the sea.\n- term: [\n")],
    find: &[],
};

pub(in crate::ingest) const NOT_READ: Rule = Rule {
    name: "not-read",
    severity: Severity::Warning,
    says: "Something in a file is left out, or read only by a guess.",
    why: "what it says is not in the glossary",
    help: "write it in a form that `kenning formats` lists",
    example: &[("words.csv", "mole,A wall in the sea.\nquay,A wall where ships are tied.\n")],
    find: &[],
};

pub(in crate::ingest) const COLUMN: Rule = Rule {
    name: "column-not-read",
    severity: Severity::Warning,
    says: "A column of a table, or a member of an object, has a title that is not known.",
    why: "what it says is not in the glossary",
    help: "give it a known title, or say what it holds with a [[column]] in a file for --rules",
    example: &[("words.csv", "term,definition,colour\nmole,A wall in the sea.,grey\n")],
    find: &[],
};

pub(in crate::ingest) const TEXT: Rule = Rule {
    name: "text-not-read",
    severity: Severity::Note,
    says: "A text beside the entries of a glossary is part of none of them: an introduction, a remark, a table without terms.",
    why: "what it says is not in the glossary",
    help: "if it defines a term, write it as an entry",
    example: &[(
        "glossary.md",
        "# Glossary\n\nWords of the coast.\n\n| Term | Definition |\n|--|--|\n| mole | A wall in the sea. |\n",
    )],
    find: &[],
};

pub(in crate::ingest) const NO_ENTRY: Rule = Rule {
    name: "no-entry",
    severity: Severity::Note,
    says: "No entry was found in a file of a folder.",
    why: "nothing of this file is in the glossary",
    help: "if it holds a glossary, write it in a form that `kenning formats` lists",
    example: &[("glossary/intro.md", "# Introduction\n"), ("glossary/a.md", "## mole\n\nA wall in the sea.\n")],
    find: &[],
};

pub(in crate::ingest) const OTHER_FILE: Rule = Rule {
    name: "other-file",
    severity: Severity::Note,
    says: "A file includes or names another file, which is not read from there.",
    why: "what the other file says is checked only if it is named, too",
    help: "name the other file, or their folder",
    example: &[("glossary.adoc", "[glossary]\n== Glossary\n\nmole:: A wall in the sea.\n\ninclude::more.adoc[]\n")],
    find: &[],
};

pub(in crate::ingest) const NO_NAME: Rule = Rule {
    name: "no-headword",
    severity: Severity::Warning,
    says: "A definition has no headword, and its text does not give one.",
    why: "nothing can point at it",
    help: "write its headword",
    example: &[("words.csv", "term,definition\n,Made of stone.\nmole,A wall in the sea.\n")],
    find: &[Find::Entries(no_name)],
};

fn no_name(entries: &Entries, found: &mut Found) {
    for (entry, extracted) in std::iter::zip(entries.all(), &entries.terminology.extraction.entries) {
        if extracted.name.is_none() {
            found.at(&entry.place.file, entry.place.line, "a definition without a headword".into());
        }
    }
}
