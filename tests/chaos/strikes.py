"""How each kind of fault strikes. A strike may leave something to be done later: that is returned with its time in seconds."""

from __future__ import annotations

import re
import resource
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from nr_run.lab.core.errors import NoSuchFault

from .device import Device, differing, lines_of
from .ground import Ground, Running
from .trial import ENDS, Strike

Later = tuple[float, Callable[[], None]]
#: Lines that a person can take out of a tunnel without a word of the device.
_ASA_PARTS = re.compile(
    r"crypto map \S+ \d+ (match address NR-|set peer )|crypto map \S+ interface|access-list NR-|route NR-|interface Tunnel\d"
)
_IOS_PARTS = re.compile(
    r"crypto isakmp key \S+ address 172\.18\.124\.|ip access-list extended NR-|ip route \S+ \S+ Tunnel\d|interface Tunnel\d"
)


@dataclass
class Scene:
    """What a strike can reach: the ground, the run under test, and what runs beside it."""

    ground: Ground
    main: Running
    beside: list[Running] = field(default_factory=list)
    #: Words of the strikes that could do nothing any more, or nothing on this device.
    late: list[str] = field(default_factory=list)


def strike(scene: Scene, what: Strike) -> list[Later]:
    """Let a fault strike now."""
    scene.ground.tell(f"strike: {what}")
    return _STRIKES[what.kind](scene, what)


def _kill(scene: Scene, what: Strike) -> list[Later]:
    scene.main.killed = True
    scene.main.process.kill()
    return []


def _stop(scene: Scene, what: Strike) -> list[Later]:
    scene.main.process.send_signal(signal.SIGSTOP)
    return [(what.seconds, lambda: scene.main.process.send_signal(signal.SIGCONT))]


def _signal(scene: Scene, what: Strike) -> list[Later]:
    number = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)[what.choice % 3]
    scene.main.process.send_signal(number)
    again = what.choice % 5 == 0  # the impatient press it twice
    return [(what.seconds % 1, lambda: scene.main.process.send_signal(number))] if again else []


def break_device(scene_ground: Ground, what: Strike) -> list[Later]:
    """A fault of the lab, at any time; what it brings into the configuration by itself is nobody's fault but the lab's."""
    ground, device, (name, *arguments) = scene_ground, scene_ground.devices[what.device], what.words
    before = lines_of(device.keys_shown)
    try:
        ground.lab.fault(device.name, name, *arguments)
    except NoSuchFault as error:
        raise AssertionError(f"the lab does not take {what}: {error}") from error
    _, more = differing(before, lines_of(device.keys_shown))
    if any("banner" in path[0] for path in more):
        ground.foreign[device.name].either |= more
    return [(what.seconds, lambda: ground.lab.fault(device.name, name, on=False))]


def _lab(scene: Scene, what: Strike) -> list[Later]:
    return break_device(scene.ground, what)


def _operators_line(scene: Scene, what: Strike) -> list[Later]:
    device, foreign = scene.ground.devices[what.device], scene.ground.foreign[what.device]
    network, gate = f"10.{200 + what.number % 50}.{what.number // 256}.0 255.255.255.0", "172.18.124.1"
    line = f"route outside {network} {gate}" if device.is_asa else f"ip route {network} {gate}"
    device.ask(f"configure terminal\n{line}")
    typed = {path for path in lines_of(device.keys_shown) if path[0].startswith(line)}
    foreign.added |= typed
    foreign.kept |= typed
    return []


def _operator_saves(scene: Scene, what: Strike) -> list[Later]:
    scene.ground.devices[what.device].ask("write memory")
    return []


def _operator_removes(scene: Scene, what: Strike) -> list[Later]:
    if any(line["state"] == "disarmed" for line in scene.ground.journal()):
        scene.late.append("the operator came when the run had looked at the tunnel for the last time")
        return []
    device = scene.ground.devices[what.device]
    before = device.keys_shown
    lines = _removals(device, before)
    if not lines:
        scene.late.append("there was nothing to remove")
        return []
    chosen = lines[what.choice % len(lines)]
    answer = device.ask("configure terminal\n" + "\n".join(chosen))
    gone, _ = differing(lines_of(before), lines_of(device.keys_shown))
    kind = re.sub(r"^(no|clear configure) ", "", chosen[-1])
    mine = {path for path in gone if path[-1].startswith(kind) or path[0].startswith((kind, *chosen[:-1]))}
    scene.ground.tell(f"the operator typed {chosen}: {answer.strip()[-200:]!r}; gone: {sorted(mine)}")
    scene.ground.foreign[what.device].removed |= mine
    return []


def _removals(device: Device, text: str) -> list[list[str]]:
    """What a person can take out of the tunnel on this device, as lines in configuration mode; what they may remove."""
    found: list[list[str]] = []
    if device.is_asa:
        for line in text.splitlines():
            if _ASA_PARTS.match(line):
                found.append([f"no {line.strip()}"])
        return found
    header = ""
    for line in text.splitlines():
        header = line if line[:1].strip() else header
        if _IOS_PARTS.match(line):
            found.append([f"no {line.strip()}"])
        elif line.startswith((" match address NR-", " crypto map ", " tunnel protection ")) and not header.startswith("!"):
            found.append([header.strip(), f"no {line.strip()}"])
    return found


def _second_run(scene: Scene, what: Strike) -> list[Later]:
    machine = ("here", "there")[what.choice % 2]
    command = "deploy-ra" if scene.ground.trial.ground == "clients" else "deploy-l2l"
    scene.beside.append(scene.ground.begin(command, "--yes", runs=scene.ground.folder / "runs2", machine=machine))
    return []


def _resume_beside(scene: Scene, what: Strike) -> list[Later]:
    scene.beside.append(scene.ground.begin("resume"))
    return []


def _reload(scene: Scene, what: Strike) -> list[Later]:
    device = scene.ground.devices[what.device]
    if device.is_asa:
        device.ask("reload noconfirm")
    elif "Save?" not in device.ask("reload\nno\n\n"):
        device.ask("reload\n\n")
    return []


def _disk_full(scene: Scene, what: Strike) -> list[Later]:
    size = what.number % 6000
    resource.prlimit(scene.main.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    return []


def _runs_folder(scene: Scene, what: Strike) -> list[Later]:
    runs = scene.ground.runs
    if not runs.exists():
        scene.late.append("there was no runs folder")
        return []
    if what.choice % 3 == 0:
        shutil.rmtree(runs, ignore_errors=True)
        return []
    away = runs.with_name("runs.away")
    runs.rename(away)
    if what.choice % 3 == 1:
        runs.write_text("")

    def back() -> None:
        """A person finds it and restores it."""
        if runs.is_file():
            runs.unlink()
        if not runs.exists():
            away.rename(runs)

    return [(1e9, back)]


def _cut_off(scene: Scene, what: Strike) -> list[Later]:
    def mend() -> None:
        for name in ENDS:
            scene.ground.lab.fault(name, "down", on=False)

    for name in ENDS:
        scene.ground.lab.fault(name, "down")
    return [(min(what.seconds, 8.0), mend)]


_STRIKES: dict[str, Callable[[Scene, Strike], list[Later]]] = {
    "kill": _kill,
    "kill, two resumes": _kill,
    "kill, no key": _kill,
    "stop": _stop,
    "signal": _signal,
    "lab": _lab,
    "clock": _lab,
    "operator's line": _operators_line,
    "operator saves": _operator_saves,
    "operator removes": _operator_removes,
    "second run": _second_run,
    "resume beside it": _resume_beside,
    "reload": _reload,
    "disk full": _disk_full,
    "runs folder": _runs_folder,
    "cut off": _cut_off,
}
