"""The value of a reference whose key is being changed, found again by another process that has references and no value.

The new key is kept under a reference of the user's, or as the next value beside the one in use; the former one under the
reference itself. So a process finds both by looking there, and a keyed fingerprint tells it which is which. Neither is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ..errors import SecretError
from .kept_secrets import kept_at
from .references import fetch
from .secrets import Given, Secrets


class GivenElsewhere(Struct, frozen=True):
    """One such reference, as it is told to another process: fingerprints, and no value.

    ``new`` is empty where no device is to get the new key; ``former`` where nobody knows the former one any more.
    ``begins``: the run begins, so that the former key has to be there; later it may be kept with the run alone.
    """

    reference: str
    to: str
    new: str
    former: str
    begins: bool

    def put_in(self, secrets: Secrets) -> None:
        """Find both values where this process can, and put them into its store. Raises SecretError that says what is missing."""
        there = {secrets.fingerprint_of(value): value for value in _there(self.reference, self.to, secrets.folders)}
        former = there.get(self.former, "")
        if self.begins and self.former and not former:
            fetch(self.reference, secrets.folders)  # where it is not there at all, that is said
            raise SecretError(f"{self.reference} has another value there than where the run began")
        if self.new and self.new not in there:
            raise SecretError(self._missing(secrets))
        secrets.replace(self.reference, there.get(self.new), Given(self.to, former, not self.new))

    def _missing(self, secrets: Secrets) -> str:
        if self.to:
            fetch(self.to, secrets.folders)
            return f"{self.to} has another value there than where the run began"
        return (
            f"the next value of {self.reference} is not there: it was made where the run began, stands beside the value in use, "
            "and is not sent; keep the new key under a reference that every worker has, and name it with --to"
        )


def given_elsewhere(secrets: Secrets) -> tuple[GivenElsewhere, ...]:
    """Of a store whose references are resolved."""
    secrets.name_former()
    known: Mapping[str, str] = secrets.fingerprints()
    return tuple(
        GivenElsewhere(
            reference,
            given.to,
            "" if given.withheld else known.get(reference, ""),
            secrets.fingerprint_of(given.former) if given.former else "",
            bool(secrets.folders),  # one that was restored reads nothing any more
        )
        for reference, given in secrets.given.items()
    )


def _there(reference: str, to: str, folders: tuple[Path, ...]) -> Iterator[str]:
    """What can be read of a key in any of its places: it is the former value before its rotation ends, and the new one then."""
    for place in (reference, to):
        if place:
            with suppress(SecretError):
                yield fetch(place, folders)
    kept = kept_at(reference, folders)
    if kept is not None:
        with suppress(SecretError):
            if value := kept.pending():
                yield value
