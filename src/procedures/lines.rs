//! [`Lines`]: the lines of a tree as columns.

use super::choices::Choices;
use super::notes::{Grounds, effect_name, shown};
use crate::diagnostic::Diagnostic;
use crate::graph::{Effect, Hop, KeyId, Value};
use crate::result::{Column, Rows};
use crate::trace::{TreeRow, Ways};

/// The columns of `trace.deps` and `trace.impact`, in their order.
pub(super) struct Lines<'a> {
    ways: &'a Ways<'a>,
    grounds: &'a Grounds<'a>,
    depths: Vec<i64>,
    terms: Vec<u32>,
    /// How the relations read: null, each type along and against its arrow, then the ways through hidden terms.
    phrases: Vec<Value>,
    relations: Vec<u32>,
    parents: Vec<u32>,
    repeated: Vec<bool>,
    effects: Vec<u32>,
    /// Empty as long as they are the effects in all.
    hop_effects: Vec<u32>,
    relationships: Vec<u32>,
    choices: Choices<'a>,
    /// The alternatives of each line, if there may be any.
    one_of: Option<Vec<Value>>,
    /// Which properties of relations are shown, and those of each line.
    showing: &'a [KeyId],
    properties: Vec<Value>,
    /// Evidence and sources, if there are any.
    said: Option<[Vec<Value>; 2]>,
    chains: Vec<i64>,
    support_ends: Vec<u32>,
    supports: Vec<u32>,
}

impl<'a> Lines<'a> {
    pub fn with_capacity(
        lines: usize,
        ways: &'a Ways<'a>,
        grounds: &'a Grounds<'a>,
        choices: Choices<'a>,
        showing: &'a [KeyId],
    ) -> Lines<'a> {
        let phrases = ways.phrases().map(|phrase| Value::String(phrase.clone()));
        let said = || [Vec::with_capacity(lines), Vec::with_capacity(lines)];
        Lines {
            ways,
            grounds,
            depths: Vec::with_capacity(lines),
            terms: Vec::with_capacity(lines),
            phrases: std::iter::once(Value::Null).chain(phrases).collect(),
            relations: Vec::with_capacity(lines),
            parents: Vec::with_capacity(lines),
            repeated: Vec::with_capacity(lines),
            effects: Vec::with_capacity(lines),
            hop_effects: Vec::new(),
            one_of: (!choices.are_none()).then(|| Vec::with_capacity(lines)),
            choices,
            showing,
            properties: Vec::new(),
            relationships: Vec::with_capacity(lines),
            said: (!grounds.are_silent()).then(said),
            chains: Vec::with_capacity(lines),
            support_ends: Vec::with_capacity(lines),
            supports: Vec::with_capacity(lines),
        }
    }

    /// What the lack of all alternatives to a row's term does; `None` if its hop is no choice.
    #[inline]
    pub fn effect_of_choice(&mut self, row: &TreeRow) -> Result<Option<Effect>, Diagnostic> {
        match row.hop.filter(|_| self.one_of.is_some() && row.support.is_none()) {
            Some(hop) => Ok(self.choices.choice(&hop)?.map(|choice| choice.effect)),
            None => Ok(None),
        }
    }

    /// Makes room for effects of hops that differ from those in all.
    pub fn with_hop_effects(mut self) -> Lines<'a> {
        self.hop_effects.reserve(self.effects.capacity());
        self
    }

    /// Adds the effect of a hop alone, for each line or for none.
    #[inline]
    pub fn push_hop_effect(&mut self, effect: Option<Effect>) {
        self.hop_effects.push(place_of(effect));
    }

    /// Adds a line with its effect in all; `read` says how a way through hidden terms
    /// reads.
    pub fn push(
        &mut self,
        row: &TreeRow,
        effect: Option<Effect>,
        support: Option<&[Hop]>,
        read: impl Fn(&[Hop]) -> Value,
    ) -> Result<(), Diagnostic> {
        self.depths.push(row.depth as i64);
        self.terms.push(row.node.index() as u32);
        self.parents.push(row.hop.map_or(Column::NULL, |hop| hop.source.index() as u32));
        self.repeated.push(row.repeated);
        self.effects.push(place_of(effect));
        self.chains.push(capped(row.chains));
        let (mut relation, mut relationship) = (0, Column::NULL);
        match (support, row.hop) {
            (Some(support), _) => {
                relation = self.phrases.len();
                self.phrases.push(read(support));
                self.supports.extend(support.iter().map(|hop| hop.relationship.index() as u32));
            }
            (None, Some(hop)) => {
                relation = 1 + self.ways.phrase_place(&hop);
                relationship = hop.relationship.index() as u32;
                self.supports.push(relationship);
            }
            (None, None) => {}
        }
        self.relations.push(relation as u32);
        self.relationships.push(relationship);
        self.support_ends.push(self.supports.len() as u32);
        if let Some([evidence, sources]) = &mut self.said {
            let (said, source) = match (support, row.hop) {
                (Some(support), _) => self.grounds.joined(support),
                (None, Some(hop)) => self.grounds.get(hop.relationship),
                (None, None) => (Value::Null, Value::Null),
            };
            evidence.push(said);
            sources.push(source);
        }
        match self.one_of.is_some() || !self.showing.is_empty() {
            true => self.push_asides(row.hop.filter(|_| support.is_none())),
            false => Ok(()),
        }
    }

    /// Adds what is said besides of a line: the properties of its hop that are shown, and the alternatives to it.
    #[cold]
    fn push_asides(&mut self, direct: Option<Hop>) -> Result<(), Diagnostic> {
        if !self.showing.is_empty() {
            let graph = self.ways.graph();
            self.properties.push(direct.map_or(Value::Null, |hop| shown(graph, &hop, self.showing)));
        }
        if let Some(one_of) = &mut self.one_of {
            one_of.push(direct.map_or(Ok(Value::Null), |hop| self.choices.one_of(&hop))?);
        }
        Ok(())
    }

    /// The lines, and the choices among them.
    pub fn into_rows(self) -> (Rows, Choices<'a>) {
        let hop_effects = if self.hop_effects.is_empty() { self.effects.clone() } else { self.hop_effects };
        let [evidence, sources] = match self.said {
            Some(said) => said.map(Column::Values),
            None => [Column::Same(Value::Null), Column::Same(Value::Null)],
        };
        let columns = vec![
            Column::Integers(self.depths),
            Column::Nodes(self.terms),
            Column::OneOf { values: self.phrases, places: self.relations },
            Column::Nodes(self.parents),
            Column::Booleans(self.repeated),
            Column::OneOf { values: effect_names(), places: self.effects },
            Column::Relationships(self.relationships),
            evidence,
            sources,
            Column::Integers(self.chains),
            Column::RelationshipLists { ends: self.support_ends, numbers: self.supports },
            Column::OneOf { values: effect_names(), places: hop_effects },
            self.one_of.map_or(Column::Same(Value::Null), Column::Values),
            if self.showing.is_empty() { Column::Same(Value::Null) } else { Column::Values(self.properties) },
        ];
        (Rows::of(columns[0].rows().unwrap_or_default(), columns), self.choices)
    }
}

/// Null and the names of effects: what a column of effects chooses from.
pub(super) fn effect_names() -> Vec<Value> {
    let name = |effect| Value::from(effect_name(effect));
    vec![Value::Null, name(Effect::Degrades), name(Effect::Fails)]
}

/// The place of an effect among [`effect_names`].
pub(super) fn place_of(effect: Option<Effect>) -> u32 {
    match effect {
        None => 0,
        Some(Effect::Degrades) => 1,
        Some(Effect::Fails) => 2,
    }
}

/// A number that may be beyond what an integer holds.
pub(super) fn capped(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
