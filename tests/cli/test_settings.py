"""Settings and their documentation agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from nowboard.cli.options import settings_for
from nowboard.errors import BadRequest
from nowboard.settings import Settings

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def test_every_setting_is_documented_with_its_default() -> None:
    lines = REFERENCE.read_text(encoding="utf-8").splitlines()
    for name, field in Settings.model_fields.items():
        row = next((line for line in lines if line.startswith(f"| `NOWBOARD_{name.upper()}` |")), None)
        assert row is not None, f"{name} is missing"
        default = "" if field.default is None else f"`{_shown(field.default)}`"
        assert row == f"| `NOWBOARD_{name.upper()}` | {default} | {field.description} |"
    documented = [line for line in lines if line.startswith("| `NOWBOARD_")]
    assert len(documented) == len(Settings.model_fields), "a documented setting does not exist"


def _shown(default: object) -> str:
    return "[]" if default == () else str(default)


def test_the_environment_is_read_and_the_command_line_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOWBOARD_PORT", "9001")
    monkeypatch.setenv("NOWBOARD_ALLOWED_ORIGINS", '["https://a.example"]')
    assert settings_for().port == 9001
    assert settings_for().allowed_origins == ("https://a.example",)
    assert settings_for(port=9002, host=None).port == 9002


def test_settings_are_frozen() -> None:
    settings = settings_for()
    with pytest.raises(ValidationError):
        settings.port = 1


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOWBOARD_PORT", "high")
    with pytest.raises(BadRequest, match="NOWBOARD_PORT"):
        settings_for()


def test_there_is_no_secret_among_them() -> None:
    assert not any(word in name for name in Settings.model_fields for word in ("secret", "password", "token", "key"))
