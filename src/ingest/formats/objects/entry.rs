//! An object → an [`Entry`].

use std::sync::Arc;

use super::super::columns::Column;
use super::super::source::SourceText;
use super::super::{entry_place, listed, name};
use super::member::{language, meaning};
use super::text::paragraphs;
use super::tree::{Member, Tree};
use crate::glossary::{Entry, Name, StatedRelation};

/// The entry of an object of a list; without a headword if it names no term.
pub(super) fn of_object(object: &Tree, file: &SourceText) -> Entry {
    let mut entry = Entry { place: entry_place(&file.path, object.line(file)), ..Entry::default() };
    fill(&mut entry, object, None, file);
    // A list of acronyms has them as headwords.
    if entry.headwords.is_empty() && !entry.other_names.is_empty() {
        entry.headwords.push(entry.other_names.remove(0));
    }
    entry
}

/// The entry of a member whose name is a term and whose value defines it.
pub(super) fn of_member(member: &Member, file: &SourceText) -> Entry {
    let mut entry = Entry { place: entry_place(&file.path, member.line(file)), ..Entry::default() };
    match member.value.is_map() {
        true => fill(&mut entry, &member.value, None, file),
        false => entry.paragraphs.extend(paragraphs(&member.value, None, file)),
    }
    let is_new = entry.headwords.iter().all(|head| head.text != member.name);
    if entry.headwords.is_empty() {
        entry.headwords.push(name(member.name.as_str()));
    } else if is_new && entry.identifier.is_none() {
        entry.identifier = Some(member.name.as_str().into());
    }
    entry
}

fn fill(entry: &mut Entry, object: &Tree, tag: Option<&Arc<str>>, file: &SourceText) {
    for member in object.members() {
        match language(&member.name).filter(|_| member.value.is_map()) {
            Some(language) => fill(entry, &member.value, Some(&language.into()), file),
            None => put(entry, &member, tag, file),
        }
    }
}

fn put(entry: &mut Entry, member: &Member, tag: Option<&Arc<str>>, file: &SourceText) {
    let column = meaning(&member.name, file.titles);
    for (value, tag) in values(&member.value, tag) {
        let tag = tag.as_ref();
        // `definitions: [{text: …}]`
        if column == Column::Definition && value.is_map() {
            fill(entry, &value, tag, file);
            continue;
        }
        let Some(text) = value.text() else { continue };
        match &column {
            Column::Headword => add_headword(entry, Name { text, language: tag.cloned() }),
            Column::OtherNames if member.value.is_list() => {
                entry.other_names.push(Name { text, language: tag.cloned() });
            }
            Column::OtherNames => {
                let names = listed(&text).map(|one| Name { text: one.into(), language: tag.cloned() });
                entry.other_names.extend(names);
            }
            Column::Definition => entry.paragraphs.extend(paragraphs(&value, tag, file)),
            Column::Identifier => entry.identifier = Some(text.into()),
            Column::Kind => entry.kinds.extend(listed(&text).map(str::to_string)),
            Column::Relation(relation) => relate(entry, (relation, member), &value, &text, file),
            Column::Link => entry.link = Some(text),
            Column::Nothing | Column::Other => {}
        }
    }
}

/// In each language the first headword counts; the others are other names.
fn add_headword(entry: &mut Entry, name: Name) {
    match entry.headwords.iter().any(|head| head.language == name.language) {
        true => entry.other_names.push(name),
        false => entry.headwords.push(name),
    }
}

fn relate(entry: &mut Entry, (relation, member): (&str, &Member), value: &Tree, text: &str, file: &SourceText) {
    let line = value.line(file);
    let targets: Vec<&str> = if member.value.is_list() { vec![text] } else { listed(text).collect() };
    entry.relations.extend(targets.into_iter().map(|target| StatedRelation {
        relation: relation.into(),
        target: target.into(),
        evidence: format!("{}: {target}", member.name),
        line,
        file: None,
    }));
}

/// The values of a member: one, the items of a list, or one for each language.
fn values<'a>(value: &Tree<'a>, tag: Option<&Arc<str>>) -> Vec<(Tree<'a>, Option<Arc<str>>)> {
    let members = value.members();
    if !members.is_empty() && members.iter().all(|member| language(&member.name).is_some()) {
        let each = members.into_iter().flat_map(|member| {
            let tag = language(&member.name).map(Arc::from);
            let values = if member.value.is_list() { member.value.items() } else { vec![member.value] };
            values.into_iter().map(move |value| (value, tag.clone()))
        });
        return each.collect();
    }
    let values = if value.is_list() { value.items() } else { vec![value.clone()] };
    values.into_iter().map(|value| (value, tag.cloned())).collect()
}
