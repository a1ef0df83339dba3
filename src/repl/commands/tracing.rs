//! `:help tracing`: the words for everyday questions, and how other tools spell them.

use std::io::{self, Write};

use super::help::{columns, entry};
use super::language::example;
use crate::ast::WORDS;
use crate::render::{Role, Style, wrap};

/// Columns for what other tools call it; longer commands have a line of their own.
const WIDEST: usize = 41;

/// What people type elsewhere, and our spelling.
pub(super) const VERBS: &[(&str, &str)] = &[
    ("bazel query 'deps(x)'", "DEPS x"),
    ("bazel query 'deps(x, 2)'", "DEPS x DEPTH 2"),
    ("bazel query 'rdeps(universe, x)'", "IMPACT x"),
    ("bazel query 'allrdeps(x, 1)'", "IMPACT x DEPTH 1"),
    ("bazel query 'somepath(a, b)'", "WHY a TO b"),
    ("bazel query 'allpaths(a, b)'", "WHY a TO b UP TO 100"),
    ("bazel query 'deps(a) except deps(b)'", "DEPS a EXCEPT DEPS b"),
    ("bazel query 'deps(a) intersect deps(b)'", "DEPS a INTERSECT DEPS b, or COMMON a, b"),
    ("bazel query 'deps(a) union deps(b)'", "DEPS a UNION DEPS b, or DEPS a, b"),
    ("bazel query 'kind(rule, deps(x))'", "DEPS x ONLY Label"),
    ("bazel query 'attr(k, v, deps(x))'", "DEPS x WHERE term.k = v"),
    ("bazel query 'filter(p, deps(x))'", "DEPS x WHERE term.name =~ 'p'"),
    ("bazel query 'set(a b) union deps(c)'", "DEPS c UNION (MATCH (t) WHERE t.name IN ['a', 'b'] RETURN t)"),
    ("bazel query 'let v = deps(x) in $v except deps(y)'", "DEPS x EXCEPT DEPS y"),
    ("bazel query 'some(deps(x))'", "CALL trace.deps('x') YIELD term RETURN term LIMIT 1"),
    ("bazel query 'same_pkg_direct_rdeps(x)'", "IMPACT x DEPTH 1"),
    ("bazel query --output graph 'deps(x)'", "DEPS x"),
    ("nix why-depends a b", "WHY a TO b"),
    ("nix why-depends --all a b", "WHY a TO b ALL"),
    ("nix why-depends --precise a b", "WHY a TO b"),
    ("nix path-info --recursive x", "DEPS x"),
    ("nix-store --query --requisites x", "DEPS x"),
    ("nix-store --query --references x", "DEPS x DEPTH 1"),
    ("nix-store --query --referrers x", "IMPACT x DEPTH 1"),
    ("nix-store --query --referrers-closure x", "IMPACT x"),
    ("nix-store --query --tree x", "DEPS x"),
    ("nix-store --query --graph x", "DEPS x"),
    ("cargo tree -p x", "DEPS x"),
    ("cargo tree -p x --depth 1", "DEPS x DEPTH 1"),
    ("cargo tree -i x", "IMPACT x"),
    ("cargo tree --prune x", "DEPS root WHERE term.name <> 'x'"),
    ("cargo tree -e no-dev", "DEPS root WHERE coalesce(relationship.kind, '') <> 'dev'"),
    ("go mod why -m x", "WHY root TO x"),
    ("npm explain x", "WHY root TO x EACH"),
    ("yarn why x", "WHY root TO x EACH"),
    ("pnpm why x", "WHY root TO x EACH"),
    ("aptitude why a b", "WHY a TO b"),
    ("aptitude why-not b", "WHY a TO (MATCH (x)-[:CONFLICTS]-({name: 'b'}) RETURN x)"),
    ("apt-cache depends x", "DEPS x DEPTH 1"),
    ("apt-cache depends --recurse x", "DEPS x"),
    ("apt-cache rdepends x", "IMPACT x DEPTH 1"),
    ("apt-cache depends --important x", "DEPS x VIA depends on"),
    ("tsort, systemd-analyze critical-chain x", "ORDER OF x"),
    ("madge --circular, import cycles", "CYCLES"),
];

pub(super) fn write(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let width = style.width.map(|page| page.saturating_sub(4).max(20));
    let said = |out: &mut dyn Write, text: &str| wrap(text, width).iter().try_for_each(|line| writeln!(out, "{line}"));
    said(
        out,
        "Each word asks one question of the graph. A term is written as one says it, or in quotes; $name and (a query) \
         stand for terms too. Which way a need points is what the relationship types say: SHOW RELATIONSHIP TYPES.",
    )?;
    said(
        out,
        "Of several terms of one name, a label, a version, an identifier, a file and line, or a number finds one: \
         auth (Library), Library:auth, syn@2.0.119, pkg:cargo/syn@2.0.119, k8s/web.yaml:7, #12. Which property names \
         nodes is said by SHOW LABELS and changed by CREATE LABEL. `//` belongs to a term where one begins or within \
         a word (//core:lib, https://a.org), and begins a comment elsewhere.",
    )?;
    for word in WORDS {
        entry(style, out, word.syntax, word.doc)?;
        if let Some(example) = example(word.keyword) {
            writeln!(out, "    {}", style.paint(Role::Quiet, &format!("{example};")))?;
        }
    }
    said(
        out,
        "Relations of one needer with the same property any_of are alternatives: one of their providers is enough. \
         Outside the shell, kenning assert GRAPH 'NO CYCLES' 'a NOT NEEDS b' checks claims.",
    )?;
    said(
        out,
        "Sets: DEPS a EXCEPT DEPS b, INTERSECT, UNION, with (queries) as operands too. Before any question, WHATIF REMOVE \
         term or WHATIF ADD (a)-[:TYPE]->(b) asks what would change. EXPLAIN shows the procedure that a word calls: its \
         rows go on into RETURN, WITH and all other clauses.",
    )?;
    writeln!(out, "What other tools call it:")?;
    VERBS.iter().try_for_each(|(theirs, ours)| columns(style, out, WIDEST, theirs, ours))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::parse_statement;

    #[test]
    fn every_verb_is_a_statement() {
        for (theirs, ours) in VERBS {
            for statement in ours.split(", or ") {
                assert!(parse_statement(statement).is_ok(), "{theirs}: {statement}");
            }
        }
    }
}
