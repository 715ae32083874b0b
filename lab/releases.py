"""The releases that the boxes run: their tables compiled, once per process."""

from __future__ import annotations

from functools import cache

from . import (
    ios122_config,
    ios122_exec,
    ios124_config,
    ios124_exec,
    ios154_config,
    ios154_exec,
)
from .forms import Release, compile_release


@cache
def release(name: str) -> Release:
    """The release of that name."""
    if name == "12.2(8)T":
        return compile_release(name, ios122_config.FORMS, ios122_exec.EXECS, ios122_config.PROMPTS, ios122_config.MACROS)
    if name == "12.4(25d)":
        return compile_release(name, ios124_config.FORMS, ios124_exec.EXECS, ios124_config.PROMPTS, ios124_config.MACROS)
    if name == "15.4(3)M3":
        return compile_release(name, ios154_config.FORMS, ios154_exec.EXECS, ios154_config.PROMPTS, ios154_config.MACROS)
    raise ValueError(f"no release {name}")
