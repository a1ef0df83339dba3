//! RDF statements → entries: what SKOS, SKOS-XL, RDF Schema and Dublin Core say about concepts and collections.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use oxrdf::{NamedOrBlankNode, Quad, Term};

use super::super::check::reading;
use super::super::finding::Findings;
use super::entry_place;
use super::paragraph::ParagraphBuilder;
use super::source::SourceText;
use crate::glossary::{Entry, Name, Paragraph, StatedRelation};

/// What a statement says about its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Kind,
    /// The name to show.
    Preferred,
    /// Shown if there is no preferred one.
    Label,
    OtherName,
    /// The text of a label or note that is a node of its own.
    Text,
    /// What it is; the lower, the better: only the best are the definition.
    Note(u8),
    Link,
    Relation(&'static str),
    /// Of a list: its first and its other items.
    First,
    Rest,
}

const NAMESPACES: &[(&str, &str)] = &[
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xl", "http://www.w3.org/2008/05/skos-xl#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("iso", "http://purl.org/iso25964/skos-thes#"),
];

/// Namespace and name of a property, what it says.
type Property = (&'static str, &'static str, Says);

const PROPERTIES: &[Property] = &[
    ("rdf", "type", Says::Kind),
    ("skos", "prefLabel", Says::Preferred),
    ("xl", "prefLabel", Says::Preferred),
    ("rdfs", "label", Says::Label),
    ("skos", "altLabel", Says::OtherName),
    ("xl", "altLabel", Says::OtherName),
    ("skos", "hiddenLabel", Says::OtherName),
    ("xl", "hiddenLabel", Says::OtherName),
    ("xl", "literalForm", Says::Text),
    ("rdf", "value", Says::Text),
    ("skos", "definition", Says::Note(0)),
    ("skos", "scopeNote", Says::Note(1)),
    ("dct", "description", Says::Note(2)),
    ("dc", "description", Says::Note(2)),
    ("rdfs", "comment", Says::Note(2)),
    ("skos", "note", Says::Note(3)),
    ("rdfs", "seeAlso", Says::Link),
    ("skos", "broader", Says::Relation("broader")),
    ("skos", "broaderTransitive", Says::Relation("broader")),
    ("iso", "broaderGeneric", Says::Relation("is_a")),
    ("iso", "broaderInstantial", Says::Relation("is_a")),
    ("iso", "broaderPartitive", Says::Relation("part_of")),
    ("rdfs", "subClassOf", Says::Relation("is_a")),
    ("skos", "narrower", Says::Relation("narrower")),
    ("skos", "narrowerTransitive", Says::Relation("narrower")),
    ("iso", "narrowerGeneric", Says::Relation("has_kind")),
    ("iso", "narrowerInstantial", Says::Relation("has_kind")),
    ("iso", "narrowerPartitive", Says::Relation("has_part")),
    ("skos", "related", Says::Relation("related_to")),
    ("skos", "member", Says::Relation("has_member")),
    ("skos", "memberList", Says::Relation("has_member")),
    ("skos", "exactMatch", Says::Relation("exact_match")),
    ("skos", "closeMatch", Says::Relation("close_match")),
    ("skos", "broadMatch", Says::Relation("broad_match")),
    ("skos", "narrowMatch", Says::Relation("narrow_match")),
    ("skos", "relatedMatch", Says::Relation("related_match")),
    ("dct", "isPartOf", Says::Relation("part_of")),
    ("dct", "hasPart", Says::Relation("has_part")),
    ("dct", "replaces", Says::Relation("replaces")),
    ("dct", "isReplacedBy", Says::Relation("replaced_by")),
    ("dct", "requires", Says::Relation("depends_on")),
    ("rdf", "first", Says::First),
    ("rdf", "rest", Says::Rest),
];

/// Namespace, if it is one of ours, and local name.
fn split(iri: &str) -> (&'static str, &str) {
    let found = NAMESPACES.iter().find_map(|(short, long)| Some((*short, iri.strip_prefix(long)?)));
    found.unwrap_or(("", iri.rsplit(['#', '/']).next().unwrap_or(iri)))
}

fn property(predicate: &str) -> Option<&'static Property> {
    let (namespace, name) = split(predicate);
    PROPERTIES.iter().find(|(n, p, _)| *n == namespace && *p == name)
}

/// Properties that are about the file or the vocabulary, not about a term.
const HOUSEKEEPING: &[&str] = &[
    "abstract",
    "audience",
    "conformsTo",
    "contributor",
    "created",
    "creator",
    "date",
    "format",
    "hasTopConcept",
    "hasVersion",
    "identifier",
    "inScheme",
    "issued",
    "language",
    "license",
    "modified",
    "publisher",
    "rights",
    "source",
    "title",
    "topConceptOf",
    "versionInfo",
];

/// What is known so far, by subject.
#[derive(Default)]
pub(super) struct Concepts {
    /// Properties with texts that are part of no entry, with file and line of the first.
    unread: RefCell<BTreeMap<String, (Arc<str>, usize)>>,
    numbers: HashMap<String, usize>,
    subjects: Vec<Subject>,
}

struct Subject {
    id: String,
    file: Arc<str>,
    line: usize,
    statements: Vec<Statement>,
}

struct Statement {
    property: &'static Property,
    object: Object,
    file: Arc<str>,
    line: usize,
}

enum Object {
    Node(String),
    Text(Name),
}

impl Concepts {
    /// Takes a statement in, which stands on the line of the file.
    pub(super) fn add(&mut self, quad: &Quad, file: &Arc<str>, line: usize) {
        let Some(property) = property(quad.predicate.as_str()) else {
            let name = split(quad.predicate.as_str()).1;
            if matches!(quad.object, Term::Literal(_)) && !HOUSEKEEPING.contains(&name) {
                self.note_unread(split(quad.predicate.as_str()), file, line);
            }
            return;
        };
        let object = match &quad.object {
            Term::NamedNode(node) => Object::Node(node.as_str().to_string()),
            Term::BlankNode(node) => Object::Node(format!("_:{}", node.as_str())),
            Term::Literal(literal) => {
                Object::Text(Name { text: literal.value().to_string(), language: literal.language().map(Arc::from) })
            }
        };
        let id = match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => node.as_str().to_string(),
            NamedOrBlankNode::BlankNode(node) => format!("_:{}", node.as_str()),
        };
        let number = *self.numbers.entry(id.clone()).or_insert_with(|| {
            self.subjects.push(Subject { id, file: file.clone(), line, statements: Vec::new() });
            self.subjects.len() - 1
        });
        self.subjects[number].statements.push(Statement { property, object, file: file.clone(), line });
    }

    /// An entry a concept or collection, in the order first spoken of.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.subjects.iter().filter(|subject| subject.is_concept()).map(|subject| self.entry(subject)).collect()
    }

    fn note_unread(&self, (namespace, name): (&str, &str), file: &Arc<str>, line: usize) {
        let name = if namespace.is_empty() { name.to_string() } else { format!("{namespace}:{name}") };
        self.unread.borrow_mut().entry(name).or_insert_with(|| (file.clone(), line));
    }

    /// Reports each property whose texts are not read, once.
    pub(super) fn report(&self, files: &[SourceText], findings: &mut Findings) {
        for (name, (path, line)) in self.unread.borrow().iter() {
            let Some(file) = files.iter().find(|file| file.path == *path) else { continue };
            let at = file.offset(*line, 1);
            findings.found(&reading::COLUMN, &file.place(at..at), format!("property '{name}' is not read"));
        }
    }

    fn get(&self, id: &str) -> Option<&Subject> {
        self.numbers.get(id).map(|number| &self.subjects[*number])
    }

    fn entry(&self, subject: &Subject) -> Entry {
        let names = |wanted: Says| {
            let mut seen = BTreeSet::new();
            let names = self.texts(subject, wanted).map(|(name, _)| name.clone());
            names.filter(move |name| seen.insert(name.clone())).collect::<Vec<Name>>()
        };
        let preferred = names(Says::Preferred);
        let headwords = if preferred.is_empty() { names(Says::Label) } else { preferred };
        let best = (0..4).find(|rank| self.texts(subject, Says::Note(*rank)).next().is_some());
        for statement in &subject.statements {
            if let (Says::Note(rank), (namespace, name, _)) = (statement.says(), statement.property)
                && best.is_some_and(|best| rank > best)
            {
                self.note_unread((namespace, name), &statement.file, statement.line);
            }
        }
        let notes = best.into_iter().flat_map(|rank| self.texts(subject, Says::Note(rank)));
        Entry {
            headwords,
            other_names: names(Says::OtherName),
            identifier: (!subject.id.starts_with("_:")).then(|| subject.id.as_str().into()),
            kinds: subject.nodes(Says::Kind).map(|(kind, _)| split(kind).1.to_string()).collect(),
            paragraphs: notes.flat_map(|(text, line)| paragraphs(text, line)).collect(),
            relations: self.relations(subject),
            link: subject.nodes(Says::Link).map(|(link, _)| link.to_string()).next(),
            place: entry_place(&subject.file, subject.line),
            ..Entry::default()
        }
    }

    /// Texts with their lines; those of labels and notes that are nodes, too.
    fn texts<'a>(&'a self, subject: &'a Subject, wanted: Says) -> impl Iterator<Item = (&'a Name, usize)> {
        let statements = subject.statements.iter().filter(move |statement| statement.says() == wanted);
        statements.flat_map(|statement| match &statement.object {
            Object::Text(name) => vec![(name, statement.line)],
            Object::Node(node) => {
                let inside = self.get(node).into_iter().flat_map(|node| &node.statements);
                let texts = inside.filter(|statement| statement.says() == Says::Text);
                texts.filter_map(|s| Some((s.object.text()?, s.line))).collect()
            }
        })
    }

    fn relations(&self, subject: &Subject) -> Vec<StatedRelation> {
        let mut relations = Vec::new();
        for statement in &subject.statements {
            let (Says::Relation(relation), Object::Node(node)) = (statement.says(), &statement.object) else {
                continue;
            };
            let (namespace, name, _) = statement.property;
            for target in self.items(node) {
                relations.push(StatedRelation {
                    relation: relation.into(),
                    evidence: format!("<{}> {namespace}:{name} <{target}>", subject.id),
                    target,
                    line: statement.line,
                    file: Some(statement.file.clone()).filter(|file| *file != subject.file),
                });
            }
        }
        relations
    }

    /// The node, or the items of the list that begins with it.
    fn items(&self, node: &str) -> Vec<String> {
        let mut items = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = Some(node);
        while let Some(subject) = next.and_then(|next| self.get(next)).filter(|subject| seen.insert(&subject.id)) {
            items.extend(subject.nodes(Says::First).map(|(item, _)| item.to_string()));
            next = subject.nodes(Says::Rest).map(|(rest, _)| rest).next();
        }
        if items.is_empty() { vec![node.to_string()] } else { items }
    }
}

impl Statement {
    fn says(&self) -> Says {
        self.property.2
    }
}

impl Object {
    fn text(&self) -> Option<&Name> {
        match self {
            Object::Text(name) => Some(name),
            Object::Node(_) => None,
        }
    }
}

impl Subject {
    fn nodes(&self, wanted: Says) -> impl Iterator<Item = (&str, usize)> {
        self.statements.iter().filter(move |statement| statement.says() == wanted).filter_map(|s| match &s.object {
            Object::Node(node) => Some((node.as_str(), s.line)),
            Object::Text(_) => None,
        })
    }

    /// A concept or a collection, by its type or by what is said of it; schemes and labels are neither.
    fn is_concept(&self) -> bool {
        let is_kind = |wanted: &[&str]| {
            self.nodes(Says::Kind).any(|(kind, _)| {
                let (namespace, name) = split(kind);
                ["skos", "xl", "rdfs", "owl"].contains(&namespace) && wanted.contains(&name)
            })
        };
        let says = |wanted: Says| self.statements.iter().any(|statement| statement.says() == wanted);
        let is_concept = is_kind(&["Concept", "Collection", "OrderedCollection", "Class"]);
        let is_other = is_kind(&["ConceptScheme", "Label", "Ontology", "ObjectProperty", "DatatypeProperty"]);
        is_concept || !is_other && says(Says::Preferred)
    }
}

/// A line of the text a paragraph; its last line stands on the given line of the file.
fn paragraphs(text: &Name, last: usize) -> Vec<Paragraph> {
    let lines = text.text.matches('\n').count();
    let first = last.saturating_sub(lines).max(1);
    let mut found = Vec::new();
    for (number, part) in text.text.split('\n').enumerate() {
        let mut builder = ParagraphBuilder::default();
        builder.push(part, first + number);
        found.extend(builder.finish().map(|paragraph| Paragraph { language: text.language.clone(), ..paragraph }));
    }
    found
}
