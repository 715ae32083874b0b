"""How far a change of one tunnel has come, and what of it the recap shows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from ...checks.finding import Cause, Finding, Status, against
from ...inventory.errors import NrRunError
from ...services.service import Row
from .failover_test.failover_record import FailoverTest
from .outcome import DeviceRow
from .plans.planning import DeploymentPlan, MemberPlan
from .verifying.postchecks import BUILD, PostCheck
from .verifying.proof import Proof


class ChangeState(Struct):
    """How far a change has come: what has to be rolled back if it fails."""

    postcheck: PostCheck = BUILD
    armed: list[MemberPlan] = field(default_factory=list)
    touched: list[MemberPlan] = field(default_factory=list)
    saved: list[MemberPlan] = field(default_factory=list)
    #: Devices that this run itself has begun to save; ``saved`` are also those whose startup somebody else has written.
    saving: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    proof: Proof | None = None
    #: Host to the mark by which its armed rollback timer is recognised as this run's.
    marks: dict[str, str] = field(default_factory=dict)
    #: Devices whose session was lost while they were being armed: a timer there that fits is this run's.
    unsure: set[str] = field(default_factory=set)
    #: Devices on which a reload without a reason counted already when this run came to arm them: none there is this run's.
    after_another: set[str] = field(default_factory=set)
    #: Devices to which no line of the change was sent, as far as the journal of an interrupted run says.
    unsent: frozenset[str] = frozenset()
    #: True for a run that was interrupted: what others have changed since then is theirs, and no reason to end a verified tunnel.
    resumed: bool = False
    #: What a failover test has seen; None for a change that is to be kept.
    test: FailoverTest | None = None

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """What was found on the way and in the proof."""
        return (*self.findings, *(self.proof.findings if self.proof else ()))


class NotVerified(NrRunError):
    """The lines are on the devices, but the postcheck of the change failed."""

    def __init__(self, findings: Sequence[Finding], cause: Cause | None) -> None:
        """``findings`` are all; the sentence names the worst."""
        self.cause = cause
        worst = against(findings)
        super().__init__(f"{worst[0].subject}: {worst[0].sentence}" if worst else "nothing could be judged")


def rows(plan: DeploymentPlan, change_state: ChangeState, *, saved: bool) -> tuple[DeviceRow, ...]:
    """One line a member for the recap."""
    shown = change_state.proof.rows if change_state.proof else {}
    made = []
    for member in plan.members:
        row, touched = shown.get(member.host, Row("-", "-", None, None)), member in change_state.touched
        seen = (row.phase_1, row.phase_2, row.encaps, row.decaps)
        made.append(DeviceRow(member.host, touched, touched and saved, *seen, saved and not _unproved(change_state)))
    return tuple(made)


def _unproved(change_state: ChangeState) -> bool:
    return change_state.proof is None or any(item.status is Status.FAILED for item in change_state.proof.findings)
