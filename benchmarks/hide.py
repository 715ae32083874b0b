"""What hiding costs, beside the two ways that a script would pick: replacing known values, and a list of regular expressions.

The text is the configuration of a hub with so many tunnels, each with a key of its own, or what `show crypto ipsec sa` prints of
them. nr-run hides by form and by value; ``replace`` puts a star for each known value, one after the other; ``deny-list`` replaces
what a dozen expressions find, as configuration backup tools do. The three do not hide the same: neither of the others finds a
key that nobody knows in a form that nobody wrote down, or one that a line break cuts in two.

    python benchmarks/hide.py --entries 100,1000,10000 --known 3,1000,10000

CPU time, medians of so many times, in turns. What counts are the ratios and how they grow: seconds depend on the machine.
"""

from __future__ import annotations

import re
import secrets
import statistics
import time
from collections.abc import Callable

import click
from rich.console import Console
from rich.table import Table

from nr_run.inventory.hiding.secrets import Secrets

DENIED = [
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"(?<=^enable secret )\S.*$",
        r"(?<=^enable password )\S.*$",
        r"(username \S+ .*?(?:password|secret) (?:\d )?)\S+",
        r"(?m)(^ *password (?:\d )?)\S+",
        r"(snmp-server community )\S+",
        r"(snmp-server host \S+ (?:version \S+ )?)\S+",
        r"((?:tacacs|radius)-server .*?key (?:\d )?)\S+",
        r"(crypto isakmp key (?:\d )?)\S+",
        r"(pre-shared-key (?:\d )?)\S+",
        r"(key-string (?:\d )?)\S+",
        r"(neighbor \S+ password (?:\d )?)\S+",
        r"(standby \d+ authentication (?:text )?)\S+",
        r"(ip ospf (?:message-digest-key \d+ md5|authentication-key) (?:\d )?)\S+",
    )
]


def configuration(entries: int) -> str:
    """Nine lines a tunnel."""
    parts = ["hostname hub\nservice password-encryption\nenable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0\n"]
    for number in range(entries):
        address = f"198.{18 + number // 65536}.{number // 256 % 256}.{number % 256}"
        parts.append(
            f"crypto isakmp key Hub.{secrets.token_urlsafe(12)} address {address}\n"
            f"crypto ipsec transform-set TS-{number} esp-aes 256 esp-sha-hmac\n!\n"
            f"crypto map HUB {number + 1} ipsec-isakmp\n description to site {number}\n set peer {address}\n"
            f" set transform-set TS-{number}\n set pfs group2\n match address NR-{number}\n"
        )
    return "".join(parts)


def associations(entries: int) -> str:
    """What is shown of so many SAs, the lines with names of methods among them."""
    block = (
        "   local  ident (addr/mask/prot/port): (10.0.0.0/255.255.255.0/0/0)\n   current_peer 198.18.0.{0} port 500\n"
        "    #pkts encaps: {0}, #pkts encrypt: {0}, #pkts digest: {0}\n     inbound esp sas:\n      spi: 0x{0:08X}({0})\n"
        "        transform: esp-256-aes esp-sha-hmac ,\n        sa timing: remaining key lifetime (k/sec): (4607999/{0})\n"
    )
    return "".join(block.format(number) for number in range(entries))


def seconds(work: Callable[[], object], times: int) -> float:
    """CPU of one call."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


@click.command()
@click.option("--entries", default="100,1000,3000", help="Tunnels in the text.")
@click.option("--known", default="3,260,10000", help="Values that are known.")
@click.option("--times", default=5, help="Measurements of which the median counts.")
def main(entries: str, known: str, times: int) -> None:
    """Print the table."""
    table = Table("text", "KB", "known", "ours ms", "again ms", "replace ms", "list ms", "ours/replace", "ours/list")
    for count in map(int, entries.split(",")):
        for what, text in (("configuration", configuration(count)), ("SAs", associations(count))):
            for number in map(int, known.split(",")):
                table.add_row(f"{what}, {count}", f"{len(text) / 1024:.0f}", str(number), *_row(text, number, times))
    table.add_row("an address", "0", "10000", *_row("172.18.124.181", 10_000, times, calls=500))
    Console().print(table)


def _row(text: str, number: int, times: int, calls: int = 1) -> list[str]:
    values = [f"Known.{secrets.token_urlsafe(16)}" for _ in range(number)]
    measured: dict[str, list[float]] = {"ours": [], "again": [], "replace": [], "deny": []}

    def replace() -> str:
        done = text
        for value in values:
            done = done.replace(value, "***")
        return done

    def deny() -> str:
        done = text
        for pattern in DENIED:
            done = pattern.sub(lambda match: (match[1] if match.re.groups else "") + "***", done)
        return done

    for _ in range(times):
        store = Secrets(folders=(), _values={f"<secret:env:{place}>": value for place, value in enumerate(values)})
        measured["ours"].append(seconds(lambda store=store: store.hide(text), calls))  # type: ignore[misc]
        hidden = store.hide(text)
        measured["again"].append(seconds(lambda store=store, hidden=hidden: store.hide(hidden), calls))  # type: ignore[misc]
        measured["replace"].append(seconds(replace, calls))
        measured["deny"].append(seconds(deny, calls))
    middle = {name: statistics.median(found) for name, found in measured.items()}
    shown = [f"{middle[name] * 1000:.3g}" for name in ("ours", "again", "replace", "deny")]
    return [*shown, f"{middle['ours'] / middle['replace']:.2f}", f"{middle['ours'] / middle['deny']:.2f}"]


if __name__ == "__main__":
    main()
