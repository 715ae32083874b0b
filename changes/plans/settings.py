"""Change single settings of an existing object; all its other lines stay, known or not.

Or of one line that is an object by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ...inventory.errors import ChangeError
from ..cli_syntax import nest
from ..configurations.tree import parse
from ..families import FAMILIES
from ..objects import read, read_desired
from .change import Change, compose
from .steps import Edit


def plan_settings(host: str, os: str, lines: Sequence[str], running_text: str) -> Change:
    """Change that gives one object ``lines``, a header of a device and what stands below it, as it is typed.

    A setting that there is one of takes the place of its former value; anything else is added. The inverse puts back what was
    there: where nothing was, the line is taken away, so that the object inherits again. Raises ChangeError for an object that is
    not there, and for a line that no rule knows.
    """
    running = read(os, running_text)
    nodes = nest(FAMILIES[os], parse("\n".join(lines)))
    if len(nodes) != 1:
        raise ChangeError(f"{host}: settings of one object are changed at a time, and {lines[0]!r} begins {len(nodes)}")
    node = nodes[0]
    present = next((item for item in running.objects.values() if item.header == node.line), None)
    if present is None:
        raise ChangeError(f"{host}: {node.line!r} is not there, so it cannot be changed in place")
    family, wanted = present.family, tuple(line for path in node.paths for line in present.family.spell(path))
    unknown = next((line for line in wanted if not family.knows(line)), "")
    if unknown or family.editing is None:
        raise ChangeError(f"{host}: no rule knows the line {unknown or node.line!r}, so it will not be pushed")
    given = {family.setting_of(line) for line in wanted}
    kept = tuple(line for line in present.canonical_children if family.setting_of(line) not in given)
    after = replace(present, children=(*kept, *wanted))
    edits = () if after.meaning == present.meaning else (Edit(present, after),)
    return compose(host, os, running, edited=edits, reused=() if edits else (present,))


def plan_line(host: str, os: str, line: str, running_text: str) -> Change:
    """Change that gives a device one line that is an object by itself, in the place of another value of it, if there is one.

    The inverse puts back what was there, or takes the line away. Raises ChangeError for a line that no rule knows.
    """
    running, desired = read(os, running_text), read_desired(os, line)
    (wanted,) = desired.objects.values()
    present = running.objects.get(wanted.key)
    if present is None:
        return compose(host, os, running, created=(wanted,))
    edits = () if present.meaning == wanted.meaning else (Edit(present, wanted),)
    return compose(host, os, running, edited=edits, reused=() if edits else (present,))
