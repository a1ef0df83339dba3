//! A graph as Graphviz holds it (lib/cgraph): nodes and edges with the defaults of the place where they were made.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::lexer::Text;
use super::{Problem, Sheet};

/// Attributes in the order first set; the last value counts.
pub(super) type Attributes<'t> = Vec<(Cow<'t, str>, Text<'t>)>;

#[derive(Debug)]
pub(super) struct Node<'t> {
    pub id: Cow<'t, str>,
    /// Where it is first named.
    pub at: usize,
    pub attributes: Attributes<'t>,
}

#[derive(Debug)]
pub(super) struct Edge<'t> {
    pub tail: u32,
    pub head: u32,
    /// The statement.
    pub at: Range<usize>,
    pub attributes: Attributes<'t>,
}

/// A graph or subgraph; the first is the whole.
#[derive(Debug, Default)]
pub(super) struct Group<'t> {
    pub name: Option<Cow<'t, str>>,
    pub parent: Option<u32>,
    pub at: usize,
    /// What is set of the group itself.
    pub attributes: Attributes<'t>,
    /// The nodes named in it, with the place: not those of groups inside it.
    pub own: Vec<(u32, usize)>,
    /// All nodes in it.
    members: HashSet<u32>,
    node_defaults: Attributes<'t>,
    edge_defaults: Attributes<'t>,
}

#[derive(Debug)]
pub(super) struct Graph<'t> {
    pub is_strict: bool,
    pub is_directed: bool,
    pub nodes: Vec<Node<'t>>,
    pub edges: Vec<Edge<'t>>,
    pub groups: Vec<Group<'t>>,
    numbers: HashMap<Cow<'t, str>, u32>,
    /// Subgraphs by parent and name.
    named: HashMap<(u32, Cow<'t, str>), u32>,
    /// Edges that another statement may mean: by ends, and by key unless the graph is strict.
    known: HashMap<(u32, u32, Option<Cow<'t, str>>), u32>,
}

/// More attributes than this on one thing are data in the wrong place.
const MOST_ATTRIBUTES: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Node,
    Edge,
}

/// Sets an attribute, of which one thing has no more than a thousand.
pub(super) fn put<'t>(attributes: &mut Attributes<'t>, key: Cow<'t, str>, value: &Text<'t>) -> Result<(), Problem> {
    if let Some((_, old)) = attributes.iter_mut().find(|(known, _)| *known == key) {
        *old = value.clone();
        return Ok(());
    }
    if attributes.len() == MOST_ATTRIBUTES {
        return Err(Problem::at(0, format!("something has more than {MOST_ATTRIBUTES} attributes")));
    }
    attributes.push((key, value.clone()));
    Ok(())
}

pub(super) fn get<'a, 't>(attributes: &'a Attributes<'t>, key: &str) -> Option<&'a Text<'t>> {
    attributes.iter().find(|(known, _)| known == key).map(|(_, value)| value)
}

impl<'t> Graph<'t> {
    pub(super) fn new(is_strict: bool, is_directed: bool, name: Option<Cow<'t, str>>, at: usize) -> Graph<'t> {
        let root = Group { name, at, ..Group::default() };
        Graph {
            is_strict,
            is_directed,
            nodes: Vec::new(),
            edges: Vec::new(),
            groups: vec![root],
            numbers: HashMap::new(),
            named: HashMap::new(),
            known: HashMap::new(),
        }
    }

    pub(super) fn name(&self) -> &str {
        self.groups[0].name.as_deref().unwrap_or_default()
    }

    /// Opens a subgraph; one of a name in the same group is opened again.
    pub(super) fn open(
        &mut self,
        parent: u32,
        name: Option<Cow<'t, str>>,
        at: usize,
        sheet: &Sheet,
    ) -> Result<u32, Problem> {
        if let Some(name) = &name
            && let Some(group) = self.named.get(&(parent, name.clone()))
        {
            return Ok(*group);
        }
        sheet.charge(size_of::<Group>() + 64)?;
        let group = number(self.groups.len())?;
        if let Some(name) = &name {
            self.named.insert((parent, name.clone()), group);
        }
        self.groups.push(Group { name, parent: Some(parent), at, ..Group::default() });
        Ok(group)
    }

    /// The node of an id, which is made with the defaults of the group when first named; the group has it then.
    pub(super) fn node(&mut self, group: u32, id: Cow<'t, str>, at: usize, sheet: &Sheet) -> Result<u32, Problem> {
        sheet.tick()?;
        let node = match self.numbers.get(&id) {
            Some(node) => *node,
            None => {
                let node = number(self.nodes.len())?;
                let attributes = self.defaults(group, Of::Node, sheet)?;
                sheet.charge(size_of::<Node>() + 2 * id.len() + 64)?;
                self.nodes.push(Node { id: id.clone(), at, attributes });
                self.numbers.insert(id, node);
                node
            }
        };
        self.join(group, node, at, sheet)?;
        Ok(node)
    }

    /// What is in a group is in those around it.
    fn join(&mut self, group: u32, node: u32, at: usize, sheet: &Sheet) -> Result<(), Problem> {
        if group == 0 {
            return Ok(());
        }
        let own = &mut self.groups[group as usize];
        if own.own.last().is_none_or(|(last, _)| *last != node) {
            sheet.charge(size_of::<(u32, usize)>())?;
            own.own.push((node, at));
        }
        let mut around = group;
        while around != 0 && self.groups[around as usize].members.insert(node) {
            sheet.tick()?;
            sheet.charge(8)?;
            around = self.groups[around as usize].parent.unwrap_or(0);
        }
        Ok(())
    }

    /// The nodes of a group in the order in which they were made.
    pub(super) fn members(&self, group: u32) -> Vec<u32> {
        let mut members: Vec<u32> = self.groups[group as usize].members.iter().copied().collect();
        members.sort_unstable();
        members
    }

    /// The groups around one, from the inside, without the whole.
    pub(super) fn around(&self, group: u32) -> impl Iterator<Item = u32> + '_ {
        let outer = |group: &u32| self.groups[*group as usize].parent;
        std::iter::successors(Some(group), outer).take_while(|group| *group != 0)
    }

    fn defaults(&self, group: u32, of: Of, sheet: &Sheet) -> Result<Attributes<'t>, Problem> {
        let mut chain: Vec<u32> = self.around(group).collect();
        chain.push(0);
        let mut attributes = Attributes::new();
        for group in chain.iter().rev() {
            let group = &self.groups[*group as usize];
            let own = if of == Of::Node { &group.node_defaults } else { &group.edge_defaults };
            for (key, value) in own {
                sheet.tick()?;
                sheet.charge(size_of::<(Cow<str>, Text)>())?;
                put(&mut attributes, key.clone(), value)?;
            }
        }
        Ok(attributes)
    }

    /// Sets defaults for what is made in the group from here on.
    pub(super) fn set_defaults(&mut self, group: u32, of: Of, attributes: &Attributes<'t>) -> Result<(), Problem> {
        let group = &mut self.groups[group as usize];
        let own = if of == Of::Node { &mut group.node_defaults } else { &mut group.edge_defaults };
        set(own, attributes)
    }

    /// The first edge with these ends, in either order if it has no direction, and of the key if one is given.
    fn find(&self, tail: u32, head: u32, key: Option<&Cow<'t, str>>) -> Option<u32> {
        let of = |ends: (u32, u32)| self.known.get(&(ends.0, ends.1, key.cloned())).copied();
        of((tail, head)).or_else(|| if self.is_directed { None } else { of((head, tail)) })
    }

    /// Makes an edge, or finds the one that the statement means: one of the same ends in a strict graph, one with the
    /// same key in any other. `None` if a strict graph has one of another key: Graphviz drops the statement, too. (It
    /// does not look for the ends the other way round then, even in a graph without direction; 2.43.0.)
    pub(super) fn edge(
        &mut self,
        group: u32,
        (tail, head): (u32, u32),
        key: Option<&Cow<'t, str>>,
        at: Range<usize>,
        sheet: &Sheet,
    ) -> Result<Option<u32>, Problem> {
        sheet.tick()?;
        let key = key.cloned();
        if (key.is_some() || self.is_strict)
            && let Some(edge) = self.find(tail, head, key.as_ref())
        {
            return Ok(Some(edge));
        }
        if self.is_strict && self.known.contains_key(&(tail, head, None)) {
            return Ok(None);
        }
        let edge = number(self.edges.len())?;
        let attributes = self.defaults(group, Of::Edge, sheet)?;
        sheet.charge(size_of::<Edge>() + 16)?;
        self.edges.push(Edge { tail, head, at, attributes });
        for key in [key.is_some().then_some(key), self.is_strict.then_some(None)].into_iter().flatten() {
            sheet.charge(64)?;
            self.known.entry((tail, head, key)).or_insert(edge);
        }
        Ok(Some(edge))
    }
}

pub(super) fn set<'t>(own: &mut Attributes<'t>, attributes: &Attributes<'t>) -> Result<(), Problem> {
    attributes.iter().try_for_each(|(key, value)| put(own, key.clone(), value))
}

fn number(length: usize) -> Result<u32, Problem> {
    u32::try_from(length).map_err(|_| Problem::too_many())
}
