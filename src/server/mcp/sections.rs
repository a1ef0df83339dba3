//! The tool `schema`: what the graph is made of, in sections, all of one state of the graph.

use serde_json::{Value as Json, json};

use super::answer::{Answer, Question, envelope};
use super::outcome::Outcome;
use super::values::{Detail, json};
use crate::diagnostic::Diagnostic;
use crate::render;
use crate::result::QueryResult;
use crate::server::{Host, Line};

/// Where a section's rows come from.
const SECTIONS: &[(&str, &str)] = &[
    ("labels", "CALL db.labels()"),
    ("relationshipTypes", "CALL db.relationshipSemantics()"),
    ("connects", "CALL db.schema() YIELD relationshipType, starts, ends"),
    ("propertyKeys", "CALL db.propertyKeys()"),
    ("indexes", "CALL db.indexes()"),
    ("constraints", "CALL db.constraints()"),
];

/// The sections, each with at most so many rows.
pub(super) fn schema(host: &Host, line: &mut Line, most: usize) -> Answer {
    match sections(host, line) {
        Ok(sections) => answer(host, sections, most),
        Err(errors) => {
            let mut answer = Answer::unreadable(host, &errors);
            answer.outcome = Outcome::of(&errors);
            answer.structured.insert("outcome".into(), json!(answer.outcome.name()));
            answer
        }
    }
}

fn sections(host: &Host, line: &mut Line) -> Result<Vec<(&'static str, QueryResult)>, Vec<Diagnostic>> {
    line.begin(true).map_err(|error| vec![error])?;
    let read =
        |(name, statement): &(&'static str, &str)| Ok((*name, Question::reading(*statement, &[]).result(host, line)?));
    let sections = SECTIONS.iter().map(read).collect();
    let ended = line.rollback().map_err(|error| vec![error]);
    ended.and(sections)
}

fn answer(host: &Host, sections: Vec<(&'static str, QueryResult)>, most: usize) -> Answer {
    let (mut notes, mut text, mut cut) = (Vec::new(), String::new(), Vec::new());
    for (name, mut result) in sections {
        let total = result.rows.len();
        if total > most {
            result.rows = result.rows.up_to(most);
            notes.push(format!("{name}: showing {most} of {total}; raise `limit`"));
        }
        if total > 0 {
            text += &format!("{name}\n{}\n", drawn(&result));
        }
        cut.push((name, result));
    }
    text += &notes.join("\n");
    let mut structured = envelope(Outcome::Found, host, &notes);
    structured.extend(cut.iter().map(|(name, result)| (name.to_string(), rows(result))));
    Answer { outcome: Outcome::Found, structured, text: text.trim_end().to_string() }
}

fn drawn(result: &QueryResult) -> String {
    let mut out = Vec::new();
    let renderer = render::find("table").expect("the table of renderers has it");
    (renderer.write)(result, &render::Style::default(), &mut out).expect("a vector takes all");
    String::from_utf8_lossy(&out).into_owned()
}

fn rows(result: &QueryResult) -> Json {
    let value = |row, place| json(&result.rows.value(row, place), &*result.entities, Detail::Named);
    let row = |row: usize| {
        let columns = result.columns.iter().enumerate();
        Json::Object(columns.filter_map(|(place, column)| Some((column.clone(), value(row, place)?))).collect())
    };
    (0..result.rows.len()).map(row).collect()
}
