"""JSON Schema of `vpn-phones.yaml`, for editors.

A copy stands in ``inventory/schema/``, where the first line of the example file points an editor to it;
``python -m nr_run.services.phones.schema`` writes it again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...inventory.files import schema
from .intent import PhonesFile

FILE = "vpn-phones.schema.json"


def phones_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the file, as a dict that ``json.dumps`` takes."""
    return {"$schema": schema.DRAFT, **PhonesFile.model_json_schema(), "title": "nr-run access of IP phones"}


if __name__ == "__main__":
    (Path(schema.__file__).parent / "schema" / FILE).write_text(schema.as_text(phones_schema()), encoding="utf-8")
