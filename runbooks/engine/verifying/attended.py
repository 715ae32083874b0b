"""Clients that use what is about to be removed are disconnected first, each by its own address: no other peer's SAs are
touched, and what else has a session with that address is told.

A device refuses to take away an interface that was cloned for a client while the client is there. Who cannot be told, or comes
again in between, is met by that refusal, which rolls the change back.
"""

from __future__ import annotations

from collections.abc import Sequence

from ....services.besides import Attended
from ....tasks.clear import clear
from ....tasks.observe import observe
from ..context import Context
from ..nornir_run import run_on
from ..plans.planning import DeploymentPlan, MemberPlan


def send_away(context: Context, plan: DeploymentPlan, ends: Sequence[MemberPlan]) -> None:
    """End the sessions of this deployment's clients on these devices. A failure here shows again in the change itself."""
    service = context.service
    if not isinstance(service, Attended) or not ends:
        return
    also = service.shows_clients()
    seen, _ = run_on(context.nornir, observe, {end.host: {"own": also} for end in ends}, at_all_costs=True)
    peers = {host: service.peers_in(plan.deployment, host, outputs) for host, (_, outputs) in seen.items()}
    known = {host: {"peers": found} for host, found in peers.items() if found}
    for host in known:
        for other in service.beside_in(plan.deployment, host, seen[host][1]):
            context.notices.append(f"{host}: {other} is ended along with a client that comes from there, and negotiates again")
    for host, found in known.items():
        context.folder.note_if_possible("sending-away", tunnel=plan.name, host=host, clients=len(found["peers"]))
        context.progress.phase(host, f"end the sessions of {len(found['peers'])} clients")
    if known:
        run_on(context.nornir, clear, known, at_all_costs=True)
