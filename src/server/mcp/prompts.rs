//! The PROMPTS table: everyday questions, each with the terms it is about.

use rmcp::model::{JsonObject, Prompt, PromptArgument};

/// One row of the table.
pub(super) struct PromptRow {
    pub(super) name: &'static str,
    title: &'static str,
    doc: &'static str,
    pub(super) arguments: &'static [Argument],
    /// What the assistant is asked. `{name}` is the value of an argument.
    text: &'static str,
    /// The same if the arguments that may be missing are.
    without: Option<&'static str>,
}

pub(super) struct Argument {
    pub(super) name: &'static str,
    doc: &'static str,
    required: bool,
}

const fn term(name: &'static str, doc: &'static str) -> Argument {
    Argument { name, doc, required: true }
}

/// How every answer is to be founded.
const GROUNDS: &str = "Name the sentence and the source that each relation rests on. Say what the tool's notes say about \
                       what was searched and what was cut. Do not add relations that the graph does not have.";

pub(super) const PROMPTS: &[PromptRow] = &[
    PromptRow {
        name: "what_breaks",
        title: "What breaks if a term fails?",
        doc: "What fails and what only degrades, and by which chains.",
        arguments: &[term("term", "The term that fails.")],
        text: "What breaks if {term} fails? Call the tool `impact` with terms [{term}]. Report first what fails, then what \
               only degrades, the nearest first, each with the chain that leads to it; then what stands because an \
               alternative is left.",
        without: None,
    },
    PromptRow {
        name: "why_needs",
        title: "Why does one term need another?",
        doc: "The chain of needs between two terms with the evidence of each hop.",
        arguments: &[term("from", "The term that needs."), term("to", "The term that is needed.")],
        text: "Why does {from} need {to}? Call the tool `why` with from {from} and to {to}. Explain each hop of the chain. If \
               there is no chain, say how far the search got and what would connect the two.",
        without: None,
    },
    PromptRow {
        name: "be_rid_of",
        title: "What would it take to be rid of a term?",
        doc: "Every way in which one term needs another, and the fewest cuts that end all of them.",
        arguments: &[term("term", "The term that is to need the other no more."), term("of", "The term to be rid of.")],
        text: "What would it take for {term} to need {of} no more? Call the tool `why` with from {term}, to {of} and each \
               true, and the tool `critical` with for {term} and to {of}. List the direct needs that lead there, then the \
               fewest terms or relations whose removal ends all chains, and what else those removals would break (tool \
               `impact`).",
        without: None,
    },
    PromptRow {
        name: "start_order",
        title: "In what order to start things?",
        doc: "The order of starting, in layers, with cycles and the critical path.",
        arguments: &[Argument { name: "term", doc: "Only this term and what it needs.", required: false }],
        text: "In what order must {term} and what it needs be started? Call the tool `order` with of [{term}]. List the layers, \
               the cycles with the fewest relations that break them, and the critical path.",
        without: Some(
            "In what order must everything be started? Call the tool `order` without arguments. List the layers, the cycles \
             with the fewest relations that break them, and the critical path.",
        ),
    },
    PromptRow {
        name: "explain_term",
        title: "Explain a term",
        doc: "What a term is, what it needs, and what needs it.",
        arguments: &[term("term", "The term to be explained.")],
        text: "Explain {term} to somebody who has never heard of it. Its card is attached; call the tools `deps` and `impact` \
               with depth 1 for what it needs and what needs it.",
        without: None,
    },
];

/// A prompt that was asked for: what it says, and the terms whose cards belong to it.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) description: &'static str,
    pub(super) text: String,
    pub(super) terms: Vec<String>,
}

/// The prompts as a client sees them.
pub(super) fn described() -> Vec<Prompt> {
    let argument = |row: &Argument| PromptArgument::new(row.name).with_description(row.doc).with_required(row.required);
    let prompt = |row: &PromptRow| {
        let arguments = row.arguments.iter().map(argument).collect();
        Prompt::new(row.name, Some(row.doc), Some(arguments)).with_title(row.title)
    };
    PROMPTS.iter().map(prompt).collect()
}

/// Fills a prompt in. The error says what is wrong with the name or the arguments.
pub(super) fn fill(name: &str, arguments: Option<&JsonObject>) -> Result<Wanted, String> {
    const LONGEST: usize = 1_000;
    let row = PROMPTS.iter().find(|row| row.name == name);
    let row = row.ok_or_else(|| format!("there is no prompt `{name}`"))?;
    let known = |name: &String| row.arguments.iter().any(|argument| argument.name == name);
    if let Some(unknown) = arguments.into_iter().flat_map(JsonObject::keys).find(|name| !known(name)) {
        return Err(format!("the prompt `{}` has no argument `{unknown}`", row.name));
    }
    let mut terms = Vec::new();
    let mut text = row.text.to_string();
    for argument in row.arguments {
        let value = arguments.and_then(|arguments| arguments.get(argument.name)).and_then(|value| value.as_str());
        match value.map(str::trim).filter(|value| !value.is_empty()) {
            Some(value) if value.chars().count() > LONGEST => {
                return Err(format!("`{}` is longer than {LONGEST} characters", argument.name));
            }
            Some(value) => {
                text = text.replace(&format!("{{{}}}", argument.name), &format!("{value:?}"));
                terms.push(value.to_string());
            }
            None if argument.required => return Err(format!("`{}` is missing: {}", argument.name, argument.doc)),
            None => text = row.without.unwrap_or(row.text).to_string(),
        }
    }
    Ok(Wanted { description: row.doc, text: format!("{text} {GROUNDS}"), terms })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tools::TOOLS;
    use super::*;

    #[test]
    fn prompts_speak_of_tools_and_arguments_that_exist() {
        for row in PROMPTS {
            for text in [Some(row.text), row.without].into_iter().flatten() {
                let named: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
                assert!(!named.is_empty(), "{}", row.name);
                assert!(named.iter().all(|name| TOOLS.iter().any(|tool| tool.name == *name)), "{named:?}");
            }
            assert!(row.arguments.iter().all(|argument| row.text.contains(&format!("{{{}}}", argument.name))));
            assert_eq!(row.without.is_some(), row.arguments.iter().any(|argument| !argument.required));
        }
    }

    #[test]
    fn prompts_are_filled_in() {
        let arguments = json!({ "from": "horizon", "to": "mariadb" });
        let wanted = fill("why_needs", arguments.as_object()).unwrap();
        assert!(wanted.text.starts_with("Why does \"horizon\" need \"mariadb\"? "));
        assert_eq!(wanted.terms, ["horizon", "mariadb"]);
        assert!(fill("start_order", None).unwrap().text.starts_with("In what order must everything"));
        assert!(fill("why_needs", json!({ "from": "a" }).as_object()).unwrap_err().starts_with("`to` is missing"));
        assert!(fill("why_needs", json!({ "form": "a" }).as_object()).unwrap_err().contains("no argument `form`"));
        assert!(fill("nothing", None).is_err());
    }
}
