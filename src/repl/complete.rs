//! What Tab offers, by what stands before the cursor.

use super::commands::{self, COMMANDS, Completes};
use crate::assist::{self, Scope, starting};
use crate::queries;
use crate::session::Session;

/// What to offer.
pub(super) enum Completion {
    /// Where the text to be replaced begins, and each candidate as it is listed and as it is put there.
    Candidates(usize, Vec<(String, String)>),
    Files,
}

/// Offers what may stand at the end of the text.
pub(super) fn complete(before: &str, session: &mut Session) -> Completion {
    let space = before.len() - before.trim_start().len();
    if before[space..].starts_with(':') {
        return command(before, space, session);
    }
    let (start, candidates) = statement(before, session);
    Completion::Candidates(start, candidates)
}

fn command(before: &str, start: usize, session: &mut Session) -> Completion {
    let Some(end) = before[start..].find(char::is_whitespace).map(|length| start + length) else {
        let names = COMMANDS.iter().map(|command| format!(":{}", command.name));
        return Completion::Candidates(start, starting(&before[start..], names));
    };
    let Ok(command) = commands::find(&before[start + 1..end]) else { return Completion::Candidates(end, vec![]) };
    let word = before.rfind(char::is_whitespace).map_or(end, |at| at + 1);
    let first = before[end..word].trim().is_empty();
    let offer = |names: Vec<String>| Completion::Candidates(word, starting(&before[word..], names.into_iter()));
    match command.completes {
        Completes::Files => Completion::Files,
        Completes::Words(words) if first => offer(words().into_iter().map(str::to_string).collect()),
        Completes::Queries if first => offer(queries::all().map(|query| query.short_name().to_string()).collect()),
        Completes::Queries => {
            let name = before[end..].split_whitespace().next().unwrap_or("");
            let arguments = queries::find(name).map_or("", |query| query.arguments);
            let names = arguments.split_whitespace().filter_map(|argument| Some(argument.split_once('=')?.0));
            offer(names.map(|name| format!("{name}=")).collect())
        }
        Completes::Settings => {
            let words: Vec<&str> = before[end..word].split_whitespace().collect();
            offer(commands::settings::candidates(&words, session))
        }
        Completes::Parameters if first => offer(session.parameters.keys().cloned().collect()),
        Completes::Statement => {
            let (start, candidates) = statement(&before[end..], session);
            Completion::Candidates(end + start, candidates)
        }
        Completes::Nothing | Completes::Words(_) | Completes::Parameters => Completion::Candidates(word, vec![]),
    }
}

fn statement(text: &str, session: &mut Session) -> (usize, Vec<(String, String)>) {
    let graph = session.graph();
    let parameters = session.parameters.keys().cloned().collect();
    assist::complete(text, &Scope { graph: &graph, engine: session.connection.database().engine(), parameters })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::render::testing::small;

    fn session() -> Session {
        let (mut graph, nodes, _) = small();
        let name = graph.intern_key("name");
        for label in ["Port", "Core"] {
            let (twin, label) = (graph.create_node(), graph.intern_label(label));
            graph.add_label(twin, label);
            graph.set_property(twin, name, "twin".into());
        }
        graph.set_property(nodes[2], name, "Block Storage port".into());
        graph.commit();
        Session::new(graph, "small")
    }

    /// What is put into the line for each candidate.
    fn offered(text: &str) -> Vec<String> {
        match complete(text, &mut session()) {
            Completion::Files => vec!["<files>".into()],
            Completion::Candidates(start, candidates) => {
                candidates.into_iter().map(|(_, replacement)| format!("{}{replacement}", &text[..start])).collect()
            }
        }
    }

    #[test]
    fn commands() {
        assert_eq!(offered(":s"), [":schema", ":save", ":set"]);
        assert_eq!(offered(":open gr"), ["<files>"]);
        assert_eq!(offered(":mode j"), [":mode json", ":mode jsonl", ":mode json-ld"]);
        assert_eq!(offered(":set ti"), [":set timeout"]);
        assert_eq!(offered(":set implied o"), [":set implied on", ":set implied off"]);
        assert_eq!(offered(":set name Se"), [":set name Service"]);
        assert_eq!(offered(":set name Service na"), [":set name Service name"]);
        assert_eq!(offered(":set rows 5 "), [""; 0]);
        assert_eq!(offered(":timing on o"), [""; 0]);
        assert_eq!(offered(":run impact-of t"), [":run impact-of term="]);
        assert_eq!(offered(":explain MATCH (n:Po"), [":explain MATCH (n:Port"]);
    }

    #[test]
    fn names_of_the_graph() {
        assert_eq!(offered("MATCH (n:s"), ["MATCH (n:Service"]);
        assert_eq!(offered("MATCH (n:"), ["MATCH (n:Core", "MATCH (n:Port", "MATCH (n:Service"]);
        assert_eq!(offered("MATCH (a)-[:p"), ["MATCH (a)-[:PROVIDES_TO"]);
        assert_eq!(offered("MATCH (a)-[:HAS|p"), ["MATCH (a)-[:HAS|PROVIDES_TO"]);
        assert_eq!(offered("MATCH (n) RETURN n.nu"), ["MATCH (n) RETURN n.number"]);
        assert_eq!(offered("MATCH (n {na"), ["MATCH (n {name"]);
        assert_eq!(offered("MATCH (n) WHERE n:Po"), ["MATCH (n) WHERE n:Port"]);
        assert_eq!(offered("RETURN {a: "), [""; 0]);
    }

    #[test]
    fn keywords_and_variables() {
        assert_eq!(offered("RETURN 1; unw"), ["RETURN 1; unwind"]);
        assert_eq!(offered("OPTI"), ["OPTIONAL"]);
        assert!(offered("MATCH (server) RETURN se").contains(&"MATCH (server) RETURN server".to_string()));
        assert!(offered("").contains(&"SHOW".to_string()));
        assert_eq!(offered("RETURN 'ret"), [""; 0]);
        assert_eq!(offered("// ret"), [""; 0]);
    }

    #[test]
    fn terms_of_walking_statements() {
        assert_eq!(offered("show comp"), ["show Compute"]);
        assert_eq!(offered("EXPLAIN DEPS NET"), ["EXPLAIN DEPS Networking"]);
        assert_eq!(offered("SHOW block s"), ["SHOW Block Storage port"]);
        assert_eq!(offered("SHOW storage"), ["SHOW Block Storage port"]);
        assert_eq!(offered("SHOW 'comp"), ["SHOW 'Compute'"]);
        assert_eq!(offered("SHOW //co"), [""; 0]);
        assert_eq!(offered("SHOW tw"), ["SHOW twin (Core)", "SHOW twin (Port)"]);
        let mut session = session();
        let (node, name) = (session.graph().nodes().next().unwrap(), "aliases");
        let mut graph = session.graph().as_ref().clone();
        let key = graph.intern_key(name);
        graph.set_property(node, key, crate::graph::Value::list(["computer".into()]));
        session = Session::new(graph, "two");
        let Completion::Candidates(5, candidates) = complete("SHOW cOmp", &mut session) else { panic!() };
        let replacements: Vec<&str> = candidates.iter().map(|(_, replacement)| replacement.as_str()).collect();
        assert_eq!(replacements, ["cOmpute", "cOmputer"]);
        assert_eq!(offered("WHY Compute T"), ["WHY Compute TO "]);
        assert_eq!(offered("WHY Compute TO netw"), ["WHY Compute TO Networking"]);
        assert_eq!(offered("DEPS Compute VIA pro"), ["DEPS Compute VIA PROVIDES_TO", "DEPS Compute VIA provides to"]);
        assert_eq!(offered("IMPACT Compute d"), ["IMPACT Compute DEPTH "]);
        assert!(offered("SHOW").contains(&"SHOW".to_string()));
        assert_eq!(offered("ORDER O"), ["ORDER OF "]);
        assert_eq!(offered("ORDER OF Comp"), ["ORDER OF Compute"]);
        assert_eq!(offered("DEPS Compute, NET"), ["DEPS Compute, Networking"]);
        assert_eq!(offered("DEPS Compute HIDING c"), ["DEPS Compute HIDING Core"]);
        assert_eq!(offered("ORDER ROLLUP c"), ["ORDER ROLLUP Core"]);
        assert_eq!(offered("WHY Compute TO Networking UP"), ["WHY Compute TO Networking UP TO "]);
        assert_eq!(offered("CYCLES THROUGH Compute UP TO 3 V"), ["CYCLES THROUGH Compute UP TO 3 VIA "]);
    }

    #[test]
    fn any_text_is_fine() {
        let mut session = Session::new(Graph::new(), "empty");
        for text in
            ["", "(", "$", "`", "'", "CALL .", "CALL a.", ".", ":", ": ", "WHY ", "WHY TO ", "ü;ü", "[:|", "SHOW '"]
        {
            complete(text, &mut session);
        }
    }
}
