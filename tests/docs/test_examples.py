"""Every example in README and the how-to pages is run, in order, as a reader would, against a real server.

Blocks marked `sh` and `python` are run; `json` and `yaml` blocks must parse. An HTML comment right before a block says
what else to do with it: `<!-- file: NAME -->` writes it to a file first, `<!-- added to: NAME -->` appends it to one,
`<!-- not run: REASON -->` leaves it out, and `<!-- run: COMMAND -->` alone is something a reader does between two
blocks, such as starting the server that the page takes for granted.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.serving import free_port

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "howto").glob("*.md"))]
PIECE = re.compile(
    r"(?:<!-- (?P<what>not run|file|added to|run): (?P<said>[^\n]*?) -->\s*)?"
    r"(?:^```(?P<language>\w*)\n(?P<text>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
PORT = "8080"
SECONDS = 90
# what a reader's shell has, plus failing loudly: a server that answers an error fails the page
PRELUDE = """set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body "$@"; }
"""


@dataclass(frozen=True)
class Block:
    """A fenced block, or a command between two blocks, with what its comment says."""

    line: int
    language: str
    text: str
    what: str
    said: str


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for piece in PIECE.finditer(text):
        if piece["text"] is None and piece["what"] != "run":
            continue
        line = text.count("\n", 0, piece.start()) + 1
        found.append(
            Block(line, piece["language"] or "", piece["text"] or "", piece["what"] or "", piece["said"] or "")
        )
    return found


def script_of(page: Path, folder: Path) -> str:
    """The page as one shell script: variables of one block are there in the next."""
    script = [PRELUDE]
    for number, block in enumerate(blocks_of(page)):
        script.append(f"echo '--- {page.name}:{block.line}'")
        if block.what == "run":
            script.append(block.said)
        if block.what in ("file", "added to"):
            source = folder / f"block-{number}"
            source.write_text(block.text, encoding="utf-8")
            script.append(f"cat {source} {'>>' if block.what == 'added to' else '>'} {block.said}")
        elif block.what == "not run":
            continue
        elif block.language == "sh":
            script.append(block.text)
        elif block.language == "python":
            source = folder / f"block-{number}.py"
            source.write_text(block.text.replace(PORT, "PORT"), encoding="utf-8")
            script.append(f"sed -i s/PORT/{PORT}/ {source} && {sys.executable} {source}")
    return "\n".join(script)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_work(page: Path, tmp_path: Path) -> None:
    work, scratch = tmp_path / "work", tmp_path / "scratch"
    work.mkdir()
    scratch.mkdir()
    port = str(free_port())
    script = script_of(page, scratch).replace(PORT, port)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        # a page that needs a database starts one with `python -m tests.docs.database`
        "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH", ""), str(ROOT)])),
        "HOME": str(work),
        # the default of commands that talk to a server, on the port that was free
        "NOWBOARD_URL": f"http://127.0.0.1:{port}",
        "LANG": "C.UTF-8",
    }
    # output to a file: a server left running in the background would hold a pipe open
    with (scratch / "output").open("w+") as output:
        shell = subprocess.Popen(
            ["bash", "-c", script], cwd=work, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            code = shell.wait(SECONDS)
        finally:
            with_children_ended(shell)
        output.seek(0)
        said = output.read()
    assert code == 0, said


def with_children_ended(shell: subprocess.Popen[bytes]) -> None:
    """End what the page started: it is alone in its process group."""
    try:
        os.killpg(shell.pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    shell.wait(20)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_data_in_examples_parses(page: Path) -> None:
    for block in blocks_of(page):
        if block.language == "json":
            json.loads(block.text)
        if block.language == "yaml":
            yaml.safe_load(block.text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_says_what_it_is(page: Path) -> None:
    unmarked = [f"{page.name}:{block.line}" for block in blocks_of(page) if not block.language and block.what != "run"]
    assert unmarked == []
