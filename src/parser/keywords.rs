//! The keywords, for completion and highlighting. Which of them are reserved is said with the tree's names.

use crate::ast::words::contains;

/// Every keyword, for completion and highlighting, sorted.
pub const KEYWORDS: &[&str] = &[
    "ALL",
    "AND",
    "AS",
    "ASC",
    "ASCENDING",
    "BY",
    "CALL",
    "CASE",
    "CONSTRAINT",
    "CONSTRAINTS",
    "CONTAINS",
    "CREATE",
    "CSV",
    "DELETE",
    "DEPS",
    "DEPTH",
    "DESC",
    "DESCENDING",
    "DETACH",
    "DISTINCT",
    "DROP",
    "ELSE",
    "END",
    "ENDS",
    "EXISTS",
    "EXPLAIN",
    "FALSE",
    "FIELDTERMINATOR",
    "FILTER",
    "FIND",
    "FINISH",
    "FOR",
    "FOREACH",
    "FROM",
    "HEADERS",
    "IF",
    "IMPACT",
    "IN",
    "INDEX",
    "INDEXES",
    "IS",
    "LABELED",
    "LET",
    "LIMIT",
    "LOAD",
    "MATCH",
    "MERGE",
    "NEXT",
    "NOT",
    "NULL",
    "NULLS",
    "OFFSET",
    "ON",
    "OPTIONAL",
    "OR",
    "ORDER",
    "ORDINALITY",
    "PROFILE",
    "REMOVE",
    "REPEATABLE",
    "REQUIRE",
    "RETURN",
    "SET",
    "SHORTEST",
    "SHOW",
    "SKIP",
    "STARTS",
    "THEN",
    "TO",
    "TRUE",
    "TYPED",
    "UNION",
    "UNIQUE",
    "UNWIND",
    "VIA",
    "WHEN",
    "WHERE",
    "WHY",
    "WITH",
    "XOR",
    "YIELD",
];

/// Whether the word is a keyword, in any case.
pub fn is_keyword(word: &str) -> bool {
    contains(KEYWORDS, word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::words::{RESERVED, is_reserved};

    #[test]
    fn tables_are_sorted() {
        assert!(RESERVED.is_sorted() && KEYWORDS.is_sorted());
        assert!(KEYWORDS.iter().all(|word| is_keyword(&word.to_lowercase())));
        assert!(RESERVED.iter().all(|word| is_keyword(word) && is_reserved(word)));
    }
}
