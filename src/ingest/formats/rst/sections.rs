//! A page on which each term is the title of a section. Only a page whose title or name speaks of a glossary is read so.

use super::super::columns::is_glossary_title;
use super::super::stem;
use super::blocks::{Style, title};
use super::definition::Definer;
use super::glossary;
use super::lines::Line;
use crate::glossary::Entry;

/// A title, and the lines of its section up to the next title of its level or above.
struct Section<'b, 'a> {
    title: Line<'a>,
    /// By the order in which the styles of titles begin.
    level: usize,
    body: &'b [Line<'a>],
    /// What is below it up to the next title of any level.
    text: &'b [Line<'a>],
}

impl Section<'_, '_> {
    fn has_text(&self) -> bool {
        self.text.iter().any(|line| !line.is_blank())
    }
}

pub(super) fn entries(lines: &[Line], definer: &mut Definer) -> Vec<Entry> {
    let sections = sections(lines);
    let speaks_of_terms = sections.first().is_some_and(|first| is_glossary_title(first.title.text));
    if !speaks_of_terms && !is_glossary_title(stem(&definer.context.file.path)) {
        return Vec::new();
    }
    let is_term = |section: &&Section| {
        let text = section.title.text;
        section.has_text() && text.chars().count() > 1 && !is_glossary_title(text)
    };
    let count = |level: usize| sections.iter().filter(is_term).filter(|section| section.level == level).count();
    let deepest = sections.iter().map(|section| section.level).max().unwrap_or(0);
    let Some(level) = (0..=deepest).max_by_key(|level| count(*level)) else { return Vec::new() };
    let terms = sections.iter().filter(is_term).filter(|section| section.level == level);
    let mut entries = Vec::new();
    others(&sections, level, is_term, definer);
    for section in terms.take_while(|_| definer.context.file.goes_on()) {
        let mut entry = glossary::entry(&[(section.title.number, section.title.text)], definer);
        definer.define(section.body, &mut entry);
        entries.push(entry);
    }
    entries
}

/// Notes the texts that are in the section of no term.
fn others(sections: &[Section], level: usize, is_term: impl Fn(&&Section) -> bool, definer: &mut Definer) {
    let mut in_term = false;
    for section in sections {
        in_term = match section.level > level {
            true => in_term,
            false => section.level == level && is_term(&section),
        };
        if !in_term {
            section.text.split(Line::is_blank).for_each(|lines| definer.context.pass_over_text(lines));
        }
    }
}

fn sections<'b, 'a>(lines: &'b [Line<'a>]) -> Vec<Section<'b, 'a>> {
    let mut styles: Vec<Style> = Vec::new();
    // Of each title: its line, its level, where it begins and where its section does.
    let mut titles: Vec<(Line, usize, usize, usize)> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let is_free = at == 0 || lines[at - 1].is_blank();
        let Some((line, style, length)) = title(&lines[at..]).filter(|_| is_free) else {
            at += 1;
            continue;
        };
        let level = styles.iter().position(|known| *known == style).unwrap_or_else(|| {
            styles.push(style);
            styles.len() - 1
        });
        titles.push((line, level, at, at + length));
        at += length;
    }
    let mut sections: Vec<Section> = Vec::with_capacity(titles.len());
    // Where the nearest later title of each level begins.
    let mut next = vec![lines.len(); styles.len()];
    for (number, (line, level, start, body)) in titles.iter().enumerate().rev() {
        let end = next[..=*level].iter().copied().min().unwrap_or(lines.len());
        let below = titles.get(number + 1).map_or(lines.len(), |(_, _, start, _)| *start);
        let text = &lines[*body..below];
        sections.push(Section { title: *line, level: *level, body: &lines[*body..end], text });
        next[*level] = *start;
    }
    sections.reverse();
    sections
}
