//! `kenning publish`: a graph → a static site in a folder.

mod folder;

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::arguments::PublishArguments;
use super::on_interrupt;
use super::stop::Stop;
use crate::database::Options as Access;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::export::Error;
use crate::graph::{Graph, LabelId};
use crate::ingest::difference::difference;
use crate::limits::{Budget, Limits};
use crate::publish::{Options, Site, SourceTemplate};
use crate::render::{clean, count};
use crate::repl::commands::nearest;
use crate::session::{Failure, Output, Session};
use folder::Folder;

pub(super) fn run(arguments: &PublishArguments) -> Result<(), Failure> {
    let mut session = Session::new(Graph::new(), "");
    session.limits.time = arguments.timeout;
    // Reading the graphs and writing the site have one limit together.
    session.limits.since = Some(Instant::now());
    session.limits.memory = arguments.memory.or(Some(Limits::default_memory()));
    on_interrupt(session.cancel_flag(), true)?;
    publish(arguments, &mut session).or_else(|stop| stop.end("interrupted: run it again to complete the site"))
}

fn wrong(message: String, help: String) -> Diagnostic {
    Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message).help(help)
}

fn publish(arguments: &PublishArguments, session: &mut Session) -> Result<(), Stop> {
    // What is wrong with the options is reported before anything is read.
    let template = arguments.source_url.as_deref().map(SourceTemplate::new).transpose()?;
    let mut folder = Folder::open(&arguments.output, arguments.overwrite)?;
    let budget = session.budget();
    let older = match &arguments.since {
        Some(since) => Some(opened(session, std::slice::from_ref(since))?),
        None => None,
    };
    let graph = opened(session, &arguments.graph)?;
    let options = Options {
        title: arguments.title.clone().unwrap_or_else(|| title(&arguments.graph)),
        template,
        labels: labels(&graph, &arguments.labels)?,
        changes: older.map(|older| difference(&older, &graph)),
    };
    let site = Site::of(graph, options, &budget)?;
    if site.term_count() == 0 {
        let help = "a graph is what `kenning GRAPH` opens; `kenning formats` lists what can be read";
        return Err(
            wrong(format!("there is nothing to publish: {} holds no terms", session.graph_name), help.into()).into()
        );
    }
    write(&site, &mut folder, &budget)?;
    summary(&site, &folder)?;
    Ok(())
}

fn opened(session: &mut Session, locations: &[String]) -> Result<Arc<Graph>, Stop> {
    let mut output = Output { out: &mut io::sink(), err: &mut io::stderr(), err_colour: false };
    // A name that is mistyped is no new database.
    session.access = Access { read_only: true, ..Access::default() };
    session.open(locations, &mut output)?;
    Ok(session.graph())
}

/// The labels by name.
fn labels(graph: &Graph, names: &[String]) -> Result<Vec<LabelId>, Diagnostic> {
    let label = |name: &String| {
        graph.label(name).ok_or_else(|| {
            let known: Vec<&str> = graph.labels().map(|label| &**graph.label_name(label)).collect();
            let help = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are: {}", known.join(", ")),
            };
            wrong(format!("no node has the label `{name}`"), help)
        })
    };
    names.iter().map(label).collect()
}

/// The names of the graphs without folders and endings.
fn title(locations: &[String]) -> String {
    let stem = |location: &String| {
        let stem = Path::new(location).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        stem.unwrap_or_else(|| location.clone())
    };
    locations.iter().map(stem).collect::<Vec<_>>().join(", ")
}

fn write(site: &Site, folder: &mut Folder, budget: &Budget) -> Result<(), Stop> {
    let files = site.files();
    folder.begin(&files)?;
    match site.write(budget, folder) {
        Ok(()) => Ok(folder.finish(&files)?),
        Err(Error::Refused(error)) => Err(error.into()),
        Err(Error::Io(error)) => Err(folder.failed(&error).into()),
    }
}

fn summary(site: &Site, folder: &Folder) -> io::Result<()> {
    let mut out = io::stdout().lock();
    site.notes().iter().try_for_each(|note| writeln!(io::stderr(), "note: {}", clean(note)))?;
    let Folder { path, written, unchanged, removed, .. } = folder;
    let terms = count(site.term_count(), "term");
    let files = count(*written, "file");
    let path = path.display();
    writeln!(out, "{path}: {terms}; {files} written, {unchanged} as they were, {removed} removed")?;
    if let Some(changes) = site.changes() {
        writeln!(out, "changes: {changes}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        let of = |locations: &[&str]| title(&locations.iter().map(|location| location.to_string()).collect::<Vec<_>>());
        assert_eq!(of(&["docs/terms.kenning"]), "terms");
        assert_eq!(of(&["openstack", "a/b.md"]), "openstack, b");
    }
}
