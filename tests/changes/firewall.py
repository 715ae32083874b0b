"""A firewall of the rehearsal lab without a session: it takes lines, says what it thinks of them, and shows itself.

It shares no code with the planner, and refuses here what a person must not do either: a global line typed in a sub-mode.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from ipaddress import IPv4Address, IPv4Network
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan
from nr_run.changes.plans.steps import Step
from nr_run.inventory.intents.intent import Dpd, End, IKEProposal, IPSecProposal, TunnelTermination
from nr_run.inventory.models.platforms import platform_for
from nr_run.lab.asa.box import AsaBox
from nr_run.lab.asa.commands.execs import HANDLERS
from nr_run.lab.asa.configure import apply
from nr_run.lab.ios.commands.execs import Call
from nr_run.lab.ios.configure import Place
from nr_run.lab.ios.configure import read as read_line
from nr_run.lab.rehearsal import Rehearsal
from nr_run.services.common.building import desired
from nr_run.services.l2l.features import Names
from nr_run.services.l2l.records import WantedEnd
from nr_run.services.l2l.tunnel_form import TunnelForm
from nr_run.services.service import Member, Site

if TYPE_CHECKING:
    from nr_run.lab.core.access.session import Session

KEY = "<secret:credential:hq-branch-psk>"
#: What each firewall of the lab runs.
RELEASES = {"asa82": "8.2(5)", "asa91": "9.1(7)", "asa919": "9.19(1)"}
IKE = IKEProposal(
    name="ike", encryption_algorithm="aes-256-cbc", authentication_algorithm="hmac-sha1", group=5, sa_lifetime=86400
)
IPSEC = IPSecProposal(name="esp", encryption_algorithm="aes-256-cbc", authentication_algorithm="hmac-sha1")


class Firewall:
    """One ASA of the lab, made with the lines ``made_with``, whose ports it has; ``more`` is typed on it first."""

    def __init__(self, model: str, more: str = "", made_with: str = "") -> None:
        credentials = dict.fromkeys(("device-password", "enable-secret", "hq-branch-psk"), "Secret-4-the-lab")
        order = {"profile": model, "more": made_with.splitlines()} if made_with else model
        box = Rehearsal({model: order}, 1.0, credentials).boxes[model]
        assert isinstance(box, AsaBox)
        self.box, self.place = box, Place()
        self.enter(more.splitlines(), strict=False)
        self.place = Place()

    def enter(self, lines: Iterable[str], *, strict: bool = True) -> None:
        """Lines as they are typed in configuration mode; an error, and a line in a wrong mode, fail the test."""
        for line in lines:
            if line.strip() == "exit":
                assert self.place != Place(), "exit would leave configuration mode"
                self.place = self.place.outer
                continue
            answer = self._clear(line) if line.startswith("clear configure ") else self._apply(line, strict=strict)
            assert not any("ERROR" in text or text.startswith(("%", "BGP is")) for text in answer), (line, answer)

    def _apply(self, line: str, *, strict: bool) -> list[str]:
        reading, _ = read_line(self.box.release, self.place, line)
        in_its_mode = reading.leaf is None or reading.leaf.form.mode == self.place.mode
        assert in_its_mode or not strict, f"{line!r} is typed in {self.place.mode}"
        answer, self.place, _ = apply(self.box, self.place, line)
        return answer

    def _clear(self, line: str) -> list[str]:
        """What the firewall takes as a command, in whatever mode."""
        assert self.place == Place(), f"{line!r} is typed in {self.place.mode}"
        reading = self.box.release.execs[15].read(line)
        assert reading.leaf is not None, line
        session = cast("Session", SimpleNamespace(box=self.box, user="nr"))
        return asyncio.run(_answer(HANDLERS[reading.leaf.run](Call(session, dict(reading.values), line))))

    def cut(self) -> None:
        """The session ends, and configuration mode with it."""
        self.place = Place()

    def show(self) -> str:
        """The running configuration with its keys."""
        return "\n".join([": Saved", f"ASA Version {self.box.release.name} ", *self.box.config_lines(), ": end", ""])


async def _answer(work: Awaitable[list[str]]) -> list[str]:
    return await work


def lines_of(steps: Iterable[Step]) -> list[str]:
    """All lines of steps, in their order."""
    return [line for step in steps for line in step.lines]


def end_of(firewall: Firewall, far: str = "10.10.81.0/24", peer: str = "172.18.124.181") -> End:
    """A tunnel from the inside of the firewall to a branch."""
    inside = firewall.box.store.get("interface", firewall.box.profile.physical[1])
    assert inside is not None
    line = next(text for text in firewall.show().splitlines() if text.startswith(" ip address 10."))
    probe = IPv4Address(line.split()[2])
    outside = next(text for text in firewall.show().splitlines() if text.startswith(" ip address 172."))
    lan = IPv4Network(f"{probe}/24", strict=False)

    def termination(host: str, address: IPv4Address, net: IPv4Network, ping: IPv4Address) -> TunnelTermination:
        return TunnelTermination(
            host=host, interface="outside", outside_ip=address, protected_prefixes=(net,), probe_address=ping
        )

    net = IPv4Network(far)
    near = termination(firewall.box.name, IPv4Address(outside.split()[2]), lan, probe)
    return End(near, termination("c881", IPv4Address(peer), net, net[1]))


def wanted(
    model: str, end: End, running: str, *, ipsec: IPSecProposal = IPSEC, pfs_group: int | None = 5, name: str = "hq-branch"
) -> tuple[str, Names]:
    """Desired configuration on the names that the firewall has free, and those names; translation is left alone."""
    dpd = Dpd(interval_seconds=10, retries=3)
    wants = WantedEnd(name, end, IKE, ipsec, pfs_group, dpd, "credential:psk", 1, nat_exemption=False)
    platform = platform_for("ASA", RELEASES[model])
    site = Site(Member(end.local.host, end.local.role, wants), platform, running, {"credential:psk": KEY}, None)
    return desired(TunnelForm(1, "crypto-map"), site)


def planned(model: str, end: End, running: str, **more: object) -> Change:
    """The change that brings the tunnel to a firewall that runs ``running``."""
    text, names = wanted(model, end, running, **more)  # type: ignore[arg-type]
    return plan(end.local.host, "asa", text, running, names.replacing)
