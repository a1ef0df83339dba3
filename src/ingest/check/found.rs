//! [`Found`]: the findings of a rule on their way.

use super::super::Finding;
use super::Rule;
use crate::graph::{Entity, Graph};

/// More findings of a rule are counted, not listed: nobody reads them.
const MOST: usize = 1000;

pub(super) struct Found {
    rule: &'static Rule,
    listed: Vec<Finding>,
    more: usize,
}

impl Found {
    pub(super) fn new(rule: &'static Rule) -> Found {
        Found { rule, listed: Vec::new(), more: 0 }
    }

    /// Reports what is wrong at a line.
    pub(super) fn at(&mut self, file: &str, line: usize, what: String) {
        self.helped(file, line, what, self.rule.help.to_string());
    }

    /// The same with help of its own.
    pub(super) fn helped(&mut self, file: &str, line: usize, what: String, help: String) {
        if self.listed.len() == MOST {
            self.more += 1;
            return;
        }
        let Rule { name: rule, severity, why, .. } = self.rule;
        self.listed.push(Finding {
            rule,
            severity: *severity,
            file: file.to_string(),
            line: line.max(1),
            column: 1,
            what,
            why: why.to_string(),
            help: Some(help).filter(|help| !help.is_empty()),
            span: 0..0,
        });
    }

    /// Reports what is wrong where a node or relationship of the graph is stated.
    pub(super) fn in_graph(&mut self, graph: &Graph, at: impl Into<Entity> + Copy, what: String) {
        let line = graph.property_by_name(at, "line").as_integer().and_then(|line| usize::try_from(line).ok());
        let file = graph.property_by_name(at, "file");
        self.at(file.as_str().unwrap_or(""), line.unwrap_or(1), what);
    }

    pub(super) fn finish(mut self) -> Vec<Finding> {
        if self.more > 0
            && let Some(last) = self.listed.last().cloned()
        {
            let what = format!("{} more findings of this rule", self.more);
            self.listed.push(Finding { what, why: "they are not listed".into(), help: None, ..last });
        }
        self.listed
    }
}
