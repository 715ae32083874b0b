"""Reads the intent of a folder: every YAML file in it, with errors that name file, line and field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..errors import IntentError, NoIntent
from ..files.did_you_mean import hint, quoted
from ..files.present import intent_files, is_there
from ..files.yaml_source import Document, Location, Problem, Unreadable, describe, raise_all, read_document
from .intent import Intent, IntentFile
from .intent_crypto import AUTO
from .intent_tunnel import KINDS_OF_END
from .not_built_words import LEFT_OUT, NONE_WORDS, NOT_BUILT_KEYS, NOT_BUILT_WORDS, elsewhere

#: Section -> what one of its records is called.
KINDS: Mapping[str, str] = {
    "ike_proposals": "IKE proposal",
    "ike_policies": "IKE policy",
    "ipsec_proposals": "IPsec proposal",
    "ipsec_policies": "IPsec policy",
    "ipsec_profiles": "IPsec profile",
    "tunnels": "tunnel",
}

#: (section, field) -> section in which the names of that field are defined.
REFERENCES: Mapping[tuple[str, str], str] = {
    ("ike_policies", "proposals"): "ike_proposals",
    ("ipsec_policies", "proposals"): "ipsec_proposals",
    ("ipsec_profiles", "ike_policy"): "ike_policies",
    ("ipsec_profiles", "ipsec_policy"): "ipsec_policies",
    ("tunnels", "ipsec_profile"): "ipsec_profiles",
}

#: Keys under which people write a key in clear. Their values are never shown.
LITERAL_SECRETS = frozenset(
    {"preshared_key", "pre_shared_key", "preshared-key", "pre-shared-key", "psk", "key", "secret", "password"}
)

#: pydantic's error type -> what is wrong, in an operator's words. ``{...}`` are the values of pydantic's own context.
_WORDING: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "has to be text (put it in quotes)",
    "int_type": "has to be a whole number",
    "bool_type": "has to be true or false",
    "tuple_type": "has to be a list",
    "dict_type": "has to be a mapping (key: value)",
    "model_type": "has to be a mapping (key: value)",
    "greater_than_equal": "has to be at least {ge}",
    "less_than_equal": "has to be at most {le}",
    "too_short": "needs at least {min_length} entry",
    "too_long": "has more than {max_length} entries",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
}

#: Fields whose pattern needs words: field -> what it has to look like.
_SHAPES: Mapping[str, str] = {
    "preshared_key_ref": "has to say where the key is kept, as scheme:name (credential:hq-branch-psk); never the key itself",
    "description": "has to be printable ASCII in one line",
    "contains": "has to be printable ASCII in one line",
    "interface": "has to be an interface name such as Ethernet0/0",
}


def load_intent(folder: Path) -> Intent:
    """The intent in the ``*.yaml`` and ``*.yml`` files of a folder, subfolders included, in the order of their paths.

    Raises IntentError with every problem on a line of its own: ``file:line: field: what is wrong (did you mean ...)``; NoIntent
    where there is no such folder.
    """
    if not is_there(folder):
        raise NoIntent(f"{folder}: there is no such folder of intent files")
    try:
        paths = intent_files(folder)
    except OSError as error:
        raise IntentError(f"{error.filename or folder}: the folder of intent files cannot be read: {error.strerror}") from None
    if not paths:
        raise IntentError(f"{folder}: the folder has no intent file (*.yaml)")
    problems: list[Problem] = []
    documents: list[Document] = []
    files: list[IntentFile] = []
    for path in paths:
        try:
            document = read_document(path)
        except Unreadable as unreadable:
            problems.append(unreadable.problem)
            continue
        documents.append(document)
        try:
            files.append(IntentFile.model_validate(document.data))
        except ValidationError as error:
            problems.extend(_field_problems(document, error))
    problems.extend(_duplicates(documents))
    # A file that cannot be read may hold what others refer to: then a missing name would be a wrong accusation.
    if len(documents) == len(paths):
        problems.extend(_dangling(documents))
    raise_all(problems)
    places = {name: f"{document.path}:{document.line(at)}" for name, document, at in _names(documents, "tunnels")}
    places |= {key: place for document in documents for key, place in places_of_checks(document, "tunnels")}
    return Intent.of(*files, places=places)


def details_of(error: ValidationError) -> list[ErrorDetails]:
    """What pydantic found, but for "too short" of a list with a wrong item: it counts the right ones alone."""
    details = error.errors(include_url=False)
    inside = {detail["loc"][:depth] for detail in details for depth in range(len(detail["loc"]))}
    return [detail for detail in details if not (detail["type"] == "too_short" and detail["loc"] in inside)]


def _field_problems(document: Document, error: ValidationError) -> Iterator[Problem]:
    for detail in details_of(error):
        location: Location = detail["loc"]
        sentence = _sentence(location, detail["type"], detail["input"], detail.get("ctx", {}))
        # pydantic puts the kind of an end between its number and its fields; the file has no such key.
        yield document.problem(tuple(part for part in location if part not in KINDS_OF_END), sentence)


def _no_choice(location: Location, field: str, value: object) -> str:
    """Where one of several words is wanted."""
    choices = tuple(map(str, _choices(_annotation(location))))
    if isinstance(value, list | dict):
        # What is in it is not quoted: it may be a key.
        return f"is a {'list' if isinstance(value, list) else 'mapping'}, and has to be one word{hint('', choices)}"
    if value in NOT_BUILT_WORDS.get(field, ()):
        return f"{value} is not built" + hint("", choices)
    words = quoted(value) if isinstance(value, str) else repr(value)
    return f"{words} is not a value it can have" + hint(str(value), choices)


def _sentence(location: Location, kind: str, value: object, context: Mapping[str, Any]) -> str:
    field = location[-1] if location else ""
    if kind == "extra_forbidden":
        return _unknown_key(str(field), location)
    if field in LEFT_OUT and str(value).lower() in NONE_WORDS:
        return f"is left out where no {LEFT_OUT[str(field)]} is wanted"
    if kind == "missing" and isinstance(field, int):
        return f"is missing: {describe(location[:-1])} needs {field + 1} entries"
    if kind == "missing" and field == "outside_ip":
        return "is missing: give the IPv4 address of this end; one that is not known beforehand is not built"
    if kind == "literal_error":
        return _no_choice(location, str(field), value)
    if kind == "too_long" and field == "terminations":
        return "has more than 2 entries, and a tunnel with a backup peer or between more than two ends is not built"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return _SHAPES.get(str(field), "may only have letters, digits, dot, dash and underscore")
    return _WORDING.get(kind, "is not a valid value").format(**context)


def _unknown_key(key: str, location: Location) -> str:
    if key.lower() in LITERAL_SECRETS:
        return "a key is never written into the intent: use preshared_key_ref to say where it is kept (credential:NAME)"
    if key in NOT_BUILT_KEYS:
        return f"{NOT_BUILT_KEYS[key]} is not built: leave {key} out"
    if section := elsewhere(key, location):
        return f"does not stand here: {section}"
    model = _annotation(location[:-1])
    known = list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []
    return "unknown key" + hint(key, known)


def _annotation(location: Location) -> Any:
    """Type of the field at this place of an intent file: a model, a Literal, ..."""
    annotation: Any = IntentFile
    for part in location:
        if isinstance(part, int):
            annotation = _bare(get_args(annotation)[0])
        elif part in KINDS_OF_END:
            annotation = KINDS_OF_END[str(part)]
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel) and part in annotation.model_fields:
            annotation = _bare(annotation.model_fields[part].annotation)
        else:
            return None
    return annotation


def _bare(annotation: Any) -> Any:
    """``X | None`` as ``X``; everything else as it is."""
    if get_origin(annotation) in (Union, UnionType):
        return next(arg for arg in get_args(annotation) if arg is not type(None))
    return annotation


def _choices(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _items(document: Document, section: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    records = document.data.get(section)
    for index, record in enumerate(records if isinstance(records, list) else ()):
        if isinstance(record, Mapping):
            yield index, record


def _names(documents: Sequence[Document], section: str) -> list[tuple[str, Document, Location]]:
    """Every name that a section defines, with its place, in the order of the files."""
    return [
        (record["name"], document, (section, index, "name"))
        for document in documents
        for index, record in _items(document, section)
        if isinstance(record.get("name"), str)
    ]


def _duplicates(documents: Sequence[Document]) -> Iterator[Problem]:
    for section, kind in KINDS.items():
        first: dict[str, str] = {}
        for name, document, location in _names(documents, section):
            place = f"{document.path}:{document.line(location)}"
            if name in first:
                yield document.problem(location, f"{kind} {quoted(name)} is defined twice; the first is at {first[name]}")
            first.setdefault(name, place)


def places_of_checks(document: Document, section: str) -> Iterator[tuple[str, str]]:
    """``NAME.checks[0].holds.prefix`` to ``file:line``, for every part of the checks of every record of a section."""
    names = {index: record.get("name") for index, record in _items(document, section)}
    for at, line in document.lines.items():
        if len(at) > 2 and at[0] == section and at[2] == "checks" and isinstance(at[1], int):
            yield f"{names.get(at[1])}.{describe(at[2:])}", f"{document.path}:{line}"


def _dangling(documents: Sequence[Document]) -> Iterator[Problem]:
    for (section, field), target in REFERENCES.items():
        known = {name for name, _, _ in _names(documents, target)}
        may_be_auto = {AUTO} if field == "proposals" else set()
        for document in documents:
            for index, record in _items(document, section):
                value = record.get(field)
                location: Location = (section, index, field)
                named = [(value, location)] if isinstance(value, str) else _listed(value, location)
                for name, place in named:
                    if name not in known | may_be_auto:
                        yield document.problem(place, f"there is no {KINDS[target]} {quoted(name)}{hint(name, sorted(known))}")


def _listed(value: object, location: Location) -> list[tuple[str, Location]]:
    listed = value if isinstance(value, list) else []
    return [(name, (*location, index)) for index, name in enumerate(listed) if isinstance(name, str)]
