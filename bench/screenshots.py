"""`python -m bench.screenshots FOLDER [SIGN_IN_LINK]`: pictures of both demo dashboards, light, dark and on a phone.

With the sign-in link of a demo that has run for a while, its pictures are taken at once. Without one a demo is started,
and left alone until it has watched its own host for long enough.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.process import ROOT, free_port

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
#: Pictures by name, with the page that each shows; the server's own range is as long as a new demo has figures for.
PAGES = {"departures": "departures", "this-server": "this-server?last=5m"}
LOOKS = {"light": (1440, 900, 1.0), "dark": (1440, 900, 1.0), "phone": (390, 844, 1.5)}
SETTLE_SECONDS = 4
#: Every drawing has been made for the place that it has now.
FITTED = (
    "[...document.querySelectorAll('canvas')].every((c) => c.clientWidth === c.parentElement.parentElement.clientWidth)"
)
HISTORY_SECONDS = 6 * 60


@contextmanager
def demo() -> Iterator[str]:
    """A demo server; gives its sign-in link once history is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "nowboard", "demo", "--data", folder, "--port", str(free_port())]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            assert process.stdout is not None
            for line in process.stdout:
                found = re.search(r"http://\S+/sign-in#\S+", line)
                if found:
                    yield found[0]
                    return
            raise RuntimeError("the demo ended without a sign-in link")
        finally:
            process.terminate()
            process.wait(20)


def take(browser: Browser, state: Path, base: str, folder: Path) -> None:
    """Every dashboard in every look, whole pages."""
    for look, (width, height, scale) in LOOKS.items():
        context = browser.new_context(
            storage_state=state,
            viewport={"width": width, "height": height},
            color_scheme="dark" if look == "dark" else "light",
            device_scale_factor=scale,
        )
        for name, address in PAGES.items():
            page = context.new_page()
            page.goto(f"{base}/dashboards/{address}")
            settle(page)
            page.screenshot(path=folder / f"{name}-{look}.png")
            page.close()
        context.close()


def settle(page: Page) -> None:
    """Wait for data, make the window as high as the page, and let drawings and animations end."""
    page.get_by_role("heading", level=1).wait_for()
    time.sleep(SETTLE_SECONDS)
    width = page.evaluate("window.innerWidth")
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
    page.wait_for_function(FITTED)
    time.sleep(SETTLE_SECONDS)


def sign_in(browser: Browser, link: str, state: Path) -> None:
    """Use the link, which works once, and keep the session in `state`."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_role("heading", name="Dashboards").wait_for()
    context.storage_state(path=state)
    context.close()


def main(folder: Path, link: str | None) -> None:
    """Sign in once and take the pictures, of a running demo or of one started for them."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        nullcontext(link) if link else demo() as door,
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as scratch,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        state = Path(scratch) / "state.json"
        sign_in(browser, door, state)
        if link is None:
            time.sleep(HISTORY_SECONDS)
        take(browser, state, door.split("/sign-in")[0], folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
