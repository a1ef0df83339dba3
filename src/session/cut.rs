//! Which rows of a long answer are shown: breadth before depth.

use std::cmp::Reverse;

use crate::result::{QueryResult, Shape};

/// The rows that are shown of an answer with more.
pub(crate) struct Cut {
    /// By place, in order.
    pub(crate) rows: Vec<usize>,
    /// In a tree: the depth of the nearest rows that are left out.
    pub(crate) depth: Option<usize>,
}

/// At most so many rows: of a tree those nearest to its roots and, of the last level, those that most hangs below; of
/// cards some relations of each kind; else the first.
pub(crate) fn cut(result: &QueryResult, most: usize) -> Cut {
    let levels = match result.shape {
        Shape::Tree => depths(result),
        Shape::Card => places_in_group(result),
        Shape::Table | Shape::Chain | Shape::Layers | Shape::Cuts => None,
    };
    let Some(levels) = levels else { return Cut { rows: (0..most).collect(), depth: None } };
    let below = if result.shape == Shape::Tree { below(&levels) } else { vec![0; levels.len()] };
    let mut rows: Vec<usize> = (0..levels.len()).collect();
    rows.sort_by_key(|row| (levels[*row], Reverse(below[*row])));
    let depth = rows.get(most).map(|row| levels[*row]).filter(|_| result.shape == Shape::Tree);
    rows.truncate(most);
    rows.sort_unstable();
    Cut { rows, depth }
}

/// How many rows hang below each row of a tree in pre-order.
fn below(depths: &[usize]) -> Vec<usize> {
    let mut below = vec![0; depths.len()];
    // The rows from a root to the last one.
    let mut open: Vec<usize> = Vec::new();
    for row in 0..=depths.len() {
        let ends = |above: &usize| depths.get(row).is_none_or(|depth| depths[*above] >= *depth);
        while let Some(above) = open.pop_if(|above| ends(above)) {
            below[above] = row - above - 1;
        }
        open.push(row);
    }
    below
}

fn depths(result: &QueryResult) -> Option<Vec<usize>> {
    let depth = result.columns.iter().position(|column| column == "depth")?;
    let level = |row| result.rows.value(row, depth).as_integer().and_then(|depth| usize::try_from(depth).ok());
    Some((0..result.rows.len()).map(|row| level(row).unwrap_or(0)).collect())
}

/// The place of each row among those of the same term and field.
fn places_in_group(result: &QueryResult) -> Option<Vec<usize>> {
    let at = |name: &str| result.columns.iter().position(|column| column == name);
    let (term, field) = at("term").zip(at("field"))?;
    let mut places = Vec::with_capacity(result.rows.len());
    let mut before = None;
    let mut place = 0;
    for row in 0..result.rows.len() {
        let group = Some((result.rows.value(row, term), result.rows.value(row, field)));
        place = if group == before { place + 1 } else { 0 };
        before = group;
        places.push(place);
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Value;
    use crate::render::testing::result;

    #[test]
    fn the_nearest_rows_of_a_tree() {
        let depths = [0_i64, 1, 2, 3, 1, 2, 2, 1];
        let tree = result(Shape::Tree, &["depth"], depths.iter().map(|depth| vec![Value::from(*depth)]).collect());
        let Cut { rows, depth } = cut(&tree, 6);
        assert_eq!((rows, depth), (vec![0, 1, 2, 4, 5, 7], Some(2)));
        assert_eq!(cut(&tree, 4).depth, Some(2));
        assert_eq!(cut(&tree, 3).rows, [0, 1, 4]);
        assert_eq!(below(&[0, 1, 2, 3, 1, 2, 2, 1, 0, 1]), [7, 2, 1, 0, 2, 0, 0, 0, 1, 0]);
    }

    #[test]
    fn some_of_each_group_of_a_card() {
        let fields = ["name", "uses", "uses", "uses", "is used by", "is used by"];
        let row = |field: &&str| vec![Value::from("t"), Value::from(*field)];
        let card = result(Shape::Card, &["term", "field"], fields.iter().map(row).collect());
        assert_eq!(cut(&card, 4).rows, [0, 1, 2, 4]);
    }

    #[test]
    fn the_first_rows_of_a_table() {
        let table = result(Shape::Table, &["depth"], (0..5i64).rev().map(|n| vec![Value::from(n)]).collect());
        assert_eq!(cut(&table, 2).rows, [0, 1]);
    }
}
