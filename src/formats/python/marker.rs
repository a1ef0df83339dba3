//! Environment markers of requirements: PEP 508's `python_version < "3.8" and extra == "socks"`.

use super::version::{Version, admits};

/// Deeper parentheses are not read.
const DEEPEST: usize = 50;

#[derive(Clone, Debug, PartialEq)]
pub enum Marker {
    All(Vec<Marker>),
    Any(Vec<Marker>),
    Test(Operand, String, Operand),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    Variable(String),
    Text(String),
}

impl Marker {
    /// `None` if it is not a marker.
    pub fn parse(text: &str) -> Option<Marker> {
        let mut tokens = Tokens { rest: text, depth: 0 };
        let marker = tokens.any()?;
        tokens.peek().is_none().then_some(marker)
    }

    /// Whether it holds where variables have these values; `None` where that depends on one whose value is unknown.
    pub fn holds(&self, value: &impl Fn(&str) -> Option<String>) -> Option<bool> {
        match self {
            Marker::All(parts) => joined(parts, value, false),
            Marker::Any(parts) => joined(parts, value, true),
            Marker::Test(left, operator, right) => test(left, operator, right, value),
        }
    }

    /// The extras that it names by `extra == "…"`, in the order written.
    pub fn extras(&self) -> Vec<&str> {
        match self {
            Marker::All(parts) | Marker::Any(parts) => parts.iter().flat_map(Marker::extras).collect(),
            Marker::Test(Operand::Variable(name), operator, Operand::Text(extra))
            | Marker::Test(Operand::Text(extra), operator, Operand::Variable(name))
                if name == "extra" && operator == "==" =>
            {
                vec![extra]
            }
            Marker::Test(..) => Vec::new(),
        }
    }
}

/// What decides (`true` for any, `false` for all) does so whatever the unknown parts are.
fn joined(parts: &[Marker], value: &impl Fn(&str) -> Option<String>, decides: bool) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match part.holds(value) {
            Some(holds) if holds == decides => return Some(decides),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(!decides)
}

fn test(left: &Operand, operator: &str, right: &Operand, value: &impl Fn(&str) -> Option<String>) -> Option<bool> {
    let of = |operand: &Operand| match operand {
        Operand::Variable(name) => value(name),
        Operand::Text(text) => Some(text.clone()),
    };
    let (is_version, is_extra) = (about(left, right, VERSIONS), about(left, right, &["extra"]));
    let (left, right) = (of(left)?, of(right)?);
    match operator {
        "in" => return Some(right.contains(&left)),
        "not in" => return Some(!right.contains(&left)),
        _ => {}
    }
    if is_version && let Some(version) = Version::parse(&left) {
        return admits(&format!("{operator}{right}"), &version);
    }
    let is_same = match is_extra {
        true => super::normal(&left) == super::normal(&right),
        false => left == right,
    };
    match operator {
        "==" | "===" => Some(is_same),
        "!=" => Some(!is_same),
        // Texts have an order for tools that compare them at all.
        "<" => Some(left < right),
        "<=" => Some(left <= right),
        ">" => Some(left > right),
        ">=" => Some(left >= right),
        _ => None,
    }
}

/// Variables whose values are compared as versions.
const VERSIONS: &[&str] = &["python_version", "python_full_version", "implementation_version", "platform_release"];

fn about(left: &Operand, right: &Operand, names: &[&str]) -> bool {
    [left, right].iter().any(|operand| matches!(operand, Operand::Variable(name) if names.contains(&name.as_str())))
}

struct Tokens<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Tokens<'a> {
    /// The next token and the text after it.
    fn peek(&self) -> Option<(&'a str, &'a str)> {
        let rest = self.rest.trim_start();
        let first = rest.chars().next()?;
        let end = match first {
            '(' | ')' => 1,
            '"' | '\'' => 2 + rest[1..].find(first)?,
            c if "<>=!~".contains(c) => rest.find(|c| !"<>=!~".contains(c)).unwrap_or(rest.len()),
            _ => rest.find(|c: char| c.is_whitespace() || "()<>=!~'\"".contains(c)).unwrap_or(rest.len()),
        };
        Some(rest.split_at(end))
    }

    fn next(&mut self) -> Option<&'a str> {
        let (token, rest) = self.peek()?;
        self.rest = rest;
        Some(token)
    }

    fn take(&mut self, word: &str) -> bool {
        match self.peek() {
            Some((token, rest)) if token == word => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn any(&mut self) -> Option<Marker> {
        let mut parts = vec![self.all()?];
        while self.take("or") {
            parts.push(self.all()?);
        }
        Some(if parts.len() == 1 { parts.pop()? } else { Marker::Any(parts) })
    }

    fn all(&mut self) -> Option<Marker> {
        let mut parts = vec![self.part()?];
        while self.take("and") {
            parts.push(self.part()?);
        }
        Some(if parts.len() == 1 { parts.pop()? } else { Marker::All(parts) })
    }

    fn part(&mut self) -> Option<Marker> {
        if !self.take("(") {
            let (left, operator, right) = (self.operand()?, self.operator()?, self.operand()?);
            return Some(Marker::Test(left, operator, right));
        }
        self.depth += 1;
        let inner = if self.depth > DEEPEST { None } else { self.any() }?;
        self.depth -= 1;
        self.take(")").then_some(inner)
    }

    fn operand(&mut self) -> Option<Operand> {
        let token = self.next()?;
        match token.chars().next()? {
            '"' | '\'' => Some(Operand::Text(token[1..token.len() - 1].to_string())),
            // PEP 345's names are still in the metadata of old packages.
            c if c.is_ascii_alphabetic() => Some(Operand::Variable(match token {
                "os.name" => "os_name".into(),
                "sys.platform" => "sys_platform".into(),
                "platform.version" => "platform_version".into(),
                "platform.machine" => "platform_machine".into(),
                "platform.python_implementation" | "python_implementation" => "platform_python_implementation".into(),
                name => name.into(),
            })),
            _ => None,
        }
    }

    fn operator(&mut self) -> Option<String> {
        let token = self.next()?;
        match token {
            "in" => Some("in".into()),
            "not" => self.take("in").then(|| "not in".into()),
            _ => token.chars().all(|c| "<>=!~".contains(c)).then(|| token.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> Option<String> {
        let value = match name {
            "python_version" => "3.11",
            "python_full_version" => "3.11.7",
            "sys_platform" => "linux",
            "platform_machine" => "x86_64",
            "extra" => "socks",
            _ => return None,
        };
        Some(value.to_string())
    }

    #[test]
    fn markers_are_evaluated() {
        for (text, holds) in [
            ("python_version < '3.8'", Some(false)),
            ("python_version >= \"3.8\" and sys_platform != 'win32'", Some(true)),
            ("python_version < '3.8' or (extra == 'Socks' and platform_machine in 'x86_64 arm64')", Some(true)),
            ("python_full_version == '3.11.*'", Some(true)),
            ("'linux' == sys_platform", Some(true)),
            ("sys_platform not in 'linux darwin'", Some(false)),
            ("os_name == 'nt'", None),
            ("os_name == 'nt' and sys_platform == 'win32'", Some(false)),
            ("os_name == 'nt' or sys.platform == 'linux'", Some(true)),
        ] {
            assert_eq!(Marker::parse(text).expect(text).holds(&value), holds, "{text}");
        }
        for text in ["", "python_version", "python_version <", "(os_name == 'nt'", "os_name == 'nt' x", "'a"] {
            assert_eq!(Marker::parse(text), None, "{text}");
        }
        assert_eq!(Marker::parse(&format!("{}os_name == 'nt'", "(".repeat(100_000))), None);
    }

    #[test]
    fn extras_are_found() {
        let marker = Marker::parse("(extra == 'a' or 'b' == extra) and os_name == 'nt'").unwrap();
        assert_eq!(marker.extras(), ["a", "b"]);
    }
}
