"""What an IOS configuration says about IKEv2: proposals, policies, keyrings and profiles, and the defaults that are not printed.

Sources: the FlexVPN and IKEv2 configuration guides of IOS 15M&T and IOS-XE 17; sessions in public repositories for the defaults
(`show crypto ikev2 proposal default` of 15.x and of 17.x).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from ..core.configuration.store import Entry, Store
from ..core.records import Authentication, Identity, Proposal

#: `default` of 15.x, and of IOS-XE 16.9 to 17.10; from 17.11 on without the group that is not allowed any more [from memory].
DEFAULT_15 = Proposal(
    "default",
    ("aes-cbc-256", "aes-cbc-192", "aes-cbc-128"),
    ("sha512", "sha384", "sha256", "sha1", "md5"),
    ("sha512", "sha384", "sha256", "sha1", "md5"),
    ("5", "2"),
)
DEFAULT_17 = Proposal("default", ("aes-cbc-256",), ("sha512", "sha384"), ("sha512", "sha384"), ("19", "14", "21", "5"))
DEFAULT_1711 = Proposal("default", ("aes-cbc-256",), ("sha512", "sha384"), ("sha512", "sha384"), ("19", "14", "21"))

WEAK_ENCRYPTION = frozenset({"des", "3des"})
WEAK_HASH = frozenset({"md5"})
WEAK_GROUP = frozenset({"1", "2", "5", "24"})


def listed(entry: Entry, family: str) -> tuple[str, ...]:
    """The algorithms of one kind, in their order."""
    child = entry.child(family)
    return tuple(child.text.split()[1:]) if child is not None else ()


def proposal(store: Store, name: str, default: Proposal | None) -> Proposal | None:
    """A proposal by its name; None when there is none, or one that is not whole.

    A line that `default` does not say keeps what the release has for it. Without `prf` it is the integrity algorithms.
    """
    entry = store.get("ikev2 proposal", name)
    built_in = default if name == "default" and store.get("no ikev2 proposal") is None else None
    if entry is None:
        return built_in
    encr, integrity, prf, group = (
        listed(entry, f"v2 {kind}") or (getattr(built_in, field) if built_in is not None else ())
        for kind, field in (("encryption", "encr"), ("integrity", "integrity"), ("prf", "prf"), ("group", "group"))
    )
    if any("gcm" in item for item in encr) and not listed(entry, "v2 integrity"):
        integrity = ()
    if listed(entry, "v2 integrity") and not listed(entry, "v2 prf"):
        prf = integrity
    found = Proposal(name, encr, integrity, prf, group)
    return found if complete(found) else None


def complete(found: Proposal) -> bool:
    """Whether a proposal can be used: a combined-mode cipher with a prf, or another one with an integrity; and a group."""
    combined = any("gcm" in item for item in found.encr)
    plain = any("gcm" not in item for item in found.encr)
    return bool(found.encr and found.group and (not combined or found.prf) and (not plain or found.integrity))


def proposals(store: Store, local: IPv4Address, default: Proposal | None, *, strong: bool = False) -> list[Proposal]:
    """The proposals that are offered and taken at an address: those of the policy that fits, or the default one."""
    policy = policy_at(store, local)
    if policy is None and default is None:
        return []
    off = policy is None and store.get("no ikev2 policy") is not None
    names = [child.key[0] for child in policy.all("policy proposal")] if policy is not None else ["default"] * (not off)
    found = [item for name in names if (item := proposal(store, name, default)) is not None]
    return [item for item in map(_strong, found) if complete(item)] if strong else found


def _strong(found: Proposal) -> Proposal:
    """What a compliance shield leaves of a proposal."""
    return Proposal(
        found.name,
        tuple(item for item in found.encr if item not in WEAK_ENCRYPTION),
        tuple(item for item in found.integrity if item not in WEAK_HASH),
        tuple(item for item in found.prf if item not in WEAK_HASH),
        tuple(item for item in found.group if item not in WEAK_GROUP),
    )


def policy_at(store: Store, local: IPv4Address) -> Entry | None:
    """The policy at an address: one that names it, else the first that names none; only whole ones, `default` last."""
    whole = [entry for entry in store.all("ikev2 policy") if entry.all("policy proposal")]
    named = [e for e in whole if any(child.values["ip"] == str(local) for child in e.all("policy match local"))]
    general = [e for e in whole if not e.all("policy match local")]
    general.sort(key=lambda entry: entry.key[0] == "default")
    return next(iter([*named, *general]), None)


# Who authenticates how


def authentication(
    store: Store, name: str, local: IPv4Address, peer: IPv4Address, shown: Identity | None
) -> Authentication | None:
    """How to authenticate with a peer: by the profile of that name, or by the one that matches what the peer says that it is."""
    found = [entry for entry in store.all("ikev2 profile") if name in ("", entry.key[0]) and whole_profile(entry)]
    if shown is not None:
        found = [entry for entry in found if matches(entry, shown) and _at(entry, local)]
        found.sort(key=lambda entry: -_closeness(entry, shown))
    if not found or (shown is None and not name):
        return None
    entry = found[0]
    interval, retry = _dpd(store, entry)
    life = entry.child("profile lifetime")
    return Authentication(
        name=entry.key[0],
        sends=identity(entry, local),
        local_key=_key(store, entry, "local", peer, shown),
        remote_key=_key(store, entry, "remote", peer, shown),
        lifetime=int(life.values["n"]) if life is not None else 86400,
        patience=interval + 5 * retry if interval else 0,
        interval=interval,
    )


def whole_profile(entry: Entry) -> bool:
    """Whether a profile can be used: both ways of authentication, and something to match."""
    sides = {child.key[0] for child in entry.all("profile authentication")}
    return {"local", "remote"} <= sides and bool(entry.all("profile match"))


def identity(entry: Entry, local: IPv4Address) -> Identity:
    """What an end says that it is: `identity local`, or its address."""
    line = entry.child("profile identity")
    if line is None:
        return Identity("address", str(local))
    kind = next(kind for kind in ("address", "fqdn", "email", "key-id") if kind in line.text.split()[2:3])
    return Identity(kind, line.text.split()[3])


def matches(entry: Entry, shown: Identity) -> bool:
    """Whether a line `match identity remote` of a profile fits an identity."""
    return _closeness(entry, shown) >= 0


def _closeness(entry: Entry, shown: Identity) -> int:
    """How close the closest line fits: the length of the prefix of an address, 32 for a name, 0 for any; -1 without one."""
    return max((_fits(child.text.split()[3:], shown) for child in entry.all("profile match")), default=-1)


def _fits(words: list[str], shown: Identity) -> int:
    if words[:1] == ["any"]:
        return 0
    kind, value = words[0], words[1]
    if kind != shown.kind:
        return -1
    if kind == "address":
        network = IPv4Network(f"{value}/{words[2] if len(words) > 2 else '255.255.255.255'}", strict=False)
        return network.prefixlen if IPv4Address(shown.value) in network else -1
    if value == "domain":
        return 16 if shown.value.endswith((f".{words[2]}", f"@{words[2]}")) else -1
    return 32 if value == shown.value else -1


def _at(entry: Entry, local: IPv4Address) -> bool:
    line = entry.child("profile match local")
    return line is None or line.values.get("ip") in (None, str(local))


def _dpd(store: Store, entry: Entry) -> tuple[int, int]:
    line = entry.child("profile dpd") or store.get("ikev2 dpd")
    return (int(line.values["interval"]), int(line.values["retry"])) if line is not None else (0, 0)


def _key(store: Store, entry: Entry, side: str, peer: IPv4Address, shown: Identity | None) -> str | None:
    """The key of a side: in the profile's own line, or in its keyring by the peer's address, then by its identity."""
    line = entry.children.get(("profile authentication", (side,)))
    if line is None or "pre-share" not in line.text.split():
        return None
    if "used" in line.values:
        return line.values["used"]
    chosen = entry.child("profile keyring")
    keyring = store.get("ikev2 keyring", chosen.values["name"]) if chosen is not None else None
    found = _peer(keyring, peer, shown) if keyring is not None else None
    if found is None:
        return None
    secret = found.children.get(("peer key", (side,))) or found.children.get(("peer key", ("",)))
    return secret.values["used"] if secret is not None else None


def _peer(keyring: Entry, peer: IPv4Address, shown: Identity | None) -> Entry | None:
    """The entry of a keyring with the narrowest address that holds the peer's, else the one with its identity."""
    close: list[tuple[int, Entry]] = []
    for entry in keyring.all("keyring peer"):
        line = entry.child("peer address")
        if line is not None:
            network = IPv4Network(f"{line.values['ip']}/{line.values.get('mask', '255.255.255.255')}", strict=False)
            if peer in network:
                close.append((network.prefixlen, entry))
        said = entry.child("peer identity")
        if said is not None and shown is not None and said.text.split()[1:] == [shown.kind, shown.value]:
            close.append((-1, entry))
    return max(close, key=lambda pair: pair[0])[1] if close else None
