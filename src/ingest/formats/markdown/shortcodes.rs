//! What the site generator would fill in: `{{< … >}}` and `{{% … %}}` of Hugo, `{{ … }}` and `{% … %}` of Jekyll.
//!
//! A shortcode with a `text` stands for it and, with a `term_id`, refers to that term. A macro of MDN stands for its last
//! argument in quotes: `{{Glossary("SPA", "single-page apps")}}`. Any other stands for nothing.

use crate::glossary::{Paragraph, Reference};

/// The paragraph without shortcodes, unless nothing is left of it.
pub(super) fn resolve(paragraph: Paragraph) -> Option<Paragraph> {
    if !paragraph.text.contains("{{") && !paragraph.text.contains("{%") {
        return Some(paragraph);
    }
    let resolved = Resolver::new(&paragraph).run();
    (!resolved.text.trim().is_empty()).then_some(resolved)
}

struct Resolver<'a> {
    old: &'a Paragraph,
    new: Paragraph,
    /// Where kept pieces of the old text begin, and where they begin in the new one.
    pieces: Vec<(usize, usize)>,
}

impl<'a> Resolver<'a> {
    fn new(old: &'a Paragraph) -> Resolver<'a> {
        Resolver { old, new: Paragraph { language: old.language.clone(), ..Paragraph::default() }, pieces: Vec::new() }
    }

    fn run(mut self) -> Paragraph {
        let text = &self.old.text;
        let mut at = 0;
        while let Some((start, end, inside)) = next(text, at) {
            self.keep(at, start);
            let begin = self.new.text.len();
            if let Some((target, words)) = call(inside) {
                self.pieces.push((start, begin));
                self.new.text.push_str(words);
                if let Some(target) = target {
                    self.new.references.push(Reference { span: begin..self.new.text.len(), target: target.into() });
                }
            } else if let Some(words) = attribute(inside, "text").or_else(|| attribute(inside, "term_id")) {
                let words = words.trim();
                self.pieces.push((start, begin));
                self.new.text.push_str(words);
                if let Some(target) = attribute(inside, "term_id") {
                    self.new.references.push(Reference { span: begin..self.new.text.len(), target: target.into() });
                }
            } else if text[end..].starts_with(' ') && (self.new.text.is_empty() || self.new.text.ends_with(' ')) {
                // What stood for nothing takes the space after it along.
                at = end + 1;
                continue;
            }
            at = end;
        }
        self.keep(at, text.len());
        self.new.text.truncate(self.new.text.trim_end().len());
        self.move_places();
        self.new
    }

    fn keep(&mut self, start: usize, end: usize) {
        if start < end {
            self.pieces.push((start, self.new.text.len()));
            self.new.text.push_str(&self.old.text[start..end]);
        }
    }

    fn moved(&self, offset: usize) -> usize {
        let after = self.pieces.partition_point(|(old, _)| *old <= offset);
        let moved = self.pieces[..after].last().map_or(0, |(old, new)| new + (offset - old));
        // What was dropped is where the next piece begins.
        let next = self.pieces.get(after).map_or(self.new.text.len(), |(_, new)| *new);
        moved.min(next).min(self.new.text.len())
    }

    fn move_places(&mut self) {
        let mut lines: Vec<(usize, usize)> =
            self.old.lines.iter().map(|(offset, line)| (self.moved(*offset), *line)).collect();
        // Lines that are wholly dropped end where the next one begins.
        lines.reverse();
        lines.dedup_by_key(|(offset, _)| *offset);
        lines.reverse();
        let moved = self.old.references.iter().map(|reference| Reference {
            span: self.moved(reference.span.start)..self.moved(reference.span.end),
            target: reference.target.clone(),
        });
        let moved: Vec<Reference> = moved.filter(|reference| !reference.span.is_empty()).collect();
        self.new.references.extend(moved);
        self.new.references.sort_by_key(|reference| reference.span.start);
        self.new.lines = lines;
    }
}

/// The next shortcode from a byte on: its first byte, the byte after it, and what stands inside.
fn next(text: &str, from: usize) -> Option<(usize, usize, &str)> {
    const MARKS: [(&str, &str); 4] = [("{{<", ">}}"), ("{{%", "%}}"), ("{{", "}}"), ("{%", "%}")];
    let mut at = from;
    loop {
        let start = at + text[at..].find('{')?;
        let mark = MARKS.iter().find(|(open, _)| text[start..].starts_with(open));
        if let Some((open, close)) = mark {
            let inside = start + open.len();
            let length = text[inside..].find(close)?;
            return Some((start, inside + length + close.len(), &text[inside..inside + length]));
        }
        at = start + 1;
    }
}

/// `Glossary("SPA", "single-page apps")`: the term that is meant, if it is one of the glossary, and the words shown.
fn call(inside: &str) -> Option<(Option<&str>, &str)> {
    let (name, arguments) = inside.trim().split_once('(')?;
    let arguments = arguments.trim_end().strip_suffix(')')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let quote = arguments.trim_start().chars().next().filter(|c| ['"', '\''].contains(c) && is_name)?;
    let mut quoted = arguments.split(quote).skip(1).step_by(2);
    let first = quoted.next()?;
    let words = quoted.next().filter(|words| !words.is_empty()).unwrap_or(first);
    Some((name.eq_ignore_ascii_case("glossary").then_some(first), words))
}

/// `name="value"`.
fn attribute<'a>(inside: &'a str, name: &str) -> Option<&'a str> {
    let at = inside.match_indices(name).find(|(at, _)| inside[..*at].ends_with(char::is_whitespace))?.0;
    let value = inside[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| ['"', '\'', '`'].contains(c))?;
    value[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_stand_for_their_text() {
        let text = r#"Warns {{< term text="ships" term_id="ship" >}} of {{% icon %}} rocks {{ site.x }}"#;
        let at = text.find("rocks").unwrap();
        let old = Paragraph {
            text: text.into(),
            lines: vec![(0, 1), (at, 2)],
            references: vec![Reference { span: at..at + 5, target: "rock".into() }],
            ..Paragraph::default()
        };
        let new = resolve(old).unwrap();
        assert_eq!(new.text, "Warns ships of rocks");
        assert_eq!(new.lines, [(0, 1), (15, 2)]);
        let words: Vec<_> = new.references.iter().map(|r| (&new.text[r.span.clone()], r.target.as_str())).collect();
        assert_eq!(words, [("ships", "ship"), ("rocks", "rock")]);
        assert!(resolve(Paragraph { text: "{{< icon >}}".into(), ..Paragraph::default() }).is_none());
    }

    #[test]
    fn macros_stand_for_their_words() {
        for (text, shown, target) in [
            (r#"Lights {{Glossary("ship", "the ships")}} up"#, "Lights the ships up", Some("ship")),
            (r#"Lights {{glossary('ship')}} up"#, "Lights ship up", Some("ship")),
            (r#"Lights {{domxref("Ship.sail()")}} up"#, "Lights Ship.sail() up", None),
            ("Lights {{Compat}} up", "Lights up", None),
        ] {
            let old = Paragraph { text: text.into(), lines: vec![(0, 1)], ..Paragraph::default() };
            let new = resolve(old).unwrap();
            assert_eq!(new.text, shown);
            assert_eq!(new.references.first().map(|r| r.target.as_str()), target, "{text}");
        }
    }

    #[test]
    fn a_shortcode_without_an_end_is_text() {
        let open = Paragraph { text: "A {{< b".into(), lines: vec![(0, 1)], ..Paragraph::default() };
        assert_eq!(resolve(open.clone()), Some(open));
    }
}
