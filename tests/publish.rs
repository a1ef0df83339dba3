//! `kenning publish`: the whole site of a small glossary, as files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value as Json;

use crate::support::{Folder, assert_none, files};

const GLOSSARY: &str = "\
# Glossary

## Pump

A machine that moves water. The pump depends on the valve. It is also called *water mover*.

## Valve

A part of the pump. See also [Hose](#hose).

## Hose & \"pipe\" \\<x>

It is a kind of tube.

## C++

A language.
";

/// A folder with a glossary that has been published.
fn published(name: &str, more: &[&str]) -> Folder {
    let folder = Folder::new(name);
    folder.write("terms.md", GLOSSARY);
    folder.said(&[&["publish", "terms.md", "-o", "site"], more].concat());
    folder
}

/// The files of the site by name.
fn site(folder: &Folder) -> BTreeMap<String, Vec<u8>> {
    let root = folder.0.join("site");
    let all = ["html", "css", "js", "ttl", "json", "txt"].map(|ending| files(&root, ending)).concat();
    let name = |path: &Path| path.strip_prefix(&root).expect("it is below").to_string_lossy().into_owned();
    all.iter().map(|path| (name(path), std::fs::read(path).expect("it was found"))).collect()
}

fn text(site: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    let content = site.get(name).unwrap_or_else(|| panic!("{name} is not among {:?}", site.keys()));
    String::from_utf8(content.clone()).expect("pages are UTF-8")
}

/// The values of an attribute, unescaped.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<String> {
    let unescaped =
        |value: &'p str| value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let starts = format!(" {name}=\"");
    page.split(&starts).skip(1).map(|rest| unescaped(rest.split('"').next().unwrap_or_default())).collect()
}

/// What is wrong with the links of a site: each leads to a file of it and to an anchor there.
fn broken_links(site: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut problems = Vec::new();
    // The explorer is checked by its own tests.
    for name in site.keys().filter(|name| name.ends_with(".html") && *name != "explorer.html") {
        let page = text(site, name);
        let ids = attributes(&page, "id");
        if ids.iter().collect::<BTreeSet<_>>().len() < ids.len() {
            problems.push(format!("{name}: an id twice among {ids:?}"));
        }
        let links = attributes(&page, "href").into_iter().chain(attributes(&page, "src"));
        for link in links.filter(|link| !link.starts_with("https:")) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match (file.strip_prefix("../"), name.split_once('/')) {
                _ if file.is_empty() => name.clone(),
                (Some(from_root), Some(_)) => from_root.to_string(),
                (None, Some((folder, _))) => format!("{folder}/{file}"),
                (None, None) => file.to_string(),
                (Some(_), None) => format!("outside: {file}"),
            };
            let there = site.contains_key(&target)
                && (anchor.is_empty() || attributes(&text(site, &target), "id").iter().any(|id| id == anchor));
            if !there {
                problems.push(format!("{name}: {link} leads nowhere"));
            }
        }
    }
    problems
}

/// The data for machines in a page.
fn linked_data(page: &str) -> Json {
    let data =
        page.split_once("<script type=\"application/ld+json\">").and_then(|(_, rest)| rest.split_once("</script>"));
    serde_json::from_str(data.expect("the page has some").0).expect("it is JSON")
}

#[test]
fn a_site_is_whole() {
    let folder =
        published("publish-whole", &["--source-url", "https://example.org/{file}#L{line}", "--title", "Water"]);
    let site = site(&folder);
    for name in
        ["index.html", "explorer.html", "search.js", "site.css", "site.js", "skos.ttl", "graph.json", "terms/pump.html"]
    {
        assert!(site.contains_key(name), "{name} is not among {:?}", site.keys());
    }
    assert!(!site.contains_key("changes.html"));
    assert_none(&broken_links(&site));

    let pump = text(&site, "terms/pump.html");
    for part in [
        "<title>Pump · Water</title>",
        "A machine that moves water.",
        "<b>water mover</b>",
        "<h3 id=\"relation-depends-on\">depends on</h3>",
        "<h3 id=\"relation-part-of-inverse\">has the part</h3>",
        "<a href=\"valve.html\">Valve</a>",
        "<q>The pump depends on the valve.</q>",
        "<a href=\"https://example.org/terms.md#L5\">terms.md:5</a>",
        "doubtful: 0.62",
        "<svg",
    ] {
        assert!(pump.contains(part), "no {part} in\n{pump}");
    }
    let valve = text(&site, "terms/valve.html");
    assert!(valve.contains("If it fails, these fail too: <a href=\"pump.html\">Pump</a>."), "{valve}");
    let tube = text(&site, "terms/tube.html");
    assert!(tube.contains("No definition is given."), "{tube}");

    let index = text(&site, "index.html");
    assert!(
        index.contains("<dt>water mover</dt><dd class=\"quiet\">see <a href=\"terms/pump.html\">Pump</a></dd>"),
        "{index}"
    );
    assert_eq!(linked_data(&index)["@type"], "DefinedTermSet");
    let term = linked_data(&pump);
    assert_eq!(
        (&term["@type"], &term["name"], &term["alternateName"][0]),
        (&"DefinedTerm".into(), &"Pump".into(), &"water mover".into())
    );
    let search = text(&site, "search.js");
    let rows = search.trim().trim_start_matches("kenningFound(").trim_end_matches(");");
    let rows: Json = serde_json::from_str(rows).expect("it is JSON in brackets");
    assert!(rows.as_array().is_some_and(|rows| rows.iter().any(|row| row[0] == "Pump" && row[1] == "terms/pump.html")));
}

#[test]
fn pages_are_readable_without_a_script_and_hold_no_markup_of_the_glossary() {
    let folder = published("publish-plain", &[]);
    let site = site(&folder);
    for name in site.keys().filter(|name| name.starts_with("terms/") || *name == "index.html") {
        let page = text(&site, name);
        assert!(page.contains("role=\"search\" hidden"), "{name}: the search is shown before a script runs it");
        assert!(!page.contains("<x>") && !page.contains("onclick"), "{name}");
        assert_eq!(page.matches("<h1>").count(), 1, "{name}");
        assert!(!page.contains("https://example"), "{name}: nothing says where sources are");
    }
    let hose = site.keys().find(|name| name.starts_with("terms/hose-pipe-x")).expect("it has a page");
    assert!(text(&site, hose).contains("<h1>Hose &amp; &quot;pipe&quot; &lt;x&gt;</h1>"));
}

#[test]
fn addresses_outlive_changes_and_stale_pages_go() {
    let folder = published("publish-again", &[]);
    let before = site(&folder);
    let again = folder.said(&["publish", "terms.md", "-o", "site"]);
    assert!(again.contains("0 files written") && again.contains("0 removed"), "{again}");
    assert_eq!(site(&folder), before, "the same graph is the same site");

    folder.said(&["ingest", "terms.md", "-o", "old.kenning"]);
    folder.write("site/terms/mine.html", "kept");
    folder.write("terms.md", &GLOSSARY.replace("## C++\n\nA language.", "## Crane\n\nIt lifts what is heavy."));
    let told = folder.said(&["publish", "terms.md", "-o", "site", "--since", "old.kenning"]);
    let after = site(&folder);
    assert_none(&broken_links(&after));
    assert!(told.contains("2 removed"), "{told}");
    let removed: Vec<&str> = before.keys().filter(|name| !after.contains_key(*name)).map(String::as_str).collect();
    assert_eq!(removed, ["terms/c_5751eea2.html", "terms/language.html"]);
    assert!(after.contains_key("terms/crane.html") && after.contains_key("terms/mine.html"));
    let changes = text(&after, "changes.html");
    for part in ["New terms", "<a href=\"terms/crane.html\">Crane</a>", "Removed terms", "<li>C++</li>"] {
        assert!(changes.contains(part), "no {part} in\n{changes}");
    }
    // Without an older version there is no page of changes, and the one of before is stale.
    folder.said(&["publish", "terms.md", "-o", "site"]);
    assert!(!site(&folder).contains_key("changes.html"));
}

#[test]
fn an_old_name_leads_to_the_new_one() {
    let folder = published("publish-renamed", &[]);
    folder.said(&["ingest", "terms.md", "-o", "old.kenning"]);
    folder.write("terms.md", &GLOSSARY.replace("## C++", "## Cpp language"));
    folder.said(&["publish", "terms.md", "-o", "site", "--since", "old.kenning"]);
    let site = site(&folder);
    let old = site.keys().find(|name| name.starts_with("terms/c_")).expect("the old page is still there");
    assert!(text(&site, old).contains("This term is now called <a href=\"cpp-language.html\">Cpp language</a>."));
}

#[test]
fn names_that_are_equal_but_for_case_have_pages_of_their_own() {
    let folder = Folder::new("publish-case");
    let auth = "CREATE (:Service {name: 'auth'})-[:USES]->(:Library {name: 'Auth'}), (:Port {number: 7}), (:Port {number: 8});";
    folder.write("g.cypher", auth);
    folder.said(&["publish", "g.cypher", "-o", "site"]);
    let site = site(&folder);
    assert_none(&broken_links(&site));
    let lower: BTreeSet<String> = site.keys().map(|name| name.to_lowercase()).collect();
    assert_eq!(lower.len(), site.len());
    let both = text(&site, "terms/auth.html");
    assert!(both.contains("href=\"auth_library.html\"") && both.contains("href=\"auth_service.html\""), "{both}");
    assert_eq!(site.keys().filter(|name| name.starts_with("terms/port_")).count(), 2);
    // A service that is called alike, too, takes no address away.
    folder.write("g.cypher", &format!("{auth} CREATE (:Service {{name: 'AUTH'}});"));
    folder.said(&["publish", "g.cypher", "-o", "site"]);
    let more = self::site(&folder);
    assert!(site.keys().all(|name| more.contains_key(name)), "{:?}", more.keys());
}

#[test]
fn files_of_others_are_left_alone() {
    let folder = Folder::new("publish-foreign");
    folder.write("terms.md", GLOSSARY);
    folder.write("site/index.html", "mine");
    let complaint = folder.complaint(&["publish", "terms.md", "-o", "site"]);
    assert!(
        complaint.contains("site holds files that are not of a site") && complaint.contains("--overwrite"),
        "{complaint}"
    );
    assert_eq!(site(&folder)["index.html"], b"mine");
    folder.write("site/notes.txt", "mine");
    folder.said(&["publish", "terms.md", "-o", "site", "--overwrite"]);
    assert_eq!(site(&folder)["notes.txt"], b"mine");
    // A file that somebody put where a page is to go.
    folder.write("site/terms/spring.html", "mine");
    folder.write("terms.md", &format!("{GLOSSARY}\n## Spring\n\nA coil.\n"));
    let complaint = folder.complaint(&["publish", "terms.md", "-o", "site"]);
    assert!(complaint.contains("spring.html is there"), "{complaint}");
    // A manifest that names what no site has.
    let manifest = text(&site(&folder), "kenning-site.txt");
    for name in ["../terms.md", "/etc/hosts", "terms/../notes.html", "sub/a.html"] {
        folder.write("site/kenning-site.txt", &format!("{manifest}{name}\n"));
        let complaint = folder.complaint(&["publish", "terms.md", "-o", "site"]);
        assert!(complaint.contains(&format!("lists `{name}`")), "{complaint}");
    }
    assert!(folder.0.join("terms.md").exists());
}

#[test]
fn what_cannot_be_published_is_reported() {
    let folder = Folder::new("publish-wrong");
    folder.write("terms.md", GLOSSARY);
    let complaint =
        |arguments: &[&str]| folder.complaint(&[&["publish", "terms.md", "-o", "site"], arguments].concat());
    assert!(complaint(&["--source-url", "https://example.org/"]).contains("{file}"));
    assert!(complaint(&["--source-url", "javascript:{file}"]).contains("https"));
    assert!(complaint(&["--label", "Trem"]).contains("did you mean `Term`?"));
    assert!(complaint(&["--since", "nowhere.kenning"]).contains("nowhere.kenning"));
    assert!(complaint(&["--timeout", "1ms"]).contains("time limit"));
    assert!(complaint(&["--memory", "1KiB"]).contains("memory limit"));
    assert!(folder.complaint(&["publish", ":memory:", "-o", "site"]).contains("holds no terms"));
    folder.write("file", "");
    assert!(folder.complaint(&["publish", "terms.md", "-o", "file"]).contains("file"));
}

#[test]
fn a_label_chooses_the_terms() {
    let folder = published("publish-label", &["--label", "Term"]);
    let site = site(&folder);
    assert_none(&broken_links(&site));
    assert!(site.contains_key("terms/pump.html") && !site.contains_key("terms/tube.html"));
    let hose = site.keys().find(|name| name.starts_with("terms/hose")).expect("it is a term");
    assert!(text(&site, hose).contains("<li>tube"), "what has no page is text");
}

#[test]
fn the_graph_in_the_program_and_a_lock_file_make_sites() {
    let folder = Folder::new("publish-others");
    folder.said(&["publish", "openstack", "-o", "site"]);
    assert_none(&broken_links(&site(&folder)));
    let lock = crate::support::root().join("tests/polyglot/web/package-lock.json");
    folder.said(&["publish", lock.to_str().expect("the path is UTF-8"), "-o", "lock"]);
    folder.said(&["publish", lock.to_str().expect("the path is UTF-8"), "-o", "site", "--overwrite"]);
    let site = site(&folder);
    assert_none(&broken_links(&site));
    // Two versions of one package, and a page that leads to both.
    let both = text(&site, "terms/ms.html");
    assert!(both.contains("href=\"ms_2.0.0.html\"") && both.contains("ms@2.1.3"), "{both}");
    assert!(!both.contains("No definition") && !text(&site, "terms/express.html").contains("No definition"));
}
