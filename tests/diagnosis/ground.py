"""A healthy tunnel between two devices of the lab, built by the product; mistakes are planted in it, and the product says why.

The judge is the product's own way: what a deployment asks its devices when it verifies a tunnel, and what it names when that
fails.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, field

from nr_run.checks.finding import against
from nr_run.lab.entry import LabHandle
from nr_run.runbooks.engine.context import Context, Timeouts
from nr_run.runbooks.engine.nornir_run import run_on, run_on_all
from nr_run.runbooks.engine.plans.planning import DeploymentPlan, Known, plan_deployment
from nr_run.runbooks.engine.run_setup import RunRequest, open_run
from nr_run.runbooks.engine.verifying.proof import Proof, prove_by_traffic
from nr_run.tasks.gather import gather
from nr_run.tasks.observe import observe

from .. import warm
from ..matrix.devices import HOSTS, PLAYED, Two, two

#: What is said to a line that is taken.
_TAKEN = re.compile(
    r"NOTE: This new crypto map|MUST|SECURITY WARNING|%Warning: weaker|^%? ?(?:IKEv2|WARNING|INFO)|LINK|LINEPROTO|%SYS|%CRYPTO"
)
_REFUSED = re.compile(r"^(?:%|ERROR|Command rejected)", re.MULTILINE)
#: Seconds that a device may take to boot on a slow machine.
BOOTS_IN = 120.0
Cell = tuple[tuple[str, str], tuple[str, str], int, str]


class Quiet:
    """Tells nobody."""

    def phase(self, host: str, words: str) -> None:
        """Nothing."""

    def say(self, words: str) -> None:
        """Nothing."""


class Side(Struct, frozen=True):
    """One end, as its healthy running configuration has it; ``far`` are the fields of the other end."""

    lab: LabHandle
    host: str
    os: str
    version: int
    style: str
    key: str
    interface: str
    address: str
    lan: str
    inner: str
    peer: str
    far_lan: str
    far_inner: str
    text: str

    def find(self, pattern: str) -> str:
        """The first group, or all, of the first place where the configuration has this; every mistake knows what it is in."""
        match = re.search(pattern, self.text, re.MULTILINE)
        assert match, (self.host, pattern)
        return match[1] if match.re.groups else match[0]

    def has(self, pattern: str) -> bool:
        """Whether the configuration has this."""
        return re.search(pattern, self.text, re.MULTILINE) is not None

    def type(self, lines: Sequence[str]) -> None:
        """Type lines in configuration mode; none may be refused."""
        said = self.lab.exec(self.host, "\n".join(("configure terminal", *lines, "end")))
        refused = [line for line in said.splitlines() if _REFUSED.match(line) and not _TAKEN.search(line)]
        assert not refused, (self.host, lines, said)

    @property
    def inside_interface(self) -> str:
        """The interface behind which the protected network is."""
        return self.find(rf"^interface (\S+)\n(?: .*\n)*? ip address {re.escape(self.inner)} ")


def verified(pair: Two) -> tuple[str, tuple[str, ...]]:
    """The word of ``nr-run verify``, and the causes that it names in their order."""
    words = ["verify", "--json", "--runs", str(pair.folder / "runs"), "--inventory", str(pair.folder / "inventory")]
    places = {"NR_RUN_CREDENTIALS": str(pair.lab.credentials), "XDG_CONFIG_HOME": str(pair.folder / "config")}
    done = warm.run([str(Path(sys.executable).parent / "nr-run"), *words], {**os.environ, **places}, timeout=300)
    assert done.stdout, done.stderr
    (verdict,) = json.loads(done.stdout)["verdicts"]
    return verdict["word"], tuple(cause["id"] for cause in verdict["causes"])


class Ground(Struct):
    """The lab with the tunnel, and the run that judges it."""

    pair: Two
    context: Context
    plan: DeploymentPlan
    sides: tuple[Side, Side]
    judged: list[Proof] = field(default_factory=list)

    def fresh(self) -> None:
        """Nothing is left of earlier negotiations, on either end."""
        for side in self.sides:
            for command in _CLEARING[side.os]:
                self.pair.lab.exec(side.host, command.format(peer=side.peer))

    def reach_again(self) -> None:
        """Wait until both devices let us in: one of them has booted."""
        deadline = time.monotonic() + BOOTS_IN
        while run_on(self.context.nornir, observe, {host: {} for host in HOSTS})[1]:
            assert time.monotonic() < deadline, "a device does not come back"
            time.sleep(0.2)

    def judge(self) -> Proof:
        """What the product says of the tunnel as it is now."""
        made = prove_by_traffic(self.context, self.plan)
        self.judged.append(made)
        return made

    def named(self) -> tuple[str, ...]:
        """The causes that it names, in their order; none for a tunnel that is verified."""
        made = self.judge()
        return tuple(made.cause.id.split(" or ")) if made.cause else ()


#: By peer, so that clients and other tunnels of the device keep theirs.
_CLEARING = {
    "ios": ("clear crypto sa peer {peer}", "clear crypto isakmp", "clear crypto ikev2 sa", "clear ip nat translation *"),
    "asa": ("clear crypto ipsec sa peer {peer}", "clear crypto isakmp sa", "clear crypto ikev1 sa", "clear crypto ikev2 sa"),
}


def _sides(pair: Two, cell: Cell) -> tuple[Side, Side]:
    key = (Path(pair.lab.credentials) / "hq-branch-psk").read_text().strip()
    made = []
    for host, platform, (own, far) in zip(HOSTS, cell[:2], (pair.ends, pair.ends[::-1]), strict=True):
        command = "more system:running-config" if platform[0] == "ASA" else "show running-config"
        made.append(
            Side(
                lab=pair.lab,
                host=host,
                os="asa" if platform[0] == "ASA" else "ios",
                version=cell[2],
                style=cell[3],
                key=key,
                interface=PLAYED[platform][2],
                address=own["outside_ip"],
                lan=own["protected_prefixes"][0].removesuffix("/24"),
                inner=own["probe_address"],
                peer=far["outside_ip"],
                far_lan=far["protected_prefixes"][0].removesuffix("/24"),
                far_inner=far["probe_address"],
                text=pair.lab.exec(host, command).replace("\r", ""),
            )
        )
    return made[0], made[1]


@contextmanager
def ground(folder: Path, cell: Cell) -> Iterator[Ground]:
    """The tunnel of this cell of the matrix, deployed and verified; then the run that judges it as often as is asked."""
    near, far, version, style = cell
    with two(folder, near, far) as pair:
        pair.write(version, style)
        code, report = pair.run("deploy-l2l", "--yes")
        assert code == 0, report
        before = {name: os.environ.get(name) for name in ("NR_RUN_CREDENTIALS", "XDG_CONFIG_HOME")}
        os.environ |= {"NR_RUN_CREDENTIALS": str(pair.lab.credentials), "XDG_CONFIG_HOME": str(folder / "config")}
        try:
            timeouts = Timeouts(ike=2.5, poll=0.3, reconnect=10.0, pings=5)
            wanted = RunRequest(
                "l2l", "deploy-l2l", (), folder / "inventory", folder / "judged", lab=False, debug=False, timeouts=timeouts
            )
            with open_run(wanted, Quiet()) as opened:
                context = opened.context
                arguments = {host: {"platform": context.platforms[host]} for host in HOSTS}
                snapshots = run_on_all(context.nornir, gather, arguments)
                (deployment,) = opened.deployments
                plan = plan_deployment(context, deployment, Known(snapshots))
                yield Ground(pair, context, plan, _sides(pair, cell))
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def healthy(made: Proof) -> bool:
    """Whether nothing is wrong with the tunnel and nothing is named. A VPN client of the device is lost by what is planted."""
    return made.cause is None and all(finding.check == "other-tunnels" for finding in against(made.findings))
