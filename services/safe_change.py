"""The change of a runbook of one's own (`nr_run.safe_change`) as a deployment, so that a run that was killed can be finished.

It is no service that a command deploys: what it is for only the runbook knows, which verifies it. What a record of it can be
used for is to roll it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from msgspec import Struct

from ..changes.plans.change import Change
from ..checks.finding import Evidence, Finding, Status
from ..checks.observations.looks import Shown, Stimulus
from ..checks.observations.questions import Question
from ..inventory.errors import ChangeError, NothingMatched
from ..inventory.models.platforms import Platform
from .common.verifying import Seeing
from .service import Deployment, Member, Place, Removal, Seen, Service, Sight, Stage

NAME = "safe-change"


@dataclass(frozen=True, slots=True)
class Hosts:
    """The devices of one change, in the order in which they were named."""

    hosts: tuple[str, ...]


class AsPushed(Struct, frozen=True):
    """The gate of a safe change: the engine reads the lines back, and the runbook proves their purpose itself."""

    def asks(self, member: Member, platform: Platform) -> tuple[str, ...]:  # noqa: ARG002 - the same everywhere
        """A command that shows that the device is still the same one."""
        return ("show version",)

    def judge(self, seen: Sequence[Seen], *, removed: bool) -> tuple[Finding, ...]:
        """The device answers; the rest is the read-back's."""
        return tuple(self._judge(item, removed) for item in seen)

    def _judge(self, seen: Seen, removed: bool) -> Finding:
        host, shown = seen.member.host, bool(seen.outputs["show version"].strip())
        words = (
            f"the lines are {'gone' if removed else 'there'} by the read-back; what they are for is verified by the runbook alone"
        )
        evidence = (Evidence(host, "show version", "answers", "yes" if shown else "no", seen.time),)
        return Finding("as-pushed", host, Status.OK if shown else Status.UNVERIFIED, words, evidence)


class SafeChangeService:
    """The part of a service that a record needs."""

    name = NAME
    noun = "change"
    wanted = Hosts
    found_by = "nothing: {name} is in no intent"

    def intended(self, inventory: Path, platforms: Mapping[str, Platform]) -> NoReturn:  # noqa: ARG002
        """No inventory asks for one."""
        raise NothingMatched("a change made by a runbook of your own is in no intent")

    def deployment(self, wanted: Hosts) -> Deployment:
        """One stage on all devices."""
        members = tuple(Member(host, "device", None) for host in wanted.hosts)
        stage = Stage("change", (), AsPushed(), settle_seconds=0.0, undo=1)
        return Deployment(NAME, NAME, wanted, members, (), wanted.hosts, (stage,), found=False)

    def references(self, deployment: Deployment) -> tuple[str, ...]:  # noqa: ARG002
        """None: the texts hold tokens already."""
        return ()

    def places(self, deployment: Deployment) -> tuple[Place, ...]:  # noqa: ARG002
        """Nothing is known of where the devices stand."""
        return ()

    def precheck(self, sight: Sight, outputs: Mapping[str, str], time: str, *, accept_unsaved: bool) -> tuple[Finding, ...]:  # noqa: ARG002
        """None besides the prechecks of every change."""
        return ()

    def removal(self, deployment: Deployment, sight: Sight, running: str) -> Removal:  # noqa: ARG002
        """Raises ChangeError: a safe change cannot be removed by name."""
        raise ChangeError("a change of a runbook of one's own is undone by nr-run rollback, or by that runbook")

    def previous(self, deployment: Deployment, sights: Sequence[Sight]) -> Deployment | None:  # noqa: ARG002
        """None: it replaces no earlier form."""
        return None

    def traffic(self, deployment: Deployment, sights: Sequence[Sight]) -> NoReturn:  # noqa: ARG002
        """Never asked: its gate has no traffic."""
        raise ChangeError("a change of a runbook of one's own is verified by that runbook")

    def survey(self, deployment: Deployment, member: Member) -> tuple[Question, ...]:  # noqa: ARG002
        """A verification has no intent that names one."""
        return ()

    def stimulus(self, deployment: Deployment, member: Member, shown: Shown) -> tuple[Stimulus, ...]:  # noqa: ARG002
        """Nothing."""
        return ()

    def verdict(self, deployment: Deployment, seeing: Seeing) -> NoReturn:  # noqa: ARG002
        """Never asked: only its runbook could judge it."""
        raise ChangeError("a change of a runbook of one's own is verified by that runbook")

    def title(self, deployment: Deployment) -> str:
        """The names of its devices."""
        return f"a change on {', '.join(deployment.hosts)}"

    def for_people(self, deployment: Deployment) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing."""
        return ()

    def landmark(self, change: Change) -> str:
        """The first header that the change made."""
        return next((item.header for item in (*change.created, *change.removed)), "")


SAFE_CHANGE: Service = SafeChangeService()
