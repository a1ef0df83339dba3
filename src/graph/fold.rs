//! Folding: what two spellings of the same name have in common.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The name without what spelling varies: case, accents, possessive `'s`, and hyphen or underscore for space.
pub(crate) fn fold(text: &str) -> String {
    let folded = if text.is_ascii() {
        fold_chars(text.chars().map(|c| c.to_ascii_lowercase()))
    } else {
        fold_chars(text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase))
    };
    // A name of nothing but separators is kept as it is.
    if folded.is_empty() { text.to_string() } else { folded }
}

fn fold_chars(chars: impl Iterator<Item = char>) -> String {
    let mut folded = String::new();
    for c in chars {
        if !is_separator(c) {
            folded.push(if c == '’' { '\'' } else { c });
            continue;
        }
        end_word(&mut folded);
        if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    end_word(&mut folded);
    folded
}

fn is_separator(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

/// Drops the possessive ending of the word that ends here.
fn end_word(folded: &mut String) {
    for (ending, kept) in [("'s", 0), ("s'", 1)] {
        if folded.len() > ending.len() && folded.ends_with(ending) {
            folded.truncate(folded.len() - ending.len() + kept);
            return;
        }
    }
}

/// Folded text without a leading article, if it has one.
pub(super) fn without_article(folded: &str) -> Option<&str> {
    ["the ", "an ", "a "].iter().find_map(|article| folded.strip_prefix(article)).filter(|rest| !rest.is_empty())
}

/// What the singular of the text could be, if its last word may be a plural. Candidates: whoever calls looks whether
/// one of them exists. `original` is the text as spelled: `APIs` is a plural, `DNS` is not.
pub(super) fn singulars(original: &str, folded: &str) -> Vec<String> {
    let word = folded.rsplit(' ').next().unwrap_or(folded);
    let before_s = original.strip_suffix('s').and_then(|stem| stem.chars().next_back());
    if before_s.is_some_and(char::is_uppercase) {
        return vec![folded[..folded.len() - 1].to_string()];
    }
    // Short words in capitals are acronyms; long ones are just loud.
    let acronym = word.len() < 6 && original.chars().next_back().is_some_and(char::is_uppercase);
    if acronym || word.len() < 4 || !word.ends_with('s') || word.ends_with("ss") {
        return Vec::new();
    }
    let mut candidates = vec![folded[..folded.len() - 1].to_string()];
    if let Some(stem) = folded.strip_suffix("ies").filter(|_| word.len() > 4) {
        candidates.push(format!("{stem}y"));
    } else if let Some(stem) = folded.strip_suffix("es")
        && ["s", "x", "z", "ch", "sh"].iter().any(|ending| stem.ends_with(ending))
    {
        candidates.push(stem.to_string());
    }
    candidates
}

/// Whether a word that ends in `s` looks like a singular: `status`, `analysis`.
pub(super) fn looks_singular(folded: &str) -> bool {
    ["us", "is", "ss", "os", "as"].iter().any(|ending| folded.ends_with(ending))
}

/// `distributed virtual router (DVR)` is `distributed virtual router` and `DVR`.
pub(super) fn bracketed(text: &str) -> Option<(&str, &str)> {
    let (outside, inside) = text.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let (outside, inside) = (outside.trim(), inside.trim());
    (!outside.is_empty() && !inside.is_empty()).then_some((outside, inside))
}

/// The words of a text, folded and with plain plurals taken off, as the index of definitions knows them.
pub(super) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(stem).collect()
}

/// One spelling for singular and plural: it need not be a word.
fn stem(word: &str) -> String {
    let plural = word.len() > 3 && word.ends_with('s') && !looks_singular(word);
    match word.strip_suffix("ies").filter(|_| word.len() > 4) {
        Some(stem) => format!("{stem}y"),
        None if plural => word[..word.len() - 1].to_string(),
        None => word.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_fold_together() {
        for (text, folded) in [
            ("Block  Storage", "block storage"),
            ("block-storage", "block storage"),
            ("BLOCK_STORAGE", "block storage"),
            ("Café", "cafe"),
            ("nova's", "nova"),
            ("tenants’ quota", "tenants quota"),
            ("  nova-api ", "nova api"),
            ("---", "---"),
            ("g++", "g++"),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
    }

    #[test]
    fn plurals_have_singulars_and_acronyms_do_not() {
        let of = |text: &str| singulars(text, &fold(text));
        assert_eq!(of("networks"), ["network"]);
        assert_eq!(of("security policies"), ["security policie", "security policy"]);
        assert_eq!(of("boxes"), ["boxe", "box"]);
        assert_eq!(of("databases"), ["database", "databas"]);
        assert_eq!(of("APIs"), ["api"]);
        assert_eq!(of("VMs"), ["vm"]);
        assert_eq!(of("ROUTERS"), ["router"]);
        assert!(of("DNS").is_empty());
        assert!(of("dns").is_empty());
        assert!(of("IaaS").is_empty());
        assert!(of("access").is_empty());
    }

    #[test]
    fn words_are_stemmed() {
        assert_eq!(words("The volumes' Policies, status (DNS)."), ["the", "volume", "policy", "status", "dns"]);
    }
}
