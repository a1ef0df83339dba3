//! What relationship types are said to mean, and what names the nodes of labels.

use crate::ast::{Declaration, Meaning, Name};
use crate::diagnostic::{Detail, Diagnostic, Kind, Span};
use crate::graph::{FailureDirection, Graph, LabelNaming, RelationSemantics, alike, inverse_of_phrase};

/// A change of what the graph says of a relationship type or a label.
#[derive(Clone, Debug, PartialEq)]
pub enum Described {
    As(RelationSemantics),
    NoMore(String),
    NamedBy(LabelNaming),
    NamedNoMore(String),
}

/// What a statement changes; all errors found, or the changes.
pub fn describe(declaration: &Declaration, graph: &Graph) -> Result<Vec<Described>, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let changes = match declaration {
        Declaration::Drop { types } => types.iter().map(|name| forgotten(name, graph, &mut errors)).collect(),
        Declaration::CreateLabel { replace, labels, named_by } => {
            check_keys(named_by, &mut errors);
            labels.iter().map(|label| named(label, named_by, *replace, graph, &mut errors)).collect()
        }
        Declaration::DropLabel { labels } => {
            labels.iter().map(|label| no_longer_named(label, graph, &mut errors)).collect()
        }
        Declaration::Create { replace, types, parts } => {
            check_parts(types, parts, &mut errors);
            types.iter().map(|name| described(name, parts, *replace, graph, &mut errors)).collect()
        }
    };
    if errors.is_empty() { Ok(changes) } else { Err(errors) }
}

fn invalid(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::syntax(Detail::InvalidRelationshipPattern, span, message)
}

fn check_keys(keys: &[Name], errors: &mut Vec<Diagnostic>) {
    for (at, key) in keys.iter().enumerate() {
        if keys[..at].iter().any(|before| before.text == key.text) {
            let message = format!("the property `{}` is in the list twice", key.text);
            errors.push(Diagnostic::compile(Kind::SemanticError, Detail::InvalidArgumentValue, key.span, message));
        }
    }
}

fn named(label: &Name, keys: &[Name], replace: bool, graph: &Graph, errors: &mut Vec<Diagnostic>) -> Described {
    if let Some(known) = graph.semantics().naming(&label.text).filter(|_| !replace) {
        let message = format!("the nodes of {} are named by {} already", label.text, known.named_by.join(", "));
        let error = Diagnostic::compile(Kind::SemanticError, Detail::SchemaRuleExists, label.span, message);
        errors.push(error.help("CREATE OR REPLACE LABEL names them by other properties"));
    }
    let named_by = keys.iter().map(|key| key.text.clone()).collect();
    Described::NamedBy(LabelNaming { label: label.text.clone(), named_by })
}

fn no_longer_named(label: &Name, graph: &Graph, errors: &mut Vec<Diagnostic>) -> Described {
    if graph.semantics().naming(&label.text).is_none() {
        let message = format!("the graph does not say what names the nodes of {}", label.text);
        let near = alike(&label.text, graph.semantics().namings().map(|naming| naming.label.as_str()));
        let help = match near.first() {
            Some(near) => format!("did you mean {near}?"),
            None => "SHOW LABELS lists what it says".to_string(),
        };
        let error = Diagnostic::compile(Kind::SemanticError, Detail::SchemaRuleNotFound, label.span, message);
        errors.push(error.help(help));
    }
    Described::NamedNoMore(label.text.clone())
}

fn forgotten(name: &Name, graph: &Graph, errors: &mut Vec<Diagnostic>) -> Described {
    if graph.semantics().get(&name.text).is_none() {
        let message = format!("the graph does not say what {} means", name.text);
        let near = alike(&name.text, graph.semantics().iter().map(|s| s.name.as_str()));
        let help = match near.first() {
            Some(near) => format!("did you mean {near}?"),
            None => "SHOW RELATIONSHIP TYPES lists what it says".to_string(),
        };
        errors.push(Diagnostic::syntax(Detail::UnknownRelationshipType, name.span, message).help(help));
    }
    Described::NoMore(name.text.clone())
}

/// What does not fit together whatever the type.
fn check_parts(types: &[Name], parts: &[Meaning], errors: &mut Vec<Diagnostic>) {
    let span = types.iter().map(|name| name.span).reduce(Span::to).unwrap_or_default();
    let own = |part: &Meaning| matches!(part, Meaning::Named(_) | Meaning::Inverse { .. } | Meaning::Described(_));
    if types.len() > 1 && parts.iter().any(own) {
        let message = "NAMED, INVERSE and DESCRIBED speak of one type, not of several";
        errors.push(invalid(span, message).help("declare these types one by one"));
    }
    let has = |wanted: &dyn Fn(&Meaning) -> bool| parts.iter().any(wanted);
    let carries = has(&|part| matches!(part, Meaning::Failure(direction) if *direction != FailureDirection::None));
    if has(&|part| matches!(part, Meaning::Effect(_))) && !carries {
        let message = "FAILS and DEGRADES say what happens to the one that a failure reaches, but none travels here";
        errors.push(invalid(span, message).help("add FAILURE ALONG or FAILURE AGAINST"));
    }
    for name in parts.iter().filter_map(inverse) {
        if has(&|part| matches!(part, Meaning::Symmetric)) && types.iter().any(|own| own.text != name.text) {
            let message = "a symmetric type is its own inverse";
            errors.push(invalid(name.span, message).help("leave INVERSE out, or SYMMETRIC"));
        }
    }
}

fn inverse(part: &Meaning) -> Option<&Name> {
    match part {
        Meaning::Inverse { name, .. } => Some(name),
        _ => None,
    }
}

fn described(name: &Name, parts: &[Meaning], replace: bool, graph: &Graph, errors: &mut Vec<Diagnostic>) -> Described {
    let known = graph.semantics();
    if !replace && known.get(&name.text).is_some() {
        let message = format!("the graph already says what {} means", name.text);
        errors.push(invalid(name.span, message).help("CREATE OR REPLACE RELATIONSHIP TYPE says it anew"));
    }
    let mut meaning = RelationSemantics::new(&name.text);
    for part in parts {
        match part {
            Meaning::Named(phrase) => meaning.phrase.clone_from(phrase),
            Meaning::Inverse { name: inverse, phrase } => {
                check_inverse(name, inverse, graph, errors);
                meaning.inverse.clone_from(&inverse.text);
                meaning.inverse_phrase = phrase.clone().unwrap_or_else(|| crate::graph::words_of_type(&inverse.text));
            }
            Meaning::Failure(direction) => meaning.failure = *direction,
            Meaning::Effect(effect) => meaning.effect = *effect,
            Meaning::Orders(direction) => meaning.orders = *direction,
            Meaning::Symmetric => meaning.symmetric = true,
            Meaning::Transitive => meaning.transitive = true,
            Meaning::KindOf(supers) => {
                for above in supers {
                    if known.kinds_of(&name.text).contains(&above.text.as_str()) || above.text == name.text {
                        let message = format!("{} would be a kind of itself", name.text);
                        errors.push(invalid(above.span, message));
                    }
                }
                meaning.kind_of = supers.iter().map(|name| name.text.clone()).collect();
            }
            Meaning::Described(text) => meaning.description.clone_from(text),
        }
    }
    if meaning.inverse.is_empty() {
        meaning.inverse_phrase = inverse_of_phrase(&meaning.name, &meaning.phrase);
    }
    if meaning.symmetric {
        (meaning.inverse, meaning.inverse_phrase) = (meaning.name.clone(), meaning.phrase.clone());
    }
    Described::As(meaning)
}

/// A name may not stand for two things.
fn check_inverse(name: &Name, inverse: &Name, graph: &Graph, errors: &mut Vec<Diagnostic>) {
    let taken = graph
        .semantics()
        .iter()
        .find(|other| other.name != name.text && (other.name == inverse.text || other.inverse == inverse.text));
    if let Some(other) = taken {
        let as_what = if other.name == inverse.text { "a type of its own" } else { "the inverse of another type" };
        let message = format!("{} is already {as_what}, {}", inverse.text, other.name);
        errors.push(invalid(inverse.span, message).help("choose another name for the inverse"));
    }
}
