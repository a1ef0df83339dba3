//! What is checked of a file before a reader of another library gets it.
//!
//! Such a reader asks neither the clock nor the budget, and some do work that grows much faster than their input. What
//! makes them do so is counted first, generously: what is counted twice only makes the bound safer.

use std::collections::HashMap;

/// Entities that an XML file declares. OWL files declare a dozen, for their namespaces.
const MOST_ENTITIES: usize = 1000;
/// Bytes that all references to entities come to.
const MOST_EXPANDED: usize = 16 << 20;
/// Entities in entities.
const DEEPEST_ENTITY: usize = 8;

/// Contexts of a JSON-LD file. Each is looked through again and again for what is below it.
const MOST_CONTEXTS: usize = 1000;
/// Bytes of all contexts.
const LONGEST_CONTEXTS: usize = 1 << 20;
/// Lists and objects in one another.
const DEEPEST_JSON: usize = 200;

/// Why an XML file is not handed on.
pub(crate) fn check_xml(text: &str) -> Result<(), String> {
    let mut declared: HashMap<&str, Vec<&str>> = HashMap::new();
    for (at, declaration) in text.split("<!ENTITY").skip(1).enumerate() {
        if at == MOST_ENTITIES {
            return Err(format!("more than {MOST_ENTITIES} entities are declared"));
        }
        if let Some((name, value)) = entity(declaration) {
            declared.entry(name).or_default().push(value);
        }
    }
    if declared.is_empty() {
        return Ok(());
    }
    let mut sizes = HashMap::new();
    let mut expanded = 0usize;
    for name in references(text) {
        let (bytes, levels) = extent(name, &declared, &mut sizes, 0);
        if levels > DEEPEST_ENTITY {
            return Err(format!("entities stand in one another more than {DEEPEST_ENTITY} deep"));
        }
        expanded = expanded.saturating_add(bytes);
        if expanded > MOST_EXPANDED {
            return Err(format!("its entities expand to more than {} MiB", MOST_EXPANDED >> 20));
        }
    }
    Ok(())
}

/// Name and value of `name "value"…`. Entities of other files have no value.
fn entity(declaration: &str) -> Option<(&str, &str)> {
    let declaration = declaration.trim_start();
    let declaration = declaration.strip_prefix('%').unwrap_or(declaration).trim_start();
    let (name, rest) = declaration.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|sign| ['"', '\''].contains(sign))?;
    Some((name, rest[1..].split(quote).next()?))
}

/// The names in `&name;`.
fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split('&').skip(1).filter_map(|rest| {
        let end = rest.bytes().take(256).position(|byte| byte == b';')?;
        rest.get(..end)
    })
}

/// How many bytes an entity expands to, and how many levels of references it has.
fn extent<'t>(
    name: &'t str,
    declared: &HashMap<&'t str, Vec<&'t str>>,
    known: &mut HashMap<&'t str, (usize, usize)>,
    depth: usize,
) -> (usize, usize) {
    if let Some(extent) = known.get(name) {
        return *extent;
    }
    let (mut most, mut levels) = (0, 0);
    for value in declared.get(name).into_iter().flatten() {
        levels = levels.max(1);
        let mut bytes = value.len();
        // What stands in itself is as deep as it is looked into.
        for inner in references(value).take_while(|_| depth <= DEEPEST_ENTITY) {
            let (more, deeper) = extent(inner, declared, known, depth + 1);
            bytes = bytes.saturating_add(more);
            levels = levels.max(1 + deeper);
        }
        most = most.max(bytes);
    }
    known.insert(name, (most, levels));
    (most, levels)
}

/// Why a JSON-LD file is not handed on.
pub(crate) fn check_json_ld(text: &str) -> Result<(), String> {
    let (mut depth, mut contexts, mut length) = (0usize, 0usize, 0usize);
    // Where the outermost context that is open begins, and how deep it is.
    let mut open: Option<(usize, usize)> = None;
    let mut is_context = false;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = end_of_string(bytes, at);
                is_context = is_name_of_context(&text[at + 1..end]);
                contexts += usize::from(is_context);
                at = end;
            }
            b'{' | b'[' => {
                depth += 1;
                if is_context && open.is_none() {
                    open = Some((at, depth));
                }
                is_context = false;
            }
            b'}' | b']' => {
                if let Some((start, _)) = open.take_if(|(_, outermost)| *outermost >= depth) {
                    length += at - start;
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        if depth > DEEPEST_JSON {
            return Err(format!("lists and objects stand in one another more than {DEEPEST_JSON} deep"));
        }
        if contexts > MOST_CONTEXTS {
            return Err(format!("it has more than {MOST_CONTEXTS} contexts"));
        }
        at += 1;
    }
    length += open.map_or(0, |(start, _)| bytes.len() - start);
    if length > LONGEST_CONTEXTS {
        return Err(format!("its contexts are longer than {} MiB", LONGEST_CONTEXTS >> 20));
    }
    Ok(())
}

/// `@context`, also with escapes in it.
fn is_name_of_context(inside: &str) -> bool {
    inside == "@context"
        || inside.contains('\\')
            && serde_json::from_str::<String>(&format!("\"{inside}\"")).is_ok_and(|name| name == "@context")
}

/// The place of the quote that ends a string, or of the end of the text.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_counted_before_they_are_expanded() {
        let file = |entities: usize, inside: &str| {
            let declared: String = (0..entities).map(|at| format!("<!ENTITY e{at} \"x\">")).collect();
            format!("<!DOCTYPE a [{declared}]><a>{inside}</a>")
        };
        assert_eq!(check_xml(&file(MOST_ENTITIES, "&e1; &amp; &unknown;")), Ok(()));
        assert_eq!(check_xml(&file(MOST_ENTITIES + 1, "")), Err("more than 1000 entities are declared".to_string()));
        assert_eq!(check_xml("<a>&amp;</a>"), Ok(()));
    }

    #[test]
    fn expansions_are_added_up() {
        let file = |times: usize| {
            let text = "x".repeat(1 << 16);
            format!("<!DOCTYPE a [<!ENTITY long \"{text}\">]><a>{}</a>", "&long;".repeat(times))
        };
        assert_eq!(check_xml(&file(256)), Ok(()));
        assert_eq!(check_xml(&file(257)), Err("its entities expand to more than 16 MiB".to_string()));
    }

    #[test]
    fn entities_stand_in_one_another_only_so_deep() {
        let file = |levels: usize| {
            let declared: String = (1..levels).map(|at| format!("<!ENTITY e{at} \"&e{};\">", at - 1)).collect();
            format!("<!DOCTYPE a [<!ENTITY e0 \"x\">{declared}]><a>&e{};</a>", levels - 1)
        };
        let refused = Err("entities stand in one another more than 8 deep".to_string());
        assert_eq!(check_xml(&file(DEEPEST_ENTITY)), Ok(()));
        assert_eq!(check_xml(&file(DEEPEST_ENTITY + 1)), refused);
        // Wherever the counting begins.
        assert_eq!(check_xml(&format!("<a>&e8;</a>{}", file(DEEPEST_ENTITY + 1))), refused);
        assert_eq!(check_xml("<!DOCTYPE a [<!ENTITY e \"x&e;\">]><a>&e;</a>"), refused);
    }

    #[test]
    fn contexts_are_counted_and_measured() {
        let file = |contexts: usize| format!("[{}]", vec!["{\"@context\": {\"a\": \"b:c\"}}"; contexts].join(","));
        assert_eq!(check_json_ld(&file(MOST_CONTEXTS)), Ok(()));
        assert_eq!(check_json_ld(&file(MOST_CONTEXTS + 1)), Err("it has more than 1000 contexts".to_string()));
        let long = |bytes: usize| format!("{{\"@context\": {{\"a\": \"{}\"}}}}", "x".repeat(bytes));
        assert_eq!(check_json_ld(&long(1 << 19)), Ok(()));
        assert_eq!(check_json_ld(&long(1 << 20)), Err("its contexts are longer than 1 MiB".to_string()));
        let outside = format!("{{\"@context\": {{}}, \"a\": \"{}\"}}", "x".repeat(1 << 21));
        assert_eq!(check_json_ld(&outside), Ok(()));
    }

    #[test]
    fn names_of_contexts_are_read_with_their_escapes() {
        assert!(is_name_of_context("@context") && is_name_of_context("\\u0040context"));
        assert!(!is_name_of_context("context") && !is_name_of_context("\\n@context"));
        let hidden = format!("[{}]", vec!["{\"\\u0040context\": {}}"; MOST_CONTEXTS + 1].join(","));
        assert!(check_json_ld(&hidden).is_err());
    }

    #[test]
    fn json_is_only_so_deep() {
        let file = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(check_json_ld(&file(DEEPEST_JSON)), Ok(()));
        assert!(check_json_ld(&file(DEEPEST_JSON + 1)).unwrap_err().contains("more than 200 deep"));
    }
}
