"""How long planning, reading back and undoing one more tunnel take on a hub that carries many, beside hier_config.

The hub has so many crypto map entries, each with its key, transform set and access list. nr-run plans one more tunnel, compares
the running configuration afterwards with the one before (read back), and computes from both what takes the tunnel away again
(restore). hier_config, which compares two whole configurations, computes the lines from the one to the other (its remediation)
and back (its rollback); what it says of order and of secrets is not judged here. It is installed in a virtual environment of its
own, which is removed afterwards, and is left out when that is not possible.

    python benchmarks/hub.py --entries 1,100,300,1000

What counts are the ratios and how they grow: seconds depend on the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from nr_run.changes import objects, tree
from nr_run.changes.configuration import Configuration
from nr_run.changes.plan import plan
from nr_run.changes.restore import restore
from nr_run.checks.finding import against
from nr_run.checks.read_back import read_back

OTHER = "hier-config==3.7.1"
PEER = """\
import json, sys, time
from hier_config import Platform, WorkflowRemediation, get_hconfig
before, after = (open(name, encoding="utf8").read() for name in sys.argv[1:3])
best = {}
for _ in range(int(sys.argv[3])):
    start = time.perf_counter()
    running, wanted = get_hconfig(Platform.CISCO_IOS, before), get_hconfig(Platform.CISCO_IOS, after)
    workflow = WorkflowRemediation(running, wanted)
    lines = list(workflow.remediation_config.all_children_sorted())
    there = time.perf_counter()
    back = list(workflow.rollback_config.all_children_sorted())
    done = time.perf_counter()
    assert lines and back
    for name, seconds in (("plan", there - start), ("restore", done - there)):
        best[name] = min(best.get(name, seconds), seconds)
print(json.dumps(best))
"""
TUNNEL = """\
crypto isakmp key <secret:new> address 198.51.100.1
crypto ipsec transform-set NR-new esp-3des esp-sha-hmac
ip access-list extended NR-new
 permit ip 10.10.10.0 0.0.0.255 10.99.0.0 0.0.0.255
crypto map HUB {sequence} ipsec-isakmp
 set peer 198.51.100.1
 set transform-set NR-new
 set pfs group2
 match address NR-new
"""


def hub(entries: int, more: str = "") -> str:
    """Running configuration of a hub, with the blocks of ``more`` where a device shows them."""
    blocks: dict[str, list[str]] = {"crypto isakmp key": [], "crypto ipsec": [], "crypto map": [], "ip access-list": []}
    for number in range(entries):
        peer = f"192.0.{2 + number // 250}.{1 + number % 250}"
        rule = f"permit ip 10.10.10.0 0.0.0.255 172.{20 + number // 250}.{number % 250}.0 0.0.0.255"
        blocks["crypto isakmp key"].append(f"crypto isakmp key <key:{number:08x}> address {peer}\n")
        blocks["crypto ipsec"].append(f"crypto ipsec transform-set OLD-{number} esp-3des esp-sha-hmac\n")
        blocks["crypto map"].append(
            f"crypto map HUB {10 * (number + 1)} ipsec-isakmp\n set peer {peer}\n set transform-set OLD-{number}\n"
            f" set pfs group2\n match address OLD-{number}\n"
        )
        blocks["ip access-list"].append(f"ip access-list extended OLD-{number}\n {rule}\n")
    for node in tree.parse(more):
        next(block for start, block in blocks.items() if node.line.startswith(start)).append(f"{node.text}\n")
    crypto = "".join(line for name, block in blocks.items() for line in block if name != "ip access-list")
    return (
        "version 12.2\nhostname hub\ncrypto isakmp policy 10\n encr 3des\n authentication pre-share\n group 2\n"
        f"{crypto}interface Ethernet0/0\n ip address 172.18.124.159 255.255.255.0\n crypto map HUB\n"
        "interface Ethernet0/1\n ip address 10.10.10.1 255.255.255.0\nip route 0.0.0.0 0.0.0.0 172.18.124.1\n"
        f"{''.join(blocks['ip access-list'])}line vty 0 4\nend\n"
    )


def shown(*texts: str) -> tuple[Configuration, ...]:
    """The texts as a device's whole configurations; that they are judged to be that is a part of what is measured."""
    return tuple(Configuration("hub", "ios", "show running-config", text) for text in texts)


def by_nr_run(entries: int, times: int) -> dict[str, float]:
    """Best seconds of each step. Nothing that an earlier round has parsed is at hand."""
    wanted = TUNNEL.format(sequence=10 * (entries + 1))
    before, after = hub(entries), hub(entries, wanted)
    best: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        best[name] = min(best.get(name, 1e9), time.perf_counter() - start)
        return result

    for _ in range(times):
        for kept in (tree.parse, objects.objects_in, objects._identity):
            kept.cache_clear()
        change = timed("plan", lambda: plan("hub", "ios", wanted, before))
        findings = timed("read back", lambda made=change: read_back(made, *shown(before, after), "now"))
        steps = timed("restore", lambda made=change: restore(made, *shown(before, after)))
        assert not against(findings)
        assert len(steps) == len(change.created)
    return best


def by_other(python: Path, folder: Path, entries: int, times: int) -> dict[str, float]:
    """Best seconds of hier_config for the same two texts."""
    files = {"before": hub(entries), "after": hub(entries, TUNNEL.format(sequence=10 * (entries + 1)))}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf8")
    command = [str(python), "-c", PEER, *(str(folder / name) for name in files), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def install(folder: Path) -> Path | None:
    """Python of a virtual environment that has the other; None, with a word, when it cannot be installed."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run([str(python), "-m", "pip", "-q", "install", OTHER], capture_output=True, text=True, check=False)
    if done.returncode:
        click.echo(f"{OTHER} cannot be installed and is left out", err=True)
        return None
    return python


def _numbers(_context: click.Context, _option: click.Parameter, value: str) -> list[int]:
    try:
        return [int(word) for word in value.split(",")]
    except ValueError:
        raise click.BadParameter("numbers of entries, as in 1,100,300") from None


@click.command()
@click.option("--entries", default="1,100,300,1000", show_default=True, callback=_numbers, help="Crypto map entries of the hub.")
@click.option("--times", default=5, show_default=True, type=click.IntRange(min=1), help="The best of so many.")
@click.option("--alone", is_flag=True, help="Without hier_config: install nothing.")
def main(entries: Sequence[int], times: int, *, alone: bool) -> None:
    """Time one more tunnel on a hub that has many."""
    made = Table(title=f"One more tunnel on a hub; milliseconds, best of {times}")
    for name in ("entries", "plan", "read back", "restore", "hier_config plan", "its rollback", "ratio"):
        made.add_column(name, justify="right")
    with tempfile.TemporaryDirectory() as place:
        python = None if alone else install(Path(place) / "venv")
        for count in entries:
            ours = by_nr_run(count, times)
            other = by_other(python, Path(place), count, times) if python else {}
            ratio = f"{sum(other.values()) / sum(ours.values()):.1f} x" if other else "-"
            cells = [ours["plan"], ours["read back"], ours["restore"], other.get("plan"), other.get("restore")]
            made.add_row(str(count), *("-" if cell is None else f"{cell * 1000:.1f}" for cell in cells), ratio)
    Console(width=110 if not sys.stdout.isatty() else None).print(made)


if __name__ == "__main__":
    main()
