"""JSON Schema of an intent file, for editors (``nr-run schema``)."""

from __future__ import annotations

from typing import Any

from .intent import IntentFile


def intent_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one intent file, as a dict that ``json.dumps`` takes."""
    schema = IntentFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "nr-run intent file"}
