"""Commands that need no server, and how they fail."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from nowboard import __version__
from nowboard.cli.main import make
from nowboard.records.audit import AuditFilter, search_audit
from nowboard.records.database import Records
from tests.postgres import Postgres

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


@pytest.fixture
def run() -> CliRunner:
    return CliRunner()


def test_version_and_help(run: CliRunner) -> None:
    assert run.invoke(make(), ["--version"]).stdout.strip() == __version__
    group = get_command(make())
    assert isinstance(group, TyperGroup)
    assert len(group.commands) > 10
    for command in group.commands:
        done = run.invoke(make(), [command, "--help"])
        assert done.exit_code == 0, command
        assert f"`nowboard {command}" in REFERENCE.read_text(encoding="utf-8"), f"{command} is not documented"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--role", "boss"], "there is no role 'boss'"),
        (["--expires", "soon"], "is not a lifetime"),
        (["--expires", "0d"], "is not a lifetime"),
        (["--scope", "{}x"], "the scope is not valid"),
        (["--scope", '{"streams": 5}'], "the scope is not valid"),
        (["--scope", "/no/such/file"], "/no/such/file: No such file"),
    ],
)
def test_tokens_that_cannot_be_made(run: CliRunner, tmp_path: Path, arguments: list[str], said: str) -> None:
    done = run.invoke(make(), ["token", "create", "--data", str(tmp_path), "--name", "x", *arguments])
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    assert said in done.stderr
    assert "nb_" not in done.output


def test_token_create_prints_the_token_last(run: CliRunner, tmp_path: Path) -> None:
    done = run.invoke(make(), ["token", "create", "--data", str(tmp_path), "--name", "x", "--expires", "90d"])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1].startswith("nb_")
    assert run.invoke(make(), ["token", "revoke", "x", "--data", str(tmp_path)]).exit_code == 0
    with closing(Records(tmp_path / "records.db")) as records:
        rows = records.call(search_audit, AuditFilter(), 10)
    assert [(row.action, row.principal, row.detail["by"]) for row in reversed(rows)] == [
        ("token.create", "system", "console"),
        ("token.revoke", "system", "console"),
    ]
    unknown = run.invoke(make(), ["token", "revoke", "nobody", "--data", str(tmp_path)])
    assert unknown.exit_code == 2
    assert "there is no usable token 'nobody'" in unknown.stderr


def test_users_from_the_console(run: CliRunner, tmp_path: Path) -> None:
    data = ["--data", str(tmp_path)]
    owner = run.invoke(make(), ["link", *data])
    assert owner.stdout.startswith("http://localhost:8080/sign-in#")
    added = run.invoke(make(), ["user", "add", "Ada@Example.org", "--role", "admin", "--port", "9000", *data])
    assert added.exit_code == 0, added.output
    assert added.stdout.splitlines()[-1].startswith("http://localhost:9000/reset#")
    assert "user ada@example.org with role admin" in added.stdout
    listed = run.invoke(make(), ["user", "list", *data])
    assert "ada@example.org" in listed.stdout
    refused = run.invoke(make(), ["link", *data])
    assert (refused.exit_code, "--user EMAIL" in refused.stderr) == (2, True)
    link = run.invoke(make(), ["link", "--user", "ada@example.org", *data])
    assert link.stdout.startswith("http://localhost:8080/sign-in#")
    reset = run.invoke(make(), ["user", "password-link", "ada@example.org", *data])
    assert reset.stdout.startswith("http://localhost:8080/reset#")
    for arguments, said in (
        (["user", "add", "ada@example.org"], "an account for ada@example.org already"),
        (["user", "add", "nonsense"], "not an email address"),
        (["user", "add", "b@c.d", "--role", "boss"], "there is no role 'boss'"),
        (["user", "add", "b@c.d", "--organisation", "nowhere"], "there is no organisation 'nowhere'"),
        (["user", "disable", "ada@example.org"], "the last administrator"),
        (["user", "disable", "nobody@example.org"], "there is no user 'nobody@example.org'"),
        (["link", "--user", "nobody@example.org"], "there is no user 'nobody@example.org'"),
    ):
        done = run.invoke(make(), [*arguments, *data])
        assert (done.exit_code, said in done.stderr) == (2, True), done.output
    run.invoke(make(), ["user", "add", "eve@example.org", *data])
    assert "is disabled" in run.invoke(make(), ["user", "disable", "eve@example.org", *data]).stdout
    assert "disabled" in run.invoke(make(), ["user", "list", *data]).stdout
    assert run.invoke(make(), ["user", "password-link", "eve@example.org", *data]).exit_code == 2
    assert "is usable" in run.invoke(make(), ["user", "enable", "eve@example.org", *data]).stdout


def test_doctor_finds_damage(run: CliRunner, tmp_path: Path) -> None:
    empty = run.invoke(make(), ["doctor", "--data", str(tmp_path / "nowhere"), "--json"])
    assert (empty.exit_code, json.loads(empty.stdout)["ok"]) == (0, True)
    for name, check in (("journal.db", "journal"), ("records.db", "records"), ("store.duckdb", "store")):
        folder = tmp_path / check
        folder.mkdir()
        (folder / name).write_bytes(b"this is no database" * 1000)
        done = run.invoke(make(), ["doctor", "--data", str(folder), "--json"])
        found = {each["name"]: each["state"] for each in json.loads(done.stdout)["checks"]}
        assert (done.exit_code, found[check]) == (1, "problem"), done.stdout
        assert "Traceback" not in done.output


def test_doctor_says_which_connections_can_be_used(
    run: CliRunner, tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = {
        "good": postgres.conninfo("postgres"),
        "bad": f"postgresql://nowboard:geheim@/nowhere?host={postgres.folder}",
    }
    monkeypatch.setenv("NOWBOARD_CONNECTIONS", json.dumps(addresses))
    done = run.invoke(make(), ["doctor", "--data", str(tmp_path / "nowhere")])
    assert done.exit_code == 1
    assert "ok       connection good: PostgreSQL 1" in done.stdout
    assert "problem  connection bad: there is no such database or role" in done.stdout
    for wrong, said in (
        ('{"a": geheim', "connections"),
        ('{"a": "geheim"}', "postgresql://"),
        ('{"a": 5}', "valid string"),
    ):
        monkeypatch.setenv("NOWBOARD_CONNECTIONS", wrong)
        refused = run.invoke(make(), ["doctor", "--data", str(tmp_path / "nowhere")])
        assert (refused.exit_code > 0, said in refused.output, "geheim" in refused.output) == (True, True, False)
