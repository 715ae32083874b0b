"""What a removal takes: the tunnel's own objects, and shared ones that nothing else uses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from ..family import Nobody
from ..implicit_references import new_users, users
from ..objects import Config, ConfigObject, Key, referrers, strange_use

Parted = tuple[tuple[ConfigObject, ...], tuple[str, ...]]
#: From an object, and the keys of all that goes, to what needs it then.
User = Callable[[ConfigObject, Collection[Key]], str]


def owned(running: Config, present: Sequence[ConfigObject]) -> Parted:
    """Objects to remove out of those of the tunnel that the device has, and a sentence for each that stays."""
    return _part(present, _user_in(running))


def freed(running: Config, left: Iterable[ConfigObject], going: Collection[Key]) -> Parted:
    """Like ``owned`` for what an earlier removal had to leave: what nothing uses any more once ``going`` have gone as well."""
    return _part(left, _user_in(running), going)


def _user_in(running: Config) -> User:
    """The title of what needs an object, or ""."""

    def user(item: ConfigObject, going: Collection[Key]) -> str:
        if item.family.is_tunnel:
            return ""
        named = referrers(running, item, besides=going)
        if named:
            return named[0].title
        return next(iter(users(running, item, besides=going)), "") or strange_use(running, item)

    return user


def unshared(running: Config, items: Iterable[ConfigObject], before: Config, *, besides: Collection[Key] = ()) -> Parted:
    """Like ``owned`` for objects that were made on a device that ran ``before``: only what came to use them since makes them
    stay.

    The objects ``besides`` are those of the same tunnel, which let go of the items as well.
    A use by name counts where one of the items has to stay itself: whoever else names one of these objects has built on them, and
    that is for a person to judge.
    """
    items = tuple(items)
    made = {item.key for item in items}

    def user(item: ConfigObject, going: Collection[Key]) -> str:
        named = (other for other in referrers(running, item, besides=going) if made & {other.key, running.within.get(other.key)})
        shares = new_users(running, item, before, besides={*going, *besides})
        return next(iter(shares), "") or next((other.title for other in named), "")

    return _part(items, user)


def _part(items: Iterable[ConfigObject], user: User, besides: Collection[Key] = ()) -> Parted:
    """Divide by ``user``, which names what needs an object when the others go, until nothing that goes is needed.

    The objects ``besides`` go in any case.
    """
    going = {item.key: item for item in items}
    stays: list[str] = []
    while needed := [(item, use) for item in going.values() if (use := user(item, going.keys() | {*besides}))]:
        for item, use in needed:
            # What stays may be a use itself, as a key is of a policy: hence another round.
            del going[item.key]
            shared = item.family.shared
            why = "{use} uses it" if isinstance(shared, Nobody) else shared.stays
            stays.append(f"{item.title} stays: {why.format(use=use)}")
    return tuple(going.values()), tuple(stays)
