//! What can be given on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, Parser, Subcommand};

use crate::export::EXPORTERS;
use crate::graph::Value;
use crate::import::{FileGroup, IdType};
use crate::ingest::check::{RULES, Wanted};
use crate::repl::commands::nearest;
use crate::session::{format_names, parse_assignment, parse_confidence, parse_duration, parse_size};
use crate::storage::Durability;

const EXAMPLES: &str = "\
Examples:
  kenning                                  the shell, on the OpenStack graph inside the program
  kenning -c 'SHOW nova'                   what nova is and what it has to do with
  kenning -c 'WHY horizon TO mariadb'      why the dashboard needs the database
  kenning -c ':run impact-of term=cinder'  a saved query; ':run' lists them
  kenning graph/ -f questions.cypher       a graph folder, and a file of statements
  echo 'MATCH (n:Service) RETURN n.name ORDER BY n.name' | kenning --format csv
  kenning -c 'CALL trace.deps($t)' --param t=heat   a parameter
  kenning check docs/glossary.md --deny warnings   what is wrong with a glossary, for pipelines
  kenning assert graph/ 'NO CYCLES' 'horizon NOT NEEDS trove'   claims, for pipelines
  kenning ingest docs/glossary.rst -o g.kenning   a graph of a glossary
  kenning import g.kenning --nodes=Person=people.csv --relationships=KNOWS=knows.csv
  kenning -c 'DEPS trove' --format dot     an answer as a graph for other programs
  kenning export graph/ g.graphml          a whole graph for other programs
  kenning publish docs/glossary.rst -o site/   a static site of a glossary
  kenning serve g.kenning                  a server for drivers, programs and browsers
  kenning mcp g.kenning                    a server for one assistant, which starts it
  kenning fmt --check queries/*.cypher     whether files are formatted

Exit status: 0, or 1 if a statement failed, 2 for wrong usage, 130 if interrupted.";

/// A knowledge graph with a query engine: walk typed relations between terms.
#[derive(Parser)]
#[command(name = "kenning", version, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(super) struct Arguments {
    /// Database files (.kenning), any files and folders that `kenning formats` lists, or `openstack`, the graph inside the program; several become one graph [default: openstack]
    #[arg(value_name = "GRAPH")]
    pub(super) graph: Vec<String>,

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

    /// Stop a statement that needs more memory: 64MiB, 2GiB [default: half of the machine's, or what is free]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) memory: Option<usize>,

    /// SHOW, DEPS, IMPACT and WHY leave out relations that are less sure: from 0 to 1
    #[arg(long, value_name = "NUMBER", value_parser = parse_confidence)]
    pub(super) min_confidence: Option<f64>,

    #[command(flatten)]
    pub(super) columns: Columns,

    /// Let a GRAPH that is a file of statements read files below this folder with LOAD CSV; may be repeated
    #[arg(long, value_name = "FOLDER")]
    pub(super) allow_files: Vec<PathBuf>,

    /// Go on after a statement that failed
    #[arg(long)]
    pub(super) keep_going: bool,

    /// Refuse every change
    #[arg(long)]
    pub(super) read_only: bool,

    /// Wait this long for another process that writes the database: 5s, 1m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) wait: Option<Duration>,

    /// When a commit is synced to the disk: before its answer (full), within a second (normal), or at the end (off)
    #[arg(long, value_parser = parse_durability, value_name = "full|normal|off", default_value = "full")]
    pub(super) durability: Durability,

    /// For a graph on another machine: the database file that keeps what its types and labels mean
    #[arg(long, value_name = "FILE")]
    pub(super) beside: Option<PathBuf>,

    /// At the end of -c and -f, write the whole graph to this file, in the format of its ending
    #[arg(long, value_name = "FILE")]
    pub(super) save: Option<PathBuf>,

    /// Let --save and :save replace a file that exists
    #[arg(long)]
    pub(super) overwrite: bool,

    /// Write no colours; so does setting NO_COLOR
    #[arg(long, global = true)]
    pub(super) no_color: bool,

    /// Draw trees, chains and tables with plain characters
    #[arg(long)]
    pub(super) ascii: bool,

    #[command(subcommand)]
    pub(super) task: Option<Task>,
}

#[derive(Subcommand)]
pub(super) enum Task {
    /// Look for what is wrong with glossaries and graphs, for pipelines; exit status 1 if there is an error
    Check(CheckArguments),
    /// Make a graph of files and folders: lock files, manifests, edge lists, glossaries (`kenning formats`)
    Ingest(IngestArguments),
    /// Tell what changed between two graphs: terms, definitions, relations
    Diff {
        old: String,
        new: String,
        #[command(flatten)]
        listing: Listing,
    },
    /// Make a database file of CSV files, with the conventions of neo4j-admin
    Import(ImportArguments),
    /// Write a whole graph in another format: for other programs, as a picture, or as a database file
    Export(ExportArguments),
    /// Write a static site: an A–Z page, a page a term, search, explorer, changes, and the same as data
    Publish(PublishArguments),
    /// List the kinds of files that can be read, each with an example
    Formats {
        /// Only this one, with an example
        name: Option<String>,
    },
    /// Tell what a database file holds, and how it is kept
    Info { file: PathBuf },
    /// Copy a database file, also while other processes use it
    Backup {
        file: PathBuf,
        to: PathBuf,
        /// Replace a file that exists
        #[arg(long)]
        overwrite: bool,
    },
    /// Copy a graph into a server over Bolt, or out of it: `kenning copy FILE bolt://user@host/db`
    #[cfg(feature = "server")]
    Copy(CopyArguments),
    /// Check claims about a graph, for pipelines: NO CYCLES, `web NOT NEEDS db`; exit status 1 if one does not hold
    Assert(AssertArguments),
    /// Time the statements of a file, each named by a line `// name: NAME` above it
    Bench(BenchArguments),
    /// Format files of statements: a clause a line, comments kept; `-` is standard input
    Fmt {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Change nothing; list the files that would change, and fail if there are any
        #[arg(long)]
        check: bool,
    },
    /// Let drivers (Bolt), programs and browsers (HTTP) reach a graph; by default only from this machine
    #[cfg(feature = "server")]
    Serve(super::serve::ServeArguments),
    /// Let an assistant ask a graph: a server of the Model Context Protocol on standard input and output
    #[cfg(feature = "server")]
    Mcp(super::mcp::McpArguments),
    /// Print the line of a user for `kenning serve --auth FILE`; the password is read from standard input
    #[cfg(feature = "server")]
    Password {
        name: String,
        /// What the user may do
        #[arg(long, value_name = "reader|writer", default_value = "reader")]
        role: crate::server::users::Role,
    },
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
    /// Tell about statements, clauses, functions, procedures, formats, or one of them by name
    Help { topic: Option<String> },
}

/// `kenning help rules` lists the rules. A comment in a file allows a finding: `<!-- kenning: allow RULE -->` in Markdown,
/// `# kenning: allow RULE` in YAML, at the head of the file or above an entry.
#[derive(Args)]
pub(super) struct CheckArguments {
    /// Glossaries, folders, patterns with `*`, `-` for standard input; also databases and graph folders
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Count these findings as errors: `warnings`, `notes`, or a rule; may be repeated
    #[arg(long, value_name = "RULE", value_parser = parse_rule)]
    pub(super) deny: Vec<Wanted>,
    /// Do not report these findings: a rule, `notes` or `warnings`; may be repeated
    #[arg(long, value_name = "RULE", value_parser = parse_rule)]
    pub(super) allow: Vec<Wanted>,
    /// How to list what is found
    #[arg(long, value_name = "text|json|sarif|junit", value_parser = ListFormat::read, default_value = "text")]
    pub(super) format: ListFormat,
    /// Rules and titles of columns of your own, as for `kenning ingest`
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Option<PathBuf>,
    /// A file of decisions, as for `kenning ingest` [default: those beside the paths]
    #[arg(long, value_name = "FILE")]
    pub(super) decisions: Option<PathBuf>,
    /// Read also what others wrote: node_modules, vendor, target …
    #[arg(long)]
    pub(super) vendored: bool,
    /// Stop after this time: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) timeout: Option<Duration>,
}

/// How findings are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListFormat {
    Text,
    Json,
    Sarif,
    Junit,
}

impl ListFormat {
    fn read(text: &str) -> Result<ListFormat, String> {
        match text {
            "text" => Ok(ListFormat::Text),
            "json" => Ok(ListFormat::Json),
            "sarif" => Ok(ListFormat::Sarif),
            "junit" => Ok(ListFormat::Junit),
            _ => Err("it is text, json, sarif or junit".into()),
        }
    }
}

fn parse_rule(text: &str) -> Result<Wanted, String> {
    Wanted::read(text).ok_or_else(|| {
        let names = RULES.iter().map(|rule| rule.name).chain(["warnings", "notes"]);
        let near = nearest(text, names).map_or(String::new(), |near| format!("did you mean {near}? "));
        format!("there is no such rule; {near}`kenning help rules` lists them")
    })
}

/// How a task lists what it found.
#[derive(Args)]
pub(super) struct Listing {
    /// How to list what is found
    #[arg(
        long = "format",
        value_parser = parse_list_format,
        action = ArgAction::Set,
        default_value = "text",
        value_name = "text|json"
    )]
    pub(super) json: bool,
}

/// The header says what a column holds: `name`, `age:int`, `id:ID(Space)`, `:LABEL`, `:START_ID(Space)`,
/// `:END_ID(Space)`, `:TYPE`. Files that end in .gz are read compressed.
#[derive(Args)]
pub(super) struct ImportArguments {
    /// The database file to be made
    pub(super) database: PathBuf,
    /// Files of nodes, which get these labels; the first line of the first file is the header of all
    #[arg(long, value_name = "[LABEL[:LABEL]=]FILE[,FILE]", value_parser = FileGroup::parse, required = true)]
    pub(super) nodes: Vec<FileGroup>,
    /// Files of relationships of this type
    #[arg(long, value_name = "[TYPE=]FILE[,FILE]", value_parser = FileGroup::parse)]
    pub(super) relationships: Vec<FileGroup>,
    /// What stands between fields: a character, or TAB
    #[arg(long, value_parser = parse_character, default_value = ",")]
    pub(super) delimiter: u8,
    /// What stands around fields that hold a delimiter
    #[arg(long, value_parser = parse_character, default_value = "\"")]
    pub(super) quote: u8,
    /// What stands between the items of a list
    #[arg(long, default_value = ";")]
    pub(super) array_delimiter: char,
    /// Keep ids as integers, as strings, or as integers where all ids of a space are
    #[arg(long, value_name = "auto|integer|string", value_parser = parse_id_type, default_value = "auto")]
    pub(super) id_type: IdType,
    /// Leave out relationships whose ends are unknown
    #[arg(
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_value_t = false,
        default_missing_value = "true"
    )]
    pub(super) skip_bad_relationships: bool,
    /// Put the new graph in the place of a file that is there
    #[arg(long)]
    pub(super) overwrite: bool,
}

/// How the columns of a list of relations are read.
#[derive(Args, Clone, Default)]
pub(super) struct Columns {
    /// In a list of relations, the column in which a relation starts [default: told by the headings]
    #[arg(long, value_name = "COLUMN")]
    pub(super) from: Option<String>,
    /// In a list of relations, the column in which a relation ends [default: told by the headings]
    #[arg(long, value_name = "COLUMN")]
    pub(super) to: Option<String>,
    /// In a list of relations, the column that names the relationship type, or the type of all
    #[arg(long = "type", value_name = "COLUMN|TYPE")]
    pub(super) relationship_type: Option<String>,
}

impl Columns {
    pub(super) fn options(&self) -> crate::formats::Options {
        let Columns { from, to, relationship_type } = self.clone();
        crate::formats::Options { from, to, relationship_type }
    }
}

/// Every relation keeps the sentence that states it, with file, line, rule and confidence. Into a graph that is there
/// already, what people wrote stays and what the same glossary said before is brought up to date.
#[derive(Args)]
pub(super) struct IngestArguments {
    /// Files, folders (`.` is the repository around you), patterns with `*`; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The graph to be made or added to: .kenning or .cypher
    #[arg(short = 'o', long = "output", value_name = "GRAPH")]
    pub(super) output: Option<PathBuf>,
    /// What relations call the glossary [default: the path of the first file], and what is piped in: `--source Cargo.lock`
    #[arg(long, value_name = "NAME")]
    pub(super) source: Option<String>,
    /// The format of the files [default: told by name and content]
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    #[command(flatten)]
    pub(super) columns: Columns,
    /// Read also what others wrote: node_modules, vendor, target …
    #[arg(long)]
    pub(super) vendored: bool,
    /// Forget what files of these folders said that are no longer there
    #[arg(long)]
    pub(super) prune: bool,
    /// Do not take two things for one because they share this identifier, as `SHOW` names it; may be repeated
    #[arg(long, value_name = "IDENTIFIER")]
    pub(super) apart: Vec<String>,
    /// Read what people decided from this file, and add what was decided in the graph [default: the
    /// file GLOSSARY.decisions or FOLDER/kenning.decisions, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(super) decisions: Option<PathBuf>,
    /// Write what was found, a JSON object an entry
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// Change nothing; show how much each rule finds, with samples
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Leave out relations that are less sure: from 0 to 1
    #[arg(long, value_name = "NUMBER", value_parser = parse_confidence, default_value_t = 0.0)]
    pub(super) min_confidence: f64,
    /// Rules of your own, tried before the built-in ones
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Option<PathBuf>,
    /// Stop after this time: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) timeout: Option<Duration>,
    /// Stop when more memory is needed: 64MiB, 2GiB [default: half of the machine's, or what is free]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) memory: Option<usize>,
}

#[derive(Args)]
pub(super) struct ExportArguments {
    /// A graph as `kenning GRAPH` takes it
    pub(super) graph: String,
    /// The file, whose ending says the format; `-` or none is standard output
    pub(super) file: Option<PathBuf>,
    /// Replace a file that exists
    #[arg(long)]
    pub(super) overwrite: bool,
    /// The format, if the file's name does not say it
    #[arg(long, value_parser = PossibleValuesParser::new(EXPORTERS.iter().map(|exporter| exporter.name)))]
    pub(super) format: Option<String>,
}

/// A copy that is interrupted goes on where it stopped when the same command is given again. The password is that of
/// KENNING_PASSWORD or ~/.netrc, or is asked for.
#[cfg(feature = "server")]
#[derive(Args)]
pub(super) struct CopyArguments {
    /// A graph as `kenning GRAPH` takes it, or an address: bolt://user@host:7687/database
    pub(super) from: String,
    /// An address, or a file, whose ending says the format
    pub(super) to: String,
    /// Add to a database that holds something already
    #[arg(long)]
    pub(super) add: bool,
    /// Replace a file that exists
    #[arg(long)]
    pub(super) overwrite: bool,
    /// Memory that the copy may use, such as 500MB or 2GB
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) memory: Option<usize>,
}

/// The site needs no server and no network: open SITE/index.html. Publishing again replaces and removes the files that
/// kenning wrote, which SITE/kenning-site.txt lists, and no others.
#[derive(Args)]
pub(super) struct PublishArguments {
    /// Graphs as `kenning GRAPH…` takes them: databases, folders, glossaries, lock files
    #[arg(required = true, value_name = "GRAPH")]
    pub(super) graph: Vec<String>,
    /// The folder of the site
    #[arg(short = 'o', long = "output", value_name = "SITE")]
    pub(super) output: PathBuf,
    /// What the site is called [default: the graph's name]
    #[arg(long, value_name = "TEXT")]
    pub(super) title: Option<String>,
    /// The address of a line of a source: https://example.org/repo/blob/main/{file}#L{line} [default: none, places are text]
    #[arg(long, value_name = "TEMPLATE")]
    pub(super) source_url: Option<String>,
    /// An older version: a page tells what changed since
    #[arg(long, value_name = "GRAPH")]
    pub(super) since: Option<String>,
    /// Only nodes with this label have pages; may be repeated
    #[arg(long = "label", value_name = "LABEL")]
    pub(super) labels: Vec<String>,
    /// Publish into a folder that holds other files, replacing those that have names of the site
    #[arg(long)]
    pub(super) overwrite: bool,
    /// Stop after this time: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) timeout: Option<Duration>,
    /// Stop when more memory is needed: 64MiB, 2GiB [default: half of the machine's, or what is free]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) memory: Option<usize>,
}

/// A claim is `NO statement`, which finds nothing (NO CYCLES VIA needs), `SOME statement`, which finds something,
/// `a NEEDS b` or `a NOT NEEDS b`, with the options of WHY (VIA, WHERE, HARD, ROLLUP …). One that does not hold is shown
/// with the chain that breaks it.
#[derive(Args)]
pub(super) struct AssertArguments {
    /// A graph as `kenning GRAPH` takes it
    pub(super) graph: String,
    /// What is to hold
    #[arg(value_name = "CLAIM", required_unless_present = "files")]
    pub(super) claims: Vec<String>,
    /// Check the claims of this file, too, one a line; lines that begin with # or // are comments
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Write a JUnit report, too, in place of the last one
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Write a SARIF log, too, with the places of the relations that break claims
    #[arg(long, value_name = "FILE")]
    pub(super) sarif: Option<PathBuf>,
    /// Stop a claim after this time: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) timeout: Option<Duration>,
}

#[derive(Args)]
pub(super) struct BenchArguments {
    /// A graph as `kenning GRAPH` takes it
    pub(super) database: String,
    /// The file of statements
    #[arg(long, value_name = "FILE")]
    pub(super) queries: PathBuf,
    /// How often each statement is timed, after one run that is not counted
    #[arg(long, default_value_t = 7, value_parser = parse_runs)]
    pub(super) runs: usize,
    /// How to print what was measured
    #[arg(
        long = "format",
        value_parser = parse_bench_format,
        action = ArgAction::Set,
        default_value = "table",
        value_name = "table|json"
    )]
    pub(super) json: bool,
    /// Stop a statement after this time: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) timeout: Option<Duration>,
}

fn parse_durability(text: &str) -> Result<Durability, String> {
    let known = Durability::ALL.into_iter().find(|durability| durability.name() == text);
    known.ok_or_else(|| format!("`{text}` is no durability: write full, normal or off"))
}

fn parse_character(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"TAB" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\r\n".contains(byte) => Ok(*byte),
        _ => Err("it is one ASCII character that is no letter and no digit, or TAB".into()),
    }
}

fn parse_id_type(text: &str) -> Result<IdType, String> {
    match text.to_ascii_lowercase().as_str() {
        "auto" => Ok(IdType::Auto),
        "integer" => Ok(IdType::Integer),
        "string" => Ok(IdType::String),
        _ => Err("it is auto, integer or string".into()),
    }
}

fn parse_runs(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|runs| *runs > 0).ok_or_else(|| "it is a number from 1 on".into())
}

fn parse_bench_format(text: &str) -> Result<bool, String> {
    match text {
        "table" => Ok(false),
        "json" => Ok(true),
        _ => Err("it is table or json".into()),
    }
}

fn parse_list_format(text: &str) -> Result<bool, String> {
    match text {
        "text" => Ok(false),
        "json" => Ok(true),
        _ => Err("it is text or json".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn tasks() {
        let task = |line: &str| Arguments::try_parse_from(line.split(' ')).map(|arguments| arguments.task);
        let Ok(Some(Task::Bench(bench))) = task("kenning bench g.kenning --queries q --runs 3 --format json") else {
            panic!("it is a bench");
        };
        assert_eq!((bench.runs, bench.json), (3, true));
        let line =
            "kenning import g.kenning --delimiter | --nodes=A:B=h,a --relationships=T=r --skip-bad-relationships";
        let Ok(Some(Task::Import(import))) = task(line) else { panic!("it is an import") };
        assert_eq!((import.delimiter, import.skip_bad_relationships), (b'|', true));
        assert_eq!((import.nodes[0].names.len(), import.nodes[0].files.len()), (2, 2));
        let Ok(Some(Task::Check(check))) = task("kenning check g h --format json --deny warnings --allow circle")
        else {
            panic!("it is a check");
        };
        assert_eq!((check.paths.len(), check.format), (2, ListFormat::Json));
        assert_eq!(
            (&check.deny[..], &check.allow[..]),
            (&[Wanted::All(Severity::Warning)][..], &[Wanted::Rule("circle")][..])
        );
        assert!(task("kenning check g --deny cirle").is_err());
        assert!(task("kenning import g.kenning").is_err());
    }

    #[test]
    fn arguments() {
        let line = "kenning openstack -c A -f b -c C --format csv --param x=1 --timeout 2s --memory 1KiB";
        let arguments = Arguments::try_parse_from(line.split(' ')).unwrap();
        assert_eq!(arguments.graph, ["openstack"]);
        assert_eq!(arguments.commands, ["A", "C"]);
        assert_eq!(arguments.parameters, [("x".to_string(), Value::Integer(1))]);
        assert_eq!((arguments.timeout, arguments.memory), (Some(Duration::from_secs(2)), Some(1024)));
        for wrong in
            ["--format xml", "--param x", "--timeout never", "--memory -1", "-c", "check", "check a --deny b", "fmt"]
        {
            let line = format!("kenning {wrong}");
            assert_eq!(Arguments::try_parse_from(line.split(' ')).err().unwrap().exit_code(), 2, "{wrong}");
        }
    }
}
