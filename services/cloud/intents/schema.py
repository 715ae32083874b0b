"""JSON Schema of `cloud.yaml`, for editors.

A copy stands in ``inventory/schema/``, where the first line of the example file points an editor to it;
``python -m nr_run.services.cloud.intents.schema`` writes it again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ....inventory.files import schema
from .intent import CloudFile

FILE = "cloud.schema.json"


def cloud_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the file, as a dict that ``json.dumps`` takes."""
    return {"$schema": schema.DRAFT, **CloudFile.model_json_schema(), "title": "nr-run connections to a cloud"}


if __name__ == "__main__":
    (Path(schema.__file__).parent / "schema" / FILE).write_text(schema.as_text(cloud_schema()), encoding="utf-8")
