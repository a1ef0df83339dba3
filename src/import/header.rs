//! The header: what each column holds.

use super::Wrong;
use super::convert::Type;
use super::rows::Rows;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A node's id in a space; kept as a property if the column has a name.
    Id {
        space: String,
        name: Option<String>,
    },
    Label,
    Start {
        space: String,
    },
    End {
        space: String,
    },
    Type,
    Property {
        name: String,
        kind: Type,
        array: bool,
    },
    Ignore,
}

const TYPES: &str = "int, long, float, double, boolean, byte, short, char, string, date, time, localtime, datetime, \
                     localdatetime, duration, each also with [], and json";

/// Reads the row that stands ready as a header.
pub(super) fn read(rows: &Rows) -> Result<Vec<Role>, Wrong> {
    (0..rows.fields.len())
        .map(|number| {
            let text = rows.get(number).unwrap_or_default();
            role(text.trim()).map_err(|what| rows.wrong(number, what))
        })
        .collect()
}

/// `name:TYPE(Space)`: without a type, a string.
fn role(text: &str) -> Result<Role, String> {
    let (name, kind) = text.rsplit_once(':').unwrap_or((text, "string"));
    let (name, kind) = (name.trim(), kind.trim());
    let (word, space) = match kind.split_once('(') {
        Some((word, rest)) => match rest.strip_suffix(')') {
            Some(space) => (word.trim(), space.trim()),
            None => return Err(format!("`{kind}` opens a bracket and does not close it")),
        },
        None => (kind, ""),
    };
    let space = space.to_string();
    let named = || (!name.is_empty()).then(|| name.to_string());
    match word.to_ascii_uppercase().as_str() {
        "ID" => return Ok(Role::Id { space, name: named() }),
        "START_ID" => return Ok(Role::Start { space }),
        "END_ID" => return Ok(Role::End { space }),
        "LABEL" => return Ok(Role::Label),
        "TYPE" => return Ok(Role::Type),
        "IGNORE" => return Ok(Role::Ignore),
        _ => {}
    }
    if !space.is_empty() {
        return Err(format!("only ids are in a space, not `{word}`"));
    }
    let (word, array) = word.strip_suffix("[]").map_or((word, false), |word| (word, true));
    let Some(kind) = Type::named(word) else { return Err(format!("`{word}` is not a type; there are {TYPES}")) };
    match named() {
        Some(name) => Ok(Role::Property { name, kind, array }),
        None if text.is_empty() => Err("the column has no name; `:IGNORE` leaves it out".into()),
        None => Err("the property has no name".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles() {
        let property = |name: &str, kind, array| Role::Property { name: name.into(), kind, array };
        assert_eq!(role("name"), Ok(property("name", Type::Text, false)));
        assert_eq!(role("age:int"), Ok(property("age", Type::Integer { bits: 32 }, false)));
        assert_eq!(role("tags:string[]"), Ok(property("tags", Type::Text, true)));
        assert_eq!(role("id:ID(Person)"), Ok(Role::Id { space: "Person".into(), name: Some("id".into()) }));
        assert_eq!(role(":ID"), Ok(Role::Id { space: String::new(), name: None }));
        assert_eq!(role(":START_ID(City)"), Ok(Role::Start { space: "City".into() }));
        assert_eq!(
            (role(":TYPE"), role(":LABEL"), role("x:IGNORE")),
            (Ok(Role::Type), Ok(Role::Label), Ok(Role::Ignore))
        );
        for wrong in ["a:ID(b", "a:number", ":int", "", "a:int(b)"] {
            assert!(role(wrong).is_err(), "{wrong}");
        }
    }
}
