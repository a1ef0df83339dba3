//! Whether a text without markup is a glossary by its form: names, and sentences that say what they mean.
//!
//! A list of pairs, a lock file or a program would yield terms and relations, too, and all of them would be nonsense.

/// How many lines are looked at.
const LINES: usize = 400;

/// Fails with what the text looks like instead.
pub(super) fn is_glossary(text: &str) -> Result<(), String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES).collect();
    let share = |is: fn(&str) -> bool| lines.iter().filter(|line| is(line)).count() as f64 / lines.len().max(1) as f64;
    if share(is_code) > 0.2 {
        return Err("it looks like a program or a configuration, not like a glossary".into());
    }
    if share(|line| line.split_whitespace().count() == 2) > 0.8 {
        return Err("it looks like a list of pairs, not like a glossary; `--format pairs` reads it as one".into());
    }
    if share(is_setting) > 0.5 {
        return Err("it looks like a list of settings, not like a glossary".into());
    }
    match lines.iter().any(|line| is_prose(line)) {
        true => Ok(()),
        false => Err("no line of it says in words what something is, as a glossary does".into()),
    }
}

fn is_code(line: &str) -> bool {
    line.ends_with([';', '{', '}', '[', ']']) || line.starts_with(['#', '[', '<', '}', '{', '-']) && line.len() < 40
}

/// `key = value`, `key: value`.
fn is_setting(line: &str) -> bool {
    let key = line.split(['=', ':']).next().unwrap_or("").trim();
    key.len() < line.len() && !key.is_empty() && !key.contains(' ') && line.split_whitespace().count() < 6
}

/// Four words or more, most of them of letters.
fn is_prose(line: &str) -> bool {
    // A row of a table has its sentences in fields.
    line.split([',', ';', '\t']).chain([line]).any(|part| {
        let words: Vec<&str> = part.split_whitespace().collect();
        let is_word =
            |word: &&&str| word.trim_matches(|c: char| c.is_ascii_punctuation()).chars().all(char::is_alphabetic);
        words.len() >= 4 && words.iter().filter(is_word).count() * 4 >= words.len() * 3
    })
}

#[cfg(test)]
mod tests {
    use super::is_glossary;

    #[test]
    fn what_is_a_glossary_by_its_form() {
        for glossary in [
            "lighthouse\n\nA tower with a lamp that warns ships.\n",
            "term,definition\nmole,\"A wall in the sea, of stone.\"\n",
            "A place where ships lie safely.\n",
        ] {
            assert_eq!(is_glossary(glossary), Ok(()), "{glossary}");
        }
        for other in [
            "web api\napi db\n",
            "[[package]]\nname = \"serde\"\nversion = \"1.0\"\n",
            "fn main() {\n    println!(\"It works for all of us\");\n}\n",
            "alpha,1,2\nbeta,3,4\n",
            "HOST=localhost\nPORT=80\nNAME=the name\n",
        ] {
            assert!(is_glossary(other).is_err(), "{other}");
        }
    }
}
