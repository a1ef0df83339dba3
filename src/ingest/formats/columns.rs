//! What the columns of a table hold, by their titles, and what headings mean: the rows of `titles.toml`, after those of
//! the user.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::super::assemble::type_name;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Headword,
    OtherNames,
    Definition,
    Identifier,
    Kind,
    Link,
    /// What the term is related to, by this type: `depends_on`.
    Relation(Arc<str>),
    /// Nothing that says something of the term.
    Nothing,
    /// It is not known.
    Other,
}

/// What titles mean.
#[derive(Clone, Debug)]
pub struct Titles {
    rows: Arc<[Row]>,
}

#[derive(Clone, Debug)]
struct Row {
    /// In lower case.
    phrases: Vec<Vec<String>>,
    holds: Column,
}

#[derive(Deserialize)]
struct Table {
    sure: Vec<String>,
    glossary: Vec<String>,
    see_also: Vec<String>,
    column: Vec<WrittenRow>,
}

/// The part of a user's file that is about columns.
#[derive(Default, Deserialize)]
struct Own {
    #[serde(default)]
    column: Vec<WrittenRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRow {
    words: Vec<String>,
    holds: String,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("titles.toml")).expect("a test reads the table"));

static BUILT_IN: LazyLock<Titles> = LazyLock::new(|| Titles { rows: TABLE.column.iter().map(Row::of).collect() });

impl Default for Titles {
    fn default() -> Titles {
        BUILT_IN.clone()
    }
}

impl Titles {
    /// The built-in titles, after those of a user's file: `[[column]]` with `words` and what they hold.
    pub fn read(text: &str) -> Result<Titles, String> {
        let own: Own = toml::from_str(text).map_err(|error| error.to_string())?;
        if let Some(row) = own.column.iter().find(|row| row.words.iter().all(|word| words(word).is_empty())) {
            return Err(format!("a [[column]] that holds {} names no words", row.holds));
        }
        let rows = own.column.iter().map(Row::of).chain(BUILT_IN.rows.iter().cloned());
        Ok(Titles { rows: rows.collect() })
    }

    /// What a column of this title holds.
    pub(super) fn column(&self, title: &str) -> Column {
        self.of_words(&words(title))
    }

    /// The same of a title in words of lower case.
    pub(super) fn of_words(&self, words: &[String]) -> Column {
        let found = self.rows.iter().find(|row| row.fits(words));
        found.map_or(Column::Other, |row| row.holds.clone())
    }

    /// The relation type of a title that begins with one, in words of lower case.
    pub(super) fn relation(&self, words: &[String]) -> Option<Column> {
        let mut relations = self.rows.iter().filter(|row| matches!(row.holds, Column::Relation(_)));
        relations.find(|row| row.fits(words)).map(|row| row.holds.clone())
    }

    /// What each column holds, or nothing if the titles do not speak of a glossary.
    pub(super) fn columns(&self, titles: &[&str]) -> Option<Vec<Column>> {
        let mut columns: Vec<Column> = titles.iter().map(|title| self.column(title)).collect();
        if !columns.contains(&Column::Definition) && !columns.contains(&Column::Headword) {
            return None;
        }
        // A list of acronyms has them as headwords.
        if !columns.contains(&Column::Headword) {
            let instead = columns.iter().position(|column| matches!(column, Column::OtherNames | Column::Other))?;
            columns[instead] = Column::Headword;
        }
        if !columns.contains(&Column::Definition) {
            let instead = columns.iter().position(|column| *column == Column::Other)?;
            columns[instead] = Column::Definition;
        }
        Some(columns)
    }
}

impl Row {
    fn of(written: &WrittenRow) -> Row {
        let phrases = written.words.iter().map(|phrase| words(phrase)).filter(|phrase| !phrase.is_empty());
        let holds = match written.holds.as_str() {
            "term" => Column::Headword,
            "other names" => Column::OtherNames,
            "definition" => Column::Definition,
            "identifier" => Column::Identifier,
            "kind" => Column::Kind,
            "link" => Column::Link,
            "nothing" => Column::Nothing,
            relation => Column::Relation(type_name(relation).to_lowercase().into()),
        };
        Row { phrases: phrases.collect(), holds }
    }

    /// A title begins with a few words that tell; a sentence may hold one of them further on.
    fn fits(&self, title: &[String]) -> bool {
        let starts = if matches!(self.holds, Column::Relation(_)) { 1 } else { 3 };
        (0..starts.min(title.len())).any(|at| self.phrases.iter().any(|phrase| title[at..].starts_with(phrase)))
    }
}

/// Whether one of the titles is found in glossaries and hardly elsewhere.
pub(super) fn are_sure(titles: &[&str]) -> bool {
    titles.iter().any(|title| TABLE.sure.contains(&title.trim().to_lowercase()))
}

/// Whether a page with this title is about many terms.
pub(super) fn is_glossary_title(title: &str) -> bool {
    words(title).iter().any(|word| TABLE.glossary.contains(word))
}

/// Whether links below this heading point at related terms.
pub(super) fn is_see_also(heading: &str) -> bool {
    TABLE.see_also.contains(&words(heading).join(" "))
}

fn words(title: &str) -> Vec<String> {
    title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::Column::*;
    use super::*;

    fn columns(titles: &[&str]) -> Option<Vec<Column>> {
        Titles::default().columns(titles)
    }

    #[test]
    fn titles_tell_columns() {
        let see_also = || Relation("see_also".into());
        assert_eq!(columns(&["Term", "Explanation"]), Some(vec![Headword, Definition]));
        assert_eq!(columns(&["Acronym", "Meaning", "See also"]), Some(vec![Headword, Definition, see_also()]));
        assert_eq!(
            columns(&["ID", "Name", "Synonyms", "Text"]),
            Some(vec![Identifier, Headword, OtherNames, Definition])
        );
        assert_eq!(columns(&["Term", "In our words"]), Some(vec![Headword, Definition]));
        assert_eq!(columns(&["Term", "Definition", "Related terms"]), Some(vec![Headword, Definition, see_also()]));
        assert_eq!(
            columns(&["Begriff", "Bedeutung", "Hängt ab von", "Siehe auch"]),
            Some(vec![Headword, Definition, Relation("depends_on".into()), see_also()])
        );
        assert_eq!(
            columns(&["No.", "Name", "Description", "Owner", "Price"]),
            Some(vec![Nothing, Headword, Definition, Relation("owned_by".into()), Other])
        );
        assert_eq!(columns(&["Port", "Protocol"]), None);
    }

    #[test]
    fn users_add_titles() {
        let own = "[[column]]\nwords = [\"blocked by\", \"Price\"]\nholds = \"depends_on\"\n";
        let titles = Titles::read(own).expect("it is well formed");
        assert_eq!(titles.column("Blocked by:"), Relation("depends_on".into()));
        assert_eq!(titles.column("Price"), Relation("depends_on".into()));
        assert_eq!(titles.column("Term"), Headword);
        assert!(Titles::read("[[column]]\nwords = [\"-\"]\nholds = \"term\"\n").is_err());
        assert!(Titles::read("[[column]]\nwords = [\"x\"]\nhold = \"term\"\n").is_err());
    }

    #[test]
    fn every_relation_of_the_table_is_a_known_type() {
        let types = super::super::super::assemble::relation_types();
        for row in BUILT_IN.rows.iter() {
            let Relation(name) = &row.holds else { continue };
            let name = name.to_uppercase();
            assert!(types.iter().any(|known| known.name == name || known.inverse == name), "{name}");
        }
    }

    #[test]
    fn headings_in_several_languages() {
        assert!(["Glossary of the coast", "Unser Glossar", "Glosario"].iter().all(|title| is_glossary_title(title)));
        assert!(["See also:", "Siehe auch"].iter().all(|heading| is_see_also(heading)));
        assert!(!is_glossary_title("The coast") && !is_see_also("See the coast"));
    }
}
