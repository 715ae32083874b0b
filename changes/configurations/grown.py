"""A configuration with objects behind all others of it, and everything that was looked up in it taken along.

A run plans a tunnel on what the device will run after the tunnels before. To read that again for each, and to look everything up
again, would cost the size of the device for every tunnel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..objects import Config
from .look_up import LookUp, joined

T = TypeVar("T")
K = TypeVar("K")


def grown(config: Config, more: Config) -> Config:
    """The configuration with what `objects.read_more` has found; what is there already is as it was, and stands before it."""
    made = Config(
        {**config.objects, **more.objects},
        config.others,
        config.nodes.with_more(more.nodes),
        {**config.within, **more.within},
        config.named_elsewhere,
    )
    for name, value in config.__dict__.items():
        found = _PROPERTIES[name](value, getattr(more, name)) if name in _PROPERTIES else None
        if found is not None:
            made.__dict__[name] = found
    for make, value in config.looked_up.items():
        brought_up = make.more(value, made, more) if isinstance(make, LookUp) else None
        if brought_up is not None:
            made.looked_up[make] = brought_up
    return made


def _kept_first(there: Mapping[K, T], more: Mapping[K, T]) -> dict[K, T]:
    return {**there, **{key: value for key, value in more.items() if key not in there}}


def _lists(there: Mapping[str, tuple[str, ...]], more: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]] | None:
    """Lines of no family may be of a list that is new as an object; which of them come first is told by the whole."""
    return None if there.keys() & more.keys() else {**there, **more}


#: What `Config` looks up once: how it grows. What is not among them is looked up again, as what gives None is.
_PROPERTIES: Mapping[str, Callable[[Any, Any], Any]] = {
    "known": frozenset.union,
    "tunnels_to": joined,
    "naming": joined,
    "lists": _lists,
    "map_lines": lambda there, more: (*there, *more),
    "named_nodes": _kept_first,
    "strange_lines": lambda there, more: (*there, *more),
    "strange_text": lambda there, more: "\n".join(filter(None, (there, more))),
    "names": lambda there, _more: there,
    "_by_family": joined,
    "_keys": _kept_first,
}
