"""The sentence on a rollback: what each end was found to be, and no claim about an end that was not read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct


class EndAfter(Struct, frozen=True):
    """One end when a change has been rolled back.

    ``touched``: lines of the change were sent to it, or may have been. ``read``: it was read afterwards, and nothing of the
    change is left on it. ``cancelled``: its rollback timer had been armed by the run, and is gone.
    """

    host: str
    touched: bool
    read: bool
    cancelled: bool


def told(ends: Sequence[EndAfter], *, others_changed: bool, again: str = "", kept: str = "") -> str:
    """What became of all ends; each end is named if they differ.

    ``others_changed``: somebody else has changed one of those that were read. ``again`` says whether it works as before, ``kept``
    what of others was left.
    """
    if not any(end.touched for end in ends):
        return f"nothing was touched{_timers(ends)}"
    parts = [_read(ends, others_changed=others_changed, again=again), kept]
    if hosts := _those(ends, lambda end: end.touched and not end.read):
        parts.append(f"{_listed(hosts)} {_is(hosts)} not known to be as before")
    if hosts := _those(ends, lambda end: not end.touched and not end.read):
        parts.append(f"no line of the change was sent to {_listed(hosts)}")
    return "; ".join(part for part in parts if part) + _timers(ends)


def _read(ends: Sequence[EndAfter], *, others_changed: bool, again: str) -> str:
    hosts = _those(ends, lambda end: end.read)
    if not hosts:
        return ""
    where = _everywhere(hosts) if len(hosts) == len(ends) else _listed(hosts)
    as_before = f"{where} {_is(hosts)} as {'it was' if len(hosts) == 1 else 'they were'} before"
    return f"{f'our change is rolled back on {where}' if others_changed else as_before}, read back and compared{again}"


def _timers(ends: Sequence[EndAfter]) -> str:
    """What became of the timers of ends that were armed and not touched; of touched ends the rest of the sentence says it."""
    hosts = _those(ends, lambda end: end.cancelled and not end.touched)
    return f"; the rollback timer of {_listed(hosts)} is cancelled" if hosts else ""


def _those(ends: Sequence[EndAfter], which: Callable[[EndAfter], bool]) -> list[str]:
    return [end.host for end in ends if which(end)]


def _everywhere(hosts: Sequence[str]) -> str:
    return hosts[0] if len(hosts) == 1 else "both ends" if len(hosts) == 2 else f"all {len(hosts)} devices"


def _listed(hosts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(hosts[:-1]), hosts[-1])))


def _is(hosts: Sequence[str]) -> str:
    return "is" if len(hosts) == 1 else "are"
