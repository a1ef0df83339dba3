//! The keywords, for completion and highlighting. Which of them are reserved is said with the tree's names.

use crate::ast::words::contains;

/// Every keyword, for completion and highlighting, sorted.
pub const KEYWORDS: &[&str] = &[
    "ADD",
    "AGAINST",
    "ALL",
    "ALONG",
    "AND",
    "AS",
    "ASC",
    "ASCENDING",
    "AVOIDING",
    "BY",
    "CALL",
    "CASE",
    "COMMON",
    "CONFIDENCE",
    "CONTAINS",
    "CREATE",
    "CRITICAL",
    "CYCLES",
    "DEGRADES",
    "DELETE",
    "DEPS",
    "DEPTH",
    "DESC",
    "DESCENDING",
    "DESCRIBED",
    "DETACH",
    "DIFF",
    "DISTINCT",
    "DROP",
    "ELSE",
    "END",
    "ENDS",
    "EXCEPT",
    "EXISTS",
    "EXPLAIN",
    "FAILS",
    "FAILURE",
    "FALSE",
    "FANIN",
    "FANOUT",
    "FILTER",
    "FIND",
    "FINISH",
    "FOR",
    "FOREACH",
    "HIDING",
    "IMPACT",
    "IN",
    "INTERSECT",
    "INVERSE",
    "IS",
    "KIND",
    "LABELED",
    "LET",
    "LIMIT",
    "MATCH",
    "MERGE",
    "NAMED",
    "NEXT",
    "NONE",
    "NOT",
    "NULL",
    "NULLS",
    "OF",
    "OFFSET",
    "ON",
    "ONLY",
    "OPTIONAL",
    "OR",
    "ORDER",
    "ORDINALITY",
    "PROFILE",
    "RANKED",
    "RELATIONSHIP",
    "REMOVE",
    "REPEATABLE",
    "REPLACE",
    "RETURN",
    "SET",
    "SHORTEST",
    "SHOW",
    "SKIP",
    "STARTS",
    "SYMMETRIC",
    "THEN",
    "THROUGH",
    "TO",
    "TRANSITIVE",
    "TRUE",
    "TYPE",
    "TYPED",
    "TYPES",
    "UNION",
    "UNWIND",
    "UP",
    "VIA",
    "WHATIF",
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
