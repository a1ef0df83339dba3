//! What the columns of a table or a CSV file hold, by their titles.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Headword,
    OtherNames,
    Definition,
    Identifier,
    Kind,
    SeeAlso,
    Link,
    Other,
}

/// Words of a title that tell what the column holds; the first row that fits decides.
const TITLES: &[(Column, &[&str])] = &[
    (Column::OtherNames, &["aka", "alias", "aliases", "synonym", "synonyms", "variants"]),
    (Column::OtherNames, &["acronym", "acronyms", "abbreviation", "abbreviations"]),
    (Column::Definition, &["definition", "definitions", "description", "explanation", "meaning", "text"]),
    (Column::Headword, &["term", "terms", "headword", "name", "word", "phrase", "concept", "label", "title", "entry"]),
    (Column::SeeAlso, &["see", "related"]),
    (Column::Kind, &["type", "kind", "category", "class"]),
    (Column::Link, &["link", "url", "reference"]),
    (Column::Identifier, &["id", "identifier", "key"]),
];

pub(super) fn column(title: &str) -> Column {
    let words: Vec<String> =
        title.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    // A title begins with a few words that tell; a sentence may hold one of them further on.
    let fits = |names: &&[&str]| words.iter().take(3).any(|word| names.contains(&word.as_str()));
    let found = TITLES.iter().find(|(_, names)| fits(names));
    found.map_or(Column::Other, |(column, _)| *column)
}

/// What each column holds, or nothing if the titles do not speak of a glossary.
pub(super) fn columns(titles: &[&str]) -> Option<Vec<Column>> {
    let mut columns: Vec<Column> = titles.iter().map(|title| column(title)).collect();
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

/// Whether one of the titles is found in glossaries and hardly elsewhere.
pub(super) fn are_sure(titles: &[&str]) -> bool {
    const SURE: [&str; 7] = ["term", "headword", "definition", "definitions", "meaning", "acronym", "abbreviation"];
    titles.iter().any(|title| SURE.contains(&title.trim().to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::Column::*;
    use super::*;

    #[test]
    fn titles_tell_columns() {
        assert_eq!(columns(&["Term", "Explanation"]), Some(vec![Headword, Definition]));
        assert_eq!(columns(&["Acronym", "Meaning", "See also"]), Some(vec![Headword, Definition, SeeAlso]));
        assert_eq!(
            columns(&["ID", "Name", "Synonyms", "Text"]),
            Some(vec![Identifier, Headword, OtherNames, Definition])
        );
        assert_eq!(columns(&["Term", "In our words"]), Some(vec![Headword, Definition]));
        assert_eq!(columns(&["Port", "Protocol"]), None);
    }
}
