"""What an IOS-XE configuration says about Secure Clients: FlexVPN head-ends, what they give, and who proves who they are.

Sources: the FlexVPN configuration guide of IOS-XE 17 (remote access with AnyConnect-EAP; auto-reconnect) and Cisco's documents on
both with a C8000V. What is derived here and stands in no configuration: a trustpoint with a self-signed certificate has it from
a year before the box's clock began, for three years; one that waits for a terminal has none.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from msgspec import Struct

from ..core.configuration.store import Entry, Store
from ..core.negotiation.sa import Held
from ..core.records import Identity, Transform
from . import ikev2, remote_access

if TYPE_CHECKING:
    from ..core.box import Box

#: What a client calls itself before it has a session to come back to.
KEY_ID = "*$AnyConnectClient$*"
#: Where the guide gives no value of its own; the range is from memory.
DEFAULT_TIMEOUT = 1800
BEGAN, ENDS = timedelta(days=365), timedelta(days=730)


class Certificate(Struct, frozen=True):
    """The certificate of a trustpoint; times are those of the box's clock."""

    trustpoint: str
    subject: str
    names: tuple[str, ...]
    usages: tuple[str, ...]
    begins: datetime
    ends: datetime
    bits: int = 2048

    def fits(self, now: datetime) -> bool:
        """Whether a client takes it for that of a server at this time."""
        return self.begins <= now <= self.ends and "Server Auth" in self.usages


class HeadEnd(Struct, frozen=True):
    """One profile that takes Secure Clients. `reconnect` is its timeout in seconds, 0 without."""

    entry: Entry
    name: str
    trustpoint: str
    users_list: str
    groups_list: str
    policy: str
    template: str
    reconnect: int


def _last(entry: Entry, family: str, name: str) -> str:
    line = entry.child(family)
    return line.values.get(name, "") if line is not None else ""


def head_end(entry: Entry) -> HeadEnd | None:
    """A profile as a head-end; None for one that is for others, or not whole."""
    ways = {child.key[0]: child.text for child in entry.all("profile authentication")}
    if "rsa-sig" not in ways.get("local", "") or "anyconnect-eap" not in ways.get("remote", ""):
        return None
    groups = entry.children.get(("profile authorization", ("group", "anyconnect-eap")))
    reconnect = entry.child("profile reconnect")
    return HeadEnd(
        entry,
        entry.key[0],
        _last(entry, "profile trustpoint", "name"),
        _last(entry, "profile eap list", "list"),
        groups.values.get("list", "") if groups is not None else "",
        groups.values.get("policy", "") if groups is not None else "",
        _last(entry, "profile template", "n"),
        int(reconnect.values.get("n", DEFAULT_TIMEOUT)) if reconnect is not None else 0,
    )


def of_client(store: Store, local: IPv4Address) -> HeadEnd | None:
    """The head-end that a Secure Client comes to at an address."""
    shown = Identity("key-id", KEY_ID)
    for entry in store.all("ikev2 profile"):
        at = entry.child("profile match local")
        if ikev2.matches(entry, shown) and (at is None or at.values.get("ip") in (None, str(local))):
            found = head_end(entry)
            if found is not None:
                return found
    return None


def certificate(box: Box, name: str) -> Certificate | None:
    """The certificate of a trustpoint; None where it is not there or not enrolled."""
    entry = box.store.get("pki trustpoint", name)
    how = entry.child("trustpoint enrollment") if entry is not None else None
    if entry is None or how is None or "selfsigned" not in how.text.split():
        return None
    fqdn = entry.child("trustpoint fqdn")
    subject = entry.child("trustpoint subject")
    named = fqdn.values["fqdn"] if fqdn is not None else f"{box.hostname}.example.com"
    asked = entry.child("trustpoint eku")
    words = asked.text.split()[2:] if asked is not None else []
    usages = tuple({"server-auth": "Server Auth", "client-auth": "Client Auth"}[word] for word in words)
    began = box.profile.clock - BEGAN
    return Certificate(
        name, subject.values["text"] if subject is not None else f"cn={named}", (named,), usages, began, began + BEGAN + ENDS
    )


def transforms(store: Store, template: str) -> tuple[str, tuple[Transform, ...], int, int] | None:
    """The IPsec profile of a virtual template with its transforms and lifetimes; None for one that cannot be cloned."""
    from ..ios import model
    from . import tunnel_interface

    entry = store.get("interface", f"Virtual-Template{template}")
    if entry is None or entry.child("shutdown") is not None or tunnel_interface.mode(entry) != "ipsec":
        return None
    profile = store.get("ipsec profile", tunnel_interface.profile_of(entry))
    sets = profile.child("set transform-set") if profile is not None else None
    named = [store.get("transform-set", word) for word in sets.text.split()[2:]] if sets is not None else []
    if entry.child("ip unnumbered") is None or profile is None:
        return None
    lives = [model.lifetime(store, profile, unit, default) for unit, default in (("seconds", 3600), ("kilobytes", 4608000))]
    return profile.key[0], tuple(model.transform_words(item) for item in named if item is not None), lives[0], lives[1]


def group_pool(store: Store, found: HeadEnd) -> str | None:
    """The pool of the authorization policy that clients of a head-end get; None where nothing authorizes them."""
    if not remote_access.groups_locally(store, found.groups_list):
        return None
    policy = store.get("ikev2 authorization", found.policy)
    return _last(policy, "author pool", "name") if policy is not None else None


# Sessions that may come again


def settle(box: Box) -> list[Held]:
    """The sessions that may come again now: those whose time is over, or that ended in order, are forgotten."""
    now, state = box.clock.now(), box.crypto.reconnects
    state.held = [item for item in state.held if _may_return(box, item, now)]
    return state.held


def _may_return(box: Box, item: Held, now: float) -> bool:
    if item.row in box.crypto.ike2:
        return True
    return item.lost is not None and now <= item.lost + item.timeout


def is_active(box: Box, item: Held) -> bool:
    """Whether its SA is there still."""
    return item.row in box.crypto.ike2


def free_address(box: Box, pool: str) -> IPv4Address | None:
    """The first address of a pool that nobody has, or may come back for."""
    taken = {row.client.assigned for row in box.crypto.ike2 if row.client is not None}
    taken |= {item.assigned for item in settle(box)}
    taken |= {flow.selector.destination.network_address for flow in box.crypto.flows if not flow.from_acl}
    return next((address for address in remote_access.addresses(box.store, pool) if address not in taken), None)
