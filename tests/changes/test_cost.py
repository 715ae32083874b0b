"""The work of a plan grows with the lines of the configuration, and not with their product by the entries: counted, not timed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nr_run.changes.configurations import tree
from nr_run.changes.objects import nodes_of, read

from ..calls import counted


def benchmark() -> ModuleType:
    """The benchmark of a hub, whose hubs and steps are used here."""
    path = Path(__file__).parents[2] / "benchmarks" / "hub.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_a_hub", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


HUB: Any = benchmark()


def cost(step: Callable[[], object]) -> int:
    """Calls that a step needs when nothing is parsed."""
    step()
    HUB.forget()
    with counted() as calls:
        step()
    return calls[0]


@pytest.mark.parametrize("form", ["named", "numbered"])
@pytest.mark.parametrize("step", ["plan", "read_back", "remove"])
def test_twice_the_lines_and_twice_the_entries_are_twice_the_work(step: str, form: str) -> None:
    """Four times the lines and entries cost about four times the calls; a look-up written as a scan would cost sixteen."""
    small, large = HUB.work_on(1000, 60, form), HUB.work_on(4000, 240, form)
    assert cost(getattr(large, step)) < 5 * cost(getattr(small, step))


@pytest.mark.parametrize("form", ["named", "numbered"])
@pytest.mark.parametrize("step", ["plan", "remove"])
def test_lines_beside_cost_the_same_however_many_entries_there_are(step: str, form: str) -> None:
    """A thousand lines more cost as much beside two hundred entries as beside twenty."""

    def more(entries: int) -> int:
        few, many = HUB.work_on(3000, entries, form), HUB.work_on(4000, entries, form)
        return cost(getattr(many, step)) - cost(getattr(few, step))

    assert more(200) < 1.2 * more(20)


def test_a_configuration_is_read_once() -> None:
    """Planning, with all checks, parses each text once: the device's, the wanted one twice rendered, and what a check adds."""
    work = HUB.work_on(1000, 20, "named")
    HUB.forget()
    work.plan()
    for kept, texts in ((tree.parse, 3), (nodes_of, 3), (read, 3)):
        assert kept.cache_info().misses <= texts, kept
