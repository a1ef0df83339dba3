//! Functions of numbers.

use super::{Context, Function, Result, function, invalid_type, optional, required};
use crate::diagnostic::{Detail, Diagnostic, Kind, an};
use crate::graph::{TypeSet, Value};

const NUMBER: TypeSet = TypeSet::NUMBER;
const FLOAT: TypeSet = TypeSet::FLOAT;
const ONE: &[super::Parameter] = &[required("number", NUMBER)];

pub const FUNCTIONS: &[Function] = &[
    function("abs", ONE, NUMBER, "The number without its sign.", ("abs(-3)", "3"), |_, a| match &a[0] {
        Value::Integer(number) => number.checked_abs().map(Value::Integer).ok_or_else(|| {
            let message = format!("the absolute value of {number} is beyond the range of an integer");
            Diagnostic::runtime(Kind::ArithmeticError, Detail::IntegerOverflow, message)
        }),
        other => Ok(float(other)?.abs().into()),
    }),
    function("sign", ONE, TypeSet::INTEGER, "-1, 0 or 1, as the number is.", ("sign(-0.5)", "-1"), |_, a| {
        let number = float(&a[0])?;
        Ok(Value::Integer(if number > 0.0 {
            1
        } else if number < 0.0 {
            -1
        } else {
            0
        }))
    }),
    function("ceil", ONE, FLOAT, "The next whole number up.", ("ceil(1.2)", "2.0"), |_, a| real(a, f64::ceil)),
    function("floor", ONE, FLOAT, "The next whole number down.", ("floor(1.8)", "1.0"), |_, a| real(a, f64::floor)),
    function(
        "round",
        &[required("number", NUMBER), optional("digits", TypeSet::INTEGER), optional("mode", TypeSet::STRING)],
        FLOAT,
        "The nearest number with so many digits after the point; to whole numbers halves go up, to digits away from \
         zero; the mode is UP, DOWN, CEILING, FLOOR, HALF_UP, HALF_DOWN or HALF_EVEN.",
        ("round(1.55, 1)", "1.6"),
        super::round::round,
    ),
    function("sqrt", ONE, FLOAT, "The square root.", ("sqrt(16)", "4.0"), |_, a| real(a, f64::sqrt)),
    function("exp", ONE, FLOAT, "e to the power of the number.", ("exp(0)", "1.0"), |_, a| real(a, f64::exp)),
    function(
        "log",
        &[required("number", NUMBER), optional("of", NUMBER)],
        FLOAT,
        "The natural logarithm; of two numbers, the first is the base.",
        ("log(2, 8)", "3.0"),
        |_, a| match &a[1..] {
            [] => real(a, f64::ln),
            [of, ..] => logarithm(float(&a[0])?, float(of)?),
        },
    ),
    function("ln", ONE, FLOAT, "The natural logarithm.", ("ln(1)", "0.0"), |_, a| real(a, f64::ln)),
    function("log10", ONE, FLOAT, "The logarithm to base 10.", ("log10(100)", "2.0"), |_, a| real(a, f64::log10)),
    function("sin", ONE, FLOAT, "The sine of an angle in radians.", ("sin(0)", "0.0"), |_, a| real(a, f64::sin)),
    function("cos", ONE, FLOAT, "The cosine of an angle in radians.", ("cos(0)", "1.0"), |_, a| real(a, f64::cos)),
    function("tan", ONE, FLOAT, "The tangent of an angle in radians.", ("tan(0)", "0.0"), |_, a| real(a, f64::tan)),
    function("cot", ONE, FLOAT, "The cotangent of an angle in radians.", ("cot(pi() / 4) > 0.99", "true"), |_, a| {
        real(a, |x| 1.0 / x.tan())
    }),
    function("sinh", ONE, FLOAT, "The hyperbolic sine.", ("sinh(0)", "0.0"), |_, a| real(a, f64::sinh)),
    function("cosh", ONE, FLOAT, "The hyperbolic cosine.", ("cosh(0)", "1.0"), |_, a| real(a, f64::cosh)),
    function("tanh", ONE, FLOAT, "The hyperbolic tangent.", ("tanh(0)", "0.0"), |_, a| real(a, f64::tanh)),
    function("coth", ONE, FLOAT, "The hyperbolic cotangent.", ("coth(100)", "1.0"), |_, a| {
        real(a, |x| if x == 0.0 { f64::NAN } else { 1.0 / x.tanh() })
    }),
    function("asin", ONE, FLOAT, "The angle with this sine.", ("asin(0)", "0.0"), |_, a| real(a, f64::asin)),
    function("acos", ONE, FLOAT, "The angle with this cosine.", ("acos(1)", "0.0"), |_, a| real(a, f64::acos)),
    function("atan", ONE, FLOAT, "The angle with this tangent.", ("atan(0)", "0.0"), |_, a| real(a, f64::atan)),
    function(
        "atan2",
        &[required("y", NUMBER), required("x", NUMBER)],
        FLOAT,
        "The angle of the point (x, y).",
        ("atan2(0, 1)", "0.0"),
        |_, a| Ok(float(&a[0])?.atan2(float(&a[1])?).into()),
    ),
    function(
        "mod",
        &[required("dividend", NUMBER), required("divisor", NUMBER)],
        NUMBER,
        "What division leaves over, with the sign of the dividend; the same as `%`.",
        ("mod(-7, 3)", "-1"),
        |_, a| modulo(&a[0], &a[1]),
    ),
    function(
        "power",
        &[required("base", NUMBER), required("exponent", NUMBER)],
        FLOAT,
        "The base to the power of the exponent; the same as `^`.",
        ("power(2, 3)", "8.0"),
        |_, a| Ok(float(&a[0])?.powf(float(&a[1])?).into()),
    ),
    function(
        "isNaN",
        ONE,
        TypeSet::BOOLEAN,
        "Whether it is not a number, as 0.0 / 0.0.",
        ("isNaN(0.0 / 0.0)", "true"),
        |_, a| Ok(float(&a[0])?.is_nan().into()),
    ),
    function("haversin", ONE, FLOAT, "Half of 1 - cos.", ("haversin(0)", "0.0"), |_, a| {
        real(a, |x| (1.0 - x.cos()) / 2.0)
    }),
    function("degrees", ONE, FLOAT, "Radians as degrees.", ("degrees(pi())", "180.0"), |_, a| real(a, f64::to_degrees)),
    function("radians", ONE, FLOAT, "Degrees as radians.", ("radians(180) = pi()", "true"), |_, a| {
        real(a, f64::to_radians)
    }),
    function(
        "pi",
        &[],
        FLOAT,
        "The ratio of a circle's circumference to its diameter.",
        ("floor(pi())", "3.0"),
        |_, _| Ok(std::f64::consts::PI.into()),
    ),
    function("e", &[], FLOAT, "The base of the natural logarithm.", ("floor(e())", "2.0"), |_, _| {
        Ok(std::f64::consts::E.into())
    }),
    function("rand", &[], FLOAT, "A random number from 0 up to 1.", ("rand() < 1", "true"), |context, _| {
        Ok(random(context).into())
    }),
];

fn real(arguments: &[Value], compute: fn(f64) -> f64) -> Result<Value> {
    Ok(compute(float(&arguments[0])?).into())
}

/// Exact where the number is a whole power of 2 or 10: the quotient of two logarithms may miss it by a bit.
fn logarithm(base: f64, of: f64) -> Result<Value> {
    let logarithm = match base {
        2.0 => of.log2(),
        10.0 => of.log10(),
        _ => of.ln() / base.ln(),
    };
    Ok(logarithm.into())
}

fn modulo(dividend: &Value, divisor: &Value) -> Result<Value> {
    match (dividend, divisor) {
        (Value::Integer(_), Value::Integer(0)) => {
            Err(Diagnostic::runtime(Kind::ArithmeticError, Detail::DivisionByZero, "division by zero"))
        }
        // The smallest integer by -1 leaves 0, though its quotient is out of range.
        (Value::Integer(a), Value::Integer(b)) => Ok(Value::Integer(a.checked_rem(*b).unwrap_or(0))),
        _ => Ok((float(dividend)? % float(divisor)?).into()),
    }
}

/// A random number from 0 up to 1.
fn random(context: &Context) -> f64 {
    (random_bits(context) >> 11) as f64 / (1u64 << 53) as f64
}

/// The splitmix64 generator (Steele, Lea, Flood 2014).
pub(super) fn random_bits(context: &Context) -> u64 {
    let state = context.random.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
    context.random.set(state);
    let mut z = state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn float(value: &Value) -> Result<f64> {
    value.as_float().ok_or_else(|| invalid_type(format!("a number is expected, not {}", an(value.type_name()))))
}
