"""The keys of every JSON document, with the types of their values, as lines of text; and records with every field filled.

``python -m tests.reports.json_keys`` writes json_keys.txt again, where a key has come on purpose. One that goes, or has another
name or type, is a break for whoever reads the documents: it belongs into CHANGELOG.md and raises ``schema_version``.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from nr_run.checks.client_logs.explanation import Explanation
from nr_run.checks.verdict import Verification
from nr_run.inventory.errors import Exit
from nr_run.inventory.models.platforms import Platform, platform_for
from nr_run.runbooks.drift.drift import Drift
from nr_run.runbooks.engine.doctor import Patient
from nr_run.runbooks.engine.failover_test.failover_record import Span
from nr_run.runbooks.engine.outcome import TunnelOutcome
from nr_run.runbooks.history.read import Estate, ServicePast
from nr_run.runbooks.notify.message import VerdictChange, message
from nr_run.runbooks.phones.audit import Audited
from nr_run.runbooks.phones.renewal import Renewed
from nr_run.runbooks.release.check import ReleaseCheck
from nr_run.runbooks.reports.document import document as verification_document
from nr_run.runbooks.run.folder import plain_values
from nr_run.runbooks.run.json_names import document
from nr_run.runbooks.run.summary import Summary
from nr_run.runbooks.verify.since import Changed

KEPT = Path(__file__).with_name("json_keys.txt")
_PLAIN: Mapping[type, Any] = {
    str: "x", int: 1, float: 1.5, bool: True, object: "x", Path: Path("x"), IPv4Address: IPv4Address("10.0.0.1"),
    IPv4Network: IPv4Network("10.0.0.0/24"), Platform: platform_for("881", "15.4(3)M3"),
}  # fmt: skip


def filled(hint: Any, *, empty: bool = False) -> Any:
    """A value of this type, with something in each list and each field; ``empty``: None wherever that may stand."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint is Any:
        return "x"
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if empty and type(None) in inner else filled(inner[0], empty=empty)
    if origin is Literal:
        return inner[0]
    if origin is tuple:
        return tuple(filled(one, empty=empty) for one in inner if one is not ...)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {filled(inner[0]): filled(inner[1], empty=empty)}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if isinstance(hint, type) and issubclass(hint, Struct):
        hints = get_type_hints(hint)
        return hint(**{name: filled(hints[name], empty=empty) for name in hint.__struct_fields__})
    raise TypeError(f"{hint} has no value here yet")


def _verification(made: Verification) -> dict[str, Any]:
    return verification_document(made, Exit.OK)


#: What makes a document of each command out of a record of this type. What stands beside the record is tested on the lab.
DOCUMENTS: Mapping[str, tuple[Any, Callable[[Any], Any]]] = {
    "verify": (Verification, _verification),
    "verify since": (Changed, lambda made: made.as_dict()),
    "deploy tunnels": (TunnelOutcome, lambda made: made.as_dict()),
    "failover-test measured": (Span, lambda made: made.as_dict()),
    "drift": (Drift, lambda made: made.as_dict()),
    "doctor devices": (Patient, lambda made: made.as_dict()),
    "check-release": (ReleaseCheck, lambda made: made.as_dict()),
    "history": (ServicePast, lambda made: made.as_dict()),
    "status": (Estate, lambda made: made.as_dict()),
    "runs": (Summary, lambda made: made.as_dict()),
    "explain-dart": (Explanation, lambda made: made.as_dict()),
    "audit-vpn-phone": (Audited, lambda made: made.as_dict()),
    "renew-phone-certificate": (Renewed, lambda made: made.as_dict()),
    "notification": (VerdictChange, lambda made: message(filled(Verification), [made])),
}


def lines_of(name: str, value: Any) -> Iterator[str]:
    """``name.key[].key: type`` for each key of a document, at any depth."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from lines_of(f"{name}.{key}", inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from lines_of(f"{name}[]", inner)
        if not value:
            yield f"{name}[]: nothing"
    else:
        kinds = {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}
        yield f"{name}: {kinds[type(value)]}"


def all_lines() -> list[str]:
    """Those of every document, with each type that a value can have."""
    found: set[str] = set()
    for name, (record, made) in DOCUMENTS.items():
        for empty in (False, True):
            found |= set(lines_of(name, document(plain_values(made(filled(record, empty=empty))))))
    return sorted(found)


if __name__ == "__main__":
    KEPT.write_text("\n".join(all_lines()) + "\n", encoding="utf8")
