"""What the lines of a provider's sample share with what stands on the device already. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...changes.config_object import ConfigObject
from ...changes.objects import Config, read, referrers
from ...parsers.provider_samples import Sample, Statement
from .sample_line import LineVerdict

#: Names in the lines of a device that somebody uses, at most so many in one sentence.
_MOST = 2


def beside(sample: Sample, running: Config) -> dict[int, tuple[LineVerdict, ...]]:
    """Line number to what is to be said of it; also of what is there already in the same words, which is accepted."""
    wanted = read(sample.os, _as_text(sample.statements)) if sample.os else None
    found: dict[int, list[LineVerdict]] = {}
    objects = {item.header: item for item in wanted.objects.values()} if wanted else {}
    met: set[str] = set()
    for one in sample.statements:
        item = _object(one, objects)
        made = [*_by_name(one, running)]
        if item is not None and item.header not in met:
            met.add(item.header)
            made += _by_object(one, item, running)
        if made:
            found.setdefault(one.number, []).extend(made)
    for number, verdict in _peers(sample, running):
        found.setdefault(number, []).append(verdict)
    return {number: tuple(dict.fromkeys(verdicts)) for number, verdicts in found.items()}


def _as_text(statements: Sequence[Statement]) -> str:
    """As a device would show it: one blank for each sub-mode, whatever the blanks of the sample were."""
    return "".join(f"{' ' * len(one.path)}{_long(one)}\n" for one in statements if one.form is not None)


def _long(one: Statement) -> str:
    """``int tunnel 1`` as a device writes it."""
    if one.form is not None and one.form.name == "tunnel":
        return f"interface Tunnel{one.parts['n_tunnel']}"
    return one.text


def _object(one: Statement, objects: Mapping[str, ConfigObject]) -> ConfigObject | None:
    """The object whose header a line at the margin is, or begins with where a device has no sub-mode for it."""
    if one.path:
        return None
    words = _long(one).split()
    headers = (" ".join(words[:count]) for count in range(len(words), 1, -1))
    return next((objects[header] for header in headers if header in objects), None)


def _by_object(one: Statement, item: ConfigObject, running: Config) -> Iterator[LineVerdict]:
    there = running.objects.get(item.key)
    if there is None or item.family.child_is_object:
        return
    mine, theirs = _lines(item), _lines(there)
    header = item.family.without_secret(item.header)
    if item.family.holds_key and (set(mine) != set(theirs) or any("<key>" in line for line in (header, *mine))):
        reason = f"{item.title} is there already: typing this takes the place of its key"
        yield LineVerdict(one.number, "shared", reason, one.text)
    elif set(mine) <= set(theirs) and header == there.family.without_secret(there.header):
        yield LineVerdict(one.number, "accepted", f"{item.title} is there already, with these lines", one.text)
    else:
        other = next((line for line in mine if line not in theirs), header)
        reason = f"{item.title} is there already without {other!r}: typing this changes it{_used(running, there)}"
        yield LineVerdict(one.number, "shared", reason, one.text)


def _lines(item: ConfigObject) -> tuple[str, ...]:
    return tuple(item.family.without_secret(line) for line in item.canonical_children)


def _used(running: Config, there: ConfigObject) -> str:
    users = [user.title for user in referrers(running, there)]
    return f" for {' and '.join(users[:_MOST])}" + (" and others" if len(users) > _MOST else "") if users else ""


def _by_name(one: Statement, running: Config) -> Iterator[LineVerdict]:
    """Names and numbers that are taken, by what the line is."""
    form, parts = one.form.name if one.form else "", one.parts
    if form in ("numbered-list", "named-list", "list") and (lines := running.lists.get(parts["name"])):
        if parts.get("entry", "") not in lines:
            count = f"{len(lines)} line{'' if len(lines) == 1 else 's'}"
            reason = f"the list {parts['name']} is there already with {count} of its own: this would be added to it"
            yield LineVerdict(one.number, "shared", reason, one.text)
    elif form in ("crypto-map", "map-match", "map-peer", "map-binding") and "name" in parts:
        yield from _map(one, parts["name"], running)
    elif form == "bgp":
        other = next((node.line for node in running.nodes if node.line.startswith("router bgp ")), one.text)
        if other != one.text:
            yield LineVerdict(
                one.number, "shared", f"the device has {other!r}, and can have one: this is refused or takes its place", one.text
            )
    elif form == "tunnel-nameif":
        taken = any(f"nameif {parts['nameif']}" in node.children for node in running.nodes if node.line.startswith("interface "))
        if taken:
            yield LineVerdict(one.number, "shared", f"the name {parts['nameif']} is that of an interface already", one.text)
    elif form in ("isakmp-policy", "ikev2-policy") and "n_number" in parts and not _same_policy(one, running):
        yield LineVerdict(one.number, "shared", "a policy is offered to every IKE peer of the device", one.text)


def _same_policy(one: Statement, running: Config) -> bool:
    """True if a policy of this number is there: what that means is told of the object."""
    families = ("isakmp-policy", "ikev2-policy")
    return any(item.groups.get("number") == one.parts["n_number"] for family in families for item in running.of(family))


def _map(one: Statement, name: str, running: Config) -> Iterator[LineVerdict]:
    entries = [item for item in running.of("crypto-map-entry") if item.groups.get("map") == name]
    if entries:
        peers = " and ".join(dict.fromkeys(peer for item in entries for peer in item.peers)) or "others"
        yield LineVerdict(one.number, "shared", f"crypto map {name} is there already, for {peers}", one.text)
    for item in running.of("crypto-map-binding") if one.form and one.form.name == "map-binding" else ():
        where = one.parts.get("nameif") or one.header.partition(" ")[2]
        if item.map_name != name and item.groups.get("interface", item.groups.get("nameif", "")).lower() == where.lower():
            reason = f"{where} has crypto map {item.map_name}: all its tunnels are lost when this one is bound there"
            yield LineVerdict(one.number, "shared", reason, one.text)


def _peers(sample: Sample, running: Config) -> Iterator[tuple[int, LineVerdict]]:
    for tunnel in sample.tunnels:
        for item in running.tunnels_to.get(tunnel.said, ()) if tunnel.peer is not None else ():
            text = next((one.text for one in sample.statements if one.number == tunnel.line), f"peer {tunnel.said}")
            yield (
                tunnel.line,
                LineVerdict(tunnel.line, "shared", f"the device has a tunnel to {tunnel.said} already ({item.title})", text),
            )
