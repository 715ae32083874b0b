"""The releases that the boxes run: their tables compiled, once per process."""

from __future__ import annotations

from functools import cache

from ..asa import config82 as asa_config82
from ..asa import config84 as asa_config84
from ..asa import config919 as asa_config919
from ..asa import exec_table as asa_exec
from ..ios import config17 as ios17_config
from ..ios import config122 as ios122_config
from ..ios import config124 as ios124_config
from ..ios import config154 as ios154_config
from ..ios import exec17 as ios17_exec
from ..ios import exec122 as ios122_exec
from ..ios import exec124 as ios124_exec
from ..ios import exec154 as ios154_exec
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
    if name in ("17.9.4a", "17.11.1a"):
        return compile_release(name, ios17_config.FORMS, ios17_exec.EXECS, ios17_config.PROMPTS, ios17_config.MACROS)
    if name == "8.2(5)":
        return compile_release(name, asa_config82.FORMS, asa_exec.EXECS82, asa_config82.PROMPTS, asa_config82.MACROS)
    if name == "9.1(7)":
        return compile_release(name, asa_config84.FORMS, asa_exec.EXECS84, asa_config84.PROMPTS, asa_config84.MACROS)
    if name == "9.19(1)":
        return compile_release(name, asa_config919.FORMS, asa_exec.EXECS919, asa_config919.PROMPTS, asa_config919.MACROS)
    raise ValueError(f"no release {name}")
