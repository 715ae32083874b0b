"""How long a change takes with nr-run's parts, and with nornir_netmiko as its own documentation shows it.

The work is the same on both sides: log in, read what a deploy reads before a change, push 45 harmless configuration lines (an
access list that nothing uses), read the running configuration back, run four show commands, log out. The devices are those of
the rehearsal lab, with a delay on each packet from the client. A round trip is counted by the device: input that arrives after
it had answered everything before. Both sides use the same number of threads, and have to leave the same running configuration.

    python benchmarks/push.py --devices 1,20 --latency 0,20

What counts are the round trips and the ratio: seconds depend on the machine, which also plays the devices.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.state import GlobalState
from nornir.core.task import MultiResult, Result, Task
from nornir.plugins.runners import ThreadedRunner
from nornir_netmiko.connections import Netmiko
from nornir_netmiko.tasks import netmiko_send_command, netmiko_send_config
from rich.console import Console
from rich.table import Table

from nr_run.changes.plans.plan import plan
from nr_run.inventory.files.hosts import load_nornir, platforms_of, with_endpoints
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.inventory.models.platforms import platform_for
from nr_run.lab.entry import LabHandle, start
from nr_run.tasks.device import Stop, connect_by, session
from nr_run.tasks.gather import gather, shows_for
from nr_run.tasks.push import push

INVENTORY = Path(__file__).resolve().parent.parent / "inventory"
ACL = "NR-benchmark"
LINES = (f"ip access-list extended {ACL}", *(f"permit ip 10.99.{n}.0 0.0.0.255 10.98.{n}.0 0.0.0.255" for n in range(1, 45)))
PLATFORM = platform_for("3640", "12.2(8)T")
SHOWS = ("show version", "show crypto isakmp sa", "show crypto ipsec sa", "show crypto engine connections active")
RUNNING = "show running-config"
#: What the devices of the fleet are.
PLATFORM = platform_for("3640", "12.2(8)T")


@dataclass(frozen=True, slots=True)
class Side:
    """What one side cost on one fleet: wall seconds, and the most and the mean round trips of a device."""

    seconds: float
    most_round_trips: int
    mean_round_trips: float


def whole_change(task: Task) -> Result:
    """Nornir task: the work, by the tasks that deploy-l2l is made of."""
    snapshot = task.run(gather, platform=PLATFORM).result
    desired = "\n".join((LINES[0], *(f" {line}" for line in LINES[1:]))) + "\n"
    change = plan(task.host.name, "ios", desired, snapshot.running.text)
    task.run(push, change=change, stop=Stop(), note=lambda *_args, **_details: None)
    session(task).send_batch(SHOWS)
    return Result(host=task.host)


def plain_change(task: Task) -> Result:
    """Nornir task: the work, by the two tasks that nornir_netmiko offers."""
    for command in shows_for(PLATFORM):
        task.run(netmiko_send_command, command_string=command)
    task.run(netmiko_send_config, config_commands=list(LINES))
    for command in (RUNNING, *SHOWS):
        task.run(netmiko_send_command, command_string=command)
    return Result(host=task.host)


def by_nr_run(lab: LabHandle, threads: int) -> Nornir:
    """Nornir whose hosts log in as those of a run do: the example inventory with the lab's devices in it."""
    with tempfile.TemporaryDirectory(prefix="nr-run-bench-") as name:
        folder = Path(name)
        for kept in ("groups.yaml", "defaults.yaml"):
            shutil.copy(INVENTORY / kept, folder)
        hosts = "".join(f"{device}: {{hostname: 127.0.0.1, groups: [cisco-3640]}}\n" for device in lab.devices)
        (folder / "hosts.yaml").write_text(hosts)
        nornir = load_nornir(folder, workers=threads)
    nornir = with_endpoints(nornir, {device: (place.host, place.port) for device, place in lab.devices.items()})
    return connect_by(nornir, Secrets(folders=(lab.credentials,)), platforms_of(nornir))


def by_plain_netmiko(lab: LabHandle, threads: int) -> Nornir:
    """Nornir as a user sets it up for nornir_netmiko over telnet; the passwords are in memory only."""
    name, password, enable = (
        (lab.credentials / file).read_text().strip() for file in ("device-username", "device-password", "enable-secret")
    )
    ConnectionPluginRegister.register("netmiko", Netmiko)
    hosts = Hosts()
    for device, place in lab.devices.items():
        options = {"netmiko": ConnectionOptions(extras={"secret": enable})}
        hosts[device] = Host(device, place.host, place.port, name, password, "cisco_ios_telnet", connection_options=options)
    inventory = Inventory(hosts, Groups(), Defaults())
    return Nornir(inventory, data=GlobalState(), config=Config(), runner=ThreadedRunner(num_workers=threads))


def measure(lab: LabHandle, nornir: Nornir, work: Callable[[Task], Result]) -> Side:
    """Run the work on all devices and log out. Raises the first error of a device."""
    lab.reset_counters()
    begun = time.perf_counter()
    try:
        results = nornir.run(task=work)
    finally:
        nornir.close_connections(on_failed=True)
    seconds = time.perf_counter() - begun
    for result in results.values():
        _raise_first(result)
    trips = [lab.counters(device).round_trips for device in lab.devices]
    return Side(seconds, max(trips), sum(trips) / len(trips))


def _raise_first(result: MultiResult) -> None:
    # The last of the results is the innermost: its exception is the cause, not Nornir's wrapping of it.
    for part in reversed(result):
        if part.exception is not None:
            raise part.exception


def configurations(lab: LabHandle) -> dict[str, str]:
    """The running configuration of each device, as the device itself prints it. AssertionError if the lines are not in it."""
    found = {device: lab.exec(device, RUNNING) for device in lab.devices}
    for device, text in found.items():
        missing = [line for line in LINES if line not in text]
        assert not missing, f"{device} did not take {len(missing)} of the {len(LINES)} lines"
    return found


def clean(lab: LabHandle) -> None:
    """Take the access list away again, so that the other side finds the devices as this one did."""
    for device in lab.devices:
        lab.exec(device, f"configure terminal\nno ip access-list extended {ACL}\nend")
        assert ACL not in lab.exec(device, RUNNING), f"{device} still has the access list"


def compare(devices: int, latency_ms: int, threads: int) -> tuple[Side, Side]:
    """Both sides on one fresh lab: nr-run, plain. AssertionError if they do not leave the same configurations."""
    fleet = {f"r{number:03}": "vpn3640" for number in range(1, devices + 1)}
    with tempfile.TemporaryDirectory(prefix="nr-run-bench-") as folder, start(Path(folder) / "lab", devices=fleet) as lab:
        for device in fleet:
            lab.fault(device, "latency", latency_ms)
        our_side = measure(lab, by_nr_run(lab, threads), whole_change)
        after_ours = configurations(lab)
        clean(lab)
        plain_side = measure(lab, by_plain_netmiko(lab, threads), plain_change)
        assert configurations(lab) == after_ours, "the two sides left different running configurations"
    return our_side, plain_side


def table(rows: Sequence[tuple[int, int, Side, Side]], threads: int) -> Table:
    """One row a fleet and latency."""
    made = Table(title=f"{len(LINES)} lines, {len(SHOWS)} shows, snapshot and read-back; telnet, {threads} threads on both sides")
    for heading in ("devices", "latency ms", "nr-run s", "plain s", "faster", "nr-run trips", "plain trips", "fewer"):
        made.add_column(heading, justify="right")
    for devices, latency, ours, plain in rows:
        made.add_row(
            str(devices),
            str(latency),
            f"{ours.seconds:.2f}",
            f"{plain.seconds:.2f}",
            f"{plain.seconds / ours.seconds:.1f} x",
            str(ours.most_round_trips),
            str(plain.most_round_trips),
            f"{plain.mean_round_trips / ours.mean_round_trips:.1f} x",
        )
    return made


def _numbers(_context: click.Context, _parameter: click.Parameter, given: str) -> list[int]:
    parts = given.split(",")
    if not all(part.strip().isdigit() for part in parts):
        raise click.BadParameter("give numbers with commas between them, as in 1,20")
    return [int(part) for part in parts]


@click.command(help=__doc__.partition("\n")[0] if __doc__ else None)
@click.option("--devices", default="1,20,100", show_default=True, callback=_numbers, help="Sizes of fleet.")
@click.option("--latency", default="0,20,100", show_default=True, callback=_numbers, help="Milliseconds on each packet.")
@click.option("--threads", default=20, show_default=True, type=click.IntRange(1, 200), help="Nornir's workers, on both sides.")
def main(devices: list[int], latency: list[int], threads: int) -> None:
    """Measure each fleet at each latency, and print the table."""
    rows = []
    for count in devices:
        for milliseconds in latency:
            click.echo(f"{count} devices, {milliseconds} ms", err=True)
            rows.append((count, milliseconds, *compare(count, milliseconds, threads)))
    console = Console()
    console = console if console.is_terminal else Console(width=118, no_color=True)
    console.print(table(rows, threads))


if __name__ == "__main__":
    main()
