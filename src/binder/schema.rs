//! Statements about indexes and constraints: what can be said of them without looking at data.

use crate::ast::{NewRule, SchemaChange};
use crate::diagnostic::{Detail, Diagnostic, Kind};

/// Everything that is wrong with the statement.
pub fn check_schema(change: &SchemaChange) -> Result<(), Vec<Diagnostic>> {
    let errors = match change {
        SchemaChange::Create(rule) => check_rule(rule),
        SchemaChange::Drop(_) => Vec::new(),
    };
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn check_rule(rule: &NewRule) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for (number, property) in rule.keys.iter().enumerate() {
        if property.variable != rule.variable {
            let message = format!("variable `{}` is not defined", property.variable.text);
            let error = Diagnostic::syntax(Detail::UndefinedVariable, property.variable.span, message);
            errors.push(error.help(format!("the node is called `{}` here", rule.variable.text)));
        }
        if rule.keys[..number].iter().any(|before| before.key == property.key) {
            let message = format!("the property `{}` stands here twice", property.key.text);
            errors.push(Diagnostic::compile(
                Kind::SemanticError,
                Detail::InvalidArgumentValue,
                property.key.span,
                message,
            ));
        }
    }
    errors
}
