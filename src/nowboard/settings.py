"""All settings of the server: one frozen object, read once from the environment or a `.env` file.

`docs/reference/settings.md` describes each field; a test holds the two together. The server's own secrets are not
among them: it makes them on first use. What others gave us, such as an issuer's key, is never shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "::1")


LogFormat = Literal["auto", "json", "console"]
"""`auto` is `console` on a terminal and `json` otherwise."""

Exposure = Literal["local", "signed_in", "everyone"]
"""Who may read figures and documentation: `local` is this machine and everyone who is signed in."""


class Settings(BaseSettings):
    """Environment variables carry the prefix `NOWBOARD_`: `NOWBOARD_PORT=9000`."""

    model_config = SettingsConfigDict(env_prefix="NOWBOARD_", env_file=".env", frozen=True, extra="ignore")

    data: Path = Field(Path("data"), description="Folder of the journal, the store and the records.")
    records_url: str | None = Field(
        None,
        description="PostgreSQL database of users, dashboards and audit: `postgresql+psycopg://…`; "
        "without it, a file in the data folder.",
    )
    audit_days: int = Field(400, ge=0, description="Days that audit entries are kept; 0 keeps them for ever.")
    host: str = Field("127.0.0.1", description="Address to listen on. `0.0.0.0` is every interface.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    public_url: str | None = Field(
        None, description="Address that browsers use, when it is another one: `https://board.example.org`."
    )
    allowed_origins: tuple[str, ...] = Field(
        (), description="Further origins whose pages may use the session cookie, as a JSON list."
    )
    trusted_proxies: str = Field("127.0.0.1", description="Addresses whose X-Forwarded headers count, by commas.")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Least severe log lines shown.")
    log_format: LogFormat = Field("auto", description="`json`, `console`, or `auto` by where the log goes.")
    session_days: int = Field(14, ge=1, le=365, description="Days that a browser stays signed in.")
    jwt_issuers: tuple[dict[str, Any], ...] = Field(
        (),
        repr=False,
        description="Whose bearer JWTs are taken, as a JSON list: [signing in](../howto/sign-in.md).",
    )
    oidc_providers: tuple[dict[str, Any], ...] = Field(
        (), repr=False, description="OpenID providers to sign in with, as a JSON list; see there."
    )
    connections: dict[str, str] = Field(
        {},
        repr=False,
        description="PostgreSQL databases whose relations tables may follow, as a JSON object of names and addresses: "
        "[follow PostgreSQL](../howto/follow-postgresql.md).",
    )
    follow_seconds: float = Field(
        300.0, ge=1, le=86_400, description="Seconds that reading one followed relation may take, its refresh included."
    )
    follow_rows: int = Field(1_000_000, ge=1, le=1_000_000, description="Most rows of a followed relation.")
    metrics: Exposure = Field("local", description="Who may read `/metrics`: `local`, `signed_in`, `everyone`.")
    docs: Exposure = Field("everyone", description="Who may read the API documentation; same values.")
    body_bytes: int = Field(10 * MIB, ge=1024, description="Largest request body.")
    decoded_bytes: int = Field(64 * MIB, ge=1024, description="Largest request body after unpacking.")
    events_per_request: int = Field(100_000, ge=1, description="Most events in one request.")
    inflight_bytes: int = Field(256 * MIB, ge=MIB, description="Bytes of all requests that are being decoded.")
    disk_reserve: int = Field(
        64 * MIB, ge=0, description="Bytes of free disk below which events are refused, so that the store has room."
    )
    query_timeout: float = Field(10.0, gt=0, le=600, description="Seconds after which a query is cancelled.")
    store_memory: int = Field(512 * MIB, ge=64 * MIB, description="Bytes of memory that the store may use.")
    store_threads: int = Field(2, ge=1, le=256, description="Threads of one query.")
    live_queries: int = Field(5_000, ge=1, description="Most live queries kept up to date at once.")
    warm_queries: int = Field(
        200, ge=0, description="Most queries of widgets that are kept warm with no viewer; 0 keeps none."
    )
    kept_bytes: int = Field(
        64 * MIB, ge=0, description="Bytes of last results that are kept over a restart; 0 keeps none."
    )
    viewers: int = Field(20_000, ge=1, description="Most sockets, streams and polls open at once.")
    viewers_per_principal: int = Field(2_000, ge=1, description="Most of these for one principal.")
    subscriptions_per_principal: int = Field(
        10_000, ge=1, description="Most subscriptions of one principal, in all of these together."
    )
    subscriptions_per_viewer: int = Field(32, ge=1, description="Most subscriptions of one of these.")
    requests_guest: int = Field(30, ge=0, description="Requests a minute for who comes by a share; 0 is no limit.")
    requests_viewer: int = Field(300, ge=0, description="The same for roles that only read.")
    requests_editor: int = Field(600, ge=0, description="The same for roles that may edit.")
    requests_admin: int = Field(1_200, ge=0, description="The same for administrators.")
    shutdown_seconds: float = Field(8.0, gt=0, le=60, description="Seconds that open requests get when stopping.")

    @property
    def journal_path(self) -> Path:
        """The journal's file."""
        return self.data / "journal.db"

    @property
    def store_path(self) -> Path:
        """The store's file; may be deleted while the server is stopped."""
        return self.data / "store.duckdb"

    @property
    def records_path(self) -> Path:
        """The file of tokens, sessions and dashboards."""
        return self.data / "records.db"

    @property
    def erasure_path(self) -> Path:
        """The file that is there while a person's data is being erased."""
        return self.data / "erasure.json"

    @property
    def records(self) -> Path | str:
        """Where the records are: a file or the URL of a database."""
        return self.records_url or self.records_path

    @property
    def insecure(self) -> tuple[str, ...]:
        """Names of settings that give protection away: the server warns of them, and `/health/ready` names them."""
        weak = {
            "trusted_proxies": "*" in {each.strip() for each in self.trusted_proxies.split(",")},
            "allowed_origins": any(_in_the_clear(each) for each in self.allowed_origins),
            "public_url": self.public_url is not None and _in_the_clear(self.public_url),
            "metrics": self.metrics == "everyone",
        }
        return tuple(name for name, is_weak in weak.items() if is_weak)

    @property
    def secure(self) -> bool:
        """Whether browsers come over HTTPS, so that the cookie may say so."""
        return self.public_url is not None and self.public_url.startswith("https://")


def _in_the_clear(address: str) -> bool:
    """Whether what browsers send there crosses a network unencrypted."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK
