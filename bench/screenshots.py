"""`python -m bench.screenshots FOLDER [URL TOKEN]`: pictures of both demo dashboards, light, dark and on a phone.

With the address of a demo that has run for a while and an API token, its pictures are taken after some minutes. Without
them a demo is started, and left alone until its figures of its own host fill the page.
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

import psutil
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from bench.process import ROOT, free_port

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
HOST_PAGE = "this-server"
PAGES = (HOST_PAGE, "departures")
LOOKS = {"light": (1440, 900, 1.0), "dark": (1440, 900, 1.0), "phone": (390, 844, 1.5)}
#: Long enough for the server's own gauges to forget the work of loading the page.
SETTLE_SECONDS = 10
#: Every drawing has been made for the place that it has now.
FITTED = (
    "[...document.querySelectorAll('canvas')].every((c) => c.clientWidth === c.parentElement.parentElement.clientWidth)"
)
#: What a new demo needs until the server's page, fifteen minutes wide, is full.
HISTORY_SECONDS = 11 * 60
#: A viewer watches for the last part of it, so that there is something to send.
WATCH_SECONDS = 5 * 60
#: Pictures wait for a calm host, as far as one comes.
CALM_PERCENT, CALM_ATTEMPTS = 50, 12
#: What the README shows: the upper part of one picture, up to the end of a row of cards.
COVER = ("departures", "light")
COVER_CLIP = FloatRect(x=0, y=0, width=1440, height=1170)


@contextmanager
def demo() -> Iterator[str]:
    """A demo server with history; gives its sign-in link when it has watched its host for long enough."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "nowboard", "demo", "--data", folder, "--port", str(free_port())]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            assert process.stdout is not None
            for line in process.stdout:
                found = re.search(r"http://\S+/sign-in#\S+", line)
                if found:
                    time.sleep(HISTORY_SECONDS)
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
            locale="en-GB",
        )
        for name in PAGES:
            page = context.new_page()
            page.goto(f"{base}/dashboards/{name}")
            settle(page)
            if name == HOST_PAGE:
                await_calm()
            page.screenshot(path=folder / f"{name}-{look}.png")
            if (name, look) == COVER:
                page.screenshot(path=folder / "cover.png", clip=COVER_CLIP)
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


def await_calm() -> None:
    """Wait until the host, which one of the pages shows, is not busy with something else, but not for ever."""
    for _ in range(CALM_ATTEMPTS):
        if psutil.cpu_percent(SETTLE_SECONDS) < CALM_PERCENT:
            return


def sign_in(browser: Browser, door: str, token: str | None, state: Path) -> None:
    """Use the link, which works once, or the token, and keep the session in `state`."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(door)
    if token is not None:
        page.get_by_label("API token").fill(token)
        page.get_by_role("button", name="Sign in").click()
    else:
        # a server without an administrator offers to make one first
        page.get_by_role("button", name="Later").click()
    page.get_by_role("heading", name="Dashboards").wait_for()
    context.storage_state(path=state)
    context.close()


def main(folder: Path, url: str | None = None, token: str | None = None) -> None:
    """Sign in once and take the pictures, of a running demo or of one started for them."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        demo() if url is None else nullcontext(f"{url}/sign-in") as door,
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as scratch,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        state = Path(scratch) / "state.json"
        sign_in(browser, door, token, state)
        base = door.split("/sign-in")[0]
        viewer = browser.new_context(storage_state=state, viewport={"width": 800, "height": 400}).new_page()
        viewer.goto(f"{base}/dashboards/this-server")
        time.sleep(WATCH_SECONDS)
        take(browser, state, base, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:4])
