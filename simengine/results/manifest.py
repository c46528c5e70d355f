"""The manifest of a result folder: every file with its length and sha256, and what the result is.

It is written last and carries a hash of itself, so a folder without a sound manifest is no whole result.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simengine.model.errors import Problem
from simengine.results.provenance import SCHEMA_VERSION

MANIFEST = "manifest.json"
FORMAT = "simengine-result"
DATA = "data.zarr"
VERIFYING_THREADS = 4
WHAT_TO_DO = "run it again into another folder, or restore the folder from a copy"
# What the manifest repeats of the attributes, so that a folder's status needs no array library.
FACTS = (
    "title", "portfolio", "scenario", "strategy", "currency", "start", "horizon_days", "seed", "n_paths",
    "first_path", "engine_version", "stream_version", "configuration_sha256", "result_hash",
)  # fmt: skip


@dataclass(frozen=True)
class FileRecord:
    n_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`files` by their path within the folder, `facts` as in `FACTS`."""

    files: Mapping[str, FileRecord]
    facts: Mapping[str, Any]


def encode(files: Mapping[str, FileRecord], attrs: Mapping[str, Any]) -> bytes:
    """The manifest as JSON; its `sha256` is that of the same text without that entry."""
    body = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        **{fact: attrs[fact] for fact in FACTS},
        "files": {path: {"bytes": r.n_bytes, "sha256": r.sha256} for path, r in sorted(files.items())},
    }
    # No newline at the end: a text that lost as much as its last character must not parse.
    return json.dumps(body | {"sha256": own_hash(body)}, indent=1, ensure_ascii=False).encode()


def is_result(folder: Path) -> bool:
    """Whether a folder holds a result of simengine, whole or not."""
    if (folder / DATA).exists():
        return True
    try:
        return FORMAT in (folder / MANIFEST).read_text(encoding="utf-8", errors="replace")[:200]
    except OSError:
        return False


def load(folder: Path) -> Manifest | Problem:
    """The manifest of a folder, or why it cannot be used."""
    file = folder / MANIFEST
    try:
        raw = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return missing(folder)
    except OSError as error:
        return refused(file, f"the manifest cannot be read: {error.strerror or error}")
    try:
        body = json.loads(raw)
        if body.get("format") != FORMAT:
            return refused(file, "the file is no manifest of simengine's")
        version = body["schema_version"]
        own = body.pop("sha256")
        files = {path: FileRecord(r["bytes"], r["sha256"]) for path, r in body["files"].items()}
        sound = own == own_hash(body)
        facts = {fact: body[fact] for fact in FACTS} if version == SCHEMA_VERSION else {}
    except (ValueError, KeyError, TypeError, AttributeError):
        return refused(file, "the manifest is damaged or truncated")
    if not sound:
        return refused(file, "the manifest is damaged: its content does not match its own hash")
    if version != SCHEMA_VERSION:
        is_newer = isinstance(version, int) and version > SCHEMA_VERSION
        return Problem(
            "result",
            f"a result of schema version {version}, {'newer' if is_newer else 'other'} than this simengine's",
            f"schema version {SCHEMA_VERSION}",
            "update simengine" if is_newer else "read it with the version of simengine that wrote it",
            str(file),
        )
    return Manifest(files, facts)


def verify(folder: Path, manifest: Manifest) -> list[Problem]:
    """Everything that is missing, damaged, truncated or too much, each with its file."""
    known = manifest.files
    with ThreadPoolExecutor(VERIFYING_THREADS) as pool:
        checked = pool.map(lambda path: _check(folder / path, known[path]), sorted(known))
        problems = [problem for problem in checked if problem is not None]
    present = (file for file in sorted((folder / DATA).rglob("*")) if file.is_file())
    strange = (file for file in present if file.relative_to(folder).as_posix() not in known)
    return problems + [
        refused(file, "a file among the data that the manifest does not know", "remove it")
        for file in strange
    ]


def refused(file: Path, arrived: str, remedy: str = WHAT_TO_DO) -> Problem:
    return Problem("result", arrived, "a result exactly as it was written", remedy, str(file))


def missing(folder: Path) -> Problem:
    """A folder without a manifest: cut short, not a result, or not there."""
    if not folder.is_dir():
        what = "a file" if folder.exists() else "nothing there"
        return Problem("result", what, "the folder of a result", "check the path", str(folder))
    if (folder / DATA).exists():
        return refused(folder, "an incomplete result: it has no manifest, so its writing was cut short")
    return Problem(
        "result", f"a folder without {MANIFEST}", "the folder of a result", "check the path", str(folder)
    )


def _check(file: Path, record: FileRecord) -> Problem | None:
    try:
        with file.open("rb") as stream:
            n_bytes = file.stat().st_size
            if n_bytes != record.n_bytes:
                how = "truncated" if n_bytes < record.n_bytes else "too long"
                return refused(file, f"the file is {how}: {n_bytes} bytes instead of {record.n_bytes}")
            if hashlib.file_digest(stream, "sha256").hexdigest() != record.sha256:
                return refused(file, "the file is damaged: its content is not what was written")
    except FileNotFoundError:
        return refused(file, "the file is missing")
    except OSError as error:
        return refused(file, f"the file cannot be read: {error.strerror or error}")
    return None


def own_hash(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
