#!/usr/bin/env python3
"""Uses the page of `kenning serve` in Chromium as a reader does: forms, addresses, the query box, the picture.

usage: page.py KENNING [FOLDER]

Needs what `browser.py` says. Starts a server on the embedded graph. With FOLDER a screenshot of each view is written
there. Fails if a view does not say what it must, if the page reports an error or asks another server, or if axe-core finds
something serious.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from browser import Reader, accessible, chromium, fits
from playwright.sync_api import Error, Page, expect

# Each view: name, address, what its main part must say.
VIEWS = [
    ("home", "", ["140 terms", "Needed by most", "controller node"]),
    ("show", "#/show/trove", ["Database Service", "also called", "has the part", "Needed by", "its trove-api process"]),
    ("deps", "#/deps/trove?depth=2", ["What trove needs", "DEPS 'trove' DEPTH 2", "authenticates with", "Identity Service"]),
    ("impact", "#/impact/keystone?depth=1", ["What fails if keystone fails", "authenticates", "Aodh"]),
    ("why", "#/why/horizon?to=mariadb&up-to=2", ["Why horizon needs mariadb", "2 chains", "stores data in", "SQL database"]),
    ("order", "#/order?of=trove", ["In which order", "controller node", "11"]),
    ("critical", "#/critical", ["Single points of failure", "articulation point", "Identity Service"]),
    ("find", "#/find/block%20storage", ["Terms like", "cinder-api"]),
    ("query", "#/query?q=MATCH+(n%3ADatabase)+RETURN+n%2C+n.name", ["rows", "MariaDB"]),
    ("unknown", "#/show/xyzzy", ["xyzzy", "Find terms like"]),
    ("why-picture", "#/why/horizon?to=mariadb&view=picture", ["3 of 3 nodes shown", "authenticates with"]),
    ("deps-picture", "#/deps/trove?depth=2&view=picture", ["nodes shown", "is part of"]),
    ("around", "#/around/keystone", ["Around keystone", "click a node"]),
    ("graph", "#/graph", ["140 of 140 nodes shown"]),
]


def main_says(page: Page, texts: list[str]):
    for text in texts:
        expect(page.locator("main")).to_contain_text(text, timeout=20_000)


def every_view(browser, address, axe, folder, suffix, **options):
    reader = Reader(browser, address, **options)
    for name, hash, texts in VIEWS:
        page = reader.open(hash)
        main_says(page, texts)
        expect(page).to_have_title(re.compile("kenning$"))
        accessible(page, axe, name + suffix)
        fits(page, name + suffix)
        if folder:
            page.screenshot(path=folder / f"{name}{suffix}.png")
    reader.close()


def forms(browser, address):
    """A question by its form, its address, and back."""
    reader = Reader(browser, address)
    page = reader.open("")
    page.get_by_role("link", name="Needs", exact=True).click()
    page.get_by_label("Terms", exact=True).fill("nov")
    page.get_by_role("option", name="Compute").first.click()
    page.get_by_label("Depth").fill("1")
    page.get_by_role("button", name="Ask").click()
    main_says(page, ["DEPS 'Compute' DEPTH 1", "Placement"])
    assert page.url.endswith("#/deps/Compute?depth=1"), page.url
    expect(page).to_have_title("What Compute needs · openstack · kenning")
    page.get_by_role("tab", name="Table").click()
    main_says(page, ["hop_effect"])
    assert page.url.endswith("view=table"), page.url
    page.get_by_role("link", name="Why", exact=True).click()
    page.get_by_label("Terms", exact=True).fill("horizon")
    page.get_by_label("To", exact=True).fill("MariaDB")
    page.get_by_role("button", name="Ask").click()
    main_says(page, ["One chain of 2 hops"])
    page.go_back()
    page.go_back()
    main_says(page, ["What Compute needs"])
    for name, field, term, statement in [
        ("Impact", "Terms", "mariadb", "IMPACT 'mariadb'"),
        ("Order", "Of", "trove", "ORDER OF 'trove'"),
        ("Critical", "For", "trove", "CRITICAL FOR 'trove'"),
    ]:
        page.get_by_role("link", name=name, exact=True).click()
        page.get_by_label(field, exact=True).fill(term)
        page.get_by_role("button", name="Ask").click()
        main_says(page, [statement])
    page.get_by_role("checkbox", name="Hard needs only").check()
    page.get_by_role("button", name="Ask").click()
    main_says(page, ["CRITICAL FOR 'trove' HARD"])
    reader.close()


def keyboard(browser, address):
    """Search, a tree, the query box and the picture, without a mouse."""
    reader = Reader(browser, address)
    page = reader.open("")
    main_says(page, ["Needed by most"])
    page.keyboard.press("/")
    page.keyboard.type("keysto")
    expect(page.locator("#hits")).to_contain_text("Identity Service")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    main_says(page, ["authenticates", "Needed by"])
    expect(page.locator("h1")).to_have_text("Identity Service")
    page.keyboard.press("/")
    page.keyboard.type("volumes and snapshots")
    page.keyboard.press("Enter")
    main_says(page, ["Terms like"])
    page = reader.open("#/query")
    page.keyboard.type("MATCH (n:Datab")
    expect(page.locator("#offers")).to_contain_text("Database")
    page.keyboard.press("Tab")
    page.keyboard.type(") RETURN n.name AS name, x")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("`x`")
    expect(page.locator(".is-error")).to_have_text("x")
    expect(page.locator(".is-keyword").first).to_have_text("MATCH")
    for _ in ", x":
        page.keyboard.press("Backspace")
    page.keyboard.press("Control+Enter")
    main_says(page, ["MariaDB"])
    expect(page.get_by_role("alert")).to_have_text("")
    page.reload()
    main_says(page, ["MariaDB", "History (1)"])
    page = reader.open("#/graph")
    main_says(page, ["140 of 140"])
    page.locator("#picture").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#card")).to_be_visible()
    first = page.locator("#card h2").text_content()
    page.keyboard.press("ArrowRight")
    assert page.locator("#card h2").text_content() != first
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    reader.close()


def queries(browser, address):
    """Parameters, many rows, links that may not write, and text that looks like HTML."""
    reader = Reader(browser, address)
    page = reader.open("#/query")
    page.get_by_label("Statement").fill("UNWIND range(1, 25000) AS n RETURN n, $name AS who")
    page.keyboard.press("Escape")
    page.get_by_text("Parameters", exact=True).click()
    page.get_by_label("A JSON object").fill('{"name": "<img src=x onerror=alert(1)>"}')
    page.get_by_role("button", name="Run").click()
    main_says(page, ["25,000 rows", "the first 10,000 are kept", "200 of 10,000 rows shown", "<img src=x"])
    assert page.locator("main img").count() == 0
    page.get_by_label("A JSON object").fill("{name}")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("not JSON")
    page = reader.open("#/query?q=CREATE+(n%3ANew)")
    expect(page.get_by_role("alert")).to_contain_text("read")
    reader.open("#/query?q=MATCH+p+%3D+(%3ADatabase)--()+RETURN+p")
    page.get_by_role("tab", name="Picture").click()
    main_says(page, ["nodes shown"])
    reader.close()


def growing(browser, address):
    """A picture that starts at one term, and switches."""
    reader = Reader(browser, address)
    page = reader.open("#/around/keystone")
    status = page.locator("#status")
    expect(status).to_contain_text("26 of 26")
    page.locator("#query").fill("Compute")
    page.keyboard.press("Enter")
    expect(status).not_to_contain_text("26 of 26")
    page.get_by_role("button", name="Close").click()
    before = int(status.text_content().split(" ")[0])
    page.get_by_role("checkbox", name="Service", exact=False).first.uncheck()
    assert int(status.text_content().split(" ")[0]) < before
    page.get_by_role("button", name="Colours").click()
    page.get_by_role("button", name="Colours").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    reader.close()


def large(browser, kenning: str, folder: Path):
    """A graph of a hub with 600 neighbours starts with some of them and counts the others."""
    file = folder / "hub.dot"
    file.write_text("digraph { " + " ".join(f"hub -> leaf{n};" for n in range(600)) + " }")
    with Served(kenning, str(file)) as address:
        reader = Reader(browser, address)
        page = reader.open("#/graph")
        status = page.locator("#status")
        expect(status).to_contain_text("26 of 601 nodes shown")
        page.locator("#query").fill("hub")
        page.keyboard.press("Enter")
        expect(status).to_contain_text("51 of 601 nodes shown")
        expect(page.locator("#card")).to_contain_text("Show neighbours (550)")
        page = reader.open("#/around/hub")
        expect(page.locator("#status")).to_contain_text("26 of 26 nodes shown")
        page.locator("#query").fill("hub")
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_contain_text("51 of 51 nodes shown")
        page = reader.open("#/deps/hub")
        main_says(page, ["600 terms", "25 of 600 terms shown"])
        page.get_by_role("button", name="Show 100 more").click()
        main_says(page, ["125 of 600 terms shown"])
        reader.close()


def users(browser, kenning: str, folder: Path):
    """A server with users: the browser asks for a name and a password, and sends them with everything it asks."""
    file = folder / "users"
    command = [kenning, "password", "ann", "--role", "reader"]
    file.write_text(subprocess.run(command, input="secret\n", stdout=subprocess.PIPE, text=True, check=True).stdout)
    with Served(kenning, "--auth", str(file)) as address:
        for credentials in [None, {"username": "ann", "password": "wrong"}]:
            context = browser.new_context(http_credentials=credentials)
            refused = context.request.get(address, headers={"Accept": "text/html"})
            assert refused.status == 401 and "A name and a password are needed" in refused.text(), refused.text()
            try:
                assert context.new_page().goto(address).status == 401
            except Error as error:
                # There may be nobody in front of the window who could be asked.
                assert "ERR_INVALID_AUTH_CREDENTIALS" in error.message, error
            context.close()
        reader = Reader(browser, address, http_credentials={"username": "ann", "password": "secret"})
        page = reader.open("")
        main_says(page, ["140 terms", "Needed by most", "controller node"])
        page.get_by_role("link", name="Graph", exact=True).click()
        main_says(page, ["140 of 140 nodes shown"])
        page = reader.open("#/query")
        page.get_by_label("Statement").fill("CREATE (:New)")
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_role("alert")).to_contain_text("ask whoever runs the server for the role writer")
        reader.close()


class Served:
    """A server for as long as it is needed."""

    def __init__(self, kenning: str, *graph: str):
        self.command = [kenning, "serve", *graph, "--http", "127.0.0.1:0", "--bolt", "off", "--log", "off"]

    def __enter__(self) -> str:
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        return self.process.stdout.readline().strip()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def main() -> int:
    kenning = sys.argv[1]
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, chromium() as (browser, axe), Served(kenning) as address:
        every_view(browser, address, axe, folder, "")
        every_view(browser, address, axe, folder, "-dark", color_scheme="dark")
        every_view(browser, address, axe, folder, "-narrow", viewport={"width": 400, "height": 800})
        print("every view, in the dark, and 400 pixels wide: ok")
        for part in [forms, keyboard, queries, growing]:
            part(browser, address)
            print(f"{part.__doc__} ok")
        large(browser, kenning, Path(temporary))
        print(f"{large.__doc__} ok")
        users(browser, kenning, Path(temporary))
        print(f"{users.__doc__} ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
