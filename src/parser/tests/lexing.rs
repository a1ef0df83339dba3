//! Tokens.

use crate::parser::lexer::{Symbol, TokenKind, tokens};

#[test]
fn tokens_cover_everything_but_white_space() {
    let text = "MATCH (n)-[*1..3]->() /* c */ WHERE n.`a b` =~ 'x\\ty' AND $p <> 1.5 + .5 // end";
    let found = tokens(text);
    let mut end = 0;
    for token in &found {
        let gap = &text[end..token.span.range().start];
        assert!(gap.trim().is_empty(), "{gap:?} is left out");
        end = token.span.range().end;
    }
    assert_eq!(end, text.len());
    let words: Vec<_> =
        found.iter().filter(|token| token.kind == TokenKind::Word).map(|token| token.span.text(text)).collect();
    assert_eq!(words, ["MATCH", "n", "WHERE", "n", "AND"]);
    assert_eq!(found.iter().filter(|token| token.kind == TokenKind::Comment).count(), 2);
    assert!(found.iter().any(|token| token.kind == TokenKind::Symbol(Symbol::DotDot)));
    assert!(found.iter().any(|token| token.kind == TokenKind::String("x\ty".into())));
    assert!(found.iter().any(|token| token.kind == TokenKind::QuotedName("a b".into())));
}

#[test]
fn numbers() {
    for (text, kinds) in [
        ("1..3", vec![TokenKind::Integer(1), TokenKind::Symbol(Symbol::DotDot), TokenKind::Integer(3)]),
        ("1.5.x", vec![TokenKind::Float(1.5), TokenKind::Symbol(Symbol::Dot), TokenKind::Word]),
        ("1.x", vec![TokenKind::Integer(1), TokenKind::Symbol(Symbol::Dot), TokenKind::Word]),
        ("..5", vec![TokenKind::Symbol(Symbol::DotDot), TokenKind::Integer(5)]),
        ("0XfF 0O7 1E+2", vec![TokenKind::Integer(255), TokenKind::Integer(7), TokenKind::Float(100.0)]),
        ("9223372036854775808", vec![TokenKind::Integer(1 << 63)]),
    ] {
        assert_eq!(tokens(text).into_iter().map(|token| token.kind).collect::<Vec<_>>(), kinds, "{text}");
    }
}

#[test]
fn open_ends_are_marked() {
    for (text, open) in [
        ("'a", true),
        ("\"a'", true),
        ("`a", true),
        ("/* a", true),
        ("$`a", true),
        ("#", false),
        ("0x", false),
        ("'\\q'", false),
    ] {
        match &tokens(text)[0].kind {
            TokenKind::Error(error) => assert_eq!(error.open, open, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}
