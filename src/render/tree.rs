//! Rows in pre-order as a tree; cards and chains in their own form, all other rows field by field.

use std::io::{self, Write};

use super::marks::Marks;
use super::page::{Role, Style};
use super::{card, chain, cuts, layers, outline, value};
use crate::graph::{self, Value};
use crate::result::{QueryResult, Shape};

pub(super) fn write(result: &QueryResult, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match result.shape {
        Shape::Card => card::write(result, style, out),
        Shape::Chain => chain::write(result, style, out),
        Shape::Tree => draw(result, style, out),
        Shape::Layers => layers::write(result, style, out),
        Shape::Cuts => cuts::write(result, style, out),
        Shape::Table => outline::write(result, style, out),
    }
}

fn draw(result: &QueryResult, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let fields = Fields::of(result);
    let (Some(depth), Some(term)) = (fields.at("depth"), fields.at("term")) else {
        return outline::write(result, style, out);
    };
    let depths: Vec<usize> = result.rows.iter().map(|row| depth_of(&row[depth])).collect();
    let last = last_siblings(&depths);
    let marks = Marks::of(&fields);
    let failures = result.rows.first().is_some_and(|row| marks.tell_of_failures(row));
    // For each level above the row, from 1, whether its line goes on below.
    let mut open: Vec<bool> = Vec::new();
    for (at, row) in result.rows.iter().enumerate() {
        let level = depths[at];
        open.resize(level.saturating_sub(1), false);
        let mut lines: String = open.iter().map(|open| if *open { "│  " } else { "   " }).collect();
        if level > 0 {
            lines.push_str(if last[at] { "└─ " } else { "├─ " });
            open.push(!last[at]);
        }
        let name = value::name(&row[term], &*result.entities);
        write!(out, "{}", style.paint(Role::Quiet, &lines))?;
        if let Some(relation) = fields.text(row, "relation") {
            write!(out, "{} → ", style.paint(fields.relation_role(row), &relation))?;
        }
        write!(out, "{}", style.paint(Role::Term, &name))?;
        write!(out, "{}", style.paint(Role::Quiet, &marks.properties(row)))?;
        if let Some((mark, role)) = marks.in_tree(row, failures) {
            write!(out, " {}", style.paint(role, &mark))?;
        }
        if marks.is_repeated(row) {
            write!(out, " {}", style.paint(Role::Quiet, "(*)"))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn depth_of(value: &Value) -> usize {
    value.as_integer().and_then(|depth| usize::try_from(depth).ok()).unwrap_or(0)
}

/// For each row in pre-order, whether no later row hangs from the same parent.
fn last_siblings(depths: &[usize]) -> Vec<bool> {
    let mut last = vec![true; depths.len()];
    // Which levels have a row further down before the tree rises above them.
    let mut more: Vec<bool> = Vec::new();
    for (at, &depth) in depths.iter().enumerate().rev() {
        more.resize(depth + 1, false);
        last[at] = !more[depth];
        more[depth] = true;
    }
    last
}

/// Finds columns by name.
pub(super) struct Fields<'a> {
    result: &'a QueryResult,
}

impl<'a> Fields<'a> {
    pub(super) fn of(result: &'a QueryResult) -> Fields<'a> {
        Fields { result }
    }

    pub(super) fn at(&self, column: &str) -> Option<usize> {
        self.result.columns.iter().position(|name| name == column)
    }

    pub(super) fn value<'r>(&self, row: &'r [Value], column: &str) -> Option<&'r Value> {
        self.at(column).map(|at| &row[at]).filter(|value| !value.is_null())
    }

    /// The field's text; `None` if it is missing, null or empty.
    pub(super) fn text(&self, row: &[Value], column: &str) -> Option<String> {
        self.value(row, column).map(|v| value::name(v, &*self.result.entities)).filter(|text| !text.is_empty())
    }

    pub(super) fn name(&self, value: &Value) -> String {
        value::name(value, &*self.result.entities)
    }

    /// The role of the row's relation, by its type where the row has its relationship.
    pub(super) fn relation_role(&self, row: &[Value]) -> Role {
        match self.value(row, "relationship") {
            Some(Value::Relationship(id)) => self
                .result
                .entities
                .relationship_of(*id)
                .map_or(Role::Relation, |found| Role::RelationOf(found.relationship_type)),
            _ => Role::Relation,
        }
    }

    /// The confidence of the row's relation where it is doubtful.
    pub(super) fn doubt(&self, row: &[Value]) -> Option<f64> {
        let Some(Value::Relationship(id)) = self.value(row, "relationship") else { return None };
        graph::doubt(&*self.result.entities, *id)
    }

    /// Evidence and source of a row as one sentence.
    pub(super) fn evidence(&self, row: &[Value]) -> Option<String> {
        match (self.text(row, "evidence"), self.text(row, "source")) {
            (Some(evidence), Some(source)) => Some(format!("{evidence} [{source}]")),
            (evidence, source) => evidence.or(source.map(|source| format!("[{source}]"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{painted, rendered, result};

    fn tree(rows: &[(i64, &str, &str, bool)], root: Option<&str>) -> QueryResult {
        let columns = ["depth", "term", "relation", "parent", "repeated", "effect"];
        let rows = rows.iter().map(|(depth, term, relation, repeated)| {
            let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
            let effect = match depth {
                0 => root.unwrap_or(""),
                2 => "degrades",
                _ => "fails",
            };
            vec![(*depth).into(), (*term).into(), text(relation), Value::Null, (*repeated).into(), text(effect)]
        });
        result(Shape::Tree, &columns, rows.collect())
    }

    #[test]
    fn branches() {
        let rows = [
            (0, "Database", "", false),
            (1, "Identity", "uses", false),
            (2, "MariaDB", "stores data in", false),
            (3, "disk", "needs", false),
            (2, "memcached", "uses", false),
            (1, "Compute", "uses", true),
            (0, "Other", "", false),
        ];
        let expected = "\
Database [fails]
├─ uses → Identity [fails]
│  ├─ stores data in → MariaDB [degrades]
│  │  └─ needs → disk [fails]
│  └─ uses → memcached [degrades]
└─ uses → Compute [fails] (*)
Other [fails]
";
        assert_eq!(rendered("tree", &tree(&rows, Some("fails")), None), expected);
    }

    #[test]
    fn a_tree_that_is_cut_still_closes_its_branches() {
        let rows = [(0, "a", "", false), (1, "b", "r", false), (2, "c", "r", false)];
        assert_eq!(rendered("tree", &tree(&rows, None), None), "a\n└─ r → b\n   └─ r → c [degrades without]\n");
    }

    #[test]
    fn relations_have_the_colour_of_their_type() {
        let (_, nodes, relationships) = crate::render::testing::small();
        let row = |depth: i64, relation: Value, relationship: Value| {
            vec![Value::from(depth), Value::Node(nodes[0]), relation, relationship]
        };
        let of = |at: usize| row(1, Value::from("r"), Value::Relationship(relationships[at]));
        let rows = vec![row(0, Value::Null, Value::Null), of(0), of(1), of(0)];
        let result = result(Shape::Tree, &["depth", "term", "relation", "relationship"], rows);
        assert!(!rendered("tree", &result, None).contains('\u{1b}'));
        let coloured = painted("tree", &result);
        let colours: Vec<&str> = coloured.lines().skip(1).filter_map(|line| line.split("r\u{1b}").next()).collect();
        let colour = |at: usize| colours[at].rsplit('\u{1b}').next();
        assert_eq!(colour(0), colour(2));
        assert_ne!(colour(0), colour(1));
    }

    #[test]
    fn a_node_is_its_name() {
        let (_, nodes, _) = crate::render::testing::small();
        let row = vec![Value::Integer(0), Value::Node(nodes[0])];
        assert_eq!(rendered("tree", &result(Shape::Tree, &["depth", "term"], vec![row]), None), "Compute\n");
    }
}
