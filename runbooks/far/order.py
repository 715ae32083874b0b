"""What a far process is told of a run before its first job: references and never values, and which nr-run it has to be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from ...inventory.errors import SecretError
from ...inventory.hiding.given_values import GivenElsewhere, given_elsewhere
from ...inventory.hiding.secrets import Secrets

#: Folders whose code reads, judges and types; the lab is no part of it.
CODE = ("inventory", "templates", "parsers", "changes", "checks", "services", "tasks", "runbooks")


@cache
def build() -> str:
    """Which nr-run this is, to the letter of its code, on which Python: records of another one may mean something else."""
    package = Path(__file__).absolute().parents[2]
    digest = blake2b(digest_size=6)
    for name in CODE:
        folder = (package / name).resolve()  # an editable install has links here, which a search would not follow
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.parent.name != "__pycache__"):
            digest.update(f"{name}/{path.relative_to(folder)}\0".encode())
            digest.update(path.read_bytes())
    return f"nr-run {version('nr-run')} (build {digest.hexdigest()}, Python {sys.version_info[0]}.{sys.version_info[1]})"


class RunOrder(Struct, frozen=True):
    """One run. ``references`` are those that it has resolved, in that order, each with a fingerprint of its value.

    ``salt`` makes equal keys have equal tokens on every side. ``learns``: keys that only a device knows are told to the side of
    the engine, which has to be able to roll a change back from its own folder. ``given`` are those whose key is being changed.
    """

    run: str
    salt: str
    references: tuple[tuple[str, str], ...]
    learns: bool
    given: tuple[GivenElsewhere, ...] = ()

    @classmethod
    def of(cls, run: str, secrets: Secrets, *, learns: bool, also: Iterable[str] = ()) -> RunOrder:
        """Of a run whose references are resolved. ``also`` are some that only the far side needs: any value will do."""
        known, given = secrets.fingerprints(), given_elsewhere(secrets)
        withheld = {one.reference for one in given if not one.new}
        told = (item for item in known.items() if item[0] not in withheld)
        more = ((name, "") for name in dict.fromkeys(also) if name not in known)
        return cls(run, secrets.salt, (*told, *more), learns, given)

    def store(self, make: Callable[[str], Secrets] | None = None) -> Secrets:
        """The far side's own store: every reference is resolved there. Raises SecretError, which names the reference, where one
        is not there or has another value than where the run began."""
        secrets = make(self.salt) if make else Secrets.salted(self.salt)
        for given in self.given:
            given.put_in(secrets)
        for reference, fingerprint in self.references:
            secrets.resolve(reference)
            if fingerprint and secrets.fingerprint(reference) != fingerprint:
                raise SecretError(f"{reference} has another value there than where the run began")
        secrets.name_former()
        return secrets
