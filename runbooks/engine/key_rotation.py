"""Give a deployment another pre-shared key on every end that is ours, verify it by new SAs, and only then let the old one go.

The change itself is a deploy: the planner sees that the devices have another key than the reference, edits it in place, clears
the SAs and verifies new ones; whatever fails rolls both ends back to the old key. What is done here is the place of the key:

next value kept beside -> run -> proved: it takes the place; rolled back or refused: it is forgotten; manual steps are needed:
both stay
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ...inventory.errors import ChangeError, NrRunError, UsageError
from ...inventory.files.did_you_mean import hint
from ...inventory.hiding.kept_secrets import KeptSecret, kept_at, new_key, replaceable
from ...inventory.hiding.references import check_preshared_key, fetch
from ...inventory.hiding.secrets import Secrets
from ...services.besides import WithFarKeys
from ...services.registry import declared
from ...services.service import Deployment, Service
from ..history.file import writing
from ..history.write import key_changed
from .outcome import Result, TunnelOutcome

#: After these the devices have the new key, and the old one is gone from them.
_DONE = (Result.VERIFIED, Result.SAS_UP)
#: After these nobody knows without looking, or a person has to look.
_OPEN = (Result.ROLLBACK_INCOMPLETE, Result.NOT_VERIFIED)


@dataclass(slots=True)
class Rotation:
    """One rotation. ``to`` is a reference of the user's where the new key is kept already, empty if nr-run makes one.

    ``keeps`` is False in a plan and in a rehearsal: nothing is written then.
    """

    to: str
    keeps: bool
    #: Which of several keys, by its reference; and whether every device is played.
    key: str = ""
    rehearsal: bool = False
    #: True while a person has not said that an end which is not ours has the new key.
    is_open: bool = False
    service: str = ""
    name: str = ""
    reference: str = ""
    kept: KeptSecret | None = None
    #: What a person has to know or do, a sentence each.
    told: list[str] = field(default_factory=list)
    _was_there: bool = False
    #: Keeps other rotations of this key away, from before the next value is looked for until it has its place or is forgotten.
    _held: int | None = None

    def choose(self, service: Service, deployments: Sequence[Deployment]) -> str:
        """The reference of the key that is changed. Raises ChangeError where that is not certain, or nobody could change it."""
        (deployment,) = deployments
        references = service.references(deployment)
        if self.key and self.key not in references:
            raise UsageError(f"--key {self.key}: {deployment.name} has {', '.join(references)}{hint(self.key, references)}")
        if not self.key and len(references) != 1:
            raise ChangeError(
                f"{deployment.name} has {len(references)} keys, and one is changed at a time: say which, "
                + " or ".join(f"--key {reference}" for reference in references)
            )
        self.reference = self.key or references[0]
        if deployment.foreign and not isinstance(service, WithFarKeys):
            far = deployment.foreign[0].name
            raise ChangeError(
                f"{far} is not ours, so the key of {deployment.name} cannot be changed on both ends at once: agree on a time, "
                f"change what {self.reference} holds, and deploy"
            )
        if deployment.foreign and self.rehearsal:
            raise ChangeError(
                f"{deployment.foreign[0].name} is played with the key of the inventory, and nobody changes it there: a change of "
                "this key is not rehearsed"
            )
        return self.reference

    def begin(self, service: Service, deployments: Sequence[Deployment], others: Sequence[Deployment], secrets: Secrets) -> None:
        """Put the new value in the place of the old one in the store of this run. Raises ChangeError, SecretError, NrRunError.

        ``others`` are all that is intended: none of them may have the same key.
        """
        (deployment,) = deployments
        self.service, self.name = deployment.service, deployment.name
        if not self.to:
            self._refuse_shared(service, others)
        secrets.give(self.reference, self._new_value(secrets))

    def _refuse_shared(self, service: Service, others: Sequence[Deployment]) -> None:
        """The devices of the others would keep the old key, and nothing else would: their ends that are not ours for ever."""
        shared = sorted({one.name for one in others if one.name != self.name and self.reference in service.references(one)})
        if shared:
            raise ChangeError(
                f"{self.reference} is the key of {', '.join(shared)} too, which would be left with a key that is kept nowhere: "
                f"keep the new key of {self.name} under a reference of its own and name it with --to"
            )

    def release(self) -> None:
        """Let other rotations of this key go on."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _new_value(self, secrets: Secrets) -> str:
        if self.to:
            value = fetch(self.to, secrets.folders)
            check_preshared_key(value, self.to)
            return value
        if not self.keeps:
            self.kept = kept_at(self.reference, secrets.folders)
            return (self.kept.pending() if self.kept else None) or new_key()
        self.kept = replaceable(self.reference, secrets.folders)
        self._held = self.kept.hold()
        pending = self.kept.pending()
        self._was_there = pending is not None
        if pending is None:
            pending = new_key()
            self.kept.keep_next(pending)
        else:
            self.told.append(f"{self.kept.next} holds the key of a rotation that did not end; that one is used")
            check_preshared_key(pending, str(self.kept.next))
        return pending

    def stopped(self, *, touched: bool) -> None:
        """The run ended before it had an outcome; ``touched``: a device may have the new key all the same."""
        if touched:
            self._both_stay()
        else:
            self._abandon()

    def end(self, outcome: TunnelOutcome, runs: Path) -> None:
        """Let the key that is not in use any more go; in doubt both stay. Raises NrRunError where a file cannot be replaced."""
        if self.keeps and self.is_open and not self.to and self.kept is not None:
            # No device has it; a person needs it, to give it to the end that is not ours.
            self.told.append(f"{self.kept.next} holds the next key: give it to the end that is not ours, then run this again")
        elif not self.keeps or outcome.result is Result.PENDING:
            self._abandon()
        elif outcome.result in _DONE:
            self._done(runs)
        elif outcome.result in _OPEN:
            self._both_stay()
        else:
            self._abandon()

    def _done(self, runs: Path) -> None:
        if self.to:
            self.told.append(
                f"the devices have the key of {self.to} now: write it into the intent in the place of {self.reference}, or "
                "the next deploy restores the old one"
            )
        elif self.kept is not None:
            self.kept.promote()
        with suppress(NrRunError):  # the history is an extra
            self._note(runs)

    def _both_stay(self) -> None:
        if self.kept is not None:
            words = f"the old key stays in {self.kept.path} and the new one in {self.kept.next}: a device may have either"
            self.told.append(words)

    def _abandon(self) -> None:
        """A key that no device has; one that an earlier rotation left is not for this one to forget."""
        if self.keeps and self.kept is not None and not self._was_there:
            self.kept.forget()

    def _note(self, runs: Path) -> None:
        with writing(runs) as connection:
            key_changed(connection, self.service, self.name, int(datetime.now(UTC).timestamp()))


def unfinished_rotations(service: Service, deployments: Sequence[Deployment], secrets: Secrets) -> list[str]:
    """A sentence for each key with a next value: a deploy would restore the old one on devices that have the new one."""
    told = []
    for deployment in deployments:
        for reference in service.references(deployment):
            kept = kept_at(reference, secrets.folders)
            if kept is not None and kept.next.exists():
                told.append(
                    f"{kept.next} holds the next key of {deployment.name}: a rotation did not end; {_ends(service)} ends it"
                )
    return told


def _ends(service: Service) -> str:
    """The command of the service that changes a key."""
    own = declared().services.get(service.name)
    return next((command.name for command in (own.commands if own else ()) if command.does == "rotate"), "a deploy")
