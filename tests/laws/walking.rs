//! A walking statement gives what the call gives that EXPLAIN names.

use std::cell::RefCell;

use kenning::diagnostic::Diagnostic;
use kenning::result::QueryResult;

use super::answers::options;
use super::{Law, Verdict};
use crate::support::engine::Session;
use crate::support::random::Random;

pub const LAWS: &[Law] = &[Law { name: "walks are calls", tried_on: walks_are_calls }];

const TERMS: &[&str] = &[
    "nova",
    "keystone",
    "horizon",
    "trove",
    "Block Storage",
    "mariadb",
    "rabbit",
    "VPN",
    "neutron",
    "no such term",
    "noav",
    "'image'",
    "iaas",
    "routers",
    "KVM",
    "l3 agent",
    "metering",
];
const VIAS: &[&str] = &["", " VIA depends on", " VIA PART_OF, uses", " VIA no_such_type", " VIA provides to"];

thread_local! {
    /// Reading the embedded graph takes longer than walking it.
    static OPENSTACK: RefCell<Session> = RefCell::new(Session::openstack());
}

fn statement(random: &mut Random) -> String {
    let term = *random.pick(TERMS);
    let depth = *random.pick(&["", " DEPTH 1", " DEPTH 2"]);
    let other = *random.pick(TERMS);
    let shown = *random.pick(&[
        "",
        " ONLY Service",
        " HIDING Service, Concept",
        " RANKED",
        " WHERE term:Service",
        " CONFIDENCE 0.5",
    ]);
    let via = *random.pick(VIAS);
    match random.below(14) {
        5 => format!("DEPS {term}, {other}{via}{shown}"),
        6 => format!(
            "IMPACT ({}){depth}",
            *random.pick(&["DEPS nova DEPTH 1", "MATCH (s:Service) RETURN s", "FIND net"])
        ),
        7 => format!("ORDER{}{via}", *random.pick(&["", " OF heat", " OF nova, trove"])),
        8 => format!("CYCLES{}{}", *random.pick(&["", " THROUGH nova"]), *random.pick(&["", " UP TO 3", " VIA uses"])),
        9 => format!("CRITICAL{}{via}", *random.pick(&["", " FOR heat", " FOR heat TO mariadb"])),
        10 => format!("COMMON {term}, {other}{via}"),
        11 => format!("DIFF {term}, {other}"),
        12 => format!("{}{via}", *random.pick(&["FANIN", "FANOUT", "FANIN OF nova"])),
        13 => {
            let operator = *random.pick(&["EXCEPT", "UNION", "INTERSECT"]);
            format!("DEPS {term} {operator} IMPACT {other}{depth}")
        }
        0 => format!("SHOW {term}"),
        1 => format!("DEPS {term}{depth}{}", random.pick(VIAS)),
        2 => format!("IMPACT {term}{depth}{}", random.pick(VIAS)),
        3 => {
            let how = *random.pick(&["", " ALL", " UP TO 3", " AVOIDING keystone", " WHERE NOT term:Service"]);
            format!("WHY {term} TO {other}{how}{via}")
        }
        _ => format!("FIND {term}"),
    }
}

/// All but where the errors stand: the two texts are not the same.
fn seen(answer: &Result<QueryResult, Vec<Diagnostic>>) -> String {
    match answer {
        Ok(result) => format!("{:?} {:?} {:?} {:?}", result.columns, result.rows, result.notes, result.shape),
        Err(errors) => errors.iter().map(|error| format!("{error} {:?}", error.help)).collect::<Vec<_>>().join("\n"),
    }
}

fn walks_are_calls(random: &mut Random) -> Verdict {
    let text = statement(random);
    OPENSTACK.with_borrow_mut(|session| {
        let walked = session.result_with(&text, &options(true));
        let explained = session.result_with(&format!("EXPLAIN {text}"), &options(true));
        let plan = match (&walked, explained.map(|result| result.plan.unwrap_or_default())) {
            (_, Ok(plan)) => plan,
            (Err(_), Err(_)) => return Verdict::Holds(0),
            (Ok(_), Err(errors)) => {
                return Verdict::Broken(format!("{text} runs, but cannot be explained: {errors:?}"));
            }
        };
        let call = plan.lines().next().unwrap_or_default();
        let called = session.result_with(call, &options(true));
        if seen(&walked) != seen(&called) {
            return Verdict::Broken(format!("{text}\n  {}\n{call}\n  {}", seen(&walked), seen(&called)));
        }
        Verdict::Holds(walked.map_or(0, |result| result.rows.len()))
    })
}
