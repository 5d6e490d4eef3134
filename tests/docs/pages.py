"""The pages with their blocks, and each page as the shell script that a reader would type.

Blocks marked `sh` and `python` are run; `json`, `jsonl` and `yaml` blocks must parse. An HTML comment right before a
block says what else to do with it:

- `<!-- answer -->`: the block is what the block before it prints, see `tests.docs.answers`. `<!-- answer: 412 -->` says
  that the server refuses with that status, `<!-- answer: exit 1 -->` that the command ends so;
- `<!-- file: NAME -->` writes it to a file, `<!-- added to: NAME -->` appends it to one;
- `<!-- not run: REASON -->` leaves it out.

Two stand alone: `<!-- run: COMMAND -->` is something a reader does between two blocks, and `<!-- server: NAME -->` at
the top of a page starts the server that it takes for granted, with a token of an administrator in the variable NAME.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = [
    ROOT / "README.md",
    *sorted((ROOT / "docs" / "howto").glob("*.md")),
    *sorted((ROOT / "docs" / "reference").glob("*.md")),
    ROOT / "protocol" / "README.md",
]
_PORT: Final = "8080"
_PIECE: Final = re.compile(
    r"<!-- (?P<alone>run|server): (?P<told>[^\n]*?) -->"
    r"|(?:<!-- (?P<what>not run|file|added to|answer)(?:: (?P<said>[^\n]*?))? -->\s*)?"
    r"^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# what a reader's shell has, plus failing loudly: a server that answers an error fails the page. A reader types slower
# than a server starts, so a refused connection is tried again
_PRELUDE: Final = """set -euo pipefail
curl() {
  local code try
  for try in {1..60}; do
    code=0
    command curl --silent --show-error --fail-with-body "$@" || code=$?
    [ $code = 7 ] || return $code
    sleep 0.25
  done
  return 7
}
figures() {
  command curl --silent --max-time 5 http://127.0.0.1:%(port)s/metrics |
    grep -E '^nowboard_(request_seconds_count|sessions_opened_total)' >> %(scratch)s/figures || true
}
"""
# the block runs in this shell, so that its variables are there for the next; what it prints is kept
_KEPT: Final = """{
%(block)s
} > %(said)s 2> %(said)s.err; echo 0 > %(said)s.code
cat %(said)s %(said)s.err"""
_REFUSED: Final = """set +e; {
%(block)s
} > %(said)s 2> %(said)s.err; echo $? > %(said)s.code; set -e
cat %(said)s %(said)s.err"""


@dataclass(frozen=True)
class Block:
    """A fenced block, or a command between two blocks, with what its comment says."""

    line: int
    language: str
    text: str
    what: str
    said: str

    @property
    def runs(self) -> bool:
        """Whether a reader would run it."""
        return self.what == "" and self.language in ("sh", "python")


def name_of(page: Path) -> str:
    """What a page is called in the tests."""
    return "protocol" if page.parent.name == "protocol" else page.stem


def blocks_of(page: Path) -> list[Block]:
    """The blocks of a page and the comments that stand alone, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            text.count("\n", 0, piece.start()) + 1,
            piece["language"] or "",
            piece["text"] or "",
            piece["alone"] or piece["what"] or "",
            piece["told"] or piece["said"] or "",
        )
        for piece in _PIECE.finditer(text)
    ]


def answered(blocks: list[Block]) -> dict[int, Block]:
    """By the place of a block that runs, the block that says what it prints."""
    found, last = {}, -1
    for number, block in enumerate(blocks):
        if block.what == "answer":
            if last < 0:
                raise ValueError(f"line {block.line}: an answer to nothing")
            found[last] = block
            last = -1
        elif block.runs:
            last = number
    return found


def token_variable(blocks: list[Block]) -> str | None:
    """The variable for a token, where a page takes a running server for granted."""
    return next((block.said for block in blocks if block.what == "server"), None)


def script_of(page: Path, scratch: Path, port: int) -> str:
    """The page as one shell script, with `port` in place of the one that pages name.

    What is printed by blocks with an answer goes to `scratch`/said-NUMBER.
    """
    blocks = [replace(block, text=_at(block.text, port), said=_at(block.said, port)) for block in blocks_of(page)]
    answers = answered(blocks)
    script = [_PRELUDE % {"port": port, "scratch": scratch}]
    for number, block in enumerate(blocks):
        script.append(f"echo '--- {page.name}:{block.line}'")
        commands = _commands(block, scratch / f"block-{number}")
        if number in answers:
            shape = _REFUSED if answers[number].said else _KEPT
            commands = shape % {"block": commands.rstrip(), "said": scratch / f"said-{number}"}
        script.append(commands)
        if block.runs or block.what == "run":
            script.append("figures")
    return "\n".join(script)


def _commands(block: Block, source: Path) -> str:
    if block.what == "run":
        return block.said
    if block.what in ("file", "added to"):
        source.write_text(block.text, encoding="utf-8")
        return f"cat {source} {'>>' if block.what == 'added to' else '>'} {block.said}"
    if not block.runs:
        return ""
    if block.language == "sh":
        return block.text
    source = source.with_suffix(".py")
    source.write_text(block.text, encoding="utf-8")
    return f"{sys.executable} {source}"


def _at(text: str, port: int) -> str:
    return text.replace(_PORT, str(port))
