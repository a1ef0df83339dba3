//! A picture as SVG. It has its own light and dark colours, a title and a description for those who hear it, and the
//! whole caption and the evidence where the pointer rests.

use std::io::{self, Write};

use super::layout::{Point, Route};
use super::picture::{FONT_SIZE, LINE, Picture, TypeStyle, width_of};
use super::xml::escape;
use super::{Error, Subgraph, Written};
use crate::graph::{Entity, NodeId, Value};
use crate::limits::Budget;

const MARGIN: f64 = 24.0;

const STYLE: &str = "\
svg{color-scheme:light dark}\
.p{fill:#ffffff}.n rect{fill:#f4f6f8;stroke:#8b96a5}.n text,.t{fill:#1d2530}.r rect{stroke-width:2.5;stroke:#1d2530}\
.q{fill:#5c6776}.e{fill:none;stroke-width:1.4}.h{stroke-width:3.6}\
@media (prefers-color-scheme:dark){.p{fill:#12161c}.n rect{fill:#222a35;stroke:#6d7a8c}.n text,.t{fill:#e8edf3}\
.r rect{stroke:#e8edf3}.q{fill:#a3aebd}}";

pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let picture = Picture::of(subgraph, budget)?;
    let frame = Frame::of(&picture);
    let (width, height) = (frame.width, frame.height);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} \
         {height:.0}\" role=\"img\" aria-labelledby=\"kenning-title kenning-description\" \
         font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\" font-size=\"{FONT_SIZE}\">"
    )?;
    writeln!(out, "<title id=\"kenning-title\">{}</title>", escape(&picture.title))?;
    writeln!(out, "<desc id=\"kenning-description\">{}</desc>", escape(&description(&picture)))?;
    writeln!(out, "<style>{STYLE}</style>")?;
    writeln!(out, "<rect class=\"p\" width=\"{width:.0}\" height=\"{height:.0}\"/>")?;
    write_content(subgraph, &picture, &frame, &|_| None, budget, out)?;
    writeln!(out, "</svg>")?;
    Ok(Vec::new())
}

/// A picture as an element of a page, whose style gives its classes (`p`, `n`, `r`, `t`, `q`, `e`) their colours. Boxes
/// whose node has an address are links.
pub(crate) fn write_inline(
    subgraph: &Subgraph,
    address: &dyn Fn(NodeId) -> Option<String>,
    budget: &Budget,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let picture = Picture::of(subgraph, budget)?;
    let frame = Frame::of(&picture);
    let (width, height) = (frame.width, frame.height);
    writeln!(
        out,
        "<svg class=\"drawing\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         role=\"group\" aria-label=\"{}\" font-size=\"{FONT_SIZE}\">",
        escape(&picture.title)
    )?;
    write_content(subgraph, &picture, &frame, address, budget, out)?;
    Ok(writeln!(out, "</svg>")?)
}

/// The room that a picture with its legend takes.
struct Frame {
    width: f64,
    height: f64,
    legend: Legend,
}

impl Frame {
    fn of(picture: &Picture) -> Frame {
        let width = (picture.layout.size.0 + 2.0 * MARGIN).max(320.0);
        let legend = Legend::of(&picture.types, width - 2.0 * MARGIN);
        let below = legend.height + if legend.height > 0.0 { MARGIN } else { 0.0 };
        Frame { width, height: MARGIN + picture.layout.size.1 + MARGIN + below, legend }
    }
}

fn write_content(
    subgraph: &Subgraph,
    picture: &Picture,
    frame: &Frame,
    address: &dyn Fn(NodeId) -> Option<String>,
    budget: &Budget,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let source = subgraph.source();
    writeln!(out, "<g transform=\"translate({MARGIN} {MARGIN})\">")?;
    for (at, link) in subgraph.links().iter().enumerate() {
        budget.tick()?;
        let style = &picture.types[picture.type_of[at]];
        let bold = subgraph.is_highlighted(link.relationship);
        // Arrows point as the relationship does, whichever way it was followed.
        let route = picture.layout.routes[at].clone();
        let route = if link.against { route.reversed() } else { route };
        let shape = subgraph.relationship(link.relationship);
        let mut said = format!("{} {} {}", subgraph.caption(shape.start), style.phrase, subgraph.caption(shape.end));
        if let Value::String(evidence) = source.named_property(Entity::Relationship(link.relationship), "evidence") {
            said = format!("{said}: {evidence}");
        }
        write_link(out, &route, style, bold, &said)?;
    }
    for (at, node) in subgraph.nodes().iter().enumerate() {
        budget.tick()?;
        let labels = source.named_labels(*node).into_iter().map(|label| format!(" :{label}"));
        let said = format!("{}{}", subgraph.caption(*node), labels.collect::<String>());
        let root = subgraph.roots().contains(node);
        let caption = &picture.boxes[at];
        let address = address(*node);
        if let Some(address) = &address {
            write!(out, "<a href=\"{}\">", escape(address))?;
        }
        write_box(out, picture.layout.centres[at], caption.size, &caption.lines, root, &said)?;
        if address.is_some() {
            writeln!(out, "</a>")?;
        }
    }
    writeln!(out, "</g>")?;
    Ok(frame.legend.write(out, &picture.types, (MARGIN, MARGIN + picture.layout.size.1 + MARGIN))?)
}

/// For those who do not see the picture.
fn description(picture: &Picture) -> String {
    let types: Vec<String> = picture.types.iter().map(|style| format!("{} ({})", style.phrase, style.count)).collect();
    match types.is_empty() {
        true => "Nodes without relationships.".into(),
        false => format!("Relationships, with how many there are of each type: {}.", types.join(", ")),
    }
}

fn write_box(
    out: &mut dyn Write,
    centre: Point,
    size: Point,
    lines: &[String],
    root: bool,
    said: &str,
) -> io::Result<()> {
    let class = if root { "n r" } else { "n" };
    let (left, top) = (centre.0 - size.0 / 2.0, centre.1 - size.1 / 2.0);
    write!(out, "<g class=\"{class}\"><title>{}</title>", escape(said))?;
    write!(out, "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"6\"/>", size.0, size.1)?;
    write!(out, "<text text-anchor=\"middle\">")?;
    let first = centre.1 - (lines.len() as f64 - 1.0) * LINE / 2.0 + FONT_SIZE * 0.35;
    for (at, line) in lines.iter().enumerate() {
        let y = first + at as f64 * LINE;
        write!(out, "<tspan x=\"{:.1}\" y=\"{y:.1}\">{}</tspan>", centre.0, escape(line))?;
    }
    writeln!(out, "</text></g>")
}

/// A line with a head at its end.
fn write_link(out: &mut dyn Write, route: &Route, style: &TypeStyle, bold: bool, said: &str) -> io::Result<()> {
    let (path, before, tip) = path(route);
    let dash = if style.dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", style.dash) };
    let class = if bold { "e h" } else { "e" };
    let colour = style.colour;
    write!(out, "<g><title>{}</title>", escape(said))?;
    write!(out, "<path class=\"{class}\" d=\"{path}\" stroke=\"{colour}\"{dash}/>")?;
    let (dx, dy) = (tip.0 - before.0, tip.1 - before.1);
    let length = dx.hypot(dy).max(0.01);
    let (ux, uy) = (dx / length, dy / length);
    let (long, half) = if bold { (11.0, 5.0) } else { (8.0, 3.5) };
    let foot = (tip.0 - ux * long, tip.1 - uy * long);
    writeln!(
        out,
        "<path d=\"M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z\" fill=\"{colour}\"/></g>",
        tip.0,
        tip.1,
        foot.0 - uy * half,
        foot.1 + ux * half,
        foot.0 + uy * half,
        foot.1 - ux * half
    )
}

/// The path's description, a point before its end, and its end.
fn path(route: &Route) -> (String, Point, Point) {
    match route {
        Route::Bent(from, by, to) => {
            let text = format!("M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}", from.0, from.1, by.0, by.1, to.0, to.1);
            (text, *by, *to)
        }
        Route::Level(points) => {
            let mut text = format!("M{:.1} {:.1}", points[0].0, points[0].1);
            for pair in points.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                if a.1 == b.1 {
                    text += &format!("L{:.1} {:.1}", b.0, b.1);
                } else {
                    let middle = (a.0 + b.0) / 2.0;
                    text += &format!("C{middle:.1} {:.1} {middle:.1} {:.1} {:.1} {:.1}", a.1, b.1, b.0, b.1);
                }
            }
            let (last, before) = (points[points.len() - 1], points[points.len() - 2]);
            // It arrives level.
            (text, (last.0 + (before.0 - last.0).signum(), last.1), last)
        }
    }
}

/// The types with their lines, in rows.
struct Legend {
    /// Where each type's line begins.
    places: Vec<Point>,
    height: f64,
}

impl Legend {
    const ROW: f64 = 22.0;
    const SAMPLE: f64 = 30.0;

    fn of(types: &[TypeStyle], room: f64) -> Legend {
        let widths = types.iter().map(|style| Legend::SAMPLE + width_of(&words(style)) + 30.0);
        let column = widths.fold(0.0, f64::max);
        let columns = ((room / column) as usize).max(1);
        let rows = types.len().div_ceil(columns);
        let place = |at: usize| ((at / rows) as f64 * column, (at % rows) as f64 * Legend::ROW + Legend::ROW / 2.0);
        Legend { places: (0..types.len()).map(place).collect(), height: rows as f64 * Legend::ROW }
    }

    fn write(&self, out: &mut dyn Write, types: &[TypeStyle], corner: Point) -> io::Result<()> {
        for (style, place) in types.iter().zip(&self.places) {
            let (x, y) = (corner.0 + place.0, corner.1 + place.1);
            let line = Route::Bent((x, y), (x + Legend::SAMPLE / 2.0, y), (x + Legend::SAMPLE, y));
            write_link(out, &line, style, false, &style.name)?;
            let (x, y) = (x + Legend::SAMPLE + 8.0, y + FONT_SIZE * 0.35);
            write!(out, "<text class=\"t\" x=\"{x:.1}\" y=\"{y:.1}\">{} ", escape(&style.phrase))?;
            writeln!(out, "<tspan class=\"q\">{}</tspan></text>", style.count)?;
        }
        Ok(())
    }
}

fn words(style: &TypeStyle) -> String {
    format!("{} {}", style.phrase, style.count)
}
