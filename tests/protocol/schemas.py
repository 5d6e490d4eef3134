"""Makes protocol/schemas from the wire types: `python -m tests.protocol.schemas`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import msgspec

from nowboard.model import wire

FOLDER = Path(__file__).parents[2] / "protocol" / "schemas"
SIDES: dict[str, tuple[type[msgspec.Struct], ...]] = {
    "client": get_args(wire.ClientMessage),
    "server": get_args(wire.ServerMessage),
}


def schema_files() -> dict[str, str]:
    """Every schema by file name: one per message, and one per side that holds all of its messages."""
    found: dict[str, str] = {}
    for side, messages in SIDES.items():
        names = [str(message.__struct_config__.tag) for message in messages]
        for name, message in zip(names, messages, strict=True):
            found[f"{name}.json"] = _print(name, msgspec.json.schema(message))
        union = {"title": f"Any message of the {side}", "oneOf": [{"$ref": f"{name}.json"} for name in names]}
        found[f"{side}.json"] = _print(side, union)
    return found


def _print(name: str, schema: dict[str, Any]) -> str:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{name}.json", **schema}
    return json.dumps(whole, indent=2) + "\n"


def main() -> None:
    """Write the files anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in schema_files().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
