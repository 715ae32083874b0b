"""What an IOS configuration says about tunnel interfaces: where one begins and ends, how it encapsulates, what protects it.

Sources: the "IPsec Virtual Tunnel Interface" guides of IOS 12.4 and 15M&T; a static VTI shows its SAs under the crypto map
`Tunnel1-head-0`, with the entry 65537 made from the entry 65536 of its profile (sessions in public repositories).
"""

from __future__ import annotations

from ipaddress import IPv4Address

from ..core.configuration.store import Entry, Store
from ..core.negotiation.protector import ChildOffer, Protector, from_tunnel

SEQUENCE = 65537


def mode(entry: Entry) -> str:
    """How a tunnel interface encapsulates: `gre`, its default, or `ipsec`."""
    line = entry.child("tunnel mode")
    return "ipsec" if line is not None and "ipsec" in line.text.split() else "gre"


def kind(store: Store, entry: Entry) -> str:
    """What the wire needs to know of it: `ipsec`, `gre`, or `down` for one that has no two ends yet."""
    found = mode(entry)
    return "down" if found == "gre" and (source(store, entry) is None or destination(entry) is None) else found


def source(store: Store, entry: Entry) -> IPv4Address | None:
    """The address that a tunnel begins at: its own, or that of an interface that is up."""
    line = entry.child("tunnel source")
    if line is None:
        return None
    if "ip" in line.values:
        return IPv4Address(line.values["ip"])
    interface = store.get("interface", line.values["name"])
    ip = interface.child("ip address") if interface is not None and interface.child("shutdown") is None else None
    return IPv4Address(ip.values["ip"]) if ip is not None and "ip" in ip.values else None


def destination(entry: Entry) -> IPv4Address | None:
    """The address that a tunnel ends at."""
    line = entry.child("tunnel destination")
    return IPv4Address(line.values["ip"]) if line is not None else None


def profile_of(entry: Entry) -> str:
    """The IPsec profile that protects a tunnel; empty without one."""
    line = entry.child("tunnel protection")
    return line.values["profile"] if line is not None else ""


def head(name: str) -> str:
    """The crypto map that the box makes for a tunnel."""
    return f"{name}-head-0"


def protectors(store: Store) -> list[Protector]:
    """The tunnels that protect what is routed into them, and have all that they need for it."""
    return [found for entry in store.all("interface") if (found := protector(store, entry)) is not None]


def protector(store: Store, entry: Entry) -> Protector | None:
    """A tunnel interface as a protector; None when it is none, is shut down, or lacks something."""
    if not entry.key[0].startswith("Tunnel") or mode(entry) != "ipsec" or entry.child("shutdown") is not None:
        return None
    local, far, profile = source(store, entry), destination(entry), store.get("ipsec profile", profile_of(entry))
    if local is None or far is None or profile is None:
        return None
    return from_tunnel(_protector(store, entry, local, far, profile))


def version2_profile(entry: Entry, profile: Entry) -> str:
    """The IKEv2 profile of a tunnel: that of its own line, or of its IPsec profile; empty where it speaks IKEv1."""
    line, inside = entry.child("tunnel protection"), profile.child("set ikev2-profile")
    own = line.values.get("v2", "") if line is not None else ""
    return own or (inside.values["name"] if inside is not None else "")


def _protector(store: Store, entry: Entry, local: IPv4Address, far: IPv4Address, profile: Entry) -> Protector:
    from ..ios import model  # the model reads interfaces, and tunnels are interfaces

    name, version2 = entry.key[0], version2_profile(entry, profile)
    sets, pfs = profile.child("set transform-set"), profile.child("set pfs")
    named = [store.get("transform-set", word) for word in sets.text.split()[2:]] if sets is not None else []
    transforms = tuple(model.transform_words(item) for item in named if item is not None)
    transforms = transforms if version2 else model.without_gcm(transforms)
    return Protector(
        name=head(name),
        seq=SEQUENCE,
        interface=name,
        local=local,
        peers=(far,),
        offers=(ChildOffer(2 if version2 else 1, transforms),) if transforms else (),
        lines=(),
        pfs=pfs.values["group"] if pfs is not None else "",
        seconds=model.lifetime(store, profile, "seconds", 3600),
        kilobytes=model.lifetime(store, profile, "kilobytes", 4608000),
        profile=version2,
    )
