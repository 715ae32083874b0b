"""How long a verification of a hub with many tunnels takes, a tunnel, beside the same shows by plain nornir_netmiko.

The hub is one IOS-XE router of the rehearsal lab with so many IKEv2 tunnels to partners that are played, all of them up. nr-run
is the command as a user types it, start included: one login, configurations, SAs, a ping through each tunnel, counters, a verdict
for each. What stands beside it only reads: it logs in by nornir_netmiko, sends the same shows one by one, and parses the SAs by
Genie where that is installed, else by TTP and a short template, and the routing table by TextFSM and ntc-templates, as netmiko
offers it. The sides take turns; the median of the turns is printed.

    python benchmarks/verify.py --tunnels 50,100,200,500

What counts is how the time and the processor time a tunnel grow: seconds depend on the machine, which also plays the devices.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import click
from rich.console import Console
from rich.table import Table

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.planned_running import running_with
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.lab.entry import LabHandle, attach
from nr_run.services.common.intended_state import standing
from nr_run.services.l2l.service import L2L

NR_RUN = str(Path(sys.executable).parent / "nr-run")
SHOWS = ("show running-config", "show crypto isakmp sa", "show crypto ikev2 sa", "show crypto ipsec sa", "show ip route")
#: Verifications in which all tunnels come up at the latest, and the exit code of one in which not all have.
TRIES, NOT_ALL_UP = 5, 12
#: Seconds: enough for three lost pings through each of the most tunnels, also on a busy machine.
DEADLINE = 9000
#: No more far ends have an address of their own here.
MOST = 1000
HOSTS = """\
hub:
  hostname: 127.0.0.1
  port: 22
  groups: [xe]
"""
GROUPS = """\
xe:
  platform: cisco_xe
  data:
    model: C8000V
    release: 17.9.4a
    username_ref: credential:device-username
    password_ref: credential:device-password
    enable_ref: credential:enable-secret
"""
CRYPTOGRAPHY = """\
schema_version: 1
ike_proposals: [{name: ike, encryption_algorithm: aes-256-cbc, authentication_algorithm: hmac-sha256, group: 14}]
ike_policies: [{name: ike, version: 2, proposals: [ike]}]
ipsec_proposals: [{name: esp, encryption_algorithm: aes-256-cbc, authentication_algorithm: hmac-sha256}]
ipsec_policies: [{name: esp, proposals: [esp], pfs_group: 14}]
ipsec_profiles: [{name: both, ike_policy: ike, ipsec_policy: esp}]
tunnels:
"""
TUNNEL = """\
  - name: {name}
    ipsec_profile: both
    preshared_key_ref: credential:{name}
    cisco: {{style: crypto-map}}
    terminations:
      - host: hub
        interface: GigabitEthernet1
        outside_ip: 198.51.100.1
        protected_prefixes: [10.0.0.0/24]
        probe_address: 10.0.0.1
      - partner: {name}
        outside_ip: {outside}
        protected_prefixes: [{inside}.0/24]
        probe_address: {inside}.1
"""


@dataclass(frozen=True, slots=True)
class Partner:
    """One far end."""

    number: int

    @property
    def name(self) -> str:
        """Of the tunnel and its key."""
        return f"p{self.number:04}"

    @property
    def outside(self) -> str:
        """Its address."""
        return f"203.0.{113 + self.number // 250}.{1 + self.number % 250}"

    @property
    def inside(self) -> str:
        """The first three numbers of its network."""
        return f"10.{100 + self.number // 250}.{self.number % 250}"


@dataclass(frozen=True, slots=True)
class Cost:
    """One turn of one side."""

    seconds: float
    processor: float


def write_inventory(folder: Path, partners: Sequence[Partner]) -> None:
    """A hub and its partners."""
    (folder / "vpn").mkdir(parents=True)
    (folder / "hosts.yaml").write_text(HOSTS)
    (folder / "groups.yaml").write_text(GROUPS)
    (folder / "defaults.yaml").write_text("data: {site: benchmark}\n")
    tunnels = (TUNNEL.format(name=one.name, outside=one.outside, inside=one.inside) for one in partners)
    (folder / "vpn" / "intent.yaml").write_text(CRYPTOGRAPHY + "".join(tunnels))


@contextmanager
def laboratory(folder: Path, inventory: Path) -> Iterator[tuple[LabHandle, dict[str, str]]]:
    """The hub and all partners, and the environment in which a command finds them."""
    own = {**os.environ, "NR_RUN_LAB_DIR": str(folder / "lab"), "XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder)}
    up = [NR_RUN, "lab", "up", "--inventory", str(inventory), "--detach", "--any-ports"]
    subprocess.run(up, env=own, check=True, stdout=subprocess.DEVNULL)
    try:
        yield attach(folder / "lab"), own
    finally:
        subprocess.run([NR_RUN, "lab", "down"], env=own, check=True, stdout=subprocess.DEVNULL)


def build(lab: LabHandle, inventory: Path, partners: Sequence[Partner]) -> None:
    """All tunnels are on the hub as a deploy would have them: the lines of the second one, for each that follows."""
    platforms = platforms_of(load_nornir(inventory))
    deployments, _ = L2L.intended(inventory, platforms).select((), datetime.now(UTC).date(), removal=False)
    secrets = Secrets(folders=(lab.credentials,))
    running, lines = secrets.hide(lab.exec("hub", SHOWS[0])), []
    made: list[str] = []
    for deployment in deployments[:2]:
        (member,) = deployment.members
        keys = {reference: secrets.preshared_key(reference) for reference in L2L.references(deployment)}
        one = standing(
            deployment, member, platforms["hub"], Configuration("hub", "ios", SHOWS[0], running), keys, lab.exec("hub", SHOWS[-1])
        )
        assert one.change is not None, one.sentence
        made = [line for step in one.change.forward for line in step.lines]
        lines += made
        running = "\n".join(line for line in running_with(one.change, running).splitlines() if line != "end") + "\nend\n"
    model = "\n".join(made)
    for one in partners[2:]:
        text = model.replace(partners[1].name, one.name).replace(partners[1].outside, one.outside)
        text = text.replace(partners[1].inside, one.inside).replace("NR-MAP 20 ", f"NR-MAP {10 * (one.number + 1)} ")
        lines += text.splitlines()
    for one in partners:
        secrets.preshared_key(f"credential:{one.name}")
    lab.exec("hub", "\n".join(["configure terminal", *map(secrets.reveal, lines), "end"]))


def timed(command: Sequence[str], environment: dict[str, str], codes: Sequence[int] = (0,)) -> tuple[Cost, str]:
    """Carry a command out. AssertionError where it ends with another code."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode in codes, done.stdout[-2000:] + done.stderr[-2000:]
    return Cost(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), done.stdout


def by_nr_run(inventory: Path, runs: Path, environment: dict[str, str], tunnels: int) -> Cost:
    """One verification; every tunnel has to be up, or the figure is of something else."""
    cost, words = verified(inventory, runs, environment)
    assert words == ["up"] * tunnels, {word: words.count(word) for word in words}
    return cost


def bring_up(inventory: Path, runs: Path, environment: dict[str, str]) -> None:
    """Its pings bring the tunnels up; on a busy machine some of them are lost meanwhile, and it takes another one."""
    for _ in range(TRIES):
        if {*verified(inventory, runs, environment)[1]} == {"up"}:
            return


def verified(inventory: Path, runs: Path, environment: dict[str, str]) -> tuple[Cost, list[str]]:
    """One verification, and its words. It has the time for a ping that is lost through each tunnel: else it would name those that
    it did not send, and call their tunnels unverified."""
    command = [NR_RUN, "verify", "--json", "--inventory", str(inventory), "--runs", str(runs), "--lab"]
    command += ["--deadline", str(DEADLINE)]
    cost, out = timed(command, environment, (0, NOT_ALL_UP))
    return cost, [verdict["word"] for verdict in json.loads(out)["verdicts"]]


#: What a user writes who wants to know of each flow whether it has SAs, and what went through it.
TTP = """
<group name="flows*">
   local  ident (addr/mask/prot/port): ({{ local | _start_ }})
   remote ident (addr/mask/prot/port): ({{ remote }})
   current_peer {{ peer }} port {{ port }}
    #pkts encaps: {{ encaps }}, #pkts encrypt: {{ encrypted }}, #pkts digest: {{ digested }}
    #pkts decaps: {{ decaps }}, #pkts decrypt: {{ decrypted }}, #pkts verify: {{ verified }}
     current outbound spi: {{ outbound }}
</group>
"""
#: What a user writes who has nornir_netmiko and a parser; a process of its own, as the command is.
PLAIN = """
import sys
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.state import GlobalState
from nornir.plugins.runners import ThreadedRunner
from nornir_netmiko.connections import Netmiko
from nornir_netmiko.tasks import netmiko_send_command
host, port, ttp, credentials, *shows = sys.argv[1:]
files = ("device-username", "device-password", "enable-secret")
name, password, enable = (open(f"{credentials}/{file}").read().strip() for file in files)
ConnectionPluginRegister.register("netmiko", Netmiko)
hosts = Hosts()
hosts["hub"] = Host("hub", host, int(port), name, password, "cisco_xe", connection_options={
    "netmiko": ConnectionOptions(extras={"secret": enable, "read_timeout_override": 600})})
nornir = Nornir(Inventory(hosts, Groups(), Defaults()), data=GlobalState(), config=Config(), runner=ThreadedRunner(num_workers=1))
def work(task):
    for command in shows:
        sas = command.endswith("ipsec sa")
        parsers = {"use_genie": sas and not ttp, "use_ttp": bool(sas and ttp), "use_textfsm": command == "show ip route"}
        result = task.run(netmiko_send_command, command_string=command, ttp_template=ttp or None, **parsers)
        assert not (sas or parsers["use_textfsm"]) or not isinstance(result.result, str), command
for result in nornir.run(task=work)["hub"]:
    if result.exception is not None:
        raise result.exception
nornir.close_connections()
"""


def by_plain_netmiko(lab: LabHandle, environment: dict[str, str], *, genie: bool) -> Cost:
    """One reading of the same shows."""
    place = lab.devices["hub"]
    words = [place.host, str(place.port), "" if genie else TTP, str(lab.credentials), *SHOWS]
    return timed([sys.executable, "-c", PLAIN, *words], environment)[0]


def has_genie() -> bool:
    """True if Genie can be imported."""
    done = subprocess.run([sys.executable, "-c", "import genie.conf, pyats"], capture_output=True, check=False)
    return done.returncode == 0


def compare(tunnels: int, times: int) -> tuple[Cost, Cost, int]:
    """Medians of nr-run and of plain nornir_netmiko on one fresh lab, and the round trips of one verification."""
    partners = [Partner(number) for number in range(tunnels)]
    with tempfile.TemporaryDirectory(prefix="nr-run-bench-") as name:
        folder = Path(name)
        inventory = folder / "inventory"
        write_inventory(inventory, partners)
        with laboratory(folder, inventory) as (lab, environment):
            build(lab, inventory, partners)
            bring_up(inventory, folder / "runs", environment)
            lab.reset_counters()
            ours, plain, genie = [by_nr_run(inventory, folder / "runs", environment, tunnels)], [], has_genie()
            trips = lab.counters("hub").round_trips
            for turn in range(times):
                plain.append(by_plain_netmiko(lab, environment, genie=genie))
                if turn + 1 < times:
                    ours.append(by_nr_run(inventory, folder / "runs", environment, tunnels))
    return _median(ours), _median(plain), trips


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(median(one.seconds for one in costs), median(one.processor for one in costs))


def table(rows: Sequence[tuple[int, Cost, Cost, int]], *, genie: bool) -> Table:
    """One row a size."""
    beside = f"plain nornir_netmiko with {'Genie' if genie else 'TTP'} and TextFSM"
    made = Table(title=f"A verification of a hub (IKEv2, C8000V), pings included, beside {beside}, which only reads")
    for heading in ("tunnels", "nr-run s", "CPU s", "ms a tunnel", "CPU ms", "trips", "plain s", "CPU s", "CPU ratio"):
        made.add_column(heading, justify="right")
    for tunnels, ours, plain, trips in rows:
        made.add_row(
            str(tunnels),
            f"{ours.seconds:.2f}",
            f"{ours.processor:.2f}",
            f"{1000 * ours.seconds / tunnels:.0f}",
            f"{1000 * ours.processor / tunnels:.0f}",
            str(trips),
            f"{plain.seconds:.2f}",
            f"{plain.processor:.2f}",
            f"{ours.processor / plain.processor:.1f}",
        )
    return made


def _numbers(_context: click.Context, _parameter: click.Parameter, given: str) -> list[int]:
    if not re.fullmatch(r"\d+(,\d+)*", given) or not all(2 <= int(part) <= MOST for part in given.split(",")):
        raise click.BadParameter(f"give numbers from 2 to {MOST} with commas between them, as in 50,500")
    return [int(part) for part in given.split(",")]


@click.command(help=__doc__.partition("\n")[0] if __doc__ else None)
@click.option("--tunnels", default="50,100,200,500", show_default=True, callback=_numbers, help="Tunnels on the hub.")
@click.option("--times", default=3, show_default=True, type=click.IntRange(1, 20), help="Turns of each side.")
def main(tunnels: list[int], times: int) -> None:
    """Measure each size, and print the table."""
    rows = []
    for count in tunnels:
        click.echo(f"{count} tunnels", err=True)
        rows.append((count, *compare(count, times)))
        _, ours, plain, trips = rows[-1]
        click.echo(f"  nr-run {ours.processor:.2f} s of CPU in {trips} round trips, plain {plain.processor:.2f} s", err=True)
    console = Console()
    console = console if console.is_terminal else Console(width=118, no_color=True)
    console.print(table(rows, genie=has_genie()))


if __name__ == "__main__":
    main()
