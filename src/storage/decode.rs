//! Sections → graph. Whatever is read is checked, so that no later look-up can leave its array.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Damage;
use super::bytes::Reader;
use super::container::{self, Section, Sections};
use super::encode::{
    ALL, BITS, BOOLEANS, DECISIONS, DELETED, DELETED_IDS, FLOATS, ID_RUNS, IDS, INCOMING, INDEX, INTEGERS, LABEL_RUNS,
    LABELS, MIDDLE, NAMES, NAMING, NARROW, NODE_PROPERTY, NODE_TIMES, OUTGOING, RELATIONSHIP_PROPERTY,
    RELATIONSHIP_TIMES, RULE_KINDS, RULES, RUNS, SOME, SPARSE, TEXTS, VALUES, WIDE, name,
};
use super::values;
use crate::graph::store::adjacency::{Adjacency, Lists, Owners, TypeAdjacency};
use crate::graph::store::base::{Base, Columns, LabelSets};
use crate::graph::store::ids::{Ids, Runs};
use crate::graph::store::ranks::Ranks;
use crate::graph::store::temporal_array::Unit;
use crate::graph::store::{Deleted, Names};
use crate::graph::symbols::Symbols;
use crate::graph::{
    Bitmap, Column, Data, Decision, Dictionary, Graph, KeyId, LabelId, LabelNaming, RelationSemantics, Rows, Rule,
    Semantics, TemporalArray, TemporalType, Value,
};

type Result<T> = std::result::Result<T, Damage>;

/// What stood in a section.
enum Part {
    Labels(LabelSets),
    Deleted(Deleted),
    Outgoing(Lists),
    Incoming(Lists, Ranks),
    Ids(StoredIds),
    NodeProperty(Column),
    RelationshipProperty(Column),
    Rules(Vec<Rule>),
    Naming(Vec<LabelNaming>),
    Decisions(Vec<Decision>),
    Index(Vec<u32>),
}

/// Relationship ids by position.
enum StoredIds {
    /// Those of live relationships, which may be followed by all others.
    Each(Vec<u32>),
    /// Those of live relationships.
    Runs(Runs),
}

pub(super) fn graph(sections: &Sections) -> Result<Graph> {
    for kinds in [[LABELS, LABEL_RUNS], [DELETED, DELETED_IDS]] {
        sections.one(&kinds)?;
    }
    let head = sections.open(&sections.one(&[NAMES])?, head)?;
    let rest: Vec<Section> = sections.list.iter().filter(|section| section.kind != NAMES).copied().collect();
    let parts = sections.open_all(&rest, |section, from| part(section, from, &head))?;
    let Head { node_bound, relationship_bound, names, mut semantics } = head;
    let (types, keys) = (names.types.len(), names.keys.len());
    let (mut outgoing, mut incoming) = (nothing(types), nothing(types));
    let (mut node_columns, mut relationship_columns): (Columns, Columns) = (nothing(keys), nothing(keys));
    let (mut label_sets, mut by_position) = (LabelSets::default(), None);
    let mut deleted = Deleted::default();
    let (mut rules, mut namings, mut decisions, mut indexes) = (None, None, None, BTreeMap::new());
    for (section, part) in rest.iter().zip(parts) {
        match part {
            Part::Labels(sets) => label_sets = sets,
            Part::Deleted(ids) => deleted = ids,
            Part::Outgoing(lists) => put(section, &mut outgoing, lists)?,
            Part::Incoming(lists, ranks) => put(section, &mut incoming, (lists, ranks))?,
            Part::Ids(ids) => put(section, std::slice::from_mut(&mut by_position), ids)?,
            Part::NodeProperty(column) => put(section, &mut node_columns, Arc::new(column))?,
            Part::RelationshipProperty(column) => put(section, &mut relationship_columns, Arc::new(column))?,
            Part::Rules(list) => put(section, std::slice::from_mut(&mut rules), list)?,
            Part::Naming(list) => put(section, std::slice::from_mut(&mut namings), list)?,
            Part::Decisions(list) => put(section, std::slice::from_mut(&mut decisions), list)?,
            Part::Index(sorted) => _ = indexes.insert(section.index as usize, sorted),
        }
    }
    let unlabelled = deleted.nodes.iter().all(|node| label_sets.of(node).is_empty());
    check(unlabelled, DELETED, "a deleted node has labels")?;
    let types = in_order(outgoing, incoming)?;
    let live = types.iter().map(TypeAdjacency::len).sum();
    let ids = numbering(by_position, live, relationship_bound, &deleted.relationships)?;
    let adjacency = Arc::new(Adjacency { types, ids });
    let label_sets = Arc::new(label_sets);
    let base = Base {
        node_bound,
        relationship_bound,
        label_sets,
        adjacency,
        node_columns,
        relationship_columns,
        deleted: Vec::new(),
        deleted_nodes: Bitmap::default(),
    };
    namings.into_iter().flatten().for_each(|naming| semantics.name_by(naming));
    decisions.into_iter().flatten().for_each(|decision| semantics.decide(decision));
    let mut graph = Graph::from_base(names, semantics, base, deleted);
    let rules = rules.unwrap_or_default();
    check(indexes.keys().all(|number| *number < rules.len()), RULES, "an index has no rule")?;
    graph.restore_rules(rules.into_iter().enumerate().map(|(number, rule)| (rule, indexes.remove(&number))).collect());
    Ok(graph)
}

fn part(section: &Section, from: &mut Reader, head: &Head) -> Result<Part> {
    let (nodes, relationships) = (head.node_bound, head.relationship_bound);
    Ok(match section.kind {
        LABELS | LABEL_RUNS => {
            let sets = label_sets(from, head.names.labels.len())?;
            let of_node = if section.kind == LABELS { from.u32s()? } else { repeated(from, nodes)? };
            from.check(of_node.len() == nodes, "not every node has labels")?;
            from.check(of_node.iter().all(|set| (*set as usize) < sets.len()), "a set of labels is unknown")?;
            Part::Labels(LabelSets { sets, of_node })
        }
        DELETED => Part::Deleted(deleted_with_shapes(from, head)?),
        DELETED_IDS => {
            Part::Deleted(Deleted { nodes: numbers(from, nodes)?, relationships: numbers(from, relationships)? })
        }
        OUTGOING => Part::Outgoing(lists(from, nodes)?),
        INCOMING => {
            let lists = lists(from, nodes)?;
            let ranks = ranks(from)?;
            from.check(ranks.len() == lists.neighbours.len(), "not every relationship has a rank")?;
            Part::Incoming(lists, ranks)
        }
        IDS => Part::Ids(StoredIds::Each(from.u32s()?)),
        ID_RUNS => Part::Ids(StoredIds::Runs(id_runs(from, relationships)?)),
        NODE_PROPERTY => Part::NodeProperty(property(from, nodes, data)?),
        RELATIONSHIP_PROPERTY => Part::RelationshipProperty(property(from, relationships, data)?),
        NODE_TIMES => Part::NodeProperty(property(from, nodes, times)?),
        RELATIONSHIP_TIMES => Part::RelationshipProperty(property(from, relationships, times)?),
        RULES => Part::Rules(rules(from, head)?),
        NAMING => Part::Naming(namings(from)?),
        DECISIONS => Part::Decisions(decisions(from)?),
        INDEX => {
            let sorted = from.u32s()?;
            from.check(sorted.iter().all(|node| (*node as usize) < nodes), "a node is unknown")?;
            Part::Index(sorted)
        }
        _ => return from.wrong("there is no such section; a newer kenning may have written it"),
    })
}

fn nothing<T>(count: usize) -> Vec<Option<T>> {
    std::iter::repeat_with(|| None).take(count).collect()
}

/// Fails unless the statement about the only section of a kind is true.
fn check(statement: bool, kind: u32, what: &str) -> Result<()> {
    if statement { Ok(()) } else { Err(Damage::new(name(kind, 0), what)) }
}

fn put<T>(section: &Section, places: &mut [Option<T>], item: T) -> Result<()> {
    let what = match places.get_mut(section.index as usize) {
        Some(place @ None) => {
            *place = Some(item);
            return Ok(());
        }
        Some(_) => "it is there twice",
        None => "its name is unknown",
    };
    Err(Damage::new(name(section.kind, section.index), what))
}

struct Head {
    node_bound: usize,
    relationship_bound: usize,
    names: Names,
    semantics: Semantics,
}

fn head(from: &mut Reader) -> Result<Head> {
    let bound = |from: &mut Reader| -> Result<usize> {
        let bound = from.u64()?;
        from.check(bound < u64::from(u32::MAX), "there are more entities than ids")?;
        Ok(bound as usize)
    };
    let (node_bound, relationship_bound) = (bound(from)?, bound(from)?);
    let names = Names { labels: symbols(from)?, types: symbols(from)?, keys: symbols(from)? };
    let rows: Vec<RelationSemantics> =
        serde_json::from_str(&from.text()?).or_else(|error| from.wrong(format!("relation semantics: {error}")))?;
    let mut semantics = Semantics::default();
    rows.into_iter().for_each(|row| semantics.declare(row));
    Ok(Head { node_bound, relationship_bound, names, semantics })
}

fn symbols<Id: From<u32>>(from: &mut Reader) -> Result<Symbols<Id>> {
    let mut symbols = Symbols::new();
    for number in 0..from.count(8)? {
        symbols.intern(&from.text()?);
        from.check(symbols.len() == number + 1, "a name is there twice")?;
    }
    Ok(symbols)
}

fn label_sets(from: &mut Reader, known: usize) -> Result<Vec<Vec<LabelId>>> {
    let mut sets = Vec::new();
    for _ in 0..from.count(8)? {
        let set = from.u32s()?;
        let distinct: BTreeSet<&u32> = set.iter().collect();
        from.check(distinct.len() == set.len(), "a node has a label twice")?;
        from.check(set.iter().all(|label| (*label as usize) < known), "a label is unknown")?;
        sets.push(set.into_iter().map(LabelId::from).collect());
    }
    Ok(sets)
}

/// Run-length encoded numbers, `count` in all. The sum is checked before memory is allocated.
fn repeated(from: &mut Reader, count: usize) -> Result<Vec<u32>> {
    let runs = from.pairs()?;
    let sum: u64 = runs.iter().map(|(_, length)| u64::from(*length)).sum();
    from.check(sum == count as u64, "not every node has labels")?;
    Ok(runs.into_iter().flat_map(|(number, length)| std::iter::repeat_n(number, length as usize)).collect())
}

/// A set of numbers below a bound.
fn numbers(from: &mut Reader, bound: usize) -> Result<Bitmap> {
    match from.u8()? {
        BITS => from.bitmap(bound),
        RUNS => {
            let (mut set, mut end) = (Bitmap::default(), 0);
            for (first, length) in from.pairs()? {
                let (first, length) = (first as usize, length as usize);
                from.check(first >= end && length > 0, "the deleted ones are not in order")?;
                end = first.saturating_add(length);
                from.check(end <= bound, "a set is larger than what it is about")?;
                set.insert_range(first..end);
            }
            Ok(set)
        }
        other => from.wrong(format!("there is no kind of sets {other}")),
    }
}

fn id_runs(from: &mut Reader, bound: usize) -> Result<Runs> {
    let mut runs = Runs::default();
    for (first, length) in from.pairs()? {
        let fits = u64::from(runs.len()) + u64::from(length) <= bound as u64;
        from.check(fits, "there are more ids than relationships")?;
        runs.push_run(first, length);
    }
    Ok(runs)
}

/// Deleted entities as kenning wrote them before kind 12. What the relationships were is checked, but not kept.
fn deleted_with_shapes(from: &mut Reader, head: &Head) -> Result<Deleted> {
    let (node_bound, relationship_bound) = (head.node_bound, head.relationship_bound);
    let types = head.names.types.len();
    let nodes = from.bitmap(node_bound)?;
    let mut ids: Vec<u32> = Vec::new();
    for _ in 0..from.count(16)? {
        let [id, relationship_type, start, end] = [from.u32()?, from.u32()?, from.u32()?, from.u32()?];
        let known = (id as usize) < relationship_bound
            && (relationship_type as usize) < types
            && (start.max(end) as usize) < node_bound;
        from.check(known, "a deleted relationship is unknown")?;
        ids.push(id);
    }
    from.check(ids.is_sorted_by(|a, b| a < b), "deleted relationships are not in order")?;
    Ok(Deleted { nodes, relationships: ids.into_iter().map(|id| id as usize).collect() })
}

fn rules(from: &mut Reader, head: &Head) -> Result<Vec<Rule>> {
    let mut rules: Vec<Rule> = Vec::new();
    for _ in 0..from.count(21)? {
        let name = Arc::from(from.text()?);
        let Some(kind) = RULE_KINDS.get(from.u8()? as usize) else { return from.wrong("a rule is of no known kind") };
        let label = from.u32()?;
        let keys = from.u32s()?;
        let names = &head.names;
        let known = (label as usize) < names.labels.len()
            && keys.iter().all(|key| (*key as usize) < names.keys.len())
            && !keys.is_empty();
        from.check(known, "a rule is about names that are unknown")?;
        from.check(rules.iter().all(|rule| rule.name != name), "a rule is there twice")?;
        let keys = keys.into_iter().map(KeyId::from).collect();
        rules.push(Rule { name, kind: *kind, label: LabelId::from(label), keys });
    }
    Ok(rules)
}

fn namings(from: &mut Reader) -> Result<Vec<LabelNaming>> {
    let mut namings: Vec<LabelNaming> = Vec::new();
    for _ in 0..from.count(16)? {
        let label = from.text()?;
        let count = from.count(8)?;
        let named_by: Vec<String> = (0..count).map(|_| from.text()).collect::<Result<_>>()?;
        from.check(!named_by.is_empty(), "no property names the nodes of a label")?;
        from.check(namings.iter().all(|naming| naming.label != label), "a label is there twice")?;
        namings.push(LabelNaming { label, named_by });
    }
    Ok(namings)
}

fn decisions(from: &mut Reader) -> Result<Vec<Decision>> {
    let decisions: Vec<Decision> =
        serde_json::from_str(&from.text()?).or_else(|error| from.wrong(format!("a decision: {error}")))?;
    let fault = decisions.iter().find_map(Decision::fault);
    fault.map_or(Ok(decisions), |fault| from.wrong(fault))
}

fn ranks(from: &mut Reader) -> Result<Ranks> {
    Ok(match from.u8()? {
        NARROW => Ranks::Bytes(from.u8s()?),
        MIDDLE => Ranks::Shorts(from.u16s()?),
        WIDE => Ranks::Words(from.u32s()?),
        other => return from.wrong(format!("there are no ranks of {other} bytes")),
    })
}

fn lists(from: &mut Reader, node_bound: usize) -> Result<Lists> {
    let first_node = from.u32()?;
    let owners = match from.u8()? {
        0 => None,
        1 => Some(Owners::new(from.u64s()?)),
        other => return from.wrong(format!("there is no kind of lists {other}")),
    };
    let lists = Lists { first_node, owners, offsets: from.u32s()?, neighbours: from.u32s()? };
    let Lists { first_node, owners, offsets, neighbours } = &lists;
    let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
    let whole = first == 0 && last as usize == neighbours.len() && offsets.is_sorted();
    let count = offsets.len().saturating_sub(1);
    let nodes = match owners {
        None => count,
        Some(owners) => {
            from.check(owners.count() == count, "the lists do not fit their owners")?;
            let last = owners.words.iter().rposition(|word| *word != 0);
            last.map_or(0, |last| last * 64 + 64 - owners.words[last].leading_zeros() as usize)
        }
    };
    from.check(whole && (*first_node as usize) + nodes <= node_bound, "the lists do not fit the nodes")?;
    let largest = neighbours.iter().copied().fold(0, u32::max);
    from.check(neighbours.is_empty() || (largest as usize) < node_bound, "a neighbour is unknown")?;
    let sorted = offsets.windows(2).all(|bounds| neighbours[bounds[0] as usize..bounds[1] as usize].is_sorted());
    from.check(sorted, "a list is not sorted")?;
    Ok(lists)
}

/// The types, each with the position of its first relationship.
fn in_order(outgoing: Vec<Option<Lists>>, incoming: Vec<Option<(Lists, Ranks)>>) -> Result<Vec<TypeAdjacency>> {
    // The newest types may have no relationships, and then no lists either.
    let used = outgoing.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let mut first = 0_u32;
    let mut in_order = Vec::with_capacity(used);
    for (index, (outgoing, incoming)) in outgoing.into_iter().zip(incoming).enumerate() {
        let wrong = |kind, what: &str| Err(Damage::new(name(kind, index as u32), what));
        let (outgoing, (incoming, incoming_ranks)) = match (outgoing, incoming) {
            (Some(outgoing), Some(incoming)) => (outgoing, incoming),
            (None, None) if index >= used => break,
            (None, _) => return wrong(OUTGOING, "it is missing"),
            (_, None) => return wrong(INCOMING, "it is missing"),
        };
        let count = outgoing.neighbours.len();
        if incoming.neighbours.len() != count {
            return wrong(INCOMING, "the two directions do not agree");
        }
        let Some(next) = u32::try_from(count).ok().and_then(|count| first.checked_add(count)) else {
            return wrong(OUTGOING, "there are more relationships than ids");
        };
        let (outgoing, incoming, incoming_ranks) = (outgoing.into(), incoming.into(), incoming_ranks.into());
        let lists = TypeAdjacency { first, outgoing, incoming, incoming_ranks, ..TypeAdjacency::default() };
        if !ranks_fit(&lists) {
            return wrong(INCOMING, "a rank is larger than its list");
        }
        first = next;
        in_order.push(lists);
    }
    Ok(in_order)
}

/// Whether each rank lies in the list of its start. Looks at parts of the lists side by side.
fn ranks_fit(lists: &TypeAdjacency) -> bool {
    const PART: usize = 1 << 19;
    let starts = &lists.incoming.neighbours;
    let fits = |from: usize| {
        let part = from..starts.len().min(from + PART);
        part.into_iter().all(|at| lists.incoming_ranks.get(at) < lists.outgoing.range(starts[at] as usize).len())
    };
    let parts: Vec<(u64, u64)> = (0..starts.len()).step_by(PART).map(|from| (from as u64, PART as u64)).collect();
    container::side_by_side(&parts, starts.len() as u64, |part| fits(part * PART)).into_iter().all(|fits| fits)
}

fn numbering(stored: Option<StoredIds>, live: usize, bound: usize, deleted: &Bitmap) -> Result<Option<Ids>> {
    check(live + deleted.count() == bound, IDS, "there are more or fewer relationships than ids")?;
    let dead = || deleted.iter().map(|id| id as u32);
    let mut ids = match stored {
        None => {
            check(dead().eq(live as u32..bound as u32), IDS, "it is missing")?;
            return Ok(None);
        }
        Some(StoredIds::Runs(runs)) => runs,
        Some(StoredIds::Each(ids)) => {
            let (ids, others) = ids.split_at_checked(live).unwrap_or_default();
            check(
                others.is_empty() || others.iter().copied().eq(dead()),
                IDS,
                "it does not end with the deleted ones",
            )?;
            let mut runs = Runs::default();
            runs.extend(ids.iter().copied());
            runs
        }
    };
    check(ids.len() as usize == live, IDS, "its length is wrong")?;
    ids.extend(dead());
    if ids.is_identity() {
        return Ok(None);
    }
    let ids = Ids::new(&ids);
    check(ids.is_some(), IDS, "an id is there twice")?;
    Ok(ids)
}

fn property(from: &mut Reader, bound: usize, data: fn(&mut Reader, usize) -> Result<Data>) -> Result<Column> {
    let data = data(from, bound)?;
    let length = data.len();
    let rows = match from.u8()? {
        ALL => Rows::Dense { first: from.u32()?, present: None },
        SOME => Rows::Dense { first: from.u32()?, present: Some(from.bitmap(length)?) },
        SPARSE => {
            let entities = from.u32s()?;
            from.check(entities.len() == length, "rows and values do not agree")?;
            from.check(entities.is_sorted_by(|a, b| a < b), "the rows are not in order")?;
            Rows::Sparse(entities)
        }
        other => return from.wrong(format!("there is no kind of rows {other}")),
    };
    let column = Column::new(rows, data);
    from.check(column.bound() <= bound, "it has values for what does not exist")?;
    Ok(column)
}

fn data(from: &mut Reader, bound: usize) -> Result<Data> {
    Ok(match from.u8()? {
        INTEGERS => Data::Integer(from.i64s()?),
        FLOATS => Data::Float(from.f64s()?),
        BOOLEANS => {
            let length = from.u64()?;
            from.check(length <= bound as u64, "it has values for what does not exist")?;
            let length = length as usize;
            Data::Boolean { values: from.bitmap(length)?, length }
        }
        TEXTS => {
            let (text, ends) = (from.text()?, from.u32s()?);
            let whole = ends.is_sorted() && ends.last().copied().unwrap_or(0) as usize == text.len();
            let cut = ends.iter().all(|end| text.is_char_boundary(*end as usize));
            from.check(whole && cut, "the strings do not fit their text")?;
            let codes = from.u32s()?;
            let largest = codes.iter().copied().fold(0, u32::max);
            from.check(codes.is_empty() || (largest as usize) < ends.len(), "a string is unknown")?;
            Data::Text { codes, dictionary: Arc::new(Dictionary::new(text, ends)) }
        }
        VALUES => {
            let count = from.count(1)?;
            let items: Vec<Value> = (0..count).map(|_| values::read(from)).collect::<Result<_>>()?;
            // Before kind 15, dates and times were stored so.
            TemporalArray::of_all(&items).map_or(Data::Mixed(items), Data::Temporal)
        }
        other => return from.wrong(format!("there is no type of values {other}")),
    })
}

/// Dates or times, none of which leaves the range of its type.
fn times(from: &mut Reader, bound: usize) -> Result<Data> {
    let (of_type, unit) = (TemporalType::ALL.get(from.u8()? as usize), Unit::ALL.get(from.u8()? as usize));
    let (Some(of_type), Some(unit)) = (of_type, unit) else { return from.wrong("there is no such type of times") };
    let mut zones = Vec::new();
    for _ in 0..from.count(16)? {
        let offset = values::offset(from)?;
        zones.push((offset, values::zone(from)?));
    }
    let (least, width) = (from.i64()?, from.u8()?);
    let counts = from.distances(least, width)?;
    from.check(counts.len() <= bound, "it has values for what does not exist")?;
    let numbers = from.u8s()?;
    match TemporalArray::from_parts(*of_type, *unit, counts, zones, numbers) {
        Ok(array) => Ok(Data::Temporal(array)),
        Err(what) => from.wrong(what),
    }
}
