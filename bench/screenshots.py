"""`python -m bench.screenshots FOLDER [URL LINK]`: pictures of both demo dashboards, light, dark and on a phone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.process import ROOT, free_port

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
DASHBOARDS = ("departures", "this-server")
LOOKS = {"light": (1440, 900, "light"), "dark": (1440, 900, "dark"), "phone": (390, 844, "light")}
SETTLE_SECONDS = 4


@contextmanager
def demo() -> Iterator[str]:
    """The demo server; gives its sign-in link once history is loaded."""
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
    for look, (width, height, scheme) in LOOKS.items():
        context = browser.new_context(
            storage_state=state,
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            device_scale_factor=2 if look == "phone" else 1,
        )
        for dashboard in DASHBOARDS:
            page = context.new_page()
            page.goto(f"{base}/dashboards/{dashboard}")
            settle(page)
            page.screenshot(path=folder / f"{dashboard}-{look}.png", full_page=True)
            page.close()
        context.close()


def settle(page: Page) -> None:
    """Wait for data, then let animations end."""
    page.get_by_role("heading", level=1).wait_for()
    time.sleep(SETTLE_SECONDS)


def main(folder: Path) -> None:
    """Start the demo, sign in once, take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with demo() as link, sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        base = link.split("/sign-in")[0]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        context = browser.new_context()
        page = context.new_page()
        page.goto(link)
        page.get_by_role("heading", name="Dashboards").wait_for()
        state = Path(scratch) / "state.json"
        context.storage_state(path=state)
        context.close()
        time.sleep(20)  # let the server's own figures fill a few buckets
        take(browser, state, base, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
