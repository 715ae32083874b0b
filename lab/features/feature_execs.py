"""The exec commands of IKEv2, and what those that clear SAs do.

`fast` sends no delete to the other end [command reference of IOS 15M&T]; what a peer keeps then ends by dead peer detection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.configuration.forms import ExecForm
from . import ikev2_shows

if TYPE_CHECKING:
    from ..ios.commands.execs import Call, Handler

NOT_PLAYED = ("stats", "diagnose", "authorization", "certificate-cache", "client", "cluster", "performance")

EXECS = (
    ExecForm("show crypto ikev2 sa [{detailed}:detail]", "show_ikev2_sa", 1),
    ExecForm("show crypto ikev2 sa {remote <ip:remote>|local <ip:local>} [{detailed}:detail]", "show_ikev2_sa", 1),
    ExecForm("show crypto ikev2 session [{detailed}:detail]", "show_ikev2_session", 1),
    ExecForm("show crypto ikev2 proposal [<word:name>]", "show_ikev2_proposal", 1),
    ExecForm("show crypto ikev2 policy [<word:name>]", "show_ikev2_policy", 1),
    ExecForm("show crypto ikev2 profile [<word:name>]", "show_ikev2_profile", 1),
    ExecForm("clear crypto ikev2 sa [{remote <ip:remote>|local <ip:local>}] [{fast}:fast]", "clear_ikev2_sa"),
    ExecForm("clear crypto session [{remote <ip:remote>}]", "clear_session"),
    *(ExecForm(f"show crypto ikev2 {word} [<line:rest>]", "not_played", 1) for word in NOT_PLAYED),
)


async def show_sa(call: Call) -> list[str]:
    """`show crypto ikev2 sa`."""
    values = call.values
    return ikev2_shows.sa(call.box, values.get("detail", ""), values.get("remote", ""), values.get("local", ""))


async def show_session(call: Call) -> list[str]:
    """`show crypto ikev2 session`."""
    return ikev2_shows.session(call.box, call.values.get("detail", ""))


async def show_proposal(call: Call) -> list[str]:
    """`show crypto ikev2 proposal`."""
    return ikev2_shows.proposals(call.box, call.values.get("name", ""))


async def show_policy(call: Call) -> list[str]:
    """`show crypto ikev2 policy`."""
    return ikev2_shows.policies(call.box, call.values.get("name", ""))


async def show_profile(call: Call) -> list[str]:
    """`show crypto ikev2 profile`."""
    return ikev2_shows.profiles(call.box, call.values.get("name", ""))


async def clear_sa(call: Call) -> list[str]:
    """`clear crypto ikev2 sa`, all or those with one end; the SAs that they made go with them."""
    box, values = call.box, call.values
    rows = ikev2_shows.rows(box, values.get("remote", ""), values.get("local", ""))
    box.network.upkeep.drop_ike2(box, rows, told="fast" not in values)
    return []


async def clear_session(call: Call) -> list[str]:
    """`clear crypto session`: the SAs of both phases, all or those with a peer."""
    box, remote = call.box, call.values.get("remote", "")
    box.network.drop(box, [flow for flow in box.crypto.flows if remote in ("", str(flow.peer))])
    box.network.upkeep.drop_ike2(box, ikev2_shows.rows(box, remote))
    older = [row for row in box.crypto.ike if remote in ("", str(row.dst), str(row.src))]
    box.network.upkeep.drop_ike(box, older)
    return []


HANDLERS: dict[str, Handler] = {
    "show_ikev2_sa": show_sa,
    "show_ikev2_session": show_session,
    "show_ikev2_proposal": show_proposal,
    "show_ikev2_policy": show_policy,
    "show_ikev2_profile": show_profile,
    "clear_ikev2_sa": clear_sa,
    "clear_session": clear_session,
}
