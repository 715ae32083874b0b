"""The errors that the lab raises.

    LabError            something went wrong in the rehearsal lab
    ├── NoLab           no lab runs in that folder
    ├── NoSuchDevice    the lab has no device of that name
    └── NoSuchFault     no fault of that name, or arguments that it does not take

The message is one sentence.
"""

from __future__ import annotations

from collections.abc import Iterable


class LabError(Exception):
    """Base class of all errors of the lab."""

    exit_code = 1


class NoLab(LabError):
    """No lab runs in the folder that was given."""

    exit_code = 66


class NoSuchDevice(LabError):
    """The lab has no device of that name."""

    exit_code = 66


class NoSuchFault(LabError):
    """No fault has that name, or it does not take those arguments."""

    exit_code = 66


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean X?` for the nearest known word, or the list of known words."""
    names = sorted(known)
    import difflib  # only a wrong word needs it

    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    return f" Did you mean {close[0]}?" if close else f" Known: {', '.join(names)}."
