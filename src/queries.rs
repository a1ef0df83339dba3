//! The saved queries: those of the folder `queries/`, compiled into the program.
//!
//! A saved query is a file whose first line is its question as a comment. A comment line `// run: term=keystone`
//! gives example arguments. It is called by the file's name, with or without the number at its front.

use std::borrow::Cow;

use crate::ingest::SourceFile;

include!(concat!(env!("OUT_DIR"), "/queries.rs"));

/// A saved query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedQuery<'a> {
    /// The file's name without extension: `07-impact-of`.
    pub name: Cow<'a, str>,
    /// In plain words.
    pub question: &'a str,
    /// Example arguments: `term=keystone`. Empty if it takes none.
    pub arguments: &'a str,
    /// The whole file.
    pub text: &'a str,
}

impl<'a> SavedQuery<'a> {
    /// Reads a query file's head.
    pub fn new(name: impl Into<Cow<'a, str>>, text: &'a str) -> SavedQuery<'a> {
        let comments = || text.lines().map_while(|line| line.trim().strip_prefix("//")).map(str::trim);
        let question = comments().next().unwrap_or("");
        let arguments = comments().find_map(|line| line.strip_prefix("run:")).map_or("", str::trim);
        SavedQuery { name: name.into(), question, arguments, text }
    }

    /// The name without the number at its front: `impact-of`.
    pub fn short_name(&self) -> &str {
        self.name.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('-')
    }
}

/// All saved queries, in the order of the tour.
pub fn all() -> impl Iterator<Item = SavedQuery<'static>> {
    FILES.iter().map(|file| {
        let name = file.path.rsplit('/').next().unwrap_or(file.path);
        SavedQuery::new(name.trim_end_matches(".cypher"), file.text)
    })
}

/// Finds a query by its name, its name without number, or its number.
pub fn find(name: &str) -> Option<SavedQuery<'static>> {
    let name = name.trim_end_matches(".cypher");
    let number = |query: &SavedQuery| query.name.split('-').next().is_some_and(|n| n.trim_start_matches('0') == name);
    all().find(|query| query.name == name || query.short_name() == name || number(query))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_query() {
        let query = SavedQuery::new("07-impact-of", "// What fails?\n// run: term=keystone\nIMPACT keystone;\n");
        assert_eq!((query.question, query.arguments), ("What fails?", "term=keystone"));
        assert_eq!(query.short_name(), "impact-of");
    }

    #[test]
    fn the_tour_is_complete_and_names_are_unique() {
        let queries: Vec<_> = all().collect();
        assert!(queries.len() >= 15);
        for (at, query) in queries.iter().enumerate() {
            assert!(query.question.ends_with('?'), "{}: {}", query.name, query.question);
            assert!(queries[at + 1..].iter().all(|other| other.short_name() != query.short_name()));
            assert_eq!(find(query.short_name()).as_ref(), Some(query));
        }
        assert_eq!(find("1"), queries.first().cloned());
        assert_eq!(find("no-such-query"), None);
    }
}
