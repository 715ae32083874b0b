"""What the traffic of a tunnel meets on a device of ours, and a ping from there does not: lists, translation, routes."""

from __future__ import annotations

from msgspec.structs import replace

from ....changes.plans.change import Change
from ....checks.finding import Finding, Status
from ....checks.observations.looks import Shown
from ....checks.observations.questions import INTERFACES
from ....checks.readiness.device_facts import EndFacts
from ....checks.readiness.precheck import path
from ....checks.routing.tunnel_interfaces import TunnelInterface
from ....inventory.errors import NrRunError
from ....inventory.systems import system_of
from ...common.intended_state import ComparedMember
from ..records import WantedEnd


def path_of(
    wants: WantedEnd, shown: Shown, standing: ComparedMember | None, time: str, tunnel: TunnelInterface | None
) -> tuple[Finding, ...]:
    """Findings on one end; none where the device did not show what they need, which others tell."""
    system, routes = system_of(shown.platform), shown.routes
    if standing is None or routes is None:
        return ()
    outputs = {system.running: standing.running.text, system.route: routes}
    facts = EndFacts(wants.end, shown.platform, outputs, _as_it_stands(standing.planned), time, asleep(shown, tunnel))
    try:
        return path(facts)
    except NrRunError as error:
        return (Finding("path", wants.end.local.host, Status.UNVERIFIED, str(error)),)


def asleep(shown: Shown, tunnel: TunnelInterface | None) -> bool:
    """True if the tunnel interface was down in the first look, which has the routes: an idle one is until something asks."""
    seen = shown.looks[0].seen
    if tunnel is None or seen.answer(INTERFACES) is None:
        return False
    return not any(row.up for row in seen.interfaces if row.name in (tunnel.name, tunnel.known_as))


def _as_it_stands(planned: Change) -> Change:
    """The change with nothing but the tunnel itself, which says where it is: no route or exemption of it is on the device yet."""
    return replace(planned, created=tuple(item for item in planned.created if item.family.is_tunnel), removed=())
