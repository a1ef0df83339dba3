//! What the drawn formats have in common: boxes with their words, colours of relationship types, and the layout.

use std::collections::BTreeMap;

use super::layout::{Layout, Point, Sketch, layers, neighbourhood};
use super::{Arrangement, Subgraph};
use crate::diagnostic::Diagnostic;
use crate::graph::TypeId;
use crate::limits::Budget;
use crate::render::count;

pub(super) const FONT_SIZE: f64 = 13.0;
pub(super) const LINE: f64 = 16.0;
/// Captions are broken where a line would be wider than this, and cut after two lines.
const WIDEST: f64 = 170.0;
const LINES: usize = 2;

/// Told apart on white and on black, also by most people who see few colours.
const COLOURS: &[&str] =
    &["#3b82d6", "#e06c2b", "#2e9e6b", "#b45fd1", "#c0941c", "#d64b5f", "#2aa3b5", "#8c7a6b", "#7a8f2e", "#e07aa8"];
/// When the colours are used up, lines are broken.
const DASHES: &[&str] = &["", "6 3", "2 3", "9 3 2 3"];

/// A picture, all but its notation.
pub(super) struct Picture {
    pub(super) boxes: Vec<Caption>,
    pub(super) layout: Layout,
    /// The relationship types in it, the most frequent first.
    pub(super) types: Vec<TypeStyle>,
    /// The place in `types` of each link's type.
    pub(super) type_of: Vec<usize>,
    pub(super) title: String,
}

/// The words in a box, and its size.
pub(super) struct Caption {
    pub(super) lines: Vec<String>,
    pub(super) size: Point,
}

/// How relationships of a type are drawn.
pub(super) struct TypeStyle {
    pub(super) id: TypeId,
    pub(super) name: String,
    pub(super) phrase: String,
    pub(super) count: usize,
    pub(super) colour: &'static str,
    pub(super) dash: &'static str,
}

impl Picture {
    pub(super) fn of(subgraph: &Subgraph, budget: &Budget) -> Result<Picture, Diagnostic> {
        let boxes: Vec<Caption> = subgraph.nodes().iter().map(|node| Caption::of(&subgraph.caption(*node))).collect();
        let sketch = Sketch {
            sizes: boxes.iter().map(|caption| caption.size).collect(),
            links: subgraph.links().iter().map(|link| subgraph.ends(*link)).collect(),
            roots: subgraph.roots().iter().map(|node| subgraph.number(*node)).collect(),
        };
        let layout = match subgraph.arrangement() {
            Arrangement::Layers => layers(&sketch, budget)?,
            Arrangement::Neighbourhood => neighbourhood(&sketch, budget)?,
        };
        let types = types(subgraph);
        let place: BTreeMap<TypeId, usize> = types.iter().enumerate().map(|(at, style)| (style.id, at)).collect();
        let type_of = |link: &super::Link| place[&subgraph.relationship(link.relationship).relationship_type];
        Ok(Picture {
            type_of: subgraph.links().iter().map(type_of).collect(),
            title: title(subgraph),
            boxes,
            layout,
            types,
        })
    }
}

/// `Database Service: 12 nodes, 20 relationships`
fn title(subgraph: &Subgraph) -> String {
    let roots: Vec<String> = subgraph.roots().iter().take(3).map(|root| subgraph.caption(*root)).collect();
    let head = if roots.is_empty() { String::new() } else { format!("{}: ", roots.join(", ")) };
    format!("{head}{}, {}", count(subgraph.nodes().len(), "node"), count(subgraph.links().len(), "relationship"))
}

fn types(subgraph: &Subgraph) -> Vec<TypeStyle> {
    let source = subgraph.source();
    let mut counts: BTreeMap<TypeId, usize> = BTreeMap::new();
    for link in subgraph.links() {
        *counts.entry(subgraph.relationship(link.relationship).relationship_type).or_default() += 1;
    }
    let mut counts: Vec<(TypeId, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| source.name_of_type(a.0).cmp(source.name_of_type(b.0))));
    let style = |(at, (id, count)): (usize, (TypeId, usize))| TypeStyle {
        id,
        name: source.name_of_type(id).to_string(),
        phrase: crate::render::clean(&source.semantics().phrase(source.name_of_type(id))).into_owned(),
        count,
        colour: COLOURS[at % COLOURS.len()],
        dash: DASHES[at / COLOURS.len() % DASHES.len()],
    };
    counts.into_iter().enumerate().map(style).collect()
}

impl Caption {
    fn of(text: &str) -> Caption {
        let lines = broken(text);
        let width = lines.iter().map(|line| width_of(line)).fold(0.0, f64::max);
        Caption { size: (width.max(18.0) + 18.0, lines.len() as f64 * LINE + 10.0), lines }
    }
}

/// The text in lines that fit; what does not is a `…`.
fn broken(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_inclusive([' ', '-', '_', '.', '/', ':']) {
        let last = lines.last_mut().expect("it begins with one");
        if !last.is_empty() && width_of(last) + width_of(word.trim_end()) > WIDEST {
            lines.push(String::new());
        }
        lines.last_mut().expect("there is one").push_str(word);
    }
    let cut = lines.len() > LINES;
    lines.truncate(LINES);
    let last = lines.len() - 1;
    if cut {
        lines[last].push('…');
    }
    for line in &mut lines {
        *line = line.trim_end().to_string();
        while width_of(line) > WIDEST + FONT_SIZE {
            if line.ends_with('…') {
                line.pop();
            }
            line.pop();
            line.push('…');
        }
    }
    lines
}

/// About how wide the text is in a sans-serif face, in pixels; rather too much than too little.
pub(super) fn width_of(text: &str) -> f64 {
    let wide = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.28,
        'f' | 't' | 'r' | 'I' | ' ' | '-' | '(' | ')' | '[' | ']' | '/' => 0.36,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.92,
        'A'..='Z' => 0.70,
        c if c.is_ascii() => 0.575,
        c => unicode_width::UnicodeWidthChar::width(c).unwrap_or(0) as f64 * 0.58,
    };
    text.chars().map(wide).sum::<f64>() * FONT_SIZE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_fit_their_boxes() {
        assert_eq!(broken("Compute"), ["Compute"]);
        assert_eq!(broken("ceilometer-agent-notification"), ["ceilometer-agent-", "notification"]);
        let long = broken(&"word ".repeat(40));
        assert_eq!(long.len(), LINES);
        assert!(long[1].ends_with('…'));
        let endless = broken(&"W".repeat(100));
        assert!(endless.iter().all(|line| width_of(line) <= WIDEST + FONT_SIZE) && endless[0].ends_with('…'));
        assert_eq!(broken(""), [""]);
    }
}
