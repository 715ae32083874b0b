"""What every rule of an ASA leans on: the box around an edit, interfaces by their names."""

from __future__ import annotations

from typing import Protocol, cast

from ...core.configuration.edit import Edit, Misread, Refused, Surroundings
from ...core.configuration.store import Entry, Store
from ...ios.configure import UNSURE
from ..tables.generations import Generation

INCOMPLETE = "ERROR: % Incomplete command"


class AsaSurroundings(Surroundings, Protocol):
    """What the rules ask of an ASA. `old` is 8.2, `modern` is 9.13 and later.

    While a startup configuration is `loading`, a line may name what stands further below, as it is printed.
    """

    generation: Generation
    loading: bool
    old: bool
    modern: bool

    def hash_password(self, user: str, plain: str) -> tuple[str, str]:
        """The stored form of a password, and the word that says which form it is."""


def around(edit: Edit) -> AsaSurroundings:
    """The ASA around an edit."""
    return cast(AsaSurroundings, edit.box)


def interfaces(store: Store) -> list[Entry]:
    """The interfaces in the order of an ASA: those of the hardware first, then tunnels by number."""
    return sorted(store.all("interface"), key=lambda entry: entry.key[0].startswith("Tunnel"))


def interface_named(store: Store, nameif: str) -> Entry | None:
    """The interface with a name."""
    for entry in store.all("interface"):
        line = entry.child("nameif")
        if line is not None and line.values["nameif"] == nameif:
            return entry
    return None


def need_interface(edit: Edit, nameif: str) -> None:
    """Refuse a name that no interface has."""
    if interface_named(edit.box.store, nameif) is None:
        raise Misread(nameif)


def off_or_gone(edit: Edit, message: str) -> None:
    """Take the line away, or say that it was not there."""
    if edit.clear() is None:
        raise Refused(message)


def unsure(edit: Edit) -> Refused:
    """What the lab says to a line of which it does not know what a device makes of it."""
    return Refused(f"ERROR: nr-run lab: {'no ' * edit.negated}{edit.values['line']} differs from what is here. {UNSURE}")


#: Lines that name an interface, and where they name it.
_NAMING = {"route": "nameif", "access": "nameif", "mtu": "nameif", "ike enable": "nameif", "ikev2 enable": "nameif",
           "map interface": "nameif", "access-group": "nameif", "management-access": "nameif",
           "ssl trust-point": "nameif"}  # fmt: skip


def forget_interface(store: Store, nameif: str) -> None:
    """A name that goes takes with it every command that refers to it (command reference, `nameif`)."""
    for identity, entry in list(store.root.items()):
        family = entry.form.family
        pair = entry.values.get("pair", entry.values.get("on", "")) if family.startswith(("nat", "global")) else ""
        if nameif in pair.strip("()").split(",") or (family in _NAMING and entry.values.get(_NAMING[family]) == nameif):
            del store.root[identity]
