"""Import Paramiko without what it wants for one option alone.

For ``Match exec`` of an ssh_config Paramiko imports ``invoke``, and with it asyncio, ssl and unittest.mock: a tenth of all that a
deploy computes before its first packet. What stands in its place imports it when it is first used.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_NAME = "invoke"


class _WhenUsed(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(_NAME), name)


def import_paramiko() -> None:
    """Import it, unless somebody has already."""
    if "paramiko" in sys.modules or _NAME in sys.modules:
        return
    sys.modules[_NAME] = _WhenUsed(_NAME)
    try:
        importlib.import_module("paramiko")
    finally:
        del sys.modules[_NAME]
