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
pub(super) fn find<'a>(trees: Vec<Tree<'a>>, beside: &mut Vec<Member<'a>>) -> Vec<Result<Terms<'a>, Tree<'a>>> {
    if trees.len() > 1 && is_list_of_terms(&trees) {
        return vec![Ok(Terms::List(trees))];
    }
    let mut all = Vec::new();
    for tree in trees {
        let mut found = Found { terms: Vec::new(), beside };
        below(&tree, 0, &mut found);
        match found.terms.is_empty() {
            true => all.push(Err(tree)),
            false => all.extend(found.terms.into_iter().map(Ok)),
        }
    }
    all
}

/// Where the terms of a document are, and what is beside the members that hold them.
struct Found<'f, 'a> {
    terms: Vec<Terms<'a>>,
    beside: &'f mut Vec<Member<'a>>,
}

/// Whether a file with these documents is a glossary.
pub(super) fn is_of_terms(trees: &[Tree]) -> bool {
    let sample = &trees[..trees.len().min(SAMPLE)];
    let holds_terms = |tree: &&Tree| {
        let mut found = Found { terms: Vec::new(), beside: &mut Vec::new() };
        below(tree, 0, &mut found);
        found.terms.iter().any(|terms| trees.len() == 1 || !terms.is_one_object())
    };
    let holders = sample.iter().filter(holds_terms).count();
    (trees.len() > 1 && is_list_of_terms(trees)) || (holders > 0 && holders * 2 >= sample.len())
}

fn below<'a>(tree: &Tree<'a>, depth: usize, found: &mut Found<'_, 'a>) {
    if tree.is_list() {
        let items = tree.items();
        if is_list_of_terms(&items) {
            found.terms.push(Terms::List(items));
        }
        return;
    }
    let members = tree.members();
    // One thing with a name and a description may be anything.
    if Finds::of(tree, false).is_term(true) {
        found.terms.push(Terms::List(vec![tree.clone()]));
        return;
    }
    let is_holder = |member: &Member| depth < DEEPEST && HOLDERS.contains(&member.name.to_lowercase().as_str());
    let before = found.terms.len();
    let mut others = Vec::new();
    for member in &members {
        let terms = found.terms.len();
        if is_holder(member) {
            below(&member.value, depth + 1, found);
        }
        if found.terms.len() == terms {
            others.push(member.clone());
        }
    }
    if found.terms.len() > before {
        found.beside.extend(others);
        return;
    }
    // Below a member that is called so, a single term is enough.
    let least = if depth > 0 { 1 } else { 2 };
    if is_map_of_terms(&members, least) {
        found.terms.push(Terms::Map(members));
    }
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
