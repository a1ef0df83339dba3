//! [`Clause`]: one need, of which each [`Choice`] is enough: `default-mta | mail-transport-agent (>= 1)`.

#[derive(Clone, Copy, Debug)]
pub(super) struct Clause<'t> {
    pub text: &'t str,
    pub line: usize,
}

impl<'t> Clause<'t> {
    /// The clauses of a field's value, which begins at the line.
    pub fn all(value: &'t str, line: usize) -> impl Iterator<Item = Clause<'t>> {
        let mut line = line;
        value.split(',').filter_map(move |part| {
            let text = part.trim();
            let above = part.len() - part.trim_start().len();
            let first = line + part[..above].matches('\n').count();
            line += part.matches('\n').count();
            (!text.is_empty() && !text.starts_with('#')).then_some(Clause { text, line: first })
        })
    }

    pub fn options(&self) -> impl Iterator<Item = Choice<'t>> + use<'t> {
        self.text.split('|').filter_map(Choice::parse)
    }
}

/// `name:arch (>= 1) [amd64] <!nocheck>`; what is absent is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice<'t> {
    pub text: &'t str,
    pub name: &'t str,
    pub architecture: &'t str,
    /// `>= 1`
    pub restriction: &'t str,
    /// `>=`
    pub operator: &'t str,
    /// `1`
    pub version: &'t str,
    pub architectures: &'t str,
    pub profiles: &'t str,
}

impl<'t> Choice<'t> {
    fn parse(text: &'t str) -> Option<Choice<'t>> {
        let text = text.trim();
        let end = text.find(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '<')).unwrap_or(text.len());
        let (name, architecture) = text[..end].split_once(':').unwrap_or((&text[..end], ""));
        let rest = &text[end..];
        let restriction = between(rest, '(', ')');
        let at = restriction.find(|c: char| !matches!(c, '<' | '>' | '=')).unwrap_or(restriction.len());
        let (operator, version) = restriction.split_at(at);
        let after = rest.split_once(')').map_or(rest, |(_, after)| after);
        let profiles = after.find('<').map_or("", |start| after[start..].trim());
        let architectures = between(after, '[', ']');
        let version = version.trim();
        let choice = Choice { text, name, architecture, restriction, operator, version, architectures, profiles };
        (!name.is_empty()).then_some(choice)
    }
}

fn between(text: &str, open: char, close: char) -> &str {
    let inside = text.split_once(open).and_then(|(_, rest)| rest.split_once(close));
    inside.map_or("", |(inside, _)| inside.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_clause() {
        let clauses: Vec<Clause> =
            Clause::all(" a,\n b:any (>= 1:2~) | c [amd64 !i386] <!nocheck> <x>,\n", 7).collect();
        assert_eq!((clauses.len(), clauses[0].line, clauses[1].line), (2, 7, 8));
        let options: Vec<Choice> = clauses[1].options().collect();
        let b = options[0];
        assert_eq!(
            (b.name, b.architecture, b.restriction, b.operator, b.version),
            ("b", "any", ">= 1:2~", ">=", "1:2~")
        );
        let c = options[1];
        assert_eq!((c.name, c.restriction, c.architectures, c.profiles), ("c", "", "amd64 !i386", "<!nocheck> <x>"));
    }
}
