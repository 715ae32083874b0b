"""Check Nornir's inventory files before Nornir reads them, since Nornir ignores unknown keys.

The files are ``hosts.yaml``, ``groups.yaml`` and ``defaults.yaml`` as Nornir's SimpleInventory defines them, with two
limits: no password stands in them, and a device has one address, which is that of its host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..hiding.references import SCHEMES
from .connection_settings import PLUGINS, problems_in
from .did_you_mean import hint, nearest, quoted
from .present import is_there
from .yaml_source import Document, Location, Problem, Unreadable, raise_all, read_document

HOSTS, GROUPS, DEFAULTS = "hosts.yaml", "groups.yaml", "defaults.yaml"

#: Names of hosts and groups: the intent refers to hosts, and a host has a folder in every run.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
#: Keys of a host or group, and of the defaults.
ELEMENT_KEYS = ("hostname", "port", "platform", "groups", "data", "connection_options")
DEFAULTS_KEYS = ("port", "platform", "data", "connection_options")
#: Keys of one entry of connection_options.
OPTION_KEYS = ("extras", "platform")
#: Data that nr-run reads, and the data that has to say where a value is kept.
DATA_KEYS = ("model", "release", "username_ref", "password_ref", "enable_ref")
REFERENCE_KEYS = ("username_ref", "password_ref", "enable_ref")
#: Keys under which people write what belongs into a credential file -> the key to use.
LITERALS: Mapping[str, str] = {
    "username": "username_ref",
    "password": "password_ref",
    "secret": "enable_ref",
    "enable": "enable_ref",
    "enable_secret": "enable_ref",
    "enable_password": "enable_ref",
    "passphrase": "passphrase_ref",
    "psk": "preshared_key_ref in the intent",
    "preshared_key": "preshared_key_ref in the intent",
}


def check_host_files(folder: Path) -> Mapping[str, Document]:
    """The files that are there, by name; ``hosts.yaml`` is always among them.

    Raises IntentError with every problem of the three files on a line of its own. ``groups.yaml`` and ``defaults.yaml`` may be
    missing, but a file that is there has to hold something: an empty one is most often a failed export.
    """
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    for name in (HOSTS, GROUPS, DEFAULTS):
        if name == HOSTS or is_there(folder / name):
            try:
                documents[name] = read_document(folder / name)
            except Unreadable as unreadable:
                problems.append(unreadable.problem)
    hosts, groups, defaults = (documents.get(name) for name in (HOSTS, GROUPS, DEFAULTS))
    known = list(groups.data) if groups else []
    for document in (hosts, groups):
        if document is not None:
            problems.extend(_elements(document, known))
    if groups is not None:
        problems.extend(_loops(groups))
    if defaults is not None:
        problems.extend(_element(defaults, (), defaults.data, DEFAULTS_KEYS, known))
    raise_all(problems)
    return documents


def _elements(document: Document, groups: Sequence[str]) -> Iterator[Problem]:
    for name, element in document.data.items():
        if not NAME.fullmatch(name):
            yield document.problem((name,), "the name may only have letters, digits, dot, dash and underscore")
        if isinstance(element, Mapping):
            yield from _element(document, (name,), element, ELEMENT_KEYS, groups)
        else:
            yield document.problem((name,), "has to be a mapping (key: value)")


def _element(
    document: Document, at: Location, element: Mapping[str, object], keys: Sequence[str], groups: Sequence[str]
) -> Iterator[Problem]:
    yield from _unknown(document, at, element, keys)
    for key in ("hostname", "platform"):
        if key in element and not _is_word(element[key]):
            yield document.problem((*at, key), "has to be text without spaces")
    port = element.get("port", 1)
    if not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= 65535:
        yield document.problem((*at, "port"), "has to be a whole number from 1 to 65535")
    yield from _memberships(document, (*at, "groups"), element.get("groups", []), groups)
    yield from _data(document, (*at, "data"), element.get("data", {}))
    yield from _options(document, (*at, "connection_options"), element.get("connection_options", {}))


def _unknown(document: Document, at: Location, found: Mapping[str, object], keys: Sequence[str]) -> Iterator[Problem]:
    for key in found:
        if key in LITERALS:
            yield document.problem((*at, key), _advice(key))
        elif key not in keys:
            yield document.problem((*at, key), "unknown key" + hint(key, keys))


def _advice(key: str) -> str:
    return f"is never written into the inventory: use {LITERALS[key]} to say where it is kept (credential:NAME)"


def _memberships(document: Document, at: Location, names: object, groups: Sequence[str]) -> Iterator[Problem]:
    if not isinstance(names, list):
        yield document.problem(at, "has to be a list of group names")
        return
    for index, name in enumerate(names):
        if name not in groups:
            yield document.problem((*at, index), f"there is no group {quoted(str(name))}{hint(str(name), groups)}")


def _data(document: Document, at: Location, data: object) -> Iterator[Problem]:
    if not isinstance(data, Mapping):
        yield document.problem(at, "has to be a mapping (key: value)")
        return
    yield from _literals(document, at, data)
    for key, value in data.items():
        near = nearest(key, DATA_KEYS, likeness=0.85)  # free data may have any other name
        if key in REFERENCE_KEYS and not _is_reference(value):
            yield document.problem((*at, key), "has to say where the value is kept, as scheme:name (credential:NAME)")
        elif key in ("model", "release") and not _is_word(value):
            yield document.problem((*at, key), "has to be text (put it in quotes)")
        elif near is not None and key not in DATA_KEYS and key not in LITERALS:
            yield document.problem((*at, key), f"unknown key (did you mean {near}?)")


def _options(document: Document, at: Location, options: object) -> Iterator[Problem]:
    if not isinstance(options, Mapping):
        yield document.problem(at, "has to be a mapping (key: value)")
        return
    for name, option in options.items():
        if not isinstance(option, Mapping):
            yield document.problem((*at, name), "has to be a mapping (key: value)")
            continue
        yield from _unknown(document, (*at, name), option, OPTION_KEYS)
        yield from _literals(document, (*at, name, "extras"), option.get("extras"))
        if name in PLUGINS:
            yield from _settings(document, (*at, name), option)


def _settings(document: Document, at: Location, option: Mapping[str, object]) -> Iterator[Problem]:
    """What is said of a connection has to reach it."""
    if "platform" in option:
        yield document.problem((*at, "platform"), "has no effect: set the platform at the host or its groups")
    extras = option.get("extras") or {}
    if not isinstance(extras, Mapping):
        yield document.problem((*at, "extras"), "has to be a mapping (key: value)")
        return
    for key, wrong in problems_in(at[-1] if isinstance(at[-1], str) else "", extras):
        if key not in LITERALS:
            yield document.problem((*at, "extras", key), wrong)


def _literals(document: Document, at: Location, node: object) -> Iterator[Problem]:
    """Secrets in clear anywhere below this place."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in LITERALS:
                yield document.problem((*at, key), _advice(key))
            yield from _literals(document, (*at, key), value)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _literals(document, (*at, index), value)


def _loops(groups: Document) -> Iterator[Problem]:
    """Groups that are their own ancestors: Nornir would follow them for ever."""
    parents = {
        name: [str(parent) for parent in group["groups"]]
        for name, group in groups.data.items()
        if isinstance(group, Mapping) and isinstance(group.get("groups"), list)
    }
    for name in parents:
        seen: set[str] = set()
        waiting = list(parents[name])
        while waiting:
            parent = waiting.pop()
            if parent not in seen:
                seen.add(parent)
                waiting.extend(parents.get(parent, []))
        if name in seen:
            yield groups.problem((name, "groups"), "the group is a member of itself")


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value) and not any(character.isspace() for character in value)


def _is_reference(value: object) -> bool:
    scheme, separator, rest = str(value).partition(":")
    return isinstance(value, str) and scheme in SCHEMES and bool(separator) and bool(rest.strip())
