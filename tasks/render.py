"""Render the desired configuration of one end of a tunnel, on names and numbers that the box has free."""

from __future__ import annotations

from typing import Any

from nornir.core.task import Result, Task
from nornir_jinja2.plugins.tasks import template_file

from ..changes.allocate import Allocation, allocate, draft
from ..changes.objects import read, read_desired
from ..inventory.intent import End, IKEProposal, IPSecProposal, Tunnel
from ..templates.words import FILTERS, FOLDER

TEMPLATE = "ios/l2l_ikev1_crypto_map.j2"


def render(
    task: Task,
    tunnel: Tunnel,
    end: End,
    os: str,
    ike: IKEProposal,
    ipsec: IPSecProposal,
    pfs_group: int | None,
    key: str,
    running: str,
    approved_sequence: int | None = None,
) -> Result:
    """Nornir task. ``result`` is (desired configuration, Allocation); ``key`` is the token of the pre-shared key.

    Rendered twice: with draft names to learn what is wanted, then with the names that the box has free. Raises
    ChangeError when the box has no safe place for the tunnel.
    """

    def text(names: Allocation) -> str:
        result = task.run(
            template_file,
            template=TEMPLATE,
            path=str(FOLDER),
            jinja_filters=FILTERS,
            end=end,
            ike=ike,
            ipsec=ipsec,
            pfs_group=pfs_group,
            key=key,
            names=names,
        )
        return str(result.result)

    wanted = read_desired(os, text(draft(tunnel.name, end, tunnel.dpd)))
    names = allocate(tunnel.name, end, tunnel.dpd, wanted, read(os, running), approved_sequence=approved_sequence)
    rendered: Any = text(names)
    return Result(host=task.host, result=(rendered, names))
