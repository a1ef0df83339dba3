//! TOML with places: the parser's own spanned tree, and short ways through it.

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::problem::Problem;
use super::sheet::Sheet;

/// A table whose keys and values know their bytes.
pub type Table<'a> = DeTable<'a>;

/// The text as a table.
pub fn parse<'a>(sheet: &Sheet<'a>) -> Result<Table<'a>, Problem> {
    parse_text(sheet.text).map_err(|(at, what)| Problem::at(sheet.line(at), what))
}

/// Another text as a table; at which byte it is wrong, and why.
pub fn parse_text(text: &str) -> Result<Table<'_>, (usize, String)> {
    let wrong = |error: ::toml::de::Error| {
        (error.span().map_or(0, |span| span.start), format!("not TOML: {}", error.message()))
    };
    DeTable::parse(text).map(Spanned::into_inner).map_err(wrong)
}

/// The value of a key.
pub fn get<'t, 'a>(table: &'t Table<'a>, key: &str) -> Option<&'t Spanned<DeValue<'a>>> {
    table.get(key)
}

/// The text of a key.
pub fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    as_str(get(table, key)?)
}

/// A string's text.
pub fn as_str<'t>(value: &'t Spanned<DeValue>) -> Option<&'t str> {
    value.get_ref().as_str()
}

/// The table of a key.
pub fn table<'t, 'a>(table: &'t Table<'a>, key: &str) -> Option<&'t Table<'a>> {
    get(table, key)?.get_ref().as_table()
}

/// The items of an array; none if the key has none.
pub fn items<'t, 'a>(table: &'t Table<'a>, key: &str) -> impl Iterator<Item = &'t Spanned<DeValue<'a>>> {
    get(table, key).and_then(|value| value.get_ref().as_array()).into_iter().flat_map(|array| array.iter())
}
