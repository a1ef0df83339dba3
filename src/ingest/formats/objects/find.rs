//! Where in a YAML or JSON file its terms are, if it is a glossary.

use super::super::columns::{Column, Titles};
use super::member::{is_sure, language, meaning};
use super::tree::{Member, Tree};

pub(super) enum Terms<'a> {
    /// Each an object that names its term.
    List(Vec<Tree<'a>>),
    /// Each named as its term, with a definition or an object as its value.
    Map(Vec<Member<'a>>),
}

impl Terms<'_> {
    /// Of many objects, one may look like a term by chance.
    fn is_one_object(&self) -> bool {
        matches!(self, Terms::List(items) if items.len() == 1)
    }
}

/// Names of the member that holds the terms.
const HOLDERS: &[&str] = &[
    "terms",
    "glossary",
    "entries",
    "words",
    "vocabulary",
    "lexicon",
    "terminology",
    "acronyms",
    "abbreviations",
    "concepts",
];
/// Holders in holders.
const DEEPEST: usize = 3;
/// So many of the terms are looked at.
const SAMPLE: usize = 50;

/// Where the terms of a file are, by its documents: objects are a list, one each; else each document is looked at. A
/// document without terms is an error.
pub(super) fn find<'a>(trees: Vec<Tree<'a>>) -> Vec<Result<Terms<'a>, Tree<'a>>> {
    match trees.len() > 1 && is_list_of_terms(&trees) {
        true => vec![Ok(Terms::List(trees))],
        false => trees.into_iter().map(|tree| below(&tree, 0).ok_or(tree)).collect(),
    }
}

/// Whether a file with these documents is a glossary.
pub(super) fn is_of_terms(trees: &[Tree]) -> bool {
    let sample = &trees[..trees.len().min(SAMPLE)];
    let holds_terms = |tree: &&Tree| below(tree, 0).is_some_and(|terms| trees.len() == 1 || !terms.is_one_object());
    let holders = sample.iter().filter(holds_terms).count();
    (trees.len() > 1 && is_list_of_terms(trees)) || (holders > 0 && holders * 2 >= sample.len())
}

fn below<'a>(tree: &Tree<'a>, depth: usize) -> Option<Terms<'a>> {
    if tree.is_list() {
        let items = tree.items();
        return is_list_of_terms(&items).then_some(Terms::List(items));
    }
    let members = tree.members();
    // One thing with a name and a description may be anything.
    if Finds::of(tree, false).is_term(true) {
        return Some(Terms::List(vec![tree.clone()]));
    }
    let is_holder = |member: &&Member| HOLDERS.contains(&member.name.to_lowercase().as_str());
    let mut holders = members.iter().filter(is_holder).filter(|_| depth < DEEPEST);
    if let Some(terms) = holders.find_map(|holder| below(&holder.value, depth + 1)) {
        return Some(terms);
    }
    // Below a member that is called so, a single term is enough.
    let least = if depth > 0 { 1 } else { 2 };
    is_map_of_terms(&members, least).then_some(Terms::Map(members))
}

fn is_list_of_terms(items: &[Tree]) -> bool {
    let sample = &items[..items.len().min(SAMPLE)];
    let found: Vec<Finds> = sample.iter().map(|item| Finds::of(item, false)).collect();
    are_terms(&found, (1, 2))
}

fn is_map_of_terms(members: &[Member], least: usize) -> bool {
    let sample = &members[..members.len().min(SAMPLE)];
    if members.len() < least || sample.iter().all(|member| language(&member.name).is_some()) {
        return false;
    }
    let of_member = |member: &Member| match member.value.text() {
        Some(text) => Finds { named: is_name(&member.name), defined: true, sure: false, prose: is_prose(&text) },
        None => Finds { named: is_name(&member.name), ..Finds::of(&member.value, true) },
    };
    let found: Vec<Finds> = sample.iter().map(of_member).collect();
    // One thing may have a name and a description.
    are_terms(&found, (2, 3))
}

/// At least this share of them names and defines something; where no member is named as in glossaries, in sentences.
fn are_terms(found: &[Finds], (part, whole): (usize, usize)) -> bool {
    let terms = found.iter().filter(|found| found.is_term(false)).count();
    terms > 0 && terms * whole >= found.len() * part
}

/// What the members of an object tell.
#[derive(Clone, Copy, Default)]
struct Finds {
    named: bool,
    defined: bool,
    sure: bool,
    prose: bool,
}

impl Finds {
    fn of(object: &Tree, named: bool) -> Finds {
        let mut found = Finds { named, ..Finds::default() };
        for member in object.members() {
            if language(&member.name).is_some() && member.value.is_map() {
                found = found.or(Finds::of(&member.value, named));
            }
            let text = first_text(&member.value);
            match meaning(&member.name, &Titles::default()) {
                Column::Headword | Column::OtherNames => found.named |= text.is_some(),
                Column::Definition => {
                    found.defined |= text.is_some();
                    found.prose |= text.is_some_and(|text| is_prose(&text));
                }
                Column::Identifier
                | Column::Kind
                | Column::Relation(_)
                | Column::Link
                | Column::Nothing
                | Column::Other => {}
            }
            found.sure |= is_sure(&member.name);
        }
        found
    }

    fn is_term(self, surely: bool) -> bool {
        self.named && self.defined && (self.sure || (self.prose && !surely))
    }

    fn or(self, other: Finds) -> Finds {
        Finds {
            named: self.named || other.named,
            defined: self.defined || other.defined,
            sure: self.sure || other.sure,
            prose: self.prose || other.prose,
        }
    }
}

/// The text of a value, or the first one inside it.
fn first_text(value: &Tree) -> Option<String> {
    let inner = || value.items().into_iter().chain(value.members().into_iter().map(|member| member.value));
    value.text().or_else(|| inner().find_map(|value| value.text()))
}

fn is_prose(text: &str) -> bool {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() >= 4
}

/// Keys of programs (`login.title`, `max_size`) are not names.
fn is_name(key: &str) -> bool {
    !key.is_empty() && !key.contains(['_', ':', '$', '@', '{']) && (!key.contains('.') || key.contains(' '))
}
