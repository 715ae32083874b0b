"""The blast radius: what else on the box shares what a change touches, one sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .objects import Config, ConfigObject
from .steps import Edit


def blast_radius(created: Iterable[ConfigObject], running: Config) -> Iterator[str]:
    """What new objects mean for the rest of the box."""
    for item in created:
        if item.family.name == "isakmp-policy" and running.of("isakmp-policy"):
            behind = [other.title for other in running.of("isakmp-policy") if int(other.groups["number"]) > _number(item)]
            place = f"before {' and '.join(behind)}" if behind else "after the policies it has"
            yield f"{item.title} is offered to every IKE peer of the box from now on, {place}"
        elif item.family.name == "ike-enable":
            yield f"IKE answers on {item.groups['nameif']} from now on, for whoever asks"
        elif item.family.name == "isakmp-keepalive":
            yield "dead peer detection applies to every IKE peer of the box, from its next negotiation"
        elif item.family.name == "crypto-map-binding":
            yield f"{item.groups['interface']} starts to encrypt what crypto map {item.map_name} selects; it had no crypto map"
        elif item.family.name == "crypto-map-entry":
            yield from _neighbours(item, running)
            for binding in running.of("crypto-map-binding"):
                interface, name = binding.groups["interface"], item.groups["map"]
                if binding.map_name == name:
                    yield f"{interface} has map {name}: what the new entry selects is encrypted there from now on"


def _number(policy: ConfigObject) -> int:
    return int(policy.groups["number"])


def edit_radius(edited: Iterable[Edit], running: Config) -> Iterator[str]:
    """What changing objects in place means for the tunnel itself and for the rest of the box."""
    for edit in edited:
        if edit.before.family.name == "crypto-map-entry":
            peers = " and ".join(edit.before.peers) or "none"
            yield f"the tunnel to {peers} is interrupted until both ends have the change and have negotiated again"
            yield from _others(edit.before, running)
        elif edit.before.family.editing and edit.before.family.editing.whole:
            yield f"{edit.before.title} has no key for a moment; a tunnel that is up stays up until it negotiates again"


def removal_radius(items: Iterable[ConfigObject], edited: Iterable[Edit], running: Config) -> Iterator[str]:
    """What taking objects away means for the rest of the box."""
    replaced = any(edit.before.family.name == "crypto-map-entry" for edit in edited)
    for item in items:
        if item.family.name == "crypto-map-entry" and not replaced:
            peers = " and ".join(item.peers) or "no peer"
            yield f"the tunnel to {peers} goes down, and what it selects is not encrypted any more"
            yield from _others(item, running)
        elif item.family.name == "crypto-map-binding":
            yield f"{item.groups['interface']} has no crypto map any more"
        elif item.family.name in ("isakmp-policy", "isakmp-keepalive"):
            yield f"{item.title} goes for every IKE peer of the box, from its next negotiation"


def _others(entry: ConfigObject, running: Config) -> Iterator[str]:
    """The neighbours of an entry that is there itself."""
    own = f"entry {entry.groups['sequence']} of {entry.groups['map']} "
    yield from (sentence for sentence in _neighbours(entry, running) if not sentence.startswith(own))


def _neighbours(entry: ConfigObject, running: Config) -> Iterator[str]:
    name = entry.groups["map"]
    others = [item for item in running.of("crypto-map-entry") if item.groups["map"] == name]
    for item in others:
        if item.dynamic:
            yield _clients(item.groups["sequence"], name, item.dynamic)
            continue
        peers = " and ".join(item.peers) or "none"
        yield f"entry {item.groups['sequence']} of {name} (peer {peers}) is on the same map; its SAs are not touched"
    for node in running.others:
        if node.line.startswith(f"crypto map {name} ") and " dynamic " in node.line:
            sequence, dynamic = node.line.split()[3], node.line.split()[-1]
            yield _clients(sequence, name, dynamic)


def _clients(sequence: str, name: str, dynamic: str) -> str:
    return f"dynamic entry {sequence} of {name} ({dynamic}, VPN clients) is on the same map; its SAs are not touched"
