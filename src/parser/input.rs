//! nom's input over our own tokens, and the small combinators that the grammar is written in.
//!
//! Every primitive that fails notes what it wanted at which token. The note at the furthest token makes the
//! message, so an error speaks about the place where no reading of the text could go on, in the user's words.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::iter::Enumerate;
use std::slice::Iter;

use nom::error::{ErrorKind, ParseError};
use nom::{Err, IResult, Input, Needed};

use super::lexer::{Symbol, Token, TokenKind};
use crate::ast::words::is_reserved;
use crate::ast::{Ignored, Name};
use crate::diagnostic::{Detail, Diagnostic, Span};
use crate::limits::Watch;

/// How deep brackets, prefix operators and right operands may nest: each level costs stack while parsing.
/// With the package's dev profile 200 levels of the costliest kind take 1.1 MB, about half of what a thread has;
/// without any optimisation it would be 5 MB.
const MAXIMUM_NESTING: u32 = 200;

/// How tall a tree may grow. Chains such as `1 + 1 + …` cost no stack here, but every later walk of the tree
/// (printing, binding, dropping) descends it, and must fit a thread's 2 MB in a debug build.
const MAXIMUM_HEIGHT: u32 = 1000;

pub(super) type Parsed<'t, T> = IResult<Tokens<'t>, T, Problem>;

/// Why a parser failed.
#[derive(Debug)]
pub(super) enum Problem {
    /// Something else was expected: see the furthest note.
    Unexpected,
    /// A specific error; always committed.
    Reported(Box<Diagnostic>),
}

impl<'t> ParseError<Tokens<'t>> for Problem {
    fn from_error_kind(_: Tokens<'t>, _: ErrorKind) -> Problem {
        Problem::Unexpected
    }

    fn append(_: Tokens<'t>, _: ErrorKind, other: Problem) -> Problem {
        other
    }
}

/// What all parsers of one statement share.
pub(super) struct State<'t> {
    pub source: &'t str,
    /// Without comments.
    pub tokens: Vec<Token<'t>>,
    /// For each opening bracket the index of its closing one; its own index if there is none.
    partners: Vec<u32>,
    /// For each token the innermost bracket that is open there, or none.
    around: Vec<u32>,
    furthest: RefCell<Furthest>,
    /// What can stop the parsing, and how many expressions have begun.
    watch: Watch,
    expressions: Cell<u32>,
    nesting: Cell<u32>,
    /// The tallest expression completed since it was last reset.
    height: Cell<u32>,
}

/// What was expected at the furthest token that a parser failed at.
#[derive(Default)]
pub(super) struct Furthest {
    pub at: usize,
    pub expected: Vec<&'static str>,
}

impl<'t> State<'t> {
    pub fn new(source: &'t str, tokens: Vec<Token<'t>>) -> State<'t> {
        State::watched(source, tokens, Watch::default())
    }

    pub fn watched(source: &'t str, tokens: Vec<Token<'t>>, watch: Watch) -> State<'t> {
        let (partners, around) = brackets(&tokens);
        State {
            source,
            partners,
            around,
            tokens,
            furthest: RefCell::default(),
            watch,
            expressions: Cell::new(0),
            nesting: Cell::new(0),
            height: Cell::new(0),
        }
    }

    pub fn all(&'t self) -> Tokens<'t> {
        Tokens { state: self, at: 0, end: self.tokens.len() }
    }

    pub fn take_furthest(&self) -> Furthest {
        self.nesting.set(0);
        self.height.set(0);
        self.furthest.take()
    }
}

/// The place in `around` of what no bracket surrounds.
const OUTSIDE: u32 = u32::MAX;

/// The partner of each bracket, and what surrounds each token.
fn brackets(tokens: &[Token]) -> (Vec<u32>, Vec<u32>) {
    let mut partners: Vec<u32> = (0..tokens.len() as u32).collect();
    let mut around = Vec::with_capacity(tokens.len());
    let mut open: Vec<(usize, Symbol)> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        around.push(open.last().map_or(OUTSIDE, |(start, _)| *start as u32));
        let TokenKind::Symbol(symbol) = token.kind else { continue };
        if let Some(closer) = symbol.closer() {
            open.push((index, closer));
        } else if let Some((start, _)) = open.pop_if(|(_, closer)| *closer == symbol) {
            partners[start] = index as u32;
        }
    }
    (partners, around)
}

#[cfg(test)]
thread_local! {
    /// How often a token was looked at on this thread: the measure of the tests of linear time.
    pub(super) static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// The tokens still to be read.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'t> {
    pub state: &'t State<'t>,
    pub at: usize,
    end: usize,
}

impl fmt::Debug for Tokens<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_list().entries(self.rest()).finish()
    }
}

impl<'t> Tokens<'t> {
    fn rest(self) -> &'t [Token<'t>] {
        &self.state.tokens[self.at..self.end]
    }

    pub fn first(self) -> Option<&'t Token<'t>> {
        self.peek(0)
    }

    /// The token so many places ahead.
    pub fn peek(self, ahead: usize) -> Option<&'t Token<'t>> {
        #[cfg(test)]
        STEPS.with(|steps| steps.set(steps.get() + 1));
        self.rest().get(ahead)
    }

    pub fn kind(self, ahead: usize) -> Option<&'t TokenKind<'t>> {
        self.peek(ahead).map(|token| &token.kind)
    }

    pub fn is_empty(self) -> bool {
        self.at >= self.end
    }

    pub fn skip(self, count: usize) -> Tokens<'t> {
        Tokens { at: (self.at + count).min(self.end), ..self }
    }

    pub fn is_symbol(self, ahead: usize, symbol: Symbol) -> bool {
        self.kind(ahead) == Some(&TokenKind::Symbol(symbol))
    }

    /// The text of the unquoted word so many places ahead, or nothing.
    pub fn word(self, ahead: usize) -> &'t str {
        match self.peek(ahead) {
            Some(token) if token.kind == TokenKind::Word => token.span.text(self.state.source),
            _ => "",
        }
    }

    pub fn is_word(self, ahead: usize, word: &str) -> bool {
        self.word(ahead).eq_ignore_ascii_case(word)
    }

    /// Whether a name stands so many places ahead, quoted or not.
    pub fn is_name(self, ahead: usize) -> bool {
        matches!(self.kind(ahead), Some(TokenKind::Word | TokenKind::QuotedName(_)))
    }

    /// Whether this is the start of the statement.
    pub fn at_start(self) -> bool {
        self.at == 0
    }

    /// Whether the word here stands where a word can only be a name, or the second half of a keyword.
    pub fn is_used_as_name(self) -> bool {
        let before = self.before_word();
        if ["ON", "STARTS", "ENDS"].iter().any(|word| word.eq_ignore_ascii_case(before)) {
            return true;
        }
        use Symbol::{Bar, Colon, Comma, Dot, Equal, RightParenthesis};
        matches!(self.before(), Some(TokenKind::Symbol(Dot | Colon | Bar)))
            || matches!(self.kind(1), Some(TokenKind::Symbol(Dot | Colon | Comma | Equal | RightParenthesis)))
    }

    /// The unquoted word before this place, or nothing.
    fn before_word(self) -> &'t str {
        match self.at.checked_sub(1).map(|before| &self.state.tokens[before]) {
            Some(token) if token.kind == TokenKind::Word => token.span.text(self.state.source),
            _ => "",
        }
    }

    fn before(self) -> Option<&'t TokenKind<'t>> {
        self.at.checked_sub(1).map(|before| &self.state.tokens[before].kind)
    }

    /// How far ahead the partner of the opening bracket so many places ahead is.
    pub fn partner(self, ahead: usize) -> Option<usize> {
        let index = self.at + ahead;
        let partner = *self.state.partners.get(index)? as usize;
        (partner > index && partner < self.end).then(|| partner - self.at)
    }

    /// The input from the innermost bracket on that is open here.
    pub fn around(self) -> Option<Tokens<'t>> {
        let around = *self.state.around.get(self.at)?;
        (around != OUTSIDE).then_some(Tokens { at: around as usize, ..self })
    }

    /// Whether this word, unquoted, stands right before this place.
    pub fn follows(self, word: &str) -> bool {
        self.before_word().eq_ignore_ascii_case(word)
    }

    /// The place of the next token, or an empty one after the last.
    pub fn here(self) -> Span {
        match self.first() {
            Some(token) => token.span,
            None => {
                let end = self.at.checked_sub(1).map_or(0, |last| self.state.tokens[last].span.end) as usize;
                Span::new(end, end)
            }
        }
    }

    /// From the first token here to the last one before `rest`.
    pub fn until(self, rest: Tokens<'t>) -> Span {
        let last = rest.at.max(self.at + 1) - 1;
        match (self.first(), self.state.tokens.get(last)) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => self.here(),
        }
    }

    /// What is here up to `rest`, as typed, without comments and with single spaces.
    pub fn text_until(self, rest: Tokens<'t>) -> String {
        let mut text = String::new();
        let mut end = None;
        for token in &self.state.tokens[self.at..rest.at.max(self.at)] {
            if end.is_some_and(|end| end != token.span.start) {
                text.push(' ');
            }
            text.push_str(token.span.text(self.state.source));
            end = Some(token.span.end);
        }
        text
    }

    /// The same, as words without effect.
    pub fn ignored_until(self, rest: Tokens<'t>) -> Ignored {
        Ignored { text: self.text_until(rest), span: self.until(rest) }
    }

    /// Notes that something was expected here.
    pub fn expect(self, what: &'static str) {
        let mut furthest = self.state.furthest.borrow_mut();
        if self.at > furthest.at {
            furthest.at = self.at;
            furthest.expected.clear();
        }
        if self.at == furthest.at && !furthest.expected.contains(&what) {
            furthest.expected.push(what);
        }
    }

    /// Fails because something was expected here; other readings may be tried.
    pub fn fail<T>(self, what: &'static str) -> Parsed<'t, T> {
        self.expect(what);
        Err(Err::Error(Problem::Unexpected))
    }
}

/// Fails with a specific error.
pub(super) fn report<'t, T>(diagnostic: Diagnostic) -> Parsed<'t, T> {
    Err(Err::Failure(Problem::Reported(Box::new(diagnostic))))
}

/// The keyword, in any case.
pub(super) fn keyword<'t>(word: &'static str) -> impl Fn(Tokens<'t>) -> Parsed<'t, Span> {
    move |input| match input.is_word(0, word) {
        true => Ok((input.skip(1), input.here())),
        false => input.fail(word),
    }
}

pub(super) fn symbol<'t>(symbol: Symbol) -> impl Fn(Tokens<'t>) -> Parsed<'t, Span> {
    move |input| match input.is_symbol(0, symbol) {
        true => Ok((input.skip(1), input.here())),
        false => input.fail(symbol.quoted()),
    }
}

/// A name where keywords are names too: after a colon, a dot or AS.
pub(super) fn name<'t>(what: &'static str) -> impl Fn(Tokens<'t>) -> Parsed<'t, Name> {
    move |input| {
        let text = match input.kind(0) {
            Some(TokenKind::Word) => input.word(0),
            Some(TokenKind::QuotedName(name)) => name,
            _ => return input.fail(what),
        };
        Ok((input.skip(1), Name::new(text, input.here())))
    }
}

/// A name of a variable. A reserved word is one in backquotes, or where what follows shows that it can be nothing else.
pub(super) fn variable<'t>(what: &'static str) -> impl Fn(Tokens<'t>) -> Parsed<'t, Name> {
    move |input| match is_reserved(input.word(0)) && !ends_like_variable(input) {
        true => input.fail(what),
        false => name(what)(input),
    }
}

/// Whether a reserved word here, where an operand is expected, is a variable: no keyword has these behind it.
pub(super) fn ends_like_variable(input: Tokens) -> bool {
    use Symbol::*;
    const LITERALS: &[&str] = &["TRUE", "FALSE", "NULL", "NOT"];
    const FOLLOWERS: &[&str] = &[
        "AND",
        "AS",
        "ASC",
        "ASCENDING",
        "CONTAINS",
        "DESC",
        "DESCENDING",
        "ELSE",
        "END",
        "ENDS",
        "IN",
        "IS",
        "LIMIT",
        "OR",
        "ORDER",
        "SKIP",
        "STARTS",
        "THEN",
        "UNION",
        "WHEN",
        "WHERE",
        "XOR",
    ];
    let is_one_of = |ahead: usize, words: &[&str]| words.iter().any(|word| input.is_word(ahead, word));
    // A word behind CASE is its operand, even one that could follow a variable.
    let is_case = input.is_word(0, "CASE");
    !is_one_of(0, LITERALS)
        && match input.kind(1) {
            None => true,
            Some(TokenKind::Symbol(
                Comma | RightParenthesis | RightBracket | RightBrace | Dot | Colon | Bar | Equal | NotEqual | Less
                | LessOrEqual | Greater | GreaterOrEqual | Matches | Slash | Percent | Caret,
            )) => true,
            Some(TokenKind::Word) => !is_case && is_one_of(1, FOLLOWERS),
            _ => false,
        }
}

/// Nothing may follow.
pub(super) fn end(input: Tokens) -> Parsed<()> {
    match input.is_empty() {
        true => Ok((input, ())),
        false => input.fail("the end"),
    }
}

/// Runs a parser one level deeper.
pub(super) fn nested<'t, T>(input: Tokens<'t>, parser: impl FnOnce(Tokens<'t>) -> Parsed<'t, T>) -> Parsed<'t, T> {
    nested_by(1, input, parser)
}

/// Runs a parser that takes as much stack as so many levels.
pub(super) fn nested_by<'t, T>(
    levels: u32,
    input: Tokens<'t>,
    parser: impl FnOnce(Tokens<'t>) -> Parsed<'t, T>,
) -> Parsed<'t, T> {
    let nesting = &input.state.nesting;
    if nesting.get() + levels > MAXIMUM_NESTING {
        return report(too_deep(input.here()));
    }
    nesting.set(nesting.get() + levels);
    let result = parser(input);
    nesting.set(nesting.get() - levels);
    result
}

/// Fails if a limit stops the parsing. To be called for each expression.
pub(super) fn look(input: Tokens) -> Result<(), Err<Problem>> {
    const BETWEEN_CHECKS: u32 = 1024;
    let expressions = &input.state.expressions;
    expressions.set(expressions.get().wrapping_add(1));
    if !expressions.get().is_multiple_of(BETWEEN_CHECKS) {
        return Ok(());
    }
    input.state.watch.check().map_err(|error| Err::Failure(Problem::Reported(Box::new(error))))
}

/// Starts measuring the height of a tree; gives what was measured before.
pub(super) fn start_measuring(input: Tokens) -> u32 {
    input.state.height.replace(0)
}

/// Ends measuring: the taller of both counts for the tree around.
pub(super) fn end_measuring(input: Tokens, before: u32) {
    let height = &input.state.height;
    height.set(height.get().max(before));
}

/// A new root over what was measured.
pub(super) fn grow(input: Tokens) -> Result<(), Err<Problem>> {
    let height = &input.state.height;
    height.set(height.get() + 1);
    if height.get() > MAXIMUM_HEIGHT {
        return Err(Err::Failure(Problem::Reported(Box::new(too_deep(input.here())))));
    }
    Ok(())
}

fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::syntax(Detail::NestingLimit, span, "this is nested too deeply")
        .help("split it with WITH, or use a list: x IN [1, 2, 3] instead of x = 1 OR x = 2 OR x = 3")
}

impl<'t> Input for Tokens<'t> {
    type Item = &'t Token<'t>;
    type Iter = Iter<'t, Token<'t>>;
    type IterIndices = Enumerate<Iter<'t, Token<'t>>>;

    fn input_len(&self) -> usize {
        self.end - self.at
    }

    fn take(&self, index: usize) -> Self {
        Tokens { end: self.at + index, ..*self }
    }

    fn take_from(&self, index: usize) -> Self {
        Tokens { at: self.at + index, ..*self }
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.take_from(index), self.take(index))
    }

    fn position<P: Fn(Self::Item) -> bool>(&self, predicate: P) -> Option<usize> {
        self.rest().iter().position(predicate)
    }

    fn iter_elements(&self) -> Self::Iter {
        self.rest().iter()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.rest().iter().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        match self.input_len().checked_sub(count) {
            Some(_) => Ok(count),
            None => Err(Needed::new(count - self.input_len())),
        }
    }
}
