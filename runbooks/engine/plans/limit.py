"""``--limit``: which devices are meant, in words of Nornir's filter: ``site=berlin``, ``role=hub``, ``host=hq``, ``group=asa``.

A word is an attribute of a host, ``group``, or a key of its data, its groups' and the defaults' included; several, with commas
between them or given again, all have to fit. A word or value that no host has is refused with the nearest one: an empty
selection must not look like a healthy estate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ....inventory.errors import NothingMatched, UsageError
from ....inventory.files.did_you_mean import hint, nearest

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Host

    from ....services.service import Deployment

D = TypeVar("D", bound="Deployment")
#: Words for attributes of a host; ``name`` is Nornir's own for what is a host everywhere else.
_ATTRIBUTES = ("host", "name", "group", "platform", "hostname", "port")


def limited(nornir: Nornir, limits: Sequence[str]) -> tuple[str, ...]:
    """Names of the hosts that fit all words, in the order of the inventory. Raises UsageError and NothingMatched."""
    hosts = nornir.inventory.hosts
    chosen = list(hosts)
    for word, value in _words(limits, hosts):
        known = {text for host in hosts.values() for text in _values(host, word)}
        keys = dict.fromkeys((*_ATTRIBUTES, *(key for host in hosts.values() for key in _data(host))))
        if word not in keys:
            raise UsageError(f"--limit {word}={value}: no host has {word!r}{hint(word, keys)}")
        if value not in known:
            raise NothingMatched(f"--limit {word}={value}: no host has that {word}{hint(value, known)}")
        chosen = [name for name in chosen if value in _values(hosts[name], word)]
    if not chosen:
        raise NothingMatched(f"--limit {','.join(limits)}: no host fits all of it")
    return tuple(chosen)


def within(deployments: Sequence[D], nornir: Nornir, limits: Sequence[str], *, may_be_none: bool = False) -> tuple[D, ...]:
    """Those with a member on one of the devices that are meant.

    Raises UsageError, and NothingMatched where that leaves none unless there may be none.
    """
    if not limits:
        return tuple(deployments)
    meant = set(limited(nornir, limits))
    left = tuple(one for one in deployments if meant & set(one.hosts))
    if not left and not may_be_none:
        raise NothingMatched(f"--limit {','.join(limits)}: nothing that was asked for is on {', '.join(sorted(meant))}")
    return left


def _words(limits: Sequence[str], hosts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for part in ",".join(limits).split(","):
        word, equals, value = part.strip().partition("=")
        if not equals or not word or not value:
            near = nearest(part.strip(), hosts)
            meant = f" (did you mean host={near}?)" if near else ""
            raise UsageError(f"--limit takes words like site=berlin or host=hq, and {part.strip()!r} is none{meant}")
        yield word, value


def _values(host: Host, word: str) -> tuple[str, ...]:
    """What a host has of a word; of a list each item."""
    if word in ("host", "name"):
        return (host.name,)
    if word == "group":
        return tuple(str(group) for group in host.extended_groups())
    if word in ("platform", "hostname", "port"):
        value: Any = getattr(host, word)
    else:
        value = host.get(word)
    if value is None:
        return ()
    return (
        tuple(map(str, value))
        if isinstance(value, list | tuple)
        else (str(value).lower() if isinstance(value, bool) else str(value),)
    )


def _data(host: Host) -> Iterator[str]:
    """Keys of its data that can be filtered by: all but references to credentials."""
    return (key for key in (*host.keys(),) if not key.endswith("_ref"))
