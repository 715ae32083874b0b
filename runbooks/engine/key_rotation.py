"""Give deployments another pre-shared key on every end that is ours, verify it by new SAs, and only then let the old one go.

The change itself is a deploy: the planner sees that the devices have another key than the reference, edits it in place, clears
the SAs and verifies new ones; whatever fails rolls both ends back to the old key. What is done here is the place of the key:

next value kept beside -> run -> proved: it takes the place; rolled back or refused: it is forgotten; manual steps are needed:
both stay
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from ...inventory.errors import ChangeError, NrRunError, UsageError
from ...inventory.files.did_you_mean import hint
from ...inventory.hiding.kept_secrets import KeptSecret, kept_at, new_key, replaceable
from ...inventory.hiding.references import check_preshared_key, fetch
from ...inventory.hiding.secrets import Secrets
from ...inventory.models.platforms import Platform
from ...services.besides import WithFarKeys, WithSecrets
from ...services.registry import declared
from ...services.service import Deployment, Service
from ..history.file import writing
from ..history.write import key_changed
from ..run.authentic import journal_of
from ..run.journal_states import ENDED, begun
from .context import Context
from .outcome import Result, TunnelOutcome
from .plans.every_intent import every_intent
from .plans.planning import DeploymentPlan
from .verifying.confirmations import Confirming, keys_given_back

#: Results after which the devices have the new key and not the old one.
_DONE = (Result.VERIFIED, Result.SAS_UP, Result.DEGRADED)
#: Results after which it is not known which key the devices have.
_OPEN = (Result.ROLLBACK_INCOMPLETE, Result.NOT_VERIFIED)


class Rotation(Struct):
    """One key. ``to`` is a reference of the user's where the new key is kept already, empty if nr-run makes one.

    ``keeps`` is False in a plan and in a rehearsal: nothing is written then.
    """

    deployment: Deployment
    reference: str
    to: str
    keeps: bool
    #: True while a person has not said that an end which is not ours has the new key.
    is_open: bool = False
    kept: KeptSecret | None = None
    #: What a person has to know or do, a sentence each.
    told: list[str] = field(default_factory=list)
    _was_there: bool = False
    #: Keeps other rotations of this key away, from before the next value is looked for until it has its place or is forgotten.
    _held: int | None = None
    _settled: bool = False

    @property
    def name(self) -> str:
        """Of what has the key."""
        return self.deployment.name

    def begin(
        self,
        service: Service,
        others: Sequence[Deployment],
        secrets: Secrets,
        elsewhere: Mapping[str, str],
    ) -> None:
        """Put the new value in the place of the old one in the store of this run. Raises ChangeError, SecretError, NrRunError.

        ``others`` are all that is intended of the service, and ``elsewhere`` has the references of the other services with what
        uses them: none may be the same key.
        """
        if not self.to:
            self._refuse_shared(service, others, elsewhere, secrets.folders)
        value = self._new_value(secrets)
        secrets.give(self.reference, value, to=self.to, withheld=not self.to and not self.keeps)

    def _refuse_shared(
        self, service: Service, others: Sequence[Deployment], elsewhere: Mapping[str, str], folders: tuple[Path, ...]
    ) -> None:
        """The devices of the others would keep the old key, and nothing else would: their ends that are not ours for ever.

        One file has many names: its place decides, and not the reference.
        """
        place = _place(self.reference, folders)
        every = [(one, reference) for one in others for reference in service.references(one)]
        shared = sorted(
            {
                one.name
                for one, reference in every
                if (one.name, reference) != (self.name, self.reference) and _place(reference, folders) == place
            }
        )
        shared += dict.fromkeys(noun for reference, noun in elsewhere.items() if _place(reference, folders) == place)
        if shared:
            raise ChangeError(
                f"{self.reference} is the key of {', '.join(shared)} too, which would be left with a key that is kept nowhere: "
                f"keep the new key of {self.name} under a reference of its own and name it with --to"
            )

    def release(self) -> None:
        """Let other rotations of this key go on; what was never begun on a device leaves no key behind."""
        if not self._settled:
            self._abandon()
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
            self.told.append(f"{self.kept.next} has the key of an unfinished rotation; that one is used")
            check_preshared_key(pending, str(self.kept.next))
        return pending

    def stopped(self, states: Container[str], runs: Path) -> None:
        """The run ended before it had an outcome; ``states`` are what its journal has of the deployment.

        The devices have the new key where it was done, and may have it where it was begun and did not end.
        """
        self._settled = True
        if "done" in states:
            self._done(runs)
        elif "recorded" in states and not any(state in states for state in ENDED):
            self._both_stay()
        else:
            self._abandon()

    def end(self, outcome: TunnelOutcome, runs: Path) -> None:
        """Let the key that is not in use any more go; in doubt both stay. Raises NrRunError where a file cannot be replaced."""
        self._settled = True
        if self.keeps and self.is_open and not self.to and self.kept is not None:
            # No device has it; a person needs it, to give it to the end that is not ours.
            self.told.append(f"{self.kept.next} has the next key: set it on the end that is not ours, then run this again")
        elif not self.keeps or outcome.result is Result.PENDING:
            self._abandon()
        elif outcome.result in _DONE:
            self._done(runs)
        elif outcome.result in _OPEN:
            self._both_stay()
        else:
            self._abandon()
            if self._was_there and self.kept is not None:
                # Where nothing was touched, a device may have it since the rotation that was begun with it.
                not_taken = ", with the key that was not taken" if outcome.result is Result.ROLLED_BACK else ""
                self.told.append(f"{self.kept.next} stays{not_taken}: the next rotation uses it again")

    def _done(self, runs: Path) -> None:
        if self.to:
            self.told.append(
                f"the devices now have the key of {self.to}: write that into the intent in place of {self.reference}, or "
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
            key_changed(connection, self.deployment.service, self.name, int(datetime.now(UTC).timestamp()))


class Rotations(Struct):
    """The keys that one run changes, one of each deployment. ``key`` is the reference of it, empty where there is one alone.

    ``rehearsal``: every device is played; see `Rotation` for the rest.
    """

    to: str
    keeps: bool
    key: str = ""
    rehearsal: bool = False
    each: dict[str, Rotation] = field(default_factory=dict)

    def choose(self, service: Service, deployments: Sequence[Deployment]) -> dict[str, str]:
        """By name the reference of the key that is changed. Raises ChangeError where that is not certain, or nobody could."""
        for deployment in deployments:
            self.each[deployment.name] = Rotation(deployment, self._chosen(service, deployment), self.to, self.keeps)
        return {name: rotation.reference for name, rotation in self.each.items()}

    def _chosen(self, service: Service, deployment: Deployment) -> str:
        references = service.references(deployment)
        if self.key and self.key not in references:
            raise UsageError(f"--key {self.key}: {deployment.name} has {', '.join(references)}{hint(self.key, references)}")
        if not self.key and len(references) != 1:
            raise ChangeError(
                f"{deployment.name} has {len(references)} keys, and one is changed at a time: say which, "
                + " or ".join(f"--key {reference}" for reference in references)
            )
        chosen = self.key or references[0]
        if deployment.foreign:
            self._refuse_alone(service, deployment, chosen)
        return chosen

    def _refuse_alone(self, service: Service, deployment: Deployment, reference: str) -> None:
        """Raise ChangeError where an end that is not ours cannot follow, or would not in a rehearsal."""
        far = deployment.foreign[0].name
        if not isinstance(service, WithFarKeys):
            raise ChangeError(
                f"{far} is not ours, so the key of {deployment.name} cannot be changed on both ends at once: agree on a time, "
                f"change what {reference} holds, and deploy"
            )
        if self.rehearsal:
            raise ChangeError(
                f"{far} is played with the key of the inventory, and nobody changes it there: a change of this key is not "
                "rehearsed"
            )

    def ask(self, said: Confirming, service: Service) -> None:
        """Note of which of them a person has not said yet that the far end has the key."""
        for rotation in self.each.values():
            rotation.is_open = bool(said.open(said.asked(service, rotation.deployment, removal=False)))

    def begin(
        self,
        service: Service,
        others: Sequence[Deployment],
        secrets: Secrets,
        elsewhere: Mapping[str, str],
    ) -> None:
        """See `Rotation.begin`."""
        for rotation in self.each.values():
            rotation.begin(service, others, secrets, elsewhere)

    def release(self) -> None:
        """Let other rotations of these keys go on."""
        for rotation in self.each.values():
            rotation.release()

    def stopped(self, folder: Path, runs: Path) -> None:
        """The run in ``folder`` ended before it had outcomes: what became of each says its journal, and where that cannot be
        read both keys stay. An error of a file is told, and no more."""
        try:
            journal = journal_of(folder)
        except NrRunError as error:
            journal = []
            next(iter(self.each.values())).told.append(str(error))
        for name, rotation in self.each.items():
            try:
                # The first line of a journal is there before anything is done.
                rotation.stopped(begun(journal, name) if journal else {"recorded"}, runs)
            except NrRunError as error:
                rotation.told.append(str(error))

    def end(self, outcomes: Iterable[TunnelOutcome], runs: Path) -> None:
        """See `Rotation.end`: each by its own outcome. Raises the first NrRunError when all have been seen to."""
        errors: list[NrRunError] = []
        for outcome in outcomes:
            try:
                self.each[outcome.tunnel].end(outcome, runs)
            except NrRunError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    @property
    def told(self) -> tuple[str, ...]:
        """What a person has to know or do, a sentence each."""
        return tuple(sentence for rotation in self.each.values() for sentence in rotation.told)


def _place(reference: str, folders: tuple[Path, ...]) -> str:
    """What a reference reads: the resolved path if it is a file, since one file has many names, else the reference itself."""
    kept = kept_at(reference, folders)
    return str(kept.path) if kept is not None else reference


def keys_elsewhere(inventory: Path, platforms: Mapping[str, Platform], besides: str) -> dict[str, str]:
    """The references of all that the other services are to have, each with what uses it. Raises IntentError."""
    found: dict[str, str] = {}
    for name, intended in every_intent(inventory, platforms).items():
        if name != besides and isinstance(intended, WithSecrets):
            found |= dict.fromkeys(intended.references(), f"a {declared().services[name].noun}")
    return found


def tell_of_keys(context: Context, plan: DeploymentPlan) -> None:
    """Among the notices of a run that undoes another: where the devices get a key of before, its reference holds another one."""
    keys = keys_given_back(context.service.references(plan.deployment), (member.change for member in plan.members))
    for reference in keys:
        told = (
            f"undone, {plan.name} has the former key again, and {reference} may hold the other one: write the former key "
            "there, or the next deploy changes it again"
        )
        if told not in context.notices:
            context.notices.append(told)


def left_to_rotate(journal: Sequence[Mapping[str, Any]], outcomes: Iterable[TunnelOutcome]) -> list[str]:
    """A sentence for each rotation that a resume has finished on the devices alone: what is left to do.

    A resume has no inventory, so it replaces no file: a deploy in between would change the key back.
    """
    if not journal or journal[0].get("runbook") != "rotate-psk":
        return []
    return [
        f"{outcome.tunnel} has its next key on the devices, and the file of the key may still hold the one before: "
        f"nr-run rotate-psk {outcome.tunnel} ends the rotation, and a deploy before that would change the key back"
        for outcome in outcomes
        if outcome.result in _DONE
    ]


def unfinished_rotations(service: Service, deployments: Sequence[Deployment], secrets: Secrets) -> list[str]:
    """A sentence for each key with a next value: a deploy would restore the old one on devices that have the new one."""
    rotates = service.name in declared().rotating
    told = []
    for deployment in deployments:
        ends = f"nr-run rotate-psk {deployment.name}" if rotates else "a deploy"
        for reference in service.references(deployment):
            kept = kept_at(reference, secrets.folders)
            if kept is not None and kept.next.exists():
                told.append(f"{kept.next} holds the next key of {deployment.name}: a rotation did not end; {ends} ends it")
    return told
