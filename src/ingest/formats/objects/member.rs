//! What a member of an object holds, by its name.

use super::super::columns::{Column, Titles};

/// What a member of this name holds.
pub(super) fn meaning(name: &str, titles: &Titles) -> Column {
    let words = words(name);
    if let Some(relation) = titles.relation(&words) {
        return relation;
    }
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Column::Other,
        ["alt" | "alternative" | "alternate" | "other" | "also", _, ..] => Column::OtherNames,
        // `term_type` is a type, `definition_source` is a source.
        [.., last] => match of_word(last, titles) {
            Column::Relation(_) if words.len() > 1 => Column::Other,
            column => column,
        },
    }
}

fn of_word(word: &str, titles: &Titles) -> Column {
    match word {
        "def" => Column::Definition,
        "abbr" | "abbrev" => Column::OtherNames,
        "slug" => Column::Identifier,
        "ref" | "refs" => Column::Relation("see_also".into()),
        word => titles.of_words(&[word.to_string()]),
    }
}

/// Whether a member of this name is found in glossaries and hardly elsewhere.
pub(super) fn is_sure(name: &str) -> bool {
    const SURE: [&str; 8] = ["term", "headword", "def", "definition", "definitions", "meaning", "acronym", "synonyms"];
    SURE.contains(&name.to_lowercase().as_str())
}

/// A language (BCP 47) by its two letters, with or without a region: `en`, `pt-BR`, `pt_BR`.
pub(super) fn language(name: &str) -> Option<String> {
    let (letters, region) = name.split_once(['-', '_']).map_or((name, None), |(a, b)| (a, Some(b)));
    let is_language = letters.len() == 2 && letters.chars().all(|c| c.is_ascii_lowercase());
    let is_region = |region: &str| (2..=4).contains(&region.len()) && region.chars().all(|c| c.is_ascii_alphanumeric());
    (is_language && region.is_none_or(is_region)).then(|| name.replace('_', "-"))
}

/// The words of `seeAlso`, `see_also` and `see also` in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in name.chars() {
        let begins = before.is_lowercase() && character.is_uppercase();
        if begins || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_members_hold() {
        let cases = [
            ("term", Column::Headword),
            ("Term", Column::Headword),
            ("term_type", Column::Kind),
            ("termId", Column::Identifier),
            ("def", Column::Definition),
            ("shortDescription", Column::Definition),
            ("definition_source", Column::Other),
            ("seeAlso", Column::Relation("see_also".into())),
            ("related_terms", Column::Relation("see_also".into())),
            ("dependsOn", Column::Relation("depends_on".into())),
            ("term_owner", Column::Other),
            ("altLabel", Column::OtherNames),
            ("also known as", Column::OtherNames),
            ("acronym", Column::OtherNames),
            ("slug", Column::Identifier),
            ("weight", Column::Nothing),
            ("colour", Column::Other),
            ("_", Column::Other),
        ];
        for (name, expected) in cases {
            assert_eq!(meaning(name, &Titles::default()), expected, "{name}");
        }
    }

    #[test]
    fn languages_have_two_letters() {
        assert_eq!(language("en").as_deref(), Some("en"));
        assert_eq!(language("pt_BR").as_deref(), Some("pt-BR"));
        assert!(["def", "EN", "e", "see-also", "en-"].iter().all(|name| language(name).is_none()));
    }
}
