//! The ranges that the metadata of a project in uv.lock ask for.

use std::borrow::Cow;
use std::collections::HashMap;

use ::toml::Spanned;
use ::toml::de::DeValue;

use super::lock::text;
use super::marker::Marker;
use super::version::{Version, admits};
use super::{Part, normal};
use crate::formats::toml::{self, Table};

/// By name.
pub type Ranges<'a> = HashMap<String, Vec<Range<'a>>>;

pub struct Range<'a> {
    part: Part,
    specifier: Cow<'a, str>,
    marker: Cow<'a, str>,
}

/// The ranges of one package in one project's metadata that are told apart.
const MOST_RANGES: usize = 16;

pub fn ranges<'a>(table: &Table<'a>) -> HashMap<String, Vec<Range<'a>>> {
    let mut ranges: HashMap<String, Vec<Range>> = HashMap::new();
    let Some(metadata) = toml::table(table, "metadata") else { return ranges };
    let mut add = |item: &Spanned<DeValue<'a>>, part: Option<Part>| {
        let Some(table) = item.get_ref().as_table() else { return };
        ranges.entry(normal(&text(table, "name"))).or_default().push(range(table, part));
    };
    toml::items(metadata, "requires-dist").for_each(|item| add(item, None));
    let groups = ["requires-dev", "dependency-groups"].iter().filter_map(|key| toml::table(metadata, key));
    for (group, items) in groups.flatten() {
        let items = items.get_ref().as_array().into_iter().flat_map(|items| items.iter());
        items.for_each(|item| add(item, Some(Part::Group(group.get_ref().to_string()))));
    }
    ranges
}

/// Of no known part is a requirement whose marker names the extra that it is for.
pub fn range<'a>(table: &Table<'a>, part: Option<Part>) -> Range<'a> {
    let marker = text(table, "marker");
    let extra = || {
        let marker = Marker::parse(&marker).filter(|_| marker.contains("extra"));
        marker.and_then(|marker| marker.extras().first().map(|extra| Part::Extra(extra.to_string())))
    };
    let part = part.or_else(extra).unwrap_or(Part::Normal);
    Range { part, specifier: text(table, "specifier"), marker }
}

/// The range that the project's metadata ask for; empty if they do not say, or not clearly.
pub fn requested<'r>(ranges: &'r Ranges, (name, part, marker): (&str, &Part, &str), resolved: &str) -> &'r str {
    let all = ranges.get(&normal(name)).map_or(&[][..], Vec::as_slice);
    if all.len() > MOST_RANGES {
        return "";
    }
    let of_part: Vec<&Range> = all.iter().filter(|range| range.part == *part).collect();
    // uv writes what `all = ["shop[aws]"]` comes to under `all`, and the requirement under `aws`.
    let of_part = if of_part.is_empty() { all.iter().collect() } else { of_part };
    let version = Version::parse(resolved);
    let admitted = |range: &&&Range| match &version {
        Some(version) => admits(&range.specifier, version) != Some(false),
        None => true,
    };
    let admitted: Vec<&Range> = of_part.iter().filter(admitted).copied().collect();
    let marked = admitted.iter().find(|range| range.marker == marker);
    match (marked, &admitted[..]) {
        (Some(range), _) | (None, [range]) => &range.specifier,
        (None, [first, rest @ ..]) if rest.iter().all(|range| range.specifier == first.specifier) => &first.specifier,
        (None, _) => "",
    }
}
