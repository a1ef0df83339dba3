//! What the columns of an edge list hold: as the user says, else by their headings, else the first two.

use super::super::relation_words::{DEPENDS_ON, PART_OF, RELATION_KEYS, stated};
use super::{Problem, Sheet};
use crate::facts::Word;

/// What the columns hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plan {
    /// A row is a relation.
    Relations { start: usize, end: usize, types: Vec<usize>, otherwise: Word },
    /// A row is a thing, which other columns relate to lists of others.
    Things { name: usize, id: Option<usize>, lists: Vec<List> },
}

/// A column of names, with `,` or `;` between.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List {
    pub column: usize,
    pub relationship_type: Word,
    /// Whether the names of the list are the ones that need.
    pub is_inverse: bool,
}

/// Headings of the two ends of a relation, without case, spaces and signs: the one that needs, what it needs, the type.
/// A child is read as part of its parent: without its child the parent is not whole.
const ENDS: &[(&str, &str, Word)] = &[
    ("source", "target", DEPENDS_ON),
    ("from", "to", DEPENDS_ON),
    ("src", "dst", DEPENDS_ON),
    ("src", "dest", DEPENDS_ON),
    ("source", "destination", DEPENDS_ON),
    ("consumer", "provider", DEPENDS_ON),
    ("caller", "callee", DEPENDS_ON),
    ("client", "server", DEPENDS_ON),
    ("dependent", "dependency", DEPENDS_ON),
    ("downstream", "upstream", DEPENDS_ON),
    ("subject", "object", DEPENDS_ON),
    ("tail", "head", DEPENDS_ON),
    ("start", "end", DEPENDS_ON),
    ("child", "parent", PART_OF),
    ("a", "b", DEPENDS_ON),
];

/// Pairs that head other tables, too: times, prices, measurements.
const WEAK: &[&str] = &["from", "start", "tail", "a"];

/// Headings of lists, the type of their relations, and whether the list holds the ones that need.
const LISTS: &[(&str, Word, bool)] = &[
    ("dependson", DEPENDS_ON, false),
    ("depends", DEPENDS_ON, false),
    ("dependencies", DEPENDS_ON, false),
    ("dependency", DEPENDS_ON, false),
    ("deps", DEPENDS_ON, false),
    ("requires", DEPENDS_ON, false),
    ("require", DEPENDS_ON, false),
    ("requirements", DEPENDS_ON, false),
    ("needs", DEPENDS_ON, false),
    ("prerequisites", DEPENDS_ON, false),
    ("prerequisite", DEPENDS_ON, false),
    ("predecessors", DEPENDS_ON, false),
    ("predecessor", DEPENDS_ON, false),
    ("blockedby", DEPENDS_ON, false),
    ("upstream", DEPENDS_ON, false),
    ("imports", DEPENDS_ON, false),
    ("uses", Word::Borrowed("USES"), false),
    ("usedby", Word::Borrowed("USES"), true),
    ("requiredby", DEPENDS_ON, true),
    ("neededby", DEPENDS_ON, true),
    ("dependents", DEPENDS_ON, true),
    ("successors", DEPENDS_ON, true),
    ("successor", DEPENDS_ON, true),
    ("blocks", DEPENDS_ON, true),
    ("downstream", DEPENDS_ON, true),
    ("partof", PART_OF, false),
    ("parent", PART_OF, false),
    ("children", PART_OF, true),
];

/// Headings of the name of the thing that a row is about, the surest first.
const NAMES: &[&str] = &["name", "title", "service", "component", "package", "module", "task", "job", "system", "id"];

/// Headings of glossaries: their definitions are no names.
const GLOSSARY: &[&str] = &["term", "headword", "definition", "definitions", "meaning", "explanation", "acronym"];

/// A heading without case, spaces and signs.
fn normal(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The column of a heading; `sourceId` and `source_name` are `source`, too.
fn column(normal: &[String], heading: &str) -> Option<usize> {
    let exact = normal.iter().position(|name| name == heading);
    let is_longer = |name: &String| {
        let rest = name.strip_prefix(heading).or_else(|| name.strip_suffix(heading)?.is_empty().then_some(""));
        rest.is_some_and(|rest| ["id", "name", "node", "key", "nodeid"].contains(&rest))
    };
    exact.or_else(|| normal.iter().position(is_longer).filter(|_| heading.len() > 1))
}

/// What the columns hold, if their headings tell.
pub(super) fn guess(headings: &[&str]) -> Option<Plan> {
    let normal: Vec<String> = headings.iter().map(|heading| normal(heading)).collect();
    if is_of_others(headings) {
        return None;
    }
    let ends = ENDS.iter().find_map(|(start, end, otherwise)| {
        Some((column(&normal, start)?, column(&normal, end)?, otherwise)).filter(|(start, end, _)| start != end)
    });
    match ends {
        Some((start, end, otherwise)) => {
            let types = type_columns(&normal, &[start, end]);
            Some(Plan::Relations { start, end, types, otherwise: otherwise.clone() })
        }
        None => things(&normal),
    }
}

fn things(normal: &[String]) -> Option<Plan> {
    let list = |(column, name): (usize, &String)| {
        let (_, relationship_type, is_inverse) = LISTS.iter().find(|(heading, ..)| {
            name == heading || (*heading == "parent" && ["parentid", "parentname"].contains(&name.as_str()))
        })?;
        Some(List { column, relationship_type: relationship_type.clone(), is_inverse: *is_inverse })
    };
    let lists: Vec<List> = normal.iter().enumerate().filter_map(list).collect();
    let is_list = |column: &usize| lists.iter().any(|list| list.column == *column);
    let by_heading = NAMES.iter().find_map(|name| normal.iter().position(|heading| heading == name));
    let name = by_heading.or_else(|| (0..normal.len()).find(|column| !is_list(column)))?;
    let id = normal.iter().position(|heading| ["id", "key"].contains(&heading.as_str())).filter(|id| *id != name);
    (!lists.is_empty()).then_some(Plan::Things { name, id, lists })
}

/// The columns that may name the relationship type, the surest first.
fn type_columns(normal_headings: &[String], ends: &[usize]) -> Vec<usize> {
    let column = |key: &&str| normal_headings.iter().position(|heading| *heading == normal(key));
    RELATION_KEYS.iter().filter_map(column).filter(|column| !ends.contains(column)).collect()
}

/// Whether these are headings of a glossary, or of files that are imported as they are.
pub(super) fn is_of_others(headings: &[&str]) -> bool {
    headings.iter().any(|heading| is_admin(heading) || GLOSSARY.contains(&normal(heading).as_str()))
}

/// Whether the heading is one of `neo4j-admin database import`.
fn is_admin(heading: &str) -> bool {
    let Some((_, kind)) = heading.split_once(':') else { return false };
    ["ID", "START_ID", "END_ID", "TYPE", "LABEL"]
        .iter()
        .any(|word| kind.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['(', '{'])))
}

/// Whether these headings alone do not make a table one of relations.
pub(super) fn is_weak(plan: &Plan, headings: &[&str]) -> bool {
    match plan {
        Plan::Relations { start, .. } => {
            headings.get(*start).is_some_and(|heading| WEAK.contains(&normal(heading).as_str()))
        }
        Plan::Things { .. } => false,
    }
}

/// What the columns hold, with a warning if it was not said by the user.
pub(super) fn plan(sheet: &mut Sheet, headings: &[&str]) -> Result<Plan, Problem> {
    if headings.iter().any(|heading| is_admin(heading)) {
        return Err(Problem::at(1, "a header of `neo4j-admin database import`").help("read it with `kenning import`"));
    }
    let guessed = guess(headings);
    let options = sheet.options;
    let mut plan = match (&options.from, &options.to) {
        (None, None) => match guessed {
            Some(plan) => plan,
            None => first_two(headings)?,
        },
        (from, to) => {
            let from = from.as_deref().map(|name| chosen(headings, name)).transpose()?;
            let to = to.as_deref().map(|name| chosen(headings, name)).transpose()?;
            between(headings, guessed, from, to)?
        }
    };
    if let Some(word) = &options.relationship_type {
        set_type(&mut plan, headings, word)?;
    }
    if options.from.is_none() || options.to.is_none() {
        say(sheet, &plan, headings);
    }
    Ok(plan)
}

/// The column that the user names.
fn chosen(headings: &[&str], name: &str) -> Result<usize, Problem> {
    let exact = headings.iter().position(|heading| *heading == name);
    let found = exact.or_else(|| headings.iter().position(|heading| normal(heading) == normal(name)));
    found.ok_or_else(|| {
        let problem = Problem::at(1, format!("there is no column `{name}`"));
        problem.help(format!("the columns are {}", headings.join(", ")))
    })
}

/// The plan for the columns that the user names; the one that is missing is taken from the guess.
fn between(headings: &[&str], guessed: Option<Plan>, from: Option<usize>, to: Option<usize>) -> Result<Plan, Problem> {
    let (guessed_from, guessed_to) = match &guessed {
        Some(Plan::Relations { start, end, .. }) => (Some(*start), Some(*end)),
        Some(Plan::Things { name, lists, .. }) => (Some(*name), lists.first().map(|list| list.column)),
        None => (None, None),
    };
    let start = from.or(guessed_from.filter(|column| Some(*column) != to));
    let end = to.or(guessed_to.filter(|column| Some(*column) != from));
    let (Some(start), Some(end)) = (start, end) else {
        return Err(Problem::at(1, "the other end of the relations is not known").help("give both --from and --to"));
    };
    let normal: Vec<String> = headings.iter().map(|heading| normal(heading)).collect();
    if let Some(Plan::Things { name, lists, .. }) = things(&normal)
        && let Some(list) = lists.into_iter().find(|list| list.column == end && !list.is_inverse && name == start)
    {
        return Ok(Plan::Things { name: start, id: None, lists: vec![list] });
    }
    Ok(Plan::Relations { start, end, types: type_columns(&normal, &[start, end]), otherwise: DEPENDS_ON })
}

fn first_two(headings: &[&str]) -> Result<Plan, Problem> {
    if headings.len() < 2 {
        return Err(Problem::at(1, "there are no two columns").help("a row is the one that needs and what it needs"));
    }
    let normal: Vec<String> = headings.iter().map(|heading| normal(heading)).collect();
    Ok(Plan::Relations { start: 0, end: 1, types: type_columns(&normal, &[0, 1]), otherwise: DEPENDS_ON })
}

/// `--type`: a column if there is one called so, else the type of all relations.
fn set_type(plan: &mut Plan, headings: &[&str], word: &str) -> Result<(), Problem> {
    let column = chosen(headings, word).ok();
    match (plan, column) {
        (Plan::Relations { types, .. }, Some(column)) => *types = vec![column],
        (Plan::Relations { types, otherwise, .. }, None) => {
            types.clear();
            *otherwise = stated(word)?;
        }
        (Plan::Things { lists, .. }, _) => {
            let relationship_type = stated(word)?;
            lists.iter_mut().for_each(|list| list.relationship_type = relationship_type.clone());
        }
    }
    Ok(())
}

fn say(sheet: &mut Sheet, plan: &Plan, headings: &[&str]) {
    let heading = |column: usize| headings.get(column).copied().unwrap_or_default();
    let what = match plan {
        Plan::Relations { start, end, otherwise, .. } if *otherwise == PART_OF => {
            format!("read column `{}` as the part and `{}` as the whole", heading(*start), heading(*end))
        }
        Plan::Relations { start, end, types, otherwise } => {
            let needs = format!(
                "read column `{}` as the one that needs and `{}` as what it needs",
                heading(*start),
                heading(*end)
            );
            match types.first() {
                Some(column) => format!("{needs}, `{}` as the relationship type", heading(*column)),
                None => format!("{needs}: {otherwise}"),
            }
        }
        Plan::Things { name, lists, .. } => {
            let one = |list: &List| match list.is_inverse {
                false => format!("(`{}`)-[:{}]->(`{}`)", heading(*name), list.relationship_type, heading(list.column)),
                true => format!("(`{}`)-[:{}]->(`{}`)", heading(list.column), list.relationship_type, heading(*name)),
            };
            let lists: Vec<String> = lists.iter().map(one).collect();
            format!("read each row as a thing, with lists: {}", lists.join(", "))
        }
    };
    sheet.warn(0, what, Some("--from COLUMN, --to COLUMN and --type COLUMN-OR-NAME change it"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(headings: &[&str]) -> Option<(usize, usize)> {
        match guess(headings)? {
            Plan::Relations { start, end, .. } => Some((start, end)),
            Plan::Things { .. } => None,
        }
    }

    #[test]
    fn headings_tell_ends() {
        assert_eq!(ends(&["Weight", "Source", "Target"]), Some((1, 2)));
        assert_eq!(ends(&["FromNodeId", "ToNodeId"]), Some((0, 1)));
        assert_eq!(ends(&["source_id", "source", "target_id", "target"]), Some((1, 3)));
        assert_eq!(ends(&["parent", "child"]), Some((1, 0)));
        assert_eq!(ends(&["callee", "caller"]), Some((1, 0)));
        assert_eq!(ends(&["term", "definition", "source", "target"]), None);
        assert_eq!(ends(&[":START_ID", ":END_ID", ":TYPE"]), None);
        assert_eq!(ends(&["alpha", "beta"]), None);
    }

    #[test]
    fn headings_tell_lists() {
        let Some(Plan::Things { name, id, lists }) = guess(&["ID", "Name", "Depends On", "used by"]) else {
            panic!("a table of things")
        };
        assert_eq!((name, id), (1, Some(0)));
        let lists: Vec<_> = lists.iter().map(|list| (list.column, &*list.relationship_type, list.is_inverse)).collect();
        assert_eq!(lists, [(2, "DEPENDS_ON", false), (3, "USES", true)]);
    }
}
