#!/usr/bin/env python3
"""Reads sites that `kenning publish` wrote in Chromium, from the disk, as a reader does.

usage: published.py KENNING [FOLDER]

Needs what `browser.py` says. Publishes the embedded graph and a graph of awkward names. With FOLDER a screenshot of each
page is written there: light, dark, 400 pixels wide, as printed. Fails if a page asks the network, reports an error, is wider
than the window, or if axe-core finds anything; if the search finds nothing, or the pages say nothing without a script.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from browser import Reader, accessible, chromium, fits
from playwright.sync_api import expect

EVERY_IMPACT = ("minor", "moderate", "serious", "critical")
PAGES = ["index.html", "changes.html", "terms/compute.html", "terms/identity-service.html", "terms/mariadb.html"]
AWKWARD = """
CREATE (a:Term {name: 'C++', aliases: ['cpp'], definition: 'A language.\\nWith two paragraphs.', file: 'a b.md', line: 3}),
  (b:Term {name: '<script>alert(1)</script> & "quotes"'}), (c:Service {name: 'auth'}), (d:Library {name: 'Auth'}), (e:Port),
  (f:Term {name: 'a name that goes on %s', definition: '%s'}), (a)-[:USES {confidence: 0.5, evidence: 'It may use <b>it</b>.'}]->(b),
  (c)-[:DEPENDS_ON]->(d), (f)-[:USES]->(a), (f)-[:USES]->(f);
""" % ("and on " * 60, "x" * 300)


def publish(kenning: str, folder: Path) -> tuple[str, str]:
    """The addresses of the two sites."""
    old, awkward = folder / "old.cypher", folder / "awkward.cypher"
    old.write_text("CREATE (:Service {name: 'Compute', definition: 'It was so.'}), (:Service {name: 'Gone'});\n")
    awkward.write_text(AWKWARD)
    source = ["--source-url", "https://example.org/{file}#L{line}"]
    run = lambda *arguments: subprocess.run([kenning, "publish", *map(str, arguments)], check=True, stdout=subprocess.PIPE)
    run("openstack", "-o", folder / "site", "--since", old, *source)
    run(awkward, "-o", folder / "awkward", "--title", "Awkward & <names>", *source)
    return f"file://{folder}/site/", f"file://{folder}/awkward/"


def every_page(browser, sites, axe, folder, suffix, **options):
    for site, pages in sites:
        reader = Reader(browser, site, **options)
        for name in pages:
            page = reader.open(name)
            title = f"{site.split('/')[-2]}-{Path(name).stem}"[:60] + suffix
            if folder:
                page.screenshot(path=folder / f"{title}.png", full_page=True)
            accessible(page, axe, title, EVERY_IMPACT)
            fits(page, title)
        reader.close()


def search(browser, site):
    """Search from the disk, by keyboard, on a page of a term and on the first."""
    reader = Reader(browser, site)
    page = reader.open("terms/compute.html")
    page.keyboard.press("/")
    page.keyboard.type("keyst")
    expect(page.locator("#found li").first).to_contain_text("Identity Service also called")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Identity Service")
    page = reader.open("index.html")
    page.get_by_label("Search").fill("sql database")
    expect(page.locator("#told")).to_contain_text("term")
    page.keyboard.press("Enter")
    page.wait_for_url("**/terms/*")
    page = reader.open("index.html")
    page.get_by_label("Search").fill("xyzzy")
    expect(page.locator("#told")).to_have_text("0 terms")
    page.keyboard.press("Escape")
    expect(page.locator("#told")).to_have_text("")
    page.keyboard.press("Tab")
    reader.close()


def without_script(browser, site):
    """All is readable without a script, and nothing is offered that needs one."""
    reader = Reader(browser, site, java_script_enabled=False)
    page = reader.open("index.html")
    expect(page.locator("#search")).to_be_hidden()
    page.get_by_role("link", name="Compute", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("Placement")
    expect(page.locator("svg a").first).to_be_visible()
    reader.close()


def explorer(browser, site):
    """The explorer opens from the disk."""
    reader = Reader(browser, site)
    page = reader.open("explorer.html")
    expect(page.locator("#status")).to_contain_text("nodes shown")
    reader.close()


def printed(browser, site, folder):
    """On paper there is the content, without what only a screen can use."""
    reader = Reader(browser, site)
    page = reader.open("terms/compute.html")
    page.emulate_media(media="print")
    expect(page.locator("#search")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    if folder:
        page.pdf(path=folder / "printed.pdf")
    reader.close()


def main() -> int:
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, chromium() as (browser, axe):
        openstack, awkward = publish(sys.argv[1], Path(temporary))
        pages = sorted((Path(temporary) / "awkward/terms").glob("*.html"))
        all_awkward = ["index.html", *(f"terms/{page.name}" for page in pages)]
        sites = [(openstack, PAGES), (awkward, all_awkward)]
        every_page(browser, sites, axe, folder, "")
        every_page(browser, sites, axe, folder, "-dark", color_scheme="dark")
        every_page(browser, sites, axe, folder, "-narrow", viewport={"width": 400, "height": 800})
        print("every page, in the dark, and 400 pixels wide: ok")
        for part in [search, without_script, explorer]:
            part(browser, openstack)
            print(f"{part.__doc__} ok")
        printed(browser, openstack, folder)
        print(f"{printed.__doc__} ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
