//! The styles of a Word document: which of them are headings, and which are bold.

use std::collections::HashMap;

use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesStart, Event};

use super::super::xml::attribute;

#[derive(Default)]
pub(super) struct Styles(HashMap<String, Style>);

#[derive(Default)]
struct Style {
    based_on: Option<String>,
    /// 0 for the title, 1 for a heading of the first level.
    level: Option<usize>,
    bold: Option<bool>,
}

/// A style is based on another one, and so on; a circle ends.
const DEEPEST: usize = 16;

impl Styles {
    /// Reads the part `styles.xml`, as far as it is well-formed.
    pub(super) fn read(xml: &str) -> Styles {
        let mut styles = Styles::default();
        let mut open = None;
        let mut reader = XmlReader::from_str(xml);
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(start) | Event::Empty(start) => styles.element(&start, &mut open),
                Event::End(end) if end.name().as_ref() == "w:style" => open = None,
                Event::Eof => break,
                _ => {}
            }
        }
        styles
    }

    fn element(&mut self, start: &BytesStart, open: &mut Option<String>) {
        let value = || attribute(start, &["w:val"]);
        if start.name().as_ref() == "w:style" {
            let id = attribute(start, &["w:styleId"]).unwrap_or_default();
            self.0.insert(id.clone(), Style::default());
            *open = Some(id);
            return;
        }
        let Some(style) = open.as_ref().and_then(|id| self.0.get_mut(id)) else { return };
        match start.name().as_ref() {
            "w:name" => style.level = value().and_then(|name| level(&name)),
            "w:basedOn" => style.based_on = value(),
            "w:outlineLvl" if style.level.is_none() => {
                style.level =
                    value().and_then(|level| level.parse().ok()).filter(|level| *level < 9).map(|n: usize| n + 1);
            }
            "w:b" => style.bold = Some(is_on(value())),
            _ => {}
        }
    }

    /// 0 for the title, 1 for a heading of the first level; nothing for text.
    pub(super) fn level(&self, id: Option<&str>) -> Option<usize> {
        let id = id?;
        self.first(id, |style| style.level).or_else(|| level(id))
    }

    pub(super) fn is_bold(&self, id: Option<&str>) -> bool {
        id.and_then(|id| self.first(id, |style| style.bold)).unwrap_or(false)
    }

    /// What the style says, or else the nearest one that it is based on.
    fn first<T>(&self, id: &str, says: impl Fn(&Style) -> Option<T>) -> Option<T> {
        let next = |style: &&Style| style.based_on.as_ref().and_then(|id| self.0.get(id));
        std::iter::successors(self.0.get(id), next).take(DEEPEST).find_map(says)
    }
}

/// The level of a style by its name, which is English in every language of the program: `heading 2`.
fn level(name: &str) -> Option<usize> {
    let name = name.to_lowercase().replace(' ', "");
    match name.strip_prefix("heading") {
        Some(number) => number.parse().ok().filter(|number| (1..10).contains(number)),
        None => (name == "title").then_some(0),
    }
}

/// Whether a switch is on: it is, unless it says otherwise.
pub(super) fn is_on(value: Option<String>) -> bool {
    !matches!(value.as_deref(), Some("0" | "false" | "off" | "none"))
}

#[cfg(test)]
mod tests {
    use super::Styles;

    #[test]
    fn styles_are_based_on_others() {
        let styles = Styles::read(
            "<w:styles><w:style w:styleId='berschrift1'><w:name w:val='heading 1'/><w:rPr><w:b/></w:rPr></w:style>\
             <w:style w:styleId='Begriff'><w:name w:val='Begriff'/><w:basedOn w:val='berschrift1'/></w:style>\
             <w:style w:styleId='Leicht'><w:basedOn w:val='Begriff'/><w:rPr><w:b w:val='0'/></w:rPr></w:style>\
             <w:style w:styleId='Kreis'><w:basedOn w:val='Kreis'/></w:style></w:styles>",
        );
        assert_eq!((styles.level(Some("Begriff")), styles.is_bold(Some("Begriff"))), (Some(1), true));
        assert_eq!((styles.level(Some("Leicht")), styles.is_bold(Some("Leicht"))), (Some(1), false));
        assert_eq!((styles.level(Some("Kreis")), styles.level(None)), (None, None));
        assert_eq!(Styles::read("").level(Some("Heading3")), Some(3));
    }
}
