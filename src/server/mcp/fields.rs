//! [`Field`]: an argument of a tool: its JSON schema, and the check that a call keeps to it.

use rmcp::model::JsonObject;
use serde_json::{Map, Value as Json, json};

/// The longest name of a term, type, label or property.
const LONGEST_NAME: usize = 1_000;

/// The longest condition or statement.
const LONGEST_TEXT: usize = 100_000;

/// The most names of one argument.
const MOST_NAMES: usize = 100;

/// An argument of a tool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) required: bool,
    pub(super) doc: &'static str,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One name.
    Name,
    /// Names, at least so many.
    Names(usize),
    /// An integer in a range.
    Count(u64, u64),
    /// A number from 0 to 1.
    Share,
    Flag,
    /// A statement or an expression.
    Text,
    /// Any JSON object.
    Object,
}

impl Field {
    pub(super) const fn required(name: &'static str, form: Form, doc: &'static str) -> Field {
        Field { name, form, required: true, doc }
    }

    pub(super) const fn optional(name: &'static str, form: Form, doc: &'static str) -> Field {
        Field { name, form, required: false, doc }
    }

    fn schema(&self) -> Json {
        let mut schema = match self.form {
            Form::Name => json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_NAME }),
            Form::Names(least) => json!({
                "type": "array",
                "items": { "type": "string", "minLength": 1, "maxLength": LONGEST_NAME },
                "minItems": least,
                "maxItems": MOST_NAMES,
            }),
            Form::Count(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Form::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
            Form::Flag => json!({ "type": "boolean" }),
            Form::Text => json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_TEXT }),
            Form::Object => json!({ "type": "object" }),
        };
        schema["description"] = json!(self.doc);
        schema
    }

    /// What is wrong with the value, if something is.
    fn problem(&self, value: &Json) -> Option<String> {
        let fits = match (self.form, value) {
            (Form::Name, Json::String(text)) => is_short(text, LONGEST_NAME),
            (Form::Text, Json::String(text)) => is_short(text, LONGEST_TEXT),
            (Form::Names(least), Json::Array(items)) => {
                let is_name = |item: &Json| item.as_str().is_some_and(|text| is_short(text, LONGEST_NAME));
                (least..=MOST_NAMES).contains(&items.len()) && items.iter().all(is_name)
            }
            (Form::Count(least, most), value) => value.as_u64().is_some_and(|n| (least..=most).contains(&n)),
            (Form::Share, value) => value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)),
            (Form::Flag, value) => value.is_boolean(),
            (Form::Object, value) => value.is_object(),
            (Form::Name | Form::Names(_) | Form::Text, _) => false,
        };
        (!fits).then(|| format!("`{}` must be {}", self.name, self.form.expected()))
    }
}

impl Form {
    fn expected(self) -> String {
        match self {
            Form::Name => format!("a string of 1 to {LONGEST_NAME} characters"),
            Form::Names(least) => {
                format!("a list of {least} to {MOST_NAMES} strings, each of 1 to {LONGEST_NAME} characters")
            }
            Form::Count(least, most) => format!("an integer from {least} to {most}"),
            Form::Share => "a number from 0 to 1".into(),
            Form::Flag => "true or false".into(),
            Form::Text => format!("a string of 1 to {LONGEST_TEXT} characters"),
            Form::Object => "an object".into(),
        }
    }
}

fn is_short(text: &str, most: usize) -> bool {
    !text.is_empty() && text.chars().nth(most).is_none()
}

/// The schema of the arguments of a tool. Others than these are refused.
pub(super) fn input_schema(fields: &[Field]) -> JsonObject {
    let properties: Map<String, Json> = fields.iter().map(|field| (field.name.into(), field.schema())).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = Map::new();
    schema.insert("type".into(), json!("object"));
    schema.insert("properties".into(), Json::Object(properties));
    schema.insert("required".into(), json!(required));
    schema.insert("additionalProperties".into(), json!(false));
    schema
}

/// The arguments of a call that keep to the fields. A null is as good as nothing.
#[derive(Debug)]
pub(super) struct Given(JsonObject);

impl Given {
    /// Checks the arguments. The error says everything that is wrong, a sentence each.
    pub(super) fn check(fields: &[Field], arguments: Option<JsonObject>) -> Result<Given, Vec<String>> {
        let mut given = arguments.unwrap_or_default();
        given.retain(|_, value| !value.is_null());
        let mut problems: Vec<String> = Vec::new();
        for name in given.keys().filter(|name| fields.iter().all(|field| field.name != name.as_str())) {
            let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
            problems.push(format!("there is no argument `{name}`; the arguments are {}", known.join(", ")));
        }
        for field in fields {
            match given.get(field.name) {
                Some(value) => problems.extend(field.problem(value)),
                None if field.required => problems.push(format!("`{}` is missing: {}", field.name, field.doc)),
                None => {}
            }
        }
        if problems.is_empty() { Ok(Given(given)) } else { Err(problems) }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// The names of an argument, one or several.
    pub(super) fn names(&self, name: &str) -> Option<Vec<&str>> {
        match self.0.get(name)? {
            Json::String(text) => Some(vec![text]),
            Json::Array(items) => Some(items.iter().filter_map(Json::as_str).collect()),
            _ => None,
        }
    }

    pub(super) fn count(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_u64()
    }

    pub(super) fn share(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Json::as_bool).unwrap_or(false)
    }

    pub(super) fn object(&self, name: &str) -> Option<&JsonObject> {
        self.0.get(name)?.as_object()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[Field] = &[
        Field::required("terms", Form::Names(1), "Names."),
        Field::optional("depth", Form::Count(0, 9), "How far."),
        Field::optional("confidence", Form::Share, "How sure."),
    ];

    fn problems(arguments: Json) -> Vec<String> {
        Given::check(FIELDS, arguments.as_object().cloned()).map(|_| Vec::new()).unwrap_or_else(|problems| problems)
    }

    #[test]
    fn everything_that_is_wrong_is_said() {
        assert_eq!(problems(json!({ "terms": ["a"], "depth": 9, "confidence": 1, })), [""; 0]);
        assert_eq!(problems(json!({ "terms": ["a"], "depth": null })), [""; 0]);
        let all = problems(json!({ "depth": 10, "confidence": 1.5, "dpeth": 1 }));
        assert_eq!(all.len(), 4, "{all:?}");
        assert!(all[0].starts_with("there is no argument `dpeth`; the arguments are terms, depth"));
        assert!(all[1].starts_with("`terms` is missing"));
        assert_eq!(all[2], "`depth` must be an integer from 0 to 9");
        for wrong in [json!([]), json!("a"), json!([1]), json!([""]), json!(["x".repeat(1_001)])] {
            assert_eq!(problems(json!({ "terms": wrong })).len(), 1);
        }
        assert!(problems(json!({ "terms": ["x".repeat(1_000)] })).is_empty());
    }

    #[test]
    fn the_schema_has_the_same_bounds() {
        let schema = Json::Object(input_schema(FIELDS));
        assert_eq!(schema["required"], json!(["terms"]));
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(schema["properties"]["depth"]["maximum"], json!(9));
        assert_eq!(schema["properties"]["terms"]["items"]["maxLength"], json!(LONGEST_NAME));
    }
}
