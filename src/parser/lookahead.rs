//! Decisions by looking at a few tokens, so that nothing has to be parsed twice.

use super::input::Tokens;
use super::lexer::{Symbol, TokenKind};

/// Whether a pattern with at least one relationship starts here, in an expression: `(a)-->`, `(a)-[`, `(a)<--(b)`,
/// `(a)-->+(b)`, `(a) ((b)-->(c)){2}`. `(a) - (b)`, `(a) < -(b)` and `(a)--+(b)` are arithmetic, and a pattern
/// that begins with a group is none here: `((a)…` opens an expression.
pub(super) fn is_pattern(input: Tokens) -> bool {
    if !starts_like_node(input) {
        return false;
    }
    let Some(close) = input.partner(0) else { return false };
    let mut at = close + 1;
    if is_group(input.skip(at)) {
        return true;
    }
    at += usize::from(is_left_head(input, at));
    if !is_dash(input, at) {
        return false;
    }
    at += 1;
    let mut typed = false;
    if input.is_symbol(at, Symbol::LeftBracket) {
        match input.partner(at) {
            Some(end) if starts_like_details(input, at + 1) => {
                typed = (1..3).any(|ahead| input.is_symbol(at + ahead, Symbol::Colon));
                at = end + 1;
            }
            _ => return false,
        }
    }
    if !is_dash(input, at) {
        return false;
    }
    at += 1;
    let right = is_right_head(input, at);
    at += usize::from(right);
    match input.kind(at) {
        Some(TokenKind::Symbol(Symbol::LeftParenthesis)) => true,
        Some(TokenKind::Symbol(Symbol::LeftBrace)) => is_count(input, at + 1),
        Some(TokenKind::Symbol(Symbol::Star)) => input.is_symbol(at + 1, Symbol::LeftParenthesis),
        Some(TokenKind::Symbol(Symbol::Plus)) => (right || typed) && input.is_symbol(at + 1, Symbol::LeftParenthesis),
        _ => false,
    }
}

/// Whether the brace before opens a quantifier and no map.
fn is_count(input: Tokens, at: usize) -> bool {
    matches!(input.kind(at), Some(TokenKind::Integer(_) | TokenKind::Float(_) | TokenKind::Symbol(Symbol::Comma)))
}

fn starts_like_node(input: Tokens) -> bool {
    let opens = input.is_symbol(0, Symbol::LeftParenthesis);
    opens && (node_goes_on(input, 1) || input.is_name(1) && node_goes_on(input, 2))
}

fn node_goes_on(input: Tokens, at: usize) -> bool {
    use Symbol::{Colon, LeftBrace, RightParenthesis};
    match input.kind(at) {
        Some(TokenKind::Symbol(RightParenthesis | Colon | LeftBrace) | TokenKind::Parameter(_)) => true,
        Some(TokenKind::Word) => input.is_word(at, "WHERE") || is_label_word(input, at),
        _ => false,
    }
}

/// Whether `IS Label` stands so many places ahead, and not `IS NULL` or another question.
fn is_label_word(input: Tokens, at: usize) -> bool {
    let question = ["NULL", "NOT", "TYPED", "LABELED"].iter().any(|word| input.is_word(at + 1, word));
    let double = input.is_symbol(at + 1, Symbol::Colon);
    input.is_word(at, "IS") && !question && !double
}

fn starts_like_details(input: Tokens, at: usize) -> bool {
    use Symbol::{Colon, LeftBrace, RightBracket, Star};
    input.is_name(at)
        || matches!(
            input.kind(at),
            Some(TokenKind::Symbol(RightBracket | Colon | LeftBrace | Star) | TokenKind::Parameter(_))
        )
}

/// Whether a path in parentheses starts here, in a pattern: `((a)…`, `(p = (a)…`, `(TRAIL (a)…`. A word that is
/// followed by what can follow a variable is one: `(trail)`, `(any:Label)`, `(shortest $properties)`.
pub(super) fn opens_path(input: Tokens) -> bool {
    const PREFIXES: &[&str] = &["ACYCLIC", "ALL", "ANY", "SHORTEST", "SIMPLE", "TRAIL", "WALK"];
    let opens = |at| input.is_symbol(at, Symbol::LeftParenthesis);
    let prefix = || {
        let goes_on = matches!(input.kind(2), Some(TokenKind::Word | TokenKind::Integer(_)));
        PREFIXES.iter().any(|word| input.is_word(1, word))
            && (opens(2) || goes_on && !input.is_word(2, "WHERE") && !input.is_word(2, "IS"))
    };
    opens(0) && (opens(1) || input.is_name(1) && input.is_symbol(2, Symbol::Equal) || prefix())
}

/// Whether a group starts here: a path in parentheses with a quantifier behind it. Nothing else that begins with
/// `+`, `*` or `{` can stand behind a pattern.
pub(super) fn is_group(input: Tokens) -> bool {
    use Symbol::{LeftBrace, Plus, Star};
    let quantified = |close| matches!(input.kind(close + 1), Some(TokenKind::Symbol(Plus | Star | LeftBrace)));
    opens_path(input) && input.partner(0).is_some_and(quantified)
}

/// Whether the bar here separates the parts of a comprehension, a `reduce`, an `allReduce` or a FOREACH. If not, it can join labels
/// or types: so `[x IN xs WHERE x:A | x.name]` gives names, and `[x IN xs WHERE x:(A|B)]` asks for two labels.
pub(super) fn bar_ends_operand(bar: Tokens) -> bool {
    let Some(bracket) = bar.around() else { return false };
    match bracket.kind(0) {
        Some(TokenKind::Symbol(Symbol::LeftBracket)) => {
            is_list_comprehension(bracket) || is_pattern_comprehension(bracket)
        }
        Some(TokenKind::Symbol(Symbol::LeftParenthesis)) => {
            ["reduce", "allReduce", "FOREACH"].iter().any(|word| bracket.follows(word))
        }
        _ => false,
    }
}

/// Whether the brace behind a variable opens a map projection and not a subquery, as in `count {.key}` against
/// `COUNT { (a)-->(b) }`. `count {finish}` is one, since nothing is to be had from the subquery.
pub(super) fn is_map_projection(brace: Tokens) -> bool {
    use Symbol::{Colon, Comma, Dot, RightBrace};
    match brace.kind(1) {
        Some(TokenKind::Symbol(Dot | RightBrace)) => true,
        _ => brace.is_name(1) && matches!(brace.kind(2), Some(TokenKind::Symbol(Colon | Comma | RightBrace))),
    }
}

pub(super) fn is_dash(input: Tokens, ahead: usize) -> bool {
    matches!(input.kind(ahead), Some(TokenKind::Symbol(Symbol::Minus | Symbol::Dash)))
}

pub(super) fn is_left_head(input: Tokens, ahead: usize) -> bool {
    matches!(input.kind(ahead), Some(TokenKind::Symbol(Symbol::Less | Symbol::LeftArrowHead)))
}

pub(super) fn is_right_head(input: Tokens, ahead: usize) -> bool {
    matches!(input.kind(ahead), Some(TokenKind::Symbol(Symbol::Greater | Symbol::RightArrowHead)))
}

/// Whether the bracket opens `[x IN list …]` and not a list whose first element is `x IN list`.
pub(super) fn is_list_comprehension(input: Tokens) -> bool {
    input.is_name(1) && input.is_word(2, "IN") && !has_comma(input)
}

/// Whether the bracket opens `[(a)-->(b) …]` or `[p = (a)-->(b) …]`.
pub(super) fn is_pattern_comprehension(input: Tokens) -> bool {
    let named = input.is_name(1) && input.is_symbol(2, Symbol::Equal);
    is_pattern(input.skip(if named { 3 } else { 1 }))
}

/// Whether a comma stands directly between this bracket and its partner, before any WHERE or bar.
fn has_comma(input: Tokens) -> bool {
    let Some(close) = input.partner(0) else { return false };
    let mut at = 1;
    while at < close {
        match input.kind(at) {
            Some(TokenKind::Symbol(Symbol::Comma)) => return true,
            Some(TokenKind::Symbol(Symbol::Bar)) => return false,
            Some(TokenKind::Word) if input.is_word(at, "WHERE") => return false,
            Some(TokenKind::Word) if input.is_word(at, "CASE") => at = case_end(input, at, close).unwrap_or(at),
            Some(TokenKind::Word) => at = type_end(input, at, close).unwrap_or(at),
            _ => {}
        }
        at = input.partner(at).unwrap_or(at) + 1;
    }
    false
}

/// Where the last bracket of `ANY<… | …>` or `LIST<…>` stands, whose bars are those of types; `None` if no such type
/// begins here.
fn type_end(input: Tokens, word: usize, close: usize) -> Option<usize> {
    if !["ANY", "LIST", "ARRAY"].iter().any(|name| input.is_word(word, name)) {
        return None;
    }
    let mut open = 0;
    for at in word + 1..close {
        match input.kind(at)? {
            TokenKind::Symbol(Symbol::Less) => open += 1,
            TokenKind::Symbol(Symbol::Greater) => open -= 1,
            TokenKind::Symbol(Symbol::Bar | Symbol::Exclamation) | TokenKind::Word if open > 0 => {}
            _ => return None,
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}

/// Where the END of a CASE stands; its branches may list values with commas. `None` if the word is a name.
fn case_end(input: Tokens, case: usize, close: usize) -> Option<usize> {
    let is_named = |at: usize| input.is_symbol(at - 1, Symbol::Dot) || input.is_symbol(at - 1, Symbol::Colon);
    let mut open = 0;
    let mut at = case;
    while at < close {
        if input.is_word(at, "CASE") && !is_named(at) {
            open += 1;
        } else if input.is_word(at, "END") && !is_named(at) {
            open -= 1;
        }
        if open == 0 {
            return Some(at);
        }
        at = input.partner(at).unwrap_or(at) + 1;
    }
    None
}

/// How many tokens a dotted function name takes, if a call starts here.
pub(super) fn call_name(input: Tokens) -> Option<usize> {
    let mut length = 1;
    while input.is_symbol(length, Symbol::Dot) && input.is_name(length + 1) {
        length += 2;
    }
    input.is_symbol(length, Symbol::LeftParenthesis).then_some(length)
}
