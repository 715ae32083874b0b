"""Import Paramiko and Netmiko without what they want for one option alone.

For ``Match exec`` of an ssh_config Paramiko imports ``invoke``, and with it asyncio, ssl and unittest.mock: a tenth of all that a
deploy computes before its first packet. For ``use_ttp`` Netmiko imports ``ttp``, and with it an XML parser and multiprocessing:
as much again. What stands in their place imports them when it is first used.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _WhenUsed(ModuleType):
    """A module that is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


class _WhenCalled(ModuleType):
    """A module with one function of its own name, which is imported when it is called."""

    def __getattr__(self, name: str) -> Any:
        if name != self.__name__:
            raise AttributeError(name)

        def called(*arguments: Any, **words: Any) -> Any:
            return getattr(importlib.import_module(name), name)(*arguments, **words)

        return called


def import_light() -> None:
    """Import both, unless somebody has already."""
    _without("paramiko", _WhenUsed("invoke"))
    _without("netmiko", _WhenCalled("ttp"))


def _without(name: str, left_out: ModuleType) -> None:
    if name in sys.modules or left_out.__name__ in sys.modules:
        return
    sys.modules[left_out.__name__] = left_out
    try:
        importlib.import_module(name)
    finally:
        del sys.modules[left_out.__name__]
