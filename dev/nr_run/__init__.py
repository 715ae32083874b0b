"""nr-run: network automation runbooks that change IPsec tunnels and verify the change.

``__all__`` is the public library (docs/how-to/library.md): Nornir tasks for any Nornir, the safe sequence, and what they need. A
name is imported when it is used, so that ``import nr_run`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .inventory.errors import NrRunError
    from .inventory.files.hosts import load_nornir
    from .inventory.hiding.secrets import Secrets
    from .inventory.models.platforms import Platform, platform_for
    from .lab.entry import start as start_lab
    from .parsers import parse
    from .runbooks.safe_change import HostRollback, Rollback, SafeChange, safe_change
    from .tasks.access.connect import connect
    from .tasks.device import session
    from .tasks.nornir_tasks import gather, observe, probe, push, render, save

#: Public name to the module that has it, and its name there.
_WHERE = {
    "HostRollback": ("runbooks.safe_change", "HostRollback"),
    "NrRunError": ("inventory.errors", "NrRunError"),
    "Platform": ("inventory.models.platforms", "Platform"),
    "Rollback": ("runbooks.safe_change", "Rollback"),
    "SafeChange": ("runbooks.safe_change", "SafeChange"),
    "Secrets": ("inventory.hiding.secrets", "Secrets"),
    "connect": ("tasks.access.connect", "connect"),
    "gather": ("tasks.nornir_tasks", "gather"),
    "load_nornir": ("inventory.files.hosts", "load_nornir"),
    "observe": ("tasks.nornir_tasks", "observe"),
    "parse": ("parsers", "parse"),
    "platform_for": ("inventory.models.platforms", "platform_for"),
    "probe": ("tasks.nornir_tasks", "probe"),
    "push": ("tasks.nornir_tasks", "push"),
    "render": ("tasks.nornir_tasks", "render"),
    "safe_change": ("runbooks.safe_change", "safe_change"),
    "save": ("tasks.nornir_tasks", "save"),
    "session": ("tasks.device", "session"),
    "start_lab": ("lab.entry", "start"),
}

__all__ = [
    "HostRollback",
    "NrRunError",
    "Platform",
    "Rollback",
    "SafeChange",
    "Secrets",
    "connect",
    "gather",
    "load_nornir",
    "observe",
    "parse",
    "platform_for",
    "probe",
    "push",
    "render",
    "safe_change",
    "save",
    "session",
    "start_lab",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is used first."""
    if name not in _WHERE:
        raise AttributeError(f"module 'nr_run' has no attribute {name!r}")
    module, attribute = _WHERE[name]
    found = globals()[name] = getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
    return found


def __dir__() -> list[str]:
    """What is public, and what every module has."""
    return sorted({*globals(), *__all__})
