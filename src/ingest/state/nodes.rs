//! Things → the nodes that they become: those that share an identifier are one.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Thing, ThingId, Word};
use crate::graph::Value;
use crate::limits::Budget;

/// Things that are one, as the node they become.
pub(super) struct Merged {
    pub labels: Vec<Word>,
    pub properties: Vec<(Word, Value)>,
    pub identifiers: Vec<String>,
}

/// The things of the facts by what they become.
pub(super) struct Groups<'f> {
    facts: &'f Facts,
    apart: &'f BTreeSet<String>,
    /// The things of all groups, group by group, and where each group ends.
    things: Vec<ThingId>,
    ends: Vec<u32>,
    /// Of each thing the number of its group.
    pub of_thing: Vec<u32>,
    /// Why the things of a group are one.
    reasons: BTreeMap<usize, Vec<String>>,
}

/// The things of the facts as nodes: of each thing the index of its node.
pub(super) struct Plan {
    pub nodes: Vec<Merged>,
    pub of_thing: Vec<u32>,
}

/// The identifier of a thing that only its file knows.
fn local_identifier(facts: &Facts, thing: &Thing) -> String {
    let key = if thing.key.is_empty() { &thing.name } else { &thing.key };
    format!("{}#{key}", facts.files[thing.file as usize].path)
}

impl<'f> Groups<'f> {
    pub fn of(facts: &'f Facts, apart: &'f BTreeSet<String>, budget: &Budget) -> Result<Groups<'f>, Diagnostic> {
        const NONE: u32 = u32::MAX;
        let roots = facts.merged(apart);
        budget.charge(4 * size_of_val(roots.as_slice()))?;
        // Groups come in the order of their first things, which are their roots.
        let (mut of_thing, mut sizes) = (vec![NONE; roots.len()], Vec::new());
        for (thing, root) in roots.iter().enumerate() {
            budget.tick()?;
            if of_thing[root.index()] == NONE {
                of_thing[root.index()] = sizes.len() as u32;
                sizes.push(0);
            }
            of_thing[thing] = of_thing[root.index()];
            sizes[of_thing[thing] as usize] += 1;
        }
        let mut starts: Vec<u32> = Vec::with_capacity(sizes.len());
        let mut ends = sizes;
        let mut end = 0;
        for size in &mut ends {
            starts.push(end);
            end += *size;
            *size = end;
        }
        let mut things = vec![ThingId::new(0); roots.len()];
        for (thing, group) in of_thing.iter().enumerate() {
            things[starts[*group as usize] as usize] = ThingId::new(thing as u32);
            starts[*group as usize] += 1;
        }
        let reasons = reasons(facts, &of_thing, apart);
        Ok(Groups { facts, apart, things, ends, of_thing, reasons })
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn merged(&self, at: usize) -> Merged {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        let group = &self.things[start..self.ends[at] as usize];
        merge(self.facts, group, self.reasons.get(&at).map_or(&[], Vec::as_slice), self.apart)
    }
}

impl Plan {
    pub fn new(facts: &Facts, apart: &BTreeSet<String>, budget: &Budget) -> Result<Plan, Diagnostic> {
        let groups = Groups::of(facts, apart, budget)?;
        let nodes = (0..groups.len()).map(|at| {
            budget.charge(size_of::<Merged>() + 256)?;
            Ok(groups.merged(at))
        });
        Ok(Plan { nodes: nodes.collect::<Result<_, Diagnostic>>()?, of_thing: groups.of_thing })
    }
}

/// Why things are one, by node: a sentence for each identifier that joins what two files define.
fn reasons(facts: &Facts, of_thing: &[u32], apart: &BTreeSet<String>) -> BTreeMap<usize, Vec<String>> {
    let mut reasons: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for same in facts.same.iter().filter(|same| !apart.contains(&*same.identifier)) {
        let place = |thing: ThingId| facts.things[thing.index()].place.map(|place| facts.name_place(place));
        let (Some(first), Some(second)) = (place(same.first), place(same.second)) else { continue };
        if first == second {
            continue;
        }
        let sentence = format!("{first} and {second}, by {}", same.identifier);
        let of_node = reasons.entry(of_thing[same.first.index()] as usize).or_default();
        if !of_node.contains(&sentence) {
            of_node.push(sentence);
        }
    }
    reasons
}

/// One node of several things: what is defined first counts, and what others say differently is told.
fn merge(facts: &Facts, group: &[ThingId], reasons: &[String], apart: &BTreeSet<String>) -> Merged {
    let things: Vec<&Thing> = group.iter().map(|thing| &facts.things[thing.index()]).collect();
    // A file that only refers to a thing knows less of it.
    let defined = || things.iter().filter(|thing| thing.place.is_some());
    let chief = defined().next().or(things.first()).copied();
    let Some(chief) = chief else { unreachable!("a group has a thing") };
    let mut merged = Merged { labels: Vec::new(), properties: Vec::new(), identifiers: Vec::new() };
    let mut told = reasons.to_vec();
    merged.properties.push(("name".into(), Value::from(&*chief.name)));
    let in_order = std::iter::once(chief).chain(things.iter().copied().filter(|thing| !std::ptr::eq(*thing, chief)));
    for thing in in_order {
        for label in &thing.labels {
            if !merged.labels.contains(label) {
                merged.labels.push(label.clone());
            }
        }
        for (key, value) in &thing.properties {
            match merged.properties.iter().find(|(known, _)| known == key) {
                None => merged.properties.push((key.clone(), value.clone())),
                Some((_, old)) if old == value => {}
                Some(_) => {
                    let place = thing.place.map_or_else(String::new, |place| facts.name_place(place));
                    let said = value.as_str().map_or_else(|| format!("{value:?}"), str::to_string);
                    let sentence = format!("{place} says {key}: {said}");
                    if !told.contains(&sentence) {
                        told.push(sentence);
                    }
                }
            }
        }
        for identifier in thing.identifiers.iter().filter(|identifier| !apart.contains(&***identifier)) {
            if !merged.identifiers.iter().any(|known| **known == **identifier) {
                merged.identifiers.push(identifier.to_string());
            }
        }
    }
    if merged.identifiers.is_empty() {
        merged.identifiers.push(local_identifier(facts, chief));
    }
    other_names(&mut merged, chief, &things);
    places(&mut merged, facts, chief, &things);
    let identifiers = texts(&merged.identifiers);
    put(&mut merged, "identifiers", identifiers);
    put(&mut merged, "merged", texts(&told));
    merged
}

fn texts(texts: &[String]) -> Value {
    if texts.is_empty() { Value::Null } else { Value::list(texts.iter().map(|text| Value::from(&**text))) }
}

fn put(merged: &mut Merged, key: &'static str, value: Value) {
    if !value.is_null() {
        merged.properties.push((key.into(), value));
    }
}

/// What other files call the thing, beside the names that a reader gives.
fn other_names(merged: &mut Merged, chief: &Thing, things: &[&Thing]) {
    let mut names: Vec<String> = Vec::new();
    for thing in things.iter().filter(|thing| thing.place.is_some() && thing.name != chief.name) {
        if !names.iter().any(|name| **name == *thing.name) {
            names.push(thing.name.to_string());
        }
    }
    if names.is_empty() {
        return;
    }
    let at = merged.properties.iter().position(|(key, _)| key == "aliases");
    let known = at.map(|at| merged.properties.remove(at).1);
    let mut all: Vec<Value> = match known {
        Some(Value::List(known)) => known.to_vec(),
        Some(other) => vec![other],
        None => Vec::new(),
    };
    all.extend(names.iter().map(|name| Value::from(&**name)).filter(|name| !all.contains(name)).collect::<Vec<_>>());
    merged.properties.push(("aliases".into(), Value::list(all)));
}

/// Where the thing is defined, and where else.
fn places(merged: &mut Merged, facts: &Facts, chief: &Thing, things: &[&Thing]) {
    let Some(first) = chief.place else { return };
    let path = facts.files[first.file as usize].path.clone();
    put(merged, "source", Value::from(&*path));
    put(merged, "file", Value::from(&*path));
    if first.line > 0 {
        put(merged, "line", Value::Integer(i64::from(first.line)));
    }
    let mut others: Vec<String> = Vec::new();
    for place in things.iter().filter_map(|thing| thing.place).filter(|place| *place != first) {
        let name = facts.name_place(place);
        if !others.contains(&name) {
            others.push(name);
        }
    }
    put(merged, "also_in", texts(&others));
}
