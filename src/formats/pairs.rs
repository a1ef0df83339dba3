//! Lines of two words: `go mod graph`, the input of `tsort`.

use super::{Format, Probe, Problem, Sheet};

pub(super) const FORMAT: Format = Format {
    name: "pairs",
    what: "a line a relation: the one that needs, a space, what it needs",
    made_by: "go mod graph > modules.pairs",
    names: &["*.pairs", "*.edges", "*.edgelist"],
    looks_like,
    example: "web api\napi database\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let mut lines = probe.lines().peekable();
    lines.peek().is_some() && lines.all(|line| line.split_whitespace().count() == 2)
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    for (at, text) in sheet.text.lines().enumerate() {
        let line = at + 1;
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            [start, end] => {
                let (start, end) = (sheet.thing(start)?, sheet.thing(end)?);
                sheet.define(start, line);
                sheet.relate(start, "DEPENDS_ON", end, line, text)?;
            }
            _ => return Err(Problem::at(line, "not two words").help("a line is the one that needs and what it needs")),
        }
    }
    Ok(())
}
