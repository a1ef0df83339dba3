//! The shell as a person meets it: through a real pseudo-terminal.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use rexpect::reader::Options;
use rexpect::session::{PtySession, spawn_with_options};

/// A statement that runs for minutes.
const ENDLESS: &str = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(*) AS pairs;";

struct Shell {
    terminal: PtySession,
    state: PathBuf,
    /// What it says before the first prompt, from the graph's name on.
    banner: String,
}

impl Shell {
    /// Starts the shell with an empty history of its own.
    fn start(test: &str) -> Shell {
        let state = std::env::temp_dir().join(format!("kenning-repl-{test}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&state);
        std::fs::create_dir_all(&state).unwrap();
        Shell::again(state)
    }

    fn again(state: PathBuf) -> Shell {
        Shell::spawn(Command::new(env!("CARGO_BIN_EXE_kenning")), "xterm", state)
    }

    fn on(terminal: &str, state: PathBuf) -> Shell {
        // The pseudo-terminal comes without the echo that a person's terminal has.
        let mut command = Command::new("sh");
        command.args(["-c", "stty echo; exec \"$0\"", env!("CARGO_BIN_EXE_kenning")]);
        Shell::spawn(command, terminal, state)
    }

    fn spawn(mut command: Command, terminal: &str, state: PathBuf) -> Shell {
        command.env("XDG_STATE_HOME", &state).env("TERM", terminal).env("NO_COLOR", "1").current_dir(&state);
        let options = Options::new().timeout_ms(Some(20_000)).strip_ansi_escape_codes(true);
        let mut shell = Shell { terminal: spawn_with_options(command, options).unwrap(), state, banner: String::new() };
        shell.expect("openstack: ");
        shell.banner = shell.expect("kenning> ");
        shell
    }

    fn enter(&mut self, line: &str) {
        self.terminal.send(line).unwrap();
        self.terminal.send("\r").unwrap();
        self.terminal.flush().unwrap();
    }

    fn send(&mut self, text: &str) {
        self.terminal.send(text).unwrap();
        self.terminal.flush().unwrap();
    }

    /// Waits for the text and gives what came before it.
    fn expect(&mut self, text: &str) -> String {
        // rexpect reads each byte as a character.
        let bytes: String = text.bytes().map(char::from).collect();
        self.terminal.exp_string(&bytes).unwrap_or_else(|error| panic!("waiting for `{text}`: {error}"))
    }

    /// Presses Ctrl-C at the prompt. The line editor forgets what was typed in the same moment, so this waits.
    fn clear_line(&mut self) {
        self.terminal.send_control('c').unwrap();
        self.expect("\n");
        self.expect("kenning> ");
    }

    /// Presses Ctrl-C while a statement runs, which then ends soon.
    fn interrupt(&mut self) {
        let pressed = Instant::now();
        self.terminal.send_control('c').unwrap();
        self.expect("interrupted");
        assert!(pressed.elapsed() < Duration::from_secs(5), "{:?}", pressed.elapsed());
    }

    /// Leaves with Ctrl-D.
    fn leave(mut self) -> PathBuf {
        self.terminal.send_control('d').unwrap();
        self.terminal.exp_eof().unwrap();
        self.state
    }
}

#[test]
fn it_opens_as_the_readme_shows() {
    let shell = Shell::start("opens");
    let readme = crate::support::read(&crate::support::root().join("README.md"));
    let shown = readme.split("openstack: ").nth(1).and_then(|rest| rest.split("kenning>").next());
    let lines = |text: &str| text.lines().map(|line| line.trim_end().to_string()).collect::<Vec<_>>();
    assert_eq!(lines(shell.banner.trim_end()), lines(shown.expect("the README opens the shell")));
    shell.leave();
}

#[test]
fn answers_and_leaves() {
    let mut shell = Shell::start("answers");
    shell.enter("RETURN 6 * 7 AS answer;");
    shell.expect("│     42 │");
    shell.expect("(1 row, ");
    shell.enter("RETRUN 1;");
    shell.expect("error");
    shell.enter(":quit");
    shell.terminal.exp_eof().unwrap();
}

#[test]
fn help_is_printed_from_the_table() {
    let mut shell = Shell::start("help");
    shell.enter(":help");
    shell.expect("WHY term TO term");
    shell.expect(":schema");
    shell.enter(":hlep");
    shell.expect("did you mean `:help`?");
    shell.leave();
}

#[test]
fn words_of_other_shells_and_terms_alone_are_understood() {
    let mut shell = Shell::start("plain");
    shell.enter("?");
    shell.expect("Ask, for example:");
    shell.expect("`:help NAME` explains");
    shell.enter("help deps");
    shell.expect("DEPS term, …");
    shell.enter("block storage");
    shell.expect("is used by");
    shell.enter("nvoa");
    shell.expect("UnknownName");
    shell.expect("nova");
    // What is a statement stays one.
    shell.enter("CYCLES");
    shell.expect("there is no cycle");
    shell.enter("\\q");
    shell.terminal.exp_eof().unwrap();
}

#[test]
fn a_further_line_says_what_is_missing() {
    let mut shell = Shell::start("missing");
    shell.enter("MATCH (n:Service");
    shell.expect("… ')' is missing; an empty line runs it as it is, Ctrl-C drops it");
    shell.enter(")");
    shell.expect("… RETURN or another clause after MATCH is missing");
    shell.enter("RETURN count(n) > 10 AS many");
    shell.expect("│ many │");
    shell.expect("(1 row, ");
    shell.leave();
}

#[test]
fn tab_completes_commands_names_and_terms() {
    let mut shell = Shell::start("tab");
    shell.send(":sch\t");
    shell.expect(":schema");
    shell.send("\r");
    shell.expect("PROVIDES_TO");
    shell.expect("Property keys of relationships");
    shell.send("MATCH (n:Hyperv\t");
    shell.expect("Hypervisor");
    shell.enter(") RETURN count(n) AS machines;");
    shell.expect("machines");
    shell.expect("(1 row, ");
    shell.send("SHOW neutron-ser\t");
    shell.expect("neutron-server");
    shell.enter("");
    shell.expect("serves the API of");
    shell.leave();
}

#[test]
fn two_tabs_list_the_candidates() {
    let mut shell = Shell::start("list");
    shell.send(":s\t\t");
    shell.expect(":schema");
    shell.expect(":save");
    shell.expect(":set");
    shell.expect("kenning> :s");
    shell.clear_line();
    shell.leave();
}

#[test]
fn input_goes_on_while_something_is_open() {
    let mut shell = Shell::start("lines");
    shell.enter("MATCH (n:Service");
    shell.enter(")");
    shell.enter("RETURN count(n) > 10 AS many");
    shell.expect("│ many │");
    shell.expect("true");
    shell.expect("(1 row, ");
    shell.enter("RETURN 'a");
    shell.enter("b' AS text;");
    shell.expect("a\\nb");
    shell.leave();
}

#[test]
fn ctrl_c_stops_the_statement_and_keeps_the_shell() {
    let mut shell = Shell::start("interrupt");
    shell.enter(ENDLESS);
    shell.expect("pairs;");
    std::thread::sleep(Duration::from_millis(500));
    shell.interrupt();
    // The shell lives, and the interrupt does not reach the next statement.
    shell.enter("RETURN 6 * 7 AS answer;");
    shell.expect("│     42 │");
    // At the prompt it clears the line.
    shell.expect("kenning> ");
    shell.send("RETURN 'half");
    shell.expect("half");
    shell.clear_line();
    shell.enter("RETURN 5 * 5 AS square;");
    shell.expect("│     25 │");
    shell.leave();
}

#[test]
fn who_waits_for_an_algorithm_is_told_how_far_it_is() {
    let mut shell = Shell::start("progress");
    shell.enter("CREATE (:Ring {at: 0});");
    shell.expect("1 node created");
    shell.enter("UNWIND range(1, 20000) AS at CREATE (:Ring {at: at})-[:NEXT]->(:Ring {at: -at})-[:NEXT]->(:Ring);");
    shell.expect("60000 nodes created");
    shell.enter("MATCH (a:Ring {at: 0}), (b:Ring) CREATE (a)-[:NEXT]->(b), (b)-[:NEXT]->(a);");
    shell.expect("relationships created");
    shell.enter("CALL algo.betweenness() YIELD score RETURN max(score);");
    // Each of the 60,000 searches meets every node: minutes.
    shell.expect(" % done; Ctrl-C stops");
    shell.interrupt();
    shell.enter("RETURN 6 * 7 AS answer;");
    shell.expect("│     42 │");
    shell.enter(":quit");
    shell.expect("save? ");
    shell.enter("d");
    shell.terminal.exp_eof().unwrap();
}

#[test]
fn what_is_typed_while_a_statement_runs_waits_for_the_prompt() {
    let mut shell = Shell::start("ahead");
    shell.enter(":set timeout 1s");
    shell.expect("kenning> ");
    shell.enter(ENDLESS);
    shell.expect("pairs;");
    std::thread::sleep(Duration::from_millis(300));
    shell.send("RETURN 6 * 7 AS answer;\r\u{4}");
    shell.expect("time limit");
    shell.expect("│     42 │");
    shell.terminal.exp_eof().unwrap();
}

#[test]
fn a_time_limit_stops_the_statement() {
    let mut shell = Shell::start("timeout");
    shell.enter(":set timeout 200ms");
    shell.enter(ENDLESS);
    shell.expect("time limit");
    shell.leave();
}

#[test]
fn history_outlives_the_shell() {
    let mut shell = Shell::start("history");
    shell.enter("RETURN 4321 AS number;");
    shell.expect("(1 row, ");
    let mut shell = Shell::again(shell.leave());
    shell.enter(":history");
    shell.expect("1  RETURN 4321 AS number;");
    shell.expect("2  :history");
    shell.expect("kenning> ");
    shell.send("\u{1b}[A\u{1b}[A\r");
    shell.expect("│   4321 │");
    let state = shell.leave();
    let file = state.join("kenning/history");
    assert!(std::fs::read_to_string(&file).unwrap().contains("4321"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_dir_all(state).unwrap();
}

#[test]
fn parameters_settings_and_saved_queries() {
    let mut shell = Shell::start("settings");
    shell.enter(":param term glance");
    shell.enter("RETURN $term AS found;");
    shell.expect("│ glance │");
    shell.enter(":mode csv");
    shell.enter(":run services");
    shell.expect("service,also called");
    shell.expect("Compute,");
    shell.enter(":mode auto");
    shell.enter(":run impact-of term=keystone");
    shell.expect("What fails or degrades");
    shell.expect("Identity Service");
    shell.leave();
}

#[test]
fn a_graph_is_saved_and_read_back() {
    let mut shell = Shell::start("save");
    shell.enter(":save it.cypher");
    let told = shell.expect("to it.cypher");
    assert!(told.contains("saved openstack"), "{told}");
    shell.enter(":open it.cypher");
    shell.expect("it.cypher: ");
    shell.enter("DEPS trove DEPTH 1;");
    shell.expect("depends on → ");
    std::fs::remove_dir_all(shell.leave()).unwrap();
}

#[test]
fn changes_are_saved_or_given_up_before_the_graph_is_left() {
    let mut shell = Shell::start("unsaved");
    shell.enter("CREATE (:Host {name: 'one'});");
    shell.expect("1 node created");
    shell.expect("kenning*> ");
    shell.enter(":quit");
    shell.expect("has changes that are not saved");
    shell.expect("save? ");
    shell.enter("c");
    shell.expect("kenning*> ");
    shell.terminal.send_control('d').unwrap();
    shell.expect("save? ");
    shell.enter("kept.kenning");
    shell.expect("saved openstack");
    shell.terminal.exp_eof().unwrap();
    let mut shell = Shell::again(shell.state);
    shell.enter(":open kept.kenning");
    shell.expect("kept.kenning: ");
    shell.enter("MATCH (h:Host {name: 'one'}) RETURN count(h) AS hosts;");
    shell.expect("│     1 │");
    shell.leave();
}

#[test]
fn an_open_transaction_is_shown_and_rolled_back_at_the_end() {
    let mut shell = Shell::start("transaction");
    shell.enter(":open g.kenning");
    shell.expect("g.kenning is new and empty");
    shell.enter("BEGIN;");
    shell.expect("kenning[tx]> ");
    shell.enter("CREATE (:Host);");
    shell.expect("1 node created");
    shell.enter(":rollback");
    shell.expect("rolled back");
    shell.enter("CREATE (:Kept);");
    shell.expect("1 node created");
    shell.enter("BEGIN;");
    shell.expect("kenning[tx]> ");
    shell.enter("CREATE (:Lost);");
    shell.expect("kenning[tx]> ");
    shell.terminal.send_control('d').unwrap();
    shell.expect("the open transaction is rolled back");
    shell.terminal.exp_eof().unwrap();
    let mut shell = Shell::again(shell.state);
    shell.enter(":open g.kenning");
    shell.expect("g.kenning: 1 node");
    shell.leave();
}

#[test]
fn a_command_on_a_terminal_stops_with_a_count() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kenning"));
        command.args(arguments).env("NO_COLOR", "1");
        let options = Options::new().timeout_ms(Some(20_000));
        let printed = spawn_with_options(command, options).unwrap().exp_eof().unwrap();
        // rexpect reads each byte as a character.
        String::from_utf8(printed.chars().map(|c| c as u8).collect()).unwrap()
    };
    let rows = ["-c", "UNWIND range(1, 250) AS n RETURN n"];
    let cut = run(&rows);
    assert!(cut.contains("… 150 rows more (:set rows all shows them)"), "{cut}");
    let all = run(&[&["-c", ":set rows all"], &rows[..]].concat());
    assert!(all.contains("250 rows") && !all.contains('…'), "{all}");
    let tree = run(&["-c", ":set rows 12", "-c", "DEPS trove"]);
    assert!(tree.contains("─ uses → Object Storage") && tree.contains("more, at depth 2 and below"), "{tree}");
    let card = run(&["-c", ":set rows 12", "-c", "SHOW mariadb"]);
    assert!(card.contains("stores data for (20)") && card.contains("    … 17 more"), "{card}");
}

#[test]
fn a_plain_terminal_echoes_what_is_typed_and_ends_at_ctrl_d() {
    for terminal in ["dumb", "emacs", "cons25"] {
        let state = std::env::temp_dir().join(format!("kenning-repl-{terminal}-{}", std::process::id()));
        std::fs::create_dir_all(&state).unwrap();
        let mut shell = Shell::on(terminal, state);
        shell.enter("RETURN 6 * 7 AS answer;");
        shell.expect("RETURN 6 * 7 AS answer;");
        shell.expect("│     42 │");
        shell.expect("kenning> ");
        let state = shell.leave();
        std::fs::remove_dir_all(state).unwrap();
    }
}

#[test]
fn order_alone_is_answered_at_the_end_of_its_line() {
    let mut shell = Shell::start("order");
    shell.enter("ORDER");
    shell.expect("layer");
    shell.expect("kenning> ");
    shell.leave();
}
