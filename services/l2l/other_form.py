"""A tunnel that stands in another form than is wanted: both would take its traffic, so it is removed first, and then deployed."""

from __future__ import annotations

from ...changes.objects import Config
from ...inventory.errors import ChangeError
from ...inventory.intent import Style
from .existing_tunnel import is_version
from .records import WantedEnd


def refuse_other_form(wants: WantedEnd, style: Style, running: Config) -> None:
    """Raise ChangeError where the tunnel stands as a map entry and is wanted with another IKE version, or as an interface."""
    local = wants.end.local
    name = local.cisco.access_list or f"NR-{wants.name}"
    for entry in running.of("crypto-map-entry"):
        listed = entry.child("match address") or ""
        second = any(line.startswith(("set ikev2-profile ", "set ikev2 ")) for line in entry.children)
        if is_version(listed, name) and (style == "vti" or second != (wants.ike_version == 2)):
            raise ChangeError(
                f"{local.host}: {wants.name} stands as entry {entry.groups['sequence']} of crypto map {entry.groups['map']}, "
                f"and is wanted with IKEv{wants.ike_version} and style {style}; a tunnel is not changed into another form: "
                "remove it, then deploy it"
            )
