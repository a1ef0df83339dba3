//! Seeded choices that can be replayed and made smaller.
//!
//! A generator draws all its decisions from [`Random`], the simplest one as 0. What it drew is a list of numbers, and a
//! shorter or smaller list that is replayed gives a simpler case: shrinking needs to know nothing of what is generated.

/// A source of decisions.
pub struct Random {
    state: u64,
    /// Decisions to repeat; after the last one all are 0.
    replay: Option<Vec<usize>>,
    drawn: Vec<usize>,
}

impl Random {
    pub fn seeded(seed: u64) -> Random {
        Random { state: seed, replay: None, drawn: Vec::new() }
    }

    pub fn replaying(decisions: &[usize]) -> Random {
        Random { state: 0, replay: Some(decisions.to_vec()), drawn: Vec::new() }
    }

    /// Everything decided so far.
    pub fn drawn(&self) -> &[usize] {
        &self.drawn
    }

    /// A number from 0 up to but not including the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        let number = match &self.replay {
            Some(decisions) => decisions.get(self.drawn.len()).map_or(0, |number| (*number).min(bound - 1)),
            None => (self.next() % bound as u64) as usize,
        };
        self.drawn.push(number);
        number
    }

    /// True once in so many times; false is the simpler decision.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of these; the first is the simplest.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            // 0 leaves the order as it is.
            let other = at - self.below(at + 1);
            items.swap(at, other);
        }
    }

    /// The splitmix64 generator (Steele, Lea, Flood 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// A smaller list of decisions that still fails.
pub fn shrink(decisions: &[usize], mut fails: impl FnMut(&[usize]) -> bool) -> Vec<usize> {
    let mut best = decisions.to_vec();
    let mut tries = 3000usize;
    let mut attempt = |best: &mut Vec<usize>, candidate: Vec<usize>| {
        tries = tries.saturating_sub(1);
        let better = tries > 0 && candidate != *best && fails(&candidate);
        if better {
            *best = candidate;
        }
        better
    };
    loop {
        let mut progress = false;
        for size in [32, 8, 4, 2, 1] {
            let mut at = best.len();
            while at >= size {
                at -= 1;
                let end = (at + size).min(best.len());
                let without = [&best[..at], &best[end..]].concat();
                progress |= attempt(&mut best, without);
                at = at.min(best.len());
            }
        }
        for at in 0..best.len() {
            for smaller in [0, best[at] / 2, best[at].saturating_sub(1)] {
                if smaller < best[at] {
                    let mut candidate = best.clone();
                    candidate[at] = smaller;
                    progress |= attempt(&mut best, candidate);
                }
            }
        }
        if !progress {
            return best;
        }
    }
}

#[test]
fn the_same_seed_and_the_same_decisions_give_the_same_case() {
    let draw = |random: &mut Random| (0..20).map(|at| random.below(at + 1)).collect::<Vec<_>>();
    let (mut one, mut two) = (Random::seeded(7), Random::seeded(7));
    assert_eq!(draw(&mut one), draw(&mut two));
    assert_eq!(draw(&mut Random::replaying(one.drawn())), two.drawn());
    assert_ne!(draw(&mut Random::seeded(8)), two.drawn());
}

#[test]
fn shrinking_keeps_only_what_fails() {
    let shrunk = shrink(&[9, 4, 7, 0, 8, 3], |decisions| decisions.iter().sum::<usize>() >= 10);
    assert_eq!(shrunk.iter().sum::<usize>(), 10);
    assert!(shrunk.len() <= 2, "{shrunk:?}");
}
