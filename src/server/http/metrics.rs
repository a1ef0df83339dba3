//! `/health` and `/metrics`: what operators watch.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::door::Door;
use crate::server::host::Histogram;

/// `GET /health`: whether it serves.
pub(super) async fn health(State(door): State<Door>) -> Json<Value> {
    let status = if door.host.closing.is_cancelled() { "closing" } else { "ok" };
    Json(json!({ "status": status }))
}

/// `GET /metrics`, in Prometheus's text format.
pub(super) async fn metrics(State(door): State<Door>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text(&door)).into_response()
}

/// Name, kind, help, samples.
type Metric<'a> = (&'a str, &'a str, &'a str, Vec<(&'a str, u64)>);

fn text(door: &Door) -> String {
    let counters = &door.host.counters;
    let of = |counter: &AtomicU64| counter.load(Relaxed);
    let graph = door.host.database.snapshot();
    let doors = [(r#"{door="bolt"}"#, &counters.bolt_connections), (r#"{door="http"}"#, &counters.http_connections)];
    let metrics: [Metric; 11] = [
        ("kenning_connections", "gauge", "Open connections", doors.map(|(door, gauge)| (door, gauge.now())).into()),
        (
            "kenning_connections_total",
            "counter",
            "Connections so far",
            doors.map(|(door, gauge)| (door, gauge.ever())).into(),
        ),
        ("kenning_statements_total", "counter", "Statements so far", vec![("", of(&counters.statements))]),
        (
            "kenning_statements_running",
            "gauge",
            "Statements whose rows are being taken",
            vec![("", counters.running.now())],
        ),
        ("kenning_failures_total", "counter", "Statements that failed", vec![("", of(&counters.failures))]),
        ("kenning_rows_total", "counter", "Rows answered", vec![("", of(&counters.rows))]),
        ("kenning_refused_passwords_total", "counter", "Wrong passwords", vec![("", of(&counters.refused_passwords))]),
        ("kenning_http_transactions", "gauge", "Open HTTP transactions", vec![("", door.transactions.count() as u64)]),
        ("kenning_commits", "gauge", "Commits that led to the graph", vec![("", door.host.database.sequence())]),
        ("kenning_nodes", "gauge", "Nodes of the graph", vec![("", graph.node_count() as u64)]),
        ("kenning_relationships", "gauge", "Relationships of the graph", vec![("", graph.relationship_count() as u64)]),
    ];
    let mut out = String::new();
    for (name, kind, help, samples) in metrics {
        push(&mut out, format_args!("# HELP {name} {help}.\n# TYPE {name} {kind}\n"));
        samples.iter().for_each(|(labels, value)| push(&mut out, format_args!("{name}{labels} {value}\n")));
    }
    histogram(&mut out, "kenning_statement_seconds", &counters.times);
    out
}

fn histogram(out: &mut String, name: &str, times: &Histogram) {
    push(
        out,
        format_args!(
            "# HELP {name} Time of statements, without that in which clients take rows.\n# TYPE {name} histogram\n"
        ),
    );
    let counts = times.cumulative();
    let bounds = Histogram::BOUNDS.iter().map(|(_, seconds)| *seconds).chain(["+Inf"]);
    for (bound, count) in bounds.zip(&counts) {
        push(out, format_args!("{name}_bucket{{le=\"{bound}\"}} {count}\n"));
    }
    push(out, format_args!("{name}_sum {}\n{name}_count {}\n", times.seconds(), counts[counts.len() - 1]));
}

fn push(out: &mut String, text: std::fmt::Arguments) {
    out.write_fmt(text).expect("a string takes all");
}
