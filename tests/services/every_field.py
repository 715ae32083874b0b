"""Every field of an intent, changed alone: what becomes of it on a device where the rest stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from nr_run.changes.plans.change import Change
from nr_run.inventory.errors import NrRunError

#: A field by its way to it, and the changes of the record in which it is otherwise and fits the rest.
Table = Mapping[str, tuple[dict[str, Any], str]]


def leaves(model: type[BaseModel], way: str = "") -> Iterator[str]:
    """Every field that holds no record of its own, by the way to it."""
    for name, info in model.model_fields.items():
        inner = next((one for one in (info.annotation, *get_args(info.annotation)) if _is_record(one)), None)
        if inner is not None and get_args(info.annotation)[1:] != (...,):
            yield from leaves(inner, f"{way}{name}.") if name != "waiver" else (f"{way}{name}",)
        else:
            yield f"{way}{name}"


def _is_record(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def outcome(
    make: Callable[..., Any], staged: Callable[[Any, str], list[tuple[Any, Change]]], running: str, change: Mapping[str, Any]
) -> str:
    """``changed`` where lines are typed, ``refused`` where the intent or the plan says no, ``none`` where nothing is typed."""
    try:
        wanted = make(**change)
        found = [one for _, one in staged(wanted, running)]
    except (ValidationError, NrRunError):
        return "refused"
    return "changed" if any(found) else "none"
