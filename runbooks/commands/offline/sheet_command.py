"""nr-run partner-sheet: what an end that is not ours has to set, of whatever service it is an end of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..completion import names_of_all
from ..console import INVENTORY, JSON, quiet_libraries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ....inventory.models.platforms import Platform
    from ....services.besides import WithPartnerSheet
    from ....services.service import Intended


@click.command("partner-sheet")
@click.argument("name", shell_complete=names_of_all())
@click.option("--for", "end", default="", metavar="END", help="Print it for this end, by its host or by who runs it.")
@click.option("--service", metavar="SERVICE", default="", help="Of this service, if two have something of that name.")
@JSON
@INVENTORY
def sheet_command(name: str, end: str, service: str, inventory: Path | None, *, as_json: bool) -> None:
    """Print what the other side has to set, where that side is not ours. The key is not included. No device is contacted.

    Uses the words of whoever sets it: of a partner's firewall, or of a provider's portal. With --for END, also for an end that
    is ours, by its host, if somebody sets it by hand.

    \b
    nr-run partner-sheet hq-partner                to send to the partner
    nr-run partner-sheet hq-partner --json         the same for a program
    nr-run partner-sheet hq-branch --for vpn3640   what vpn3640 has to have
    nr-run partner-sheet shop                      what the portal of the provider has to have
    """
    from ....inventory.errors import IntentError, NothingMatched, UsageError
    from ....inventory.files.did_you_mean import hint
    from ....inventory.files.hosts import load_nornir, platforms_of
    from ...engine.run_setup import inventory_folder
    from ..views.printable import printable

    quiet_libraries()
    folder = inventory_folder(inventory)
    platforms = platforms_of(load_nornir(folder))
    every, problems = _with_sheets(folder, platforms, service)
    found = {called: printer for called, printer, intended in every if intended.has(name)}
    if not found and problems:
        raise IntentError("\n".join(problems))
    if not found:
        names = [other for _, _, intended in every for other in intended.names()]
        raise NothingMatched(f"no service that has a partner sheet is named {name!r}{hint(name, names)}")
    if len(found) > 1:
        options = " or ".join(f"--service {called}" for called in found)
        raise UsageError(f"{name!r} is in more than one service: say {options}")
    (printer,) = found.values()
    made = printer.partner_sheet(folder, platforms, name, end)
    click.echo(printable(made.as_json() if as_json else made.text()), nl=False)


def _with_sheets(
    folder: Path, platforms: Mapping[str, Platform], wanted: str
) -> tuple[list[tuple[str, WithPartnerSheet, Intended]], list[str]]:
    """The services that can print one, with what the inventory asks of each; and what is wrong with the file of another one."""
    from ....inventory.errors import IntentError
    from ....services.besides import WithPartnerSheet
    from ....services.registry import declared, find

    found: list[tuple[str, WithPartnerSheet, Intended]] = []
    problems: list[str] = []
    for called in (wanted,) if wanted else declared().services:
        service = find(called)
        if isinstance(service, WithPartnerSheet):
            try:
                found.append((called, service, service.intended(folder, platforms)))
            except IntentError as error:
                problems.append(str(error))
    return found, problems
