"""Capture cases for the parser tests: what a device printed (`.txt`) beside the state that has to come out (`.json`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CAPTURES = Path(__file__).parent.parent / "captures"


@dataclass(frozen=True, slots=True)
class Case:
    """One capture. The JSON holds the document of `nr-run parse --json`, and `health`: healthy or sick."""

    path: Path

    @property
    def os(self) -> str:
        return self.path.parent.parent.name

    @property
    def name(self) -> str:
        return f"{self.os}/{self.path.parent.name}/{self.path.stem}"

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def expected(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.path.with_suffix(".json").read_text(encoding="utf-8"))
        return loaded

    @property
    def command(self) -> str:
        return str(self.expected["command"])


CASES = tuple(Case(path) for path in sorted(CAPTURES.glob("*/*/*.txt")))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `case` runs once per capture."""
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.name for case in CASES])


@pytest.fixture
def cases() -> tuple[Case, ...]:
    """All captures."""
    return CASES
