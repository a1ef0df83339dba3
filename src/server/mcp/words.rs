//! The walking words as tools: arguments become a syntax tree, which is printed as the statement that runs.
//!
//! No text of a caller is pasted into a statement: the printer quotes names, and a condition is parsed by itself first.

use super::fields::{Field, Form, Given};
use crate::ast::{Expression, Mode};
use crate::ast::{Name, OptionKind, Start, Statement, StatementBody, TraceOption, WORDS, Walk, Word, WordStatement};
use crate::diagnostic::{Diagnostic, Span};
use crate::parser;

/// The options of words as arguments, in the order of a statement.
const OPTIONS: &[(OptionKind, Field)] = &[
    (
        OptionKind::Depth,
        Field::optional("depth", Form::Count(0, 1_000), "Follow at most this many relations from the start."),
    ),
    (OptionKind::All, Field::optional("all", Form::Flag, "Every shortest chain, not only one of them.")),
    (
        OptionKind::Each,
        Field::optional(
            "each",
            Form::Flag,
            "One chain for each direct need of `from`, and what to remove so that none is left.",
        ),
    ),
    (OptionKind::UpTo, Field::optional("up_to", Form::Count(1, 1_000), "The shortest chains, at most this many.")),
    (OptionKind::Avoiding, Field::optional("avoiding", Form::Names(0), "Only chains that do not visit these terms.")),
    (
        OptionKind::Via,
        Field::optional("via", Form::Names(0), "Follow only these relationship types, by type name or phrase."),
    ),
    (
        OptionKind::Where,
        Field::optional(
            "where",
            Form::Text,
            "Follow only relations for which this condition on `term`, `relationship`, `parent` or `depth` holds, such as relationship.confidence > 0.8.",
        ),
    ),
    (
        OptionKind::Only,
        Field::optional("only", Form::Names(0), "Show only terms with one of these labels; others are walked through."),
    ),
    (
        OptionKind::Hiding,
        Field::optional(
            "hiding",
            Form::Names(0),
            "Do not show terms with one of these labels; they are walked through.",
        ),
    ),
    (OptionKind::Confidence, Field::optional("confidence", Form::Share, "Leave out relations that are less sure.")),
    (
        OptionKind::Hard,
        Field::optional("hard", Form::Flag, "Only relations whose loss means failure, not mere degradation."),
    ),
    (
        OptionKind::Showing,
        Field::optional("showing", Form::Names(0), "Properties of relations to return with each row."),
    ),
    (
        OptionKind::Ranked,
        Field::optional("ranked", Form::Flag, "A flat list, each term once, the nearest first, in place of a tree."),
    ),
    (
        OptionKind::Rollup,
        Field::optional(
            "rollup",
            Form::Names(0),
            "Take relations of parts for those of the wholes with these labels; an empty list: of the outermost wholes.",
        ),
    ),
];

/// The row of a word.
pub(super) fn word(keyword: &str) -> &'static Word {
    WORDS.iter().find(|word| word.keyword == keyword).expect("a test looks up the keyword of every tool")
}

/// The arguments for the options that a word takes.
pub(super) fn option_fields(word: &Word) -> impl Iterator<Item = Field> {
    OPTIONS.iter().filter(|(kind, _)| word.options.contains(kind)).map(|(_, field)| *field)
}

/// The statement that a call of a word's tool means. `operands` are the arguments for the word's operands.
pub(super) fn statement(word: &'static Word, operands: &[Field], given: &Given) -> Result<String, Vec<Diagnostic>> {
    let starts = |field: &Field| given.names(field.name).unwrap_or_default().into_iter().map(start).collect();
    let mut options = Vec::new();
    for (kind, field) in OPTIONS.iter().filter(|(kind, _)| word.options.contains(kind)) {
        options.extend(option(*kind, field.name, given)?);
    }
    let walk = Walk::Word(WordStatement { word, operands: operands.iter().map(starts).collect(), options });
    Ok(Statement { options: None, mode: Mode::Run, body: StatementBody::Walk(walk) }.to_string())
}

fn option(kind: OptionKind, field: &str, given: &Given) -> Result<Option<TraceOption>, Vec<Diagnostic>> {
    let flag = |option: TraceOption| given.flag(field).then_some(option);
    let any_names = || given.names(field).map(|texts| texts.into_iter().map(name).collect::<Vec<_>>());
    // An empty list limits nothing.
    let names = || any_names().filter(|names| !names.is_empty());
    Ok(match kind {
        OptionKind::Depth => given.count(field).map(TraceOption::Depth),
        OptionKind::UpTo => given.count(field).map(TraceOption::UpTo),
        OptionKind::All => flag(TraceOption::All),
        OptionKind::Ranked => flag(TraceOption::Ranked),
        OptionKind::Hard => flag(TraceOption::Hard),
        OptionKind::Each => flag(TraceOption::Each),
        OptionKind::Via => names().map(TraceOption::Via),
        OptionKind::Only => names().map(TraceOption::Only),
        OptionKind::Hiding => names().map(TraceOption::Hiding),
        OptionKind::Showing => names().map(TraceOption::Showing),
        OptionKind::Avoiding => {
            names().map(|names| TraceOption::Avoiding(names.into_iter().map(Start::Term).collect()))
        }
        OptionKind::Confidence => given.share(field).map(TraceOption::Confidence),
        OptionKind::Rollup => any_names().map(TraceOption::Rollup),
        OptionKind::Where => given.text(field).map(condition).transpose()?.map(TraceOption::Where),
    })
}

/// Reads a condition. The places of errors are those of the condition, which is not the text of the statement.
fn condition(text: &str) -> Result<Expression, Vec<Diagnostic>> {
    parser::parse_expression(text).map_err(|errors| {
        let said =
            |error: Diagnostic| Diagnostic { message: format!("in `where`: {}", error.message), span: None, ..error };
        errors.into_iter().map(said).collect()
    })
}

fn name(text: &str) -> Name {
    Name::new(text, Span::default())
}

fn start(text: &str) -> Start {
    Start::Term(name(text))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::tools::{Asks, TOOLS};
    use super::*;
    use crate::parser::parse_statement;

    fn statement_of(tool: &str, arguments: Json) -> String {
        let tool = TOOLS.iter().find(|row| row.name == tool).unwrap();
        let Asks::Word { keyword, operands } = &tool.asks else { panic!("{} is not a word", tool.name) };
        let given = Given::check(&tool.fields(), arguments.as_object().cloned()).unwrap();
        statement(word(keyword), operands, &given).unwrap()
    }

    #[test]
    fn every_option_of_the_words_is_an_argument() {
        for tool in TOOLS {
            let Asks::Word { keyword, operands } = &tool.asks else { continue };
            let word = word(keyword);
            assert_eq!(word.operands.len(), operands.len(), "{keyword}");
            assert_eq!(option_fields(word).count(), word.options.len(), "{keyword}");
        }
    }

    #[test]
    fn arguments_as_statements() {
        let deps =
            json!({ "terms": ["nova", "Block Storage"], "depth": 2, "via": ["USES", "depends on"], "hard": true });
        assert_eq!(statement_of("deps", deps), "DEPS nova, Block Storage DEPTH 2 VIA USES, 'depends on' HARD");
        assert_eq!(statement_of("deps", json!({ "terms": ["a"], "via": [], "rollup": [] })), "DEPS a ROLLUP");
        let why = json!({ "from": "horizon", "to": "mariadb", "up_to": 3, "where": "relationship.confidence>0.5" });
        let text = "WHY horizon TO mariadb UP TO 3 WHERE relationship.confidence > 0.5";
        assert_eq!(statement_of("why", why), text);
        assert_eq!(statement_of("critical", json!({ "for": "nova", "to": "etcd" })), "CRITICAL FOR nova TO etcd");
        assert_eq!(statement_of("order", json!({})), "ORDER");
    }

    #[test]
    fn a_name_is_a_name_whatever_it_holds() {
        for name in
            ["x DEPTH 1", "a, b", "'", "\"", "`", "x' RETURN 1 //", "a\nb", "(MATCH (n) RETURN n)", "$p", "TO", "\\"]
        {
            let text = statement_of("why", json!({ "from": name, "to": name, "avoiding": [name], "via": [name] }));
            let Ok(StatementBody::Walk(Walk::Word(walk))) = parse_statement(&text).map(|statement| statement.body)
            else {
                panic!("{text}");
            };
            let is_name = |start: &Start| matches!(start, Start::Term(term) if term.text == name);
            assert!(walk.operands.iter().all(|starts| starts.len() == 1 && is_name(&starts[0])), "{text}");
            assert_eq!(walk.options.len(), 2, "{text}");
            assert!(matches!(&walk.options[1], TraceOption::Via(types) if types[0].text == name), "{text}");
        }
    }

    #[test]
    fn a_condition_is_one_expression() {
        let fields = TOOLS.iter().find(|row| row.name == "deps").unwrap().fields();
        let arguments = json!({ "terms": ["a"], "where": "true RANKED" });
        let given = Given::check(&fields, arguments.as_object().cloned()).unwrap();
        let errors = statement(word("DEPS"), &fields[..1], &given).unwrap_err();
        assert!(errors[0].message.starts_with("in `where`: "), "{errors:?}");
    }
}
