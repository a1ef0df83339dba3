//! Rounding in decimal digits, so that 1.005 is not rounded as the binary fraction just below it.

use std::cmp::Ordering;

use super::{Context, Result, invalid_type, invalid_value};
use crate::diagnostic::Detail;
use crate::graph::Value;

#[derive(Clone, Copy)]
enum Mode {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
}

const MODES: &[(&str, Mode)] = &[
    ("UP", Mode::Up),
    ("DOWN", Mode::Down),
    ("CEILING", Mode::Ceiling),
    ("FLOOR", Mode::Floor),
    ("HALF_UP", Mode::HalfUp),
    ("HALF_DOWN", Mode::HalfDown),
    ("HALF_EVEN", Mode::HalfEven),
];

/// `round(number, digits, mode)`. Without mode, halves of whole numbers go up and halves of digits away from zero:
/// so it is in Neo4j.
pub(super) fn round(_: &Context, arguments: &[Value]) -> Result<Value> {
    let number = arguments[0].as_float().ok_or_else(|| invalid_type("round() takes a number"))?;
    let digits = arguments.get(1).map_or(Ok(0), |digits| {
        digits.as_integer().ok_or_else(|| invalid_type("the digits of round() are an integer"))
    })?;
    if digits < 0 {
        let mut error = invalid_value(format!("round() keeps digits after the point, not {digits}"));
        error.detail = Detail::NegativeIntegerArgument;
        return Err(error.help("divide before and multiply after, to round to tens"));
    }
    let mode = arguments.get(2).map(mode).transpose()?;
    Ok(match (digits, mode) {
        (0, None) => half_upwards(number),
        (digits, mode) => to_digits(number, digits, mode.unwrap_or(Mode::HalfUp)),
    }
    .into())
}

fn mode(name: &Value) -> Result<Mode> {
    let name = name.as_str().ok_or_else(|| invalid_type("the mode of round() is a string"))?;
    let found = MODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, mode)| *mode);
    found.ok_or_else(|| {
        let names: Vec<&str> = MODES.iter().map(|(name, _)| *name).collect();
        invalid_value("the mode of round() is not known").help(format!("take one of {}", names.join(", ")))
    })
}

/// The distance to the floor is exact; adding one half first would not be.
fn half_upwards(number: f64) -> f64 {
    let floor = number.floor();
    if number - floor >= 0.5 { floor + 1.0 } else { floor }
}

fn to_digits(number: f64, digits: i64, mode: Mode) -> f64 {
    // Beyond these digits no float has any.
    if !number.is_finite() || digits > 400 {
        return number;
    }
    let text = format!("{:e}", number.abs());
    let Some((mantissa, exponent)) = text.split_once('e') else { return number };
    let mantissa: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    let Ok(exponent) = exponent.parse::<i64>() else { return number };
    let kept = exponent + 1 + digits;
    if kept >= mantissa.len() as i64 {
        return number;
    }
    let (head, tail) = mantissa.split_at(usize::try_from(kept).unwrap_or(0));
    let against_half = if kept < 0 { Ordering::Less } else { compare_with_half(tail) };
    let odd = head.last().is_some_and(|digit| digit % 2 == 1);
    let negative = number.is_sign_negative();
    let away = tail.iter().any(|digit| *digit != b'0') && away_from_zero(mode, against_half, odd, negative);
    let head: u64 = std::str::from_utf8(head).ok().and_then(|head| head.parse().ok()).unwrap_or(0);
    let rounded = format!("{}e-{digits}", head + u64::from(away)).parse().unwrap_or(number.abs());
    if negative { -rounded } else { rounded }
}

fn compare_with_half(tail: &[u8]) -> Ordering {
    let first = tail.first().map_or(Ordering::Less, |digit| digit.cmp(&b'5'));
    first.then(if tail.iter().skip(1).any(|digit| *digit != b'0') { Ordering::Greater } else { Ordering::Equal })
}

fn away_from_zero(mode: Mode, against_half: Ordering, odd: bool, negative: bool) -> bool {
    match mode {
        Mode::Up => true,
        Mode::Down => false,
        Mode::Ceiling => !negative,
        Mode::Floor => negative,
        Mode::HalfUp => against_half.is_ge(),
        Mode::HalfDown => against_half.is_gt(),
        Mode::HalfEven => against_half.is_gt() || (against_half.is_eq() && odd),
    }
}
