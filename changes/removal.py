"""What of a tunnel goes when the tunnel goes: its own objects, and shared ones when nothing else is left to use them."""

from __future__ import annotations

from collections.abc import Sequence

from .objects import Config, ConfigObject, referrers, strange_use

#: These serve every IKE peer of the box, so they go only with its last one.
GLOBAL = ("isakmp-policy", "isakmp-keepalive")


def owned(running: Config, present: Sequence[ConfigObject]) -> tuple[tuple[ConfigObject, ...], tuple[str, ...]]:
    """Objects to remove out of those of the tunnel that the box has, and a sentence for each that stays."""
    entries = [item for item in present if item.family.name == "crypto-map-entry"]
    gone = {item.key for item in entries}
    staying = [item for item in running.of("crypto-map-entry") if item.key not in gone]
    # An entry may have a second peer to fall back to.
    peers = {line.split()[2] for item in staying for line in item.children if line.startswith("set peer ")}
    last = not any(_is_entry(node.line) for node in running.others) and all(
        item.key in gone for item in running.of("crypto-map-entry")
    )
    removed: list[ConfigObject] = list(entries)
    stays: list[str] = []
    for item in present:
        why = _why_it_stays(item, running, removed, peers, last=last)
        if item in entries:
            continue
        if why:
            stays.append(f"{item.title} stays: {why}")
        else:
            removed.append(item)
    return tuple(removed), tuple(stays)


def _is_entry(line: str) -> bool:
    words = line.split()
    return words[:2] == ["crypto", "map"] and len(words) > 4 and words[4].startswith("ipsec-")


def _why_it_stays(item: ConfigObject, running: Config, removed: Sequence[ConfigObject], peers: set[str], *, last: bool) -> str:
    keys = {other.key for other in removed}
    if item.family.name in GLOBAL:
        return "" if last else "other IKE peers of the box use it"
    if item.family.name == "isakmp-key":
        return "another entry goes to the same peer" if item.groups["peer"] in peers else ""
    if item.family.name == "crypto-map-binding":
        name = item.children[0].split()[2]
        others = [entry for entry in running.of("crypto-map-entry") if entry.groups["map"] == name and entry.key not in keys]
        dynamic = any(_is_entry(node.line) and node.line.split()[2] == name for node in running.others)
        return f"crypto map {name} has other entries" if others or dynamic else ""
    users = referrers(running, item, besides=keys)
    if users:
        return f"{users[0].title} uses it"
    use = strange_use(running, item)
    return f"{use!r} uses it" if use else ""
