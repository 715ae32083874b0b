"""The plan of one deployment: rendered configuration, change, inverse and prechecks, from what its devices have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from ....changes.implicit_references import uses_of_peer
from ....changes.plans.change import Change, in_stages
from ....changes.plans.plan import plan
from ....checks.finding import Finding, Status, against
from ....checks.planned_running import running_with
from ....checks.readiness.device_facts import Device
from ....checks.readiness.rollback_methods import SelectedMethod, choose, timer_findings
from ....inventory.errors import DriftError, answers_of
from ....inventory.hiding.secrets import TOKEN
from ....inventory.models.platforms import Platform
from ....services.common.building import build
from ....services.common.prechecks import of_every_change
from ....services.service import Deployment, Member, Sight, Site, Stage
from ....tasks.clear import by_hand
from ....tasks.gather import Snapshot
from ....tasks.rollback_timers import ROLLBACK_TIMERS
from ....tasks.sessions.dialects import dialect_of
from ..context import Context
from ..verifying.confirmations import Asked, unconfirmed

#: Prechecks that ask whether a change can be made and undone; they say nothing about what is there already.
FOR_A_CHANGE = frozenset({"nvram", "default-policies", "boots", "reload-restores"})
#: Prechecks that find a rollback timer pending that another run or person has armed.
TIMERS = frozenset({"reload-timer", "revert-timer", "event-manager", "kron-timer"})
#: What is at odds while a timer is pending, and whose remedies would make a half-done change permanent, or take its way back.
WHILE_PENDING = frozenset({"saved", "reload-restores"})


class MemberPlan(Struct, frozen=True):
    """One member: what its device should have, what it has, and what is done about it."""

    member: Member
    platform: Platform
    snapshot: Snapshot
    desired: str
    decisions: tuple[str, ...]
    #: In one piece; ``change.stages`` are its stages where there are several.
    change: Change
    prechecks: tuple[Finding, ...]
    #: How the device rolls itself back; None without a rollback timer.
    method: SelectedMethod | None = None

    @property
    def timer_shows(self) -> tuple[str, ...]:
        """What tells the state of its rollback timer."""
        return ROLLBACK_TIMERS[self.method.name].shows if self.method and self.change else ()

    @property
    def host(self) -> str:
        """Name of the device."""
        return self.member.host

    @property
    def sight(self) -> Sight:
        """What the service is shown of it."""
        return Sight(self.member, self.platform, self.snapshot.running, self.change)

    def stage_change(self, index: int) -> Change:
        """What is pushed in the stage of this index, in the order of pushing."""
        return self.change.stages[index] if self.change.stages else self.change


class Push(Struct, frozen=True):
    """The lines of one stage go to one member."""

    stage: int
    title: str
    member: MemberPlan
    change: Change


class Hold(Struct, frozen=True):
    """The gate of a stage has to hold before anything that follows."""

    stage: int
    title: str
    gate: Stage


class DeploymentPlan(Struct, frozen=True):
    """All members, in the order of the intent; the first is the one from which traffic is sent."""

    deployment: Deployment
    members: tuple[MemberPlan, ...]
    #: True if the deployment is removed.
    removal: bool = False
    #: What only a person can know of it, with who has confirmed it; nothing where nothing is changed.
    confirmations: tuple[Asked, ...] = ()
    #: True if the change is for a test alone: it is rolled back whatever it showed.
    trial: bool = False
    #: True if a change in place is rolled back: its stages go in the order of undoing, without gates between them.
    back: bool = False
    #: The deployment as it is on the devices, if a run that built or changed it is rolled back; else None.
    undone: Deployment | None = None

    @property
    def name(self) -> str:
        """Name of the deployment."""
        return self.deployment.name

    @property
    def pushing(self) -> tuple[MemberPlan, ...]:
        """The members in the order in which they are changed."""
        by_host = {member.host: member for member in self.members}
        return tuple(by_host[host] for host in self.deployment.pushing)

    @property
    def walk(self) -> tuple[Push | Hold, ...]:
        """Pushes and gates in order: the same list is shown and applied. The last gate is the proof of the whole.

        A removal goes through the stages in the order of their way back, and asks for no gate but the last; so does a change in
        place that is rolled back.
        """
        return tuple(self._walk())

    @property
    def order(self) -> tuple[int, ...]:
        """Indices of the stages in the order in which they are applied."""
        backwards = self.removal or self.back
        return self.deployment.way_back if backwards else tuple(range(len(self.deployment.stages)))

    def _walk(self) -> Iterator[Push | Hold]:
        stages = self.deployment.stages
        order = self.order
        several = any(member.change.stages for member in self.members)
        for place, number in enumerate(order if several else order[-1:]):
            stage = stages[number]
            for member in self.pushing:
                change = member.stage_change(place)
                if change:
                    yield Push(place, stage.name, member, change)
            if several and not (self.removal or self.back) and place < len(order) - 1:
                yield Hold(place, stage.name, stage)

    @property
    def everywhere(self) -> str:
        """The members, for a sentence: "both ends", "all 3 devices"."""
        count = len(self.members)
        return self.members[0].host if count == 1 else "both ends" if count == 2 else f"all {count} devices"

    @property
    def have(self) -> str:
        """ "has" or "have", after `everywhere`."""
        return "has" if len(self.members) == 1 else "have"

    @property
    def are(self) -> str:
        """ "is" or "are", after `everywhere`."""
        return "is" if len(self.members) == 1 else "are"

    @property
    def were(self) -> str:
        """ "was" or "were", after `everywhere`."""
        return "was" if len(self.members) == 1 else "were"

    @property
    def they(self) -> str:
        """ "it was" or "they were"."""
        return "it was" if len(self.members) == 1 else "they were"

    @property
    def nowhere(self) -> str:
        """None of the members, for a sentence: "neither end has"."""
        return (
            f"{self.members[0].host} has not"
            if len(self.members) == 1
            else "neither end has"
            if len(self.members) == 2
            else "none of the devices has"
        )

    @property
    def changed(self) -> bool:
        """False if no device needs a change."""
        return any(member.change for member in self.members)

    @property
    def replaces(self) -> bool:
        """True if at least one member has it in another form."""
        return any(member.change.replaces for member in self.members)

    @property
    def objections(self) -> tuple[Finding, ...]:
        """Prechecks that forbid the change, or forbid to call the existing deployment healthy.

        Where a timer is pending, that comes first: to save, or to do without a way back, would be the wrong advice. What could
        not be told of a route is told by the traffic of a proof.
        """
        found = [
            finding
            for member in self.members
            for finding in member.prechecks
            if (member.change or finding.check not in FOR_A_CHANGE)
            and (self.changed or (finding.check, finding.status) != ("route", Status.UNVERIFIED))
        ]
        pending = {finding.subject for finding in against(found) if finding.check in TIMERS}
        return against(item for item in found if not (item.subject in pending and item.check in WHILE_PENDING))

    @property
    def to_be_saved(self) -> tuple[MemberPlan, ...]:
        """Members with nothing to change which run what they have not saved, and which are saved all the same, as was asked."""
        asked = {f.subject for one in self.members for f in one.prechecks if f.check == "saved" and f.status is Status.WARNING}
        return tuple(member for member in self.members if not member.change and member.host in asked)

    def is_within(self, approved: Iterable[DeploymentPlan]) -> bool:
        """True if each step was approved for its device, if need be with another plan, which failed and left what it shared."""
        own = {member.host for member in self.members}
        ends = (member for plan_ in approved for member in plan_.members if member.host in own)
        allowed = {(member.host, step) for member in ends for step in member.change.forward}
        return all((member.host, step) in allowed for member in self.members for step in member.change.forward)

    def refuse_if_forbidden(self, unconfirmed_: Sequence[Asked] = ()) -> None:
        """Raise DriftError with all objections, one a line, and what has to be confirmed still."""
        lines = [f"{finding.subject}: {finding.sentence}" for finding in self.objections]
        lines += [unconfirmed(self.name, unconfirmed_)] if unconfirmed_ else []
        if lines:
            raise DriftError("\n".join(lines))


class Known(Struct, frozen=True):
    """What a plan starts from: what the devices showed, what they will run after the plans before, what was approved."""

    snapshots: Mapping[str, Snapshot]
    running: Mapping[str, str] = field(default_factory=dict)
    approved: DeploymentPlan | None = None

    def text(self, host: str) -> str:
        """The running configuration to plan on."""
        return self.running.get(host, self.snapshots[host].running.text)

    def change(self, host: str) -> Change | None:
        """What was approved for a device."""
        return next((member.change for member in self.approved.members if member.host == host), None) if self.approved else None


def plan_deployment(context: Context, deployment: Deployment, known: Known, *, accept_unsaved: bool = False) -> DeploymentPlan:
    """Plan that builds one deployment; without changes if it exists as intended.

    Raises ChangeError where a device has no safe place for it, SecretError where its key is nowhere.
    """
    keys = {reference: context.secrets.preshared_key(reference) for reference in context.service.references(deployment)}
    members = tuple(
        _member_plan(context, deployment, member, known, keys, accept_unsaved=accept_unsaved) for member in deployment.members
    )
    return DeploymentPlan(deployment, members)


def _member_plan(
    context: Context, deployment: Deployment, member: Member, known: Known, keys: Mapping[str, str], *, accept_unsaved: bool
) -> MemberPlan:
    """One member: each stage is planned on what the device will run after the stages before it."""
    platform, snapshot, running = context.platforms[member.host], known.snapshots[member.host], known.text(member.host)
    changes: list[Change] = []
    texts: list[str] = []
    decisions: list[str] = []
    with answers_of(member.host):
        for stage in deployment.stages:
            built = build(stage, Site(member, platform, running, keys, known.change(member.host), snapshot.outputs))
            change = plan(member.host, platform.os, built.text, running, built.replacing)
            running = running_with(change, running)
            changes.append(change)
            texts.append(built.text)
            decisions += built.decisions
        whole = in_stages(changes, deployment.way_back)
    made = MemberPlan(member, platform, snapshot, "".join(texts), tuple(decisions), whole, ())
    return _judged(context, made, accept_unsaved=accept_unsaved)


def _judged(context: Context, made: MemberPlan, *, accept_unsaved: bool) -> MemberPlan:
    """The same with its rollback method and prechecks, those of the service included."""
    with answers_of(made.host):
        seen = made.snapshot
        own = context.service.precheck(made.sight, seen.outputs, seen.observation.time, accept_unsaved=accept_unsaved)
    return checked(context, made, own, accept_unsaved=accept_unsaved)


def checked(context: Context, made: MemberPlan, own: Iterable[Finding], *, accept_unsaved: bool) -> MemberPlan:
    """The same with its rollback method, and with the prechecks of every change, which no service can leave out.

    Raises NotKnown where what the device showed is no answer.
    """
    outputs, time = made.snapshot.outputs, made.snapshot.observation.time
    with answers_of(made.host):
        chosen = choose(made.platform, outputs, context.timeouts.revert_in_minutes, made.change.inverse)
        device = Device(made.host, made.platform, outputs, made.change, time)
        every = of_every_change(made.sight, outputs, time, accept_unsaved=accept_unsaved)
        prechecks = tuple(dict.fromkeys((*own, *every, *timer_findings(device, chosen))))
    return replace(made, prechecks=prechecks, method=chosen)


def running_after(plan_: DeploymentPlan, running: dict[str, str]) -> dict[str, str]:
    """Host to running configuration as it will be after this plan, for planning the next deployment."""
    after = dict(running)
    for member in plan_.members:
        after[member.host] = running_with(member.change, running.get(member.host, member.snapshot.running.text))
    return after


def write_plan(context: Context, plan_: DeploymentPlan) -> None:
    """What a person needs to judge the plan, and to do or undo it by hand, into the run folder."""
    write_texts(context, plan_, texts_of(plan_))


def write_texts(context: Context, plan_: DeploymentPlan, texts: Mapping[str, str]) -> None:
    """As write_plan(), with what texts_of() has made of it."""
    for name, text in texts.items():
        context.folder.write(name, text)
    for member in plan_.members:
        place = f"{plan_.name}/{member.host}"
        context.folder.write(f"{place}/running-before.cfg", member.snapshot.running.text + "\n")
        for command, text in member.snapshot.outputs.items():
            if not command.endswith("-config"):
                context.folder.write(f"{place}/before/{file_name(command)}.txt", text + "\n")


def texts_of(plan_: DeploymentPlan) -> dict[str, str]:
    """Name of a file below the run folder to what is planned, for a person."""
    texts: dict[str, str] = {}
    for member in plan_.members:
        place = f"{plan_.name}/{member.host}"
        texts[f"{place}/rendered.cfg"] = member.desired
        texts[f"{place}/change.cfg"] = _header(member) + member.change.forward_text
        texts[f"{place}/rollback.cfg"] = _header(member) + member.change.inverse_text + _clearing(member)
        texts[f"{place}/blast-radius.txt"] = "".join(f"{sentence}\n" for sentence in member.change.blast_radius)
    return texts


def file_name(command: str) -> str:
    """Name of the file that keeps the output of a command."""
    return command.replace(" ", "-").replace("/", "_").rstrip(":")


def keep_outputs(context: Context, place: str, outputs: Mapping[str, str]) -> None:
    """Write each output into this folder of the run, one file per command."""
    for command, text in outputs.items():
        context.folder.write(f"{place}/{file_name(command)}.txt", text + "\n")


def _header(member: MemberPlan) -> str:
    tokens = sorted(set(TOKEN.findall(member.change.forward_text + member.change.inverse_text)))
    notes = "".join(f"! put the key in place of {token}\n" for token in tokens)
    return f"! {member.host}, at the privileged prompt\n{notes}"


def _clearing(member: MemberPlan) -> str:
    before = member.snapshot.running.objects
    wanted = member.change.peers if member.change.created or member.change.replaces else ()
    peers = [peer for peer in wanted if not uses_of_peer(before, peer, besides=member.change.own)]
    lines = by_hand(dialect_of(member.platform), peers, member.change.forward_text)
    return "".join(f"{line}\n" for line in lines)
