//! What packages and members expect of those that use them.

use std::collections::{HashMap, HashSet};

use crate::formats::json::Json;
use crate::formats::need::Kind;
use crate::formats::package_json;
use crate::formats::problem::Problem;
use crate::formats::sheet::{Sheet, join};
use crate::formats::yaml::Yaml;

/// What a package expects of those that use it.
#[derive(Default)]
pub(super) struct Peers {
    pub ranges: HashMap<String, String>,
    pub optional: HashSet<String>,
    /// With their lines.
    pub in_order: Vec<(String, usize)>,
}

impl Peers {
    pub(super) fn new(known: Option<&(Yaml, usize)>) -> Peers {
        let entries = |key| known.and_then(|(known, _)| known.get(key)).map(|yaml| yaml.entries()).unwrap_or_default();
        let by = known.map_or(0, |(_, by)| *by);
        let mut peers = Peers::default();
        for (name, range) in entries("peerDependencies") {
            let text = name.as_str().unwrap_or_default().to_string();
            peers.ranges.insert(text.clone(), range.as_str().unwrap_or_default().to_string());
            peers.in_order.push((text, name.line() + by));
        }
        for (name, meta) in entries("peerDependenciesMeta") {
            if meta.get("optional").and_then(|optional| optional.as_bool()) == Some(true) {
                peers.optional.insert(name.as_str().unwrap_or_default().to_string());
            }
        }
        peers
    }
}

/// What a member's manifest names as a peer only; pnpm installs these as if they were normal needs.
pub(super) fn peers_alone(sheet: &mut Sheet, folder: &str) -> Result<HashSet<String>, Problem> {
    let path = join(folder, "package.json");
    let Some(text) = sheet.beside(&path) else { return Ok(HashSet::new()) };
    let Ok(json) = Json::parse(&text) else { return Ok(HashSet::new()) };
    let needs = package_json::needs(&json.members());
    let mut peers: HashSet<String> =
        needs.iter().filter(|need| need.kind == Kind::Peer).map(|need| need.name.to_string()).collect();
    for need in needs.iter().filter(|need| need.kind != Kind::Peer) {
        peers.remove(&*need.name);
    }
    Ok(peers)
}
