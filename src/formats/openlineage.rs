//! OpenLineage: events of jobs that read and write datasets.

use std::borrow::Cow;
use std::collections::HashSet;

use super::json::{Json, member};
use super::tally::Tally;
use super::{Format, Problem, Sheet};
use crate::facts::ThingId;

pub(super) const FORMAT: Format = Format {
    name: "openlineage",
    what: "OpenLineage events: a line an event, or an array of them",
    made_by: "OPENLINEAGE_CONFIG with a transport of type file",
    names: &["*openlineage*.json", "*openlineage*.jsonl", "*openlineage*.ndjson", "*.lineage.json"],
    looks_like: |probe| {
        let is_event = probe.has(&["\"job\"", "\"namespace\"", "\"inputs\""]) || probe.has(&["\"job\"", "\"outputs\""]);
        let is_json = probe.starts_with('{') || probe.starts_with('[');
        is_json && (probe.has(&["openlineage.io/spec"]) || is_event && probe.has(&["\"eventTime\""]))
    },
    example: r#"{"eventTime": "2026-01-01T00:00:00Z", "job": {"namespace": "nightly", "name": "load"}, "inputs": [{"namespace": "s3://in", "name": "orders"}], "outputs": [{"namespace": "db", "name": "orders"}]}
"#,
    read,
};

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let text = sheet.text;
    let mut lineage =
        Lineage { sheet, stated: HashSet::new(), not_events: Tally::default(), nameless: Tally::default() };
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if text.trim_start().starts_with('[') || Json::parse(first).is_err() {
        let root = Json::parse(text)?;
        let events = if root.is_array() { root.items() } else { vec![root] };
        events.into_iter().try_for_each(|event| lineage.event(event))?;
    } else {
        lineage.lines(text)?;
    }
    lineage.nameless.warn(lineage.sheet, "a job or dataset has no name", None);
    lineage.not_events.warn(lineage.sheet, "neither a job nor a dataset is in", None);
    Ok(())
}

type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

fn text<'a>(members: &Members<'a>, name: &str) -> Cow<'a, str> {
    member(members, name).and_then(Json::as_str).unwrap_or_default()
}

/// The value at the end of a path of names.
fn at<'a>(json: Json<'a>, path: &[&str]) -> Option<Json<'a>> {
    path.iter().try_fold(json, |json, name| json.get(name))
}

struct Lineage<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    /// A job runs again and again.
    stated: HashSet<(ThingId, &'static str, ThingId)>,
    not_events: Tally,
    nameless: Tally,
}

impl<'a> Lineage<'_, 'a> {
    /// A line that is not JSON leaves the others.
    fn lines(&mut self, text: &'a str) -> Result<(), Problem> {
        for (at, line) in text.lines().enumerate() {
            self.sheet.tick()?;
            match Json::parse(line) {
                _ if line.trim().is_empty() => {}
                Ok(event) => self.event(event)?,
                Err(Problem::Wrong(wrong)) => self.sheet.error(at + 1, wrong.what, Some("this event is left out")),
                Err(stopped) => return Err(stopped),
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Json<'a>) -> Result<(), Problem> {
        let members = event.members();
        if let Some(dataset) = member(&members, "dataset") {
            self.dataset(dataset)?;
        }
        let Some(job) = member(&members, "job") else {
            if member(&members, "dataset").is_none() {
                self.not_events.add(self.sheet.line_of(event.text()), "an event");
            }
            return Ok(());
        };
        let start = self.job(job)?;
        let parents = at(event, &["run", "facets", "parent", "job"]);
        if let Some(parent) = parents {
            let end = self.job(parent)?;
            self.state(start, "PART_OF", end, parent, "parent")?;
        }
        for (list, relation) in [("inputs", "READS"), ("outputs", "WRITES")] {
            for written in member(&members, list).into_iter().flat_map(Json::items) {
                let end = self.dataset(written)?;
                self.state(start, relation, end, written, list)?;
            }
        }
        Ok(())
    }

    fn state(
        &mut self,
        start: ThingId,
        relation: &'static str,
        end: ThingId,
        part: Json<'a>,
        what: &str,
    ) -> Result<(), Problem> {
        self.sheet.charge(32)?;
        if self.stated.insert((start, relation, end)) {
            let words = format!("job {} {what}: {}", self.sheet.name_of(start), self.sheet.name_of(end));
            self.sheet.relate(start, relation, end, self.sheet.line_of(part.text()), &words)?;
        }
        Ok(())
    }

    /// A thing of a kind, known by its namespace and name in every file.
    fn thing(&mut self, json: Json<'a>, prefix: &str, label: &'static str) -> Result<(ThingId, Members<'a>), Problem> {
        let members = json.members();
        let (namespace, name) = (text(&members, "namespace"), text(&members, "name"));
        let key = format!("{prefix}:{namespace}/{name}");
        let thing = self.sheet.thing(&key)?;
        let line = self.sheet.line_of(json.text());
        if name.is_empty() {
            self.nameless.add(line, label);
        }
        self.sheet.define(thing, line);
        self.sheet.name(thing, &name);
        self.sheet.label(thing, label);
        self.sheet.set(thing, "namespace", &*namespace)?;
        self.sheet.identify(thing, &key)?;
        Ok((thing, members))
    }

    fn job(&mut self, json: Json<'a>) -> Result<ThingId, Problem> {
        let (job, _) = self.thing(json, "openlineage-job", "Job")?;
        for (path, property) in [
            (["facets", "jobType", "integration"], "integration"),
            (["facets", "jobType", "jobType"], "type"),
            (["facets", "documentation", "description"], "description"),
        ] {
            if let Some(value) = at(json, &path).and_then(Json::as_str) {
                self.sheet.set(job, property, &*value)?;
            }
        }
        Ok(job)
    }

    fn dataset(&mut self, json: Json<'a>) -> Result<ThingId, Problem> {
        let (dataset, members) = self.thing(json, "openlineage", "Dataset")?;
        let Some(facets) = member(&members, "facets") else { return Ok(dataset) };
        if let Some(value) = at(facets, &["documentation", "description"]).and_then(Json::as_str) {
            self.sheet.set(dataset, "description", &*value)?;
        }
        for other in at(facets, &["symlinks", "identifiers"]).into_iter().flat_map(Json::items) {
            let other = other.members();
            let identifier = format!("openlineage:{}/{}", text(&other, "namespace"), text(&other, "name"));
            self.sheet.identify(dataset, &identifier)?;
        }
        let namespace = format!("{}/{}", text(&members, "namespace"), text(&members, "name"));
        for (name, field) in at(facets, &["columnLineage", "fields"]).into_iter().flat_map(Json::members) {
            let column = self.column(dataset, &namespace, &name, field)?;
            for input in field.get("inputFields").into_iter().flat_map(Json::items) {
                let (source, members) = self.thing(input, "openlineage", "Dataset")?;
                let of = format!("{}/{}", text(&members, "namespace"), text(&members, "name"));
                let origin = self.column(source, &of, &text(&members, "field"), input)?;
                self.state_columns(column, origin, input)?;
            }
        }
        Ok(dataset)
    }

    fn column(&mut self, dataset: ThingId, of: &str, name: &str, json: Json<'a>) -> Result<ThingId, Problem> {
        let column = self.sheet.thing(&format!("openlineage-column:{of}#{name}"))?;
        let line = self.sheet.line_of(json.text());
        self.sheet.define(column, line);
        let table = self.sheet.name_of(dataset).to_string();
        self.sheet.name(column, &format!("{table}.{name}"));
        self.sheet.label(column, "Column");
        if self.stated.insert((column, "PART_OF", dataset)) {
            self.sheet.relate(column, "PART_OF", dataset, line, &format!("columnLineage: {name} of {table}"))?;
        }
        Ok(column)
    }

    fn state_columns(&mut self, column: ThingId, origin: ThingId, input: Json<'a>) -> Result<(), Problem> {
        self.sheet.charge(32)?;
        if self.stated.insert((column, "GENERATED_FROM", origin)) {
            let (start, end) = (self.sheet.name_of(column), self.sheet.name_of(origin));
            let words = format!("columnLineage: {start} inputFields: {end}");
            self.sheet.relate(column, "GENERATED_FROM", origin, self.sheet.line_of(input.text()), &words)?;
        }
        Ok(())
    }
}
