//! What can be given on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};

use crate::graph::Value;
use crate::session::{format_names, parse_assignment, parse_duration, parse_size};

const EXAMPLES: &str = "\
Examples:
  kenning                                  the shell, on the OpenStack graph inside the program
  kenning -c 'SHOW nova'                   what nova is and what it has to do with
  kenning -c 'WHY horizon TO mariadb'      why the dashboard needs the database
  kenning -c ':run impact-of term=cinder'  a saved query; ':run' lists them
  kenning graph/ -f questions.cypher       a graph folder, and a file of statements
  echo 'MATCH (n:Service) RETURN n.name ORDER BY n.name' | kenning --format csv
  kenning -c 'CALL trace.deps($t)' --param t=heat   a parameter
  kenning check graph/                     what is wrong with a graph folder
  kenning fmt --check queries/*.cypher     whether files are formatted

Exit status: 0, or 1 if a statement failed, 2 for wrong usage, 130 if interrupted.";

/// A knowledge graph with a query engine: walk typed relations between terms.
#[derive(Parser)]
#[command(name = "kenning", version, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(super) struct Arguments {
    /// A graph folder, a .cypher file, or `openstack`, the graph inside the program [default: openstack]
    pub(super) graph: Option<String>,

    /// Run this statement or :command and leave; may be repeated
    #[arg(short = 'c', long = "command", value_name = "STATEMENT")]
    pub(super) commands: Vec<String>,

    /// Run the statements of this file and leave; may be repeated, `-` is standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,

    /// Show answers in this format [default: as each answer suggests]
    #[arg(long, value_parser = PossibleValuesParser::new(format_names()))]
    pub(super) format: Option<String>,

    /// Set the parameter $NAME: a literal, or a word that stands for itself; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parse_assignment)]
    pub(super) parameters: Vec<(String, Value)>,

    /// Stop a statement after this time: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) timeout: Option<Duration>,

    /// Stop a statement that needs more memory: 64MiB, 2GiB [default: 4GiB]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) memory: Option<usize>,

    /// Go on after a statement that failed
    #[arg(long)]
    pub(super) keep_going: bool,

    /// Write no colours; so does setting NO_COLOR
    #[arg(long, global = true)]
    pub(super) no_color: bool,

    #[command(subcommand)]
    pub(super) task: Option<Task>,
}

#[derive(Subcommand)]
pub(super) enum Task {
    /// Look for what is wrong with a graph folder
    Check {
        folder: PathBuf,
        /// How to list what is found
        #[arg(long = "format", value_parser = parse_check_format, default_value = "text", value_name = "text|json")]
        json: bool,
    },
    /// Format files of statements: a clause a line, comments kept; `-` is standard input
    Fmt {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Change nothing; list the files that would change, and fail if there are any
        #[arg(long)]
        check: bool,
    },
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
    /// Tell about statements, clauses, functions, procedures, formats, or one of them by name
    Help { topic: Option<String> },
}

fn parse_check_format(text: &str) -> Result<bool, String> {
    match text {
        "text" => Ok(false),
        "json" => Ok(true),
        _ => Err("it is text or json".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn arguments() {
        let line = "kenning openstack -c A -f b -c C --format csv --param x=1 --timeout 2s --memory 1KiB";
        let arguments = Arguments::try_parse_from(line.split(' ')).unwrap();
        assert_eq!(arguments.graph.as_deref(), Some("openstack"));
        assert_eq!(arguments.commands, ["A", "C"]);
        assert_eq!(arguments.parameters, [("x".to_string(), Value::Integer(1))]);
        assert_eq!((arguments.timeout, arguments.memory), (Some(Duration::from_secs(2)), Some(1024)));
        for wrong in
            ["--format xml", "--param x", "--timeout never", "--memory -1", "-c", "a b", "check", "check a b", "fmt"]
        {
            let line = format!("kenning {wrong}");
            assert_eq!(Arguments::try_parse_from(line.split(' ')).err().unwrap().exit_code(), 2, "{wrong}");
        }
    }
}
