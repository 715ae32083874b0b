"""The keys of the JSON documents, which are an interface: the names that readers write, and those of one release ago beside them.

A record inside the program has a ``sentence``; a document has a ``message``. For one release each document has both, so that
what reads the old key goes on working. The old keys go with the next release: `OLD_TOO` is where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

#: Field of a record, and key of one release ago: key of the documents.
KEYS: Mapping[str, str] = {"sentence": "message", "by_hand": "manual_steps", "stays": "retained"}
#: Whether documents have the old keys too.
OLD_TOO = True


def document(value: Any) -> Any:
    """The value with the keys of documents, at any depth; what is no mapping and no list is left as it is."""
    # By the exact kinds first: to ask each text of a report whether it is a mapping of some kind costs more than all the rest.
    kind = type(value)
    if kind is str:
        return value
    if kind is dict or isinstance(value, Mapping):
        made = {KEYS.get(key, key): document(item) for key, item in value.items()}
        return made | {old: made[new] for old, new in KEYS.items() if OLD_TOO and old in value}
    if kind is list or isinstance(value, list | tuple):
        return [document(item) for item in value]
    return value


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Plain values with each text changed; names of fields stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: change(item) if type(item) is str else each_text(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [each_text(item, change) for item in value]
    return value
