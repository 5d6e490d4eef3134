"""The schemas in protocol/schemas say what the wire types say, and the golden messages obey both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from referencing import Registry, Resource

from nowboard.model import wire
from tests.protocol.schemas import FOLDER, SIDES, schema_files

EXAMPLES = Path(__file__).parents[2] / "protocol" / "examples"
GROUPS = [json.loads(path.read_bytes()) for path in sorted(EXAMPLES.glob("message-*.json"))]
MESSAGES = [(group["from"], message) for group in GROUPS for message in group["messages"]]
REDUCER = [
    ("server", message)
    for path in sorted(EXAMPLES.glob("reducer-*.json"))
    for case in [json.loads(path.read_bytes())]
    for message in [case["start"], *case["deltas"]]
]
TYPES: dict[str, Any] = {"client": wire.ClientMessage, "server": wire.ServerMessage}


def _validator(side: str) -> jsonschema.Draft202012Validator:
    files = {path.name: json.loads(path.read_bytes()) for path in FOLDER.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in files.items()
    )
    return jsonschema.Draft202012Validator(files[f"{side}.json"], registry=registry)


@pytest.mark.parametrize("name", sorted(schema_files()))
def test_schema_is_current(name: str) -> None:
    text = (FOLDER / name).read_text()
    assert text == schema_files()[name], "run `python -m tests.protocol.schemas`"
    jsonschema.Draft202012Validator.check_schema(json.loads(text))


def test_there_are_no_other_schemas() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(schema_files())


def test_every_message_has_examples() -> None:
    named = {(side, message["type"]) for side, message in MESSAGES}
    assert named == {(side, message.__struct_config__.tag) for side, members in SIDES.items() for message in members}


@pytest.mark.parametrize(("side", "message"), MESSAGES + REDUCER)
def test_example_is_valid_and_survives_a_round_trip(side: str, message: dict[str, Any]) -> None:
    _validator(side).validate(message)
    typed = msgspec.convert(message, TYPES[side])
    assert msgspec.json.decode(msgspec.json.encode(typed), type=TYPES[side]) == typed


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ("client", {"type": "subscribe"}),
        ("client", {"type": "subscribe", "id": "s", "resume": {"c": ["e1"]}}),
        ("client", {"type": "welcome", "session": "s"}),
        ("client", {"type": "unknown"}),
        ("server", {"type": "delta", "channel": "c", "base": "1", "offset": 2, "as_of": 3}),
        ("server", {"type": "snapshot", "channel": "c", "epoch": "e", "offset": 1}),
    ],
)
def test_what_is_not_valid_is_refused_by_both(side: str, message: dict[str, Any]) -> None:
    assert not _validator(side).is_valid(message)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(message, TYPES[side])
