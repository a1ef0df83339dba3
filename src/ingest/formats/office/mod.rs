//! Office files → texts: a sheet as CSV, a document as Markdown.
//!
//! ```text
//! bytes → format (by content) → package (unpacked within bounds) → texts → the readers of CSV and Markdown
//! ```
//!
//! A sheet may hold terms or an edge list: the text it becomes is told and read as any other file. A format is a file of
//! this folder and a row of [`FORMATS`]. Packages of these formats are zip archives from anywhere, so everything that
//! grows with what they unpack to has a limit.

mod document;
mod grid;
mod markdown;
mod ods;
mod package;
mod styles;
#[cfg(feature = "sheets")]
mod xlsx;

#[cfg(test)]
mod tests;

use crate::formats::Problem;
use crate::limits::Budget;
use package::Package;

/// A format of office programs.
pub struct OfficeFormat {
    /// As `--format` names it.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// Endings of file names, in lower case, without the dot.
    pub suffixes: &'static [&'static str],
    /// The part that every package of this format has, and how its text begins.
    holds: (&'static str, &'static str),
    /// How the texts are told: as files with this ending.
    pub ending: &'static str,
    /// The text of a small file: a test packs and reads it.
    pub example: &'static str,
    texts: fn(&mut Package) -> Result<Vec<OfficeText>, Problem>,
}

/// A text that an office file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeText {
    /// The sheet; `None` if the file holds one text.
    pub sheet: Option<String>,
    /// Of a sheet, row n is line n.
    pub text: String,
    /// How texts begin that the file holds besides: above the titles of a sheet, in text boxes and notes of a document.
    pub unread: Vec<String>,
}

const SHEETS: &str = "Term,Definition\nmole,A wall that shelters a harbour.\nharbour,A place where ships lie safely.\n";

pub const FORMATS: &[OfficeFormat] = &[
    OfficeFormat {
        name: "xlsx",
        what: "Excel workbook: sheets of terms or edge lists, with a row of titles",
        suffixes: &["xlsx", "xlsm"],
        holds: ("xl/workbook.xml", ""),
        ending: "csv",
        example: SHEETS,
        #[cfg(feature = "sheets")]
        texts: xlsx::texts,
        #[cfg(not(feature = "sheets"))]
        texts: |_| {
            let problem = Problem::at(0, "this kenning was built without a reader of Excel workbooks");
            Err(problem.help("save the workbook as .ods or its sheets as .csv, or build with the feature `sheets`"))
        },
    },
    OfficeFormat {
        name: "ods",
        what: "OpenDocument spreadsheet: sheets of terms or edge lists, with a row of titles",
        suffixes: &["ods"],
        holds: ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ending: "csv",
        example: SHEETS,
        texts: ods::texts,
    },
    OfficeFormat {
        name: "docx",
        what: "Word document: a heading a term, tables of terms, or terms in bold",
        suffixes: &["docx", "docm"],
        holds: ("word/document.xml", ""),
        ending: "md",
        example: "\
# Glossary of the coast

## mole

A wall that shelters a harbour.

## harbour

A place where ships lie safely.
",
        texts: document::texts,
    },
];

/// The format that `--format` names.
pub fn format_named(name: &str) -> Option<&'static OfficeFormat> {
    FORMATS.iter().find(|format| format.name.eq_ignore_ascii_case(name))
}

/// The format of a file: by what its package holds; a broken package by its name.
pub fn format_of(path: &str, bytes: &[u8]) -> Option<&'static OfficeFormat> {
    if !package::is_package(bytes) && !package::is_encrypted(bytes) {
        return None;
    }
    let suffix = super::suffix(path);
    let by_name = || FORMATS.iter().find(|format| format.suffixes.contains(&suffix.as_str()));
    let by_content = || {
        let mut package = Package::open(bytes, None).ok()?;
        FORMATS.iter().find(|format| package.begins(format.holds.0, format.holds.1))
    };
    by_content().or_else(by_name)
}

/// The texts that the file holds, in their order.
pub fn texts(bytes: &[u8], format: &OfficeFormat, budget: &Budget) -> Result<Vec<OfficeText>, Problem> {
    (format.texts)(&mut Package::open(bytes, Some(budget))?)
}
