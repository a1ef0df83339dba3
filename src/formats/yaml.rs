//! [`Yaml`]: a YAML value whose every part knows its line.
//!
//! An alias shares the value of its anchor. Since a reader walks it as often as it is named, the size that a document
//! would have without aliases is bounded.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::flow::indented;
use super::json::Json;
use super::problem::Problem;
use crate::graph::Value;

/// A value; copies are cheap.
#[derive(Clone, Debug)]
pub struct Yaml(Rc<Part>);

#[derive(Debug)]
struct Part {
    line: usize,
    kind: Kind,
    /// How many parts it has with aliases written out.
    size: u64,
}

#[derive(Debug)]
enum Kind {
    /// The text, and whether it is written without quotation marks.
    Scalar(Box<str>, bool),
    List(Vec<Yaml>),
    Map(Vec<(Yaml, Yaml)>),
}

/// The parts of all documents of a file with aliases written out, for each byte of the text.
const MOST_PARTS: u64 = 16;
/// … and at least so many.
const LEAST_PARTS: u64 = 1 << 16;
const DEEPEST: usize = 200;

/// The documents of a file; a broken one leaves those before it and is reported as the second value.
pub fn documents(text: &str) -> (Vec<Yaml>, Option<Problem>) {
    documents_after(0, text)
}

/// The documents of a part of a file, with the number of the lines before it.
pub fn documents_after(lines: usize, text: &str) -> (Vec<Yaml>, Option<Problem>) {
    let (strict, problem) = parsed(lines, text);
    let Some(indented) = problem.as_ref().and_then(|_| indented(text)) else { return (strict, problem) };
    match parsed(lines, &indented) {
        (lenient, None) => (lenient, None),
        (lenient, problem) if lenient.len() > strict.len() => (lenient, problem),
        _ => (strict, problem),
    }
}

/// A stream in parts of one document each, each with the number of the lines before it, so that not all of them are
/// held as trees at once. Directives belong to the document after them: a stream that has some stays whole.
pub fn parts(text: &str) -> Vec<(usize, &str)> {
    let (mut parts, mut start, mut first, mut at) = (Vec::new(), 0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if line.starts_with('%') {
            return vec![(0, text)];
        }
        if at > start && line.starts_with("---") {
            parts.push((first, &text[start..at]));
            (start, first) = (at, number);
        }
        at += line.len();
    }
    parts.push((first, &text[start..]));
    parts
}

fn parsed(lines: usize, text: &str) -> (Vec<Yaml>, Option<Problem>) {
    let mut builder = Builder {
        lines,
        documents: Vec::new(),
        open: Vec::new(),
        anchors: HashMap::new(),
        size: 0,
        most: LEAST_PARTS.max(text.len() as u64 * MOST_PARTS),
    };
    for event in Parser::new_from_str(text) {
        let step = match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => Err(Problem::at(lines + error.marker().line(), format!("not YAML: {}", error.info()))),
        };
        if let Err(problem) = step {
            return (builder.documents, Some(problem));
        }
    }
    (builder.documents, None)
}

/// The one document of a file; the first if there are several.
pub fn document(text: &str) -> Result<Yaml, Problem> {
    match documents(text) {
        (_, Some(problem)) => Err(problem),
        (documents, None) => documents.into_iter().next().ok_or_else(|| Problem::at(1, "an empty YAML file")),
    }
}

struct Builder {
    /// Before the text.
    lines: usize,
    documents: Vec<Yaml>,
    open: Vec<Open>,
    anchors: HashMap<usize, Yaml>,
    /// Of all that is finished.
    size: u64,
    most: u64,
}

/// A list or map whose end has not come.
struct Open {
    line: usize,
    anchor: usize,
    is_map: bool,
    parts: Vec<Yaml>,
}

impl Builder {
    fn take(&mut self, event: Event, span: Span) -> Result<(), Problem> {
        let line = self.lines + span.start.line();
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                self.add(line, Kind::Scalar(text.into(), plain), 1, anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(line, anchor, false),
            Event::MappingStart(anchor, _) => self.open(line, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => {
                let Some(value) = self.anchors.get(&anchor).cloned() else {
                    return Err(Problem::at(line, "an alias inside its own anchor"));
                };
                self.push(line, value)
            }
            Event::DocumentStart(_) => {
                self.anchors.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, line: usize, anchor: usize, is_map: bool) -> Result<(), Problem> {
        if self.open.len() >= DEEPEST {
            return Err(Problem::at(line, format!("nested more than {DEEPEST} deep")));
        }
        self.open.push(Open { line, anchor, is_map, parts: Vec::new() });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Problem> {
        let Some(Open { line, anchor, is_map, parts }) = self.open.pop() else { return Ok(()) };
        let size = 1 + parts.iter().map(|part| part.0.size).sum::<u64>();
        let kind = if is_map { Kind::Map(pairs(parts)) } else { Kind::List(parts) };
        self.add(line, kind, size, anchor)
    }

    fn add(&mut self, line: usize, kind: Kind, size: u64, anchor: usize) -> Result<(), Problem> {
        let value = Yaml(Rc::new(Part { line, kind, size }));
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        self.push(line, value)
    }

    fn push(&mut self, line: usize, value: Yaml) -> Result<(), Problem> {
        let size = value.0.size;
        match self.open.last_mut() {
            Some(open) => open.parts.push(value),
            None => {
                self.size += size;
                self.documents.push(value);
            }
        }
        match self.size.saturating_add(size) > self.most {
            true => Err(Problem::at(line, "its aliases written out would be many times as large as the file")),
            false => Ok(()),
        }
    }
}

fn pairs(parts: Vec<Yaml>) -> Vec<(Yaml, Yaml)> {
    let mut parts = parts.into_iter();
    std::iter::from_fn(|| Some((parts.next()?, parts.next()?))).collect()
}

impl Yaml {
    /// A JSON value in this form; `line` tells the line of a part of the text that it is written in.
    pub fn of_json(json: Json, line: &dyn Fn(&str) -> usize) -> Yaml {
        let kind = if json.is_array() {
            Kind::List(json.items().into_iter().map(|item| Yaml::of_json(item, line)).collect())
        } else if json.is_object() {
            let scalar =
                |text: &str, at| Yaml(Rc::new(Part { line: at, kind: Kind::Scalar(text.into(), false), size: 1 }));
            let member =
                |(key, value): (Cow<str>, Json)| (scalar(&key, line(value.text())), Yaml::of_json(value, line));
            Kind::Map(json.members().into_iter().map(member).collect())
        } else {
            let is_text = json.text().starts_with('"');
            Kind::Scalar(json.as_text().unwrap_or(Cow::Borrowed(json.text())).into(), !is_text)
        };
        Yaml(Rc::new(Part { line: line(json.text()), kind, size: 1 }))
    }

    /// Counted from 1: that of its first character.
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The text of a scalar.
    pub fn as_str(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Scalar(text, _) => Some(text),
            Kind::List(_) | Kind::Map(_) => None,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(&self.0.kind, Kind::Scalar(text, true) if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }

    pub fn as_bool(&self) -> Option<bool> {
        match &self.0.kind {
            Kind::Scalar(text, true) => match &**text {
                "true" | "True" | "TRUE" => Some(true),
                "false" | "False" | "FALSE" => Some(false),
                _ => None,
            },
            Kind::Scalar(_, false) | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// As a property: scalars and lists of scalars.
    pub fn as_value(&self) -> Option<Value> {
        match &self.0.kind {
            Kind::Scalar(..) if self.is_null() => None,
            Kind::Scalar(text, plain) => Some(match (self.as_bool(), text.parse::<i64>()) {
                (Some(yes), _) => Value::Boolean(yes),
                (None, Ok(number)) if *plain && !has_leading_zero(text) => Value::Integer(number),
                (None, _) => Value::from(&**text),
            }),
            Kind::List(items) => items.iter().map(Yaml::as_value).collect::<Option<Vec<_>>>().map(Value::list),
            Kind::Map(_) => None,
        }
    }

    pub fn is_map(&self) -> bool {
        matches!(self.0.kind, Kind::Map(_))
    }

    pub fn is_list(&self) -> bool {
        matches!(self.0.kind, Kind::List(_))
    }

    /// The items of a list; none if it is no list.
    pub fn items(&self) -> &[Yaml] {
        match &self.0.kind {
            Kind::List(items) => items,
            Kind::Scalar(..) | Kind::Map(_) => &[],
        }
    }

    /// The entries of a map in the order written, those of its merge keys (`<<`) after its own; none if it is no map.
    pub fn entries(&self) -> Vec<(Yaml, Yaml)> {
        let Kind::Map(pairs) = &self.0.kind else { return Vec::new() };
        let (merges, mut entries): (Vec<_>, Vec<_>) = pairs
            .iter()
            .cloned()
            .partition(|(key, _)| matches!(&key.0.kind, Kind::Scalar(text, true) if **text == *"<<"));
        if merges.is_empty() {
            return entries;
        }
        let name = |key: &Yaml| key.as_str().map(str::to_string);
        let mut known: HashSet<Option<String>> = entries.iter().map(|(key, _)| name(key)).collect();
        for (_, value) in merges {
            let sources = if value.is_map() { vec![value] } else { value.items().to_vec() };
            for (key, value) in sources.iter().flat_map(Yaml::entries) {
                if known.insert(name(&key)) {
                    entries.push((key, value));
                }
            }
        }
        entries
    }

    /// The value of a key of a map, its own before one that is merged in.
    pub fn get(&self, key: &str) -> Option<Yaml> {
        let Kind::Map(pairs) = &self.0.kind else { return None };
        let own = pairs.iter().find(|(known, _)| known.as_str() == Some(key));
        if let Some((_, value)) = own {
            return Some(value.clone());
        }
        let merges = pairs.iter().any(|(known, _)| known.as_str() == Some("<<"));
        let entries = if merges { self.entries() } else { Vec::new() };
        entries.into_iter().find(|(known, _)| known.as_str() == Some(key)).map(|(_, value)| value)
    }

    /// The value at the end of a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<Yaml> {
        path.iter().try_fold(self.clone(), |value, key| value.get(key))
    }

    /// The text of a scalar at the end of a path of keys.
    pub fn text_at(&self, path: &[&str]) -> Option<String> {
        self.at(path)?.as_str().map(str::to_string)
    }
}

fn has_leading_zero(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.len() > 1 && digits.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_know_their_lines() {
        let yaml = document("a: &x\n  - 1\n  - '2'\nb:\n  c: *x\n").unwrap();
        assert_eq!(yaml.at(&["b", "c"]).unwrap().items()[1].line(), 3);
        assert_eq!(yaml.get("a").unwrap().as_value(), Some(Value::list([Value::Integer(1), Value::from("2")])));
        assert_eq!(yaml.entries()[1].0.line(), 4);
    }

    #[test]
    fn json_is_taken_over() {
        let text = "{\"a\": [1,\n null, \"1\"], \"b\": {\"c\": true}}";
        let at = |part: &str| 1 + text[..part.as_ptr() as usize - text.as_ptr() as usize].matches('\n').count();
        let yaml = Yaml::of_json(Json::parse(text).unwrap(), &at);
        let a = yaml.get("a").unwrap();
        assert_eq!(
            (a.items()[0].as_value(), a.items()[2].as_value()),
            (Some(Value::Integer(1)), Some(Value::from("1")))
        );
        assert!(a.items()[1].is_null() && a.items()[1].line() == 2);
        assert_eq!(yaml.at(&["b", "c"]).unwrap().as_bool(), Some(true));
    }

    #[test]
    fn merge_keys_and_documents() {
        let (documents, problem) = documents("base: &b {x: 1, y: 2}\nall:\n  <<: *b\n  x: 3\n---\n- z\n");
        assert!(problem.is_none());
        let all = documents[0].get("all").unwrap();
        assert_eq!((all.text_at(&["x"]).unwrap(), all.text_at(&["y"]).unwrap()), ("3".into(), "2".into()));
        assert_eq!(documents[1].items()[0].as_str(), Some("z"));
    }

    #[test]
    fn brackets_need_not_be_indented() {
        let yaml = document("a:\n  b: [\n    1,\n  ]\n  c: {\n  d: 2\n  }\n").unwrap();
        assert_eq!(yaml.at(&["a", "b"]).unwrap().items().len(), 1);
        assert_eq!(yaml.at(&["a", "c", "d"]).unwrap().line(), 6);
    }

    #[test]
    fn streams_fall_into_documents() {
        let text = "# a\na: 1\n---\nb: |\n  ---\n--- # c\nc: [\n";
        let all = parts(text);
        assert_eq!(all, [(0, "# a\na: 1\n"), (2, "---\nb: |\n  ---\n"), (5, "--- # c\nc: [\n")]);
        assert_eq!(documents_after(2, all[1].1).0[0].line(), 4);
        let (_, problem) = documents_after(5, all[2].1);
        assert!(matches!(problem, Some(Problem::Wrong(wrong)) if wrong.line >= 7));
        assert_eq!(parts("%YAML 1.2\n---\na\n---\nb\n").len(), 1);
    }

    #[test]
    fn a_broken_document_leaves_those_before_it() {
        let (documents, problem) = documents("a: 1\n---\nb: [\n");
        assert_eq!(documents.len(), 1);
        assert!(matches!(problem, Some(Problem::Wrong(wrong)) if wrong.line >= 3));
    }

    #[test]
    fn aliases_do_not_multiply_without_bound() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let below = format!("*a{}", level - 1);
            text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![below; 8].join(", ")));
        }
        assert!(document(&text).is_err());
    }
}
