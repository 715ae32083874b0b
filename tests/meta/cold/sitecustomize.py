"""Imported by an interpreter when it begins, where its folder is on the path: notes are taken in it as well."""

from __future__ import annotations

import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).parent.with_name("recording.py")))["install"]()
