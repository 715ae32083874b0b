"""Every rule of an ASA by the name that the tables give it."""

from __future__ import annotations

from collections.abc import Callable

from . import (
    asa_rules_applet,
    asa_rules_box,
    asa_rules_crypto,
    asa_rules_groups,
    asa_rules_lists,
    asa_rules_map,
    asa_rules_nat,
    banners,
    known,
)
from .edit import Edit, Refused


def not_played(edit: Edit) -> None:
    """The release knows the command and the lab does not play it; it says so rather than pretend."""
    raise Refused(f"ERROR: {known.words(edit.values['line'])}")


HOOKS: dict[str, Callable[[Edit], None]] = {
    **asa_rules_box.HOOKS,
    **asa_rules_lists.HOOKS,
    **asa_rules_nat.HOOKS,
    **asa_rules_groups.HOOKS,
    **asa_rules_crypto.HOOKS,
    **asa_rules_map.HOOKS,
    **asa_rules_applet.HOOKS,
    "banner": banners.asa_banner,
    "not_played": not_played,
}
