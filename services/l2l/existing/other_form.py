"""A tunnel that stands in another form than is wanted: both would take its traffic, so it is removed first, and then deployed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ....changes.objects import Config
from ....inventory.errors import OtherForm
from ....inventory.intents.intent import Style
from ..features import Member
from ..placing.versions import is_version
from .existing_tunnel import tunnels_called, two_runs


def refuse_other_form(member: Member, running: Config) -> None:
    """Raise OtherForm where the tunnel stands with another IKE version, or as a map entry instead of an interface."""
    for where, version, other in _standing(member, running):
        if (version, other) != (member.ike_version, member.style):
            raise OtherForm(
                f"{member.local.host}: {member.name} stands as {where} with IKEv{version}, and is wanted with "
                f"IKEv{member.ike_version} and style {member.style}; a tunnel is not changed into another form: "
                f"{two_runs(member.name)}"
            )


def _standing(member: Member, running: Config) -> Iterator[tuple[str, int, Style]]:
    """Where the tunnel is, with its form. An entry that says no version is what an interrupted change leaves of any."""
    base = f"NR-{member.name}"
    bases = {"crypto-map": member.local.cisco.access_list or base, "vti": base}
    for there in chain.from_iterable(tunnels_called(running, base) for base in dict.fromkeys(bases.values())):
        if is_version(there.label, bases[there.style]):
            place = there.tunnel.groups
            where = (
                f"entry {place['sequence']} of crypto map {place['map']}"
                if there.style == "crypto-map"
                else f"interface {place['interface']}"
            )
            yield where, _version(there.tunnel.ike_versions(running), member.ike_version), there.style


def _version(versions: frozenset[int], wanted: int) -> int:
    """The version, or the wanted one where that is one of several, or where none is said."""
    return wanted if not versions or wanted in versions else min(versions)
