//! Prints a plan as a tree: an operator a line, its inputs below it.

use std::fmt::Write;
use std::time::Duration;

use super::*;
use crate::graph::{Direction, Value, format_float};
use crate::result::PlanNode;

/// The plan's operators, one a line, in the order of [`Plan::operators`]; `note` adds to each line.
pub fn explain(plan: &Plan, note: &dyn Fn(usize) -> String) -> String {
    let printer = Printer { slots: &plan.slots, note };
    let mut text = String::new();
    let mut number = 0;
    printer.operator(&plan.root, 0, "", &mut number, &mut text);
    plan.notes.iter().for_each(|note| text += &format!("{note}\n"));
    text
}

/// The plan's operators as a tree, each as a line; `measure` gives the rows and time of an operator that has run.
pub fn tree(plan: &Plan, measure: &dyn Fn(usize) -> Option<(u64, Duration)>) -> PlanNode {
    let printer = Printer { slots: &plan.slots, note: &|_| String::new() };
    printer.node(&plan.root, &mut 0, measure)
}

struct Printer<'a> {
    slots: &'a [String],
    note: &'a dyn Fn(usize) -> String,
}

impl Printer<'_> {
    fn operator(&self, operator: &Operator, depth: usize, role: &str, number: &mut usize, text: &mut String) {
        let note = (self.note)(*number);
        *number += 1;
        let line = format!("{}{role}{}", "  ".repeat(depth), self.line(operator));
        let _ = writeln!(text, "{}", if note.is_empty() { line } else { format!("{line:<72} {note}") });
        // A chain of single inputs reads downwards without being indented.
        let inner = operator.inner();
        if let Some(inner) = inner {
            let how = match operator {
                Operator::HashJoin { .. } => "with: ",
                _ => "for each: ",
            };
            self.operator(inner, depth + 1, how, number, text);
        }
        let inputs = operator.inputs();
        let indent = if inputs.len() > 1 { depth + 1 } else { depth };
        for input in inputs {
            self.operator(input, indent, "", number, text);
        }
    }

    fn node(
        &self,
        operator: &Operator,
        number: &mut usize,
        measure: &dyn Fn(usize) -> Option<(u64, Duration)>,
    ) -> PlanNode {
        let measured = measure(*number);
        *number += 1;
        let below = operator.inner().into_iter().chain(operator.inputs());
        let children = below.map(|below| self.node(below, number, measure)).collect();
        PlanNode { line: self.line(operator), measured, children }
    }

    fn line(&self, operator: &Operator) -> String {
        use Operator::*;
        match operator {
            Argument => "Argument".into(),
            Match { pattern, conditions, .. } => {
                format!("Match {}{}", self.pattern(pattern), self.conditions(conditions))
            }
            NodeScan { slot, label, .. } => match label {
                Some(label) => format!("NodeScan ({}:{label})", self.slot(*slot)),
                None => format!("NodeScan ({})", self.slot(*slot)),
            },
            NodeIndexSeek { seek, .. } => self.seek(seek),
            Expand { step, .. } => format!("Expand {}", self.step(step, "")),
            ExpandVariable { step, several, .. } => format!("ExpandVariable {}", self.steps(step, several)),
            Reach { step, several, .. } => format!("Reach {}", self.steps(step, several)),
            Repeat { step, several, .. } => {
                let known = if step.to_bound { " known" } else { "" };
                let (from, to) = (self.slot(step.from), self.slot(step.to));
                format!("Repeat ({from}) (…){} ({to}{known}){}", self.length(&several.length), self.mode(several.mode))
            }
            ExpandBound { step, length, .. } => {
                let length = length.as_ref().map_or(String::new(), |l| self.length(l));
                format!("ExpandBound {}", self.step(step, &length))
            }
            ShortestPath { search, .. } => {
                let condition = self.condition(search.condition.as_ref());
                format!("{} {}{condition}", self.choice(&search.choice), self.steps(&search.step, &search.several))
            }
            Choose { choice, path, end, .. } => {
                format!("{} from ({}) to ({})", self.choice(choice), self.slot(path.start), self.slot(*end))
            }
            SearchPaths { search, .. } => self.search(search),
            Filter { condition, .. } => format!("Filter {}", self.expr(condition)),
            Project { items, .. } => format!("Project {}", self.items(items)),
            Aggregate { aggregation, .. } => {
                let aggregates: Vec<String> = aggregation
                    .aggregates
                    .iter()
                    .map(|(slot, call)| {
                        let distinct = if call.distinct { "DISTINCT " } else { "" };
                        let arguments =
                            if call.arguments.is_empty() { "*".into() } else { self.exprs(&call.arguments) };
                        format!("{} = {}({distinct}{arguments})", self.slot(*slot), call.function.name)
                    })
                    .collect();
                match aggregation.keys.is_empty() {
                    false if aggregates.is_empty() => format!("Distinct {}", self.items(&aggregation.keys)),
                    true => format!("Aggregate {}", aggregates.join(", ")),
                    false => format!("Aggregate {} by {}", aggregates.join(", "), self.items(&aggregation.keys)),
                }
            }
            CountMatches { slots, counting, .. } => {
                let way = match counting.is_acyclic() {
                    true => "products of degrees",
                    false => "intersections of neighbour lists",
                };
                format!("CountMatches {} = matches of {}, by {way}", self.slot_list(slots), self.counting(counting))
            }
            Distinct { slots, .. } => format!("Distinct {}", self.slot_list(slots)),
            Sort { keys, limit, .. } => {
                let keys: Vec<String> = keys
                    .iter()
                    .map(|k| format!("{}{}", self.expr(&k.expression), if k.descending { " DESC" } else { "" }))
                    .collect();
                match limit {
                    Some(limit) => format!("Top {} by {}", self.expr(limit), keys.join(", ")),
                    None => format!("Sort {}", keys.join(", ")),
                }
            }
            Skip { count, .. } => format!("Skip {}", self.expr(count)),
            Limit { count, .. } => format!("Limit {}", self.expr(count)),
            Unwind { unwind, .. } => format!("Unwind {} AS {}", self.expr(&unwind.list), self.slot(unwind.slot)),
            LoadCsv { load, .. } => format!("LoadCsv {} AS {}", self.expr(&load.source), self.slot(load.slot)),
            Subquery { columns, .. } => format!("Subquery {}", self.slot_list(columns)),
            SubqueryInTransactions { columns, batches, .. } => {
                let on_error = match batches.on_error {
                    OnError::Fail => "fail",
                    OnError::Continue => "continue",
                    OnError::Break => "break",
                };
                let (rows, columns) = (self.expr(&batches.rows), self.slot_list(columns));
                format!("SubqueryInTransactions of {rows} rows, on error {on_error} {columns}")
            }
            Foreach { list, slot, .. } => format!("Foreach {} IN {}", self.slot(*slot), self.expr(list)),
            HashJoin { keys, .. } => {
                let keys = keys.iter().map(|(known, own)| format!("{} = {}", self.expr(known), self.expr(own)));
                format!("HashJoin {}", keys.collect::<Vec<_>>().join(" AND "))
            }
            Optional { slots, .. } => format!("Optional {}", self.slot_list(slots)),
            Call { call, .. } => {
                let yields: Vec<&str> = call.yields.iter().map(|(_, slot)| self.slot(*slot)).collect();
                format!("Call {}({}) yields {}", call.procedure.name(), self.exprs(&call.arguments), yields.join(", "))
            }
            Create { creations, .. } => format!("Create {}", self.creations(creations)),
            Merge { merge, .. } => format!("Merge {}", self.creations(&merge.creations)),
            Set { actions, .. } => format!("Set {} item(s)", actions.len()),
            Remove { actions, .. } => format!("Remove {} item(s)", actions.len()),
            Delete { detach, targets, .. } => {
                format!("{} {}", if *detach { "DetachDelete" } else { "Delete" }, self.exprs(targets))
            }
            Drain { .. } => "Drain".into(),
            Columns { input, top, .. } => self.columns(input, top.as_ref()),
            Produce { columns, .. } => format!("Produce {}", self.slot_list(columns)),
            Union { .. } => "Union".into(),
            DistinctRows { .. } => "DistinctRows".into(),
        }
    }

    /// The pattern, its conditions, and what hangs at its nodes.
    fn counting(&self, counting: &Counting) -> String {
        let node = |at: usize| self.slot(counting.variables[at].slot);
        let edge = |edge: &Edge| {
            let types = edge.types.as_ref().map_or(String::new(), |types| format!("[:{}]", types.join("|")));
            format!("({})-{types}-{}({})", node(edge.from), if edge.directed { ">" } else { "" }, node(edge.to))
        };
        let joined = |at: usize| counting.edges.iter().any(|edge| edge.from == at || edge.to == at);
        let mut parts: Vec<String> = counting.edges.iter().map(edge).collect();
        parts.extend((0..counting.variables.len()).filter(|at| !joined(*at)).map(|at| format!("({})", node(at))));
        let own = counting.variables.iter().flat_map(|variable| &variable.conditions).map(|c| self.nested(c));
        let pairs = counting.pairs.iter().map(|pair| match pair {
            PairTest::Unequal(a, b) => format!("{} <> {}", node(*a), node(*b)),
            PairTest::Joined { edge: joined, wanted: true } => edge(joined),
            PairTest::Joined { edge: joined, wanted: false } => format!("NOT {}", edge(joined)),
        });
        let hanging = counting.variables.iter().flat_map(|variable| &variable.parts).map(|part| {
            let inner = self.counting(&part.counting);
            match part.fold {
                Fold::AtLeastOne => format!("OPTIONAL {{ {inner} }}"),
                Fold::Each => inner,
                Fold::Any => format!("EXISTS {{ {inner} }}"),
                Fold::Absent => format!("NOT EXISTS {{ {inner} }}"),
            }
        });
        let conditions: Vec<String> = own.chain(pairs).chain(hanging).collect();
        let conditions =
            if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        format!("{}{conditions}", parts.join(", "))
    }

    fn columns(&self, input: &Operator, top: Option<&Top>) -> String {
        let counted = chain(input).map_or(vec![], |chain| chain.counted());
        let counted: Vec<&str> = counted.iter().map(|step| self.slot(step.to)).collect();
        let counted =
            if counted.is_empty() { String::new() } else { format!(", ({}) only counted", counted.join("), (")) };
        let what = if matches!(input, Operator::Aggregate { .. }) { "groups" } else { "what is" };
        let top = top.map_or(String::new(), |top| {
            format!(", no rows for {what} beyond the first {} by {}", self.expr(&top.limit), self.expr(&top.key))
        });
        format!("Columns{counted}{top}")
    }

    fn slot(&self, slot: Slot) -> &str {
        self.slots.get(slot).map_or("?", String::as_str)
    }

    fn slot_list(&self, slots: &[Slot]) -> String {
        slots.iter().map(|slot| self.slot(*slot)).collect::<Vec<_>>().join(", ")
    }

    fn items(&self, items: &[(Slot, Expr)]) -> String {
        let item = |(slot, e): &(Slot, Expr)| match e.kind {
            ExprKind::Slot(from) if from == *slot => self.slot(*slot).to_string(),
            _ => format!("{} = {}", self.slot(*slot), self.expr(e)),
        };
        items.iter().map(item).collect::<Vec<_>>().join(", ")
    }

    fn creations(&self, creations: &[Creation]) -> String {
        let creation = |creation: &Creation| match creation {
            Creation::Node { slot, labels, .. } => {
                format!("({}{})", self.slot(*slot), labels.iter().map(|l| self.label(l)).collect::<String>())
            }
            Creation::Relationship { start, end, relationship_type, .. } => {
                format!("({})-[{}]->({})", self.slot(*start), self.label(relationship_type), self.slot(*end))
            }
            Creation::Path { slot, .. } => self.slot(*slot).to_string(),
        };
        creations.iter().map(creation).collect::<Vec<_>>().join(", ")
    }

    fn steps(&self, step: &Step, several: &Several) -> String {
        let hop = self.hop(step, several, &self.length(&several.length));
        format!("{hop}{}", self.mode(several.mode))
    }

    /// A relationship, or so many, with what each must meet.
    fn hop(&self, step: &Step, several: &Several, length: &str) -> String {
        let properties = match several.properties.is_empty() {
            true => String::new(),
            false => format!(" {{{}}}", self.entries(&several.properties)),
        };
        let each = several.each.as_ref().map_or(String::new(), |each| self.condition(Some(&each.condition)));
        self.step(step, &format!("{length}{properties}{each}"))
    }

    fn condition(&self, condition: Option<&Expr>) -> String {
        condition.map_or(String::new(), |condition| format!(" WHERE {}", self.expr(condition)))
    }

    /// A search over several parts, each as it is walked.
    fn search(&self, search: &PathSearch) -> String {
        let known = if search.parts.last().is_some_and(|part| part.bound) { " known" } else { "" };
        let parts: Vec<String> = search.parts.iter().map(|part| self.search_part(part)).collect();
        format!(
            "{} from ({}) to ({}{known}) in one search: {}{}{}",
            self.choice(&search.choice),
            self.slot(search.from),
            self.slot(search.to()),
            parts.join(", then "),
            self.condition(search.condition.as_ref()),
            self.mode(search.mode)
        )
    }

    fn search_part(&self, part: &SearchPart) -> String {
        let hop = |hop: &Hop, length: &str| self.hop(&hop.step, &hop.several, length);
        let walked = match (&part.gives, part.hops.as_slice()) {
            (Gives::One(_), [only]) => hop(only, ""),
            (Gives::List(_), [only]) => hop(only, &self.length(&part.rounds)),
            (_, hops) => {
                let hops: Vec<String> = hops.iter().map(|one| hop(one, "")).collect();
                format!("({}){} to ({})", hops.join(", "), self.length(&part.rounds), self.slot(part.node))
            }
        };
        format!("{walked}{}", self.condition(part.condition.as_ref()))
    }

    fn mode(&self, mode: PathMode) -> &'static str {
        match mode {
            PathMode::Walk => " walk",
            PathMode::Trail => "",
            PathMode::Acyclic => " acyclic",
            PathMode::Simple => " simple",
        }
    }

    fn choice(&self, choice: &Choice) -> String {
        let count = choice.count().map_or(String::new(), |count| format!(" {}", self.expr(count)));
        let cost = choice.cost.as_ref().map_or(String::new(), |key| format!(" by {key}"));
        let name = match choice.kind {
            ChoiceKind::First(_) => "ShortestPath",
            ChoiceKind::AllShortest => "AllShortestPaths",
            ChoiceKind::Groups(_) => "ShortestGroups",
        };
        format!("{name}{count}{cost}")
    }

    fn label(&self, label: &Expr) -> String {
        match &label.kind {
            ExprKind::Constant(Value::String(name)) => format!(":{name}"),
            _ => format!(":$({})", self.expr(label)),
        }
    }

    fn label_test(&self, test: &LabelTest) -> String {
        let all =
            |tests: &[LabelTest], sign: &str| tests.iter().map(|t| self.label_test(t)).collect::<Vec<_>>().join(sign);
        match test {
            LabelTest::Is(name) => name.to_string(),
            LabelTest::Dynamic { any, names } => format!("{}({})", if *any { "$any" } else { "$" }, self.expr(names)),
            LabelTest::Any => "%".into(),
            LabelTest::Not(test) => format!("!({})", self.label_test(test)),
            LabelTest::And(tests) => format!("({})", all(tests, "&")),
            LabelTest::Or(tests) => format!("({})", all(tests, "|")),
        }
    }

    fn step(&self, step: &Step, inside: &str) -> String {
        let types = step.types.join("|");
        let types = if types.is_empty() { types } else { format!(":{types}") };
        let inside = format!("[{}{types}{inside}]", self.slot(step.relationship));
        let (before, after) = arrows(step.direction);
        let known = if step.to_bound { " known" } else { "" };
        format!("({}){before}{inside}{after}({}{known})", self.slot(step.from), self.slot(step.to))
    }

    fn length(&self, length: &PathLength) -> String {
        match (length.minimum, length.maximum) {
            (1, None) => "*".into(),
            (minimum, None) => format!("*{minimum}.."),
            (minimum, Some(maximum)) => format!("*{minimum}..{maximum}"),
        }
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        let mut parts: Vec<String> = Vec::new();
        for relationship in &pattern.relationships {
            let (before, after) = arrows(relationship.direction);
            let types = relationship.types.join("|");
            let types = if types.is_empty() { types } else { format!(":{types}") };
            let length = relationship.several.as_ref().map_or(String::new(), |s| self.length(&s.length));
            let (left, right) = (pattern.nodes[relationship.left].slot, pattern.nodes[relationship.right].slot);
            parts.push(format!(
                "({}){before}[{}{types}{length}]{after}({})",
                self.slot(left),
                self.slot(relationship.slot),
                self.slot(right)
            ));
        }
        let joined = |index: usize| pattern.relationships.iter().any(|r| r.left == index || r.right == index);
        let alone = pattern.nodes.iter().enumerate().filter(|(index, _)| !joined(*index));
        parts.extend(alone.map(|(_, node)| format!("({})", self.slot(node.slot))));
        parts.join(", ")
    }

    /// `NodeIndexSeek (n:Label) by name: a = 1, b > 2`
    fn seek(&self, seek: &IndexSeek) -> String {
        let mut parts: Vec<String> =
            seek.keys.iter().zip(&seek.equal).map(|(key, value)| format!("{key} = {}", self.expr(value))).collect();
        if let (Some(key), Some(next)) = (seek.keys.get(seek.equal.len()), &seek.next) {
            parts.push(match next {
                IndexBounds::In(list) => format!("{key} IN {}", self.expr(list)),
                IndexBounds::Prefix(prefix) => format!("{key} STARTS WITH {}", self.expr(prefix)),
                IndexBounds::Range(from, to) => {
                    let end = |word: &str, end: &Option<Expr>| {
                        end.as_ref().map_or(String::new(), |end| format!(" {word} {}", self.expr(end)))
                    };
                    format!("{key}{}{}", end("from", from), end("to", to))
                }
            });
        }
        format!("NodeIndexSeek ({}:{}) by {}: {}", self.slot(seek.slot), seek.label, seek.index, parts.join(", "))
    }

    fn conditions(&self, conditions: &[Expr]) -> String {
        match conditions {
            [] => String::new(),
            _ => {
                let parts: Vec<String> = conditions.iter().map(|c| self.expr(c)).collect();
                format!(" WHERE {}", parts.join(" AND "))
            }
        }
    }

    fn exprs(&self, exprs: &[Expr]) -> String {
        exprs.iter().map(|e| self.expr(e)).collect::<Vec<_>>().join(", ")
    }

    fn entries(&self, entries: &[(std::sync::Arc<str>, Expr)]) -> String {
        entries.iter().map(|(key, e)| format!("{key}: {}", self.expr(e))).collect::<Vec<_>>().join(", ")
    }

    fn join(&self, parts: &[Expr], word: &str) -> String {
        parts.iter().map(|part| self.nested(part)).collect::<Vec<_>>().join(word)
    }

    /// In parentheses where it would not be clear what belongs together.
    fn nested(&self, expr: &Expr) -> String {
        use ExprKind::*;
        let text = self.expr(expr);
        match expr.kind {
            And(_) | Or(_) | Xor(..) | Arithmetic(..) | Compare(..) | In(..) | Text(..) | Not(_) => format!("({text})"),
            _ => text,
        }
    }

    fn expr(&self, expr: &Expr) -> String {
        use ExprKind::*;
        match &expr.kind {
            Constant(value) => literal(value),
            Slot(slot) => self.slot(*slot).to_string(),
            Parameter(name) => format!("${name}"),
            List(items) => format!("[{}]", self.exprs(items)),
            Map(entries) => format!("{{{}}}", self.entries(entries)),
            Property(base, key) => format!("{}.{key}", self.nested(base)),
            Index(base, index) => format!("{}[{}]", self.nested(base), self.expr(index)),
            Slice(base, from, to) => {
                let end = |e: &Option<Box<Expr>>| e.as_ref().map_or(String::new(), |e| self.expr(e));
                format!("{}[{}..{}]", self.nested(base), end(from), end(to))
            }
            Not(operand) => format!("NOT {}", self.nested(operand)),
            Negate(operand) => format!("-{}", self.nested(operand)),
            Plus(operand) => format!("+{}", self.nested(operand)),
            And(parts) => self.join(parts, " AND "),
            Or(parts) => self.join(parts, " OR "),
            Xor(left, right) => format!("{} XOR {}", self.nested(left), self.nested(right)),
            Arithmetic(operator, left, right) => {
                format!("{} {} {}", self.nested(left), operator.symbol(), self.nested(right))
            }
            Compare(comparison, left, right) => {
                format!("{} {} {}", self.nested(left), comparison.symbol(), self.nested(right))
            }
            In(item, list) => format!("{} IN {}", self.nested(item), self.nested(list)),
            Text(test, left, right) => format!("{} {} {}", self.nested(left), test.symbol(), self.nested(right)),
            IsNull(operand) => format!("{} IS NULL", self.nested(operand)),
            IsNode(operand) => format!("{} is a node", self.nested(operand)),
            HasLabels(operand, labels) => format!("{}:{}", self.nested(operand), labels.join(":")),
            LabelTest(operand, test) => format!("{}:{}", self.nested(operand), self.label_test(test)),
            IsTyped(operand, test) => format!("{} IS :: {test}", self.nested(operand)),
            Cast(operand, test) => format!("CAST({} AS {test})", self.expr(operand)),
            KeepsMode(_, mode) => format!("keeps{}", self.mode(*mode)),
            PathNodes(parts, ..) => {
                format!("nodes({}, {})", self.slot(parts.start), self.slot_list(&parts.relationships))
            }
            Call(function, arguments) => format!("{}({})", function.name, self.exprs(arguments)),
            Case { branches, otherwise } => {
                let branch = |(c, r): &(Expr, Expr)| format!("WHEN {} THEN {}", self.expr(c), self.expr(r));
                let branches: Vec<String> = branches.iter().map(branch).collect();
                let otherwise = otherwise.as_ref().map_or(String::new(), |e| format!(" ELSE {}", self.expr(e)));
                format!("CASE {}{otherwise} END", branches.join(" "))
            }
            Let { slot, value, body } => {
                format!("LET {} = {} IN {}", self.slot(*slot), self.expr(value), self.expr(body))
            }
            ListComprehension { slot, list, condition, result } => {
                let condition = condition.as_ref().map_or(String::new(), |c| format!(" WHERE {}", self.expr(c)));
                let result = result.as_ref().map_or(String::new(), |r| format!(" | {}", self.expr(r)));
                format!("[{} IN {}{condition}{result}]", self.slot(*slot), self.expr(list))
            }
            Quantifier { quantifier, slot, list, condition } => {
                let name = format!("{quantifier:?}").to_lowercase();
                format!("{name}({} IN {} WHERE {})", self.slot(*slot), self.expr(list), self.expr(condition))
            }
            Reduce { accumulator, initial, slot, list, step } => format!(
                "reduce({} = {}, {} IN {} | {})",
                self.slot(*accumulator),
                self.expr(initial),
                self.slot(*slot),
                self.expr(list),
                self.expr(step)
            ),
            Path(parts) => format!("path({}, {})", self.slot(parts.start), self.slot_list(&parts.relationships)),
            Extend { base, entries } => format!("{} {{.*, {}}}", self.expr(base), self.entries(entries)),
            Subplan(subplan) => self.subplan(subplan),
        }
    }

    fn subplan(&self, subplan: &Subplan) -> String {
        let plan = match &subplan.body {
            SubplanBody::Planned(plan) => self.chain(plan),
            SubplanBody::Bound { .. } => "…".into(),
        };
        let once = if subplan.once.is_some() { "once " } else { "" };
        match &subplan.gives {
            SubplanResult::Count => format!("{once}COUNT {{ {plan} }}"),
            SubplanResult::Exists => format!("{once}EXISTS {{ {plan} }}"),
            SubplanResult::Collect(result) => format!("{once}COLLECT {{ {plan} | {} }}", self.expr(result)),
        }
    }

    /// A plan on one line, the first operator first.
    fn chain(&self, operator: &Operator) -> String {
        let line = self.line(operator);
        match operator.inputs().first() {
            None | Some(Operator::Argument) => line,
            Some(input) => format!("{}; {line}", self.chain(input)),
        }
    }
}

impl std::fmt::Display for TypeTest {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match &self.kind {
            TypeTestKind::Of(set) => write!(f, "{set}")?,
            TypeTestKind::List(element) => write!(f, "List<{element}>")?,
            TypeTestKind::AnyOf(tests) => {
                let tests: Vec<String> = tests.iter().map(TypeTest::to_string).collect();
                write!(f, "{}", tests.join(" | "))?;
            }
        }
        if self.nullable { Ok(()) } else { f.write_str(" NOT NULL") }
    }
}

fn arrows(direction: Direction) -> (&'static str, &'static str) {
    match direction {
        Direction::Outgoing => ("-", "->"),
        Direction::Incoming => ("<-", "-"),
        Direction::Both => ("-", "-"),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => format_float(*value),
        Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        Value::List(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        other => other.type_name().into(),
    }
}

impl Arithmetic {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::Modulo => "%",
            Arithmetic::Power => "^",
            Arithmetic::Concatenate => "||",
        }
    }
}

impl Comparison {
    pub fn symbol(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "<>",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }
}

impl TextTest {
    pub fn symbol(self) -> &'static str {
        match self {
            TextTest::StartsWith => "STARTS WITH",
            TextTest::EndsWith => "ENDS WITH",
            TextTest::Contains => "CONTAINS",
            TextTest::Matches => "=~",
        }
    }
}
