//! The walking statements, by the WORDS table. Their terms are written as one says them: raw text up to where an
//! option or the next operand begins.

use nom::Parser;
use nom::combinator::cut;

use super::clause::{Starter, starts_clause};
use super::expression::expression;
use super::input::{Parsed, Tokens, end, keyword, nested, report, symbol};
use super::lexer::{Symbol, TokenKind};
use super::statement::query;
use crate::ast::{
    Before, Name, Operand, OptionKind, SetOperator, Start, Terms, TraceOption, WORDS, Walk, Word, WordStatement,
    ends_a_term,
};
use crate::diagnostic::{Detail, Diagnostic};

/// What else starts a statement.
const OTHERS: &[Starter] = &[
    Starter {
        keyword: "WHATIF",
        syntax: "WHATIF REMOVE term | (term)-[:TYPE]->(term), … | ADD (term)-[:TYPE]->(term), … statement",
        doc: "Runs a statement on a copy of the graph without these terms and relations, and with those, and says \
              what that changes; the graph stays as it is.",
    },
    Starter {
        keyword: "CREATE RELATIONSHIP TYPE",
        syntax: "CREATE [OR REPLACE] RELATIONSHIP TYPE name, … [NAMED 'phrase'] [INVERSE name [NAMED 'phrase']] \
                 [FAILURE ALONG | AGAINST | NONE] [FAILS | DEGRADES] [ORDERS ALONG | AGAINST] [SYMMETRIC] [TRANSITIVE] [KIND OF name, …] \
                 [DESCRIBED 'text']",
        doc: "Says what a relationship type means. FAILURE ALONG: when the start fails the end suffers; AGAINST: the \
              other way round, the start needs the end. What suffers fails, unless it only DEGRADES.",
    },
    Starter {
        keyword: "DROP RELATIONSHIP TYPE",
        syntax: "DROP RELATIONSHIP TYPE name, …",
        doc: "Forgets what a relationship type means; its relationships stay.",
    },
    Starter {
        keyword: "CREATE LABEL",
        syntax: "CREATE [OR REPLACE] LABEL label, … NAMED BY key, …",
        doc: "Says which property names the nodes of a label: the first of the list that a node has. Without it that is \
              `name`, else the first of title, label, id and the like that most nodes of the label have.",
    },
    Starter {
        keyword: "DROP LABEL",
        syntax: "DROP LABEL label, …",
        doc: "Forgets what names the nodes of a label; nodes keep the label.",
    },
    Starter {
        keyword: "REJECT",
        syntax: "REJECT (term)-[:TYPE]->(term) [BY 'name'] [ON 'date'] [BECAUSE 'text']",
        doc: "Takes a relation out for good: `kenning ingest` does not bring it back, whatever a source says.",
    },
    Starter {
        keyword: "ACCEPT",
        syntax: "ACCEPT (term)-[:TYPE]->(term) [BY 'name'] [ON 'date'] [BECAUSE 'text']",
        doc: "Puts a relation in for good, or confirms the one that was read: it stays when no source states it any more.",
    },
    Starter {
        keyword: "RENAME TERM",
        syntax: "RENAME TERM term TO name [BY 'name'] [ON 'date'] [BECAUSE 'text']",
        doc: "Gives a term of a glossary another name, also when its glossary is read again; the old one still finds it.",
    },
    Starter {
        keyword: "MERGE TERM",
        syntax: "MERGE TERM term INTO term [BY 'name'] [ON 'date'] [BECAUSE 'text']",
        doc: "Makes two terms of glossaries one, also when these are read again: the first becomes another name of the second.",
    },
    Starter {
        keyword: "SPLIT TERM",
        syntax: "SPLIT TERM name FROM term [BY 'name'] [ON 'date'] [BECAUSE 'text']",
        doc: "Makes another name of a term a term of its own, also when the glossary is read again.",
    },
    Starter {
        keyword: "DROP DECISION",
        syntax: "DROP DECISION REJECT (term)-[:TYPE]->(term) or another such statement",
        doc: "Forgets what was decided: the next `kenning ingest` believes the sources again. SHOW DECISIONS lists all.",
    },
    Starter {
        keyword: "CREATE INDEX",
        syntax: "CREATE INDEX [name] [IF NOT EXISTS] FOR (n:Label) ON (n.key, …)",
        doc: "Lets nodes of a label be found by properties without looking at all of them.",
    },
    Starter {
        keyword: "CREATE CONSTRAINT",
        syntax: "CREATE CONSTRAINT [name] [IF NOT EXISTS] FOR (n:Label) REQUIRE n.key IS UNIQUE or … IS NOT NULL",
        doc: "Refuses changes after which two nodes of a label had the same values, or one had none. What is unique is indexed.",
    },
    Starter {
        keyword: "DROP",
        syntax: "DROP INDEX name [IF EXISTS] or DROP CONSTRAINT name [IF EXISTS]",
        doc: "Removes an index or lifts a constraint.",
    },
    Starter {
        keyword: "BEGIN",
        syntax: "BEGIN [READ ONLY]",
        doc: "Starts a transaction: what follows is kept as a whole by COMMIT, or not at all.",
    },
    Starter { keyword: "COMMIT", syntax: "COMMIT", doc: "Keeps what the transaction changed." },
    Starter { keyword: "ROLLBACK", syntax: "ROLLBACK", doc: "Undoes what the transaction changed." },
    Starter { keyword: "EXPLAIN", syntax: "EXPLAIN statement", doc: "Shows the plan of a statement and runs nothing." },
    Starter {
        keyword: "PROFILE",
        syntax: "PROFILE statement",
        doc: "Runs a statement and shows rows and time of each operator.",
    },
];

const COUNT: usize = WORDS.len() + OTHERS.len();

/// The statements besides queries, and the words that may stand before any statement.
pub const STATEMENTS: &[Starter] = &{
    let mut all = [OTHERS[0]; COUNT];
    let mut at = 0;
    while at < COUNT {
        all[at] = if at < WORDS.len() {
            let Word { keyword, syntax, doc, .. } = WORDS[at];
            Starter { keyword, syntax, doc }
        } else {
            OTHERS[at - WORDS.len()]
        };
        at += 1;
    }
    all
};

/// How the walking statement that starts here is written.
pub(super) fn syntax(input: Tokens) -> Option<&'static str> {
    word(input).map(|(word, _)| word.syntax)
}

/// The row of the word that a walking statement here starts with, and the input after it.
fn word(input: Tokens) -> Option<(&'static Word, Tokens)> {
    WORDS.iter().find_map(|word| {
        let keywords = word.keyword.split(' ').enumerate();
        let count = keywords.clone().count();
        // Two words might be the beginning of a term: then nothing follows that belongs to a term.
        let ends = count == 1 || input.skip(count).is_empty();
        (ends && keywords.clone().all(|(at, keyword)| input.is_word(at, keyword))).then(|| (word, input.skip(count)))
    })
}

/// The procedure of a listing such as `SHOW LABELS` with YIELD or WHERE behind it, and the input from there on: what it
/// lists is then a table for the clauses that follow.
pub(super) fn listing(input: Tokens) -> Option<(Name, Tokens)> {
    WORDS.iter().find_map(|word| {
        let keywords = word.keyword.split(' ').enumerate();
        let count = keywords.clone().count();
        let rest = input.skip(count);
        let is_table = count > 1 && (rest.is_word(0, "YIELD") || rest.is_word(0, "WHERE"));
        let is_here = is_table && keywords.clone().all(|(at, keyword)| input.is_word(at, keyword));
        is_here.then(|| (Name::new(word.procedure, input.until(rest)), rest))
    })
}

/// Whether a walking statement starts here.
pub(super) fn starts_walk(input: Tokens) -> bool {
    word(input).is_some()
}

/// A walking statement, from its keyword on, and those joined to it.
pub(super) fn walk(input: Tokens) -> Parsed<Walk> {
    let (mut rest, mut left) = word_statement(input)?;
    while let Some(operator) = set_operator(rest) {
        let right;
        (rest, right) = nested(rest.skip(1), operand_of_set)?;
        left = Walk::Set { left: Box::new(left), operator, right: Box::new(right) };
    }
    Ok((rest, left))
}

fn set_operator(input: Tokens) -> Option<SetOperator> {
    let operators =
        [("UNION", SetOperator::Union), ("EXCEPT", SetOperator::Except), ("INTERSECT", SetOperator::Intersect)];
    let (_, operator) = operators.into_iter().find(|(word, _)| input.is_word(0, word))?;
    let next = input.skip(1);
    let follows = next.is_symbol(0, Symbol::LeftParenthesis) || word(next).is_some_and(|(w, _)| w.terms != Terms::No);
    follows.then_some(operator)
}

fn operand_of_set(input: Tokens) -> Parsed<Walk> {
    match walk_in_parentheses(input) {
        Some(parsed) => parsed,
        None if input.is_symbol(0, Symbol::LeftParenthesis) => input.skip(1).fail("a query or a walking statement"),
        None => word_statement(input),
    }
}

/// `(query)` or `(walk)`, if the parenthesis here holds one.
fn walk_in_parentheses(input: Tokens) -> Option<Parsed<Walk>> {
    if !input.is_symbol(0, Symbol::LeftParenthesis) {
        return None;
    }
    let close = input.partner(0)?;
    let inside = nom::Input::take(&input, close).skip(1);
    if !starts_walk(inside) && !starts_clause(inside) {
        return None;
    }
    Some(nested(inside, |inside| {
        let (left, parsed) = match starts_walk(inside) {
            true => cut(walk).parse(inside)?,
            false => cut(query.map(Walk::Query)).parse(inside)?,
        };
        cut(end).parse(left)?;
        if let Walk::Word(WordStatement { word, .. }) = &parsed
            && word.terms == Terms::No
        {
            let message = format!("the rows of {} are no set of terms", word.keyword);
            let help = "DEPS, IMPACT, COMMON, FIND and queries that return a node give one";
            return report(Diagnostic::syntax(Detail::UnexpectedSyntax, inside.until(left), message).help(help));
        }
        Ok((input.skip(close + 1), parsed))
    }))
}

fn word_statement(input: Tokens) -> Parsed<Walk> {
    let Some((word, mut rest)) = word(input) else { return input.fail("a walking statement") };
    let mut operands = Vec::new();
    // An operand that was left out lets none of those after it stand.
    let mut open = true;
    for operand in word.operands {
        let starts;
        (rest, starts) = match open {
            true => self::operand(rest, word, operand)?,
            false => (rest, Vec::new()),
        };
        open = !starts.is_empty();
        operands.push(starts);
    }
    if word.keyword == "COMMON" && operands[0].len() == 1 && matches!(operands[0][0], Start::Term(_)) {
        return cut(symbol(Symbol::Comma)).parse(rest).and_then(|(rest, _)| rest.fail("a term"));
    }
    let (rest, options) = options(rest, word)?;
    Ok((rest, Walk::Word(WordStatement { word, operands, options })))
}

fn operand<'t>(input: Tokens<'t>, word: &'static Word, operand: &Operand) -> Parsed<'t, Vec<Start>> {
    let rest = match operand.before {
        Before::Nothing => input,
        Before::Keyword(word) if operand.optional && !input.is_word(0, word) => {
            input.expect(word);
            return Ok((input, Vec::new()));
        }
        Before::Keyword(word) => cut(keyword(word)).parse(input)?.0,
        Before::Comma => cut(symbol(Symbol::Comma)).parse(input)?.0,
    };
    let listed = word.operands.iter().any(|operand| operand.several || operand.before == Before::Comma);
    let stops = |rest: Tokens| stops(word, rest) || (listed && rest.is_symbol(0, Symbol::Comma));
    if word.keyword == "FIND" {
        // A quoted text with more words behind it is searched as it stands, quotes and all.
        let alone = input.skip(1).is_empty() || set_operator(input.skip(1)).is_some();
        let text = if alone { text } else { bare };
        let (rest, text) = text(rest, "words to search for", &|rest| set_operator(rest).is_some())?;
        return Ok((rest, vec![Start::Term(text)]));
    }
    match operand.several {
        true => starts(rest, &stops),
        false => start(rest, &stops).map(|(rest, start)| (rest, vec![start])),
    }
}

/// Whether an option, an operand or an operator of sets begins here.
fn stops(word: &Word, rest: Tokens) -> bool {
    let operand = |operand: &Operand| matches!(operand.before, Before::Keyword(keyword) if rest.is_word(0, keyword));
    word.operands.iter().any(operand) || stops_option(word, rest)
}

/// Whether an option or an operator of sets begins here: operands cannot follow any more.
fn stops_option(word: &Word, rest: Tokens) -> bool {
    word.options.iter().any(|option| begins(*option, rest)) || (word.terms != Terms::No && set_operator(rest).is_some())
}

fn begins(option: OptionKind, rest: Tokens) -> bool {
    option.keywords().iter().enumerate().all(|(at, keyword)| rest.is_word(at, keyword))
}

/// Terms, parameters and queries, separated by commas.
fn starts<'t>(input: Tokens<'t>, stops: &dyn Fn(Tokens<'t>) -> bool) -> Parsed<'t, Vec<Start>> {
    let (mut rest, first) = start(input, stops)?;
    let mut all = vec![first];
    while let Ok((after, _)) = symbol(Symbol::Comma)(rest) {
        let next;
        (rest, next) = start(after, stops)?;
        all.push(next);
    }
    Ok((rest, all))
}

pub(super) fn start<'t>(input: Tokens<'t>, stops: &dyn Fn(Tokens<'t>) -> bool) -> Parsed<'t, Start> {
    if let Some(parsed) = walk_in_parentheses(input) {
        return parsed.map(|(rest, walk)| (rest, Start::Walk(Box::new(walk))));
    }
    let after = input.skip(1);
    if let Some(TokenKind::Parameter(name)) = input.kind(0)
        && (after.is_empty() || stops(after))
    {
        return Ok((after, Start::Parameter(Name::new(name.to_string(), input.here()))));
    }
    text(input, "a term", stops).map(|(rest, term)| (rest, Start::Term(term)))
}

/// The options of the word, in any order, each at most once.
fn options<'t>(input: Tokens<'t>, word: &'static Word) -> Parsed<'t, Vec<TraceOption>> {
    let mut rest = input;
    let mut options: Vec<TraceOption> = Vec::new();
    while let Some(kind) = word.options.iter().copied().find(|kind| begins(*kind, rest)) {
        if options.iter().any(|option| option.kind() == kind) {
            let message = format!("{} stands here for the second time", kind.keywords().join(" "));
            let error = Diagnostic::syntax(Detail::UnexpectedSyntax, rest.here(), message);
            return report(error.help("leave out one of the two"));
        }
        let after = rest.skip(kind.keywords().len());
        let option;
        (rest, option) = cut(|after| self::option(after, word, kind)).parse(after)?;
        options.push(option);
    }
    word.options.iter().for_each(|kind| rest.expect(kind.keywords()[0]));
    Ok((rest, options))
}

fn option<'t>(input: Tokens<'t>, word: &'static Word, kind: OptionKind) -> Parsed<'t, TraceOption> {
    let listed = |what| listed(input, word, what);
    match kind {
        OptionKind::All => Ok((input, TraceOption::All)),
        OptionKind::Ranked => Ok((input, TraceOption::Ranked)),
        OptionKind::Hard => Ok((input, TraceOption::Hard)),
        OptionKind::Each => Ok((input, TraceOption::Each)),
        OptionKind::Depth => number(input, "a whole number after DEPTH").map(|(rest, n)| (rest, TraceOption::Depth(n))),
        OptionKind::UpTo => up_to(input),
        OptionKind::Confidence => confidence(input),
        OptionKind::Via => listed("a relationship type").map(|(rest, names)| (rest, TraceOption::Via(names))),
        OptionKind::Only => listed("a label").map(|(rest, names)| (rest, TraceOption::Only(names))),
        OptionKind::Hiding => listed("a label").map(|(rest, names)| (rest, TraceOption::Hiding(names))),
        OptionKind::Showing => listed("a property").map(|(rest, names)| (rest, TraceOption::Showing(names))),
        OptionKind::Rollup if input.is_empty() || stops_option(word, input) => {
            Ok((input, TraceOption::Rollup(Vec::new())))
        }
        OptionKind::Rollup => listed("a label").map(|(rest, names)| (rest, TraceOption::Rollup(names))),
        OptionKind::Avoiding => {
            let stops = |rest: Tokens| rest.is_symbol(0, Symbol::Comma) || stops_option(word, rest);
            starts(input, &stops).map(|(rest, starts)| (rest, TraceOption::Avoiding(starts)))
        }
        OptionKind::Where => expression(input).map(|(rest, condition)| (rest, TraceOption::Where(condition))),
    }
}

fn number<'t>(input: Tokens<'t>, what: &'static str) -> Parsed<'t, u64> {
    match input.kind(0) {
        Some(TokenKind::Integer(number)) => Ok((input.skip(1), *number)),
        _ => input.fail(what),
    }
}

fn up_to(input: Tokens) -> Parsed<TraceOption> {
    let (rest, number) = number(input, "a whole number after UP TO")?;
    if number == 0 {
        let message = "UP TO 0 asks for no answer: it says how many there may be";
        let error = Diagnostic::syntax(Detail::UnexpectedSyntax, input.here(), message);
        return report(error.help("write UP TO 1 or more"));
    }
    Ok((rest, TraceOption::UpTo(number)))
}

fn confidence(input: Tokens) -> Parsed<TraceOption> {
    let number = match input.kind(0) {
        Some(TokenKind::Integer(number)) => *number as f64,
        Some(TokenKind::Float(number)) => *number,
        _ => return input.fail("a number from 0 to 1 after CONFIDENCE"),
    };
    if !(0.0..=1.0).contains(&number) {
        let message = "a confidence is a number from 0 to 1";
        let error = Diagnostic::syntax(Detail::UnexpectedSyntax, input.here(), message);
        return report(error.help("CONFIDENCE 0.5 leaves out what is less sure than that"));
    }
    Ok((input.skip(1), TraceOption::Confidence(number)))
}

/// Names as one says them, separated by commas.
fn listed<'t>(input: Tokens<'t>, word: &'static Word, what: &'static str) -> Parsed<'t, Vec<Name>> {
    let mut names = Vec::new();
    let mut rest = input;
    loop {
        let name;
        (rest, name) = text(rest, what, &|rest| rest.is_symbol(0, Symbol::Comma) || stops_option(word, rest))?;
        names.push(name);
        match symbol(Symbol::Comma)(rest) {
            Ok((after, _)) => rest = after,
            Err(_) => return Ok((rest, names)),
        }
    }
}

/// A quoted text, or bare words up to where it stops.
pub(super) fn text<'t>(input: Tokens<'t>, what: &'static str, stops: &dyn Fn(Tokens<'t>) -> bool) -> Parsed<'t, Name> {
    if let Some(text) = quoted(input) {
        return Ok((input.skip(1), Name::new(text, input.here())));
    }
    bare(input, what, stops)
}

/// The raw text up to where it stops, white space and comments folded to single spaces.
fn bare<'t>(input: Tokens<'t>, what: &'static str, stops: &dyn Fn(Tokens<'t>) -> bool) -> Parsed<'t, Name> {
    let mut rest = input;
    let mut text = String::new();
    let mut end = None;
    while let Some(token) = rest.first() {
        if stops(rest) {
            break;
        }
        if let TokenKind::Error(error) = &token.kind
            && error.open
        {
            let help = format!("put the whole term in quotes: {}", in_quotes(input));
            return report(error.diagnostic.clone().help(help));
        }
        if end.is_some_and(|end| end < token.span.start) {
            text.push(' ');
        }
        text.push_str(token.span.text(input.state.source));
        end = Some(token.span.end);
        rest = rest.skip(1);
    }
    if text.is_empty() {
        return cut(|input: Tokens<'t>| input.fail(what)).parse(input);
    }
    Ok((rest, Name::new(text, input.until(rest))))
}

/// The term as it would be written in quotes: up to the end of the line, or to a keyword in capitals.
fn in_quotes(input: Tokens) -> String {
    let rest = &input.state.source[input.here().range().start..];
    let line = rest.split(['\n', ';']).next().unwrap_or(rest);
    let is_keyword = |word: &str| ends_a_term(word) && !word.contains(char::is_lowercase);
    let words: Vec<&str> = line.split_whitespace().take_while(|word| !is_keyword(word)).collect();
    let term = words.join(" ");
    match term.contains('\'') {
        true => format!("\"{}\"", term.replace('"', "\\\"")),
        false => format!("'{term}'"),
    }
}

fn quoted<'t>(input: Tokens<'t>) -> Option<&'t str> {
    match input.kind(0) {
        Some(TokenKind::String(text) | TokenKind::QuotedName(text)) => Some(text),
        _ => None,
    }
}
