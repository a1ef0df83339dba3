//! Values by expression, for statements with thousands of columns.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::discriminant;

use hashbrown::HashMap;

use crate::ast::{Expression, ExpressionKind, Literal};

/// How many levels of an expression decide where it is looked for.
const LEVELS: usize = 3;

/// Values by expression. If several are given for one expression, the first counts.
pub(super) struct ByExpression<T> {
    entries: Vec<(Expression, T)>,
    /// Places of the expressions that look alike at a glance.
    places: HashMap<u64, Vec<usize>>,
}

impl<T> ByExpression<T> {
    pub fn insert(&mut self, expression: Expression, value: T) {
        self.places.entry(glance(&expression)).or_default().push(self.entries.len());
        self.entries.push((expression, value));
    }

    pub fn get(&self, expression: &Expression) -> Option<&T> {
        let places = self.places.get(&glance(expression))?.iter();
        places.map(|at| &self.entries[*at]).find(|(known, _)| known == expression).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Expression, &T)> {
        self.entries.iter().map(|(expression, value)| (expression, value))
    }

    /// In the order given.
    pub fn into_values(self) -> impl Iterator<Item = T> {
        self.entries.into_iter().map(|(_, value)| value)
    }
}

impl<T> Default for ByExpression<T> {
    fn default() -> ByExpression<T> {
        ByExpression { entries: Vec::new(), places: HashMap::new() }
    }
}

impl<T> FromIterator<(Expression, T)> for ByExpression<T> {
    fn from_iter<I: IntoIterator<Item = (Expression, T)>>(entries: I) -> ByExpression<T> {
        let mut all = ByExpression::default();
        entries.into_iter().for_each(|(expression, value)| all.insert(expression, value));
        all
    }
}

/// A hash of the upper levels: the same for equal expressions.
fn glance(expression: &Expression) -> u64 {
    let mut hasher = DefaultHasher::new();
    look(expression, LEVELS, &mut hasher);
    hasher.finish()
}

fn look(expression: &Expression, levels: usize, hasher: &mut DefaultHasher) {
    discriminant(&expression.kind).hash(hasher);
    match &expression.kind {
        ExpressionKind::Variable(name) | ExpressionKind::Parameter(name) => name.hash(hasher),
        ExpressionKind::Property { base: _, key } => key.text.hash(hasher),
        ExpressionKind::Call { function, .. } => function.text.hash(hasher),
        ExpressionKind::Literal(Literal::Integer(number)) => number.hash(hasher),
        ExpressionKind::Literal(Literal::String(text)) => text.hash(hasher),
        // What is left out here tells fewer apart.
        _ => {}
    }
    if levels > 0 {
        expression.each_child(&mut |child| look(child, levels - 1, hasher));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::parse_expression;

    #[test]
    fn expressions_are_found_by_what_they_say() {
        let texts = ["n.a", "n.b", "count(n.a)", "count(DISTINCT n.a)", "1 + 2 * (3 + 4 * 5)", "1 + 2 * (3 + 4 * 6)"];
        let parsed = |text: &str| parse_expression(text).unwrap();
        let all: ByExpression<usize> = texts.iter().enumerate().map(|(at, text)| (parsed(text), at)).collect();
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(all.get(&parsed(&format!(" {text} "))), Some(&at), "{text}");
        }
        assert_eq!(all.get(&parsed("m.a")), None);
    }

    #[test]
    fn the_first_value_of_an_expression_counts() {
        let parsed = || parse_expression("n.a").unwrap();
        let all: ByExpression<usize> = [(parsed(), 1), (parsed(), 2)].into_iter().collect();
        assert_eq!(all.get(&parsed()), Some(&1));
        assert_eq!(all.into_values().collect::<Vec<_>>(), [1, 2]);
    }
}
