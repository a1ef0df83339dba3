//! [`Ranks`]: numbers that are small wherever lists are short.

/// An array of numbers in the narrowest type that holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ranks {
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Words(Vec<u32>),
}

impl Default for Ranks {
    fn default() -> Ranks {
        Ranks::Bytes(Vec::new())
    }
}

impl Ranks {
    pub(crate) fn len(&self) -> usize {
        match self {
            Ranks::Bytes(ranks) => ranks.len(),
            Ranks::Shorts(ranks) => ranks.len(),
            Ranks::Words(ranks) => ranks.len(),
        }
    }

    pub(crate) fn get(&self, at: usize) -> usize {
        match self {
            Ranks::Bytes(ranks) => ranks[at] as usize,
            Ranks::Shorts(ranks) => ranks[at] as usize,
            Ranks::Words(ranks) => ranks[at] as usize,
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Ranks::Bytes(ranks) => size_of_val(&**ranks),
            Ranks::Shorts(ranks) => size_of_val(&**ranks),
            Ranks::Words(ranks) => size_of_val(&**ranks),
        }
    }
}
