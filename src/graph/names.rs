//! [`NameIndex`]: finds a node by any of its names.
//!
//! The names of a node are what it is called (see `naming`), its property `name` where another one names it, and its
//! property `aliases` (a list of strings). A name is looked up in steps, and the first step that finds something decides,
//! so that an exact match beats a folded one:
//!
//! 1. as spelled;
//! 2. folded: case, accents, possessive, hyphen or underscore for space; and each part of a name with its acronym in
//!    brackets, `distributed virtual router (DVR)`;
//! 3. without a leading article, and in the singular;
//! 4. the same of the names: `network` finds a node called `Networks`;
//! 5. with what tells nodes of one name apart (see `qualified`): `auth (Library)`, `syn@2.0.119`, an identifier.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use super::fold::{bracketed, fold, looks_singular, singulars, without_article};
use super::naming::Titles;
use super::polled::{Poll, in_order};
use super::qualified::{Places, identifiers_of};
use super::search::{DefinitionIndex, Hit};
use super::{Graph, NodeId, Value};

/// How many names are suggested for an unknown one.
const SUGGESTIONS: usize = 3;

/// A name is not longer; comparing with a megabyte would take minutes.
const LONGEST: usize = 100;

/// The names of a graph's nodes, as the graph was when the index was built.
pub struct NameIndex {
    /// As spelled, sorted.
    names: Vec<Named>,
    folded: Keys,
    loose: Keys,
    /// By node: its place by name.
    order: Vec<u32>,
    /// What identifies nodes in other files, sorted.
    identifiers: Vec<(Arc<str>, NodeId)>,
    /// By file and line; built when the first place is looked up.
    pub(super) places: OnceLock<Places>,
    /// Built when the first search asks for it.
    definitions: OnceLock<DefinitionIndex>,
}

/// A name of a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    name: Arc<str>,
    node: NodeId,
    /// Another name than what the node is called.
    other: bool,
}

/// What a text means as a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    One(NodeId),
    /// Different nodes, none of which the text fits better; by id.
    Several(Vec<NodeId>),
    /// At most three names that look alike, the likeliest first.
    Unknown {
        suggestions: Vec<String>,
    },
}

/// Derived spellings with the place of the name they come from, sorted.
#[derive(Default)]
struct Keys(Vec<(Box<str>, u32)>);

impl Keys {
    fn sorted<E>(keys: Vec<(Box<str>, u32)>, poll: Poll<E>) -> Result<Keys, E> {
        let mut keys = in_order(keys, &Ord::cmp, poll)?;
        keys.dedup();
        Ok(Keys(keys))
    }

    fn find<'a>(&'a self, key: &'a str) -> impl Iterator<Item = u32> + 'a {
        let from = self.0.partition_point(|(k, _)| **k < *key);
        self.0[from..].iter().take_while(move |(k, _)| **k == *key).map(|(_, at)| *at)
    }
}

impl NameIndex {
    pub fn build(graph: &Graph) -> NameIndex {
        match NameIndex::build_within(graph, &mut |_| Ok::<(), Infallible>(())) {
            Ok(index) => index,
        }
    }

    /// The same, but calls `poll` as it goes, with the bytes that it has added to what it holds; its error ends the
    /// work.
    pub fn build_within<E>(graph: &Graph, poll: Poll<E>) -> Result<NameIndex, E> {
        let titles = Titles::of(graph);
        let mut names: Vec<Named> = Vec::new();
        for node in graph.nodes() {
            let before = names.len();
            names.extend(names_of(graph, &titles, node));
            // The names with their folded spellings, and their places in the order.
            poll(names[before..].iter().map(|named| BYTES_A_NAME + 3 * named.name.len()).sum())?;
        }
        let mut names = in_order(names, &Ord::cmp, poll)?;
        names.dedup_by(|next, kept| (&next.name, next.node) == (&kept.name, kept.node));
        let (mut folded, mut loose) = (Vec::new(), Vec::new());
        for (at, Named { name, .. }) in names.iter().enumerate() {
            poll(0)?;
            let add = |list: &mut Vec<(Box<str>, u32)>, key: String| list.push((key.into_boxed_str(), at as u32));
            let key = fold(name);
            for variant in name_variants(name, &key) {
                add(&mut loose, variant);
            }
            if let Some((outside, inside)) = bracketed(name) {
                add(&mut folded, fold(outside));
                add(if is_acronym(inside) { &mut folded } else { &mut loose }, fold(inside));
            }
            add(&mut folded, key);
        }
        let order = order(graph, &names, poll)?;
        let identifiers = match graph.key("identifier").or(graph.key("identifiers")) {
            Some(_) => all_identifiers(graph, poll)?,
            None => Vec::new(),
        };
        let (folded, loose) = (Keys::sorted(folded, poll)?, Keys::sorted(loose, poll)?);
        Ok(NameIndex { names, folded, loose, order, identifiers, ..NameIndex::nameless(graph) })
    }

    /// The index of a graph none of whose nodes has a name.
    pub fn nameless(graph: &Graph) -> NameIndex {
        NameIndex {
            names: Vec::new(),
            folded: Keys::default(),
            loose: Keys::default(),
            order: (0..graph.node_bound() as u32).collect(),
            identifiers: Vec::new(),
            places: OnceLock::new(),
            definitions: OnceLock::new(),
        }
    }

    /// By node: its place among all when they are sorted by name, a node without one by its number (`#7`). Nodes of one
    /// name have one place.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Every name in its original spelling, sorted; a name that several nodes bear comes once for each.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|named| &*named.name)
    }

    /// Every name with a node that has it, sorted.
    pub fn named_nodes(&self) -> impl Iterator<Item = (&str, NodeId)> {
        self.names.iter().map(|named| (&*named.name, named.node))
    }

    /// The node or nodes that the text names.
    pub fn resolve(&self, graph: &Graph, text: &str) -> Resolution {
        let text = text.trim();
        let found = self.named(graph, text);
        match found.as_slice() {
            [] => Resolution::Unknown { suggestions: self.suggest(text) },
            [node] => Resolution::One(*node),
            _ => Resolution::Several(found),
        }
    }

    /// Whether the text names any node: [`NameIndex::resolve`] without a search for suggestions.
    pub fn knows(&self, graph: &Graph, text: &str) -> bool {
        !self.named(graph, text.trim()).is_empty()
    }

    fn named(&self, graph: &Graph, text: &str) -> Vec<NodeId> {
        let readings: [&dyn Fn() -> Vec<NodeId>; 3] =
            [&|| self.find(text), &|| self.qualified(graph, text), &|| self.find_in_parts(text)];
        readings.into_iter().map(|reading| reading()).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The nodes with this identifier.
    pub(super) fn identified(&self, text: &str) -> impl Iterator<Item = NodeId> {
        let from = self.identifiers.partition_point(|(identifier, _)| **identifier < *text);
        self.identifiers[from..].iter().take_while(move |(known, _)| **known == *text).map(|(_, node)| *node)
    }

    /// Terms whose names or definitions fit the text, the best first. See `search` for the ranking.
    pub fn search(&self, graph: &Graph, text: &str) -> Vec<Hit> {
        match self.search_within(graph, text, &mut |_| Ok::<(), Infallible>(())) {
            Ok(hits) => hits,
        }
    }

    /// The same, but calls `poll` as it goes; its error ends the search.
    pub fn search_within<E>(&self, graph: &Graph, text: &str, poll: Poll<E>) -> Result<Vec<Hit>, E> {
        let definitions = match self.definitions.get() {
            Some(definitions) => definitions,
            None => {
                let definitions = DefinitionIndex::build(graph, poll)?;
                self.definitions.get_or_init(|| definitions)
            }
        };
        let named = |at: u32| &self.names[at as usize];
        let names = self.folded.0.iter().map(|(key, at)| (&**key, &*named(*at).name, named(*at).node));
        super::search::rank(names, definitions, text, poll)
    }

    pub(super) fn find(&self, text: &str) -> Vec<NodeId> {
        let from = self.names.partition_point(|named| *named.name < *text);
        let exact = self.names[from..].iter().take_while(|named| *named.name == *text).map(|named| named.node);
        let exact = distinct(exact);
        if !exact.is_empty() {
            return exact;
        }
        let key = fold(text);
        let variants = query_variants(text, &key);
        let both = std::iter::once(&key).chain(&variants);
        let steps: [Vec<u32>; 3] = [
            self.folded.find(&key).collect(),
            variants.iter().flat_map(|variant| self.folded.find(variant)).collect(),
            both.flat_map(|key| self.loose.find(key)).collect(),
        ];
        let first = steps.into_iter().find(|step| !step.is_empty()).unwrap_or_default();
        distinct(first.into_iter().map(|at| self.names[at as usize].node))
    }

    /// `Compute service (nova)`: what both parts name, else what the first names, else what the second names.
    fn find_in_parts(&self, text: &str) -> Vec<NodeId> {
        let Some((outside, inside)) = bracketed(text) else { return Vec::new() };
        let (outside, inside) = (self.find(outside), self.find(inside));
        let both: Vec<NodeId> = outside.iter().filter(|node| inside.contains(node)).copied().collect();
        [both, outside, inside].into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn suggest(&self, text: &str) -> Vec<String> {
        let wanted = fold(text);
        if wanted.len() > LONGEST {
            return Vec::new();
        }
        let mut alike: Vec<(f64, &Named)> = Vec::new();
        for (key, at) in self.folded.0.iter().filter(|(key, _)| key.len() <= LONGEST) {
            if let Some(score) = likeness(&wanted, key) {
                alike.push((score, &self.names[*at as usize]));
            }
        }
        alike.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
        let mut suggestions: Vec<&Named> = Vec::new();
        for (_, candidate) in alike {
            if suggestions.len() < SUGGESTIONS && !suggestions.iter().any(|s| s.node == candidate.node) {
                suggestions.push(candidate);
            }
        }
        suggestions.into_iter().map(|named| named.name.to_string()).collect()
    }
}

/// What a name takes besides its text, about: in `names`, in `folded`, and in the order.
const BYTES_A_NAME: usize = 128;

fn order<E>(graph: &Graph, names: &[Named], poll: Poll<E>) -> Result<Vec<u32>, E> {
    let mut named = vec![false; graph.node_bound()];
    let mut sorted: Vec<(Arc<str>, NodeId)> = Vec::with_capacity(graph.node_count());
    for Named { name, node, .. } in names.iter().filter(|named| !named.other) {
        named[node.index()] = true;
        sorted.push((name.clone(), *node));
    }
    let nameless = graph.nodes().filter(|node| !named[node.index()]);
    sorted.extend(nameless.map(|node| (Arc::from(format!("#{}", node.index())), node)));
    let sorted = in_order(sorted, &Ord::cmp, poll)?;
    let mut order = vec![u32::MAX; graph.node_bound()];
    let mut place = 0;
    for (at, (text, node)) in sorted.iter().enumerate() {
        place = if at > 0 && sorted[at - 1].0 == *text { place } else { at as u32 };
        order[node.index()] = place;
    }
    Ok(order)
}

/// What a node is called, and its other names.
fn names_of(graph: &Graph, titles: &Titles, node: NodeId) -> Vec<Named> {
    let other = |name: &Arc<str>| Named { name: name.clone(), node, other: true };
    let mut names = Vec::new();
    if let Some(title) = titles.get(node) {
        let by_name = graph.key("name") == Some(title.key);
        names.push(Named { name: title.text, node, other: false });
        if !by_name && let Value::String(name) = graph.property_by_name(node, "name") {
            names.push(other(&name));
        }
    }
    if let Value::List(aliases) = graph.property_by_name(node, "aliases") {
        names.extend(aliases.iter().filter_map(|alias| match alias {
            Value::String(alias) => Some(other(alias)),
            _ => None,
        }));
    }
    names.retain(|named| !named.name.is_empty());
    names
}

fn all_identifiers<E>(graph: &Graph, poll: Poll<E>) -> Result<Vec<(Arc<str>, NodeId)>, E> {
    let mut all: Vec<(Arc<str>, NodeId)> = Vec::new();
    for node in graph.nodes() {
        poll(0)?;
        all.extend(identifiers_of(graph, node).into_iter().map(|identifier| (identifier, node)));
    }
    let mut all = in_order(all, &Ord::cmp, poll)?;
    all.dedup();
    Ok(all)
}

/// How much two folded names look alike, if enough to suggest one for the other.
fn likeness(wanted: &str, key: &str) -> Option<f64> {
    let prefix_minded = strsim::jaro_winkler(wanted, key);
    if prefix_minded < 0.75 {
        return None;
    }
    let score = (prefix_minded + strsim::normalized_damerau_levenshtein(wanted, key)) / 2.0;
    (score >= 0.7).then_some(score)
}

/// Every folded spelling under which a name is found.
pub fn spellings(name: &str) -> Vec<String> {
    let key = fold(name);
    let mut spellings = name_variants(name, &key);
    spellings.push(key);
    spellings
}

/// The known names that look like the one wanted, at most three, the likeliest first.
pub fn alike<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = fold(wanted);
    if wanted.len() > LONGEST {
        return Vec::new();
    }
    let mut alike: Vec<(f64, &str)> = known.filter_map(|name| Some((likeness(&wanted, &fold(name))?, name))).collect();
    alike.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
    alike.dedup_by_key(|(_, name)| *name);
    alike.truncate(SUGGESTIONS);
    alike.into_iter().map(|(_, name)| name).collect()
}

/// Other readings of a name in the index.
fn name_variants(name: &str, key: &str) -> Vec<String> {
    let mut variants = Vec::new();
    if !looks_singular(key) {
        variants.extend(singulars(name, key));
    }
    // An article is a word of its own: the package `a-cpp` has none.
    if name.contains(' ') {
        variants.extend(without_article(key).map(str::to_string));
    }
    variants
}

/// Other readings of a name looked up.
fn query_variants(text: &str, key: &str) -> Vec<String> {
    let mut variants = singulars(text, key);
    if let Some(bare) = without_article(key) {
        variants.push(bare.to_string());
        variants.extend(singulars(text, bare));
    }
    variants
}

/// `DVR`, `IaaS`: one word with at least two capitals.
fn is_acronym(text: &str) -> bool {
    !text.contains(char::is_whitespace) && text.chars().filter(|c| c.is_uppercase()).count() >= 2
}

fn distinct(nodes: impl Iterator<Item = NodeId>) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = nodes.collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(terms: &[(&str, &[&str], &str)]) -> Graph {
        let mut graph = Graph::new();
        let keys = ["name", "aliases", "definition"].map(|key| graph.intern_key(key));
        for (name, aliases, definition) in terms {
            let node = graph.create_node();
            graph.set_property(node, keys[0], Value::from(*name));
            if !aliases.is_empty() {
                graph.set_property(node, keys[1], Value::list(aliases.iter().map(|a| Value::from(*a))));
            }
            graph.set_property(node, keys[2], Value::from(*definition));
        }
        graph
    }

    fn sample() -> Graph {
        graph(&[
            ("Networking", &["neutron"], "connects instances"),
            ("network", &[], "a layer-2 segment"),
            ("Image Service", &["glance"], "keeps images"),
            ("image", &[], "a disk file to boot instances from"),
            ("distributed virtual router (DVR)", &[], "routing on every host"),
            ("DNS", &[], "names to addresses"),
            ("Availability Zones", &[], "groups of hosts"),
            ("Port (network)", &[], "a connection point"),
            ("Port (hardware)", &[], "a socket"),
            ("The Café", &[], "a place"),
            ("security policy", &[], "a set of rules about images"),
        ])
    }

    /// The name of the node that the text resolves to; several are joined by `|`; suggestions follow a `?`.
    fn resolved(graph: &Graph, text: &str) -> String {
        let name = |node: &NodeId| graph.property_by_name(*node, "name").as_str().unwrap_or("").to_string();
        match NameIndex::build(graph).resolve(graph, text) {
            Resolution::One(node) => name(&node),
            Resolution::Several(nodes) => nodes.iter().map(name).collect::<Vec<_>>().join("|"),
            Resolution::Unknown { suggestions } => format!("?{}", suggestions.join("|")),
        }
    }

    #[test]
    fn resolves_spellings() {
        let graph = sample();
        for (text, name) in [
            ("network", "network"),
            ("NETWORK", "network"),
            ("networks", "network"),
            ("Networking", "Networking"),
            ("Neutron", "Networking"),
            ("neutron's", "Networking"),
            ("image", "image"),
            ("images", "image"),
            ("the Image-Service", "Image Service"),
            ("image services", "Image Service"),
            ("image_service (glance)", "Image Service"),
            ("picture keeper (glance)", "Image Service"),
            ("Distributed Virtual Router", "distributed virtual router (DVR)"),
            ("distributed virtual routers", "distributed virtual router (DVR)"),
            ("dvr", "distributed virtual router (DVR)"),
            ("DVRs", "distributed virtual router (DVR)"),
            ("Distributed virtual router (DVR)", "distributed virtual router (DVR)"),
            ("availability zone", "Availability Zones"),
            ("security policies", "security policy"),
            ("cafe", "The Café"),
            ("dns", "DNS"),
            (" DNS ", "DNS"),
        ] {
            assert_eq!(resolved(&graph, text), name, "{text:?}");
        }
    }

    #[test]
    fn lists_several_meanings_and_suggests_for_unknown_ones() {
        let graph = sample();
        assert_eq!(resolved(&graph, "port"), "Port (network)|Port (hardware)");
        assert_eq!(resolved(&graph, "netwrok"), "?network|Networking");
        assert_eq!(resolved(&graph, "glanec"), "?glance");
        assert_eq!(resolved(&graph, "DN"), "?DNS");
        assert_eq!(resolved(&graph, "zzz"), "?");
        assert_eq!(resolved(&graph, ""), "?");
        assert_eq!(resolved(&graph, &"x".repeat(1 << 20)), "?");
        assert_eq!(resolved(&graph, &"(a)".repeat(1 << 18)), "?");
    }

    #[test]
    fn an_exact_name_beats_a_folded_one_of_another_node() {
        let graph = graph(&[("Swift", &[], ""), ("swift", &[], ""), ("nova", &[], ""), ("nova", &[], "")]);
        assert_eq!(NameIndex::build(&graph).resolve(&graph, "swift"), Resolution::One(NodeId::new(1)));
        assert_eq!(resolved(&graph, "SWIFT"), "Swift|swift");
        assert_eq!(resolved(&graph, "nova"), "nova|nova");
    }

    #[test]
    fn names_are_sorted_and_include_aliases() {
        let graph = sample();
        let index = NameIndex::build(&graph);
        let names: Vec<&str> = index.names().collect();
        assert!(names.is_sorted());
        assert!(names.contains(&"glance") && names.contains(&"Image Service"));
        assert_eq!(names.len(), 13);
    }

    #[test]
    fn the_order_is_that_of_names_and_not_of_aliases() {
        let mut graph = graph(&[("b", &["a"], ""), ("ab", &["c", "ab"], ""), ("b", &[], "")]);
        graph.create_node();
        let index = NameIndex::build(&graph);
        assert_eq!(index.order(), [2, 1, 2, 0]);
    }

    #[test]
    fn search_ranks_names_before_definitions() {
        let graph = sample();
        let hits = NameIndex::build(&graph).search(&graph, "images");
        let found: Vec<(&str, usize)> = hits.iter().map(|hit| (hit.matched.as_str(), hit.node.index())).collect();
        assert_eq!(found[0], ("name image", 3));
        assert_eq!(found[1].1, 2);
        assert!(found.contains(&("definition: image", 10)), "{found:?}");
        assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
        let hits = NameIndex::build(&graph).search(&graph, "layer segment");
        assert_eq!(hits[0].node.index(), 1);
        assert!(NameIndex::build(&graph).search(&graph, "  ").is_empty());
    }
}
