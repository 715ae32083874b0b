"""Rollback steps, computed from the device instead of from the plan: right however far the change came."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...inventory.errors import ChangeError
from ..configurations.configuration import Configuration
from ..implicit_references import new_users
from ..objects import Config, ConfigObject, Key
from . import steps
from .change import Change
from .plan import named_by
from .steps import Edit, Step


def restore(change: Change, before_whole: Configuration, now_whole: Configuration) -> tuple[Step, ...]:
    """Steps that take away what this change brought to the device, as it stands there now, and put back what it took.

    They hold when only some lines arrived, or when the device keeps another key than it was given. What others have added
    since is not touched. Raises ChangeError when somebody else's object uses one of ours, or one of ours has a line that this
    run did not send.

    Stages are rolled back in the order that the deployment gives them.
    """
    before, now = (one.objects.with_lines_of((*change.created, *change.removed)) for one in (before_whole, now_whole))
    besides = change.keys
    parts = change.way_back or (change,)
    return tuple(step for part in parts for step in _restore(part, besides, before, now))


def _restore(change: Change, besides: Collection[Key], before: Config, now: Config) -> tuple[Step, ...]:
    """The steps of one stage; ``besides`` are the objects of all of them."""
    wanted = {item.key: item for item in change.created}
    ours = [item for key, item in now.objects.items() if key in wanted and key not in before.objects]
    for item in ours:
        _refuse_foreign(change.host, item, (wanted[item.key],))
        use = named_by(now, item, besides)
        if use:
            raise ChangeError(f"{change.host}: {item.title} is used by {use} now, which this run did not make")
    for item in ours:
        sharing = new_users(now, item, before, besides=besides)
        if sharing:
            raise ChangeError(f"{change.host}: {item.title} serves {sharing[0]} now, which this run did not make")
    lost = [item for item in change.removed if _lacks(now.objects.get(item.key), item)]
    back, gone = _edits(change, now)
    again = steps.placed((*lost, *gone), before, now)
    return (*steps.create(change.os, again, before), *steps.change(change.os, back), *steps.remove(change.os, ours))


def _edits(change: Change, now: Config) -> tuple[list[Edit], list[ConfigObject]]:
    """What was changed in place and is not as before: to be changed back, or to be made again where it is gone."""
    back: list[Edit] = []
    gone: list[ConfigObject] = []
    for edit in change.edited:
        present = now.objects.get(edit.key)
        if present is None:
            gone.append(edit.before)
        elif present.meaning != edit.before.meaning:
            _refuse_foreign(change.host, present, (edit.before, edit.after))
            back.append(Edit(present, edit.before))
    return back, gone


def _lacks(present: ConfigObject | None, wanted: ConfigObject) -> bool:
    """True if the object is gone, or came back with some of its lines only; typing its lines again then completes it."""
    return present is None or any(line not in present.canonical_children for line in wanted.canonical_children)


def _refuse_foreign(host: str, present: ConfigObject, known: Iterable[ConfigObject]) -> None:
    foreign = _foreign(present, tuple(known))
    if foreign:
        raise ChangeError(f"{host}: {present.title} has {foreign!r} now, which this run did not send")


def _foreign(present: ConfigObject, known: tuple[ConfigObject, ...]) -> str:
    """The first line of an object that is in none of its known forms, or nothing; a key that the device altered is still ours.

    A default that the device shows (an ASA shows every line of an IKE policy from the first on) is nobody else's line.
    """
    family = present.family
    header = family.without_secret(present.meaning[0])
    if all(header != family.without_secret(item.meaning[0]) for item in known):
        return present.header
    lines = {family.without_secret(line) for item in known for line in item.canonical_children} | present.shown_unasked
    strange = (line for line in present.canonical_children if family.without_secret(line) not in lines)
    return next((line for line in strange if not any(_begins(line, other) for other in lines)), "")


def _begins(part: str, whole: str) -> bool:
    """True for a text over several lines that a cut session left: its lines begin the whole one, and its end closes it."""
    *here, end = part.split("\n")
    *there, last = whole.split("\n")
    return bool(here) and end == last and there[: len(here)] == here
