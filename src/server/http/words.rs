//! `GET /words/deps/nova?depth=2&format=svg`: the walking statements at addresses, by the WORDS table.
//!
//! Terms that follow the word stand in the path, several of them separated by commas: `/words/common/nova,cinder`,
//! `/words/diff/nova/cinder`. Terms behind a keyword and the options are parameters of the address, named by their
//! keywords: `/words/why/nova?to=keystone&up-to=3`. Lists are given by repeating a parameter: `via=NEEDS&via=USES`.
//! `/words/whatif` before a word asks it under what [`supposed`](super::supposed) reads.

use std::borrow::Cow;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use form_urlencoded::parse;
use percent_encoding::percent_decode_str;
use serde_json::{Value as Json, json};

use super::body::{CancelOnDrop, whole};
use super::door::Door;
use super::formats::{self, Format};
use super::guard::Caller;
use super::page;
use super::problem::Problem;
use super::supposed::{ADD, REMOVE, WHATIF, suppositions};
use crate::ast::{
    Before, Mode, Name, Operand, OptionKind, Start, Statement, StatementBody, TraceOption, WORDS, Walk, WhatIf, Word,
    WordStatement,
};
use crate::diagnostic::{Diagnostic, Span};
use crate::parser;
use crate::server::{Line, Request, blocking};

/// The parameter that names the format.
pub(super) const FORMAT: &str = "format";
/// Bytes of notes that a header holds.
const NOTES: usize = 4096;

/// The word as it stands in an address: `show-labels`.
pub(super) fn address_of(word: &Word) -> String {
    word.keyword.to_lowercase().replace(' ', "-")
}

/// The name of the parameter that holds an option.
pub(super) fn parameter_of(option: OptionKind) -> String {
    option.keywords().join("-").to_lowercase()
}

/// The operands that stand in the path, and those that are parameters, with their names.
pub(super) fn operands_of(word: &Word) -> (Vec<&Operand>, Vec<(String, &Operand)>) {
    let (mut path, mut parameters) = (Vec::new(), Vec::new());
    for operand in word.operands {
        match operand.before {
            Before::Nothing | Before::Comma => path.push(operand),
            Before::Keyword(keyword) => parameters.push((keyword.to_lowercase(), operand)),
        }
    }
    (path, parameters)
}

/// `GET /words`: which there are.
pub(super) async fn list() -> axum::Json<Json> {
    axum::Json(WORDS.iter().map(word_json).collect())
}

/// A word, for those who offer it.
pub(super) fn word_json(word: &Word) -> Json {
    json!({
        "keyword": word.keyword,
        "address": format!("/words/{}", address_of(word)),
        "syntax": word.syntax,
        "doc": word.doc,
        "operands": word.operands.iter().map(operand_json).collect::<Vec<_>>(),
        "options": word.options.iter().map(|option| parameter_of(*option)).collect::<Vec<_>>(),
    })
}

/// An operand: the name of its parameter, or null if it stands in the path.
fn operand_json(operand: &Operand) -> Json {
    let name = match operand.before {
        Before::Keyword(keyword) => Some(keyword.to_lowercase()),
        Before::Nothing | Before::Comma => None,
    };
    json!({ "name": name, "optional": operand.optional, "several": operand.several })
}

/// `GET /words/WORD/…`
pub(super) async fn word(
    State(door): State<Door>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let parameters = Parameters::of(&uri);
    let statement = asked(&uri, &parameters)?;
    let request = Request { statement, read_only: true, ..Request::default() };
    let format = formats::chosen(parameters.one(FORMAT)?, &headers)?;
    // What a condition says may depend on the time: only an answer without one is the same for the same graph.
    let lasting = parameters.all(&parameter_of(OptionKind::Where)).next().is_none();
    answer(door, caller, headers, request, format, lasting).await
}

/// The text of the statement that an address stands for.
fn asked(uri: &Uri, parameters: &Parameters) -> Result<String, Problem> {
    let mut segments = uri.path().split('/').skip(2).peekable();
    let supposes = segments.next_if_eq(&WHATIF).is_some();
    let word = find(segments.next().unwrap_or_default())?;
    let more: &[&str] = if supposes { &[REMOVE, ADD] } else { &[] };
    let statement = statement(word, segments, parameters, more)?;
    if !supposes {
        return Ok(statement.to_string());
    }
    let body = Box::new(StatementBody::Walk(Walk::Word(statement)));
    let body = StatementBody::WhatIf(WhatIf { suppositions: suppositions(parameters)?, body });
    Ok(Statement { options: None, mode: Mode::Run, body }.to_string())
}

/// Runs a statement and answers with all of it, in a format. What is lasting is the same as long as the graph is.
pub(super) async fn answer(
    door: Door,
    caller: Caller,
    headers: HeaderMap,
    request: Request,
    format: Format,
    lasting: bool,
) -> Result<Response, Problem> {
    let mut line = Line::new(door.host.clone(), caller.role);
    let cancel = CancelOnDrop(line.cancel_flag());
    let statement = request.statement.clone();
    let known = headers.get(header::IF_NONE_MATCH).cloned();
    let made = blocking(move || -> Result<(String, Option<Made>), Vec<Diagnostic>> {
        line.refresh().map_err(|error| vec![error])?;
        // The version from before the statement: if others commit meanwhile, the client asks once more.
        let tag = format!("W/\"{}-{:x}\"", door.version(), crc32fast::hash(format.media().as_bytes()));
        if lasting && known.is_some_and(|known| names_tag(&known, &tag)) {
            return Ok((tag, None));
        }
        let result = line.run_whole(&request)?;
        let mut notes: Vec<String> = result.warnings.iter().map(|warning| warning.message.clone()).collect();
        notes.extend(result.notes.iter().cloned());
        let mut body = Vec::new();
        let left_out = format.write(&door.host, result, &line.budget(), &mut body).map_err(|error| vec![error])?;
        notes.extend(left_out);
        Ok((tag, Some(Made { body, notes })))
    });
    let (tag, made) = made.await?.map_err(|errors| Problem::of(&errors, &statement).in_statement(&statement))?;
    drop(cancel);
    let mut response = match made {
        None => StatusCode::NOT_MODIFIED.into_response(),
        Some(made) => made.into_response(format, &headers),
    };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if lasting {
        out.extend(HeaderValue::from_str(&tag).ok().map(|tag| (header::ETAG, tag)));
    }
    Ok(response)
}

/// An answer that was written, with what there is to say about it.
struct Made {
    body: Vec<u8>,
    notes: Vec<String>,
}

impl Made {
    fn into_response(self, format: Format, request: &HeaderMap) -> Response {
        let policy = page::policy(format.media(), &self.body);
        let mut response = whole(StatusCode::OK, format.media(), request, self.body);
        let headers = response.headers_mut();
        headers.extend(policy.map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
        if !self.notes.is_empty() {
            headers.extend(notes_header(&self.notes).map(|notes| (HeaderName::from_static("kenning-notes"), notes)));
        }
        response
    }
}

/// Notes as a JSON list in ASCII, as many as a header holds, with the number of those that it does not.
fn notes_header(notes: &[String]) -> Option<HeaderValue> {
    let mut kept = notes.len();
    loop {
        let mut list: Vec<String> = notes[..kept].to_vec();
        if kept < notes.len() {
            list.push(format!("and {} more", notes.len() - kept));
        }
        let ascii: String = json!(list).to_string().chars().map(ascii).collect();
        if ascii.len() <= NOTES || kept == 0 {
            return HeaderValue::from_str(&ascii).ok();
        }
        kept -= 1;
    }
}

/// A character of JSON in ASCII.
fn ascii(c: char) -> String {
    match c {
        ' '..='~' => c.to_string(),
        c => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    }
}

fn names_tag(header: &HeaderValue, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_string();
    header.to_str().is_ok_and(|tags| tags.split(',').any(|other| other.trim() == "*" || bare(other) == bare(tag)))
}

fn find(address: &str) -> Result<&'static Word, Problem> {
    WORDS.iter().find(|word| address_of(word) == address).ok_or_else(|| {
        let all: Vec<String> = WORDS.iter().map(address_of).collect();
        Problem::not_found(format!("there is no word `{address}`")).help(format!("one of {}", all.join(", ")))
    })
}

/// The parameters of an address.
pub(super) struct Parameters<'u>(Vec<(Cow<'u, str>, Cow<'u, str>)>);

impl<'u> Parameters<'u> {
    pub(super) fn of(uri: &'u Uri) -> Parameters<'u> {
        Parameters(parse(uri.query().unwrap_or_default().as_bytes()).collect())
    }

    pub(super) fn all<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s str> {
        self.0.iter().filter(move |(key, _)| *key == *name).map(|(_, value)| &**value)
    }

    /// The value of a parameter that may be given once.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut all = self.all(name);
        let first = all.next();
        match all.next() {
            None => Ok(first),
            Some(_) => Err(Problem::bad_request(format!("`{name}` is given twice"))),
        }
    }

    /// Refuses parameters of other names.
    pub(super) fn only(&self, known: &[String]) -> Result<(), Problem> {
        match self.0.iter().find(|(key, _)| !known.iter().any(|known| *known == **key)) {
            None => Ok(()),
            Some((key, _)) => {
                let problem = Problem::bad_request(format!("there is no parameter `{key}` here"));
                Err(problem.help(format!("one of {}", known.join(", "))))
            }
        }
    }
}

/// The statement that an address stands for; it may have `more` parameters, which say nothing of it.
pub(super) fn statement<'a>(
    word: &'static Word,
    mut segments: impl Iterator<Item = &'a str>,
    parameters: &Parameters,
    more: &[&str],
) -> Result<WordStatement, Problem> {
    let mut known: Vec<String> = word.options.iter().map(|option| parameter_of(*option)).collect();
    known.extend(operands_of(word).1.into_iter().map(|(name, _)| name));
    known.extend(more.iter().chain(&[FORMAT]).map(|name| name.to_string()));
    parameters.only(&known)?;
    let operands = word.operands.iter().map(|operand| {
        let terms = match operand.before {
            Before::Nothing | Before::Comma => in_path(operand, segments.next().unwrap_or_default())?,
            Before::Keyword(keyword) => parameters.all(&keyword.to_lowercase()).map(str::to_string).collect(),
        };
        match terms.is_empty() && !operand.optional {
            true => Err(Problem::bad_request(format!("a term is missing: {}", word.syntax))),
            false => Ok(terms.into_iter().map(|term| Start::Term(name(term))).collect()),
        }
    });
    let operands = operands.collect::<Result<Vec<Vec<Start>>, Problem>>()?;
    if let Some(more) = segments.next() {
        return Err(Problem::not_found(format!("`{more}` is one part too many: {}", word.syntax)));
    }
    let options = word.options.iter().filter_map(|kind| option(*kind, parameters).transpose());
    Ok(WordStatement { word, operands, options: options.collect::<Result<_, Problem>>()? })
}

/// The terms of a part of the path. Commas between terms are those that are not encoded.
fn in_path(operand: &Operand, segment: &str) -> Result<Vec<String>, Problem> {
    let parts: Vec<&str> = if operand.several { segment.split(',').collect() } else { vec![segment] };
    let decoded = parts.into_iter().filter(|part| !part.is_empty()).map(|part| {
        let term = percent_decode_str(part).decode_utf8();
        term.map(|term| term.into_owned()).map_err(|_| Problem::bad_request(format!("`{part}` is not UTF-8")))
    });
    decoded.collect()
}

pub(super) fn name(text: impl Into<String>) -> Name {
    Name::new(text.into(), Span::new(0, 0))
}

/// An option as its parameter says it; `None` if it is left out.
fn option(kind: OptionKind, parameters: &Parameters) -> Result<Option<TraceOption>, Problem> {
    let key = parameter_of(kind);
    let mut values = parameters.all(&key).peekable();
    if values.peek().is_none() {
        return Ok(None);
    }
    let names = || parameters.all(&key).map(name).collect::<Vec<_>>();
    let one = || parameters.one(&key).map(Option::unwrap_or_default);
    let number = || one()?.parse().map_err(|_| Problem::bad_request(format!("`{key}` is a whole number")));
    let flag = |option: TraceOption| match one()? {
        "" | "true" => Ok(Some(option)),
        "false" => Ok(None),
        other => Err(Problem::bad_request(format!("`{key}` is true or false, not `{other}`"))),
    };
    Ok(Some(match kind {
        OptionKind::All => return flag(TraceOption::All),
        OptionKind::Ranked => return flag(TraceOption::Ranked),
        OptionKind::Hard => return flag(TraceOption::Hard),
        OptionKind::Each => return flag(TraceOption::Each),
        OptionKind::Depth => TraceOption::Depth(number()?),
        OptionKind::UpTo => TraceOption::UpTo(number()?),
        OptionKind::Confidence => TraceOption::Confidence(confidence(&key, one()?)?),
        OptionKind::Via => TraceOption::Via(names()),
        OptionKind::Only => TraceOption::Only(names()),
        OptionKind::Hiding => TraceOption::Hiding(names()),
        OptionKind::Showing => TraceOption::Showing(names()),
        OptionKind::Rollup if ["", "true"].contains(&one()?) => TraceOption::Rollup(Vec::new()),
        OptionKind::Rollup => TraceOption::Rollup(names()),
        OptionKind::Avoiding => TraceOption::Avoiding(names().into_iter().map(Start::Term).collect()),
        OptionKind::Where => {
            let condition = one()?;
            let wrong = |errors: Vec<Diagnostic>| Problem::of(&errors, condition).in_parameter(&key);
            TraceOption::Where(parser::parse_expression(condition).map_err(wrong)?)
        }
    }))
}

fn confidence(key: &str, text: &str) -> Result<f64, Problem> {
    let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| Problem::bad_request(format!("`{key}` is a number from 0 to 1")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Result<String, String> {
        let uri: Uri = address.parse().expect("an address");
        let text = |problem: Problem| problem.json()["errors"][0]["message"].as_str().unwrap_or_default().to_string();
        asked(&uri, &Parameters::of(&uri)).map_err(text)
    }

    #[test]
    fn addresses_and_what_they_ask() {
        let cases = [
            ("/words/deps/nova?depth=2&format=svg", "DEPS nova DEPTH 2"),
            ("/words/impact/nova,Block%20Storage", "IMPACT nova, Block Storage"),
            ("/words/show/a%2Cb", "SHOW 'a,b'"),
            ("/words/show/to", "SHOW 'to'"),
            ("/words/why/nova?to=keystone&up-to=3&avoiding=glance", "WHY nova TO keystone UP TO 3 AVOIDING glance"),
            ("/words/why/nova?to=keystone&each", "WHY nova TO keystone EACH"),
            ("/words/diff/nova/cinder?via=NEEDS&via=USES", "DIFF nova, cinder VIA NEEDS, USES"),
            ("/words/order", "ORDER"),
            ("/words/order?of=nova&hard=true&rollup", "ORDER OF nova HARD ROLLUP"),
            ("/words/critical?for=nova&hard=false", "CRITICAL FOR nova"),
            ("/words/deps/nova?where=depth%20%3C%202", "DEPS nova WHERE depth < 2"),
            ("/words/show-labels", "SHOW LABELS"),
            ("/words/find/block%20storage", "FIND block storage"),
            ("/words/whatif/deps/nova?remove=keystone&depth=2", "WHATIF REMOVE keystone DEPS nova DEPTH 2"),
            (
                "/words/whatif/critical?add=(nova)-[:USES]-%3E(etcd)&remove=(nova)-[]-%3E(Block%20Storage)",
                "WHATIF REMOVE (nova)-[]->(Block Storage) ADD (nova)-[:USES]->(etcd) CRITICAL",
            ),
        ];
        for (address, statement) in cases {
            assert_eq!(read(address).as_deref(), Ok(statement), "{address}");
            assert!(parser::parse_statement(statement).is_ok(), "{statement}");
        }
    }

    #[test]
    fn a_term_is_never_more_than_a_term() {
        for term in ["x DEPTH 1", "x; DROP INDEX i", "'", "\\'", "x UNION DEPS y", "(MATCH (n) DELETE n)", "$x", "//"] {
            let encoded = percent_encoding::utf8_percent_encode(term, percent_encoding::NON_ALPHANUMERIC);
            let text = read(&format!("/words/deps/{encoded}")).unwrap();
            let statement = parser::parse_statement(&text).unwrap();
            let expected = WordStatement {
                word: find("deps").unwrap(),
                operands: vec![vec![Start::Term(name(term))]],
                options: Vec::new(),
            };
            assert_eq!(statement.to_string(), expected.to_string(), "{text}");
            assert!(matches!(
                &statement.body,
                crate::ast::StatementBody::Walk(crate::ast::Walk::Word(walk))
                    if matches!(&walk.operands[0][..], [Start::Term(found)] if found.text == term)
            ));
        }
    }

    #[test]
    fn what_is_supposed_is_never_more_than_a_term() {
        for term in ["x DEPS y", "x, y", "'", "x ADD y", "`", "(MATCH (n) DELETE n)", "$x"] {
            let encoded = percent_encoding::utf8_percent_encode(term, percent_encoding::NON_ALPHANUMERIC);
            let text = read(&format!("/words/whatif/deps/a?add=({encoded})-[:{encoded}]-%3E({encoded})")).unwrap();
            let parsed = parser::parse_statement(&text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
            let StatementBody::WhatIf(WhatIf { suppositions, .. }) = &parsed.body else { panic!("{text}") };
            let [crate::ast::Supposition::Add(relation)] = &suppositions[..] else { panic!("{text}") };
            let is_name = |start: &Start| matches!(start, Start::Term(found) if found.text == term);
            assert!(is_name(&relation.start) && is_name(&relation.end), "{text}");
            assert_eq!(relation.relation_type.as_ref().map(|name| name.text.as_str()), Some(term));
        }
    }

    #[test]
    fn what_is_no_address() {
        let wrong = |address: &str| read(address).unwrap_err();
        assert!(wrong("/words/nothing").contains("no word"));
        assert!(wrong("/words/deps").contains("missing"));
        assert!(wrong("/words/whatif").contains("no word"));
        assert!(wrong("/words/whatif/deps/a").contains("nothing is supposed"));
        assert!(wrong("/words/deps/a?remove=b").contains("no parameter `remove`"));
        assert!(wrong("/words/deps/a/b").contains("too many"));
        assert!(wrong("/words/deps/a?deep=2").contains("no parameter `deep`"));
        assert!(wrong("/words/deps/a?depth=x").contains("whole number"));
        assert!(wrong("/words/deps/a?depth=1&depth=2").contains("twice"));
        assert!(wrong("/words/deps/a?hard=yes").contains("true or false"));
        assert!(wrong("/words/deps/a?confidence=2").contains("from 0 to 1"));
        assert!(wrong("/words/deps/a?where=%2B").contains("expected"));
    }

    #[test]
    fn notes_fit_a_header() {
        let notes = vec!["ü".repeat(700), "x".into()];
        let header = notes_header(&notes).unwrap();
        let list: Vec<String> = serde_json::from_str(header.to_str().unwrap()).unwrap();
        assert_eq!(list, ["and 2 more"]);
        let list: Vec<String> = serde_json::from_str(notes_header(&["é\n".into()]).unwrap().to_str().unwrap()).unwrap();
        assert_eq!(list, ["é\n"]);
    }
}
