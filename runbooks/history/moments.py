"""Moments as the history keeps them, and ages as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def moment(text: str) -> int:
    """Whole seconds since 1970 of an ISO 8601 time; one without a zone is UTC. Raises ValueError."""
    read = datetime.fromisoformat(text)
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())


def written(seconds: int | None) -> str | None:
    """The same as ISO 8601, UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> int:
    """This moment."""
    return int(datetime.now(UTC).timestamp())


def age(seconds: float, *, fine: bool = False) -> str:
    """A length of time for people, in its largest unit and the one below: ``3 d 4 h``, ``12 min``, ``40 s``.

    Seconds beside minutes are told where it is ``fine``: of what is under way. A clock that was set back makes no negative age.
    """
    left = max(0, int(seconds))
    index = next((index for index, (size, _) in enumerate(_UNITS) if left >= size), len(_UNITS) - 1)
    whole, rest = divmod(left, _UNITS[index][0])
    size, unit = _UNITS[min(index + 1, len(_UNITS) - 1)]
    below = f" {rest // size} {unit}" if rest >= size and (fine or unit != "s") else ""
    return f"{whole} {_UNITS[index][1]}{below}"
