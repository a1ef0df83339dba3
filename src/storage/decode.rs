//! Sections → graph. Whatever is read is checked, so that no later look-up can leave its array.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Damage;
use super::bytes::Reader;
use super::container::{Section, Sections};
use super::encode::{
    ALL, BOOLEANS, DELETED, FLOATS, IDS, INTEGERS, LABELS, NAMES, NODE_PROPERTY, RELATIONSHIP_PROPERTY, RELATIONSHIPS,
    SOME, SPARSE, TEXTS, VALUES, name,
};
use super::values;
use crate::graph::store::Names;
use crate::graph::store::adjacency::{Adjacency, DEAD, Ids, Lists, TypeAdjacency};
use crate::graph::store::base::{Base, Columns, LabelSets};
use crate::graph::symbols::Symbols;
use crate::graph::{
    Bitmap, Column, Data, Dictionary, Graph, LabelId, NodeId, RelationSemantics, Relationship, RelationshipId, Rows,
    Semantics, TypeId,
};

type Result<T> = std::result::Result<T, Damage>;

fn reader<'a>(section: &Section<'a>) -> Reader<'a> {
    Reader::new(name(section.kind, section.index), section.bytes)
}

pub(super) fn graph(sections: &Sections) -> Result<Graph> {
    let Head { node_bound, relationship_bound, names, semantics } = head(reader(&sections.one(NAMES)?))?;
    let label_sets = labels(reader(&sections.one(LABELS)?), node_bound, names.labels.len())?;
    let mut types: Vec<Option<TypeAdjacency>> = vec![None; names.types.len()];
    let (mut node_columns, mut relationship_columns): (Columns, Columns) =
        (vec![None; names.keys.len()], vec![None; names.keys.len()]);
    let mut ids = None;
    for section in &sections.list {
        let mut from = reader(section);
        let index = section.index as usize;
        match section.kind {
            NAMES | LABELS | DELETED => {}
            RELATIONSHIPS => {
                let lists = relationships(&mut from, node_bound)?;
                put(&from, &mut types, index, lists)?;
            }
            IDS => ids = Some(section),
            NODE_PROPERTY => {
                let column = property(&mut from, node_bound)?;
                put(&from, &mut node_columns, index, Arc::new(column))?;
            }
            RELATIONSHIP_PROPERTY => {
                let column = property(&mut from, relationship_bound)?;
                put(&from, &mut relationship_columns, index, Arc::new(column))?;
            }
            _ => return from.wrong("there is no such section"),
        }
        if !matches!(section.kind, NAMES | LABELS | DELETED | IDS) {
            from.finish()?;
        }
    }
    let types = in_order(types)?;
    let live = types.iter().map(TypeAdjacency::len).sum();
    let (deleted_nodes, deleted) =
        deleted(reader(&sections.one(DELETED)?), node_bound, relationship_bound, names.types.len(), &label_sets)?;
    let ids = numbering(ids, live, relationship_bound, &deleted)?;
    let adjacency = Arc::new(Adjacency { types, ids });
    let label_sets = Arc::new(label_sets);
    let base =
        Base { node_bound, relationship_bound, label_sets, adjacency, node_columns, relationship_columns, deleted };
    Ok(Graph::from_base(names, semantics, base, deleted_nodes))
}

fn put<T>(from: &Reader, places: &mut [Option<T>], index: usize, item: T) -> Result<()> {
    match places.get_mut(index) {
        Some(place @ None) => {
            *place = Some(item);
            Ok(())
        }
        Some(_) => from.wrong("it is there twice"),
        None => from.wrong("its name is unknown"),
    }
}

struct Head {
    node_bound: usize,
    relationship_bound: usize,
    names: Names,
    semantics: Semantics,
}

fn head(mut from: Reader) -> Result<Head> {
    let bound = |from: &mut Reader| -> Result<usize> {
        let bound = from.u64()?;
        from.check(bound < u64::from(u32::MAX), "there are more entities than ids")?;
        Ok(bound as usize)
    };
    let (node_bound, relationship_bound) = (bound(&mut from)?, bound(&mut from)?);
    let names = Names { labels: symbols(&mut from)?, types: symbols(&mut from)?, keys: symbols(&mut from)? };
    let rows: Vec<RelationSemantics> =
        serde_json::from_str(from.text()?).or_else(|error| from.wrong(format!("relation semantics: {error}")))?;
    let mut semantics = Semantics::default();
    rows.into_iter().for_each(|row| semantics.declare(row));
    from.finish()?;
    Ok(Head { node_bound, relationship_bound, names, semantics })
}

fn symbols<Id: From<u32>>(from: &mut Reader) -> Result<Symbols<Id>> {
    let mut symbols = Symbols::new();
    for number in 0..from.count(8)? {
        symbols.intern(from.text()?);
        from.check(symbols.len() == number + 1, "a name is there twice")?;
    }
    Ok(symbols)
}

fn labels(mut from: Reader, node_bound: usize, known: usize) -> Result<LabelSets> {
    let mut sets = Vec::new();
    for _ in 0..from.count(8)? {
        let set = from.u32s()?;
        let distinct: BTreeSet<&u32> = set.iter().collect();
        from.check(distinct.len() == set.len(), "a node has a label twice")?;
        from.check(set.iter().all(|label| (*label as usize) < known), "a label is unknown")?;
        sets.push(set.into_iter().map(LabelId::from).collect());
    }
    let of_node = from.u32s()?;
    from.check(of_node.len() == node_bound, "not every node has labels")?;
    from.check(of_node.iter().all(|set| (*set as usize) < sets.len()), "a set of labels is unknown")?;
    from.finish()?;
    Ok(LabelSets { sets, of_node })
}

type DeletedRelationships = Vec<(RelationshipId, Relationship)>;

fn deleted(
    mut from: Reader,
    node_bound: usize,
    relationship_bound: usize,
    types: usize,
    labels: &LabelSets,
) -> Result<(Bitmap, DeletedRelationships)> {
    let nodes = from.bitmap(node_bound)?;
    from.check(nodes.iter().all(|node| labels.of(node).is_empty()), "a deleted node has labels")?;
    let mut relationships = Vec::new();
    for _ in 0..from.count(16)? {
        let [id, relationship_type, start, end] = [from.u32()?, from.u32()?, from.u32()?, from.u32()?];
        let known = (id as usize) < relationship_bound
            && (relationship_type as usize) < types
            && (start.max(end) as usize) < node_bound;
        from.check(known, "a deleted relationship is unknown")?;
        let node = |number: u32| NodeId::new(number as usize);
        let shape =
            Relationship { relationship_type: TypeId::from(relationship_type), start: node(start), end: node(end) };
        relationships.push((RelationshipId::new(id as usize), shape));
    }
    from.check(relationships.is_sorted_by(|(a, _), (b, _)| a < b), "deleted relationships are not in order")?;
    from.finish()?;
    Ok((nodes, relationships))
}

fn relationships(from: &mut Reader, node_bound: usize) -> Result<TypeAdjacency> {
    let (outgoing, incoming) = (lists(from, node_bound)?, lists(from, node_bound)?);
    let incoming_positions = from.u32s()?;
    let count = outgoing.neighbours.len();
    let same = incoming.neighbours.len() == count && incoming_positions.len() == count;
    from.check(same, "the two directions do not agree")?;
    // `first` comes with the order of the types.
    Ok(TypeAdjacency { first: 0, outgoing, incoming, incoming_positions })
}

fn lists(from: &mut Reader, node_bound: usize) -> Result<Lists> {
    let lists = Lists { first_node: from.u32()?, offsets: from.u32s()?, neighbours: from.u32s()? };
    let Lists { first_node, offsets, neighbours } = &lists;
    let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
    let whole = first == 0 && last as usize == neighbours.len() && offsets.is_sorted();
    let nodes = offsets.len().saturating_sub(1);
    from.check(whole && (*first_node as usize) + nodes <= node_bound, "the lists do not fit the nodes")?;
    let largest = neighbours.iter().copied().fold(0, u32::max);
    from.check(neighbours.is_empty() || (largest as usize) < node_bound, "a neighbour is unknown")?;
    let sorted = offsets.windows(2).all(|bounds| neighbours[bounds[0] as usize..bounds[1] as usize].is_sorted());
    from.check(sorted, "a list is not sorted")?;
    Ok(lists)
}

/// The types, each with the position of its first relationship.
fn in_order(types: Vec<Option<TypeAdjacency>>) -> Result<Vec<TypeAdjacency>> {
    // The newest types may have no relationships, and then no lists either.
    let used = types.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let mut first = 0_u32;
    let mut in_order = Vec::with_capacity(used);
    for (index, of_type) in types.into_iter().take(used).enumerate() {
        let from = Reader::new(name(RELATIONSHIPS, index as u32), &[]);
        let Some(mut of_type) = of_type else { return from.wrong("it is missing") };
        of_type.first = first;
        let Some(next) = first.checked_add(of_type.len() as u32).filter(|next| *next != DEAD) else {
            return from.wrong("there are more relationships than ids");
        };
        let known = of_type.incoming_positions.iter().all(|position| (first..next).contains(position));
        from.check(known, "a position is unknown")?;
        first = next;
        in_order.push(of_type);
    }
    Ok(in_order)
}

fn numbering(
    section: Option<&Section>,
    live: usize,
    bound: usize,
    deleted: &DeletedRelationships,
) -> Result<Option<Ids>> {
    let mut from = match section {
        Some(section) => reader(section),
        None => Reader::new(name(IDS, 0), &[]),
    };
    from.check(live + deleted.len() == bound, "there are more or fewer relationships than ids")?;
    if section.is_none() {
        from.check(deleted.is_empty(), "it is missing")?;
        return Ok(None);
    }
    let ids = Ids { by_position: from.u32s()?, position: from.u32s()? };
    from.check(ids.by_position.len() == live && ids.position.len() == bound, "its length is wrong")?;
    let back = |(at, id): (usize, &u32)| ids.position.get(*id as usize).is_some_and(|back| *back as usize == at);
    from.check(ids.by_position.iter().enumerate().all(back), "ids and positions do not agree")?;
    let dead = deleted.iter().all(|(id, _)| ids.position[id.index()] == DEAD);
    from.check(dead, "a deleted relationship has a position")?;
    from.finish()?;
    Ok(Some(ids))
}

fn property(from: &mut Reader, bound: usize) -> Result<Column> {
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
    let column = Column { rows, data };
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
            Data::Text { codes, dictionary: Arc::new(Dictionary::new(text.to_string(), ends)) }
        }
        VALUES => {
            let count = from.count(1)?;
            Data::Mixed((0..count).map(|_| values::read(from)).collect::<Result<_>>()?)
        }
        other => return from.wrong(format!("there is no type of values {other}")),
    })
}
