"""Names that files of a run folder had one release ago: runs of that release are still read."""

from __future__ import annotations

from pathlib import Path

#: The lines that undo the change of one device: name of now, and of then.
ROLLBACK, OLD_ROLLBACK = "rollback.cfg", "inverse.cfg"


def rollback_file(place: Path) -> Path:
    """The lines that undo the change of one device, in its folder; of both the newer name, which is what was written last."""
    new, old = place / ROLLBACK, place / OLD_ROLLBACK
    return old if old.exists() and not new.exists() else new
