"""docs/benchmarks.md from what has been measured: medians, ratios, targets, and under which load each row was measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from measuring import medians

#: A row is quiet where the load stayed below so many waiting processes a core, the benchmark's own two included.
QUIET = 1.5
Figures = Mapping[str, Mapping[str, float]]
MODELS = {"vpn3640": "12.2 telnet", "c881": "881", "c8000v-17": "C8000V", "asa919": "ASA 9.19"}

HEAD = """\
# Benchmarks

This page compares the cost of nr-run with that of the scripts that you would write instead. `make bench` takes a quick look.
`make bench-all` measures every row that has not been measured yet (hours; it can be interrupted and resumed). `make bench
ROWS='deploy/c881,hub'` measures rows again. Each of them writes this page. The figures are in `benchmarks/measured.json`;
`benchmarks/bench.py --list` names the rows.

All figures are medians. The sides of a row take turns, and the first side alternates. *Client* figures are those of the client's
own process, its start included; the devices are those of the lab, in another process on the same machine. *Latency* is added to
every packet of the client, SSH handshakes included. *Trips* are the most round trips of any one device, counted by the device
after the SSH handshake. After every turn of a deploy all devices must run and have saved the same lines as after nr-run's first
turn; otherwise the row is discarded. The simulated devices work ten times as fast as real ones.
"""
GROUPS = {
    "push": (
        "## Push",
        "Log in, read, push 45 lines of an unused access list, read back, show, log out; over telnet, with 20 threads, and\n"
        "without safety on either side. Rows are devices and latency in ms; the start of the process is not counted.",
    ),
    "deploy": (
        "## The whole safe deploy",
        "`nr-run deploy-l2l --yes`: lock, read, plan, arm the rollback timers, push, prove, disarm, save, compare. *plain* is\n"
        "nornir_netmiko as its documentation shows it, with 20 threads. *tuned* is the same with `fast_cli`, a short delay, no\n"
        "verification of echoes, known prompts and 100 threads. *scrapli* is that library with 100 threads. These do the work\n"
        "without any safety: show the configuration, type the same lines, ping until there is an answer, show, save\n"
        "(`benchmarks/plain.py`).",
    ),
    "hub": (
        "## A hub with 300 entries",
        "Three more tunnels to spokes that are ours, on a hub with 300 crypto map entries. *CPU a tunnel* is what each tunnel\n"
        "after the first one adds.",
    ),
    "processes": (
        "## Local processes",
        "`nr-run deploy-l2l --yes` over SSH from one process, and from two more beside the first. What counts is the processor\n"
        "time of each: the *first* plans, writes the journal and judges, the *others* talk to the devices. By Amdahl the first\n"
        "and the others take turns: 0.59 of one process's time is 1.7 times its speed. Wall time says that only on a machine\n"
        "with a core for each of them and one for the devices.",
    ),
    "verify": (
        "## Verify",
        "`nr-run verify` of a hub whose tunnels are up, with pings and verdicts, next to nornir_netmiko, which only reads the\n"
        "same show commands and parses them; and of an estate of 1,000 devices in 500 pairs without tunnels.",
    ),
    "parse": (
        "## Parse",
        "One reading of the output of so many peers, in milliseconds of CPU, each in a process of its own. The *floor*\n"
        "is written by hand for this very text and does less: it checks nothing, makes addresses, networks and numbers\n"
        "of the words, puts them into dictionaries, and leaves algorithms, ages and flags as text and the mask of a route\n"
        "for /24, as it is there. *TTP* has the template of nr-run, *TextFSM* that of ntc-templates, *Genie* is called\n"
        "without its schema check. All read the same texts, each only once: with other addresses and numbers, and as many\n"
        "lines. Of one peer, what is done once for a text (the command, the echo, the counts) outweighs it.",
    ),
    "start": (
        "## Start-up",
        "CPU of a process in milliseconds, next to `python -c pass`. Target: at most 80 more; 350 for a deploy's imports.",
    ),
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a row has to keep: a figure of two sides, at most so much."""

    says: str
    rows: re.Pattern[str]
    figure: Callable[[Figures], float]
    most: float


def ratio(figure: str, one: str = "nr-run", other: str = "plain") -> Callable[[Figures], float]:
    """What one side costs in parts of the other."""
    return lambda sides: sides[one][figure] / sides[other][figure]


def each_tunnel(sides: Figures) -> float:
    """CPU seconds of each tunnel after the first one."""
    return (sides["nr-run"]["cpu"] - sides["nr-run, 1 tunnel"]["cpu"]) / 2


def more_than_bare(sides: Figures) -> float:
    """Milliseconds of CPU beside those of a Python that does nothing."""
    return 1000 * (sides["nr-run"]["cpu"] - sides["bare Python"]["cpu"])


TARGETS = (
    Target("wall / plain", re.compile(r"deploy/[^/]+/1/100"), ratio("wall"), 0.6),
    Target("wall / plain", re.compile(r"deploy/[^/]+/(?:20|100)/100"), ratio("wall"), 1.0),
    Target("wall / plain", re.compile(r"deploy/[^/]+/(?:20|100)/0"), ratio("wall"), 1.5),
    Target("CPU / plain", re.compile(r"deploy/[^/]+/(?:20|100)/\d+"), ratio("cpu"), 2.0),
    Target(
        "two / one, by Amdahl",
        re.compile(r"processes/.*"),
        lambda sides: (sides["--processes 2"]["first"] + sides["--processes 2"]["others"] / 2) / sides["--processes 1"]["cpu"],
        0.59,
    ),
    Target("CPU a tunnel, s", re.compile(r"hub/.*"), each_tunnel, 1.5),
    Target("/ floor", re.compile(r"parse/.*"), ratio("ms", other="floor"), 2.0),
    Target("/ Genie", re.compile(r"parse/.*"), ratio("ms", other="Genie"), 1.0),
    Target("more, ms", re.compile(r"start/(?!imports).*"), more_than_bare, 80),
    Target("more, ms", re.compile(r"start/imports .*"), more_than_bare, 350),
)


def written(kept: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> str:
    """The page."""
    there = [name for name in names if name in kept]
    parts = [HEAD, "\n".join(_machine(kept, there, names))]
    for group, (title, says) in GROUPS.items():
        own = [name for name in there if name.startswith(f"{group}/")]
        missing = len([name for name in names if name.startswith(f"{group}/")]) - len(own)
        parts.append(f"{title}\n\n{says}\n")
        parts.append("\n".join(_table(group, {name: kept[name] for name in own})) if own else "Not measured yet.\n")
        if own and missing:
            parts.append(f"{missing} rows have not been measured yet.\n")
    return "\n".join(part if part.endswith("\n") else part + "\n" for part in parts)


def _machine(kept: Mapping[str, Mapping[str, Any]], there: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """The machines, how many rows, and how loaded it was."""
    yield "## The machine\n"
    for machine in {tuple(sorted(kept[name]["machine"].items())): None for name in there}:
        has = dict(machine)
        yield f"{has['cores']} cores of {has['processor']}, {has['memory_gb']} GB, {has['system']}, Python {has['python']}.\n"
    loud = [name for name in there if not quiet(kept[name])]
    yield f"{len(there)} of {len(names)} rows have been measured, each in as many turns as its column says."
    if loud:
        yield (
            f"**{len(loud)} of them were measured while other work kept the machine busy** (load above {QUIET:g} for each core,\n"
            "marked with `*`): their wall time says little, and CPU is higher than on a quiet machine. Trips do not change, and\n"
            "neither does which side has fewer."
        )
    yield ""


def quiet(row: Mapping[str, Any]) -> bool:
    """Whether nothing else kept the machine busy while it was measured."""
    load: Sequence[float] = row["load"]
    return max(load) <= QUIET * float(row["machine"]["cores"])


#: In which order sides stand beside each other.
ORDER = (
    "nr-run",
    "nr-run, 1 tunnel",
    "--processes 1",
    "--processes 2",
    "floor",
    "bare Python",
    "Genie",
    "TextFSM",
    "TTP",
    "plain",
    "plain, reads only",
    "plain with Genie, reads only",
    "tuned",
    "scrapli",
)


def _table(group: str, kept: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Contenders with one figure stand beside each other, those with several below each other."""
    yield from (_beside if group in ("parse", "start") else _below)(group, kept)
    yield ""


def _ordered(sides: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(sides), key=ORDER.index)


def _beside(group: str, kept: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    figure = "ms" if group == "parse" else "cpu"
    sides = _ordered(side for row in kept.values() for side in row["samples"])
    yield f"| {' | '.join(['row', *sides, 'targets', 'turns', 'load', 'of'])} |"
    yield f"|{'--|' * (len(sides) + 5)}"
    for name, row in kept.items():
        found = {side: medians(samples) for side, samples in row["samples"].items()}
        cells = [_number(group, figure, found.get(side, {}).get(figure)) for side in sides]
        yield f"| {' | '.join([_called(name), *cells, _targets(name, found), *_how(row)])} |"


def _below(group: str, kept: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    known = ("wall", "cpu", "first", "others", "trips", "memory", "lab memory")
    figures = [figure for figure in known if any(figure in side[0] for row in kept.values() for side in row["samples"].values())]
    yield f"| {' | '.join(['row', 'side', *map(UNITS.__getitem__, figures), 'targets', 'turns', 'load', 'of'])} |"
    yield f"|{'--|' * (len(figures) + 6)}"
    for name, row in kept.items():
        found = {side: medians(samples) for side, samples in row["samples"].items()}
        for number, side in enumerate(_ordered(found)):
            cells = [_number(group, figure, found[side].get(figure)) for figure in figures]
            about = [_targets(name, found), *_how(row)] if number == 0 else [""] * 4
            yield f"| {' | '.join([_called(name) if number == 0 else '', side, *cells, *about])} |"


def _how(row: Mapping[str, Any]) -> list[str]:
    """How often, under which load, and of which commit."""
    return [str(row["times"]), f"{row['load'][0]:g} to {row['load'][1]:g}{'' if quiet(row) else '*'}", f"`{row['commit']}`"]


UNITS = {
    "wall": "wall s",
    "cpu": "CPU s",
    "first": "first, CPU s",
    "others": "others, CPU s",
    "trips": "trips",
    "memory": "MB",
    "lab memory": "lab MB",
}


def _called(name: str) -> str:
    """A row for people."""
    group, *rest = name.split("/")
    if group in ("deploy", "processes"):
        return f"{MODELS[rest[0]]}, {rest[1]} pair{'s' * (rest[1] != '1')}, {rest[2]} ms"
    if group == "hub":
        return f"{MODELS[rest[0]]}, {rest[2]} ms"
    if group == "push":
        return f"{rest[0]} device{'s' * (rest[0] != '1')}, {rest[1]} ms"
    if group == "verify":
        return f"{rest[0]}, {rest[1]} {'tunnels' if rest[0] == 'hub' else 'devices'}"
    return f"`{rest[0]}`, {int(rest[1]):,}" if group == "parse" else f"`{'/'.join(rest)}`"


def _number(group: str, figure: str, value: float | None) -> str:
    if value is None:
        return "-"
    if figure == "trips":
        return f"{value:.0f}"
    if figure in ("memory", "lab memory"):
        return f"{value:.0f}"
    if group == "start":
        return f"{1000 * value:.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _targets(name: str, found: Figures) -> str:
    """Each figure of a target with what it may be, in bold where it is missed."""
    told = []
    for target in TARGETS:
        if target.rows.fullmatch(name):
            try:
                value = target.figure(found)
            except KeyError:  # a side that could not be compared here
                continue
            words = f"{target.says} {value:.3g}, at most {target.most:g}"
            told.append(words if value <= target.most else f"**{words}**")
    return "; ".join(told)
