"""What this process holds in memory, and how many files it may have open."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

_PAGES = Path("/proc/self/statm")


def resident_kb() -> int:
    """Kilobytes of memory that the process has now; where the system does not say so, the most that it ever had."""
    if _PAGES.exists():
        return int(_PAGES.read_text().split()[1]) * resource.getpagesize() // 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most


def allow_many_files() -> None:
    """As many open files as the system lets the process have: each device listens, and each session is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
