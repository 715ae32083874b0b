"""The rows of all documents. A service adds its own here."""

from __future__ import annotations

from .cloud_rows import ROWS as CLOUD
from .rows import Row
from .zia_rows import ROWS as ZIA

ROWS: tuple[Row, ...] = (*ZIA, *CLOUD)
