//! The walking statements.

use std::fmt::{Display, Formatter, Result};

use super::separated;
use super::text::{Parameter, Quoted, Schema};
use crate::ast::{
    Before, Name, Operand, Relation, SetOperator, Start, Supposition, TraceOption, Walk, WhatIf, WordStatement,
    ends_a_term,
};

impl Display for Walk {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Walk::Word(statement) => statement.fmt(f),
            Walk::Set { left, operator, right } => {
                let operator = match operator {
                    SetOperator::Union => "UNION",
                    SetOperator::Except => "EXCEPT",
                    SetOperator::Intersect => "INTERSECT",
                };
                // They group to the left.
                match &**right {
                    Walk::Set { .. } => write!(f, "{left} {operator} ({right})"),
                    Walk::Word(_) | Walk::Query(_) => write!(f, "{left} {operator} {right}"),
                }
            }
            Walk::Query(query) => write!(f, "({query})"),
        }
    }
}

impl Display for WordStatement {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(self.word.keyword)?;
        for (Operand { before, .. }, starts) in self.word.operands.iter().zip(&self.operands) {
            if starts.is_empty() {
                continue;
            }
            match before {
                Before::Nothing => f.write_str(" ")?,
                Before::Comma => f.write_str(", ")?,
                Before::Keyword(keyword) => write!(f, " {keyword} ")?,
            }
            separated(f, ", ", starts)?;
        }
        self.options.iter().try_for_each(|option| write!(f, " {option}"))
    }
}

impl Display for Start {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Start::Term(term) => Term(&term.text).fmt(f),
            Start::Parameter(name) => write!(f, "${}", Parameter(&name.text)),
            Start::Walk(walk) => match &**walk {
                Walk::Query(_) => walk.fmt(f),
                Walk::Word(_) | Walk::Set { .. } => write!(f, "({walk})"),
            },
        }
    }
}

impl Display for TraceOption {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(&self.kind().keywords().join(" "))?;
        match self {
            TraceOption::All | TraceOption::Ranked | TraceOption::Hard | TraceOption::Each => Ok(()),
            TraceOption::Depth(number) | TraceOption::UpTo(number) => write!(f, " {number}"),
            TraceOption::Confidence(number) => write!(f, " {number:?}"),
            TraceOption::Via(names)
            | TraceOption::Only(names)
            | TraceOption::Hiding(names)
            | TraceOption::Showing(names) => listed(f, names),
            TraceOption::Rollup(names) if names.is_empty() => Ok(()),
            TraceOption::Rollup(names) => listed(f, names),
            TraceOption::Avoiding(starts) => {
                f.write_str(" ")?;
                separated(f, ", ", starts)
            }
            TraceOption::Where(condition) => write!(f, " {condition}"),
        }
    }
}

fn listed(f: &mut Formatter, names: &[Name]) -> Result {
    f.write_str(" ")?;
    separated(f, ", ", names.iter().map(|name| Term(&name.text)))
}

impl Display for WhatIf {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str("WHATIF")?;
        let mut last = "";
        for supposition in &self.suppositions {
            let word = match supposition {
                Supposition::Remove(_) | Supposition::RemoveRelation(_) => "REMOVE",
                Supposition::Add(_) => "ADD",
            };
            if word == last {
                f.write_str(",")?;
            } else {
                write!(f, " {word}")?;
            }
            last = word;
            match supposition {
                Supposition::Remove(start) => write!(f, " {start}")?,
                Supposition::RemoveRelation(relation) | Supposition::Add(relation) => write!(f, " {relation}")?,
            }
        }
        write!(f, " {}", self.body)
    }
}

impl Display for Relation {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "({})-[", self.start)?;
        if let Some(name) = &self.relation_type {
            write!(f, ":{}", Schema(&name.text))?;
        }
        write!(f, "]->({})", self.end)
    }
}

/// A term: bare if it reads back as it is.
struct Term<'a>(&'a str);

impl Display for Term<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match is_bare(self.0) {
            true => f.write_str(self.0),
            false => Quoted(self.0).fmt(f),
        }
    }
}

fn is_bare(term: &str) -> bool {
    let is_word_part = |character: char| character.is_alphanumeric() || "_-.+/#".contains(character);
    let is_bare_word = |word: &str| !word.is_empty() && !ends_a_term(word) && word.chars().all(is_word_part);
    !term.contains("//") && term.split(' ').all(is_bare_word)
}
