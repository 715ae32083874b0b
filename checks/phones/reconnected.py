"""Whether phones have come back once another certificate is bound: by a session that began behind it, and nobody missing.

A session that is up stays up whatever is bound, so it says nothing of the certificate: only a phone that has logged in again has
been shown the new one, and has taken it. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from .sessions import Session


class Reconnected(Struct, frozen=True):
    """``fresh`` are phones that logged in behind the switch, ``missing`` those that were in before it and are not now."""

    fresh: tuple[str, ...]
    missing: tuple[str, ...]
    known: bool = True

    @property
    def proved(self) -> bool:
        """True if one has come by the new certificate, and all that were in are in."""
        return self.known and bool(self.fresh) and not self.missing

    @property
    def sentence(self) -> str:
        """In one line."""
        if not self.known:
            return "the sessions of the head-end could not be read"
        said = [f"{', '.join(self.fresh)} came in by the new certificate" if self.fresh else "no phone has come in again"]
        said += [f"{', '.join(self.missing)} had a session before and has none now"] if self.missing else []
        return "; ".join(said)


def reconnected(
    before: Sequence[Session], at_switch: Sequence[Session], now: Sequence[Session] | None, group: str
) -> Reconnected:
    """``before`` is what was there before the switch, ``at_switch`` what the first reading behind it showed.

    Where phones come by certificates their names tell them from others of the group: a laptop trusts whom its own store trusts,
    so that one comes, or leaves, says nothing of phones.
    """
    if now is None:
        return Reconnected((), (), known=False)
    old = {(one.user, one.index) for one in (*before, *at_switch)}
    came = _phones([one for one in now if one.group == group], [*before, *at_switch, *now])
    fresh = [one.user for one in came if (one.user, one.index) not in old]
    here = {one.user for one in now if one.group == group}
    were = [one for one in before if one.group == group and one.tunnel]
    missing = [one.user for one in _phones(were, were) if one.user not in here]
    return Reconnected(tuple(dict.fromkeys(fresh)), tuple(dict.fromkeys(missing)))


def _phones(sessions: Sequence[Session], known: Sequence[Session]) -> Sequence[Session]:
    """Those of phones by their names, where any of the ``known`` has such a name; else all, since a phone may come as a user."""
    named = any(one.phone for one in known)
    return [one for one in sessions if one.phone] if named else sessions
