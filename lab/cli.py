"""`nr-run lab`: start, watch, break and stop the rehearsal lab."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from .cli_client import client
from .core.errors import LabError, nearest
from .paths import PathOf

if TYPE_CHECKING:
    from pathlib import Path

    from . import entry

_directory = click.option(
    "--directory",
    type=PathOf(file_okay=False),
    help="Folder of the lab; default $NR_RUN_LAB_DIR, else nr-run/lab in the XDG state folder.",
)
#: Who knows inventories, if somebody does: what is to be played, sentences on what is played otherwise, names of credentials.
ORDERS: list[Callable[[Path | None, Path | None, Mapping[str, Path]], tuple[dict[str, Any], list[str], list[str]]]] = []
#: Who writes an inventory of so many devices of these models into a folder, if somebody does, and the models that it knows.
ESTATES: list[tuple[Callable[[Path, int, Sequence[str]], None], Sequence[str]]] = []
#: Devices of which each is named when the lab is up; of more, how many they are.
NAMED = 40
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _fail(error: LabError) -> NoReturn:
    click.echo(str(error), err=True)
    raise SystemExit(error.exit_code)


def _attached(directory: Path | None) -> entry.LabHandle:
    from . import entry

    try:
        return entry.attach(directory or entry.default_directory())
    except LabError as error:
        _fail(error)


@click.group()
def lab() -> None:
    """Run simulated devices on loopback: a Cisco 2611 and a 3640 with IOS 12.2(8)T, or others by --device or --inventory.

    \b
    Examples:
      nr-run lab up --detach
      nr-run lab exec vpn2611 "show crypto isakmp sa"
      nr-run lab fault vpn3640 drop-esp on
      nr-run lab down
    """


def _named(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """NAME=MODEL pairs."""
    pairs = [text.partition("=") for text in given]
    for name, equals, model in pairs:
        if not (name and equals and model):
            raise click.BadParameter(f"{name} is not NAME=MODEL, for example hq=c881.")
    return {name: model for name, _, model in pairs}


def _files(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, Path]:
    """HOST=FILE pairs."""
    from pathlib import Path

    pairs = [text.partition("=") for text in given]
    for name, equals, path in pairs:
        if not (name and equals and path):
            raise click.BadParameter(f"{name} is not HOST=FILE, for example hq=hq-running.cfg.")
        if not Path(path).is_file():
            raise click.BadParameter(f"{path} is no file.")
    return {name: Path(path) for name, _, path in pairs}


@lab.command()
@click.option(
    "--inventory",
    type=PathOf(file_okay=False, exists=True),
    help="Simulate the hosts of this inventory by model and release, with the addresses and interfaces of its intent.",
)
@click.option(
    "--config",
    "configurations",
    multiple=True,
    callback=_files,
    metavar="HOST=FILE",
    help="Running configuration with which HOST of the inventory (or of --device) starts. May be repeated.",
)
@click.option(
    "--run",
    "kept",
    type=PathOf(),
    help="Simulate the devices of a stored run, with the running configurations that they had before it.",
)
@click.option(
    "--device",
    "devices",
    multiple=True,
    callback=_named,
    metavar="NAME=MODEL",
    help=(
        "A device to play instead: vpn2611, vpn3640, vpn3640-124 (IOS 12.4), c881 (15.4), c8000v-17 (IOS-XE 17.9), "
        "c8000v-1711 (17.11), c8000v-1712 (17.12), c8000v-26 (26.1), asa82, asa91, asa919 "
        "or asa924. Repeatable."
    ),
)
@click.option(
    "--count",
    type=click.IntRange(min=2),
    metavar="N",
    help="Simulate an estate of so many devices in pairs, with a tunnel in the intent of each pair.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    help="Models of --count, in turns: vpn3640, c881, c8000v-17 or asa919; default all four. May be repeated.",
)
@click.option(
    "--write-inventory",
    "written",
    type=PathOf(file_okay=False),
    help="New folder for the inventory of --count, for --inventory of other commands.",
)
@click.option("--detach", is_flag=True, help="Start the lab in the background and return.")
@click.option("--speed", type=click.FloatRange(min=0.01, max=1000), default=1.0, show_default=True, metavar="N")
@click.option(
    "--fixed-ports/--any-ports",
    default=True,
    show_default=True,
    help="Use the fixed port of each model, such as 12611, or any free port.",
)
@click.option(
    "--lifetime",
    type=click.FloatRange(min=1),
    default=8.0,
    show_default=True,
    metavar="HOURS",
    help="The lab ends after this time.",
)
@_directory
def up(
    *,
    devices: dict[str, str],
    inventory: Path | None,
    configurations: dict[str, Path],
    kept: Path | None,
    count: int | None,
    models: tuple[str, ...],
    written: Path | None,
    detach: bool,
    speed: float,
    fixed_ports: bool,
    lifetime: float,
    directory: Path | None,
) -> None:
    """Start the lab. Without --detach it runs until Ctrl-C.

    With --speed N, N lab seconds pass in each real second: with --speed 10 an SA of an hour lives for six minutes.

    With --config or --run you rehearse a change on the device as it is. Lines that the lab does not simulate are kept: they have
    no effect, show running-config shows them in their place, and this command lists them. The lab adds a user of its own. A
    command with --lab uses a lab that was started with --inventory, --config or --run, if that has the hosts of the run.

    \b
    Examples:
      nr-run lab up --detach --speed 10
      nr-run lab up --device hq=c881 --device branch=vpn3640-124
      nr-run lab up --device fw=asa919 --device branch=c881
      nr-run lab up --inventory inventory --config hq=hq-running.cfg
      nr-run lab up --inventory inventory --run runs/20261129T031200Z-7f3a
      nr-run lab up --count 1000 --write-inventory estate --detach
    """
    from . import entry

    if count is not None or models or written is not None:
        if devices or inventory is not None or kept is not None or configurations:
            raise click.UsageError("--count does not go with --device, --inventory, --run and --config: it says what is played.")
        inventory = _estate(count, models, written)
    ordered, sentences, credentials = _ordered(devices, inventory, kept, configurations)
    try:
        running = entry.start(
            directory or entry.default_directory(),
            devices=ordered or None,
            credentials=credentials,
            speed=speed,
            fixed_ports=fixed_ports,
            detach=detach,
            lifetime=lifetime * 3600,
        )
    except LabError as error:
        _fail(error)
    if len(running.devices) > NAMED:
        click.echo(f"{len(running.devices)} devices; `nr-run lab status` says where each listens")
    for name, where in list(running.devices.items()) if len(running.devices) <= NAMED else ():
        click.echo(f"{name}  {where.transport} {where.host} {where.port}")
    for name, address in running.far_ends.items():
        click.echo(f"{name}  far end {address}, without a command line")
    click.echo(f"credentials  {running.credentials}")
    for sentence in (*sentences, *_not_played(running)):
        click.echo(sentence)
    if detach:
        running.release()
        return
    click.echo("Ctrl-C stops the lab.")
    try:
        running.wait()
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        running.stop()


def _estate(count: int | None, models: Sequence[str], written: Path | None) -> Path:
    """The folder of an inventory of so many devices, written now. Raises NrRunError where it cannot be."""
    if count is None or written is None:
        raise click.UsageError("--count N, --write-inventory DIRECTORY go together, and --model goes with them.")
    if not ESTATES:
        raise click.UsageError("--count is written by `nr-run lab up`.")
    write, known = ESTATES[0]
    for model in models:
        if model not in known:
            raise click.UsageError(f"--count plays no {model}.{nearest(model, known)}")
    write(written, count, models or known)
    return written


def _ordered(
    devices: Mapping[str, str], inventory: Path | None, kept: Path | None, configurations: Mapping[str, Path]
) -> tuple[dict[str, Any], list[str], list[str]]:
    if inventory is None and kept is None:
        unknown = [name for name in configurations if name not in devices]
        if unknown:
            raise click.UsageError(f"--config names {unknown[0]}, which neither --device nor --inventory plays.")
        texts = {name: path.read_text(encoding="utf8", errors="replace").splitlines() for name, path in configurations.items()}
        return (
            {name: {"profile": model, "config": texts[name]} if name in texts else model for name, model in devices.items()},
            [],
            [],
        )
    if devices:
        raise click.UsageError("--device does not go with --inventory and --run: they say what is played.")
    if not ORDERS:
        raise click.UsageError("--inventory and --run are read by `nr-run lab up`.")
    return ORDERS[0](inventory, kept, configurations)


def _not_played(running: entry.LabHandle) -> Iterator[str]:
    """What stands in a configuration and means nothing here."""
    from collections import Counter

    for name, found in running.not_played.items():
        if found["count"]:
            words = "; ".join(f"{line} ({times}x)" if times > 1 else line for line, times in Counter(found["lines"]).items())
            yield f"{name}: kept, not played: {found['count']} lines: {words}"


@lab.command()
@_json
@_directory
def status(*, as_json: bool, directory: Path | None) -> None:
    """Show which devices the lab simulates, where they listen, and which faults are on.

    \b
    Example:
      nr-run lab status --json
    """
    import json

    from msgspec.structs import asdict

    running = _attached(directory)
    try:
        state, far_ends, memory = running.status(), running.far_ends_status(), running.memory()
    except LabError as error:
        _fail(error)
    devices = {
        name: {"host": where.host, "port": where.port, "transport": where.transport, **state[name]}
        for name, where in running.devices.items()
    }
    if as_json:
        record = {"pid": running.pid, "speed": running.speed, "credentials": str(running.credentials)}
        click.echo(json.dumps({**record, "memory": asdict(memory), "devices": devices, "far_ends": far_ends}, indent=2))
        return
    click.echo(f"running as process {running.pid}, {running.speed:g} lab seconds in a second")
    click.echo(f"memory: {memory.resident_kb // 1024} MB, of them {memory.per_device_kb} KB for each of {len(devices)} devices")
    for name, item in devices.items():
        faults = ", ".join(" ".join([fault, *arguments]) for fault, arguments in item["faults"].items())
        where = f"{item['transport']} {item['host']} {item['port']}"
        click.echo(f"{name}  {where}  sessions: {item['sessions']}  faults: {faults or 'none'}")
    for name, item in far_ends.items():
        faults = ", ".join(" ".join([fault, *arguments]) for fault, arguments in item["faults"].items())
        last = f"  last: {item['noted'][-1]}" if item["noted"] else ""
        click.echo(f"{name}  far end {running.far_ends[name]}  faults: {faults or 'none'}{last}")


@lab.command()
@_directory
def down(*, directory: Path | None) -> None:
    """Stop the lab and remove its credentials.

    \b
    Example:
      nr-run lab down
    """
    running = _attached(directory)
    running.stop()
    click.echo("The lab has ended.")


@lab.command(name="exec")
@click.argument("device")
@click.argument("command")
@_directory
def execute(*, device: str, command: str, directory: Path | None) -> None:
    """Run an exec COMMAND on DEVICE as a privileged user and print the output.

    \b
    Example:
      nr-run lab exec vpn3640 "show ip interface brief"
    """
    try:
        click.echo(_attached(directory).exec(device, command), nl=False)
    except LabError as error:
        _fail(error)


@lab.command(context_settings={"ignore_unknown_options": True})
@click.argument("device", required=False)
@click.argument("name", metavar="FAULT", required=False)
@click.argument("arguments", metavar="[ARGS]... [on|off]", nargs=-1)
@_directory
def fault(*, device: str | None, name: str | None, arguments: tuple[str, ...], directory: Path | None) -> None:
    """Turn a fault on DEVICE on, or `off` again. Without arguments, list the faults.

    \b
    Examples:
      nr-run lab fault
      nr-run lab fault vpn3640 drop-ike
      nr-run lab fault vpn2611 cut-session-after 4
      nr-run lab fault vpn2611 cut-session-after off
    """
    from .core.faults import CHOICES, FAR_FAULTS, FAULTS, WHERE, usage

    if device is None:
        width = max(len(usage(item)) for item in FAULTS.values())
        for item in FAULTS.values():
            only = f" Only of {WHERE[item.only]}." if WHERE[item.only] else ""
            click.echo(f"{usage(item):<{width}}  {item.says}{only}")
        click.echo("On a far end that is played without a command line:")
        for item in FAR_FAULTS.values():
            click.echo(f"{usage(item):<{width}}  {item.says}")
        for name, words in CHOICES.items():
            if len(words) > 1:
                click.echo(f"{name}: {', '.join(words)}")
        return
    if name is None:
        raise click.UsageError("Name a fault; `nr-run lab fault` lists them.")
    last = arguments[-1] if arguments else ""
    given = arguments[:-1] if last in ("on", "off") else arguments
    try:
        _attached(directory).fault(device, name, *given, on=last != "off")
    except LabError as error:
        _fail(error)
    click.echo(f"{device}: {name} is {'off' if last == 'off' else 'on'}.")


lab.add_command(client)
