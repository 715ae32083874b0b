"""Reading ``cloud.yaml``: all connections of an inventory, and one sentence for whatever is wrong with the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import BaseModel

from ....inventory.files.did_you_mean import hint
from ....inventory.files.yaml_source import Document, Problem
from ....inventory.intents.intent import Dpd, Waiver
from ...instances import Instances, load_instances
from .intent import FILE, SECTION, Bgp, Circuit, Cloud, CloudFile, Esp, Gateway, Ike


class Connections(Instances[Cloud]):
    """All connections of an inventory."""

    noun = "connection"

    def check(self, site: Cloud, today: date) -> None:
        """Raises IntentError for a waiver that holds no more."""
        self.refuse_weak(site.name, site.algorithms, site.waiver, today)


def load(folder: Path) -> Connections:
    """The connections of an inventory folder; one without the file has none. Raises IntentError with file, line and field."""
    return load_instances(Connections, folder / FILE, SECTION, CloudFile, _problem)


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
