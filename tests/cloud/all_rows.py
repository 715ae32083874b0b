"""The rows of all documents. A service adds its own here."""

from __future__ import annotations

from .client_rows import ROWS as CLIENTS
from .cloud_rows import ROWS as CLOUD
from .head_end_rows import ROWS as HEAD_ENDS
from .phone_rows import ROWS as PHONES
from .rows import Row
from .zia_rows import ROWS as ZIA

ROWS: tuple[Row, ...] = (*CLIENTS, *ZIA, *HEAD_ENDS, *PHONES, *CLOUD)
#: How many errors each document has.
ERRORS = {"E0": 16, "E1": 20, "E2": 11, "E3": 16, "E4": 16}
