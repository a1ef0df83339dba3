//! What GraphML does not say but yEd does: names in drawings, groups of nodes.

use quick_xml::events::{BytesStart, Event};

use super::super::draft::Problem;
use super::{Data, Edge, Parser};

/// Graphs inside each other.
const DEEPEST: usize = 100;

/// The text of an element, and how deep it is inside the drawing.
#[derive(Default)]
struct Label {
    text: String,
    depth: usize,
}

impl Parser<'_, '_, '_> {
    /// The first label of a drawing, with single spaces; empty if it has none.
    pub(super) fn drawing(&mut self) -> Result<String, Problem> {
        let (mut depth, mut first, mut label) = (1usize, String::new(), None::<Label>);
        while depth > 0 {
            match self.event()? {
                Event::Start(start) => {
                    depth += 1;
                    let name = start.local_name().into_inner();
                    let is_label = name == "NodeLabel" || name == "EdgeLabel";
                    if depth == 2 && !is_label {
                        *self.foreign.entry(name.to_string()).or_default() += 1;
                    }
                    if label.is_none() && first.is_empty() && is_label {
                        label = Some(Label { text: String::new(), depth });
                    }
                }
                Event::Text(text) => add(&mut label, depth, &text.xml10_content()),
                Event::CData(text) => add(&mut label, depth, &text.xml10_content()),
                Event::GeneralRef(reference) => {
                    add(&mut label, depth, self.referred(&reference)?.encode_utf8(&mut [0; 4]))
                }
                Event::End(_) => {
                    if label.as_ref().is_some_and(|label| label.depth == depth) {
                        let text = label.take().unwrap_or_default().text;
                        first = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    }
                    depth -= 1;
                }
                Event::Eof => return self.wrong("<data> is never closed"),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        Ok(first)
    }

    /// A graph inside a node.
    pub(super) fn inner_graph(&mut self, start: &BytesStart) -> Result<(), Problem> {
        if self.around.len() > DEEPEST {
            return self.wrong(format!("more than {DEEPEST} graphs are inside each other"));
        }
        self.graph(start)
    }

    /// States that a node is part of the one around it.
    pub(super) fn part_of(&mut self, line: u64, node: &str) -> Result<(), Problem> {
        let Some(whole) = self.around.last().cloned() else { return Ok(()) };
        self.nested += 1;
        self.draft.reserve(size_of::<Edge>() + whole.len() + node.len())?;
        let (label, data) = (Some("PART_OF".to_string()), Data::new());
        self.edges.push(Edge { line, source: node.to_string(), target: whole, label, data, is_stated: false });
        Ok(())
    }
}

/// Adds a text that is in the label itself, not in what is inside it.
fn add(label: &mut Option<Label>, depth: usize, text: &str) {
    if let Some(label) = label.as_mut().filter(|label| label.depth == depth) {
        label.text.push_str(text);
    }
}
