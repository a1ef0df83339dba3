//! `GET /words/whatif/deps/nova?remove=keystone&add=(nova)-[:USES]->(etcd)`: a word under suppositions.
//!
//! What is removed is a term, or a relation; what is added is a relation, `(term)-[:TYPE]->(term)`. The parts of a relation
//! are taken as they are: no text of an address is parsed as a statement.

use super::problem::Problem;
use super::words::{Parameters, name};
use crate::ast::{Relation, Start, Supposition};

/// The word of the address that comes before another.
pub(super) const WHATIF: &str = "whatif";
pub(super) const REMOVE: &str = "remove";
pub(super) const ADD: &str = "add";

/// What an address supposes.
pub(super) fn suppositions(parameters: &Parameters) -> Result<Vec<Supposition>, Problem> {
    let removed = parameters.all(REMOVE).map(|text| match text.starts_with('(') {
        true => relation(text).map(Supposition::RemoveRelation).ok_or_else(|| not_a_relation(REMOVE, text)),
        false => Ok(Supposition::Remove(Start::Term(name(text)))),
    });
    let added = parameters.all(ADD).map(|text| match relation(text) {
        Some(relation) if relation.relation_type.is_some() => Ok(Supposition::Add(relation)),
        _ => Err(not_a_relation(ADD, text)),
    });
    let all = removed.chain(added).collect::<Result<Vec<_>, _>>()?;
    match all.is_empty() {
        true => Err(Problem::bad_request("nothing is supposed").help("?remove=TERM, or ?add=(TERM)-[:TYPE]->(TERM)")),
        false => Ok(all),
    }
}

fn not_a_relation(parameter: &str, text: &str) -> Problem {
    Problem::bad_request(format!("`{parameter}` is not a relation: {text}")).help("write (TERM)-[:TYPE]->(TERM)")
}

/// `(term)-[:TYPE]->(term)`, or `(term)-[]->(term)`.
fn relation(text: &str) -> Option<Relation> {
    let (start, rest) = text.strip_prefix('(')?.strip_suffix(')')?.split_once(")-[")?;
    let (kind, end) = rest.split_once("]->(")?;
    let relation_type = match kind.trim() {
        "" => None,
        kind => Some(name(kind.strip_prefix(':').map(str::trim).filter(|kind| !kind.is_empty())?)),
    };
    let term = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(|text| Start::Term(name(text)));
    Some(Relation { start: term(start)?, relation_type, end: term(end)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Option<String> {
        let uri: axum::http::Uri = format!("/words/whatif/deps/nova?{query}").parse().expect("an address");
        let all = suppositions(&Parameters::of(&uri)).ok()?;
        Some(
            all.iter()
                .map(|one| format!("{one:?}").split('(').next().unwrap_or_default().to_string())
                .collect::<Vec<_>>()
                .join(" "),
        )
    }

    #[test]
    fn terms_and_relations() {
        assert_eq!(read("remove=keystone&remove=a,b").as_deref(), Some("Remove Remove"));
        assert_eq!(read("add=(a)-[:USES]-%3E(b)&remove=(a)-[]-%3E(b)").as_deref(), Some("RemoveRelation Add"));
        for wrong in
            ["", "add=a", "add=(a)-[]-%3E(b)", "add=(a)-[USES]-%3E(b)", "remove=(a)--(b)", "add=()-[:A]-%3E(b)"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
