"""Every rule of an ASA by the name that the tables give it."""

from __future__ import annotations

from collections.abc import Callable

from ...core.access import banners
from ...core.configuration.edit import Edit, Refused
from ...ios.tables import known
from . import rules_applet as asa_rules_applet
from . import rules_bgp as asa_rules_bgp
from . import rules_box as asa_rules_box
from . import rules_crypto as asa_rules_crypto
from . import rules_groups as asa_rules_groups
from . import rules_ikev2 as asa_rules_ikev2
from . import rules_lists as asa_rules_lists
from . import rules_map as asa_rules_map
from . import rules_nat as asa_rules_nat
from . import rules_vti as asa_rules_vti
from . import rules_webvpn as asa_rules_webvpn


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
    **asa_rules_ikev2.HOOKS,
    **asa_rules_vti.HOOKS,
    **asa_rules_applet.HOOKS,
    **asa_rules_bgp.HOOKS,
    **asa_rules_webvpn.HOOKS,
    "banner": banners.asa_banner,
    "not_played": not_played,
}
