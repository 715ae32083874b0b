"""JSON Schemas of the inventory files, for editors (``nr-run schema``).

Copies stand in ``inventory/schema/``, where the first line of each example file points an editor to them;
``python -m nr_run.inventory.files.schema`` writes them again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..hiding.references import SCHEMES
from ..intents.intent import IntentFile
from .connection_settings import PLUGINS, SETTINGS, TUNING
from .host_files import DEFAULTS_KEYS, ELEMENT_KEYS, NAME, OPTION_KEYS

#: The draft of JSON Schema that all of them follow.
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def intent_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one intent file, as a dict that ``json.dumps`` takes."""
    return {"$schema": DRAFT, **IntentFile.model_json_schema(), "title": "nr-run intent file"}


def hosts_schema() -> dict[str, Any]:
    """JSON Schema of ``hosts.yaml`` and ``groups.yaml``: name -> host or group."""
    return {
        "$schema": DRAFT,
        "title": "nr-run hosts and groups",
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": f"^{NAME.pattern}$"},
        "additionalProperties": _element(ELEMENT_KEYS),
    }


def defaults_schema() -> dict[str, Any]:
    """JSON Schema of ``defaults.yaml``."""
    return {"$schema": DRAFT, "title": "nr-run defaults", "minProperties": 1, **_element(DEFAULTS_KEYS)}


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "intent.schema.json": intent_schema,
    "hosts.schema.json": hosts_schema,
    "defaults.schema.json": defaults_schema,
}


def as_text(schema: Mapping[str, Any]) -> str:
    """The schema as the committed copies have it."""
    return json.dumps(schema, indent=2) + "\n"


def _element(keys: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": {key: _PROPERTIES[key] for key in keys}}


def _reference(description: str) -> dict[str, Any]:
    return {"type": "string", "pattern": rf"^({'|'.join(SCHEMES)}):\S.*$", "description": description}


def _options(plugin: str) -> dict[str, Any]:
    """The settings of a connection that reach it; Netmiko's own tuning stands beside them."""
    settings: dict[str, Any] = {
        name: {"type": list(setting.type) if isinstance(setting.type, tuple) else setting.type, "description": setting.does}
        for name, setting in SETTINGS.items()
    }
    tuning = {name: {"description": "For Netmiko itself, in tasks of your own."} for name in TUNING if plugin == "netmiko"}
    extras = {"type": "object", "additionalProperties": False, "properties": settings | tuning}
    return {"type": "object", "additionalProperties": False, "properties": {"extras": extras}}


_PROPERTIES: Mapping[str, dict[str, Any]] = {
    "hostname": {"type": "string", "description": "Management address or name of the device."},
    "port": {"type": "integer", "minimum": 1, "maximum": 65535, "description": "TCP port of the device."},
    "platform": {"type": "string", "description": "Netmiko device type, such as cisco_ios_telnet."},
    "groups": {"type": "array", "items": {"type": "string"}, "description": "Groups, the first wins."},
    "data": {
        "type": "object",
        "description": "What nr-run has to know of a device; other keys are yours.",
        "properties": {
            "model": {"type": "string", "description": "Model as show version names it, in quotes when it is a number."},
            "release": {"type": "string", "description": "Release as show version names it, such as 12.2(8)T."},
            "username_ref": _reference("Where the user name is kept."),
            "password_ref": _reference("Where the password is kept."),
            "enable_ref": _reference("Where the enable secret is kept; without it the login has to be privileged."),
        },
    },
    "connection_options": {
        "type": "object",
        "description": "Options of a Nornir connection plugin by its name; nr-run follows those of nr_run and netmiko.",
        "properties": {plugin: _options(plugin) for plugin in PLUGINS},
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "properties": {key: {"type": ["object", "string", "null"]} for key in OPTION_KEYS},
        },
    },
}


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder."""
    for name, schema in SCHEMAS.items():
        (folder / name).write_text(as_text(schema()), encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(__file__).parent / "schema")
