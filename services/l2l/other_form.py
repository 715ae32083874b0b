"""A tunnel that stands in another form than is wanted: both would take its traffic, so it is removed first, and then deployed."""

from __future__ import annotations

from collections.abc import Iterator

from ...changes.objects import Config
from ...inventory.errors import OtherForm
from ...inventory.intent import Style
from .existing_tunnel import is_version
from .found import profile_name
from .records import WantedEnd


def refuse_other_form(wants: WantedEnd, style: Style, running: Config) -> None:
    """Raise OtherForm where the tunnel stands with another IKE version, or as a map entry instead of an interface."""
    for where, version, other in _standing(wants, running):
        if (version, other) != (wants.ike_version, style):
            raise OtherForm(
                f"{wants.end.local.host}: {wants.name} stands as {where} with IKEv{version}, and is wanted with "
                f"IKEv{wants.ike_version} and style {style}; a tunnel is not changed into another form: remove it, then deploy it"
            )


def _standing(wants: WantedEnd, running: Config) -> Iterator[tuple[str, int, Style]]:
    """Where the tunnel is, with its form. An entry that says no version is what an interrupted change leaves of any."""
    listed = wants.end.local.cisco.access_list or f"NR-{wants.name}"
    for entry in running.of("crypto-map-entry"):
        if is_version(entry.child("match address") or "", listed):
            version = _version(entry.ike_versions(running), wants.ike_version)
            yield f"entry {entry.groups['sequence']} of crypto map {entry.groups['map']}", version, "crypto-map"
    for item in running.of("tunnel-interface"):
        if is_version(profile_name(item), f"NR-{wants.name}"):
            yield f"interface {item.groups['interface']}", _version(item.ike_versions(running), wants.ike_version), "vti"


def _version(versions: frozenset[int], wanted: int) -> int:
    """The version, or the wanted one where that is one of several, or where none is said."""
    return wanted if not versions or wanted in versions else min(versions)
