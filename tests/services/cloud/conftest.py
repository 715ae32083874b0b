"""A firewall with its connection, built once for all tests that only look at it or fix what they break."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .played import Played
from .sites import site


@pytest.fixture(scope="package")
def built() -> Iterator[Played]:
    """Deployed in this process, stage by stage, each when the gate before it held."""
    played = Played(site())
    played.build()
    yield played
    played.close()
