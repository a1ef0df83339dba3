//! The page that `html` writes, in a real browser: what a reader does with it, and what the page then says. Skipped with a
//! word where there is no Chromium.

use std::path::PathBuf;

use kenning::database::Database;
use kenning::engine::RunOptions;
use kenning::export::{self, Subgraph};
use kenning::graph::{Graph, Value};
use kenning::limits::{Budget, Limits};
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::needed::chromium;

/// A page in a file of its own, which goes when it does.
struct Page(PathBuf);

impl Page {
    fn of(graph: Graph, statement: &str, name: &str) -> Page {
        let result = Database::in_memory(graph).run(statement, &RunOptions::default()).expect("the statement is right");
        let budget = Budget::start(&Limits::default());
        let subgraph = Subgraph::of(&result, &budget).expect("the answer holds nodes");
        let file = std::env::temp_dir().join(format!("kenning-{name}-{}.html", std::process::id()));
        let mut out = Vec::new();
        export::find("html")
            .expect("it is in the table")
            .write(&subgraph, &budget, &mut out)
            .expect("memory takes all");
        std::fs::write(&file, out).expect("the folder for temporary files takes one more");
        Page(file)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The middle of the canvas, where a node that was searched for stands.
fn middle(browser: &Browser) -> (f64, f64) {
    let place = browser.value(
        "(() => { const b = document.getElementById('picture').getBoundingClientRect(); \
         return [b.left + b.width / 2, b.top + b.height / 2]; })()",
    );
    (place[0].as_f64().unwrap_or(0.0), place[1].as_f64().unwrap_or(0.0))
}

/// A number that is the same for the same picture.
fn picture(browser: &Browser) -> u32 {
    let drawn = browser.value("document.getElementById('picture').toDataURL()");
    crc32fast::hash(drawn.as_str().expect("it is an address that holds the picture").as_bytes())
}

/// Types a name into the search and takes the best.
fn search(browser: &Browser, name: &str) {
    browser.value("document.getElementById('query').focus()");
    browser.type_text(name);
    browser.key("Enter", 13);
}

fn press(browser: &Browser, button: &str) {
    let find = format!("[...document.querySelectorAll('button')].find((b) => b.textContent === {})", json!(button));
    browser.value(&format!("{find}.click()"));
    browser.settle();
}

#[test]
fn the_page_can_be_explored() {
    let Some(program) = chromium() else {
        println!("skipped: there is no Chromium here, nor does KENNING_CHROMIUM name one");
        return;
    };
    let browser = Browser::start(&program);
    searching_dragging_and_paths(&browser);
    nothing_in_the_data_acts(&browser);
}

fn searching_dragging_and_paths(browser: &Browser) {
    let page = Page::of(kenning::ingest::embedded_graph(), "DEPS trove", "explorer");
    browser.open(&page.0);
    let nodes = browser.value("JSON.parse(document.getElementById('graph').textContent).nodes.length");
    assert!(nodes.as_u64() > Some(50));
    assert_eq!(browser.text("#status"), format!("{nodes} of {nodes} nodes shown"));
    assert_eq!(browser.value("performance.getEntriesByType('resource').length"), json!(0), "nothing is fetched");
    let at_first = picture(browser);

    // Search finds by other names too, and tells what there is to tell, with the evidence.
    search(browser, "keystone");
    assert_eq!(browser.text("#card h2"), "Identity Service");
    assert!(browser.text("#card").contains("authenticates → Compute"));
    let open = "(() => { const d = document.querySelector('#card details'); d.open = true; return d.textContent; })()";
    let shown = browser.value(open);
    let evidence = browser.value(
        "(() => { const d = JSON.parse(document.getElementById('graph').textContent); const at = d.nodes.findIndex((n) => \
         n.name === 'Identity Service'); return d.links.find((l) => l.from === at || l.to === at).evidence; })()",
    );
    assert!(shown.as_str().unwrap_or("").contains(evidence.as_str().expect("it has evidence")), "{shown}");

    // The wheel zooms, and dragging the background moves everything.
    let chosen = picture(browser);
    assert_ne!(chosen, at_first);
    let (x, y) = middle(browser);
    browser.wheel((x, y), -300.0);
    let zoomed = picture(browser);
    assert_ne!(zoomed, chosen);

    // A node that is dragged stays where it was put, also when the page is opened again.
    browser.drag((x, y), (x + 90.0, y + 60.0));
    assert_eq!(browser.value("localStorage.length"), json!(1));
    let kept = browser.value("Object.keys(JSON.parse(localStorage.getItem(localStorage.key(0)))).length");
    assert_eq!(kept, json!(1));
    press(browser, "Close");
    press(browser, "Fit");
    let dragged = picture(browser);
    assert_ne!(dragged, at_first);
    browser.reload();
    assert_eq!(picture(browser), dragged);
    press(browser, "Reset layout");
    assert_eq!(picture(browser), at_first);

    // Only a node and its neighbours; a click on one of them shows more.
    search(browser, "trove-api");
    press(browser, "Only this and its neighbours");
    let few = browser.text("#status");
    assert!(few.contains("click a node to see its neighbours"), "{few}");
    search(browser, "Database Service");
    let (x, y) = middle(browser);
    browser.click(x, y);
    assert_ne!(browser.text("#status"), few);
    press(browser, "Show all");

    // A path between two nodes is highlighted and told.
    search(browser, "trove-guestagent");
    press(browser, "Path to …");
    search(browser, "keystone");
    assert_eq!(browser.text("#card h2"), "trove-guestagent … Identity Service");
    assert!(browser.text("#status").contains("a path of 2 relations is highlighted"), "{}", browser.text("#status"));
    assert_eq!(browser.value("document.querySelectorAll('#card details').length"), json!(2));
    assert_eq!(browser.value("document.getElementById('found').children.length"), json!(0));
    search(browser, "xyzzy");
    assert_eq!(browser.text("#status"), "nothing is called “xyzzy”");
}

/// Names that look like markup or script are names.
fn nothing_in_the_data_acts(browser: &Browser) {
    let nasty = "</script><script>document.title = 'acted'</script><!--\u{2028}\"'&lt;<img src=x onerror=\"document.title='acted'\">";
    let mut graph = Graph::new();
    let node = graph.create_node();
    for key in ["name", "definition"] {
        let key = graph.intern_key(key);
        graph.set_property(node, key, Value::from(nasty));
    }
    let label = graph.intern_label(nasty);
    graph.add_label(node, label);
    let kind = graph.intern_type(nasty);
    graph.create_relationship(node, kind, node);
    let page = Page::of(graph, "MATCH (n)-[r]->() RETURN n, r", "nasty");
    browser.open(&page.0);
    assert_eq!(browser.text("#status"), "1 of 1 nodes shown");
    let (x, y) = middle(browser);
    browser.click(x, y);
    let name = browser.text("#card h2");
    assert!(name.starts_with("</script><script>") && name.ends_with("\">"), "{name}");
    assert_eq!(browser.value("document.images.length"), json!(0));
    assert_ne!(browser.value("document.title"), json!("acted"));
}
