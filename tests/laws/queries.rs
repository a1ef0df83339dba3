//! Random reading queries, mostly valid, over the graphs of the module beside.

use super::graphs::{LABELS, TYPES};
use crate::support::random::Random;

/// What is known of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Node,
    Relationship,
    /// The relationships of a variable-length pattern.
    Hops,
    Path,
    Number,
    Text,
    /// Any value that is no entity.
    Mixed,
}

/// Writes a query from left to right, knowing which variables are in scope.
pub struct Writer<'r> {
    pub random: &'r mut Random,
    pub scope: Vec<(String, Type)>,
    /// How deep in subqueries.
    pub depth: usize,
    named: usize,
    /// How many relationships may still be drawn: small graphs have very many matches of large patterns.
    hops: usize,
}

/// A node as drawn, so that what it asks for can be said elsewhere.
pub struct NodeText {
    pub variable: String,
    pub labels: Vec<&'static str>,
    /// Key and the text of the value.
    pub properties: Vec<(&'static str, String)>,
}

impl NodeText {
    pub fn inline(&self) -> String {
        let labels: String = self.labels.iter().map(|label| format!(":{label}")).collect();
        let entries: Vec<String> = self.properties.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        let properties = if entries.is_empty() { String::new() } else { format!(" {{{}}}", entries.join(", ")) };
        format!("({}{labels}{properties})", self.variable)
    }

    /// The same as conditions.
    pub fn conditions(&self) -> Vec<String> {
        let labels = self.labels.iter().map(|label| format!("{}:{label}", self.variable));
        let properties = self.properties.iter().map(|(key, value)| format!("{}.{key} = {value}", self.variable));
        labels.chain(properties).collect()
    }
}

impl<'r> Writer<'r> {
    pub fn new(random: &'r mut Random) -> Writer<'r> {
        Writer { random, scope: Vec::new(), depth: 0, named: 0, hops: 4 }
    }

    pub fn fresh(&mut self) -> String {
        self.named += 1;
        format!("v{}", self.named)
    }

    /// A variable of the type.
    pub fn variable(&mut self, kind: Type) -> Option<String> {
        let fitting: Vec<&String> = self.scope.iter().filter(|(_, of)| *of == kind).map(|(name, _)| name).collect();
        (!fitting.is_empty()).then(|| (*self.random.pick(&fitting)).clone())
    }

    /// Writes something inside which one more variable is in scope.
    pub fn with(&mut self, name: &str, kind: Type, write: impl FnOnce(&mut Self) -> String) -> String {
        self.scope.push((name.to_string(), kind));
        let text = write(self);
        self.scope.retain(|(other, _)| other != name);
        text
    }

    pub fn label(&mut self) -> &'static str {
        self.random.pick::<&'static str>(LABELS)
    }

    /// `:T|U`, or nothing.
    pub fn kinds(&mut self) -> String {
        match self.random.below(4) {
            0 | 1 => String::new(),
            2 => format!(":{}", self.random.pick(TYPES)),
            _ => format!(":{}|{}", self.random.pick(TYPES), self.random.pick(TYPES)),
        }
    }

    /// A node with a variable, mostly new.
    pub fn node(&mut self) -> NodeText {
        if self.random.one_in(4)
            && let Some(variable) = self.variable(Type::Node)
        {
            return NodeText { variable, labels: vec![], properties: vec![] };
        }
        let labels = if self.random.one_in(5) { vec![self.label()] } else { vec![] };
        let properties = match self.random.below(16) {
            14 => vec![("n", self.random.below(3).to_string())],
            15 => vec![(*self.random.pick(&["v", "s"]), (*self.random.pick(&["'a'", "1", "0.5", "null"])).to_string())],
            _ => vec![],
        };
        NodeText { variable: self.fresh(), labels, properties }
    }

    /// `-[r:T]->` and the variable it brings, if any.
    fn relationship(&mut self) -> (String, Option<(String, Type)>) {
        let kinds = if self.random.one_in(2) { self.kinds() } else { String::new() };
        let directed = self.random.below(3);
        let length = if self.random.one_in(3) {
            let lengths = ["*..2", "*0..2", "*2", "*0..1", "*2..3", "*1..3", "*0..3", "*2", "*1", "*"];
            let length = *self.random.pick(&lengths);
            if directed == 2 && length == "*" { "*1..2" } else { length }
        } else {
            ""
        };
        let variable = (self.random.below(3) > 0).then(|| self.fresh());
        let map = if self.random.one_in(20) { " {n: 1}" } else { "" };
        let inside = format!("{}{kinds}{length}{map}", variable.as_deref().unwrap_or(""));
        let text = match directed {
            0 => format!("-[{inside}]->"),
            1 => format!("<-[{inside}]-"),
            _ => format!("-[{inside}]-"),
        };
        let kind = if length.is_empty() { Type::Relationship } else { Type::Hops };
        (text, variable.map(|variable| (variable, kind)))
    }

    /// A path, perhaps named. What it brings into scope can be spoken of after the whole pattern.
    pub fn path(&mut self, brings: &mut Vec<(String, Type)>) -> String {
        let start = self.node();
        let mut text = start.inline();
        brings.push((start.variable, Type::Node));
        for _ in 0..self.random.below(3).min(self.hops) {
            self.hops -= 1;
            let (relationship, variable) = self.relationship();
            let node = self.node();
            text += &format!("{relationship}{}", node.inline());
            brings.extend(variable);
            brings.push((node.variable, Type::Node));
        }
        if self.random.one_in(5) {
            let name = self.fresh();
            text = format!("{name} = {text}");
            brings.push((name, Type::Path));
        }
        text
    }

    /// The paths of one MATCH, whose variables are in scope afterwards.
    pub fn paths(&mut self, most: usize) -> Vec<String> {
        let mut brings = Vec::new();
        let paths = (0..1 + self.random.below(most)).map(|_| self.path(&mut brings)).collect();
        self.bring(brings);
        paths
    }

    fn bring(&mut self, brings: Vec<(String, Type)>) {
        for (name, kind) in brings {
            if !self.scope.iter().any(|(other, _)| *other == name) {
                self.scope.push((name, kind));
            }
        }
    }

    pub fn match_clause(&mut self) -> String {
        let paths = self.paths(2).join(", ");
        let condition = match self.random.below(12) {
            0..=6 => String::new(),
            7 => format!(" WHERE {}", self.pattern_condition()),
            8 => format!(" WHERE NOT {} OR {}", self.pattern_condition(), self.condition(1)),
            _ => format!(" WHERE {}", self.condition(2)),
        };
        format!("MATCH {paths}{condition}")
    }

    fn unwind(&mut self) -> String {
        let list = self.list(1);
        let variable = self.fresh();
        let text = format!("UNWIND {list} AS {variable}");
        self.scope.push((variable, Type::Mixed));
        text
    }

    /// A subquery, for each row, of a node or of nothing.
    fn call(&mut self) -> String {
        let outer = std::mem::take(&mut self.scope);
        let nodes: Vec<(String, Type)> =
            outer.iter().filter(|(_, kind)| *kind == Type::Node).take(1).cloned().collect();
        self.scope = if self.random.one_in(2) { nodes } else { vec![] };
        let imported = self.scope.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(", ");
        let clause = self.match_clause();
        let (number, count) = (self.number(1), self.random.one_in(3));
        let (number_name, count_name) = (self.fresh(), self.fresh());
        self.scope = outer;
        self.scope.push((number_name.clone(), Type::Number));
        let returned = match count {
            true => {
                self.scope.push((count_name.clone(), Type::Number));
                format!("max({number}) AS {number_name}, count(*) AS {count_name}")
            }
            false => format!("{number} AS {number_name}"),
        };
        format!("CALL ({imported}) {{ {clause} RETURN {returned} }}")
    }

    /// WITH: some variables as they are, renamed or aggregated over.
    fn with_clause(&mut self) -> String {
        let mut items = Vec::new();
        let mut scope = Vec::new();
        for (name, kind) in std::mem::take(&mut self.scope) {
            match self.random.below(4) {
                0 | 1 => {
                    items.push(name.clone());
                    scope.push((name, kind));
                }
                2 => {
                    let alias = self.fresh();
                    items.push(format!("{name} AS {alias}"));
                    scope.push((alias, kind));
                }
                _ => {
                    if let Some((item, kind)) = self.aggregate(&name, kind) {
                        let alias = self.fresh();
                        items.push(format!("{item} AS {alias}"));
                        scope.push((alias, kind));
                    }
                }
            }
        }
        if items.is_empty() {
            let alias = self.fresh();
            items.push(format!("count(*) AS {alias}"));
            scope.push((alias, Type::Number));
        }
        self.scope = scope;
        let distinct = if self.random.one_in(4) { "DISTINCT " } else { "" };
        let condition = if self.random.one_in(3) { format!(" WHERE {}", self.condition(1)) } else { String::new() };
        format!("WITH {distinct}{}{condition}", items.join(", "))
    }

    /// An aggregate over a variable whose value does not depend on the order of rows.
    fn aggregate(&mut self, name: &str, kind: Type) -> Option<(String, Type)> {
        let distinct = if self.random.one_in(2) { "DISTINCT " } else { "" };
        let property = matches!(kind, Type::Node | Type::Relationship);
        Some(match self.random.below(5) {
            0 | 1 => (format!("count({distinct}{name})"), Type::Number),
            2 if property => (format!("sum({distinct}{name}.n)"), Type::Number),
            3 if property => (format!("{}({distinct}{name}.v)", self.random.pick(&["min", "max"])), Type::Mixed),
            4 if property => (format!("size(collect({distinct}{name}.v))"), Type::Number),
            2 if kind == Type::Number => (format!("sum({name})"), Type::Number),
            3 if kind == Type::Number => (format!("avg({name})"), Type::Mixed),
            _ => return None,
        })
    }

    /// The clauses before RETURN.
    pub fn reading(&mut self) -> Vec<String> {
        let mut clauses = vec![];
        for at in 0..1 + self.random.below(4) {
            clauses.push(match self.random.below(9) {
                8 => self.call(),
                _ if at == 0 && self.random.below(6) < 5 => self.match_clause(),
                0..=2 => self.match_clause(),
                3 | 4 => format!("OPTIONAL {}", self.match_clause()),
                5 => self.unwind(),
                _ if at > 0 => self.with_clause(),
                _ => self.unwind(),
            });
        }
        clauses
    }

    /// Expressions to return, none of which depends on the order of rows.
    pub fn items(&mut self) -> Vec<String> {
        let mut items = Vec::new();
        for (name, kind) in self.scope.clone() {
            match self.random.below(4) {
                0 | 1 => items.push(name),
                2 => items.extend(self.aggregate(&name, kind).map(|(item, _)| item)),
                _ => {}
            }
        }
        if items.is_empty() || self.random.one_in(3) {
            items.push(match self.random.below(4) {
                0 => self.number(1),
                1 => self.text(1),
                2 => self.mixed(),
                _ => self.condition(1),
            });
        }
        items
    }

    /// A whole query: one part, or two joined by UNION.
    pub fn query(&mut self) -> String {
        let first = self.single_query();
        if !self.random.one_in(6) {
            return first;
        }
        self.scope.clear();
        let columns = first.matches(" AS c").count();
        self.hops = 2;
        let clauses = self.reading();
        let items: Vec<String> = (0..columns).map(|at| format!("{} AS c{at}", self.mixed())).collect();
        let union = self.random.pick(&["UNION", "UNION ALL"]);
        format!("{first} {union} {} RETURN {}", clauses.join(" "), items.join(", "))
    }

    fn single_query(&mut self) -> String {
        let clauses = self.reading().join(" ");
        match self.random.below(6) {
            0 => {
                let item = self.scope.iter().find(|(_, kind)| *kind == Type::Node).map(|(name, _)| name.clone());
                let item = item.map_or("1".to_string(), |node| format!("{node}.v"));
                format!("{clauses} WITH {item} AS item ORDER BY item RETURN collect(item) AS c0")
            }
            1 | 2 => {
                let text = self.returned("DISTINCT ");
                format!("{clauses} {text}")
            }
            3 => self.top(clauses),
            _ => {
                let text = self.returned("");
                format!("{clauses} {text}")
            }
        }
    }

    fn returned(&mut self, distinct: &str) -> String {
        let items = self.items();
        let items: Vec<String> = items.iter().enumerate().map(|(at, item)| format!("{item} AS c{at}")).collect();
        format!("RETURN {distinct}{}", items.join(", "))
    }

    /// The first rows in a total order: sorted by all that is returned, none of it an entity, whose order is that of ids.
    fn top(&mut self, clauses: String) -> String {
        let items = [self.number(1), self.mixed(), self.text(0)];
        let returned: Vec<String> = items.iter().enumerate().map(|(at, item)| format!("{item} AS c{at}")).collect();
        let direction = *self.random.pick(&["", " DESC"]);
        let skip = if self.random.one_in(3) { " SKIP 1" } else { "" };
        let limit = if self.random.below(3) > 0 { " LIMIT 2" } else { "" };
        let distinct = if self.random.one_in(4) { "DISTINCT " } else { "" };
        format!(
            "{clauses} RETURN {distinct}{} ORDER BY c0{direction}, c1, c2{direction}{skip}{limit}",
            returned.join(", ")
        )
    }
}
