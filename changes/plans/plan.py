"""Plan a change: desired against running configuration, a removal, and the reversal of an earlier change.

Each gives a Change: ordered steps and their exact inverse. What is refused here is refused before a device is touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ...inventory.errors import ChangeError
from ..configurations import tree
from ..family import NOBODY
from ..implicit_references import users, uses_of_peer
from ..objects import Config, ConfigObject, Key, added_lines, names, nodes_of, read, read_desired, referrers, strange_use
from .change import Change, compose
from .removal import unshared
from .replacing import NOTHING, Replacing
from .steps import Edit, in_order, placed


def plan(host: str, os: str, desired_text: str, running_text: str, replacing: Replacing = NOTHING) -> Change:
    """Change that brings the objects of ``desired_text`` to a device that runs ``running_text``; nothing else is touched.

    Both texts hold placeholders instead of secrets. ``replacing`` says what the device has of the same tunnel in another form:
    its objects may be changed in place, or go when nothing uses them any more. Raises ChangeError for a line that no rule knows,
    a reference to something that is neither there nor built, and an object of that name that has other content: it is
    somebody else's.
    """
    desired = read_desired(os, desired_text)
    running = read(os, running_text).with_lines_of(desired.objects.values())
    created: list[ConfigObject] = []
    reused: list[ConfigObject] = []
    edited: list[Edit] = []
    for item in in_order(os, desired.objects.values()):
        present = running.objects.get(item.key)
        if present is None:
            created.append(item)
        elif present.meaning == item.meaning:
            reused.append(present)
        elif item.key in replacing.editable:
            _refuse_unknown_lines(host, present)
            _refuse_other_version(host, present, running, item, desired)
            edited.append(Edit(present, item))
        elif lines := added_lines(os, present, item):
            created += lines
            reused.append(present)
        else:
            raise ChangeError(_of_a_group(host, item, present) or _taken(host, item, present))
    _refuse_more_lines(host, desired, running)
    _refuse_without_a_place(host, created, running)
    _refuse_dangling(host, desired.objects.values(), desired.known, running.known)
    _refuse_key_of_another(host, created, desired, running)
    _refuse_waiting_names(host, os, created, desired, running_text)
    removed, stays = _out_of_use(running, replacing, desired, edited)
    return compose(host, os, running, created=created, removed=removed, edited=edited, reused=reused, stays=stays)


def _out_of_use(
    running: Config, replacing: Replacing, desired: Config, edited: Collection[Edit]
) -> tuple[list[ConfigObject], list[str]]:
    """What is replaced and goes, and a sentence for each that stays because something else names it."""
    leaving = [item for item in replacing.retired if item.key not in desired.objects]
    besides = {item.key for item in leaving} | {edit.key for edit in edited}
    going, stays = [], list(replacing.stays)
    for item in leaving:
        use = strange_use(running, item) if _of_a_set_that_stays(item, running, desired) else named_by(running, item, besides)
        if use:
            stays.append(f"{item.title} stays: {use} uses it")
        else:
            going.append(item)
    return going, stays


def _of_a_set_that_stays(item: ConfigObject, running: Config, desired: Config) -> bool:
    """True if all that names it names the set that it is in (a list of ``nat 0``), and the set has another member afterwards."""
    family, name = item.family.name, item.key[1][:1]
    rules = [rule for _, rule in running.naming.get((family, name[0] if name else ""), ())]
    return (
        bool(rules)
        and all(rule.of_set for rule in rules)
        and any(key[0] == family and key[1][:1] == name for key in desired.objects)
    )


def plan_removal(
    host: str,
    os: str,
    items: Iterable[ConfigObject],
    running_text: str,
    *,
    stays: Iterable[str] = (),
    back: Iterable[ConfigObject] = (),
) -> Change:
    """Change that takes ``items`` away from a device that runs ``running_text``, and puts them back as its inverse.

    ``back`` is what comes in their place: what stood there before them. Raises ChangeError when one of the items is not there, is
    not as given, or is named by something that stays.
    """
    running = read(os, running_text)
    again = {item.key: item for item in back}
    here = tuple(_as_it_stands(host, item, running) for item in items if item.key not in again)
    _refuse_used(host, running, here, ())
    there = {key: present for key in again if (present := running.objects.get(key)) is not None}
    edited = [Edit(present, again[key]) for key, present in there.items() if present.meaning != again[key].meaning]
    created = [item for key, item in again.items() if key not in there]
    return compose(host, os, running, created=created, removed=here, edited=edited, stays=stays)


def plan_reversal(change: Change, before_text: str, running_text: str) -> Change:
    """Change that undoes ``change``, which was made on a device that ran ``before_text``; its inverse makes it again.

    What something else has come to share since then (a key by its peer, a binding by its map, what IKE offers to all) is left
    out, with a sentence in ``Change.stays``. Raises ChangeError when an object is not as the change left it, or is named by
    something newer: then the device has moved on since, and taking the rest away would leave it half-changed.
    """
    running, before = (read(change.os, text).with_lines_of(change.created) for text in (running_text, before_text))
    made = tuple(_with_lines_of_others(change, item, running) for item in change.created)
    edited = tuple(Edit(_as_it_stands(change.host, edit.after, running), edit.before) for edit in change.edited)
    lost, there = _missing(change, running)
    left = {*running.objects} - {item.key for item in made} | {item.key for item in lost}
    _refuse_dangling(change.host, (*lost, *(edit.after for edit in edited)), {(key[0], key[1][:1]) for key in left})
    own = {edit.key for edit in edited} | (change.own if change.replaces else set())
    here, shared = unshared(running, made, before, besides=own)
    grown = next((item for item in here if item.meaning not in {one.meaning for one in change.created}), None)
    if grown:
        raise ChangeError(_taken(change.host, next(item for item in change.created if item.key == grown.key), grown))
    here = (*here, *_without_an_owner(change, here, before, running))
    _refuse_used(change.host, running, here, own, "; nr-run remove-l2l removes a tunnel with everything that nothing else needs")
    there += [item for item in change.reused if item.key in running.objects and item.family.is_tunnel]
    shared = (*shared, *_left_over(change, here, before, running))
    # What was taken out of somebody's list or from in front of somebody's rules comes back to where it stood.
    again = placed(lost, before, running)
    return compose(change.host, change.os, running, created=again, removed=here, edited=edited, reused=there, stays=shared)


def _without_an_owner(change: Change, going: Iterable[ConfigObject], before: Config, running: Config) -> tuple[ConfigObject, ...]:
    """What put the going tunnels to use and was there before the change for others of their set, all of which have gone since."""
    tunnels = {item.key for item in going if item.family.is_tunnel}
    sets = (found for family, identity in tunnels for found in running.naming.get((family, identity[0]), ()))
    holders = {item.key: item for item, rule in sets if rule.of_set and item.key not in change.keys}
    return tuple(
        item
        for item in holders.values()
        if users(before, item) and not users(running, item, besides=tunnels) and item.key in before.objects
    )


def _left_over(change: Change, going: Iterable[ConfigObject], before: Config, running: Config) -> tuple[str, ...]:
    """Sentences on what served others when the change was made, and serves nobody once it is undone; it was not made by it."""
    gone = {item.key for item in going}
    there = [item for item in change.reused if item.key in running.objects and item.key not in gone]
    left = [item for item in there if users(before, item)]
    # What is left over is no use of the rest, as a key is of a policy: hence another round.
    while used := [item for item in left if users(running, item, besides={*gone, *(other.key for other in left)})]:
        left = [item for item in left if item not in used]
    return tuple(f"{item.title} stays: it was there before this tunnel, though nothing uses it any more" for item in left)


def _missing(change: Change, running: Config) -> tuple[list[ConfigObject], list[ConfigObject]]:
    """What the change took away: what is still away, and what somebody has brought back already."""
    lost: list[ConfigObject] = []
    there: list[ConfigObject] = []
    for item in change.removed:
        present = running.objects.get(item.key)
        if present is not None and present.meaning != item.meaning:
            raise ChangeError(_taken(change.host, item, present))
        (there if present else lost).append(item)
    return lost, there


def _as_it_stands(host: str, item: ConfigObject, running: Config) -> ConfigObject:
    present = running.objects.get(item.key)
    if present is None:
        raise ChangeError(f"{host}: {item.title} is not there any more")
    if present.meaning != item.meaning:
        raise ChangeError(_taken(host, item, present))
    return present


def _with_lines_of_others(change: Change, item: ConfigObject, running: Config) -> ConfigObject:
    """What the change made, as it stands, with lines that are objects of others by now (a proposal in a policy)."""
    present = running.objects.get(item.key)
    if present is not None and added_lines(change.os, item, present):
        return present
    return _as_it_stands(change.host, item, running)


def _refuse_used(host: str, running: Config, items: Iterable[ConfigObject], besides: Iterable[Key], way_out: str = "") -> None:
    items = tuple(items)
    going = {*(item.key for item in items), *besides}
    for item in items:
        use = named_by(running, item, going)
        if use:
            raise ChangeError(f"{host}: {item.title} is used by {use}, which is to stay{way_out}")


def named_by(config: Config, item: ConfigObject, besides: Collection[Key]) -> str:
    """What names the object, apart from the objects ``besides``, or nothing."""
    users = referrers(config, item, besides=besides)
    use = strange_use(config, item)
    return users[0].title if users else repr(use) if use else ""


def _of_a_group(host: str, wanted: ConfigObject, present: ConfigObject) -> str:
    """A map may be bound with the address of a standby group; then none of its tunnels starts at the interface's own."""
    line = next((line for line in present.children if " redundancy " in line), "")
    if not line or not present.map_name or present.map_name != wanted.map_name:
        return ""
    return (
        f"{host}: {line!r} below {present.header!r}: the tunnels of that map start at the address of the standby group, and move "
        "to its other router with it; nr-run builds tunnels of one router"
    )


def _taken(host: str, wanted: ConfigObject, present: ConfigObject) -> str:
    here = [line for line in (present.header, *present.children) if line not in (wanted.header, *wanted.children)]
    there = [line for line in (wanted.header, *wanted.children) if line not in (present.header, *present.children)]
    return (
        f"{host}: {present.title} exists with other content and is left alone "
        f"(there: {'; '.join(here) or 'fewer lines'} - wanted: {'; '.join(there) or 'fewer lines'})"
    )


def _refuse_unknown_lines(host: str, present: ConfigObject) -> None:
    """Refuse to edit an object with a line that no rule knows: the edit would drop it."""
    for line in present.children:
        if not present.family.knows(line):
            raise ChangeError(f"{host}: {present.title} has {line!r}, which no rule knows; a change in place would drop it")


def _refuse_other_version(host: str, present: ConfigObject, running: Config, wanted: ConfigObject, desired: Config) -> None:
    """What serves both versions of IKE serves somebody by the one that the change does not know."""
    before, after = present.ike_versions(running), wanted.ike_versions(desired)
    dropped = before - after
    if len(before) > 1 and dropped:
        raise ChangeError(
            f"{host}: {present.title} is for IKE versions 1 and 2; a change in place would drop version {min(dropped)} of it"
        )


def _refuse_more_lines(host: str, desired: Config, running: Config) -> None:
    """Refuse to create or remove an object that other single lines describe further: these would come and go unseen."""
    # Most names stand in no line of that kind.
    named = (item for item in desired.objects.values() if item.family.more and item.key[1][0] in running.strange_text)
    forms = {item.family.name: item.family.more for item in named if item.family.more}
    said = {
        (name, match["name"]): node.line
        for name, form in forms.items()
        for node in running.others
        if (match := form.fullmatch(node.line))
    }
    for item in desired.objects.values():
        line = said.get((item.family.name, item.key[1][0])) if item.family.more else None
        if line:
            raise ChangeError(f"{host}: {item.title} has the line {line!r}, which no rule knows, and is left alone")


def _refuse_without_a_place(host: str, created: Iterable[ConfigObject], running: Config) -> None:
    """A line for a section that is somebody else's needs the section, and a place in it that nothing has."""
    for item in created:
        if not item.family.child_is_object or item.family.flat:
            continue
        node = running.named_nodes.get(item.header)
        if node is None:
            raise ChangeError(f"{host}: {item.header!r} is not there, and {item.children[0]!r} is a line for it")
        number = item.groups.get("number")
        line = next((line for line in node.children if line.startswith(f"{number} ")), "") if node and number else ""
        if line:
            raise ChangeError(f"{host}: {item.header!r} has {line!r} already, so number {number} is not free")


def _refuse_key_of_another(host: str, created: Iterable[ConfigObject], desired: Config, running: Config) -> None:
    """A key for a peer that another tunnel reaches by another key (a wider one) would become that tunnel's as well.

    That is so where IKE takes the key by the address alone; what holds keys for those who name it takes nobody's.
    """
    own = {item.key for item in desired.objects.values() if item.family.is_tunnel}
    for item in created:
        users = uses_of_peer(running, item.peer, besides=own) if item.peer and item.family.shared is not NOBODY else ()
        if users:
            raise ChangeError(
                f"{host}: {users[0]} goes to {item.peer} already, by another key than {item.title} would be; "
                "it would take that one at its next negotiation"
            )


def _refuse_dangling(host: str, items: Iterable[ConfigObject], *there: Collection[tuple[str, tuple[str, ...]]]) -> None:
    """``there`` are families and names of what is there then."""
    for item in items:
        for reference, name in item.named:
            families = (reference.family, reference.or_family)
            if name not in reference.built_in and not any((family, (name,)) in some for family in families for some in there):
                raise ChangeError(f"{host}: {item.title} refers to {reference.family} {name}, which is nowhere")


def _refuse_waiting_names(host: str, os: str, created: Iterable[ConfigObject], desired: Config, running_text: str) -> None:
    """A list of traffic whose name stands somewhere already would be at work as soon as it is built, or is of another kind."""
    ours = {item.header: item.children for item in desired.objects.values()}
    for item in created:
        there = item.family.traffic and item.groups["name"] in running_text
        for line in _lines_besides(ours, nodes_of(os, running_text)) if there else ():
            if names(line, item):
                raise ChangeError(f"{host}: the name {item.groups['name']} is in {line!r} already; {item.title} is not built")


def _lines_besides(ours: Mapping[str, tuple[str, ...]], running: Iterable[tree.Node]) -> Iterable[str]:
    for node in running:
        yield node.line
        yield from (child for child in node.children if child not in ours.get(node.line, ()))
