"""Names for the completion of a command line, read without what reads and checks them in earnest: it has to be instant."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import click

from ..run.kept_runs import runs_folder
from ..run.run_names import run_names

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem

    from ...services.registry import Declared

    Completion = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

#: A section of an intent file, to the next line that begins at the margin.
_SECTION = r"^{section}:[^\n]*\n((?:(?:[ \t-][^\n]*|#[^\n]*)?(?:\n|\Z))*)"
#: The first field of a record in block style is the only place where its name is looked for, or a field of its own line.
_NAME = r"(?m)^(?P<indent>[ \t]*-[ \t]+|[ \t]+)name:[ \t]*[\"']?(?P<name>[A-Za-z0-9][A-Za-z0-9_.-]*)"


def names_in(*sections: str) -> Completion:
    """Completion by the names of the records in these sections of the intent files."""
    return _names_in_those(lambda: sections)


def names_of_all() -> Completion:
    """Completion by the names of all that the services of this inventory have."""
    return _names_in_those(lambda: (service.section for service in _declared().services.values()))


def _declared() -> Declared:
    from ...services.registry import declared

    return declared()


def _names_in_those(sections: Callable[[], Iterable[str]]) -> Completion:
    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Names of the intent that begin so and are not given yet; nothing where there is no inventory."""
        from click.shell_completion import CompletionItem

        folder = _inventory(ctx)
        given = ctx.params.get("names") or ()
        pattern = re.compile(_SECTION.format(section=f"(?:{'|'.join(map(re.escape, sections()))})"), re.MULTILINE)
        # Tunnels have a folder of their own, another service a file beside it.
        paths = (*sorted(folder.glob("vpn/*.y*ml")), *sorted(folder.glob("*.y*ml")))
        names = {name: None for path in paths for name in _names_in(path, pattern)}
        return [CompletionItem(name) for name in names if name.startswith(incomplete) and name not in given]

    return complete


def _inventory(ctx: click.Context) -> Path:
    from pathlib import Path

    return Path(ctx.params.get("inventory") or os.environ.get("NR_RUN_INVENTORY") or "inventory")


def _names_in(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf8")
    except (OSError, ValueError):
        return
    for section in pattern.finditer(text):
        found = list(re.finditer(_NAME, section[1]))
        # A record in the section may hold a name of its own, further in.
        outermost = min((len(match["indent"].expandtabs()) for match in found), default=0)
        yield from (match["name"] for match in found if len(match["indent"].expandtabs()) == outermost)


def names_of_runs(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Runs that are kept, newest first, by their id or by the end of it."""
    from click.shell_completion import CompletionItem

    runs = runs_folder(ctx.params.get("runs"))
    ids = run_names(runs)[::-1] if runs.is_dir() else []
    whole = [CompletionItem(name) for name in ids if name.startswith(incomplete)]
    return whole or [CompletionItem(end) for name in ids if (end := name.rpartition("-")[2]).startswith(incomplete)]


def service_names(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Services that the history knows; nothing where there is none that can be read."""
    from click.shell_completion import CompletionItem

    from ...inventory.errors import NrRunError
    from ..history.file import reading
    from ..history.read import names

    try:
        with reading(runs_folder(ctx.params.get("runs")), busy_seconds=0.5) as connection:
            return [CompletionItem(name) for name in names(connection) if name.startswith(incomplete)]
    except NrRunError:
        return []


#: A record at the margin of hosts.yaml.
_HOST = r"(?m)^(?P<name>[A-Za-z0-9][A-Za-z0-9_.-]*):[ \t]*(?:#.*)?$"


def host_names(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Devices of the inventory that begin so and are not given yet."""
    from click.shell_completion import CompletionItem

    try:
        text = (_inventory(ctx) / "hosts.yaml").read_text(encoding="utf8")
    except (OSError, ValueError):
        return []
    given = ctx.params.get("hosts") or ()
    names = [match["name"] for match in re.finditer(_HOST, text)]
    return [CompletionItem(name) for name in names if name.startswith(incomplete) and name not in given]
