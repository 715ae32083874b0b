"""Where verifications are kept: ``runs/verify/TIME-XXXX/verification.json``, readable by their owner only.

They stand beside the runs and not among them: nothing of a verification is ever resumed or rolled back. The oldest go when there
are more than `KEPT`; what is to be known for longer is for a history.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...checks.verdict import SCHEMA_VERSION, Verification
from ...inventory.errors import Exit, NothingMatched, NrRunError
from ...inventory.hiding.secrets import Secrets
from ..run.folder import RunFolder, new_path, plain_values
from ..run.json_names import document
from ..run.kept_runs import find_run

FOLDER, FILE = "verify", "verification.json"
#: So many are kept.
KEPT = 1000


def folder_of(runs: Path) -> Path:
    """Where the verifications of a runs folder are."""
    return runs / FOLDER


def make(runs: Path, secrets: Secrets, kind: str = FOLDER) -> RunFolder:
    """A new folder below ``kind``. Raises NrRunError when the disk does not take it."""
    return RunFolder(new_path(runs / kind), kind, secrets)


def make_anywhere(runs: Path, secrets: Secrets, stack: ExitStack, kind: str = FOLDER) -> tuple[RunFolder, str]:
    """The same of what only looks. Where the disk takes no folder: one that is gone afterwards, and why, since what is found is
    told all the same. Raises NrRunError where there is no room for that one either."""
    try:
        return make(runs, secrets, kind), ""
    except NrRunError as error:
        try:
            temporary = stack.enter_context(TemporaryDirectory(prefix="nr-run-"))
        except OSError:
            raise error from None
        return make(Path(temporary), secrets, kind), str(error)


def keep(folder: RunFolder, verification: Verification) -> None:
    """The record, whole and on the disk when this returns; and the oldest ones go. Raises NrRunError for a full disk."""
    keep_record(folder, FILE, verification.as_dict())


def kept(folder: RunFolder, verification: Verification) -> tuple[str, ...]:
    """The same; a sentence where the disk does not take it: what was found is told all the same."""
    return kept_record(folder, FILE, verification.as_dict())


def keep_record(folder: RunFolder, name: str, record: Mapping[str, Any]) -> None:
    """As keep(), of any record of something that is only looked at."""
    folder.write_json(name, document(plain_values(record)), durable=True)
    for path in sorted(path for path in folder.path.parent.glob("2*-*") if path.is_dir())[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def kept_record(folder: RunFolder, name: str, record: Mapping[str, Any]) -> tuple[str, ...]:
    """As kept(), of any record."""
    try:
        keep_record(folder, name, record)
    except NrRunError as error:
        return (str(error),)
    return ()


def code_after(code: Exit, unkept: Sequence[str]) -> Exit:
    """The exit code where these sentences say that the record could not be kept: no success, and what was found comes first."""
    return Exit.ERROR if unkept and code is Exit.OK else code


def newest(runs: Path) -> Path | None:
    """The folder of the newest verification that has a record; None where there is none."""
    place = folder_of(runs)
    found = sorted(path.parent for path in place.glob(f"2*-*/{FILE}")) if place.is_dir() else []
    return found[-1] if found else None


def load(folder: Path) -> dict[str, Any]:
    """The record of one verification, as plain values. Raises NothingMatched where there is none that can be read."""
    try:
        record = json.loads((folder / FILE).read_text(encoding="utf8"))
    except (OSError, ValueError):
        raise NothingMatched(f"{folder} has no verification that can be read") from None
    if not isinstance(record, Mapping) or record.get("schema_version") != SCHEMA_VERSION:
        raise NothingMatched(f"{folder} has a verification of another version of nr-run, and this one reads {SCHEMA_VERSION}")
    return dict(record)


def find(runs: Path, name: str) -> Path:
    """The folder of a verification by its id or the end of it. Raises NothingMatched."""
    return find_run(folder_of(runs), name)
