"""The verdict on a group of VPN clients: is it configured, and is somebody connected. Nobody is idle, and not broken. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from msgspec.structs import replace

from ...checks.finding import Finding, Status
from ...checks.observations.looks import Look, Shown
from ...checks.observations.observation import Flow, Observation
from ...checks.observations.questions import IKE, IPSEC
from ...checks.verdict import Configured, EndState, FlowState, KnownBy, Operating, Verdict
from ..common.configured_axis import findings, of_members, stated, status_of, unseen, unshown
from ..common.outside import outside
from ..common.verifying import Seeing
from ..service import Deployment
from .intent import Pool, RemoteAccess

#: So many clients are named by their address.
_NAMED = 3


def verdict_of(deployment: Deployment, seeing: Seeing, title: str) -> Verdict:
    """The verdict on one group, which is on one router."""
    wanted: RemoteAccess = deployment.wanted
    shown = seeing.of(wanted.host)
    configured = _configured(deployment, seeing)
    looks = tuple(look for look in shown.looks if _whole(look.seen))
    answer = operating, _, sentence = _operating(wanted, shown, looks, seeing, configured)
    return replace(
        stated(deployment, seeing, title, configured, answer),
        findings=tuple(_findings(deployment, seeing, operating, sentence, looks)),
        ends=(EndState(wanted.host, "server", "VPN clients", configured, flows=tuple(_states(wanted, looks))),),
        untested=(*unseen(deployment, seeing), *(("no client was asked to connect",) if operating is Operating.IDLE else ())),
        reach="" if looks else f"{wanted.host} could not be read",
        sites=(wanted.host,),
    )


def _configured(deployment: Deployment, seeing: Seeing) -> Configured:
    """The group itself tells whether it is there: what it shares with tunnels may be there without it."""
    (word,) = of_members(deployment, seeing).values()
    standing = seeing.standing.get(deployment.wanted.host)
    made = standing.change.created if standing and standing.change else ()
    return Configured.ABSENT if any(item.family.name == "client-group" for item in made) else word


def _whole(seen: Observation) -> bool:
    return all((parsed := seen.answer(question)) is not None and parsed.complete for question in (IKE, IPSEC))


def _operating(
    wanted: RemoteAccess, shown: Shown, looks: Sequence[Look], seeing: Seeing, configured: Configured
) -> tuple[Operating, KnownBy, str]:
    standing = seeing.standing.get(wanted.host)
    differs = "" if standing is None or configured is Configured.AS_INTENDED else standing.sentence
    if not looks:
        return Operating.UNKNOWN, KnownBy.NOTHING, unshown(shown, "SAs")
    clients = [flow for flow in looks[-1].seen.flows if _is_up_of(wanted.pool, flow)]
    if not clients and seeing.changing:
        return Operating.UNKNOWN, KnownBy.NOTHING, "; ".join(seeing.changing)
    if not clients and configured is Configured.ABSENT:
        return Operating.DOWN, KnownBy.TABLES, f"{wanted.host} has no group {wanted.name}"
    if not clients and standing is not None and not standing.works_without:
        return Operating.DOWN, KnownBy.TABLES, f"{standing.sentence}: without it no client is let in"
    # One client has several flows: one to the address of the router, one to all that is behind it.
    there = _addresses(clients)
    said = f"{wanted.host}: {len(there)} client{'' if len(there) == 1 else 's'} of group {wanted.name} connected"
    said += f" ({_few(there)})" if there else ""
    more = f"; {differs}" if differs else ""
    if not clients:
        said = f"{wanted.host}: no client of group {wanted.name} is connected{more}"
        way_in = outside(wanted.host, wanted.interface, looks[-1].seen)
        if way_in.status is Status.FAILED:
            return Operating.DOWN, KnownBy.TABLES, f"{said}; {way_in.sentence}"
        if way_in.status is Status.UNVERIFIED:
            return Operating.UNKNOWN, KnownBy.NOTHING, f"{said}; {way_in.sentence}"
        return Operating.IDLE, KnownBy.TABLES, said
    first = {(flow.local_ident, flow.remote_ident): flow for flow in looks[0].seen.flows}
    rises = [
        flow.encapsulated_packets > old.encapsulated_packets and flow.decapsulated_packets > old.decapsulated_packets
        for flow in clients
        if (old := first.get((flow.local_ident, flow.remote_ident)))
    ]
    return Operating.UP, KnownBy.COUNTERS if any(rises) else KnownBy.TABLES, said + more


def _addresses(flows: Sequence[Flow]) -> tuple[IPv4Address, ...]:
    """The addresses of the pool that clients have, each once."""
    return tuple(sorted({IPv4Address(str(flow.remote_ident.network.network_address)) for flow in flows}))


def _few(there: Sequence[IPv4Address]) -> str:
    """Addresses, of many the first ones."""
    more = len(there) - _NAMED
    return ", ".join(map(str, there[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def _is_up_of(pool: Pool, flow: Flow) -> bool:
    network = flow.remote_ident.network
    alone = network.prefixlen == network.max_prefixlen and pool.has(IPv4Address(str(network.network_address)))
    return alone and {sa.direction for sa in flow.sas} >= {"inbound", "outbound"}


def _states(wanted: RemoteAccess, looks: Sequence[Look]) -> Iterator[FlowState]:
    for flow in looks[-1].seen.flows if looks else ():
        if _is_up_of(wanted.pool, flow):
            yield FlowState(str(flow.local_ident.network), str(flow.remote_ident.network), up=True)


def _findings(
    deployment: Deployment, seeing: Seeing, operating: Operating, sentence: str, looks: Sequence[Look]
) -> Iterator[Finding]:
    yield from (replace(finding, check="client-group") for finding in findings(deployment, seeing))
    yield Finding("client-session", deployment.wanted.host, status_of(operating), sentence)
    if looks:
        yield outside(deployment.wanted.host, deployment.wanted.interface, looks[-1].seen)
