"""The tables of forms by operating system, and how a line is found in them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from .forms_asa import ASA
from .forms_common import COMMON
from .forms_ios import IOS
from .line_form import LineForm

FORMS: Mapping[str, tuple[LineForm, ...]] = {"ios": (*IOS, *COMMON), "asa": (*ASA, *COMMON)}


@lru_cache(maxsize=256)
def _rows(os: str, mode: str) -> tuple[LineForm, ...]:
    return tuple(row for row in FORMS[os] if (mode in row.inside if mode else not row.inside))


def form_of(os: str, mode: str, line: str) -> LineForm | None:
    """The first row for a line in a sub-mode, named by the form that opened it, or at the margin."""
    return next((row for row in _rows(os, mode) if row.pattern.fullmatch(line)), None)
