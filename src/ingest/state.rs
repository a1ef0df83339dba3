//! [`Facts`] → a graph, new or already there.
//!
//! Things that share an identifier become one node, which says in `merged` what was merged and why. A relation keeps
//! its evidence, file and line. Stating the same files twice changes nothing; a new version of a file takes the place
//! of the old one, and what people have added to the graph stays.

mod nodes;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::STATED_BY;
use super::assemble::{Assembled, relation_types, set, text};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::facts::{FactFile, FactPlace, FactRelation, Facts, ThingId, Word};
use crate::formats;
use crate::graph::{
    Carries, Direction, Graph, GraphBuilder, NodeId, RelationSemantics, RelationshipId, Semantics, Value,
};
use crate::limits::Budget;
use nodes::{Groups, Merged, Plan};

/// What all relations of a file have, made once: its path and the rule.
struct FileValues(Vec<[Value; 2]>);

impl FileValues {
    fn of(facts: &Facts) -> FileValues {
        let values = |file: &FactFile| [Value::from(&*file.path), Value::from(&*format!("{STATED_BY}{}", file.format))];
        FileValues(facts.files.iter().map(values).collect())
    }
}

/// The properties of a relation.
fn properties(files: &FileValues, relation: FactRelation) -> Vec<(Word, Value)> {
    let [path, rule] = &files.0[relation.place.file as usize];
    let mut properties = relation.properties.to_vec();
    let mut add = |key: &'static str, value: Value| properties.push((key.into(), value));
    add("evidence", Value::from(relation.evidence));
    add("source", path.clone());
    add("file", path.clone());
    if relation.place.line > 0 {
        add("line", Value::Integer(i64::from(relation.place.line)));
    }
    add("rule", rule.clone());
    add("confidence", Value::Float(1.0));
    properties
}

/// What the types that the facts use mean.
fn semantics(facts: &Facts) -> Vec<RelationSemantics> {
    let used: BTreeSet<&str> = facts.relations.types().iter().map(|name| &**name).collect();
    let glossary = relation_types();
    let known = |name: &str| {
        let of_tools = formats::relation_types().iter().find(|row| row.name == name);
        of_tools.or_else(|| glossary.iter().find(|row| row.name == name)).cloned().or_else(|| guessed(name))
    };
    used.into_iter().filter_map(known).collect()
}

/// Declares what the types in use seem to mean by their names, before the first one is declared: beside types that are
/// declared, a name suggests nothing.
pub(super) fn declare_guessed(graph: &mut Graph) {
    if !graph.semantics().is_empty() {
        return;
    }
    let used: Vec<String> = graph
        .types()
        .filter(|kind| graph.type_count(*kind) > 0)
        .map(|kind| graph.type_name(kind).to_string())
        .collect();
    used.iter().filter_map(|name| guessed(name)).for_each(|row| graph.declare(row));
}

/// What the name of a type suggests. It is declared: beside types that are, one that is not would not be followed.
pub(super) fn guessed(name: &str) -> Option<RelationSemantics> {
    let Carries { failure, effect, .. } = Semantics::default().carries(name)?;
    let description = "Guessed from the name; CREATE OR REPLACE RELATIONSHIP TYPE says it anew.".into();
    Some(RelationSemantics { failure, effect, description, ..RelationSemantics::new(name) })
}

/// What a graph that was read from a file states.
pub fn facts_of(graph: &Graph, path: &str, format: &'static str, budget: &Budget) -> Result<Facts, Diagnostic> {
    let mut facts = Facts::new();
    let file = facts.add_file(path, format);
    let place = FactPlace { file, line: 0 };
    let mut things: HashMap<NodeId, ThingId> = HashMap::new();
    for node in graph.nodes() {
        budget.tick()?;
        let key =
            graph.property_by_name(node, "id").as_str().map_or_else(|| format!("{}", node.index()), str::to_string);
        let name = graph.property_by_name(node, "name").as_str().unwrap_or(&key).to_string();
        let thing = facts.add_thing(&name, &key).ok_or_else(too_many)?;
        things.insert(node, thing);
        let labels = graph.node_labels(node).iter().map(|label| graph.label_name(*label).to_string().into());
        let stated = &mut facts.things[thing.index()];
        stated.labels = labels.collect();
        stated.place = Some(place);
        let own = graph.properties(node).into_iter().filter(|(key, _)| &***key != "name");
        stated.properties = own.map(|(key, value)| (key.to_string().into(), value)).collect();
    }
    for id in graph.relationships() {
        budget.tick()?;
        let shape = graph.relationship(id);
        let (Some(start), Some(end)) = (things.get(&shape.start), things.get(&shape.end)) else { continue };
        let relationship_type = &Word::from(graph.relationship_type(id).to_string());
        let own = graph.properties(id).into_iter().filter(|(key, _)| &***key != "evidence");
        let properties: &[(Word, Value)] = &own.map(|(key, value)| (key.to_string().into(), value)).collect::<Vec<_>>();
        let evidence = graph.property_by_name(id, "evidence");
        let evidence = evidence.as_str().unwrap_or("");
        let relation = FactRelation { start: *start, relationship_type, end: *end, place, evidence, properties };
        facts.add_relation(relation).ok_or_else(too_many)?;
    }
    Ok(facts)
}

/// A new graph of the facts. Nodes are merged one after the other, and relations go to the columns of the graph as they
/// are: a file can state millions.
pub fn graph_of(facts: &Facts, apart: &BTreeSet<String>, budget: &Budget) -> Result<Graph, Diagnostic> {
    let groups = Groups::of(facts, apart, budget)?;
    let mut builder = GraphBuilder::new();
    semantics(facts).into_iter().for_each(|row| builder.declare(row));
    for at in 0..groups.len() {
        budget.tick()?;
        let node = groups.merged(at);
        let labels: Vec<_> = node.labels.iter().map(|label| builder.intern_label(label)).collect();
        let number = builder.add_nodes(&labels, 1).ok_or_else(too_many)?;
        for (key, value) in node.properties {
            let key = builder.intern_key(&key);
            builder.set_node_property(number, key, value);
        }
    }
    let files = FileValues::of(facts);
    let [evidence, source, file, line, rule, confidence] =
        ["evidence", "source", "file", "line", "rule", "confidence"].map(|key| builder.intern_key(key));
    for relation in facts.relations.iter() {
        budget.tick()?;
        let [start, end] = [relation.start, relation.end].map(|thing| groups.of_thing[thing.index()]);
        let kind = builder.intern_type(relation.relationship_type);
        let added = builder.add_relationships(kind, &[start], &[end]).ok_or_else(too_many)?;
        for (key, value) in relation.properties {
            let key = builder.intern_key(key);
            builder.set_relationship_property(added, key, value.clone());
        }
        // What every relation has comes last: it counts before a property of the same name.
        let [path, stated_by] = &files.0[relation.place.file as usize];
        builder.set_relationship_text(added, evidence, relation.evidence);
        builder.set_relationship_text(added, source, path.as_str().unwrap_or(""));
        builder.set_relationship_text(added, file, path.as_str().unwrap_or(""));
        if relation.place.line > 0 {
            builder.set_relationship_property(added, line, Value::Integer(i64::from(relation.place.line)));
        }
        builder.set_relationship_text(added, rule, stated_by.as_str().unwrap_or(""));
        builder.set_relationship_property(added, confidence, Value::Float(1.0));
    }
    drop(groups);
    Ok(builder.finish())
}

pub(super) fn too_many() -> Diagnostic {
    let message = "there are more nodes or relationships than 32-bit ids";
    Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message)
}

/// The files of tools whose facts are in a graph.
pub fn sources_of(graph: &Graph) -> BTreeSet<String> {
    stated(graph).filter_map(|(_, source)| source.as_str().map(str::to_string)).collect()
}

/// The relationships that a file states outright, with their sources.
fn stated(graph: &Graph) -> impl Iterator<Item = (RelationshipId, Value)> + '_ {
    let keys = graph.key("rule").zip(graph.key("source"));
    let ids = keys.into_iter().flat_map(|keys| graph.relationships().map(move |id| (id, keys)));
    let is_stated = |rule: Value| rule.as_str().is_some_and(|rule| rule.starts_with(STATED_BY));
    ids.filter(move |(id, (rule, _))| is_stated(graph.property(*id, *rule)))
        .map(|(id, (_, source))| (id, graph.property(id, source)))
}

/// What is put into a graph, and how.
#[derive(Clone, Debug, Default)]
pub struct Merging {
    /// Identifiers that do not make two things one.
    pub apart: BTreeSet<String>,
    /// Files that are no longer there: what they stated is forgotten.
    pub gone: BTreeSet<String>,
}

/// Puts the facts into the graph; the caller commits. After an error, a limit, it has made a part of the changes.
pub fn state(graph: &mut Graph, facts: &Facts, merging: &Merging, budget: &Budget) -> Result<Assembled, Diagnostic> {
    let Merging { apart, gone } = merging;
    let plan = Plan::new(facts, apart, budget)?;
    let declared = semantics(facts);
    if !declared.is_empty() {
        declare_guessed(graph);
    }
    for row in declared {
        if graph.semantics().get(&row.name).is_none() {
            graph.declare(row);
        }
    }
    let sources = facts.files.iter().map(|file| file.path.to_string()).chain(gone.iter().cloned()).collect();
    let mut statement = Statement { graph, sources, done: Assembled::default(), budget };
    let nodes = statement.nodes(&plan)?;
    statement.relations(facts, &plan, &nodes)?;
    statement.forget_nodes(&nodes)?;
    Ok(statement.done)
}

struct Statement<'a> {
    graph: &'a mut Graph,
    /// The files whose facts are brought up to date.
    sources: BTreeSet<String>,
    done: Assembled,
    budget: &'a Budget,
}

/// What tells the relations of one source apart that join the same two nodes.
type RelationKey = (NodeId, String, NodeId, String, i64, String);

impl Statement<'_> {
    fn nodes(&mut self, plan: &Plan) -> Result<Vec<NodeId>, Diagnostic> {
        let known = identified(self.graph);
        let mut nodes = Vec::with_capacity(plan.nodes.len());
        for merged in &plan.nodes {
            self.budget.tick()?;
            let there = merged.identifiers.iter().find_map(|identifier| known.get(identifier).copied());
            nodes.push(self.node(merged, there));
        }
        Ok(nodes)
    }

    fn node(&mut self, merged: &Merged, there: Option<NodeId>) -> NodeId {
        let node = there.unwrap_or_else(|| self.graph.create_node());
        let mut changed = false;
        for label in &merged.labels {
            let label = self.graph.intern_label(label);
            if !self.graph.has_label(node, label) {
                self.graph.add_label(node, label);
                changed = true;
            }
        }
        let is_defined = merged.properties.iter().any(|(key, _)| key == "source");
        for (key, value) in &merged.properties {
            // A file that only refers to a node says nothing new of one that another file defines.
            let is_new = there.is_none() || self.graph.property_by_name(node, key).is_null();
            if is_defined || is_new {
                changed |= set(self.graph, node, key, value.clone());
            }
        }
        match there {
            None => self.done.terms_added += 1,
            Some(_) => self.done.terms_changed += usize::from(changed),
        }
        node
    }

    /// States the relations anew, and removes what the files stated before and do not state now.
    fn relations(&mut self, facts: &Facts, plan: &Plan, nodes: &[NodeId]) -> Result<(), Diagnostic> {
        let mut there = self.stated_before()?;
        let files = FileValues::of(facts);
        for relation in facts.relations.iter() {
            self.budget.tick()?;
            let [start, end] = [relation.start, relation.end].map(|thing| nodes[plan.of_thing[thing.index()] as usize]);
            let file = &facts.files[relation.place.file as usize].path;
            let name = relation.relationship_type.to_string();
            let line = i64::from(relation.place.line);
            let key = (start, name, end, file.to_string(), line, relation.evidence.to_string());
            let known = there.get_mut(&key).and_then(Vec::pop);
            let id = known.unwrap_or_else(|| {
                let kind = self.graph.intern_type(relation.relationship_type);
                self.graph.create_relationship(start, kind, end)
            });
            let mut changed = false;
            for (key, value) in properties(&files, relation) {
                changed |= set(self.graph, id, &key, value);
            }
            match known {
                None => self.done.relations_added += 1,
                Some(_) => self.done.relations_changed += usize::from(changed),
            }
        }
        for id in there.into_values().flatten() {
            self.graph.delete_relationship(id);
            self.done.relations_removed += 1;
        }
        Ok(())
    }

    /// The relationships that the same files stated before, the last of several first.
    fn stated_before(&self) -> Result<BTreeMap<RelationKey, Vec<RelationshipId>>, Diagnostic> {
        let mut there: BTreeMap<RelationKey, Vec<RelationshipId>> = BTreeMap::new();
        for (id, source) in stated(self.graph) {
            self.budget.tick()?;
            if !source.as_str().is_some_and(|source| self.sources.contains(source)) {
                continue;
            }
            let shape = self.graph.relationship(id);
            let name = self.graph.relationship_type(id).to_string();
            let line = self.graph.property_by_name(id, "line").as_integer().unwrap_or(0);
            let source = source.as_str().unwrap_or("").to_string();
            let key = (shape.start, name, shape.end, source, line, text(self.graph, id, "evidence"));
            there.entry(key).or_default().push(id);
        }
        there.values_mut().for_each(|ids| ids.reverse());
        Ok(there)
    }

    /// Things that the files defined before and do not speak of now: they stay as far as something else does.
    fn forget_nodes(&mut self, now: &[NodeId]) -> Result<(), Diagnostic> {
        let now: BTreeSet<NodeId> = now.iter().copied().collect();
        let Some(identifiers) = self.graph.key("identifiers") else { return Ok(()) };
        let mut old = Vec::new();
        for node in self.graph.nodes().filter(|node| !now.contains(node)) {
            self.budget.tick()?;
            let is_stated = !self.graph.property(node, identifiers).is_null();
            let source = text(self.graph, node, "source");
            // One without a source was only referred to.
            if is_stated && (source.is_empty() || self.sources.contains(&source)) {
                old.push(node);
            }
        }
        for node in old {
            if self.graph.degree(node, Direction::Both) == 0 {
                self.graph.delete_node(node);
                self.done.terms_removed += 1;
                continue;
            }
            let mut changed = false;
            for key in ["source", "file", "line", "also_in", "merged"] {
                changed |= set(self.graph, node, key, Value::Null);
            }
            self.done.terms_changed += usize::from(changed);
        }
        Ok(())
    }
}

/// The nodes of a graph by their identifiers.
fn identified(graph: &Graph) -> HashMap<String, NodeId> {
    let mut known = HashMap::new();
    let Some(key) = graph.key("identifiers") else { return known };
    for node in graph.nodes() {
        if let Value::List(identifiers) = graph.property(node, key) {
            for identifier in identifiers.iter().filter_map(Value::as_str) {
                known.entry(identifier.to_string()).or_insert(node);
            }
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Alone, Input, Options, format_named, read};
    use crate::limits::Limits;

    fn facts(files: &[(&str, &str)]) -> Facts {
        let mut all = Facts::new();
        for (path, text) in files {
            let options = Options::default();
            let input = Input { path, bytes: text.as_bytes(), options: &options, surroundings: &Alone };
            let format = format_named("pairs").expect("there is one");
            let read = read(&input, format, &Budget::start(&Limits::default())).expect("it is short");
            all.absorb(read).expect("they are few");
        }
        all
    }

    fn put(graph: &mut Graph, files: &[(&str, &str)]) -> Assembled {
        let budget = Budget::start(&Limits::default());
        let done = state(graph, &facts(files), &Merging::default(), &budget).expect("it is short");
        graph.commit();
        done
    }

    /// `start TYPE end file:line`, in order.
    fn rows(graph: &Graph) -> Vec<String> {
        let name = |node: NodeId| graph.property_by_name(node, "name").as_str().unwrap_or("?").to_string();
        let mut rows: Vec<String> = graph
            .relationships()
            .map(|id| {
                let shape = graph.relationship(id);
                let [file, line] = ["file", "line"].map(|key| graph.property_by_name(id, key));
                let place = format!("{}:{}", file.as_str().unwrap_or(""), line.as_integer().unwrap_or(0));
                format!("{} {} {} {place}", name(shape.start), graph.relationship_type(id), name(shape.end))
            })
            .collect();
        rows.sort();
        rows
    }

    #[test]
    fn a_graph_in_one_go_is_the_same_as_one_that_is_added_to() {
        let files = [("a.pairs", "web api\napi db\n"), ("b.pairs", "web db\nweb db\n")];
        let mut added = Graph::new();
        put(&mut added, &files);
        let made = graph_of(&facts(&files), &BTreeSet::new(), &Budget::start(&Limits::default())).expect("it is short");
        assert_eq!(rows(&added), rows(&made));
        assert_eq!(added.node_count(), made.node_count());
        assert_eq!(rows(&made).len(), 4);
    }

    #[test]
    fn the_same_files_change_nothing_and_a_new_version_replaces_the_old() {
        let mut graph = Graph::new();
        put(&mut graph, &[("a.pairs", "web api\napi db\n"), ("b.pairs", "x y\n")]);
        assert_eq!(put(&mut graph, &[("a.pairs", "web api\napi db\n")]), Assembled::default());
        let done = put(&mut graph, &[("a.pairs", "web api\n\napi cache\n")]);
        let counts = [done.terms_added, done.terms_removed, done.relations_added, done.relations_removed];
        assert_eq!(counts, [1, 1, 1, 1], "{done:?}");
        let mut expected =
            ["web DEPENDS_ON api a.pairs:1", "api DEPENDS_ON cache a.pairs:3", "x DEPENDS_ON y b.pairs:1"];
        expected.sort_unstable();
        assert_eq!(rows(&graph), expected);
    }

    #[test]
    fn what_people_added_stays() {
        let mut graph = Graph::new();
        put(&mut graph, &[("a.pairs", "web api\n")]);
        let nodes: Vec<NodeId> = graph.nodes().collect();
        let kind = graph.intern_type("LIKES");
        graph.create_relationship(nodes[1], kind, nodes[0]);
        let team = graph.intern_key("team");
        graph.set_property(nodes[0], team, Value::from("red"));
        put(&mut graph, &[("a.pairs", "web db\n")]);
        assert_eq!(rows(&graph).len(), 2);
        assert_eq!(graph.property_by_name(nodes[0], "team"), Value::from("red"));
    }
}
