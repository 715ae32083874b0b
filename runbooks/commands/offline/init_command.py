"""nr-run init: an inventory to begin with, anywhere, of the devices that one has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from ....inventory.errors import IntentError, NrRunError, UsageError
from ..console import quiet_libraries
from ..paths import PathOf

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


@click.command("init")
@click.argument("folder", required=False, default="inventory", type=PathOf())
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME='MODEL RELEASE'",
    help="A device; the first one gets a tunnel to each of the others. Default: a C8000V and an 881.",
)
def init_command(folder: Path, hosts: tuple[str, ...]) -> None:
    """Write a starting inventory into FOLDER (./inventory). Existing files are not touched.

    It has your devices with example addresses, a tunnel from the first device to each of the others with the strongest
    cryptography that both support, and the schemas by which an editor checks what you type. No device is contacted.

    \b
    nr-run init
    nr-run init --host hq='ASA 9.19(1)' --host berlin='881 15.4(3)M3' --host oslo='C8000V 17.12.4'
    """
    from datetime import UTC, datetime

    from ..views.printable import printable
    from .starting_inventory import files_of, hosts_of, references_of

    quiet_libraries()
    today = datetime.now(UTC).date()
    made = hosts_of(hosts)
    files = files_of(made, today)
    _write(folder, files)
    click.echo(f"{folder} holds an inventory: {len(made)} devices, {len(made) - 1} tunnel{'s' if len(made) > 2 else ''}")
    for number, words in enumerate(_left_to_do(folder, references_of(made), today), 1):
        click.echo(printable(f"{number}. {words}"))


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """All files or none. Raises UsageError where one of them is there, NrRunError when the disk does not take them."""
    there = next((folder / name for name in files if (folder / name).exists()), None)
    if there is not None:
        raise UsageError(f"{there} is there already; nothing was written: name another folder")
    kept: list[Path] = []
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            # A file that came in the meantime is somebody's, and is not written over.
            with path.open("x", encoding="utf8") as file:
                kept.append(path)
                file.write(text)
    except OSError as error:
        for path in kept:
            path.unlink()
        raise NrRunError(f"{folder} cannot be written: {error.strerror}; nothing was written") from None


def _left_to_do(folder: Path, references: tuple[str, ...], today: date) -> list[str]:
    """What a person does next, in order: what the product's own reading of the files objects to stands among it."""
    from pathlib import Path

    from ....inventory.files.hosts import load_nornir, platforms_of
    from ....inventory.hiding.secrets import credential_folders
    from ....services.registry import FIRST_SERVICE, declared, find

    given = "" if folder == Path("inventory") else f" --inventory {folder}"
    todo = [f"write your addresses, interfaces and networks into {folder}/hosts.yaml and {folder}/vpn/tunnels.yaml"]
    try:
        find(FIRST_SERVICE).intended(folder, platforms_of(load_nornir(folder))).select((), today, removal=False)
    except IntentError as error:
        todo += [f"to be decided by you: {line}" for line in str(error).splitlines()]
    where = credential_folders()[-1]
    todo.append(f"keep the secrets in {where}, a file each: {', '.join(references)}")
    deploy = next(command.name for command in declared().services[FIRST_SERVICE].commands if command.does == "deploy")
    todo.append(f"rehearse on simulated devices: nr-run {deploy} --lab --plan{given}")
    todo.append(f"look at your own devices, which changes nothing: nr-run {deploy} --plan{given}")
    return todo
