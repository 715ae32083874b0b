"""The releases that the boxes run: their tables compiled, once per process."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from ...asa.tables import releases as asa_releases
from ...asa.tables.generations import ROWS as ASA_ROWS
from ...ios.tables import config17 as ios17_config
from ...ios.tables import config26 as ios26_config
from ...ios.tables import config122 as ios122_config
from ...ios.tables import config124 as ios124_config
from ...ios.tables import config154 as ios154_config
from ...ios.tables import exec17 as ios17_exec
from ...ios.tables import exec26 as ios26_exec
from ...ios.tables import exec122 as ios122_exec
from ...ios.tables import exec124 as ios124_exec
from ...ios.tables import exec154 as ios154_exec
from .forms import ExecForm, Release, compile_release

#: The tables of each release of IOS: configuration and exec.
TABLES: dict[str, tuple[ModuleType, tuple[ExecForm, ...]]] = {
    "12.2(8)T": (ios122_config, ios122_exec.EXECS),
    "12.4(25d)": (ios124_config, ios124_exec.EXECS),
    "15.4(3)M3": (ios154_config, ios154_exec.EXECS),
    "17.9.4a": (ios17_config, ios17_exec.EXECS),
    "17.11.1a": (ios17_config, ios17_exec.EXECS),
    "17.12.4": (ios17_config, ios17_exec.EXECS),
    "26.1.1": (ios26_config, ios26_exec.EXECS),
}


@cache
def release(name: str) -> Release:
    """The release of that name; ValueError for one that is not played."""
    if name in ASA_ROWS:
        return asa_releases.compiled(name)
    if name not in TABLES:
        raise ValueError(f"no release {name}")
    config, execs = TABLES[name]
    return compile_release(name, config.FORMS, execs, config.PROMPTS, config.MACROS)
