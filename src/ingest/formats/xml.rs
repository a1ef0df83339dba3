//! What readers of XML share: attributes, and entities expanded within bounds.

use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

/// The value of the first attribute of one of these names, white space folded.
pub(super) fn attribute(start: &BytesStart, names: &[&str]) -> Option<String> {
    let found = start.attributes().flatten().find(|attribute| names.contains(&attribute.key.as_ref()))?;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What entity references stand for: the five of XML, those of HTML, and those that the document declares itself.
#[derive(Default)]
pub(super) struct Entities {
    declared: BTreeMap<String, String>,
    /// Bytes put in so far.
    expanded: usize,
}

impl Entities {
    /// All texts put in: what a short document may grow to is bounded.
    const MOST: usize = 16 << 20;
    /// Entities in entities.
    const DEEPEST: usize = 8;

    /// Learns `<!ENTITY name "text">` from a document type declaration. Entities of other files stay unknown.
    pub(super) fn declare(&mut self, doctype: &str) {
        for declaration in doctype.split("<!ENTITY").skip(1) {
            let mut words = declaration.trim_start().splitn(2, char::is_whitespace);
            let (Some(name), Some(rest)) = (words.next(), words.next()) else { continue };
            let rest = rest.trim_start();
            let Some(quote) = rest.chars().next().filter(|c| ['"', '\''].contains(c)) else { continue };
            let Some(value) = rest[1..].split(quote).next() else { continue };
            // The first declaration of a name holds.
            self.declared.entry(name.to_string()).or_insert_with(|| value.to_string());
        }
    }

    /// The text for `&name;`, its own markup removed; nothing if it is unknown or would grow too long.
    pub(super) fn expand(&mut self, name: &str) -> Option<String> {
        let mut text = String::new();
        let is_known = self.expand_into(name, 0, &mut text);
        (is_known && self.expanded <= Entities::MOST).then_some(text)
    }

    fn expand_into(&mut self, name: &str, depth: usize, out: &mut String) -> bool {
        if let Some(text) = quick_xml::escape::resolve_html5_entity(name) {
            out.push_str(text);
            return true;
        }
        let Some(value) = self.declared.get(name).filter(|_| depth < Entities::DEEPEST) else { return false };
        self.expanded += value.len();
        if self.expanded > Entities::MOST {
            return false;
        }
        let value = value.clone();
        let mut rest = value.as_str();
        while let Some(at) = rest.find(['&', '<']) {
            out.push_str(&rest[..at]);
            let (close, inside) = (if rest[at..].starts_with('&') { ';' } else { '>' }, &rest[at + 1..]);
            let Some(end) = inside.find(close) else {
                out.push_str(&rest[at..]);
                return true;
            };
            if close == ';' && !self.reference(&inside[..end], depth + 1, out) {
                return false;
            }
            rest = &inside[end + 1..];
        }
        out.push_str(rest);
        true
    }

    fn reference(&mut self, name: &str, depth: usize, out: &mut String) -> bool {
        let number = name.strip_prefix('#').map(|number| match number.strip_prefix('x') {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        });
        match number {
            Some(number) => {
                out.extend(number.ok().and_then(char::from_u32));
                true
            }
            None => self.expand_into(name, depth, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_of_the_document_and_of_html() {
        let mut entities = Entities::default();
        entities.declare(
            r#"glossary [ <!ENTITY sea "the <emphasis>North</emphasis> Sea&#x21;"> <!ENTITY all 'all of &sea;'>
            <!ENTITY % other SYSTEM "other.ent"> %other; <!ENTITY far SYSTEM "far.xml"> ]"#,
        );
        assert_eq!(entities.expand("all").as_deref(), Some("all of the North Sea!"));
        assert_eq!(entities.expand("mdash").as_deref(), Some("—"));
        assert_eq!(entities.expand("far"), None);
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let mut entities = Entities::default();
        let name = |level: usize| format!("e{level}");
        let mut doctype = format!("<!ENTITY e0 \"{}\">", "ha".repeat(50));
        for level in 1..8 {
            let inside = format!("&{};", name(level - 1)).repeat(20);
            doctype += &format!("<!ENTITY {} \"{inside}\">", name(level));
        }
        doctype += "<!ENTITY loop \"&loop;\">";
        entities.declare(&doctype);
        assert_eq!(entities.expand("e7"), None);
        assert_eq!(entities.expand("loop"), None);
    }
}
