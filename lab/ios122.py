"""IOS 12.2(8)T: its tables compiled."""

from __future__ import annotations

from functools import cache

from .forms import Release, compile_release
from .ios122_config import FORMS, MACROS, PROMPTS
from .ios122_exec import EXECS


@cache
def release() -> Release:
    """The release that both boxes run."""
    return compile_release("12.2(8)T", FORMS, EXECS, PROMPTS, MACROS)
