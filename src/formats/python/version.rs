//! Versions of Python packages and the ranges that requirements name: PEP 440, and Poetry's `^`, `~`, `||` and `*`.

use std::cmp::Ordering;

/// A version of PEP 440 as the key by which it is ordered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    epoch: u64,
    /// Without zeros at its end.
    release: Vec<u64>,
    pre: Pre,
    /// No post-release is before post0.
    post: Option<u64>,
    /// No development release is after all of them.
    dev: (bool, u64),
    local: Vec<Local>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pre {
    /// `1.0.dev1` is before `1.0a1`.
    OnlyDev,
    Of(char, u64),
    Not,
}

/// Numbers are after words: PEP 440, "Local version identifiers".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Local {
    Word(String),
    Number(u64),
}

/// What is left of a text that is being parsed.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn number(&mut self) -> Option<u64> {
        let end = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
        let number = self.0[..end].parse().ok()?;
        self.0 = &self.0[end..];
        Some(number)
    }

    fn take(&mut self, start: &str) -> bool {
        match self.0.strip_prefix(start) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn separator(&mut self) -> bool {
        ["-", "_", "."].iter().any(|separator| self.take(separator))
    }

    /// One of the words, with separators around it; then its number, which is 0 if it is not written.
    fn word(&mut self, words: &[(&str, char)]) -> Option<(char, u64)> {
        let before = self.0;
        self.separator();
        let Some((_, meaning)) = words.iter().find(|(word, _)| self.take(word)) else {
            self.0 = before;
            return None;
        };
        let after = self.0;
        self.separator();
        let number = self.number().unwrap_or_else(|| {
            self.0 = after;
            0
        });
        Some((*meaning, number))
    }
}

const PRE: &[(&str, char)] =
    &[("alpha", 'a'), ("beta", 'b'), ("preview", 'r'), ("pre", 'r'), ("rc", 'r'), ("a", 'a'), ("b", 'b'), ("c", 'r')];

impl Version {
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.trim().to_ascii_lowercase();
        let mut rest = Rest(text.strip_prefix('v').unwrap_or(&text));
        let mut first = rest.number()?;
        let epoch = if rest.take("!") { std::mem::replace(&mut first, rest.number()?) } else { 0 };
        let mut release = vec![first];
        while rest.0.starts_with('.') && rest.0[1..].starts_with(|c: char| c.is_ascii_digit()) {
            rest.take(".");
            release.push(rest.number()?);
        }
        let pre = rest.word(PRE);
        let post = rest.word(&[("post", 'p'), ("rev", 'p'), ("r", 'p')]).map(|(_, number)| number);
        // `1.0-1` is a post-release, too.
        let post = post.or_else(|| if rest.take("-") { rest.number() } else { None });
        let dev = rest.word(&[("dev", 'd')]).map(|(_, number)| number);
        let local = if rest.take("+") { local(std::mem::take(&mut rest.0)) } else { Vec::new() };
        while release.last() == Some(&0) {
            release.pop();
        }
        let pre = match pre {
            Some((kind, number)) => Pre::Of(kind, number),
            None if dev.is_some() && post.is_none() => Pre::OnlyDev,
            None => Pre::Not,
        };
        let version = Version { epoch, release, pre, post, dev: (dev.is_none(), dev.unwrap_or(0)), local };
        rest.0.is_empty().then_some(version)
    }

    fn part(&self, at: usize) -> u64 {
        self.release.get(at).copied().unwrap_or(0)
    }

    fn is_prerelease(&self) -> bool {
        self.pre != Pre::Not || !self.dev.0
    }

    fn without_local(&self) -> Version {
        Version { local: Vec::new(), ..self.clone() }
    }

    fn same_release(&self, other: &Version) -> bool {
        self.epoch == other.epoch && self.release == other.release
    }

    /// Whether the first `parts` numbers of the release are the same.
    fn starts_like(&self, other: &Version, parts: usize) -> bool {
        self.epoch == other.epoch && (0..parts).all(|at| self.part(at) == other.part(at))
    }

    /// The release in which the number at a place is one more and those after it are 0.
    fn bumped(&self, at: usize) -> Version {
        let mut release: Vec<u64> = (0..=at).map(|at| self.part(at)).collect();
        if let Some(last) = release.last_mut() {
            *last = last.saturating_add(1);
        }
        Version { epoch: self.epoch, release, pre: Pre::Not, post: None, dev: (true, 0), local: Vec::new() }
    }
}

fn local(text: &str) -> Vec<Local> {
    let part = |part: &str| part.parse().map_or_else(|_| Local::Word(part.to_string()), Local::Number);
    text.split(['-', '_', '.']).map(part).collect()
}

/// Whether a range admits a version; `None` if the range cannot be read.
pub fn admits(range: &str, version: &Version) -> Option<bool> {
    let mut any = false;
    for alternative in range.split("||").flat_map(|part| part.split(" or ")) {
        any |= admits_all(alternative, version)?;
    }
    Some(any)
}

/// Poetry separates clauses by blanks, too; an operator may have a blank after it.
fn admits_all(clauses: &str, version: &Version) -> Option<bool> {
    let clauses = clauses.trim().trim_start_matches('(').trim_end_matches(')');
    let mut all = true;
    let mut operator = "";
    for word in clauses.split([',', ' ', '\t']).filter(|word| !word.is_empty()) {
        if word.chars().all(|c| "<>=!~^".contains(c)) {
            operator = word;
            continue;
        }
        all &= match operator {
            "" => clause(word, version)?,
            _ => clause(&format!("{operator}{word}"), version)?,
        };
        operator = "";
    }
    Some(all)
}

fn clause(text: &str, version: &Version) -> Option<bool> {
    let end = text.find(|c: char| !"<>=!~^".contains(c)).unwrap_or(text.len());
    let (operator, bound) = text.split_at(end);
    if operator == "===" {
        return Some(Version::parse(bound)? == *version);
    }
    if bound == "*" {
        return Some(operator != "!=");
    }
    if let Some(prefix) = bound.strip_suffix(".*") {
        let like = version.starts_like(&Version::parse(prefix)?, prefix.split('.').count());
        return match operator {
            "" | "=" | "==" => Some(like),
            "!=" => Some(!like),
            _ => None,
        };
    }
    let parts = release_length(bound);
    compare(operator, &Version::parse(bound)?, parts, version)
}

/// How many numbers a version's release is written with.
fn release_length(bound: &str) -> usize {
    let release = bound.rsplit('!').next().unwrap_or(bound);
    release.split('.').take_while(|part| part.starts_with(|c: char| c.is_ascii_digit())).count()
}

fn compare(operator: &str, bound: &Version, parts: usize, version: &Version) -> Option<bool> {
    let public = version.without_local();
    let order = if bound.local.is_empty() { public.cmp(bound) } else { version.cmp(bound) };
    Some(match operator {
        "" | "=" | "==" => order == Ordering::Equal,
        "!=" => order != Ordering::Equal,
        "<=" => order != Ordering::Greater,
        ">=" => order != Ordering::Less,
        // A range without the bound leaves out its pre-releases, and its post-releases.
        "<" => {
            order == Ordering::Less && !(public.is_prerelease() && !bound.is_prerelease() && public.same_release(bound))
        }
        ">" => {
            order == Ordering::Greater && !(public.post.is_some() && bound.post.is_none() && public.same_release(bound))
        }
        "~=" => public >= *bound && version.starts_like(bound, parts.saturating_sub(1).max(1)),
        "~" => public >= *bound && public < bound.bumped(parts.saturating_sub(1).min(1)),
        "^" => {
            let first = (0..parts).find(|at| bound.part(*at) > 0).unwrap_or(parts.saturating_sub(1));
            public >= *bound && public < bound.bumped(first)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn versions_are_ordered_as_pep_440_says() {
        let ordered = [
            "0.9",
            "1.0.dev1",
            "1.0a1",
            "1.0a2.dev1",
            "1.0a2",
            "1.0b1",
            "1.0rc1",
            "1.0",
            "1.0+abc",
            "1.0+5",
            "1.0.post1.dev2",
            "1.0.post1",
            "1.1",
            "1.10",
            "1!0.1",
        ];
        for pair in ordered.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        for (a, b) in [("1.0", "1"), ("1.0-1", "1.post1"), ("v1.0ALPHA1", "1.0a1"), ("1.0.c4", "1rc4")] {
            assert_eq!(version(a), version(b));
        }
        for text in ["", "a", "1.0-x", "1.0.*", "99999999999999999999999"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_admit_what_the_tools_say() {
        for (range, inside, outside) in [
            (">=1.0,<2", &["1.0", "1.9.9", "1.5+cu1"][..], &["0.9", "2.0", "2.0rc1"][..]),
            ("~=1.4.5", &["1.4.5", "1.4.9"], &["1.4.4", "1.5"]),
            ("~=2.2", &["2.2", "2.9"], &["3.0", "2.1"]),
            ("==1.*", &["1", "1.2.3"], &["2.0"]),
            ("!=1.5.*", &["1.4"], &["1.5.9"]),
            ("^1.2.3", &["1.2.3", "1.9"], &["2.0", "1.2.2"]),
            ("^0.2.3", &["0.2.9"], &["0.3"]),
            ("^0.0.3", &["0.0.3"], &["0.0.4"]),
            ("^0", &["0.9"], &["1.0"]),
            ("~1.2", &["1.2.9"], &["1.3"]),
            ("~1", &["1.9"], &["2.0"]),
            ("<2.0 || >=3.0", &["1.0", "3.1"], &["2.5"]),
            (">= 1.0, < 2", &["1.5"], &["2.1"]),
            ("(>=3)", &["3"], &["2"]),
            ("*", &["1.0"], &[]),
            ("", &["1.0"], &[]),
            ("1.2", &["1.2.0"], &["1.2.1"]),
            (">1.0", &["1.1"], &["1.0.post1", "1.0"]),
            (">=1!0", &["1!0.1"], &["99"]),
        ] {
            inside.iter().for_each(|text| assert_eq!(admits(range, &version(text)), Some(true), "{range} {text}"));
            outside.iter().for_each(|text| assert_eq!(admits(range, &version(text)), Some(false), "{range} {text}"));
        }
        assert_eq!(admits("soon", &version("1")), None);
        assert_eq!(admits(">>1", &version("1")), None);
    }
}
