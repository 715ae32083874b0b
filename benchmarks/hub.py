"""How long planning, reading back and removing one more tunnel take on a hub that carries many, beside a parse by hier_config.

The hub has hundreds of crypto map entries, each with its key, transform set and access list, named or numbered, and other lines
(routes, and a long list) up to the size that is wanted. nr-run looks for names and numbers, plans and checks one more tunnel;
compares the running configuration afterwards with the one before (read back); and plans what takes the tunnel away again. What
stands beside it is one parse of the same text into the tree of hier_config, without any comparison. Both take turns in one
process, nothing that an earlier turn has parsed is at hand, and the median of the turns is printed.

    pip install hier_config; python benchmarks/hub.py --lines 1000,10000,50000

What counts are the ratios and how they grow: seconds depend on the machine.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from statistics import median
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from nr_run.changes import objects, selectors
from nr_run.changes.configurations import tree
from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.objects import read, read_desired
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan, plan_removal
from nr_run.changes.plans.removal import owned
from nr_run.checks.finding import against
from nr_run.checks.read_back import read_back
from nr_run.checks.readiness.device_facts import EndFacts
from nr_run.checks.readiness.precheck import precheck
from nr_run.inventory.intents.intent import CiscoTermination, End, IKEProposal, IPSecProposal, TunnelTermination
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.l2l.records import WantedEnd
from nr_run.services.l2l.tunnel_form import TunnelForm
from nr_run.services.service import Member, Site

PLATFORM = platform_for("2611", "12.2(8)T")
KEY = "<secret:new>"
IKE = IKEProposal(name="ike", encryption_algorithm="3des-cbc", authentication_algorithm="hmac-sha1", group=2)
IPSEC = IPSecProposal(name="esp", encryption_algorithm="3des-cbc", authentication_algorithm="hmac-sha1")
TUNNEL = """\
crypto isakmp policy {policy}
 encr 3des
 authentication pre-share
 group 2
crypto isakmp key {key} address 198.51.100.1
crypto ipsec transform-set NR-new esp-3des esp-sha-hmac
ip access-list extended NR-new
 permit ip 10.10.10.0 0.0.0.255 10.99.0.0 0.0.0.255
crypto map {map} {sequence} ipsec-isakmp
 set peer 198.51.100.1
 set transform-set NR-new
 set pfs group2
 match address NR-new
interface Ethernet0/0
 crypto map {map}
"""
VERSION = """\
Cisco Internetwork Operating System Software
IOS (tm) C2600 Software (C2600-IK9O3S-M), Version 12.2(8)T, RELEASE SOFTWARE (fc2)
hub uptime is 1 day
System image file is "flash:c2600.bin"
cisco 2611 (MPC860) processor (revision 0x203) with 61440K/4096K bytes of memory.
Configuration register is 0x2102
"""
ROUTES = """\
Codes: C - connected, S - static, I - IGRP, R - RIP, M - mobile, B - BGP

Gateway of last resort is 172.18.124.1 to network 0.0.0.0

     172.18.0.0/24 is subnetted, 1 subnets
C       172.18.124.0 is directly connected, Ethernet0/0
     10.0.0.0/24 is subnetted, 1 subnets
C       10.10.10.0 is directly connected, Ethernet0/1
S*   0.0.0.0/0 [1/0] via 172.18.124.1
"""


def _side(host: str, outside: str, net: str) -> TunnelTermination:
    prefix = IPv4Network(net)
    return TunnelTermination(
        host=host,
        interface="Ethernet0/0",
        outside_ip=IPv4Address(outside),
        protected_prefixes=(prefix,),
        probe_address=prefix[1],
        cisco=CiscoTermination(),
    )


END = End(_side("hub", "172.18.124.159", "10.10.10.0/24"), _side("new", "198.51.100.1", "10.99.0.0/24"))


def hub(lines: int, entries: int, form: str, more: str = "") -> str:
    """Running configuration of a hub with so many lines and entries, with the blocks of ``more`` where a device shows them.

    ``form`` says whether the lists of its entries are named or numbered.
    """
    blocks: dict[str, list[str]] = {"crypto isakmp policy": [], "crypto isakmp key": [], "crypto ipsec": [], "crypto map": []}
    lists: list[str] = []
    for number in range(entries):
        peer = f"192.0.{2 + number // 250}.{1 + number % 250}"
        rule = f"permit ip 10.10.10.0 0.0.0.255 172.{20 + number // 250}.{number % 250}.0 0.0.0.255"
        name = f"OLD-{number}" if form == "named" else str(2000 + number)
        blocks["crypto isakmp key"].append(f"crypto isakmp key <key:{number:08x}> address {peer}\n")
        blocks["crypto ipsec"].append(f"crypto ipsec transform-set OLD-{number} esp-3des esp-sha-hmac\n")
        blocks["crypto map"].append(
            f"crypto map HUB {10 * (number + 1)} ipsec-isakmp\n set peer {peer}\n set transform-set OLD-{number}\n"
            f" set pfs group2\n match address {name}\n"
        )
        lists.append(f"ip access-list extended {name}\n {rule}\n" if form == "named" else f"access-list {name} {rule}\n")
    for node in tree.parse(more):
        if node.line.startswith("ip access-list"):
            lists.insert(0, f"{node.text}\n")
        elif not node.line.startswith("interface"):
            next(block for start, block in blocks.items() if node.line.startswith(start)).append(f"{node.text}\n")
    crypto = "".join(line for block in blocks.values() for line in block)
    text = (
        "version 12.2\nhostname hub\ncrypto isakmp policy 10\n encr 3des\n hash md5\n authentication pre-share\n"
        f"{crypto}interface Ethernet0/0\n ip address 172.18.124.159 255.255.255.0\n crypto map HUB\n"
        "interface Ethernet0/1\n ip address 10.10.10.1 255.255.255.0\nip route 0.0.0.0 0.0.0.0 172.18.124.1\n"
    )
    new = sum(node.text.count("\n") + 1 for node in tree.parse(more) if not node.line.startswith("interface"))
    rest = max(0, lines + new - text.count("\n") - "".join(lists).count("\n") - 2)
    routes = "".join(
        f"ip route 172.{64 + n // 65536}.{n // 256 % 256}.{n % 256} 255.255.255.255 Null0\n" for n in range(rest // 2)
    )
    listed = "".join(
        f"access-list 199 permit tcp any host 203.0.{n // 256 % 256}.{n % 256} eq 80\n" for n in range(rest - rest // 2)
    )
    numbered = form == "numbered"
    return f"{text}{routes}{listed if numbered else ''}{''.join(lists)}{'' if numbered else listed}line vty 0 4\nend\n"


def whole(text: str) -> Configuration:
    """The text as a device's whole configuration; that it is judged to be that is a part of what is measured."""
    return Configuration("hub", "ios", "show running-config", text)


@dataclass(frozen=True)
class Work:
    """What nr-run does with one more tunnel on one hub; each step begins with nothing parsed."""

    before: str
    after: str
    change: Change

    def plan(self) -> Change:
        """Names and numbers, the change and its inverse, and all checks before it."""
        return _planned(self.before)[0]

    def read_back(self) -> None:
        """Both configurations compared."""
        assert not against(read_back(self.change, whole(self.before), whole(self.after), "now"))

    def remove(self) -> Change:
        """The tunnel taken away again with all that nothing else needs."""
        there, _ = _planned(self.after)
        assert not there
        items, stays = owned(read("ios", self.after), there.reused)
        return plan_removal("hub", "ios", items, self.after, stays=stays)


def _planned(running: str) -> tuple[Change, str]:
    wanted = read_desired("ios", TUNNEL.format(policy=1, key=KEY, map="NR-MAP", sequence=1))
    wants = WantedEnd("new", END, IKE, IPSEC, 2, None, "credential:new", 1)
    site = Site(Member("hub", END.local.role, wants), PLATFORM, running, {"credential:new": KEY}, None)
    names = TunnelForm(1, "crypto-map").names(site, wanted, read("ios", running))
    assert (names.access_list, names.transform_set) == ("NR-new", "NR-new")
    text = TUNNEL.format(policy=names.policy_number, key=KEY, map=names.crypto_map, sequence=names.map_sequence)
    change = plan("hub", "ios", text, running, names.replacing)
    shown = {"show version": VERSION, "show running-config": running, "show startup-config": running, "show ip route": ROUTES}
    failed = {finding.check for finding in against(precheck(EndFacts(END, PLATFORM, shown, change, "")))}
    # No device of that model has room for so much.
    assert failed <= {"nvram"}, failed
    return change, text


def work_on(lines: int, entries: int, form: str) -> Work:
    """The hub before and after one more tunnel."""
    before = hub(lines, entries, form)
    change, text = _planned(before)
    return Work(before, hub(lines, entries, form, text), change)


def forget() -> None:
    """Nothing that was parsed stays at hand."""
    for kept in (tree.parse, objects.nodes_of, objects.read, selectors.network):
        kept.cache_clear()


def by_other() -> Callable[[str], Any] | None:
    """The parse of hier_config; None, with a word, where it is not installed."""
    try:
        other: Any = importlib.import_module("hier_config")
    except ImportError:
        click.echo("hier_config is not installed and is left out", err=True)
        return None
    return lambda text: other.get_hconfig(other.Platform.CISCO_IOS, text)


def timed(step: Callable[[], object]) -> float:
    """Seconds of one step from nothing."""
    forget()
    start = time.process_time()
    step()
    return time.process_time() - start


def measure(work: Work, other: Callable[[str], Any] | None, times: int) -> dict[str, float]:
    """Median seconds of each step and of the other's parse, which take turns."""
    steps: dict[str, Callable[[], object]] = {"plan": work.plan, "read back": work.read_back, "remove": work.remove}
    if other:
        steps["other"] = lambda: other(work.before)
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(times):
        for name, step in steps.items():
            taken[name].append(timed(step))
    return {name: median(seconds) for name, seconds in taken.items()}


def _numbers(_context: click.Context, _option: click.Parameter, value: str) -> list[int]:
    try:
        return [int(word) for word in value.split(",")]
    except ValueError:
        raise click.BadParameter("numbers of lines, as in 1000,10000,50000") from None


@click.command()
@click.option("--lines", default="1000,10000,50000", show_default=True, callback=_numbers, help="Lines of the configuration.")
@click.option("--entries", default=500, show_default=True, type=click.IntRange(min=1), help="Crypto map entries, where they fit.")
@click.option("--times", default=5, show_default=True, type=click.IntRange(min=1), help="The median of so many turns.")
@click.option("--alone", is_flag=True, help="Without hier_config.")
def main(lines: Sequence[int], entries: int, times: int, *, alone: bool) -> None:
    """Time one more tunnel on a hub that has many."""
    made = Table(title=f"One more tunnel on a hub; milliseconds, median of {times}; in brackets the part of a hier_config parse")
    for name in ("lines", "entries", "lists", "plan", "read back", "remove", "hier_config parse"):
        made.add_column(name, justify="right")
    other = None if alone else by_other()
    for size in lines:
        for form in ("named", "numbered"):
            fitting = min(entries, max(1, size // 10))
            work = work_on(size, fitting, form)
            found = measure(work, other, times)
            cells = (_cell(found[name], found.get("other")) for name in ("plan", "read back", "remove"))
            parse = f"{found['other'] * 1000:.1f}" if "other" in found else "-"
            made.add_row(str(work.before.count("\n")), str(fitting), form, *cells, parse)
    Console(width=110 if not sys.stdout.isatty() else None).print(made)


def _cell(seconds: float, other: float | None) -> str:
    return f"{seconds * 1000:.1f}" + (f" ({seconds / other:.2f})" if other else "")


if __name__ == "__main__":
    main()
