//! The time of the machine: the engine is told it, and never looks itself.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::functions::Clock;

/// The machine's clock and time zone, looked up once.
#[derive(Default)]
pub(crate) struct LocalClock {
    zone: Option<TimeZone>,
}

impl LocalClock {
    pub(crate) fn now(&mut self) -> Clock {
        let nanos = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        };
        let zone = self.zone.get_or_insert_with(local_zone);
        let offset = Timestamp::from_nanosecond(nanos).map_or(0, |at| zone.to_offset(at).seconds());
        Clock { nanos, offset }
    }
}

/// The zone that `TZ` names, else the one that /etc/localtime points to, else UTC.
fn local_zone() -> TimeZone {
    let name = std::env::var("TZ").ok().filter(|name| !name.is_empty()).or_else(|| {
        let target = std::fs::read_link("/etc/localtime").ok()?;
        Some(target.to_str()?.split_once("zoneinfo/")?.1.to_string())
    });
    name.and_then(|name| TimeZone::get(name.trim_start_matches(':')).ok()).unwrap_or(TimeZone::UTC)
}
