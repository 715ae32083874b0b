"""From intent and what the boxes have to one plan a tunnel: rendered configuration, change, inverse, prechecks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...changes.allocate import Allocation
from ...changes.change import Change
from ...changes.implicit_references import goes_to
from ...changes.plan import plan
from ...checks.device_facts import Box
from ...checks.finding import Finding, Status, against
from ...checks.precheck import precheck
from ...checks.read_back import without
from ...checks.rollback_methods import Chosen, choose, fence
from ...inventory.errors import DriftError, answers_of
from ...inventory.intent import Crypto, End, Tunnel
from ...inventory.platforms import Platform
from ...inventory.secrets import TOKEN
from ...inventory.strength import narrow
from ...tasks.dialects import dialect_of
from ...tasks.gather import Snapshot
from ...tasks.render import render
from ...tasks.rollback_timers import FENCES
from .context import Context
from .nornir_run import run_on_all

#: Prechecks that ask whether a change can be made and undone; they say nothing about a tunnel that is there already.
FOR_A_CHANGE = frozenset({"nvram", "default-policies", "boots", "reload-restores"})
#: Prechecks that find a timer of somebody pending, who has not ended.
TIMERS = frozenset({"reload-timer", "revert-timer", "event-manager", "kron-timer"})
#: What is at odds while a timer is pending, and whose remedies would make a half-done change permanent, or take its way back.
WHILE_PENDING = frozenset({"saved", "reload-restores"})


@dataclass(frozen=True, slots=True)
class EndPlan:
    """One end: what the box should have, what it has, and what is done about it."""

    end: End
    platform: Platform
    snapshot: Snapshot
    desired: str
    decisions: tuple[str, ...]
    change: Change
    prechecks: tuple[Finding, ...]
    #: How the device goes back by itself; None without a dead-man.
    fence: Chosen | None = None

    @property
    def fence_shows(self) -> tuple[str, ...]:
        """What tells the state of its fence."""
        return FENCES[self.fence.name].shows if self.fence and self.change else ()

    @property
    def host(self) -> str:
        """Name of the device."""
        return self.end.local.host


@dataclass(frozen=True, slots=True)
class TunnelPlan:
    """Both ends; the first is the near one, from which the tunnel is brought up."""

    tunnel: Tunnel
    crypto: Crypto
    ends: tuple[EndPlan, EndPlan]
    #: True if the tunnel is to go.
    removal: bool = False

    @property
    def changed(self) -> bool:
        """False when both boxes have everything already."""
        return any(end.change for end in self.ends)

    @property
    def replaces(self) -> bool:
        """True if the tunnel is there in another form, on one end at least."""
        return any(end.change.replaces for end in self.ends)

    @property
    def objections(self) -> tuple[Finding, ...]:
        """Prechecks that forbid the change, or that forbid to call a tunnel healthy which is there already.

        Where a timer is pending, that comes first: to save, or to do without a way back, would be the wrong advice. What could
        not be told of a route is told by the traffic of a proof.
        """
        found = [
            finding
            for end in self.ends
            for finding in end.prechecks
            if (end.change or finding.check not in FOR_A_CHANGE)
            and (self.changed or (finding.check, finding.status) != ("route", Status.UNVERIFIED))
        ]
        pending = {finding.subject for finding in against(found) if finding.check in TIMERS}
        return against(item for item in found if not (item.subject in pending and item.check in WHILE_PENDING))

    @property
    def to_be_saved(self) -> tuple[EndPlan, ...]:
        """Ends with nothing to change which run what they have not saved, and which are saved all the same, as was asked."""
        asked = {f.subject for end in self.ends for f in end.prechecks if f.check == "saved" and f.status is Status.WARNING}
        return tuple(end for end in self.ends if not end.change and end.host in asked)

    def is_within(self, approved: Iterable[TunnelPlan]) -> bool:
        """True if each step was approved for its box, if need be with another tunnel, which failed and left what it shared."""
        allowed = {(end.host, step) for plan_ in approved for end in plan_.ends for step in end.change.forward}
        return all((end.host, step) in allowed for end in self.ends for step in end.change.forward)

    def refuse_if_forbidden(self) -> None:
        """Raise DriftError with all objections, one a line."""
        if self.objections:
            raise DriftError("\n".join(f"{finding.subject}: {finding.sentence}" for finding in self.objections))


@dataclass(frozen=True, slots=True)
class Known:
    """What a plan starts from: what the boxes showed, what they will run after the plans before, what was approved."""

    snapshots: Mapping[str, Snapshot]
    running: Mapping[str, str] = field(default_factory=dict)
    approved: TunnelPlan | None = None

    def text(self, host: str) -> str:
        """The running configuration to plan on."""
        return self.running.get(host, self.snapshots[host].running.text)

    def sequence(self, host: str) -> int | None:
        """The place in the crypto map that was approved on a box."""
        for end in self.approved.ends if self.approved else ():
            for item in end.change.created:
                if end.host == host and item.family.name == "crypto-map-entry":
                    return int(item.groups["sequence"])
        return None


def plan_tunnel(context: Context, tunnel: Tunnel, known: Known, *, accept_unsaved: bool = False) -> TunnelPlan:
    """Plan that builds one tunnel, or has nothing to do.

    Raises ChangeError where a box has no safe place for the tunnel, SecretError where its key is nowhere.
    """
    key = context.secrets.preshared_key(tunnel.preshared_key_ref)
    platforms = [context.platforms[end.local.host] for end in tunnel.ends]
    crypto = narrow(context.intent.resolve(tunnel), platforms)
    rendered = run_on_all(
        context.nornir,
        render,
        {
            end.local.host: {
                "tunnel": tunnel,
                "end": end,
                "platform": platform,
                "ike_version": crypto.ike_version,
                "ike": crypto.ike_proposals[0],
                "ipsec": crypto.ipsec_proposals[0],
                "pfs_group": crypto.pfs_group,
                "key": key,
                "running": known.text(end.local.host),
                "approved_sequence": known.sequence(end.local.host),
            }
            for end, platform in zip(tunnel.ends, platforms, strict=True)
        },
    )
    near, far = (
        _end_plan(
            end,
            platform,
            known.snapshots[end.local.host],
            rendered[end.local.host],
            known.text(end.local.host),
            accept_unsaved,
            context.waits.dead_man_minutes,
        )
        for end, platform in zip(tunnel.ends, platforms, strict=True)
    )
    return TunnelPlan(tunnel, crypto, (near, far))


def _end_plan(
    end: End,
    platform: Platform,
    snapshot: Snapshot,
    rendered: tuple[str, Allocation],
    running: str,
    accept_unsaved: bool,
    minutes: int,
) -> EndPlan:
    desired, names = rendered
    change = plan(end.local.host, platform.os, desired, running, names.replacing)
    box = Box(end, platform, snapshot.outputs, change, snapshot.observation.time)
    with answers_of(end.local.host):
        chosen = choose(platform, snapshot.outputs, minutes, change.inverse)
        prechecks = (*precheck(box, accept_unsaved=accept_unsaved), *fence(box, chosen))
    return EndPlan(end, platform, snapshot, desired, names.decisions, change, prechecks, chosen)


def running_after(plan_: TunnelPlan, running: dict[str, str]) -> dict[str, str]:
    """Running configurations as they will be, for planning the next tunnel; the order of lines is not a device's."""
    after = dict(running)
    for end in plan_.ends:
        left = without(end.change, running.get(end.host, end.snapshot.running.text))
        items = (*end.change.created, *(edit.after for edit in end.change.edited))
        added = (node for item in items for node in item.nodes)
        after[end.host] = "".join(f"{node.text}\n" for node in (*left, *added))
    return after


def write_plan(context: Context, plan_: TunnelPlan) -> None:
    """What a person needs to judge the plan, and to do or undo it by hand, into the run folder."""
    for end in plan_.ends:
        place = f"{plan_.tunnel.name}/{end.host}"
        folder = context.folder
        folder.write(f"{place}/rendered.cfg", end.desired)
        folder.write(f"{place}/change.cfg", _header(end) + end.change.forward_text)
        folder.write(f"{place}/inverse.cfg", _header(end) + end.change.inverse_text + _clearing(end))
        folder.write(f"{place}/touches.txt", "".join(f"{sentence}\n" for sentence in end.change.blast_radius))
        folder.write(f"{place}/running-before.cfg", end.snapshot.running.text + "\n")
        for command, text in end.snapshot.outputs.items():
            if not command.endswith("-config"):
                folder.write(f"{place}/before/{file_name(command)}.txt", text + "\n")


def file_name(command: str) -> str:
    """Of a file that holds what a command printed."""
    return command.replace(" ", "-").rstrip(":")


def _header(end: EndPlan) -> str:
    tokens = sorted(set(TOKEN.findall(end.change.forward_text + end.change.inverse_text)))
    notes = "".join(f"! put the key in place of {token}\n" for token in tokens)
    return f"! {end.host}, at the privileged prompt\n{notes}"


def _clearing(end: EndPlan) -> str:
    before = end.snapshot.running.objects
    wanted = end.change.peers if end.change.created or end.change.replaces else ()
    peers = [peer for peer in wanted if not goes_to(before, peer, besides=end.change.own)]
    words = dialect_of(end.platform).clear
    return "".join(f"{line.format(peer=peer)}\n" for peer in peers for line in words)
