"""docs/reference/intent.md: every field of the intent of every service, from the models that read it."""

from __future__ import annotations

from json_schema import records
from nr_run.inventory.files.schema import intent_schema
from nr_run.services.registry import declared, schema_of

HEAD = """\
# Intent

The intent describes what you want, in YAML, with NetBox's field names where NetBox has one. Unknown keys are refused with file and line, and
the nearest match. Editors check as you type with the schemas in `inventory/schema/`, which `nr-run schema` prints. A secret is never a
value here: fields whose name ends in `_ref` say where it is kept ([inventory](inventory.md#secret-references)).

"""


def page() -> str:
    """LAN-to-LAN tunnels first, then each service that has a file of its own."""
    parts = [records(intent_schema(), "LAN-to-LAN tunnels: inventory/vpn/*.yaml")]
    for name, service in declared().services.items():
        if service.schema:
            schema = schema_of(service)
            parts.append(records(schema, f"{schema.get('title', name)} (nr-run schema {name})"))
    return HEAD + "\n".join(parts)
