//! Tokens → graphs, as Graphviz reads them (lib/cgraph/grammar.y): statements change the graph as they are read.

use std::borrow::Cow;

use super::lexer::{Keyword, Lexer, Text, Token};
use super::model::{Attributes, Graph, Of, put, set};
use super::{Problem, Sheet, is_drawing};

/// Subgraphs inside each other.
const DEEPEST: usize = 100;

pub(super) struct Parser<'t, 's, 'f> {
    lexer: Lexer<'t>,
    token: Token<'t>,
    /// Where the token begins, and where the last one ended.
    at: usize,
    end: usize,
    sheet: &'s Sheet<'f>,
    /// Subgraphs around the token.
    depth: usize,
}

/// One end of an edge statement.
enum Operand<'t> {
    Nodes(Vec<(u32, Port<'t>)>),
    Group(u32),
}

type Port<'t> = Option<Cow<'t, str>>;

impl<'t, 's, 'f> Parser<'t, 's, 'f> {
    pub(super) fn new(text: &'t str, sheet: &'s Sheet<'f>) -> Result<Parser<'t, 's, 'f>, Problem> {
        let mut parser = Parser { lexer: Lexer::new(text), token: Token::End, at: 0, end: 0, sheet, depth: 0 };
        parser.advance()?;
        Ok(parser)
    }

    fn advance(&mut self) -> Result<Token<'t>, Problem> {
        self.sheet.tick()?;
        self.end = self.lexer.at;
        let (at, token) = self.lexer.next()?;
        self.at = at;
        Ok(std::mem::replace(&mut self.token, token))
    }

    fn wrong<T>(&self, expected: &str) -> Result<T, Problem> {
        let found = match &self.token {
            Token::Id(text) if text.text.chars().count() <= 40 => format!("`{}`", text.text),
            Token::Id(_) => "a long text".into(),
            Token::Keyword(keyword) => format!("the keyword `{}`", format!("{keyword:?}").to_lowercase()),
            Token::Arrow { is_directed: true } => "`->`".into(),
            Token::Arrow { is_directed: false } => "`--`".into(),
            Token::Sign(sign) => format!("`{}`", char::from(*sign)),
            Token::End => "the end of the file".into(),
        };
        Err(Problem::at(self.lexer.line(self.at), format!("{expected} is expected, not {found}")))
    }

    fn is_sign(&self, sign: u8) -> bool {
        self.token == Token::Sign(sign)
    }

    /// Takes the sign if it comes next.
    fn takes(&mut self, sign: u8) -> Result<bool, Problem> {
        let is_it = self.is_sign(sign);
        if is_it {
            self.advance()?;
        }
        Ok(is_it)
    }

    fn expect(&mut self, sign: u8) -> Result<(), Problem> {
        match self.takes(sign)? {
            true => Ok(()),
            false => self.wrong(&format!("`{}`", char::from(sign))),
        }
    }

    fn takes_keyword(&mut self, keyword: Keyword) -> Result<bool, Problem> {
        let is_it = self.token == Token::Keyword(keyword);
        if is_it {
            self.advance()?;
        }
        Ok(is_it)
    }

    /// A name or value, of which `+` joins quoted parts.
    fn text(&mut self) -> Result<Text<'t>, Problem> {
        if !matches!(self.token, Token::Id(_)) {
            return self.wrong("a name");
        }
        let Token::Id(mut text) = self.advance()? else { return self.wrong("a name") };
        while text.is_quoted && self.is_sign(b'+') {
            self.advance()?;
            match self.advance()? {
                Token::Id(next) if next.is_quoted => {
                    text.text.to_mut().push_str(&next.text);
                    text.is_html = false;
                }
                _ => return self.wrong("a text in quotation marks after `+`"),
            }
        }
        Ok(text)
    }

    /// The next graph of the file.
    pub(super) fn graph(&mut self) -> Result<Option<Graph<'t>>, Problem> {
        if self.token == Token::End {
            return Ok(None);
        }
        let at = self.at;
        let is_strict = self.takes_keyword(Keyword::Strict)?;
        let is_directed = self.takes_keyword(Keyword::Digraph)?;
        if !is_directed && !self.takes_keyword(Keyword::Graph)? {
            return self.wrong("`graph` or `digraph`");
        }
        let name = if self.is_sign(b'{') { None } else { Some(self.text()?.text) };
        let mut graph = Graph::new(is_strict, is_directed, name, at);
        self.body(&mut graph, 0)?;
        Ok(Some(graph))
    }

    fn body(&mut self, graph: &mut Graph<'t>, group: u32) -> Result<(), Problem> {
        self.expect(b'{')?;
        while !self.takes(b'}')? {
            if !self.takes(b';')? {
                self.statement(graph, group)?;
            }
        }
        Ok(())
    }

    fn statement(&mut self, graph: &mut Graph<'t>, group: u32) -> Result<(), Problem> {
        let at = self.at;
        match self.token {
            Token::Keyword(Keyword::Node) => self.defaults(graph, group, Some(Of::Node)),
            Token::Keyword(Keyword::Edge) => self.defaults(graph, group, Some(Of::Edge)),
            Token::Keyword(Keyword::Graph) => self.defaults(graph, group, None),
            Token::Keyword(Keyword::Subgraph) | Token::Sign(b'{') => {
                let first = Operand::Group(self.subgraph(graph, group)?);
                self.edges(graph, group, first, at)
            }
            Token::Id(_) => {
                let name = self.text()?;
                if self.takes(b'=')? {
                    let value = self.text()?;
                    let own = &mut graph.groups[group as usize].attributes;
                    return put(own, name.text, &value);
                }
                let first = self.nodes(graph, group, name, at)?;
                self.edges(graph, group, first, at)
            }
            _ => self.wrong("a statement"),
        }
    }

    /// `node [a=b]`, `edge [a=b]`, `graph [a=b]`; a name with `=` before the list is a macro, without an effect.
    fn defaults(&mut self, graph: &mut Graph<'t>, group: u32, of: Option<Of>) -> Result<(), Problem> {
        self.advance()?;
        if matches!(self.token, Token::Id(_)) {
            self.text()?;
            self.expect(b'=')?;
        }
        if !self.is_sign(b'[') {
            return self.wrong("`[`");
        }
        let (attributes, _) = self.attributes()?;
        match of {
            Some(of) => graph.set_defaults(group, of, &attributes),
            None => set(&mut graph.groups[group as usize].attributes, &attributes),
        }
    }

    /// All lists that follow, and the `key` of an edge.
    fn attributes(&mut self) -> Result<(Attributes<'t>, Port<'t>), Problem> {
        let (mut attributes, mut key) = (Attributes::new(), None);
        while self.takes(b'[')? {
            while !self.takes(b']')? {
                let name = self.text()?;
                self.expect(b'=')?;
                let value = self.text()?;
                if name.text == "key" {
                    key = Some(value.text.clone());
                }
                if !is_drawing(&name.text) {
                    self.sheet.charge(size_of::<(Cow<str>, Text)>())?;
                    put(&mut attributes, name.text, &value)?;
                }
                if !self.takes(b';')? {
                    self.takes(b',')?;
                }
            }
        }
        Ok((attributes, key))
    }

    fn subgraph(&mut self, graph: &mut Graph<'t>, group: u32) -> Result<u32, Problem> {
        let at = self.at;
        let is_named = self.takes_keyword(Keyword::Subgraph)? && !self.is_sign(b'{');
        let name = if is_named { Some(self.text()?.text) } else { None };
        if self.depth == DEEPEST {
            let what = format!("more than {DEEPEST} subgraphs are inside each other");
            return Err(Problem::at(self.lexer.line(at), what));
        }
        self.depth += 1;
        let opened = graph.open(group, name, at, self.sheet)?;
        self.body(graph, opened)?;
        self.depth -= 1;
        Ok(opened)
    }

    /// `a, b:port` after its first name.
    fn nodes(&mut self, graph: &mut Graph<'t>, group: u32, first: Text<'t>, at: usize) -> Result<Operand<'t>, Problem> {
        let (mut nodes, mut name, mut at) = (Vec::new(), first, at);
        loop {
            let node = graph.node(group, name.text, at, self.sheet)?;
            nodes.push((node, self.port()?));
            if !self.takes(b',')? {
                return Ok(Operand::Nodes(nodes));
            }
            (at, name) = (self.at, self.text()?);
        }
    }

    /// `:port:compass point`; a point alone says where the line is drawn and nothing else.
    fn port(&mut self) -> Result<Port<'t>, Problem> {
        const POINTS: &[&str] = &["n", "ne", "e", "se", "s", "sw", "w", "nw", "c", "_"];
        if !self.takes(b':')? {
            return Ok(None);
        }
        let port = self.text()?;
        if self.takes(b':')? {
            self.text()?;
        }
        Ok(Some(port.text).filter(|port| !POINTS.contains(&&**port)))
    }

    /// What follows the first operand of a statement: arrows and further operands, then attributes.
    fn edges(&mut self, graph: &mut Graph<'t>, group: u32, first: Operand<'t>, start: usize) -> Result<(), Problem> {
        let mut operands = vec![first];
        while let Token::Arrow { is_directed } = self.token {
            if is_directed != graph.is_directed {
                return self.wrong(if graph.is_directed { "`->` in a digraph" } else { "`--` in a graph" });
            }
            self.advance()?;
            let at = self.at;
            operands.push(match self.token {
                Token::Keyword(Keyword::Subgraph) | Token::Sign(b'{') => Operand::Group(self.subgraph(graph, group)?),
                _ => {
                    let name = self.text()?;
                    self.nodes(graph, group, name, at)?
                }
            });
        }
        let (attributes, key) = self.attributes()?;
        if let [Operand::Nodes(nodes)] = &operands[..] {
            return nodes
                .iter()
                .try_for_each(|(node, _)| set(&mut graph.nodes[*node as usize].attributes, &attributes));
        }
        let mut statement = Statement { group, at: start..self.end, attributes, key };
        for pair in operands.windows(2) {
            let [tails, heads] = pair else { continue };
            self.pairs(graph, &mut statement, &ends(graph, tails), &ends(graph, heads))?;
        }
        Ok(())
    }

    fn pairs(
        &self,
        graph: &mut Graph<'t>,
        statement: &mut Statement<'t>,
        tails: &[(u32, Port<'t>)],
        heads: &[(u32, Port<'t>)],
    ) -> Result<(), Problem> {
        for (tail, tail_port) in tails {
            for (head, head_port) in heads {
                let Statement { group, at, attributes, key } = statement;
                let made = graph.edge(*group, (*tail, *head), key.as_ref(), at.clone(), self.sheet)?;
                let Some(edge) = made.and_then(|edge| graph.edges.get_mut(edge as usize)) else { continue };
                self.sheet.charge(attributes.len() * size_of::<(Cow<str>, Text)>())?;
                set(&mut edge.attributes, attributes)?;
                // A statement may name the ends of an edge without direction the other way round.
                let names = if edge.tail == *tail { ["tailport", "headport"] } else { ["headport", "tailport"] };
                for (name, port) in names.into_iter().zip([tail_port, head_port]) {
                    if let Some(port) = port {
                        let text = Text { text: port.clone(), ..Text::default() };
                        put(&mut edge.attributes, Cow::Borrowed(name), &text)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// What the edges of a statement have in common.
struct Statement<'t> {
    group: u32,
    at: std::ops::Range<usize>,
    attributes: Attributes<'t>,
    key: Port<'t>,
}

fn ends<'t>(graph: &Graph<'t>, operand: &Operand<'t>) -> Vec<(u32, Port<'t>)> {
    match operand {
        Operand::Nodes(nodes) => nodes.clone(),
        Operand::Group(group) => graph.members(*group).into_iter().map(|node| (node, None)).collect(),
    }
}
