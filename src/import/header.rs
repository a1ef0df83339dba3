//! The header: what each column holds.

use super::convert::Type;
use super::rows::Rows;
use super::{IdType, Wrong};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A node's id in a space; kept as a property if the column has a name.
    Id {
        space: String,
        name: Option<String>,
        /// What the ids are, if the column says so.
        id_type: Option<IdType>,
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
                     localdatetime, duration, point, each also with [], and json";

/// Reads the row that stands ready as a header.
pub(super) fn read(rows: &Rows) -> Result<Vec<Role>, Wrong> {
    (0..rows.fields.len())
        .map(|number| {
            let text = rows.get(number).unwrap_or_default();
            role(text.trim()).map_err(|what| rows.wrong(number, what))
        })
        .collect()
}

/// `name:TYPE(Space){option:value, …}`: without a type, a string.
fn role(text: &str) -> Result<Role, String> {
    let (text, options) = options(text)?;
    let text = text.as_str();
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
        "ID" => return Ok(Role::Id { space, name: named(), id_type: id_type(&options)? }),
        // They are matched with the ids as they are written.
        "START_ID" => return id_type(&options).map(|_| Role::Start { space }),
        "END_ID" => return id_type(&options).map(|_| Role::End { space }),
        _ => {}
    }
    match word.to_ascii_uppercase().as_str() {
        _ if !options.is_empty() => {}
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
    let kind = options.iter().try_fold(kind, |kind, (option, value)| kind.with(option, value))?;
    match named() {
        Some(name) => Ok(Role::Property { name, kind, array }),
        None if text.is_empty() => Err("the column has no name; `:IGNORE` leaves it out".into()),
        None => Err("the property has no name".into()),
    }
}

/// The header without what stands in braces behind its type, and the options that stand there.
fn options(text: &str) -> Result<(String, Vec<(String, String)>), String> {
    let braces = text.rfind(':').and_then(|_| text.find('{')).filter(|at| text[..*at].contains(':'));
    let Some(open) = braces else { return Ok((text.to_string(), Vec::new())) };
    let Some(close) = text.rfind('}').filter(|close| *close > open) else {
        return Err(format!("`{text}` opens a brace and does not close it"));
    };
    let mut options = Vec::new();
    for option in text[open + 1..close].split(',').filter(|option| !option.trim().is_empty()) {
        let Some((name, value)) = option.split_once(':') else {
            return Err(format!("`{}` is no option; write name:value", option.trim()));
        };
        options.push((name.trim().to_string(), value.trim().to_string()));
    }
    Ok((format!("{}{}", &text[..open], &text[close + 1..]), options))
}

fn id_type(options: &[(String, String)]) -> Result<Option<IdType>, String> {
    let mut found = None;
    for (option, value) in options {
        found = Some(match (option.as_str(), value.to_ascii_lowercase().as_str()) {
            ("id-type", "string") => IdType::String,
            ("id-type", "long" | "int" | "integer") => IdType::Integer,
            _ => return Err(format!("an id has no option `{option}:{value}`; there are id-type:long, int and string")),
        });
    }
    Ok(found)
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
        assert_eq!(
            role("id:ID(Person)"),
            Ok(Role::Id { space: "Person".into(), name: Some("id".into()), id_type: None })
        );
        assert_eq!(role(":ID"), Ok(Role::Id { space: String::new(), name: None, id_type: None }));
        assert_eq!(role(":START_ID(City)"), Ok(Role::Start { space: "City".into() }));
        assert_eq!(
            (role(":TYPE"), role(":LABEL"), role("x:IGNORE")),
            (Ok(Role::Type), Ok(Role::Label), Ok(Role::Ignore))
        );
        let id = |space: &str| Role::Id { space: space.into(), name: None, id_type: Some(IdType::Integer) };
        assert_eq!(role(":ID{id-type:long}"), Ok(id("")));
        assert_eq!(role(":ID(City){id-type: int}"), Ok(id("City")));
        assert_eq!(role(":START_ID{id-type:long}"), Ok(Role::Start { space: String::new() }));
        assert_eq!(role("a{b}"), Ok(property("a{b}", Type::Text, false)));
        let wgs = Type::Point(Some(crate::graph::CoordinateSystem::Wgs84));
        assert_eq!(role("pos:point{crs:WGS-84}[]"), Ok(property("pos", wgs, true)));
        let wrong = [
            "a:ID(b",
            "a:number",
            ":int",
            "",
            "a:int(b)",
            "a:point{crs:x}",
            "a:int{crs:wgs-84}",
            ":LABEL{a:b}",
            "a:point{",
        ];
        for wrong in wrong {
            assert!(role(wrong).is_err(), "{wrong}");
        }
    }
}
