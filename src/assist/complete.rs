//! Completion: what can come next in a statement.

use super::Scope;
use crate::ast::{Before, Operand, OptionKind, WORDS, Word, ends_a_term};
use crate::functions;
use crate::graph::NodeId;
use crate::parser::lexer::{Symbol, Token, TokenKind, tokens};
use crate::parser::{CLAUSES, KEYWORDS, STATEMENTS, is_bare_term, is_keyword};
use crate::procedures;
use crate::render::literal;

/// The text cut into tokens, and the place of the word that is being typed.
struct Typed<'t> {
    text: &'t str,
    /// Of the last statement, up to the word being typed.
    tokens: Vec<Token<'t>>,
    /// Where the word being typed begins; the end of the text if none is.
    start: usize,
}

impl<'t> Typed<'t> {
    fn new(text: &'t str) -> Option<Typed<'t>> {
        let mut tokens = tokens(text);
        let ends = |token: &Token| token.kind == TokenKind::Symbol(Symbol::Semicolon);
        let from = tokens.iter().rposition(ends).map_or(0, |at| at + 1);
        tokens.drain(..from);
        let mut start = text.len();
        if let Some(last) = tokens.last()
            && last.span.range().end == text.len()
        {
            match &last.kind {
                TokenKind::Word | TokenKind::Parameter(_) => start = last.span.range().start,
                // A `$` or backquote that waits for its name.
                TokenKind::Error(_) if text[last.span.range()].starts_with(['$', '`']) => {
                    start = last.span.range().start;
                }
                // Inside a string or comment there is nothing to offer.
                TokenKind::Error(error) if error.open => return None,
                TokenKind::Comment => return None,
                _ => {}
            }
        }
        tokens.retain(|token| token.span.range().start < start && token.kind != TokenKind::Comment);
        Some(Typed { text, tokens, start })
    }

    fn word(&self) -> &'t str {
        &self.text[self.start..]
    }

    /// The token so many places before the word being typed.
    fn back(&self, places: usize) -> Option<&Token<'t>> {
        self.tokens.len().checked_sub(places).and_then(|at| self.tokens.get(at))
    }

    fn symbol_back(&self, places: usize) -> Option<Symbol> {
        match self.back(places)?.kind {
            TokenKind::Symbol(symbol) => Some(symbol),
            _ => None,
        }
    }

    fn is_word(&self, token: &Token, word: &str) -> bool {
        token.kind == TokenKind::Word && token.span.text(self.text).eq_ignore_ascii_case(word)
    }

    /// The innermost bracket that is open, with the place of its token.
    fn open_bracket(&self) -> Option<(usize, Symbol)> {
        let mut open = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            let TokenKind::Symbol(symbol) = token.kind else { continue };
            if symbol.closer().is_some() {
                open.push((at, symbol));
            } else if symbol.is_closer() {
                open.pop();
            }
        }
        open.pop()
    }

    /// The last word that is a clause's keyword, in capitals.
    fn clause(&self) -> Option<&'static str> {
        self.tokens
            .iter()
            .rev()
            .find_map(|token| CLAUSES.iter().map(|clause| clause.keyword).find(|keyword| self.is_word(token, keyword)))
    }
}

/// The dotted name before the innermost open parenthesis.
pub(crate) fn open_call(text: &str) -> Option<String> {
    let typed = Typed::new(text)?;
    let (at, symbol) = typed.open_bracket()?;
    (symbol == Symbol::LeftParenthesis).then(|| dotted_name(&typed.tokens[..at], text)).flatten()
}

/// `trace.deps` at the end of the tokens.
fn dotted_name(tokens: &[Token], text: &str) -> Option<String> {
    let mut name = String::new();
    for (at, token) in tokens.iter().rev().enumerate() {
        let wanted = match token.kind {
            TokenKind::Word => at % 2 == 0,
            TokenKind::Symbol(Symbol::Dot) => at % 2 == 1,
            _ => false,
        };
        if !wanted {
            break;
        }
        name.insert_str(0, token.span.text(text));
    }
    (!name.is_empty()).then_some(name)
}

/// Returns the byte offset where the text to replace begins, and the candidates: how each is listed and what is inserted.
pub(crate) fn complete(text: &str, scope: &Scope) -> (usize, Vec<(String, String)>) {
    let quoted_term = |text: &str| walk_of(text).is_some();
    let Some(typed) = Typed::new(text) else {
        return match quoted_term(text) {
            true => walk(text, scope).unwrap_or_default(),
            false => (text.len(), Vec::new()),
        };
    };
    if let Some(offer) = walk(text, scope) {
        return offer;
    }
    let word = typed.word();
    let graph = scope.graph;
    let quoted = |name: &str| {
        let mut out = String::new();
        literal::write_name(&mut out, name);
        (name.to_string(), out)
    };
    if word.starts_with('$') {
        return (typed.start, starting(word, scope.parameters.iter().map(|name| format!("${name}"))));
    }
    let bracket = typed.open_bracket().map(|(_, symbol)| symbol);
    let names = match typed.symbol_back(1) {
        Some(Symbol::Colon | Symbol::Bar) if bracket == Some(Symbol::LeftBracket) => {
            let used = graph.types().filter(|t| graph.type_count(*t) > 0);
            Some(used.map(|t| quoted(graph.type_name(t))).collect::<Vec<_>>())
        }
        Some(Symbol::Colon) if bracket != Some(Symbol::LeftBrace) => {
            let used = graph.labels().filter(|label| graph.label_count(*label) > 0);
            Some(used.map(|label| quoted(graph.label_name(label))).collect())
        }
        Some(Symbol::Dot) => match dotted_call(&typed) {
            Some(dotted) => return procedures_from(&dotted, &typed),
            None => Some(graph.keys().map(|key| quoted(graph.key_name(key))).collect()),
        },
        Some(Symbol::LeftBrace | Symbol::Comma) if bracket == Some(Symbol::LeftBrace) => {
            Some(graph.keys().map(|key| quoted(graph.key_name(key))).collect())
        }
        _ => None,
    };
    if let Some(mut names) = names {
        names.sort();
        names.retain(|(name, _)| starts(name, word.trim_start_matches('`')));
        return (typed.start, names);
    }
    if typed.back(1).is_some_and(|token| typed.is_word(token, "CALL")) {
        return procedures_from("", &typed);
    }
    (typed.start, words(&typed))
}

/// The part of a procedure's name before the word being typed, if it follows CALL.
fn dotted_call(typed: &Typed) -> Option<String> {
    let name = dotted_name(&typed.tokens[..typed.tokens.len() - 1], typed.text)?;
    let before = typed.tokens.len().checked_sub(1 + name.matches('.').count() * 2 + 2)?;
    typed.is_word(&typed.tokens[before], "CALL").then(|| format!("{name}."))
}

fn procedures_from(prefix: &str, typed: &Typed) -> (usize, Vec<(String, String)>) {
    let full = format!("{prefix}{}", typed.word());
    let names = procedures::all().filter(|procedure| starts(procedure.name, &full));
    let pair = |name: &str| (name.to_string(), format!("{}(", &name[prefix.len()..]));
    (typed.start, names.map(|procedure| pair(procedure.name)).collect())
}

/// Keywords, functions and the variables of the statement.
fn words(typed: &Typed) -> Vec<(String, String)> {
    let word = typed.word();
    // Nothing is named by nothing: then only what usually comes next is offered.
    let keywords: Vec<&str> = match (word.is_empty(), typed.tokens.is_empty(), typed.clause()) {
        (true, ..) if typed.open_bracket().is_some() => return Vec::new(),
        (true, true, _) => STATEMENTS.iter().chain(CLAUSES).map(|starter| starter.keyword).collect(),
        (true, false, Some("MATCH" | "OPTIONAL")) => vec!["MATCH", "WHERE", "RETURN", "WITH", "OPTIONAL MATCH"],
        (true, false, Some("RETURN" | "WITH")) => vec!["AS", "ORDER BY", "SKIP", "LIMIT", "WHERE", "DISTINCT"],
        (true, ..) => return Vec::new(),
        (false, ..) => KEYWORDS.to_vec(),
    };
    let cased = |keyword: &str| match word.chars().any(char::is_uppercase) || word.is_empty() {
        true => keyword.to_string(),
        false => keyword.to_lowercase(),
    };
    let mut candidates = starting(word, keywords.iter().map(|keyword| cased(keyword)));
    if word.is_empty() {
        return candidates;
    }
    let mut variables: Vec<&str> = typed
        .tokens
        .iter()
        .filter(|token| token.kind == TokenKind::Word)
        .map(|token| token.span.text(typed.text))
        .collect();
    variables.retain(|name| !is_keyword(name) && starts(name, word) && *name != word);
    variables.sort_unstable();
    variables.dedup();
    candidates.extend(variables.into_iter().map(|name| (name.to_string(), name.to_string())));
    let mut functions: Vec<&str> =
        functions::names().chain(functions::aggregate::names()).filter(|name| starts(name, word)).collect();
    functions.sort_unstable();
    candidates.extend(functions.into_iter().map(|name| (format!("{name}()"), format!("{name}("))));
    candidates
}

/// The walking word that the last statement of the text begins with, and where its operands begin.
fn walk_of(text: &str) -> Option<(&'static Word, usize)> {
    let tokens = tokens(text);
    let ends = |token: &Token| token.kind == TokenKind::Symbol(Symbol::Semicolon);
    let mut from = tokens.iter().rposition(ends).map_or(0, |at| at + 1);
    let is = |at: usize, word: &str| {
        tokens.get(at).is_some_and(|token: &Token| token.span.text(text).eq_ignore_ascii_case(word))
    };
    while is(from, "EXPLAIN") || is(from, "PROFILE") || tokens.get(from).is_some_and(|t| t.kind == TokenKind::Comment) {
        from += 1;
    }
    let word = WORDS.iter().find(|word| is(from, word.keyword))?;
    let end = tokens[from].span.range().end;
    // The word itself may still be being typed.
    (end < text.len()).then_some((word, end))
}

/// What is being typed in a walking statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Operand,
    Option(OptionKind),
}

/// The last operand or option that has begun in the text, and where it does; `from` is where the operands begin.
fn place_of(word: &Word, text: &str, from: usize) -> (Place, usize) {
    let upper = text[from..].to_ascii_uppercase();
    let found = |keyword: &str| upper.rfind(&format!(" {keyword} ")).map(|at| from + at + keyword.len() + 2);
    let keyword = |operand: &Operand| match operand.before {
        Before::Keyword(keyword) => found(keyword),
        Before::Nothing | Before::Comma => None,
    };
    let operands = word.operands.iter().filter_map(keyword).map(|at| (Place::Operand, at));
    let option = |kind: &OptionKind| Some((Place::Option(*kind), found(&kind.keywords().join(" "))?));
    let options = word.options.iter().filter_map(option);
    // An option whose keyword ends with that of an operand, as in UP TO, goes before it.
    let last = operands.chain(options).max_by_key(|(place, at)| (*at, *place != Place::Operand));
    last.unwrap_or((Place::Operand, from))
}

/// Offers terms, relationship types, labels and options in a walking statement.
fn walk(text: &str, scope: &Scope) -> Option<(usize, Vec<(String, String)>)> {
    let (word, operands) = walk_of(text)?;
    let (place, begins) = place_of(word, text, operands);
    let item = text[begins..].rfind(',').filter(|_| word.keyword != "SHOW").map_or(begins, |comma| begins + comma + 1);
    let from = text.len() - text[item..].trim_start().len();
    let typed = &text[from..];
    let mut offer = match place {
        // A condition is completed as in any other statement.
        Place::Option(OptionKind::Where) => return None,
        Place::Option(OptionKind::Via) => types(typed, scope),
        Place::Option(OptionKind::Showing) => {
            let graph = scope.graph;
            starting(typed, graph.keys().map(|key| graph.key_name(key).to_string()))
        }
        Place::Option(OptionKind::Only | OptionKind::Hiding | OptionKind::Rollup) => {
            let graph = scope.graph;
            let used = graph.labels().filter(|label| graph.label_count(*label) > 0);
            starting(typed, used.map(|label| graph.label_name(label).to_string()))
        }
        Place::Operand | Place::Option(OptionKind::Avoiding) if !word.operands.is_empty() => terms(typed, scope),
        Place::Operand | Place::Option(_) => Vec::new(),
    };
    // After a whole operand, or at once if none is needed, what has not been said yet may follow.
    let at_once = item == operands && word.operands.iter().all(|operand| operand.optional);
    if let Some(space) = typed.rfind(' ').or(at_once.then_some(0)) {
        let (whole, last) = typed.split_at(space);
        let prefix = if whole.trim().is_empty() { String::new() } else { format!("{} ", whole.trim()) };
        let said = |keyword: &str| text[operands..].to_ascii_uppercase().contains(&format!(" {keyword} "));
        let operand_keywords = word.operands.iter().filter_map(|operand| match operand.before {
            Before::Keyword(keyword) => Some(keyword.to_string()),
            Before::Nothing | Before::Comma => None,
        });
        let needed = word.operands.iter().find_map(|operand| match operand.before {
            Before::Keyword(keyword) if !operand.optional && !said(keyword) => Some(keyword),
            _ => None,
        });
        let all = operand_keywords.chain(word.options.iter().map(|option| option.keywords().join(" ")));
        let fitting = all.filter(|keyword| needed.is_none_or(|needed| needed == keyword) && !said(keyword));
        let fitting = fitting.filter(|keyword| starts(keyword, last.trim_start()));
        offer.extend(fitting.map(|keyword| (keyword.clone(), format!("{prefix}{keyword} "))));
    }
    Some((from, offer))
}

/// Of more candidates those of one name are offered once: telling them apart takes a search for each.
const MOST_SPELLED: usize = 50;

/// The names of terms that begin with the text, or, if none does, that have a word which does.
fn terms(typed: &str, scope: &Scope) -> Vec<(String, String)> {
    let quote = typed.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let plain = typed.trim_start_matches(['\'', '"']);
    if plain.is_empty() && quote.is_none() {
        return Vec::new();
    }
    let graph = scope.graph;
    let names = scope.engine.names(graph);
    let replace = |name: &str| match quote {
        Some(quote) => format!("{quote}{name}{quote}"),
        None => bare(name),
    };
    let offer = |fits: &dyn Fn(&str) -> bool| {
        let fitting: Vec<(&str, NodeId)> = names.named_nodes().filter(|(name, _)| fits(name)).collect();
        let spelled = fitting.chunk_by(|a, b| a.0 == b.0).flat_map(|twins| match twins {
            [_, _, ..] if fitting.len() <= MOST_SPELLED => {
                twins.iter().map(|(_, node)| names.spelling(graph, *node)).collect()
            }
            _ => vec![twins[0].0.to_string()],
        });
        let mut found: Vec<(String, String)> = spelled.map(|name| (name.clone(), replace(&name))).collect();
        found.sort();
        found.dedup();
        found
    };
    let mut begin = offer(&|name| starts(name, plain));
    if begin.is_empty() && plain.len() > 1 {
        return offer(&|name| name.split([' ', '-']).any(|word| starts(word, plain)));
    }
    if begin.len() > 1 {
        // Names are found in any case: with the letters as typed, Tab goes on as far as all of them agree.
        for (_, replacement) in &mut begin {
            if let Some(rest) = replacement.get(typed.len()..)
                && replacement.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
            {
                *replacement = format!("{typed}{rest}");
            }
        }
    }
    begin
}

/// The name as a statement takes it: in quotes if it could be read as something else.
pub(crate) fn bare(name: &str) -> String {
    let safe = !name.contains("//") && name.chars().all(|c| c.is_alphanumeric() || " -_./".contains(c));
    match (safe || is_bare_term(name)) && !name.split(' ').any(ends_a_term) {
        true => name.to_string(),
        false => {
            let mut out = String::new();
            literal::write_string(&mut out, name);
            out
        }
    }
}

/// Relationship types by name and by how they read.
fn types(typed: &str, scope: &Scope) -> Vec<(String, String)> {
    let graph = scope.graph;
    let used = graph.types().filter(|t| graph.type_count(*t) > 0);
    let mut names: Vec<String> =
        used.flat_map(|t| [graph.type_name(t).to_string(), graph.semantics().phrase(graph.type_name(t))]).collect();
    names.sort();
    starting(typed, names.into_iter())
}

pub(crate) fn starting(word: &str, names: impl Iterator<Item = String>) -> Vec<(String, String)> {
    names.filter(|name| starts(name, word)).map(|name| (name.clone(), name)).collect()
}

fn starts(name: &str, word: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    word.chars().flat_map(char::to_lowercase).all(|c| name.next() == Some(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strange_names_are_quoted() {
        assert_eq!(bare("Block Storage"), "Block Storage");
        assert_eq!(bare("//core:lib"), "//core:lib");
        assert_eq!(bare("auth (Library)"), "auth (Library)");
        assert_eq!(bare("a //b"), "'a //b'");
        assert_eq!(bare("a, b"), "'a, b'");
        assert_eq!(bare("it's"), "'it\\'s'");
        assert_eq!(bare("$x"), "'$x'");
        assert_eq!(bare("a; b"), "'a; b'");
        assert_eq!(bare("host to host"), "'host to host'");
    }

    #[test]
    fn the_call_that_is_open() {
        assert_eq!(open_call("RETURN size(split(").as_deref(), Some("split"));
        assert_eq!(open_call("CALL trace.deps('a', ").as_deref(), Some("trace.deps"));
        assert_eq!(open_call("RETURN size([1])"), None);
        assert_eq!(open_call("RETURN size({"), None);
    }
}
