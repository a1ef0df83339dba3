//! The TOOLS table: what an assistant can call.
//!
//! To add one: its row here. A word needs no more; its options, columns and meaning come from the tables of the words
//! and procedures.

use std::sync::Arc;

use rmcp::model::{JsonObject, ToolAnnotations};

use super::fields::{Field, Form, input_schema};
use super::output::output_schema;
use super::words::{option_fields, word};

/// Rows that are returned unless a call says otherwise, and the most it can say.
pub(super) const ROWS: u64 = 50;
const MOST_ROWS: u64 = 1_000;

/// One row of the table.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) doc: &'static str,
    pub(super) asks: Asks,
}

/// What a tool runs.
pub(super) enum Asks {
    /// A walking word with its operands.
    Word { keyword: &'static str, operands: &'static [Field] },
    /// A statement; it may change the graph if `writes`.
    Statement { writes: bool },
    /// What the graph is made of.
    Schema,
}

const LIMIT: Field = Field::optional(
    "limit",
    Form::Count(1, MOST_ROWS),
    "Return at most this many rows [default: 50]; the answer says how many there are.",
);

const TERMS: Field = Field::required("terms", Form::Names(1), "The terms to start from, by any of their names.");

const STATEMENT: &[Field] = &[
    Field::required("query", Form::Text, "One statement: openCypher, or a walking word such as DEPS nova DEPTH 2."),
    Field::optional("parameters", Form::Object, "Values for the $parameters of the statement."),
    LIMIT,
];

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "show",
        title: "Show a term",
        doc: "What one term is: names, labels, definition, other properties, and its relations both ways with the sentence \
              that states each. Start here to explain a term.",
        asks: Asks::Word {
            keyword: "SHOW",
            operands: &[Field::required("term", Form::Name, "The term, by any of its names.")],
        },
    },
    Tool {
        name: "deps",
        title: "What terms need",
        doc: "What the terms need, directly and indirectly, as a tree; each relation with its evidence, and whether its loss \
              means failure or mere degradation. `one_of` lists alternatives of which one is enough.",
        asks: Asks::Word { keyword: "DEPS", operands: &[TERMS] },
    },
    Tool {
        name: "impact",
        title: "What breaks",
        doc: "What fails or degrades if the terms fail, directly and indirectly, as a tree; each relation with its \
              evidence. Terms that have an alternative left do not fail, and the notes name them.",
        asks: Asks::Word { keyword: "IMPACT", operands: &[TERMS] },
    },
    Tool {
        name: "why",
        title: "Why one term needs another",
        doc: "The shortest chain of needs from one term to another with the evidence of each hop. If there is none, the notes \
              say how far the search got and what would connect the two. `each` tells what would have to be removed to be \
              rid of the other term.",
        asks: Asks::Word {
            keyword: "WHY",
            operands: &[
                Field::required("from", Form::Name, "The term that needs."),
                Field::required("to", Form::Name, "The term that is needed."),
            ],
        },
    },
    Tool {
        name: "order",
        title: "Order of starting",
        doc: "In which order to start terms, in layers whose terms can start at once; cycles, and the fewest relations to \
              remove to break them, are in the notes.",
        asks: Asks::Word {
            keyword: "ORDER",
            operands: &[Field::optional("of", Form::Names(0), "These terms and what they need [default: all terms].")],
        },
    },
    Tool {
        name: "critical",
        title: "Single points of failure",
        doc: "Single points of failure, each with the terms it cuts off: of the whole graph, or among what one term needs; \
              with `to`, the fewest terms and relations that separate the two.",
        asks: Asks::Word {
            keyword: "CRITICAL",
            operands: &[
                Field::optional("for", Form::Name, "The term whose needs are examined [default: the whole graph]."),
                Field::optional("to", Form::Name, "With `for`: the term to be separated from it."),
            ],
        },
    },
    Tool {
        name: "find",
        title: "Find terms",
        doc: "Terms by similar name and by words of their definition, the best first. Use it if a name is not known exactly.",
        asks: Asks::Word {
            keyword: "FIND",
            operands: &[Field::required("text", Form::Name, "A name, part of a name, or words of a definition.")],
        },
    },
    Tool {
        name: "query",
        title: "Query the graph",
        doc: "Runs one statement that reads: openCypher (MATCH … RETURN …) or any walking word with its options. Call \
              `schema` first for labels, relationship types and property keys.",
        asks: Asks::Statement { writes: false },
    },
    Tool {
        name: "schema",
        title: "What the graph is made of",
        doc: "Labels with counts and the properties that name their nodes; relationship types with counts, how they read both \
              ways, which way a failure travels and which labels they connect; property keys, indexes, constraints.",
        asks: Asks::Schema,
    },
    Tool {
        name: "write",
        title: "Change the graph",
        doc: "Runs one statement that may change the graph (CREATE, MERGE, SET, DELETE …) as a transaction of its own, and \
              returns what it changed.",
        asks: Asks::Statement { writes: true },
    },
];

/// The tool of this name, if the caller may use it.
pub(super) fn find(name: &str, may_write: bool) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name && (may_write || !tool.writes()))
}

impl Tool {
    pub(super) fn writes(&self) -> bool {
        matches!(self.asks, Asks::Statement { writes: true })
    }

    /// The arguments.
    pub(super) fn fields(&self) -> Vec<Field> {
        match &self.asks {
            Asks::Word { keyword, operands } => {
                operands.iter().copied().chain(option_fields(word(keyword))).chain([LIMIT]).collect()
            }
            Asks::Statement { .. } => STATEMENT.to_vec(),
            Asks::Schema => vec![LIMIT],
        }
    }

    /// The tool as a client sees it.
    pub(super) fn described(&self) -> rmcp::model::Tool {
        let writes = self.writes();
        let annotations = ToolAnnotations::with_title(self.title)
            .read_only(!writes)
            .destructive(writes)
            .idempotent(!writes)
            .open_world(false);
        let input: Arc<JsonObject> = Arc::new(input_schema(&self.fields()));
        rmcp::model::Tool::new(self.name, self.doc, input)
            .with_title(self.title)
            .with_raw_output_schema(Arc::new(output_schema(&self.asks)))
            .with_annotations(annotations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_limits_are_told() {
        for (at, tool) in TOOLS.iter().enumerate() {
            assert!(TOOLS[at + 1..].iter().all(|other| other.name != tool.name));
            let fields = tool.fields();
            assert!(fields.iter().any(|field| field.name == "limit"), "{}", tool.name);
            assert!(tool.described().output_schema.is_some(), "{}", tool.name);
            assert!(fields.iter().all(|field| field.doc.ends_with('.')), "{}", tool.name);
        }
        assert!(LIMIT.doc.contains(&format!("[default: {ROWS}]")));
    }

    #[test]
    fn writing_is_off() {
        assert!(find("write", false).is_none());
        assert!(find("write", true).is_some());
        assert!(find("deps", false).is_some());
    }
}
