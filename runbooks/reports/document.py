"""The JSON document of a verification, and its JSON Schema, which is made of the records themselves.

A reader may rely on every field that the schema requires, and the schema has every field of the documents of its release. Fields
may come with another release; one that goes, or changes its meaning, raises ``schema_version``.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from ...checks.finding import Cause, Evidence, Finding
from ...checks.verdict import SCHEMA_VERSION, DeviceState, EndState, Figure, FlowState, Verdict, Verification, Word
from ...inventory.errors import Exit
from ...inventory.files.schema import DRAFT
from ..run.folder import plain_values
from ..run.json_names import KEYS, OLD_TOO
from ..run.json_names import document as as_document
from ..verify.since import Changed

FILE = "verification.schema.json"

#: What each field says; a field without a sentence fails a test.
SENTENCES: Mapping[type, Mapping[str, str]] = {
    Verification: {
        "run": "Name of the record of this verification.",
        "tool": "Version of nr-run.",
        "started": "When it began, UTC, ISO 8601.",
        "finished": "When it ended, UTC, ISO 8601.",
        "probed": "False if no traffic was sent (--no-probe).",
        "verdicts": "One for each service, worst first.",
        "devices": "How each device was reached.",
        "notices": "What was seen besides, a sentence each.",
        "partial": "True if only some of the services were asked for.",
        "schema_version": "Version of this document.",
    },
    Verdict: {
        "service": "Kind of service.",
        "name": "Name in the intent.",
        "title": "What it joins, for people.",
        "time": "When it was judged, UTC, ISO 8601.",
        "configured": "What the running configurations have of it, against the intent.",
        "operating": "Whether it works.",
        "known_by": "What that rests on, best first: traffic of our own, counters that moved, tables, nothing.",
        "sentence": "The verdict in one line for people.",
        "findings": "All that was checked.",
        "causes": "Why it is not as it has to be; more than one where nothing tells them apart.",
        "ends": "What each device of ours showed.",
        "untested": "What no traffic met.",
        "reach": "What the verdict says nothing about; empty if nothing.",
        "sites": "Names of the places that it joins.",
        "figures": "Numbers to watch it by; none for most services.",
    },
    Figure: {
        "what": "What is counted, or left.",
        "value": "How many.",
    },
    EndState: {
        "host": "Name of the device in the inventory.",
        "role": "Its part in the service.",
        "peer": "Address of the far end.",
        "configured": "What this device has of the service, against the intent.",
        "ike": "State of IKE in the device's own word.",
        "ike_up": "Whether IKE is up; null if not known.",
        "ike_id": "Another one when IKE was negotiated again.",
        "ike_age_seconds": "Age of the IKE SA; null if not shown.",
        "flows": "Its pairs of selectors, or its tunnel interface.",
        "ike_lifetime_seconds": "How long IKE lives before it is negotiated again; null if not known.",
    },
    FlowState: {
        "local": "What is behind this end.",
        "remote": "What is behind the far end.",
        "up": "Whether it has SAs; null if it could not be read.",
        "encaps": "Packets that were encapsulated while the device was watched; null if not known.",
        "decaps": "Packets that were decapsulated while the device was watched; null if not known.",
        "spis": "Outbound SPIs, as numbers.",
        "sa_age_seconds": "Age of the SAs; null if not shown.",
    },
    DeviceState: {
        "host": "Name in the inventory.",
        "platform": "Model and release.",
        "problem": "Why it was not reached or not read; empty when all is well.",
        "round_trips": "Exchanges with the device; null if not counted.",
        "seconds": "How long it took; null if not measured.",
    },
    Finding: {
        "check": "Id of the check.",
        "subject": "Device or service that was checked.",
        "status": "ok, or what else it is; unverified is never a pass.",
        "sentence": "What was found.",
        "evidence": "Where it was read.",
        "cause": "Why, if that is probable.",
    },
    Evidence: {
        "device": "Device.",
        "command": "Command whose output was read.",
        "field": "What was read of it.",
        "value": "The value.",
        "time": "When, UTC, ISO 8601; empty if not noted.",
    },
    Cause: {
        "id": "Id of the signature.",
        "sentence": "What is wrong.",
        "confidence": "How sure that is.",
        "confirm": "What would confirm it.",
        "remedy": "What fixes it without harm to others.",
    },
}
#: What stands in the document of the command only.
_BESIDES: Mapping[type, Mapping[str, str]] = {
    Changed: {
        "service": "Kind of service; empty where the earlier record does not say it.",
        "name": "Name in the intent.",
        "before": "The word then; empty if it was not there.",
        "now": "The word now; empty if it is not there any more.",
    },
}
_ADDED: Mapping[type, Mapping[str, dict[str, Any]]] = {
    Verification: {
        "healthy": {
            "type": "boolean",
            "description": "True if there is something to verify, all of it is healthy, and every device was read.",
        },
    },
    Verdict: {
        "word": {"enum": [word.value for word in Word], "description": "The verdict in one word; unverified is never a pass."},
        "healthy": {"type": "boolean", "description": "True if it works, or waits for traffic, and is built as intended."},
    },
}


#: What the command adds to the record.
_OF_THE_COMMAND: Mapping[str, dict[str, Any]] = {
    "runbook": {"const": "verify", "description": "The command."},
    "outcome": {"enum": [code.word for code in Exit], "description": "Outcome of the command."},
    "exit_code": {"enum": [int(code) for code in Exit], "description": "Its exit code."},
    "folder": {"type": "string", "description": "Where the record is kept; empty if it could not be."},
    "warnings": {"type": "array", "items": {"type": "string"}, "description": "What could not be stored, sent or written."},
    "since": {
        "type": "object",
        "description": "With --since: what has changed since that verification or run.",
        "properties": {
            "run": {"type": "string", "description": "Name of its record."},
            "of": {"enum": ["verification", "run"], "description": "What kind of record it is."},
            "changed": {
                "type": "array",
                "items": {"$ref": "#/$defs/Changed"},
                "description": "The services whose word is another one now.",
            },
        },
        "required": ["run", "of", "changed"],
        "additionalProperties": False,
    },
}


def document(verification: Verification, code: Exit) -> dict[str, Any]:
    """Plain values for JSON; the schema describes them. The command adds where the record is kept."""
    made: dict[str, Any] = as_document(plain_values(verification.as_dict()))
    return {**made, "runbook": "verify", "outcome": code.word, "exit_code": int(code)}


def verification_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the document."""
    body = _record(Verification)
    body["properties"]["schema_version"] = {"const": SCHEMA_VERSION, "description": SENTENCES[Verification]["schema_version"]}
    body["properties"] |= _OF_THE_COMMAND
    others = {record.__name__: _record(record) for record in (*SENTENCES, *_BESIDES) if record is not Verification}
    return {"$schema": DRAFT, "title": "nr-run verification", **body, "$defs": others}


def as_text(schema: Mapping[str, Any]) -> str:
    """The schema as the committed copy has it."""
    return json.dumps(schema, indent=2) + "\n"


def _record(record: type[Struct]) -> dict[str, Any]:
    hints, sentences = get_type_hints(record), {**SENTENCES, **_BESIDES}[record]
    made: dict[str, Any] = {name: {**_type(hints[name]), "description": sentences[name]} for name in record.__struct_fields__}
    made |= _ADDED.get(record, {})
    properties: dict[str, Any] = {KEYS.get(name, name): words for name, words in made.items()}
    required = list(properties)
    for old in (name for name in made if name in KEYS and OLD_TOO):
        words = f"Old name of {KEYS[old]}, with the same value; the next release leaves it out."
        properties[old] = {**made[old], "description": words, "deprecated": True}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _type(hint: Any) -> dict[str, Any]:
    """JSON type of a field's type. Raises TypeError for one that the document has not had yet."""
    plain = {str: "string", int: "integer", float: "number", bool: "boolean"}
    if hint in plain:
        return {"type": plain[hint]}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [item.value for item in hint]}
    if isinstance(hint, type) and issubclass(hint, Struct):
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _type(get_args(hint)[0])}
    if get_origin(hint) in (Union, types.UnionType):
        (one,) = (item for item in get_args(hint) if item is not type(None))
        return {"anyOf": [_type(one), {"type": "null"}]}
    raise TypeError(f"{hint} has no place in the document")


if __name__ == "__main__":
    Path("docs", "reference", FILE).write_text(as_text(verification_schema()), encoding="utf8")
