//! Random expressions over the variables in scope.
//!
//! They are typed, so that running them raises no error that depends on which rows a plan looks at first, and their
//! values do not depend on the order of rows or of matches: the lists that do (`collect`, pattern comprehensions) are only
//! counted.

use super::queries::{Type, Writer};

const COMPARISONS: &[&str] = &["=", "<>", "<", "<=", ">", ">="];

impl Writer<'_> {
    /// A condition of three-valued logic, with so many levels of AND, OR and the like.
    pub fn condition(&mut self, depth: usize) -> String {
        let choices = if depth == 0 { 13 } else { 18 };
        match self.random.below(choices) {
            0 => (*self.random.pick(&["true", "false", "null"])).to_string(),
            1 | 2 => format!("{} {} {}", self.number(1), self.random.pick(COMPARISONS), self.number(1)),
            3 => {
                let [a, b, c] = [self.number(0), self.number(0), self.number(0)];
                format!("{a} {} {b} {} {c}", self.random.pick(COMPARISONS), self.random.pick(COMPARISONS))
            }
            4 | 5 => format!("{} {} {}", self.mixed(), self.random.pick(COMPARISONS), self.mixed()),
            6 => {
                let operators = &["STARTS WITH", "ENDS WITH", "CONTAINS", "=", "<", "=~"];
                format!("{} {} {}", self.text(1), self.random.pick(operators), self.text(0))
            }
            7 => format!("{} IN {}", self.mixed(), self.list(1)),
            8 => format!("{} IS {}NULL", self.mixed(), self.random.pick(&["", "NOT "])),
            9 => self.about_node(),
            10 => self.entities_equal(),
            11 => self.quantifier(),
            12 => self.existence(),
            13 => format!("NOT ({})", self.condition(depth - 1)),
            14 | 15 => format!("({} AND {})", self.condition(depth - 1), self.condition(depth - 1)),
            16 => format!("({} OR {})", self.condition(depth - 1), self.condition(depth - 1)),
            _ => format!("({} XOR {})", self.condition(depth - 1), self.condition(depth - 1)),
        }
    }

    fn about_node(&mut self) -> String {
        let Some(node) = self.variable(Type::Node) else { return "true".to_string() };
        match self.random.below(3) {
            0 => format!("{node}:{}", self.label()),
            1 => format!("'{}' IN labels({node})", self.label()),
            _ => format!("{node}:{}:{}", self.label(), self.label()),
        }
    }

    fn entities_equal(&mut self) -> String {
        let kind = *self.random.pick(&[Type::Node, Type::Relationship, Type::Path]);
        match (self.variable(kind), self.variable(kind)) {
            (Some(a), Some(b)) => format!("{a} {} {b}", self.random.pick(&["=", "<>"])),
            _ => "null = null".to_string(),
        }
    }

    fn quantifier(&mut self) -> String {
        let quantifier = *self.random.pick(&["any", "all", "none", "single"]);
        match self.variable(Type::Hops) {
            Some(hops) if self.random.one_in(2) => format!("{quantifier}(x IN {hops} WHERE x.n > 0)"),
            _ => {
                let list = self.list(1);
                let variable = self.fresh();
                let condition = self.with(&variable, Type::Mixed, |writer| writer.condition(0));
                format!("{quantifier}({variable} IN {list} WHERE {condition})")
            }
        }
    }

    /// Whether there is a match, in one of the ways to ask.
    fn existence(&mut self) -> String {
        let Some(start) = self.variable(Type::Node) else { return "false".to_string() };
        if self.depth > 0 {
            return format!("exists(({start})-->())");
        }
        self.depth += 1;
        let hop = self.anonymous_hop();
        let text = match self.random.below(4) {
            0 | 1 => format!("exists(({start}){hop})"),
            2 => {
                let end = self.fresh();
                let condition = self.with(&end, Type::Node, |writer| writer.condition(0));
                format!("EXISTS {{ ({start})-[*..2]->({end}) WHERE {condition} }}")
            }
            _ => {
                let end = self.fresh();
                let condition = self.with(&end, Type::Node, |writer| writer.condition(0));
                format!("EXISTS {{ MATCH ({start})-->({end}) WITH {end} WHERE {condition} RETURN {end} }}")
            }
        };
        self.depth -= 1;
        text
    }

    /// A pattern as a condition, which can stand only where a truth value is used as such.
    pub fn pattern_condition(&mut self) -> String {
        match self.variable(Type::Node) {
            Some(start) => format!("({start}){}", self.anonymous_hop()),
            None => "true".to_string(),
        }
    }

    fn anonymous_hop(&mut self) -> String {
        let kind = self.kinds();
        let length = *self.random.pick(&["", "", "*0..1", "*2", "*"]);
        let label = self.label();
        match self.random.below(3) {
            0 => format!("-[{kind}{length}]->()"),
            1 => format!("<-[{kind}{length}]-(:{label})"),
            // Undirected and unbounded may find very many.
            _ => format!("-[{kind}{}]-(:{label})", if length == "*" { "*1..2" } else { length }),
        }
    }

    /// An integer or null.
    pub fn number(&mut self, depth: usize) -> String {
        match self.random.below(if depth == 0 { 6 } else { 15 }) {
            14 => self.constant_count(),
            0 | 1 => self.random.below(4).to_string(),
            2..=4 => self.property("n"),
            5 => self.variable(Type::Number).unwrap_or_else(|| self.property("u")),
            6 | 7 => {
                let operator = *self.random.pick(&["+", "-", "*"]);
                format!("({} {operator} {})", self.number(depth - 1), self.number(depth - 1))
            }
            8 => format!("size({})", self.list(depth - 1)),
            9 => format!("coalesce({}, {})", self.number(depth - 1), self.number(depth - 1)),
            10 => {
                let condition = self.condition(0);
                format!("CASE WHEN {condition} THEN {} ELSE {} END", self.number(0), self.number(0))
            }
            11 => match (self.variable(Type::Path), self.variable(Type::Hops)) {
                (Some(path), _) => format!("length({path})"),
                (_, Some(hops)) => format!("size({hops})"),
                _ => format!("-{}", self.number(0)),
            },
            12 => format!("reduce(sum = 0, x IN {} | sum + 1)", self.list(0)),
            _ => self.counted_comprehension(),
        }
    }

    /// The same for every row.
    fn constant_count(&mut self) -> String {
        let (label, number) = (self.label(), self.random.below(3));
        match self.random.below(3) {
            0 => format!("COUNT {{ MATCH (one:{label})-->(two) }}"),
            1 => format!("size(COLLECT {{ MATCH (one:{label}) WHERE one.n = {number} RETURN one.u }})"),
            _ => format!("CASE WHEN EXISTS {{ (:{label} {{n: {number}}})-->() }} THEN 1 ELSE 0 END"),
        }
    }

    fn counted_comprehension(&mut self) -> String {
        match self.variable(Type::Node) {
            Some(start) if self.depth == 0 => {
                self.depth += 1;
                let end = self.fresh();
                let kind = self.kinds();
                let condition = self.with(&end, Type::Node, |writer| writer.condition(0));
                self.depth -= 1;
                format!("size([({start})-[{kind}]->({end}) WHERE {condition} | {end}.n])")
            }
            _ => "0".to_string(),
        }
    }

    /// A string or null.
    pub fn text(&mut self, depth: usize) -> String {
        match self.random.below(if depth == 0 { 5 } else { 9 }) {
            0 | 1 => format!("'{}'", self.random.pick(&["a", "b", "ab", ""])),
            2 | 3 => self.property("s"),
            4 => match self.variable(Type::Relationship) {
                Some(relationship) => format!("type({relationship})"),
                None => self.variable(Type::Text).unwrap_or_else(|| "null".to_string()),
            },
            5 => format!("toUpper({})", self.text(depth - 1)),
            6 => format!("({} + {})", self.text(depth - 1), self.text(depth - 1)),
            7 => format!("substring({}, 0, 1)", self.text(depth - 1)),
            _ => format!("toString({})", self.number(depth - 1)),
        }
    }

    /// A value of any type that is no entity.
    pub fn mixed(&mut self) -> String {
        match self.random.below(11) {
            0..=2 => self.property("v"),
            9 => self.property("d"),
            10 => self.property("m"),
            3 => self.number(0),
            4 => self.text(0),
            5 => self.variable(Type::Mixed).unwrap_or_else(|| "null".to_string()),
            6 => (*self.random.pick(&["null", "true", "0.5", "[]", "[1]", "[null]", "{a: 1}", "date('2020-02-29')"]))
                .to_string(),
            7 => format!("CASE {} WHEN 1 THEN 'one' WHEN null THEN 'null' END", self.property("v")),
            _ => self.list(0),
        }
    }

    /// A list of values of any type, in an order that depends on nothing.
    pub fn list(&mut self, depth: usize) -> String {
        match self.random.below(if depth == 0 { 3 } else { 7 }) {
            0 | 1 => {
                let items: Vec<String> = (0..self.random.below(3)).map(|_| self.property_or_literal()).collect();
                format!("[{}]", items.join(", "))
            }
            2 => format!("range(0, {})", self.random.below(3)),
            3 => format!("({} + {})", self.list(0), self.list(0)),
            4 => format!("{}[1..]", self.list(0)),
            5 => match self.variable(Type::Path) {
                Some(path) => format!("[x IN nodes({path}) | x.n]"),
                None => "[null, 1]".to_string(),
            },
            _ => {
                let list = self.list(0);
                let variable = self.fresh();
                let condition = self.with(&variable, Type::Mixed, |writer| writer.condition(0));
                format!("[{variable} IN {list} WHERE {condition} | {variable}]")
            }
        }
    }

    fn property_or_literal(&mut self) -> String {
        match self.random.below(4) {
            0 => self.random.below(3).to_string(),
            1 => "null".to_string(),
            2 => self.property("n"),
            _ => self.property("v"),
        }
    }

    /// A property of a variable in scope.
    fn property(&mut self, key: &str) -> String {
        let kind = if self.random.one_in(4) { Type::Relationship } else { Type::Node };
        match self.variable(kind) {
            Some(variable) => format!("{variable}.{key}"),
            None if key == "s" => "'a'".to_string(),
            None => "1".to_string(),
        }
    }
}
