"""Does the traffic of a tunnel interface go through it? Its selectors take everything, so the routing table decides.

An SA may outlive the interface that it belongs to, and a route may lead past a tunnel that is up: both look healthy to whoever
looks at SAs alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....checks.finding import Finding, Status
from ....checks.observations.questions import INTERFACES, ROUTE
from ....checks.routing.tunnel_interfaces import TunnelInterface
from ..endpoint import Watched


def routed(watched: Watched) -> tuple[Finding, ...]:
    """Findings on the interface and on the routes of one end; none where the tunnel is an entry of a crypto map."""
    tunnel = watched.end.tunnel
    if tunnel is None:
        return ()
    return (_interface(watched, tunnel), *_routes(watched, tunnel))


def _interface(watched: Watched, tunnel: TunnelInterface) -> Finding:
    seen = watched.after
    if seen.answer(INTERFACES) is None:
        return Finding("tunnel-interface", watched.host, Status.UNVERIFIED, f"whether {tunnel.name} is up is not known")
    row = next((row for row in seen.interfaces if row.name == tunnel.name), None)
    evidence = (seen.evidence(INTERFACES, f"status/protocol of {tunnel.name}", row.state if row else "none"),)
    if row is None:
        return Finding("tunnel-interface", watched.host, Status.FAILED, f"there is no interface {tunnel.name}", evidence)
    if not row.up:
        return Finding("tunnel-interface", watched.host, Status.FAILED, f"{tunnel.name} is not up: {row.state}", evidence)
    return Finding("tunnel-interface", watched.host, Status.OK, f"{tunnel.name} and its line protocol are up", evidence)


def _routes(watched: Watched, tunnel: TunnelInterface) -> Iterator[Finding]:
    """The pinged address, each far prefix, and each route inside one: all by the tunnel. And the peer itself: not by it."""
    seen, end = watched.after, watched.end
    if seen.answer(ROUTE) is None:
        yield Finding("tunnel-route", watched.host, Status.UNVERIFIED, "where packets for the far side leave is not known")
        return
    wanted, ways = frozenset({tunnel.known_as}), seen.ways
    wrong: list[tuple[str, str]] = []
    if end.target is not None and ways.to(end.target) != wanted:
        wrong.append((f"{end.target}", _by(ways.to(end.target))))
    for prefix in end.far_prefixes:
        first = next(prefix.hosts(), prefix.network_address)
        if ways.to(first) != wanted:
            wrong.append((f"{prefix}", _by(ways.to(first))))
        wrong += (
            (f"{path.prefix}, inside {prefix},", _by(names))
            for path, names in ways.inside(prefix)
            if names != wanted and path.prefix != prefix
        )
    for what, way in dict.fromkeys(wrong):
        words = f"{what} leaves by {way} instead of {tunnel.known_as}, past the tunnel"
        yield Finding("tunnel-route", watched.host, Status.FAILED, words, (seen.evidence(ROUTE, f"egress of {what}", way),))
    if tunnel.known_as in ways.to(end.peer):
        words = f"the peer {end.peer} itself is routed into {tunnel.known_as}, so the tunnel takes itself down"
        yield Finding("tunnel-route", watched.host, Status.FAILED, words, (seen.evidence(ROUTE, "egress", tunnel.known_as),))
    elif not wrong:
        words = f"the far prefixes leave by {tunnel.known_as}"
        yield Finding("tunnel-route", watched.host, Status.OK, words, (seen.evidence(ROUTE, "egress", tunnel.known_as),))


def _by(names: frozenset[str]) -> str:
    return " and ".join(sorted(names)) or "no interface"
