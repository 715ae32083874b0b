"""Reading ``cloud.yaml``: all connections of an inventory, and one sentence for whatever is wrong with the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ValidationError

from ...inventory.did_you_mean import hint
from ...inventory.errors import IntentError, NothingMatched
from ...inventory.intent import Dpd, Waiver
from ...inventory.strength import WEAK
from ...inventory.yaml_source import Document, Problem, Unreadable, raise_all, read_document
from .intent import FILE, SECTION, Bgp, Circuit, Cloud, CloudFile, Esp, Gateway, Ike


@dataclass(frozen=True, slots=True)
class Connections:
    """All connections of an inventory by name, with the places where they are written."""

    by_name: Mapping[str, Cloud]
    path: Path
    places: Mapping[str, str] = field(default_factory=dict)

    def not_there(self, name: str) -> str:
        """Why a name was not found."""
        if not self.by_name:
            return f"no connection is named {name!r}: {self.path} has none"
        return f"no connection is named {name!r}{hint(name, self.by_name)}"

    def chosen(self, names: tuple[str, ...], *, any_status: bool) -> tuple[Cloud, ...]:
        """The named ones, or all active ones. Raises NothingMatched."""
        if not names:
            active = tuple(site for site in self.by_name.values() if site.status == "active")
            if not active:
                raise NothingMatched(f"no connection is active: {self.path} has none with status active")
            return active
        found = [self.by_name[name] for name in dict.fromkeys(names) if name in self.by_name]
        problems = [self.not_there(name) for name in names if name not in self.by_name]
        problems += [
            f"connection {site.name} is {site.status}: set its status to active to work on it"
            for site in found
            if site.status != "active" and not any_status
        ]
        if problems:
            raise NothingMatched("\n".join(problems))
        return tuple(found)

    def check(self, site: Cloud, today: date) -> None:
        """Raises IntentError for a waiver that holds no more."""
        weak = [word for word in site.algorithms if word in WEAK]
        if weak and site.waiver is not None and site.waiver.until < today:
            raise IntentError(
                f"{self.places.get(site.name, self.path)}: {site.name}: the waiver {site.waiver.ticket} ended on "
                f"{site.waiver.until}, and {', '.join(weak)} needs one"
            )


def load(folder: Path) -> Connections:
    """The connections of an inventory folder; one without the file has none. Raises IntentError with file, line and field."""
    path = folder / FILE
    if not path.exists():
        return Connections({}, path)
    try:
        document = read_document(path)
    except Unreadable as unreadable:
        raise IntentError(str(unreadable.problem)) from None
    try:
        file = CloudFile.model_validate(document.data)
    except ValidationError as error:
        raise_all([_problem(document, detail) for detail in error.errors(include_url=False)])
        raise
    names = [site.name for site in file.cloud]
    places = {name: f"{path}:{document.line((SECTION, index, 'name'))}" for index, name in enumerate(names)}
    twice = [index for index, name in enumerate(names) if name in names[:index]]
    raise_all([document.problem((SECTION, index, "name"), f"connection {names[index]!r} is defined twice") for index in twice])
    return Connections({site.name: site for site in file.cloud}, path, places)


#: Keys under which people write the key itself.
_LITERAL = frozenset({"key", "psk", "preshared_key", "pre_shared_key", "password", "secret"})
_RECORDS: Mapping[str, type[BaseModel]] = {
    "first": Gateway,
    "second": Gateway,
    "ike": Ike,
    "esp": Esp,
    "circuit": Circuit,
    "bgp": Bgp,
    "dpd": Dpd,
    "waiver": Waiver,
}
_WORDS = {
    "missing": "is missing",
    "string_pattern_mismatch": "has a character that it may not have",
    "too_short": "needs at least one entry",
    "extra_forbidden": "unknown key",
}
#: The console takes one value for each; a list is what other vendors take.
_ONE_VALUE = frozenset({"encryption_algorithm", "authentication_algorithm", "group", "pfs_group"})
#: What is lost either way stands beside the field that has no default.
NO_DEFAULT = {
    "on_total_loss": "is missing, and has no default: open sends in clear when both tunnels are lost, closed drops",
    "on_removal": "is missing, and has no default: open sends in clear once the tunnels are removed, closed drops",
    "encryption_mandatory": "is missing, and has no default: false allows traffic that nobody has encrypted",
}


def _problem(document: Document, detail: object) -> Problem:
    """One thing that pydantic found, in words that quote nothing of the file."""
    assert isinstance(detail, dict)
    location, kind = detail["loc"], detail["type"]
    key = str(location[-1]) if location else ""
    if kind == "value_error":
        return document.problem(location, str(detail["ctx"]["error"]))
    if kind == "missing" and key in NO_DEFAULT:
        return document.problem(location, NO_DEFAULT[key])
    if kind == "extra_forbidden":
        if key.lower() in _LITERAL:
            return document.problem(location, "a key is never written into the intent: use preshared_key_ref (credential:NAME)")
        record = _RECORDS.get(str(location[-2]) if len(location) > 1 else "", Cloud if len(location) > 1 else CloudFile)
        return document.problem(location, f"unknown key{hint(key, sorted(record.model_fields))}")
    if key in _ONE_VALUE and isinstance(detail.get("input"), list):
        return document.problem(location, "is a list: the console of Alibaba Cloud takes one value")
    return document.problem(location, _WORDS.get(kind, "is not a valid value"))
