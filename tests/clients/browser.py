"""What the checks in Chromium share: the browser, axe-core, and a window that keeps what went wrong in it.

Needs the packages `playwright` in version 1.65.2 (`pip install playwright==1.65.2`) and `axe-core` in version 4.14.1,
which npm puts into a folder for temporary files; Chromium is the system's, or what KENNING_CHROMIUM names.
"""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

AXE = "axe-core@4.14.1"
SERIOUS = ("serious", "critical")


@contextmanager
def chromium():
    """The browser, and the script of axe-core."""
    names = ["chromium", "chromium-browser", "google-chrome"]
    program = os.environ.get("KENNING_CHROMIUM") or next(filter(None, map(shutil.which, names)))
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        subprocess.run(["npm", "install", "--silent", "--prefix", temporary, AXE], check=True)
        axe = (Path(temporary) / "node_modules/axe-core/axe.min.js").read_text()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser, axe
        browser.close()


class Reader:
    """A window of the browser, with what went wrong in it."""

    def __init__(self, browser, address: str, **options):
        self.address = address
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("console", self.heard)
        self.page.on("request", self.asked)

    def heard(self, message):
        # The browser reports every answer that is an error, such as that to an unknown term.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"{self.page.url}: {message.text}")

    def asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.problems.append(f"{self.page.url}: asks {request.url}")

    def open(self, rest: str) -> Page:
        self.page.goto("about:blank")
        self.page.goto(self.address + rest)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def close(self):
        self.context.close()
        assert not self.problems, "\n".join(self.problems)


def accessible(page: Page, axe: str, name: str, impacts=SERIOUS):
    """Fails if axe-core finds something of these impacts. A page on the disk lets nobody fetch its styles again."""
    page.evaluate(axe)
    found = page.evaluate("axe.run({ preload: false }).then((result) => result.violations)")
    serious = [violation for violation in found if violation["impact"] in impacts]
    told = [f"{name}: {of['id']}: {of['help']}: {[node['target'] for node in of['nodes'][:4]]}" for of in serious]
    assert not serious, "\n".join(told)


def fits(page: Page, name: str):
    """Fails if the page is wider than the window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} pixels wider than the window"
