"""The whole safe deploy, as a user types it, beside plain scripts that do the same without any safety.

nr-run: lock, read, plan, arm the rollback timers, push, prove, disarm, save, compare; start of the process included. The others:
`show running-config`, the same lines, a ping until it is answered, two shows, save; their start included too. All begin with the
same configurations, and have to leave the same running and saved ones. The lab is a process of its own, whose devices' clocks run
ten times as fast, so that what a device does by itself (IKE, lost pings) weighs a tenth of what it would.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from functools import partial
from pathlib import Path

from measuring import NR_RUN, NotDone, Row, Sample, Sides, process, python_with

from nr_run.lab.entry import LabHandle, start
from nr_run.runbooks.engine.rehearsal.estate import KINDS, device_name, inside_of, tunnel_name, write_estate
from nr_run.runbooks.engine.rehearsal.rehearsal_lab import ordered

SPEED = 10.0
PAIRS, LATENCIES = (1, 20, 100), (0, 20, 100)
#: What a hub carries, and how many tunnels are added to it.
ENTRIES, ADDED = 300, 3
PLAIN = str(Path(__file__).with_name("plain.py"))
BEFORE = ("show running-config",)
AFTER = {
    "vpn3640": ("show crypto isakmp sa", "show crypto ipsec sa"),
    "c881": ("show crypto ikev2 sa", "show crypto ipsec sa"),
    "c8000v-17": ("show crypto ikev2 sa", "show crypto ipsec sa"),
    "asa919": ("show crypto ikev2 sa", "show crypto ipsec sa"),
}
#: What a device writes again each time that it shows its configuration; and the width of a terminal, which on an ASA is a line of
#: the configuration, and which Netmiko sets in every session.
AROUND = re.compile(
    r"! (?:Last configuration change|NVRAM config).*|(?:Building|Current|Using) .*|: .*|Cryptochecksum.*|terminal width \d+|!?\s*"
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A lab with an inventory, and what is asked of its devices."""

    folder: Path
    lab: LabHandle
    model: str
    #: The first devices of tunnels, which send the pings, each with its far end.
    pinging: Mapping[int, int]
    tunnels: Sequence[str]

    @property
    def environment(self) -> dict[str, str]:
        """In which a command finds the lab and nobody else's credentials."""
        own = {
            "NR_RUN_LAB_DIR": str(self.folder / "lab"),
            "XDG_CONFIG_HOME": str(self.folder),
            "XDG_STATE_HOME": str(self.folder),
        }
        return {**os.environ, **own}

    def show(self, command: str) -> dict[str, str]:
        """What each device shows, without what changes each time."""
        found = {device: self.lab.exec(device, command).splitlines() for device in self.lab.devices}
        return {device: "\n".join(line for line in lines if not AROUND.fullmatch(line)) for device, lines in found.items()}

    def configurations(self) -> dict[str, dict[str, str]]:
        """What runs and what is saved, by what shows it."""
        return {command: self.show(command) for command in ("show running-config", "show startup-config")}

    def lines(self, run: Path) -> dict[str, list[str]]:
        """The lines of a run for each device, all tunnels behind each other, with the keys in them."""
        found: dict[str, list[str]] = {}
        for tunnel in self.tunnels:
            for text in sorted((run / tunnel).glob("*/change.cfg")):
                typed = [line for line in text.read_text().splitlines() if not line.startswith("!")]
                own = [line for line in typed if line not in ("configure terminal", "end")]
                found.setdefault(text.parent.name, []).extend(self._with_key(line) for line in own)
        return found

    def _with_key(self, line: str) -> str:
        def value(found: re.Match[str]) -> str:
            return (self.lab.credentials / found[1]).read_text().strip()

        return re.sub(r"<secret:credential:([^>]+)>", value, line)

    def ping(self, number: int) -> list[str]:
        """What a person types for a ping through the tunnel, its answers included; nothing for a far end."""
        if number not in self.pinging:
            return []
        near, far = f"{inside_of(number)}.1", f"{inside_of(self.pinging[number])}.1"
        if self.model == "asa919":
            return [f"ping inside {far}"]
        if self.model == "vpn3640":
            return ["ping", "ip", far, "5", "100", "2", "y", near, "", "", "", "", "", ""]
        return [f"ping {far} source {near}"]


def nr_run(scene: Scene, tunnels: Sequence[str]) -> tuple[Sample, Path]:
    """One deploy by the command; its folder. Raises NotDone."""
    runs = scene.folder / "runs"
    where = ["--inventory", str(scene.folder / "inventory"), "--runs", str(runs), "--lab"]
    scene.lab.reset_counters()
    done = process([NR_RUN, "deploy-l2l", *tunnels, "--yes", "--json", *where], scene.environment)
    return {**done.sample, **trips(scene.lab)}, runs / json.loads(done.out)["run"]


def trips(lab: LabHandle) -> Sample:
    """The most round trips and logins of a device since the counters were reset; those of an SSH handshake are not counted."""
    counted = [lab.counters(device) for device in lab.devices]
    return {"trips": max(one.round_trips for one in counted), "logins": max(one.logins for one in counted)}


def by_script(scene: Scene, mode: str, python: str, lines: Mapping[str, Sequence[str]]) -> Sample:
    """One run of plain.py. Raises NotDone."""
    secret = {file: (scene.lab.credentials / file).read_text().strip() for file in ("device-username", "device-password")}
    enable = (scene.lab.credentials / "enable-secret").read_text().strip()
    kind, devices = KINDS[scene.model], {}
    for number in range(1, len(scene.lab.devices) + 1):
        place = scene.lab.devices[device_name(number)]
        devices[device_name(number)] = {
            "host": place.host, "port": place.port, "type": kind.platform, "ping": scene.ping(number),
            "before": BEFORE, "lines": lines[device_name(number)], "after": AFTER[scene.model],
        }  # fmt: skip
    job = scene.folder / "job.json"
    user, password = secret["device-username"], secret["device-password"]
    job.write_text(json.dumps({"mode": mode, "user": user, "password": password, "enable": enable, "devices": devices}))
    scene.lab.reset_counters()
    done = process([python, PLAIN, str(job)], scene.environment)
    return {**done.sample, **trips(scene.lab)}


@contextmanager
def scene_of(model: str, count: int, *, hub: bool) -> Iterator[Scene]:
    """A lab that plays an estate."""
    with tempfile.TemporaryDirectory(prefix="nr-run-bench-") as name:
        folder = Path(name)
        write_estate(folder / "inventory", count, [model], hub=hub)
        played, _, credentials = ordered(folder / "inventory", None, {})
        pinging = dict.fromkeys(range(2, count + 1), 1) if hub else {n: n + 1 for n in range(1, count, 2)}
        tunnels = [tunnel_name(number) for number in range(1, (count if hub else count // 2 + 1))]
        with start(folder / "lab", devices=played, credentials=credentials, speed=SPEED) as lab:
            yield Scene(folder, lab, model, pinging, tunnels)


@contextmanager
def opened(model: str, count: int, latency: int, *, hub: bool) -> Iterator[Sides]:
    """The sides of one row, on one lab."""
    with scene_of(model, count, hub=hub) as scene:
        if hub:
            burden(scene)
        scene.lab.keep()
        # The first run is no turn: it compiles what has to be, and says what the others are to type and to leave.
        _, run = nr_run(scene, scene.tunnels)
        lines, wanted = scene.lines(run), scene.configurations()
        for device in scene.lab.devices if latency else ():
            scene.lab.fault(device, "latency", latency)

        def judged(work: partial[Sample]) -> Sample:
            scene.lab.rewind()
            sample = work()
            found = scene.configurations()
            for command, texts in found.items():
                other = [device for device, text in texts.items() if text != wanted[command][device]]
                if other:
                    both = wanted[command][other[0]].split("\n"), texts[other[0]].split("\n")
                    told = "\n".join(unified_diff(*both, lineterm="", n=1))
                    raise NotDone(f"{', '.join(other)} show another {command} than nr-run left:\n{told}")
            return sample

        def ours(tunnels: Sequence[str]) -> Sample:
            return nr_run(scene, tunnels)[0]

        def alone() -> Sample:
            scene.lab.rewind()
            return ours(scene.tunnels[:1])

        sides = {"nr-run": partial(judged, partial(ours, scene.tunnels))}
        if hub:
            sides["nr-run, 1 tunnel"] = partial(alone)
        for mode, modules in (("plain", ["nornir_netmiko"]), ("tuned", ["nornir_netmiko"]), ("scrapli", ["scrapli"])):
            python = python_with(*modules)
            # scrapli has no word for a ping that asks its questions one by one, as 12.2 does.
            if python is not None and not (mode == "scrapli" and model == "vpn3640"):
                sides[mode] = partial(judged, partial(by_script, scene, mode, python, lines))
        yield sides


def burden(scene: Scene) -> None:
    """The hub carries so many tunnels of others already, and saves them."""
    hub = device_name(1)
    scene.lab.exec(hub, "\n".join(["configure terminal", *carried(scene.model), "end"]))
    scene.lab.exec(hub, "write memory")
    running = scene.lab.exec(hub, "show running-config")
    if (
        running.count("set peer 203.0.") != ENTRIES
        or scene.lab.exec(hub, "show startup-config").count("set peer 203.0.") != ENTRIES
    ):
        raise NotDone(f"the hub did not take or save its {ENTRIES} entries")


def carried(model: str) -> Iterator[str]:
    """The lines of a hub's entries."""
    asa, weak = model == "asa919", model == "vpn3640"
    outside = KINDS[model].interface
    yield f"crypto ipsec {'ikev1 ' if asa else ''}transform-set OLD {'esp-3des' if weak else 'esp-aes'} esp-sha-hmac"
    yield from () if asa else ("exit",)
    for number in range(ENTRIES):
        peer, network = f"203.0.{112 + number // 250}.{1 + number % 250}", f"172.{20 + number // 250}.{number % 250}.0"
        key, name = f"Old.{number}.key.of.this.bench", f"OLD-{number}"
        if asa:
            yield f"access-list {name} extended permit ip {inside_of(1)}.0 255.255.255.0 {network} 255.255.255.0"
            yield f"crypto map HUB {number + 1} match address {name}"
            yield f"crypto map HUB {number + 1} set peer {peer}"
            yield f"crypto map HUB {number + 1} set ikev1 transform-set OLD"
            yield from (f"tunnel-group {peer} type ipsec-l2l", f"tunnel-group {peer} ipsec-attributes")
            yield from (f"ikev1 pre-shared-key {key}", "exit")
        else:
            yield f"crypto isakmp key {key} address {peer}"
            yield f"ip access-list extended {name}"
            yield from (f"permit ip {inside_of(1)}.0 0.0.0.255 {network} 0.0.0.255", "exit")
            yield f"crypto map HUB {number + 1} ipsec-isakmp"
            yield from (f"set peer {peer}", "set transform-set OLD", f"match address {name}", "exit")
    yield from ("crypto map HUB interface outside",) if asa else (f"interface {outside}", "crypto map HUB", "exit")


def rows() -> Iterator[Row]:
    """Pairs on every model, and hubs."""
    for model in KINDS:
        for latency in LATENCIES:
            for pairs in PAIRS:
                yield Row(
                    f"deploy/{model}/{pairs}/{latency}", partial(opened, model, 2 * pairs, latency, hub=False), quick=pairs == 1
                )
            yield Row(f"hub/{model}/{ENTRIES}/{latency}", partial(opened, model, ADDED + 1, latency, hub=True))
