//! [`Json`]: a JSON value that is still text, so that each part knows its line.
//!
//! The whole text is checked once; after that a level is split only when a reader asks for it, so that a large file
//! is never held as a tree.

use std::borrow::Cow;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::problem::Problem;

/// A value as it is written; a slice of the file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// The text as one value, if it is well-formed.
    pub fn parse(text: &'a str) -> Result<Json<'a>, Problem> {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(value) => Ok(Json(value.get())),
            Err(error) => Err(Problem::at(error.line(), format!("not JSON: {error}"))),
        }
    }

    /// As it is written: evidence.
    pub fn text(self) -> &'a str {
        self.0
    }

    /// The members of an object in the order written; none if it is no object.
    pub fn members(self) -> Vec<(Cow<'a, str>, Json<'a>)> {
        if !self.0.starts_with('{') {
            return Vec::new();
        }
        let mut deserializer = serde_json::Deserializer::from_str(self.0);
        deserializer.deserialize_map(Members).unwrap_or_default()
    }

    /// The items of an array; none if it is no array.
    pub fn items(self) -> Vec<Json<'a>> {
        if !self.0.starts_with('[') {
            return Vec::new();
        }
        let mut deserializer = serde_json::Deserializer::from_str(self.0);
        deserializer.deserialize_seq(Items).unwrap_or_default()
    }

    /// The last member of this name. To look up several, take [`Json::members`] once.
    pub fn get(self, name: &str) -> Option<Json<'a>> {
        member(&self.members(), name)
    }

    pub fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    pub fn is_array(self) -> bool {
        self.0.starts_with('[')
    }

    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    pub fn as_bool(self) -> Option<bool> {
        self.0.parse().ok()
    }

    /// The text of a string.
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        let inside = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if !inside.contains('\\') {
            return Some(Cow::Borrowed(inside));
        }
        serde_json::from_str::<String>(self.0).ok().map(Cow::Owned)
    }

    /// A string's text, or a number or boolean as it is written.
    pub fn as_text(self) -> Option<Cow<'a, str>> {
        match self.0.as_bytes().first()? {
            b'"' => self.as_str(),
            b'{' | b'[' | b'n' => None,
            _ => Some(Cow::Borrowed(self.0)),
        }
    }

    /// As a property: strings, numbers, booleans, and lists of these; `None` for objects, null and lists in lists, whose
    /// depth nothing bounds.
    pub fn as_value(self) -> Option<crate::graph::Value> {
        use crate::graph::Value;
        match self.0.as_bytes().first()? {
            b'"' => self.as_str().map(|text| Value::from(&*text)),
            b't' | b'f' => self.as_bool().map(Value::Boolean),
            b'[' => {
                let item = |item: Json| if item.is_array() { None } else { item.as_value() };
                self.items().into_iter().map(item).collect::<Option<Vec<_>>>().map(Value::list)
            }
            b'{' | b'n' => None,
            _ => match self.0.parse::<i64>() {
                Ok(number) => Some(Value::Integer(number)),
                Err(_) => self.0.parse().ok().map(Value::Float),
            },
        }
    }
}

/// The last member of this name.
pub fn member<'a>(members: &[(Cow<'a, str>, Json<'a>)], name: &str) -> Option<Json<'a>> {
    members.iter().rev().find(|(known, _)| known == name).map(|(_, value)| *value)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(Cow<'de, str>, Json<'de>)>;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<&RawValue>()? {
            let name = Json(key.get()).as_str().unwrap_or_default();
            members.push((name, Json(map.next_value::<&RawValue>()?.get())));
        }
        Ok(members)
    }
}

struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Vec<Json<'de>>;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<&RawValue>()? {
            items.push(Json(item.get()));
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Value;

    #[test]
    fn parts_are_slices_of_the_text() {
        let text = "{\"a\": [1, \"x\\ny\"],\n \"b\": {\"c\": true}, \"a\": null}";
        let json = Json::parse(text).unwrap();
        let members = json.members();
        assert_eq!(members.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["a", "b", "a"]);
        assert!(json.get("a").unwrap().is_null());
        assert_eq!(members[0].1.items()[1].as_str().unwrap(), "x\ny");
        assert_eq!(members[0].1.as_value(), Some(Value::list([Value::Integer(1), Value::from("x\ny")])));
        let inner = json.get("b").unwrap().get("c").unwrap();
        assert_eq!(inner.as_bool(), Some(true));
        assert_eq!(inner.text().as_ptr() as usize - text.as_ptr() as usize, 31);
        assert!(json.items().is_empty() && members[0].1.members().is_empty());
        assert_eq!(Json::parse(&format!("{}{}", "[".repeat(1 << 16), "]".repeat(1 << 16))).unwrap().as_value(), None);
    }

    #[test]
    fn a_broken_text_says_its_line() {
        let Err(Problem::Wrong(wrong)) = Json::parse("{\n \"a\": }") else { panic!("it is broken") };
        assert_eq!(wrong.line, 2);
        assert!(Json::parse(&"[".repeat(100_000)).is_err());
    }
}
