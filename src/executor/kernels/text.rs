//! STARTS WITH, ENDS WITH, CONTAINS and `=~` over vectors.

use super::super::evaluate::text_test;
use super::super::vector::{Data, NULL, Vector};
use super::super::{Result, Run};
use crate::graph::Value;
use crate::plan::TextTest;

pub(super) fn test(test: TextTest, left: &Vector, right: &Vector, len: usize, run: &mut Run) -> Result<Vector> {
    if let (Vector::Each { .. }, Vector::Same(Value::String(pattern))) = (left, right)
        && let Some(Data::Text(codes, dictionary)) = left.flat().as_deref()
    {
        let regex = match test {
            TextTest::Matches => Some(run.patterns.whole(pattern)?),
            _ => None,
        };
        let holds = |text: &str| {
            Ok(match (test, &regex) {
                (TextTest::StartsWith, _) => text.starts_with(&**pattern),
                (TextTest::EndsWith, _) => text.ends_with(&**pattern),
                (TextTest::Contains, _) => text.contains(&**pattern),
                (TextTest::Matches, Some(regex)) => regex.is_match(text)?,
                (TextTest::Matches, None) => false,
            })
        };
        let value = |code: &u32| Ok(*code != NULL && holds(dictionary.get(*code))?);
        let values = codes.iter().map(value).collect::<Result<Vec<bool>>>()?;
        return Ok(Vector::booleans(values, codes.iter().map(|code| *code == NULL).collect()));
    }
    let mut values = Vec::with_capacity(len);
    for row in 0..len {
        values.push(text_test(test, &left.value(row), &right.value(row), run)?);
    }
    Ok(Vector::of(values))
}
