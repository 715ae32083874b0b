"""A hub with thousands of tunnels: its intent is validated, what it showed is parsed, and every tunnel is judged."""

from __future__ import annotations

import os
import resource
from collections import Counter
from pathlib import Path

from .test_linear import hub

#: `make thousands` takes five thousand; what grows with their square is found by counts, in `test_linear`.
EVERY = os.environ.get("NR_RUN_THOUSANDS") == "all"
TUNNELS = 5000 if EVERY else 300
#: What the whole process may have taken, in kilobytes as Linux counts them.
MEMORY = 1_000_000


def test_each_of_them_is_judged(tmp_path: Path) -> None:
    """All are as intended and up, and the memory that it takes is bounded."""
    verdicts = hub(tmp_path, TUNNELS, "<secret:credential:{name}>").judge()
    assert Counter((one.configured.value, one.operating.value) for one in verdicts) == {("as-intended", "up"): TUNNELS}
    assert not EVERY or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MEMORY
