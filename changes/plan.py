"""The change: desired configuration against running configuration, as ordered steps and their exact inverse.

Order of work: build (complete new objects that nothing uses yet), then switch (the one reference that puts them to use, a line
at a time). The inverse takes the objects away in the opposite order: what refers goes before what it refers to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..inventory.errors import ChangeError
from . import tree
from .families import FAMILIES, Phase
from .objects import Config, ConfigObject, Key, names, read, read_desired, referrers, strange_use
from .removal import unshared
from .sharing import newcomers


@dataclass(frozen=True, slots=True)
class Step:
    """Lines that belong together. They start in global configuration mode; below a header they are in its sub-mode."""

    phase: Phase
    family: str
    title: str
    purpose: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """As a person pastes it."""
        head, *below = self.lines
        return "\n".join((head, *(f" {line}" for line in below)))


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to one device, and what undoes it. Secrets stand as tokens throughout."""

    host: str
    os: str
    created: tuple[ConfigObject, ...]
    reused: tuple[ConfigObject, ...]
    forward: tuple[Step, ...]
    inverse: tuple[Step, ...]
    blast_radius: tuple[str, ...]
    #: What the change takes away, as the device had it.
    removed: tuple[ConfigObject, ...] = ()
    #: What was to go and stays because something else has come to use it, one sentence each.
    stays: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """False when the device is as it should be already."""
        return bool(self.created or self.removed)

    def of(self, phase: Phase) -> tuple[Step, ...]:
        """Forward steps of one phase."""
        return tuple(step for step in self.forward if step.phase is phase)

    @property
    def forward_text(self) -> str:
        """The change as a person pastes it at the privileged prompt."""
        return _paste(self.forward)

    @property
    def inverse_text(self) -> str:
        """The inverse as a person pastes it at the privileged prompt."""
        return _paste(self.inverse)


def _paste(steps: Iterable[Step]) -> str:
    body = "".join(f"! {step.purpose}\n{step.text}\n" for step in steps)
    return f"configure terminal\n{body}end\n" if body else ""


def plan(host: str, os: str, desired_text: str, running_text: str) -> Change:
    """Change that brings the objects of ``desired_text`` to a device that runs ``running_text``; nothing else is touched.

    Both texts hold tokens instead of secrets. Raises ChangeError for a line that no rule knows, a reference to something
    that is neither there nor built, and an object of that name that has other content: it is somebody else's.
    """
    desired, running = read_desired(os, desired_text), read(os, running_text)
    created: list[ConfigObject] = []
    reused: list[ConfigObject] = []
    for item in _sorted(os, desired.objects.values()):
        present = running.objects.get(item.key)
        if present is None:
            created.append(item)
        elif present.meaning == item.meaning:
            reused.append(present)
        else:
            raise ChangeError(_taken(host, item, present))
    _refuse_dangling(host, desired, running)
    _refuse_waiting_names(host, created, desired, running_text)
    return Change(
        host,
        os,
        tuple(created),
        tuple(reused),
        tuple(_forward(created)),
        undo(os, created),
        tuple(_blast_radius(created, running)),
    )


def plan_removal(
    host: str,
    os: str,
    items: Iterable[ConfigObject],
    running_text: str,
    *,
    before_text: str | None = None,
    stays: Iterable[str] = (),
) -> Change:
    """Change that takes ``items`` away from a device that runs ``running_text``, and puts them back as its inverse.

    ``items`` are wanted as the device has them, and ``before_text`` is what it ran before they were made. What something else
    has come to share since then (a key by its peer, a binding by its map, what IKE offers to all) is left out, with a sentence
    in ``Change.stays`` after those that are given. Without ``before_text`` the items are those that are known to go.

    Raises ChangeError when one of the items is not there, is not as given, or is named by something that stays: then the device
    has moved on since, and taking the rest away would leave it half-changed.
    """
    running = read(os, running_text)
    given = tuple(_as_it_stands(host, item, running) for item in items)
    here, shared = unshared(running, given, read(os, before_text)) if before_text is not None else (given, ())
    going = {item.key for item in here}
    for item in here:
        named = _named_by(running, item, going)
        if named:
            raise ChangeError(f"{host}: {item.title} is used by {named}, which is to stay")
    inverse, radius = tuple(_forward(_sorted(os, here))), tuple(_removal_radius(here, running))
    return Change(host, os, (), (), undo(os, here), inverse, radius, here, (*stays, *shared))


def _as_it_stands(host: str, item: ConfigObject, running: Config) -> ConfigObject:
    present = running.objects.get(item.key)
    if present is None:
        raise ChangeError(f"{host}: {item.title} is not there any more")
    if present.meaning != item.meaning:
        raise ChangeError(_taken(host, item, present))
    return present


def _named_by(config: Config, item: ConfigObject, besides: Iterable[Key]) -> str:
    """What names the object, apart from the objects ``besides``, or nothing."""
    users = referrers(config, item, besides=besides)
    use = strange_use(config, item)
    return users[0].title if users else repr(use) if use else ""


def undo(os: str, items: Iterable[ConfigObject]) -> tuple[Step, ...]:
    """Steps that take ``items`` away: first what refers, then what it refers to."""
    ordered = _sorted(os, items)
    return tuple(
        Step(Phase.SWITCH, item.family.name, item.title, f"remove {item.title}", item.removal) for item in reversed(ordered)
    )


def restore(change: Change, before_text: str, now_text: str) -> tuple[Step, ...]:
    """Steps that take away what this change brought to the device, as it stands there now, and put back what it took.

    This is the inverse computed from the device instead of from the plan: it holds when only some lines arrived, or when the
    device keeps another key than it was given. What others have added since is not touched. Raises ChangeError when somebody
    else's object uses one of ours.
    """
    before, now = read(change.os, before_text), read(change.os, now_text)
    wanted = {item.key: item for item in change.created}
    ours = [item for key, item in now.objects.items() if key in wanted and key not in before.objects]
    for item in ours:
        foreign = _foreign(item, wanted[item.key])
        if foreign:
            raise ChangeError(f"{change.host}: {item.title} has {foreign!r} now, which this run did not send")
        use = _named_by(now, item, wanted)
        if use:
            raise ChangeError(f"{change.host}: {item.title} is used by {use} now, which this run did not make")
    for item in ours:
        sharing = newcomers(now, item, before, besides=wanted.keys())
        if sharing:
            raise ChangeError(f"{change.host}: {item.title} serves {sharing[0]} now, which this run did not make")
    lost = [item for item in change.removed if _lacks(now.objects.get(item.key), item)]
    return (*undo(change.os, ours), *_forward(_sorted(change.os, lost)))


def _lacks(present: ConfigObject | None, wanted: ConfigObject) -> bool:
    """True if the object is gone, or came back with some of its lines only; typing its lines again then completes it."""
    return present is None or any(line not in present.canonical_children for line in wanted.canonical_children)


def _foreign(present: ConfigObject, sent: ConfigObject) -> str:
    """The first line of an object that this run did not send, or nothing; a key that the device altered is still ours."""
    if present.family.name != "isakmp-key" and present.meaning[0] != sent.meaning[0]:
        return present.header
    return next((line for line in present.canonical_children if line not in sent.canonical_children), "")


def _sorted(os: str, items: Iterable[ConfigObject]) -> list[ConfigObject]:
    """Objects in the order of the family table, which is the order of dependence."""
    rank = {family.name: number for number, family in enumerate(FAMILIES[os])}
    return sorted(items, key=lambda item: rank[item.family.name])


def _taken(host: str, wanted: ConfigObject, present: ConfigObject) -> str:
    here = [line for line in (present.header, *present.children) if line not in (wanted.header, *wanted.children)]
    there = [line for line in (wanted.header, *wanted.children) if line not in (present.header, *present.children)]
    return (
        f"{host}: {present.title} exists with other content and is left alone "
        f"(there: {'; '.join(here) or 'fewer lines'} - wanted: {'; '.join(there) or 'fewer lines'})"
    )


def _refuse_dangling(host: str, desired: Config, running: Config) -> None:
    known: set[Key] = {*desired.objects, *running.objects}
    names = {(family, identity[:1]) for family, identity in known}
    for item in desired.objects.values():
        for reference in item.family.references:
            for line in item.children:
                match = reference.pattern.fullmatch(line)
                if match and (reference.family, (match["name"],)) not in names:
                    raise ChangeError(f"{host}: {item.title} refers to {reference.family} {match['name']}, which is nowhere")


def _refuse_waiting_names(host: str, created: Iterable[ConfigObject], desired: Config, running_text: str) -> None:
    """An access list whose name stands somewhere already would be at work the moment it is built, or belongs to another kind."""
    ours = {item.header: item.children for item in desired.objects.values()}
    for item in created:
        if item.family.name != "access-list":
            continue
        for line in _lines_besides(ours, running_text):
            if names(line, item):
                raise ChangeError(f"{host}: the name {item.groups['name']} stands in {line!r} already; {item.title} is not built")


def _lines_besides(ours: Mapping[str, tuple[str, ...]], text: str) -> Iterable[str]:
    for node in tree.parse(text):
        yield node.line
        yield from (child for child in node.children if child not in ours.get(node.line, ()))


def _forward(created: Iterable[ConfigObject]) -> Iterable[Step]:
    switches: list[Step] = []
    for item in created:
        switching = [line for line in item.children if item.family.switches and item.family.switches.fullmatch(line)]
        building = [line for line in item.children if line not in switching]
        if building or not switching:
            yield Step(Phase.BUILD, item.family.name, item.title, item.family.sentence, (item.header, *building))
        for line in switching:
            purpose = f"put to use: {item.title}"
            switches.append(Step(Phase.SWITCH, item.family.name, item.title, purpose, (item.header, line)))
    yield from switches


def _blast_radius(created: Iterable[ConfigObject], running: Config) -> Iterable[str]:
    for item in created:
        if item.family.name == "isakmp-policy" and running.of("isakmp-policy"):
            yield f"{item.title} is offered to every IKE peer of the box from now on, after the policies it has"
        elif item.family.name == "isakmp-keepalive":
            yield "dead peer detection applies to every IKE peer of the box, from its next negotiation"
        elif item.family.name == "crypto-map-binding":
            yield f"{item.groups['interface']} starts to encrypt what {item.children[0]} selects; it had no crypto map"
        elif item.family.name == "crypto-map-entry":
            yield from _neighbours(item, running)
            for binding in running.of("crypto-map-binding"):
                interface, name = binding.groups["interface"], item.groups["map"]
                if binding.children[0].split()[2] == name:
                    yield f"{interface} has map {name}: what the new entry selects is encrypted there from now on"


def _removal_radius(items: Iterable[ConfigObject], running: Config) -> Iterable[str]:
    for item in items:
        if item.family.name == "crypto-map-entry":
            yield f"the tunnel to {item.child('set peer')} goes down, and what it selects is not encrypted any more"
            yield from (
                sentence for sentence in _neighbours(item, running) if f"entry {item.groups['sequence']} of" not in sentence
            )
        elif item.family.name in ("isakmp-policy", "isakmp-keepalive"):
            yield f"{item.title} goes for every IKE peer of the box, from its next negotiation"


def _neighbours(entry: ConfigObject, running: Config) -> Iterable[str]:
    name = entry.groups["map"]
    others = [item for item in running.of("crypto-map-entry") if item.groups["map"] == name]
    for item in others:
        peers = " and ".join(line.split()[2] for line in item.children if line.startswith("set peer ")) or "none"
        yield f"entry {item.groups['sequence']} of {name} (peer {peers}) is on the same map; its SAs are not touched"
    for node in running.others:
        if node.line.startswith(f"crypto map {name} ") and " dynamic " in node.line:
            sequence, dynamic = node.line.split()[3], node.line.split()[-1]
            yield f"dynamic entry {sequence} of {name} ({dynamic}, VPN clients) is on the same map; its SAs are not touched"
