//! What a line of a tree or of a chain says of its hop besides how it reads.

use super::page::{Role, clean};
use super::tree::Fields;
use crate::graph::Value;

/// Where the columns are that marks are made of.
pub(super) struct Marks<'a> {
    fields: &'a Fields<'a>,
    effect: Option<usize>,
    hop_effect: Option<usize>,
    one_of: Option<usize>,
    properties: Option<usize>,
    repeated: Option<usize>,
}

impl<'a> Marks<'a> {
    pub fn of(fields: &'a Fields<'a>) -> Marks<'a> {
        Marks {
            fields,
            effect: fields.at("effect"),
            hop_effect: fields.at("hop_effect"),
            one_of: fields.at("one_of"),
            properties: fields.at("properties"),
            repeated: fields.at("repeated"),
        }
    }

    pub fn is_repeated(&self, row: &[Value]) -> bool {
        matches!(value(row, self.repeated), Some(Value::Boolean(true)))
    }

    /// Whether a tree with this root tells of failures: then it says what happens to its root.
    pub fn tell_of_failures(&self, root: &[Value]) -> bool {
        text(root, self.hop_effect).or(text(root, self.effect)).is_some()
    }

    /// ` (requested 2.0.0, kind dev)`: the properties of the relation that are to be shown; empty for none.
    pub fn properties(&self, row: &[Value]) -> String {
        let Some(Value::Map(properties)) = value(row, self.properties) else { return String::new() };
        let property = |(key, value): (_, &Value)| format!("{key} {}", self.fields.name(value));
        format!(" ({})", clean(&properties.iter().map(property).collect::<Vec<_>>().join(", ")))
    }

    /// What the failure does to the term of a line or, in a tree of needs, what the lack of the term does; and of how
    /// many alternatives it is one.
    pub fn in_tree(&self, row: &[Value], failures: bool) -> Option<(String, Role)> {
        let which = if failures { "all" } else { "one" };
        let choice = self.one_of(row).map(|terms| format!("{which} of {}", terms.len()));
        let in_all = text(row, self.effect);
        let effect = text(row, self.hop_effect).or(in_all);
        let said = match (failures, effect, in_all) {
            // The mark is that of the hop: another one may do more, which the line says that is spelled out.
            (true, Some(hop), Some(all)) if hop != all && !self.is_repeated(row) => {
                Some(format!("{hop}; {all} by another relation"))
            }
            (true, effect, _) => effect.map(str::to_string),
            // That it cannot work without is what everyone expects of a need.
            (false, Some("fails") | None, _) => None,
            (false, Some(effect), _) => Some(format!("{effect} without")),
        };
        let role = if said.is_some() { role(effect) } else { Role::Degrades };
        let parts: Vec<String> = said.into_iter().chain(choice).collect();
        (!parts.is_empty()).then(|| (format!("[{}]", parts.join(", ")), role))
    }

    /// What the lack of a hop's end does, and of which terms one is enough.
    pub fn in_chain(&self, row: &[Value]) -> Option<(String, Role)> {
        let name = |term: &Value| self.fields.name(term);
        let one_of = self.one_of(row).map(|terms| terms.iter().map(name).collect::<Vec<_>>().join(" | "));
        let effect = text(row, self.effect);
        let mark = match (effect, one_of) {
            (Some("fails") | None, Some(terms)) => format!("one of: {terms}"),
            (Some(effect), Some(terms)) => format!("{effect} without one of: {terms}"),
            (Some(effect), None) => format!("{effect} without"),
            (None, None) => return None,
        };
        Some((format!("[{mark}]"), role(effect)))
    }

    fn one_of<'r>(&self, row: &'r [Value]) -> Option<&'r [Value]> {
        match value(row, self.one_of)? {
            Value::List(terms) => Some(terms),
            _ => None,
        }
    }
}

fn role(effect: Option<&str>) -> Role {
    if effect == Some("fails") { Role::Fails } else { Role::Degrades }
}

fn value(row: &[Value], at: Option<usize>) -> Option<&Value> {
    row.get(at?).filter(|value| !value.is_null())
}

fn text(row: &[Value], at: Option<usize>) -> Option<&str> {
    value(row, at).and_then(Value::as_str)
}
