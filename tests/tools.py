"""Programs of the distribution that tests need. Where they are missing, CI fails; elsewhere the test says how to get them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

_OURS = Path(__file__).parent.parent / "build" / "tools"


def tool(*names: str) -> str:
    """Path of the first of these programs that is there; fails in CI where none is, and skips the test elsewhere."""
    for name in names:
        found = shutil.which(name, path=f"{os.environ.get('PATH', '')}{os.pathsep}{_OURS}")
        if found:
            return found
    words = f"{' or '.join(names)} is not installed: `make tools` as root does it"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


def browser() -> str:
    """Path of a Chromium."""
    return tool("chromium", "chromium-browser", "google-chrome")
