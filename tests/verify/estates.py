"""Estates of random shape and release for two figures: how many alarms without a fault, and how many faults called up.

A trial is a number: devices, form, and what is looked at follow from it. Each look is a real ``nr-run verify`` against the lab.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from nr_run.lab.entry import LabHandle

from ..runbooks.test_forms import SUITE, Ends, intend
from ..runbooks.test_ssh import OLD, STRONG, write_inventory
from ..warm import start_lab
from .estate import Estate

#: Devices, suite, and the forms that both can do.
SHAPES: tuple[tuple[tuple[str, str], tuple[str, str, int], tuple[tuple[int, str], ...]], ...] = (
    (("vpn2611", "vpn3640"), OLD, ((1, "crypto-map"),)),
    (("asa82", "vpn2611"), OLD, ((1, "crypto-map"),)),
    (("vpn3640-124", "c881"), STRONG, ((1, "crypto-map"),)),
    (("asa91", "c881"), STRONG, ((1, "crypto-map"),)),
    (("c881", "c881"), SUITE, ((1, "crypto-map"), (2, "crypto-map"), (1, "vti"), (2, "vti"))),
    (("c8000v-17", "c881"), SUITE, ((1, "crypto-map"), (2, "crypto-map"), (1, "vti"), (2, "vti"))),
    (("asa919", "c881"), SUITE, ((1, "crypto-map"), (2, "crypto-map"), (2, "vti"))),
    (("asa919", "asa919"), SUITE, ((2, "crypto-map"), (2, "vti"))),
)
#: A second network behind the near end, in which no device has an address: its pair is idle beside one that is up.
HALF_IDLE = "10.77.1.0/24"


class Seen(Struct, frozen=True):
    """One look: what was so, what was said of it, and whether that is false."""

    trial: int
    devices: str
    form: str
    what: str
    planted: bool
    word: str
    code: int
    false: bool
    sentence: str


class Trial(Struct):
    """One estate with its tunnel up."""

    number: int
    estate: Estate
    style: str
    label: tuple[str, str]

    def look(self, what: str, *words: str, planted: bool) -> Seen:
        """Verify, and hold it against what is so."""
        code, report = self.estate.verify(*words, "--deadline", "120", names=())
        (verdict,) = report["verdicts"]
        word = str(verdict["word"])
        false = word == "up" if planted else code != 0 or word not in ("up", "idle")
        return Seen(
            self.number, *self.label, f"{what} {' '.join(words)}".strip(), planted, word, code, false, verdict["sentence"]
        )

    def clear(self) -> None:
        """No SA is left on either device."""
        for name in self.estate.lab.devices:
            for line in ("clear crypto sa", "clear crypto ipsec sa", "clear crypto isakmp", "clear crypto isakmp sa"):
                self.estate.lab.exec(name, line)
            self.estate.lab.exec(name, "clear crypto ikev2 sa")

    @contextmanager
    def fault(self, name: str, *, device: str = "branch") -> Iterator[None]:
        """Something is broken on the way, or at a device."""
        self.estate.lab.fault(device, name)
        try:
            yield
        finally:
            self.estate.lab.fault(device, name, on=False)


def healthy(trial: Trial, chance: random.Random) -> Iterator[Seen]:
    """Up, up by tables, idle, brought up out of idle; with a part that is idle all the time where the form has pairs."""
    yield trial.look("up", planted=False)
    yield trial.look("up", "--no-probe", planted=False)
    trial.clear()
    if trial.style == "crypto-map":
        yield trial.look("idle", "--no-probe", planted=False)
    yield trial.look("out of idle", planted=False)
    for _ in range(chance.randint(0, 2)):
        yield trial.look("while SAs are renewed", *chance.choice([(), ("--no-probe",)]), planted=False)


def broken(trial: Trial, chance: random.Random) -> Iterator[Seen]:
    """One fault at a time: on the way, at a device, or in a configuration."""
    for plant in chance.sample(PLANTED, 3):
        yield from plant(trial)


def _lost_esp(trial: Trial) -> Iterator[Seen]:
    with trial.fault("drop-esp"):
        yield trial.look("ESP is lost", planted=True)


def _lost_ike(trial: Trial) -> Iterator[Seen]:
    with trial.fault("drop-ike"):
        trial.clear()
        yield trial.look("IKE is lost", planted=True)


def _dead(trial: Trial) -> Iterator[Seen]:
    with trial.fault("down"):
        trial.clear()
        yield trial.look("a device is dead", planted=True)


def _dead_near(trial: Trial) -> Iterator[Seen]:
    with trial.fault("down", device="hq"):
        trial.clear()
        yield trial.look("the other device is dead", planted=True)


def _shut(trial: Trial) -> Iterator[Seen]:
    """The outside interface of the branch is shut."""
    running = trial.estate.lab.exec("branch", "show running-config")
    outside = re.search(r"^interface (\S+)\n(?:(?!interface).*\n)*? ip address 172\.", running, re.MULTILINE)
    assert outside
    trial.estate.lab.exec("branch", f"configure terminal\ninterface {outside[1]}\nshutdown\nend")
    trial.clear()
    yield trial.look("the outside interface is shut", planted=True)
    trial.estate.lab.exec("branch", f"configure terminal\ninterface {outside[1]}\nno shutdown\nend")


def _configured(trial: Trial, what: str, lines: Sequence[str], undone: Sequence[str]) -> Iterator[Seen]:
    """Somebody types these lines on the branch; the tunnel has to be negotiated with them."""
    trial.estate.configure("branch", *lines)
    trial.clear()
    yield trial.look(what, planted=True)
    trial.estate.configure("branch", *undone)
    trial.clear()


def _unused(trial: Trial) -> Iterator[Seen]:
    """The map is taken off its interface, or the tunnel interface is shut."""
    running = trial.estate.lab.exec("branch", "show running-config")
    on_router = re.search(r"^interface (\S+)\n(?:(?!interface).*\n)*? crypto map (\S+)", running, re.MULTILINE)
    on_asa = re.search(r"^crypto map \S+ interface \S+", running, re.MULTILINE)
    if on_router:
        lines = [f"interface {on_router[1]}", f"no crypto map {on_router[2]}", "exit"]
        undone = [lines[0], f"crypto map {on_router[2]}", "exit"]
    elif on_asa:
        lines, undone = [f"no {on_asa[0]}"], [on_asa[0]]
    else:
        (name,) = re.findall(r"^interface (Tunnel\d+)", running, re.MULTILINE)
        lines, undone = [f"interface {name}", "shutdown", "exit"], [f"interface {name}", "no shutdown", "exit"]
    yield from _configured(trial, "the map or the tunnel interface is not in use", lines, undone)


def _past(trial: Trial) -> Iterator[Seen]:
    """A more specific route leads the far network to the inside."""
    running = trial.estate.lab.exec("branch", "show running-config")
    rest = r"(?:(?!interface).*\n)*?"
    inside = re.search(rf"^interface \S+\n{rest} nameif (\S+)\n{rest} ip address 10\.", running, re.MULTILINE)
    way = f"route {inside[1]}" if inside else "ip route"
    intent = (trial.estate.inventory / "vpn" / "intent.yaml").read_text()
    far, near = (
        ip_network(re.search(rf"host: {name}.*?protected_prefixes: \[([^],]+)", intent, re.S)[1])  # type: ignore[index]
        for name in ("hq", "branch")
    )
    half = next(far.subnets())
    line = f"{way} {half.network_address} {half.netmask} {near[77]}"
    yield from _configured(trial, "a more specific route leads past it", [line], [f"no {line}"])


def _other_key(trial: Trial) -> Iterator[Seen]:
    """The branch has another key than the other end."""
    real = (trial.estate.lab.credentials / "hq-branch-psk").read_text().strip()
    show = "more system:running-config" if trial.label[0].split(" and ")[1].startswith("asa") else "show running-config"
    typed: list[str] = []
    undone: list[str] = []
    parents: list[str] = []
    for line in trial.estate.lab.exec("branch", show).splitlines():
        parents = [*parents[: len(line) - len(line.lstrip())], line.strip()]
        if real in line:
            head, old = parents[:-1], parents[-1]
            new = old.replace(real, "An0ther-key-of-somebody")
            typed += [*head, f"no {old}", new, *("exit" for _ in head)]
            undone += [*head, f"no {new}", old, *("exit" for _ in head)]
    assert typed
    yield from _configured(trial, "another key", typed, undone)


PLANTED: list[Callable[[Trial], Iterator[Seen]]] = [
    *(_lost_esp, _lost_ike, _dead, _dead_near, _shut),
    *(_unused, _past, _other_key),
]


def apply_with_rollback(number: int, folder: Path) -> list[Seen]:
    """One trial, from a fresh lab to its last look."""
    chance = random.Random(number)  # noqa: S311 - a seed, no secret
    pair, suite, forms = chance.choice(SHAPES)
    pair = pair if chance.random() < 0.5 else pair[::-1]
    version, style = chance.choice(forms)
    devices = dict(zip(("hq", "branch"), pair, strict=True))
    with start_lab(folder / "lab", devices=devices, speed=20) as lab:
        _intend(lab, folder, devices, suite, version, style, chance)
        code, report = Ends(lab, folder).run("deploy-l2l", "--yes")
        assert code == 0, json.dumps(report, indent=1)
        trial = Trial(number, Estate(lab, folder), style, (" and ".join(pair), f"IKEv{version} {style}"))
        return [*healthy(trial, chance), *broken(trial, chance)]


def _intend(
    lab: LabHandle,
    folder: Path,
    devices: dict[str, str],
    suite: tuple[str, str, int],
    version: int,
    style: str,
    chance: random.Random,
) -> None:
    write_inventory(lab, folder / "inventory", devices, suite)
    if (version, style) != (1, "crypto-map"):
        intend(folder, version, style)
    path = folder / "inventory" / "vpn" / "intent.yaml"
    text = path.read_text()
    if style == "crypto-map" and chance.random() < 0.5:
        text = re.sub(r"(host: hq.*protected_prefixes: \[[^]]+)\]", rf"\1, {HALF_IDLE}]", text, count=1)
    if chance.random() < 0.5:
        text = text.replace("ipsec_proposals: [{name: esp,", "ipsec_proposals: [{name: esp, sa_lifetime_seconds: 120,")
    path.write_text(text)


def keep(seen: list[Seen], folder: Path, number: int) -> None:
    """What a trial saw, for the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number}.json").write_text(json.dumps([asdict(one) for one in seen]) + "\n")
