"""What the records of a service are generic in: its own records, which the engine carries and does not look into.

Where nothing is said it is anything: the engine says ``Deployment``, a service ``Deployment[WantedTunnel]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Defaults of type variables (PEP 696) are in typing from Python 3.13 on.
    from typing_extensions import TypeVar

    Wanted = TypeVar("Wanted", default=Any)
    Wants = TypeVar("Wants", default=Any)
else:
    from typing import TypeVar

    Wanted = TypeVar("Wanted")
    Wants = TypeVar("Wants")
