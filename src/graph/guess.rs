//! What relationship types most likely mean, by their names: for graphs that do not say it.

use super::{Effect, FailureDirection};

/// A name that usually means the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The type's name.
    pub name: &'static str,
    /// How it reads from end to start.
    pub inverse_phrase: &'static str,
    pub failure: FailureDirection,
    pub effect: Effect,
}

const fn against(name: &'static str, inverse_phrase: &'static str, effect: Effect) -> Guess {
    Guess { name, inverse_phrase, failure: FailureDirection::Against, effect }
}

const fn along(name: &'static str, inverse_phrase: &'static str, effect: Effect) -> Guess {
    Guess { name, inverse_phrase, failure: FailureDirection::Along, effect }
}

use Effect::{Degrades, Fails};

const GUESSES: &[Guess] = &[
    against("DEPENDS_ON", "is required by", Fails),
    against("DEPENDS", "is required by", Fails),
    against("PRE_DEPENDS", "is required beforehand by", Fails),
    against("PRE_DEPENDS_ON", "is required beforehand by", Fails),
    against("NEEDS", "is needed by", Fails),
    against("REQUIRES", "is required by", Fails),
    against("RELIES_ON", "is relied on by", Fails),
    against("RUNS_ON", "runs", Fails),
    against("HOSTED_ON", "hosts", Fails),
    against("HOSTED_BY", "hosts", Fails),
    against("BUILT_ON", "is the base of", Fails),
    against("IMPORTS", "is imported by", Fails),
    against("LINKS_AGAINST", "is linked by", Fails),
    against("EXTENDS", "is extended by", Fails),
    against("STORES_DATA_IN", "stores the data of", Fails),
    against("READS_FROM", "is read by", Fails),
    against("USES", "is used by", Degrades),
    against("CALLS", "is called by", Degrades),
    against("CONSUMES", "is consumed by", Degrades),
    against("CONSUMES_API", "has its API consumed by", Degrades),
    against("RECOMMENDS", "is recommended by", Degrades),
    against("SUGGESTS", "is suggested by", Degrades),
    against("MAY_USE", "may be used by", Degrades),
    against("SUBSCRIBES_TO", "is subscribed to by", Degrades),
    along("REQUIRED_BY", "depends on", Fails),
    along("NEEDED_BY", "needs", Fails),
    along("DEPENDENCY_OF", "depends on", Fails),
    along("HOSTS", "is hosted on", Fails),
    along("POWERS", "is powered by", Fails),
    along("USED_BY", "uses", Degrades),
    along("FEEDS", "is fed by", Degrades),
    along("SUPPLIES", "is supplied by", Degrades),
    along("PROVIDES_TO", "receives from", Degrades),
];

/// How types that tell nothing of failures read from end to start.
const READINGS: &[(&str, &str)] = &[
    ("BELONGS_TO", "has"),
    ("BREAKS", "is broken by"),
    ("CONFLICTS", "conflicts with"),
    ("CONFLICTS_WITH", "conflicts with"),
    ("CONTAINS", "is contained in"),
    ("CREATES", "is created by"),
    ("ENHANCES", "is enhanced by"),
    ("FOLLOWS", "is followed by"),
    ("HAS", "belongs to"),
    ("IMPLEMENTS", "is implemented by"),
    ("INCLUDES", "is included in"),
    ("KNOWS", "is known by"),
    ("LIKES", "is liked by"),
    ("MAINTAINS", "is maintained by"),
    ("MANAGES", "is managed by"),
    ("OWNS", "is owned by"),
    ("PART_OF", "has the part"),
    ("PROVIDES", "is provided by"),
    ("REFERS_TO", "is referred to by"),
    ("REPLACES", "is replaced by"),
];

/// How a type reads from end to start: as its name suggests, or as what has it from the start.
pub fn inverse_reading(name: &str) -> String {
    inverse_of_phrase(name, &super::semantics::words(name))
}

/// How a type with this phrase reads from end to start: as its name or its phrase suggests, or as what has the phrase
/// from the start.
pub fn inverse_of_phrase(name: &str, phrase: &str) -> String {
    let known = known_inverse(name).or_else(|| known_inverse(phrase));
    known.map_or_else(|| format!("has '{phrase}' from"), str::to_string)
}

fn known_inverse(name: &str) -> Option<&'static str> {
    let spelled = name.replace(['-', ' '], "_");
    let reading = READINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&spelled)).map(|(_, reading)| *reading);
    guess(name).map(|guess| guess.inverse_phrase).or(reading)
}

/// What a type of this name most likely means.
pub fn guess(name: &str) -> Option<&'static Guess> {
    let same = |guess: &&Guess| guess.name.eq_ignore_ascii_case(name);
    GUESSES.iter().find(same).or_else(|| {
        let spelled = name.replace(['-', ' '], "_");
        GUESSES.iter().find(|guess| guess.name.eq_ignore_ascii_case(&spelled))
    })
}
