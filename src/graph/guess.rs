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

/// What a type of this name most likely means.
pub fn guess(name: &str) -> Option<&'static Guess> {
    let same = |guess: &&Guess| guess.name.eq_ignore_ascii_case(name);
    GUESSES.iter().find(same).or_else(|| {
        let spelled = name.replace(['-', ' '], "_");
        GUESSES.iter().find(|guess| guess.name.eq_ignore_ascii_case(&spelled))
    })
}
