"""The releases that the boxes run: their tables compiled, once per process."""

from __future__ import annotations

from functools import cache

from ..asa import releases as asa_releases
from ..asa.generations import ROWS as ASA_ROWS
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
    if name in ASA_ROWS:
        return asa_releases.compiled(name)
    raise ValueError(f"no release {name}")
