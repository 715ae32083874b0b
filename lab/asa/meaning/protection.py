"""What an ASA's configuration says about IKEv2 and about tunnel interfaces, in the records that IKE asks for.

Algorithm names are those of IOS: `aes-256` is `aes-cbc-256` in a proposal and `esp-256-aes` in a transform, where
`aes-gcm-256` is `esp-gcm 256`. Tag and number of a tunnel's crypto map are those of 9.8 to 9.10; that younger ones write
the interface's name into it is from memory. That an IPsec proposal without a line means the first cipher and SHA-1 is in the
command references.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from ...core.configuration.store import Entry, Store
from ...core.negotiation.protector import ChildOffer, Protector, from_tunnel
from ...core.records import Authentication, Identity, Interface, Proposal, Transform
from ..outputs.text import policy_values
from ..tables.generations import Generation

SEQ = 65280
UNLIMITED = 2147483647
LIFETIMES = {"seconds": 28800, "kilobytes": 4608000}
_HASHES = {"sha": "sha1"}
_ESP_HASHES = {"md5": "esp-md5-hmac", "sha-1": "esp-sha-hmac", "null": ""}


def ike_cipher(word: str) -> str:
    """A cipher of an IKEv2 policy as IOS names it: `aes` is `aes-cbc-128`."""
    if not word.startswith("aes"):
        return word
    kind, _, bits = word.rpartition("-") if word[-1].isdigit() else (word, "", "128")
    return f"aes-gcm-{bits}" if kind == "aes-gcm" else f"aes-cbc-{bits}"


def proposals(store: Store) -> list[Proposal]:
    """The IKEv2 policies by priority."""
    return store.remembered("ikev2 proposals", lambda: [_proposal(entry) for entry in store.all("ikev2 policy")])


def _proposal(entry: Entry) -> Proposal:
    values = policy_values(entry)
    hashes, prf = ([_HASHES.get(word, word) for word in values[name].split()] for name in ("integrity", "prf"))
    return Proposal(
        name=entry.key[0],
        encr=tuple(ike_cipher(word) for word in values["encryption"].split() if word != "null"),
        integrity=tuple(word for word in hashes if word != "null"),
        prf=tuple(prf),
        group=tuple(values["group"].split()),
    )


def _lifetime(store: Store) -> int:
    """The lifetime of IKEv2 SAs, which each end has for itself: that of the first policy."""
    first = next(iter(store.all("ikev2 policy")), None)
    life = policy_values(first)["lifetime seconds"] if first is not None else "86400"
    return int(life) if life.isdigit() else UNLIMITED


def section(store: Store, part: str, name: str) -> Entry | None:
    """The attributes of a LAN-to-LAN tunnel group; those of the default one where there is none of the name."""
    group = store.get("tunnel-group", name)
    found = group is not None and group.values["type"] == "ipsec-l2l"
    return store.get(f"tunnel-group {part}", name if found else "DefaultL2LGroup")


def group_name(store: Store, peer: IPv4Address, shown: Identity | None) -> str:
    """The tunnel group of a peer: the one that is named as what the peer says that it is, or as its address."""
    for name in (shown.value if shown is not None else "", str(peer)):
        group = store.get("tunnel-group", name) if name else None
        if group is not None and group.values["type"] == "ipsec-l2l":
            return name
    return "DefaultL2LGroup"


def authentication(store: Store, local: IPv4Address, peer: IPv4Address, shown: Identity | None) -> Authentication | None:
    """The keys of the peer's tunnel group; None if there is no group with any."""
    name = group_name(store, peer, shown)
    attributes = store.get("tunnel-group ipsec", name)
    mine = attributes.child("ikev2 local") if attributes is not None else None
    theirs = attributes.child("ikev2 remote") if attributes is not None else None
    if mine is None and theirs is None:
        return None
    threshold, retry = keepalive(attributes)
    return Authentication(
        name=name,
        sends=_identity(store, local),
        local_key=mine.values["used"] if mine is not None else None,
        remote_key=theirs.values["used"] if theirs is not None else None,
        lifetime=_lifetime(store),
        patience=threshold + 10 * retry if threshold else 0,
        interval=threshold,
    )


def keepalive(attributes: Entry | None) -> tuple[int, int]:
    """Dead peer detection of a tunnel group: threshold and tries, on unless it is switched off, for both versions of IKE."""
    line = attributes.child("keepalive") if attributes is not None else None
    if line is None:
        return 10, 2
    return (0, 0) if "disable" in line.values else (int(line.values["threshold"]), int(line.values["retry"]))


def _identity(store: Store, local: IPv4Address) -> Identity:
    """`crypto isakmp identity`: the address, unless it is the name; `auto` is the address where keys are shared."""
    line = store.get("isakmp identity")
    if line is None or not line.text.endswith("hostname"):
        return Identity("address", str(local))
    names = [entry.values["name"] for family in ("hostname", "domain-name") if (entry := store.get(family)) is not None]
    return Identity("fqdn", ".".join(names))


def esp_transforms(store: Store, names: list[str], row: Generation) -> tuple[Transform, ...]:
    """What the named IPsec proposals offer, the first of each kind preferred; with a combined-mode cipher no hash counts."""
    found: list[Transform] = []
    for name in names:
        entry = store.get("ipsec-proposal", name)
        if entry is not None and row.v2 is not None:
            default = "3des" if "3des" in row.v2.esp_ciphers else "aes"
            ciphers, hashes = _words(entry, "esp encryption", default), _words(entry, "esp integrity", "sha-1")
            found += [_transform(cipher, word) for cipher in ciphers for word in hashes]
    return tuple(dict.fromkeys(found))


def _words(entry: Entry, family: str, default: str) -> list[str]:
    line = entry.child(family)
    return line.values["words"].split() if line is not None else [default]


def _transform(cipher: str, word: str) -> Transform:
    kind, _, bits = cipher.rpartition("-") if cipher[-1].isdigit() else (cipher, "", "")
    kind = kind.removeprefix("aes-")
    if kind in ("gcm", "gmac"):
        return (f"esp-{kind} {bits}" if bits not in ("", "128") else f"esp-{kind}",)
    esp = f"esp-{bits}-{kind}" if bits else f"esp-{kind}"
    digest = _ESP_HASHES.get(word, f"esp-{word.replace('-', '')}-hmac")
    return (esp, digest) if digest else (esp,)


def tunnels(store: Store, row: Generation, interfaces: list[Interface], sets: dict[str, Transform]) -> list[Protector]:
    """The tunnel interfaces that are configured wholly, and not shut down; `sets` are the IKEv1 transform sets."""
    by_name = {interface.name: interface for interface in interfaces}
    found = []
    for entry in store.all("interface"):
        if entry.key[0].startswith("Tunnel") and entry.child("shutdown") is None:
            tunnel = _tunnel(store, row, entry, by_name, sets)
            found += [tunnel] if tunnel is not None else []
    return found


def _tunnel(
    store: Store, row: Generation, entry: Entry, by_name: dict[str, Interface], sets: dict[str, Transform]
) -> Protector | None:
    values = {key: value for child in entry.children.values() for key, value in child.values.items()}
    source, profile = by_name.get(values.get("source", "")), store.get("ipsec-profile", values.get("profile", ""))
    wanted = {"nameif", "destination", "ip"} <= set(values) and entry.child("tunnel mode") is not None
    if not wanted or source is None or not source.up or source.address is None or profile is None:
        return None
    pfs = profile.child("set pfs")
    like = Protector(
        name=f"__vti-crypto-map-{entry.key[0]}-0-{entry.key[0].removeprefix('Tunnel')}",
        seq=SEQ,
        interface=values["nameif"],
        local=source.address,
        peers=(IPv4Address(values["destination"]),),
        offers=_offers(store, row, profile, sets),
        lines=(),
        pfs=pfs.values["group"] if pfs is not None else "",
        seconds=_of_profile(store, profile, "seconds"),
        kilobytes=_of_profile(store, profile, "kilobytes"),
        profile="",
        initiates=profile.child("responder-only") is None,
    )
    return from_tunnel(like)


def _offers(store: Store, row: Generation, profile: Entry, sets: dict[str, Transform]) -> tuple[ChildOffer, ...]:
    new, old = profile.child("set proposal"), profile.child("set transform")
    offers = []
    if new is not None:
        offers.append(ChildOffer(2, esp_transforms(store, new.values["sets"].split(), row)))
    if old is not None:
        offers.append(ChildOffer(1, tuple(sets[name] for name in old.values["sets"].split() if name in sets)))
    return tuple(offer for offer in offers if offer.transforms)


def _of_profile(store: Store, profile: Entry, unit: str) -> int:
    own = profile.children.get(("set lifetime", (unit,))) or store.get("ipsec lifetime", unit)
    if own is None:
        return LIFETIMES[unit]
    return int(own.values["n"]) if own.values["n"].isdigit() else UNLIMITED
