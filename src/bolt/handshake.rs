//! The handshake: the client says which versions it knows, and the server picks one.
//!
//! A client sends 4 bytes that mark Bolt and four proposals of 4 bytes. One of them may be the manifest: then the server
//! lists its versions, and the client picks.

use super::{Malformed, Version};

/// What a client sends first.
pub const MAGIC: [u8; 4] = [0x60, 0x60, 0xb0, 0x17];
/// Bytes of a client's proposals, with what marks them.
pub const LENGTH: usize = 20;
const MANIFEST: [u8; 4] = [0, 0, 1, 0xff];
/// The answer to proposals of which none is known.
pub const NONE: [u8; 4] = [0; 4];

/// Versions of one major number that follow each other.
struct Range {
    newest: Version,
    /// How many older ones there are.
    older: u8,
}

/// All versions, oldest first. 5.5 was never released.
static RANGES: [Range; 4] = [
    Range { newest: Version::new(4, 4), older: 0 },
    Range { newest: Version::new(5, 4), older: 4 },
    Range { newest: Version::new(5, 8), older: 2 },
    Range { newest: Version::new(6, 1), older: 1 },
];

/// What the server makes of proposals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Version(Version),
    /// The client wants to see the list.
    Manifest,
    Nothing,
}

/// Picks from a client's proposals, in the client's order. An error is not Bolt.
pub fn choose(sent: &[u8; LENGTH]) -> Result<Choice, Malformed> {
    if !is_start(sent) {
        return Err(Malformed("what was sent does not start as Bolt does".into()));
    }
    for proposal in sent[4..].as_chunks::<4>().0 {
        if *proposal == MANIFEST {
            return Ok(Choice::Manifest);
        }
        let [_, older, minor, major] = *proposal;
        let oldest = Version::new(major, minor.saturating_sub(older));
        let fits = |version: &Version| (oldest..=Version::new(major, minor)).contains(version);
        if let Some(version) = versions().filter(fits).max() {
            return Ok(Choice::Version(version));
        }
    }
    Ok(Choice::Nothing)
}

/// Whether a connection that has sent this much may become Bolt.
pub fn is_start(sent: &[u8]) -> bool {
    sent.iter().zip(MAGIC).all(|(byte, expected)| *byte == expected)
}

/// The answer that names a version.
pub fn answer(version: Version) -> [u8; 4] {
    [0, 0, version.minor, version.major]
}

/// The list of versions, without any capabilities.
pub fn manifest() -> Vec<u8> {
    let ranges = RANGES.iter().flat_map(|range| [0, range.older, range.newest.minor, range.newest.major]);
    MANIFEST.into_iter().chain([RANGES.len() as u8]).chain(ranges).chain([0]).collect()
}

/// What a client proposes: 5.8 to 5.0, then 4.4. It can do without the manifest, which only 6.0 asks for.
pub fn proposals() -> [u8; LENGTH] {
    let mut sent = [0; LENGTH];
    sent[..4].copy_from_slice(&MAGIC);
    sent[4..8].copy_from_slice(&[0, 8, 8, 5]);
    sent[8..12].copy_from_slice(&[0, 0, 4, 4]);
    sent
}

/// The version that a server has picked from [`proposals`]; `None` if it speaks none of them.
pub fn agreed(answer: [u8; 4]) -> Result<Option<Version>, Malformed> {
    let [zero, older, minor, major] = answer;
    let version = Version::new(major, minor);
    match answer {
        NONE => Ok(None),
        _ if (zero, older) == (0, 0) && versions().any(|known| known == version) && !version.has(6, 0) => {
            Ok(Some(version))
        }
        _ => Err(Malformed("what was answered is no version of Bolt".into())),
    }
}

/// The version that a client picks from the list. Its capabilities follow as a number that [`ends_number`] ends.
pub fn picked(sent: [u8; 4]) -> Result<Version, Malformed> {
    let [zero, older, minor, major] = sent;
    let version = Version::new(major, minor);
    match (zero, older) == (0, 0) && versions().any(|known| known == version) {
        true => Ok(version),
        false => Err(Malformed(format!("version {version} was not on offer"))),
    }
}

/// Whether this byte is the last of a number of variable length.
pub fn ends_number(byte: u8) -> bool {
    byte & 0x80 == 0
}

fn versions() -> impl Iterator<Item = Version> {
    RANGES.iter().flat_map(|Range { newest, older }| {
        (newest.minor - older..=newest.minor).map(|minor| Version::new(newest.major, minor))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(proposals: [[u8; 4]; 4]) -> Choice {
        let mut sent = MAGIC.to_vec();
        sent.extend(proposals.as_flattened());
        choose(&sent.try_into().unwrap()).unwrap()
    }

    #[test]
    fn the_newest_version_of_the_first_proposal_that_fits() {
        let nothing = [0; 4];
        let version = |major, minor| Choice::Version(Version::new(major, minor));
        assert_eq!(of([[0, 8, 8, 5], [0, 2, 4, 4], [0, 0, 0, 3], nothing]), version(5, 8));
        assert_eq!(of([[0, 0, 0, 3], [0, 2, 4, 4], nothing, nothing]), version(4, 4));
        assert_eq!(of([[0, 2, 3, 5], nothing, nothing, nothing]), version(5, 3));
        assert_eq!(of([[0, 1, 5, 5], nothing, nothing, nothing]), version(5, 4));
        assert_eq!(of([[0, 0, 5, 5], nothing, nothing, nothing]), Choice::Nothing);
        assert_eq!(of([[0, 255, 255, 5], nothing, nothing, nothing]), version(5, 8));
        assert_eq!(of([MANIFEST, [0, 8, 8, 5], nothing, nothing]), Choice::Manifest);
        assert_eq!(of([nothing; 4]), Choice::Nothing);
    }

    #[test]
    fn a_client_and_a_server_agree() {
        let chosen = choose(&proposals()).unwrap();
        assert_eq!(chosen, Choice::Version(Version::new(5, 8)));
        assert_eq!(agreed(answer(Version::new(4, 4))), Ok(Some(Version::new(4, 4))));
        assert_eq!(agreed(NONE), Ok(None));
        assert!(agreed(*b"HTTP").is_err());
    }

    #[test]
    fn other_protocols_are_told_apart() {
        assert!(choose(b"GET / HTTP/1.1\r\nHost").is_err());
        assert!(is_start(&[0x60, 0x60]));
        assert!(!is_start(b"G"));
    }

    #[test]
    fn the_manifest_as_bytes() {
        let expected = [0, 0, 1, 255, 4, 0, 0, 4, 4, 0, 4, 4, 5, 0, 2, 8, 5, 0, 1, 1, 6, 0];
        assert_eq!(manifest(), expected);
        assert_eq!(picked([0, 0, 1, 6]), Ok(Version::new(6, 1)));
        assert!(picked([0, 0, 5, 5]).is_err());
        assert!(picked([0, 1, 1, 6]).is_err());
        assert!(ends_number(0x7f) && !ends_number(0x80));
    }
}
