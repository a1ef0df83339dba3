//! Labels → text: escape sequences, records, HTML.

use super::lexer::Text;

/// What a label says, in the parts that a reader sees: lines, fields of a record, cells of a table.
pub(super) fn parts(label: &Text, id: &str, graph: &str, is_record: bool) -> Vec<String> {
    let parts = match (label.is_html, is_record) {
        (true, _) => html(&label.text),
        (false, true) => record(&label.text, id, graph),
        (false, false) => lines(&label.text, id, graph),
    };
    let words = |part: String| part.split_whitespace().collect::<Vec<_>>().join(" ");
    parts.into_iter().map(words).filter(|part| !part.is_empty()).collect()
}

/// `\N` and `\G` are the names of the node and the graph, `\n`, `\l` and `\r` end a line; any other `\x` is `x`.
fn lines(text: &str, id: &str, graph: &str) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        let escaped = if c == '\\' { characters.next() } else { None };
        match (c, escaped) {
            ('\n', _) | (_, Some('n' | 'l' | 'r')) => lines.push(std::mem::take(&mut line)),
            (_, Some('N')) => line.push_str(id),
            (_, Some('G')) => line.push_str(graph),
            (_, Some(other)) => line.push(other),
            (c, None) => line.push(c),
        }
    }
    lines.push(line);
    lines
}

/// The fields of a record: `|` and braces part them, `<…>` names a port, `\` before a sign takes its meaning.
fn record(text: &str, id: &str, graph: &str) -> Vec<String> {
    let (mut fields, mut field, mut in_port) = (Vec::new(), String::new(), false);
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => {
                let next = characters.next();
                match next {
                    Some(sign @ ('{' | '}' | '|' | '<' | '>' | ' ')) if !in_port => field.push(sign),
                    Some(other) if !in_port => field.extend(['\\', other]),
                    _ => {}
                }
            }
            '<' => in_port = true,
            '>' => in_port = false,
            _ if in_port => {}
            '|' | '{' | '}' => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    fields.push(field);
    // What a field says is one part, in however many lines.
    fields.iter().map(|field| lines(field, id, graph).join(" ")).collect()
}

/// The texts between those tags that begin a line or a cell.
fn html(text: &str) -> Vec<String> {
    const BREAKS: &[&str] = &["br", "td", "tr", "table", "hr", "vr"];
    let (mut parts, mut part, mut rest) = (Vec::new(), String::new(), text);
    while let Some(open) = rest.find('<') {
        part.push_str(&rest[..open]);
        rest = &rest[open + 1..];
        let is_comment = rest.starts_with("!--");
        let close = if is_comment { rest.find("-->").map(|at| at + 2) } else { rest.find('>') };
        let tag = &rest[..close.unwrap_or(rest.len())];
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphabetic).collect();
        if BREAKS.contains(&name.to_ascii_lowercase().as_str()) {
            parts.push(std::mem::take(&mut part));
        }
        rest = close.map_or("", |close| &rest[close + 1..]);
    }
    part.push_str(rest);
    parts.push(part);
    parts.iter().map(|part| entities(part)).collect()
}

fn entities(text: &str) -> String {
    match quick_xml::escape::unescape_with(text, quick_xml::escape::resolve_html5_entity) {
        Ok(text) => text.into_owned(),
        Err(_) => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn of(text: &str, is_html: bool, is_record: bool) -> Vec<String> {
        parts(&Text { text: Cow::Borrowed(text), is_html, is_quoted: true }, "id", "graph", is_record)
    }

    #[test]
    fn labels_in_parts() {
        assert_eq!(of(r"\N of \G\nsecond\l\\x\q", false, false), ["id of graph", "second", r"\xq"]);
        assert_eq!(of(r"{<f0> left|{a\|b|<p>}|mid\ dle \n x}", false, true), ["left", "a|b", "mid dle x"]);
        assert_eq!(of("<b>web</b> &amp; x<br/>port <i>80</i>", true, false), ["web & x", "port 80"]);
        assert_eq!(of("<TABLE><TR><TD PORT=\"p\">a</TD><TD>b</TD></TR></TABLE>", true, false), ["a", "b"]);
        assert_eq!(of("a < b", true, false), ["a"]);
        assert_eq!(of("", false, false), Vec::<String>::new());
        assert_eq!(of("\\", false, false), ["\\"]);
    }
}
