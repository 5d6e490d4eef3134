"""The file that `nowboard backup` writes: a tar of a manifest and two files, compressed with zstd."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import msgspec
import zstandard

from nowboard.errors import BadRequest

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
JOURNAL: Final = "journal.db"
RECORDS: Final = "records.jsonl"
_PIECE: Final = 1024 * 1024
_MANIFEST_BYTES: Final = 64 * 1024
_OURS: Final = 0o600
"""There are secrets in it, such as the keys that sign embedded dashboards."""


class ArchivedFile(msgspec.Struct, frozen=True):
    """One file: its size and the BLAKE2b hash of its content."""

    name: str
    bytes: int
    blake2b: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds: the journal up to `offset` of `epoch` with so many events, and the records' schema."""

    format: int
    nowboard: str
    created_at: int
    epoch: str
    offset: int
    events: int
    schema: str
    rows: int
    files: tuple[ArchivedFile, ...]


def describe(folder: Path, name: str) -> ArchivedFile:
    """The entry of a file in the manifest."""
    digest, size = hashlib.blake2b(digest_size=32), 0
    with (folder / name).open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return ArchivedFile(name, size, digest.hexdigest())


def pack(folder: Path, manifest: Manifest, out: Path) -> None:
    """Write the archive to `out`: all of it, or nothing."""
    partial = out.with_name(out.name + ".partial")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OURS), "wb") as raw:  # noqa: PTH123 - a mode
            compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
            with compressor.stream_writer(raw, closefd=False) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
                content = msgspec.json.format(msgspec.json.encode(manifest))
                _add(tar, MANIFEST, len(content), io.BytesIO(content))
                for each in manifest.files:
                    with (folder / each.name).open("rb") as file:
                        _add(tar, each.name, each.bytes, file)
            raw.flush()
            os.fsync(raw.fileno())
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def unpack(archive: Path, folder: Path) -> Manifest:
    """Write the files of `archive` into `folder` and compare each with the manifest. Raises `BadRequest`."""
    with _opened(archive) as tar:
        manifest = _manifest(tar)
        for wanted in manifest.files:
            member = tar.next()
            if member is None or member.name != wanted.name or not member.isreg() or member.size != wanted.bytes:
                raise BadRequest(f"{archive}: {wanted.name} is missing or has another size", code="bad_backup")
            if _write(_content(tar, member), folder / wanted.name) != wanted.blake2b:
                raise BadRequest(f"{archive}: the content of {wanted.name} is not what was written", code="bad_backup")
    return manifest


def _add(tar: tarfile.TarFile, name: str, size: int, content: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, _OURS
    tar.addfile(entry, content)


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with archive.open("rb") as raw:
            reader = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(raw, closefd=False)
            with reader, tarfile.open(fileobj=reader, mode="r|") as tar:
                yield tar
    except (zstandard.ZstdError, tarfile.TarError, EOFError) as error:
        raise BadRequest(f"{archive} is no backup, or it is damaged: {error}", code="bad_backup") from error


def _manifest(tar: tarfile.TarFile) -> Manifest:
    member = tar.next()
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > _MANIFEST_BYTES:
        raise BadRequest("the file is not a backup: it does not begin with a manifest", code="bad_backup")
    try:
        manifest = msgspec.json.decode(_content(tar, member).read(), type=Manifest)
    except msgspec.DecodeError as error:
        raise BadRequest(f"the manifest of the backup is not valid: {error}", code="bad_backup") from error
    if manifest.format != FORMAT or {each.name for each in manifest.files} != {JOURNAL, RECORDS}:
        raise BadRequest(f"the backup has format {manifest.format}; this version reads {FORMAT}", code="bad_backup")
    return manifest


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(member)
    if content is None:
        raise BadRequest(f"{member.name} in the backup is not a file", code="bad_backup")
    return content


def _write(content: IO[bytes], path: Path) -> str:
    digest = hashlib.blake2b(digest_size=32)
    with path.open("wb") as file:
        while piece := content.read(_PIECE):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()
