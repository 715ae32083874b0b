"""A tunnel that stands in the form that is wanted, with other values: it is not changed in place, but removed, then deployed."""

from __future__ import annotations

from collections.abc import Iterator

from ...changes.objects import Config, ConfigObject, added_lines
from ...inventory.errors import OtherForm
from .found import Found


def refuse_other_values(found: Found, wanted: Config) -> None:
    """Raise OtherForm where the device has the tunnel at another place, or an object of it with other lines, than ``wanted``."""
    for difference in _differences(found, wanted):
        raise OtherForm(
            f"{found.host}: {found.tunnel} stands with other values than the intent has ({difference}); with IKEv"
            f"{found.ike_version} and style {found.style} a tunnel is not changed in place: remove it, then deploy it"
        )


def _differences(found: Found, wanted: Config) -> Iterator[str]:
    if found.entry.key not in wanted.objects:
        yield f"it is {found.entry.title}"
    for item in found.objects():
        other = wanted.objects.get(item.key)
        if other is not None and item.meaning != other.meaning and not added_lines(found.os, item, other):
            yield f"{item.title} {_said(item, other)}"
    for route in found.routes:
        if route.key not in wanted.objects:
            yield f"{route.header!r} leads into it"


def _said(there: ConfigObject, wanted: ConfigObject) -> str:
    """The first line on each side that the other has not. Keys are tokens, of which nothing is told but that they differ."""
    here = next((line for line in there.canonical_children if line not in wanted.canonical_children), "fewer lines")
    want = next((line for line in wanted.canonical_children if line not in there.canonical_children), "fewer lines")
    if there.family.without_secret(here) != here:
        return "has another key"
    return f"has {here!r}, wanted is {want!r}"
