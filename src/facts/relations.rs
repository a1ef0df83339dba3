//! [`Relations`]: typed relations between things, kept small, as a file can state millions of them: names of types and
//! the words that state a relation are kept once, and only relations that have properties have room for some.

use super::{FactPlace, RelationId, ThingId, Word};
use crate::graph::Value;

/// `start TYPE end`, as a file states it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactRelation<'f> {
    pub start: ThingId,
    pub relationship_type: &'f Word,
    pub end: ThingId,
    pub place: FactPlace,
    /// The words of the file that state it, on one line.
    pub evidence: &'f str,
    pub properties: &'f [(Word, Value)],
}

/// A relation as it is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Row {
    start: ThingId,
    end: ThingId,
    place: FactPlace,
    /// The index of its type.
    named: u32,
    /// Where its evidence begins and ends in the text.
    evidence: (u32, u32),
    /// The index of its properties.
    properties: Option<NonMax>,
}

/// Bytes of a relation as it is kept.
pub(super) const ROW: usize = size_of::<Row>();

/// An index below the largest number, so that `None` needs no room of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
struct NonMax(std::num::NonZeroU32);

impl NonMax {
    fn new(index: usize) -> Option<NonMax> {
        u32::try_from(index + 1).ok().and_then(std::num::NonZeroU32::new).map(NonMax)
    }

    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// The relations of some files, in the order stated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Relations {
    rows: Vec<Row>,
    /// The types in the order of their first use.
    types: Vec<Word>,
    /// The evidence of all, one after the other.
    text: String,
    properties: Vec<Vec<(Word, Value)>>,
}

impl Relations {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = FactRelation<'_>> {
        self.rows.iter().map(|row| self.relation(row))
    }

    fn relation<'f>(&'f self, row: &Row) -> FactRelation<'f> {
        let Row { start, end, place, named, evidence, properties } = *row;
        FactRelation {
            start,
            relationship_type: &self.types[named as usize],
            end,
            place,
            evidence: &self.text[evidence.0 as usize..evidence.1 as usize],
            properties: properties.map_or(&[], |at| &self.properties[at.index()]),
        }
    }

    /// The types that are used.
    pub fn types(&self) -> &[Word] {
        &self.types
    }

    /// Adds a relation; `None` if there are more than 32-bit ids, or more evidence than 4 GiB.
    pub(super) fn add(&mut self, relation: FactRelation) -> Option<RelationId> {
        let FactRelation { start, relationship_type, end, place, evidence, properties } = relation;
        let id = RelationId(u32::try_from(self.rows.len()).ok()?);
        let named = self.type_index(relationship_type);
        // A line that states several relations is kept once.
        let last = self.rows.last().map(|row| row.evidence);
        let evidence = match last.filter(|(from, to)| self.text[*from as usize..*to as usize] == *evidence) {
            Some(same) => same,
            None => {
                let from = u32::try_from(self.text.len()).ok()?;
                let to = u32::try_from(self.text.len() + evidence.len()).ok()?;
                self.text.push_str(evidence);
                (from, to)
            }
        };
        self.rows.push(Row { start, end, place, named, evidence, properties: None });
        if !properties.is_empty() {
            self.properties_mut(id)?.extend_from_slice(properties);
        }
        Some(id)
    }

    fn type_index(&mut self, name: &Word) -> u32 {
        // The relations of a file have few types, and mostly that of the one before.
        let last = self.rows.last().map(|row| row.named).filter(|last| self.types[*last as usize] == *name);
        let known = || self.types.iter().position(|known| known == name).map(|at| at as u32);
        last.or_else(known).unwrap_or_else(|| {
            self.types.push(name.clone());
            self.types.len() as u32 - 1
        })
    }

    /// The properties of a relation; `None` if there are more than 32-bit ids.
    pub(super) fn properties_mut(&mut self, relation: RelationId) -> Option<&mut Vec<(Word, Value)>> {
        let row = &mut self.rows[relation.index()];
        let at = match row.properties {
            Some(at) => at,
            None => {
                let at = NonMax::new(self.properties.len())?;
                self.properties.push(Vec::new());
                *row.properties.insert(at)
            }
        };
        self.properties.get_mut(at.index())
    }

    /// Adds those of other files, whose things and files come after so many others.
    pub(super) fn absorb(&mut self, other: Relations, things: u32, files: u32) -> Option<()> {
        let text = u32::try_from(self.text.len()).ok()?;
        u32::try_from(self.text.len() + other.text.len()).ok()?;
        u32::try_from(self.rows.len() + other.rows.len()).ok()?;
        let properties = self.properties.len();
        let types: Vec<u32> = other.types.iter().map(|name| self.type_index(name)).collect();
        self.rows.reserve(other.rows.len());
        for row in other.rows {
            let properties = match row.properties {
                None => None,
                Some(at) => Some(NonMax::new(at.index() + properties)?),
            };
            let moved = |thing: ThingId| ThingId(thing.0 + things);
            self.rows.push(Row {
                start: moved(row.start),
                end: moved(row.end),
                place: FactPlace { file: row.place.file + files, ..row.place },
                named: types[row.named as usize],
                evidence: (row.evidence.0 + text, row.evidence.1 + text),
                properties,
            });
        }
        self.text.push_str(&other.text);
        self.properties.extend(other.properties);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: u32) -> FactPlace {
        FactPlace { file: 0, line }
    }

    #[test]
    fn relations_come_back_as_stated() {
        let (needs, uses) = (Word::from("NEEDS"), Word::from("USES"));
        let weight = [(Word::from("weight"), Value::Integer(3))];
        let stated = [
            FactRelation {
                start: ThingId(0),
                relationship_type: &needs,
                end: ThingId(1),
                place: place(1),
                evidence: "a: b, c",
                properties: &[],
            },
            FactRelation {
                start: ThingId(0),
                relationship_type: &uses,
                end: ThingId(2),
                place: place(1),
                evidence: "a: b, c",
                properties: &weight,
            },
            FactRelation {
                start: ThingId(1),
                relationship_type: &needs,
                end: ThingId(2),
                place: place(2),
                evidence: "",
                properties: &[],
            },
        ];
        let mut relations = Relations::default();
        for relation in stated {
            relations.add(relation).expect("they are few");
        }
        assert_eq!(relations.iter().collect::<Vec<_>>(), stated);
        assert_eq!(relations.text, "a: b, c", "one line, kept once");
        assert_eq!(size_of::<Row>(), 32);

        let mut both = relations.clone();
        both.absorb(relations.clone(), 10, 1).expect("they are few");
        let moved: Vec<_> = both.iter().skip(3).collect();
        for (moved, stated) in std::iter::zip(moved, stated) {
            assert_eq!((moved.start.0, moved.end.0), (stated.start.0 + 10, stated.end.0 + 10));
            assert_eq!((moved.place.file, moved.place.line), (1, stated.place.line));
            assert_eq!((moved.evidence, moved.properties), (stated.evidence, stated.properties));
            assert_eq!(moved.relationship_type, stated.relationship_type);
        }
    }

    #[test]
    fn properties_are_added_later() {
        let mut relations = Relations::default();
        let needs = Word::from("NEEDS");
        for end in 1..3 {
            let relation = FactRelation {
                start: ThingId(0),
                relationship_type: &needs,
                end: ThingId(end),
                place: place(end),
                evidence: "x",
                properties: &[],
            };
            relations.add(relation).expect("they are few");
        }
        relations.properties_mut(RelationId(1)).expect("they are few").push(("kind".into(), Value::from("dev")));
        relations.properties_mut(RelationId(0)).expect("they are few").push(("kind".into(), Value::from("peer")));
        relations.properties_mut(RelationId(1)).expect("they are few").push(("n".into(), Value::Integer(1)));
        let counts: Vec<usize> = relations.iter().map(|relation| relation.properties.len()).collect();
        assert_eq!(counts, [1, 2]);
    }
}
