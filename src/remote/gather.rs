//! Bringing over the part of a graph that a statement needs: a frontier a round, each one hop further.

use std::collections::BTreeSet;

use super::names;
use super::need::{Along, Goal, Need};
use super::picture::{Id, Picture};
use super::reader::{Reader, Types, Way};
use super::schema::{Followed, RemoteSchema};
use crate::diagnostic::Diagnostic;
use crate::graph::{ANY_OF, HUB};

/// FIND searches all of a graph that has at most this number of nodes.
const SEARCHED: usize = 100_000;
/// What has come over.
pub(super) struct Gathered {
    pub(super) picture: Picture,
    /// Every relation that the statement may walk has come, so that what it says of the whole is true.
    pub(super) is_whole: bool,
}

/// Brings over what these needs name.
pub(super) fn gather(reader: &mut Reader, needs: &[Need], schema: &RemoteSchema) -> Result<Gathered, Diagnostic> {
    let mut gathered = Gathered { picture: Picture::default(), is_whole: false };
    if needs.contains(&Need::Whole) {
        gathered.all(reader, &Types::All)?;
        return Ok(gathered);
    }
    if needs.contains(&Need::Net) {
        // What orders is more than what carries failures; where they differ, the words see by the types' meanings.
        let followed = schema.followed(Along::Starts);
        let named = [followed.out, followed.back].into_iter().flat_map(|types| match types {
            Types::Named(names) => names,
            Types::All => Vec::new(),
        });
        let types: BTreeSet<String> = named.collect();
        gathered.all(reader, &Types::Named(types.into_iter().collect()))?;
        return Ok(gathered);
    }
    for need in needs {
        gathered.bring(reader, need, schema)?;
    }
    reader.complete(&mut gathered.picture)?;
    Ok(gathered)
}

impl Gathered {
    fn all(&mut self, reader: &mut Reader, types: &Types) -> Result<(), Diagnostic> {
        self.is_whole = true;
        reader.every_node(&mut self.picture)?;
        reader.every_relation(&mut self.picture, types)?;
        // What has been created meanwhile.
        reader.complete(&mut self.picture)
    }

    fn bring(&mut self, reader: &mut Reader, need: &Need, schema: &RemoteSchema) -> Result<(), Diagnostic> {
        match need {
            Need::Schema | Need::Net | Need::Whole => Ok(()),
            Need::Names(texts) => self.find(reader, texts, schema).map(drop),
            Need::Around(texts) => self.around(reader, texts, schema),
            Need::Search(_) if schema.nodes <= SEARCHED => reader.every_node(&mut self.picture),
            Need::Search(text) => names::search(reader, &mut self.picture, schema, text),
            Need::Reached { from, along, to } => {
                let starts = self.find(reader, from, schema)?;
                let followed = schema.followed(*along);
                match to {
                    Goal::End => self.reach(reader, &starts, &followed, &BTreeSet::new())?,
                    Goal::First(to) => {
                        let goals = self.find(reader, to, schema)?;
                        self.reach(reader, &starts, &followed, &goals)?
                    }
                    Goal::AndFrom(to) => {
                        let goals = self.find(reader, to, schema)?;
                        self.reach(reader, &starts, &followed, &BTreeSet::new())?;
                        self.reach(reader, &goals, &followed, &BTreeSet::new())?
                    }
                };
                match *along == Along::Failures && schema.has_key(ANY_OF) {
                    true => self.alternatives(reader, schema),
                    false => Ok(()),
                }
            }
        }
    }

    fn find(
        &mut self,
        reader: &mut Reader,
        texts: &[String],
        schema: &RemoteSchema,
    ) -> Result<BTreeSet<Id>, Diagnostic> {
        names::find(reader, &mut self.picture, schema, texts)
    }

    /// Follows relations until nothing new is reached, or until the round in which one of the goals is.
    fn reach(
        &mut self,
        reader: &mut Reader,
        starts: &BTreeSet<Id>,
        followed: &Followed,
        goals: &BTreeSet<Id>,
    ) -> Result<(), Diagnostic> {
        let mut seen = starts.clone();
        let mut frontier = starts.clone();
        if reader.abilities.reaches
            && goals.is_empty()
            && !starts.is_empty()
            && let Some((way, types)) = followed.one_way()
        {
            frontier.extend(reader.far(starts, way, types)?);
            seen = frontier.clone();
        }
        while !frontier.is_empty() {
            let mut next = reader.hop(&mut self.picture, &frontier, Way::Out, &followed.out)?;
            next.extend(reader.hop(&mut self.picture, &frontier, Way::In, &followed.back)?);
            next.retain(|id| !seen.contains(id));
            if next.iter().any(|id| goals.contains(id)) {
                break;
            }
            seen.extend(next.iter().cloned());
            frontier = next;
        }
        Ok(())
    }

    /// What the victims of a failure could use instead: their needs, one hop.
    fn alternatives(&mut self, reader: &mut Reader, schema: &RemoteSchema) -> Result<(), Diagnostic> {
        let reached: BTreeSet<Id> = self.picture.nodes.keys().cloned().collect();
        let needs = schema.followed(Along::Needs);
        reader.hop(&mut self.picture, &reached, Way::Out, &needs.out)?;
        reader.hop(&mut self.picture, &reached, Way::In, &needs.back).map(drop)
    }

    /// Terms with their relations; those of a hub with the relations of the other ends, by which they are ranked.
    fn around(&mut self, reader: &mut Reader, texts: &[String], schema: &RemoteSchema) -> Result<(), Diagnostic> {
        let terms = self.find(reader, texts, schema)?;
        let mut others = reader.hop(&mut self.picture, &terms, Way::Out, &Types::All)?;
        others.extend(reader.hop(&mut self.picture, &terms, Way::In, &Types::All)?);
        if self.picture.relations.len() > HUB {
            reader.hop(&mut self.picture, &others, Way::Out, &Types::All)?;
            reader.hop(&mut self.picture, &others, Way::In, &Types::All)?;
        }
        Ok(())
    }
}
