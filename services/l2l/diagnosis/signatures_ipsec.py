"""How a cause shows once IKE is up: there is no SA for the traffic, or what one end sends does not come out of the other."""

from __future__ import annotations

from ....checks.finding import Evidence
from ....checks.observations.observation import spis
from ....checks.observations.questions import IPSEC, ROUTE
from ....checks.signatures import Signature
from ....inventory.systems import SYSTEMS
from ..endpoint import EVERYTHING, Watched, flows_at, rise
from ..verdicts.misrouted_packets import answers_by_another, comes_by_another
from . import differences as differ
from . import on_the_way as way
from .case import Case
from .differences import FINE
from .signature_rows import always, at, configured, no_sas, of, open_by, row, sas, seen

#: Seconds that an IPsec SA lives at most where nobody configured it.
_LONGEST_DEFAULT = max(system.ipsec_seconds for system in SYSTEMS.values())


# No SA


def _had_sas(case: Case) -> bool:
    """There was a child SA, or IKE is older than the first one can be: so it was lost later, when PFS counts."""
    for watched in case.ends:
        readings = (watched.before, *(seen_ for seen_ in case.during if seen_.host == watched.host))
        if any(spis(flow, "outbound") for seen_ in readings if (flow := watched.flow(seen_))):
            return True
        there = case.of(watched)
        lifetime = (there.child_seconds if there else None) or watched.end.child_seconds or _LONGEST_DEFAULT
        if any(line.up and (line.age_seconds or 0) > lifetime for line in case.rows(watched)):
            return True
    return False


def _other_selectors(case: Case) -> bool:
    """The peer has an SA with us, and not for these selectors."""
    for watched in case.ends:
        own = [flow for pair in watched.end.flow_pairs for flow in flows_at(watched.end, watched.after, pair)]
        others = (flow for flow in watched.after.flows if flow.sas and flow.peer == watched.end.peer and flow not in own)
        if any(watched.end.tunnel or (f.local_ident.network, f.remote_ident.network) != EVERYTHING for f in others):
            return True
    return False


def _pfs_counts(case: Case) -> bool:
    """IKEv2 asks for the group at rekeys only: there was an SA, or nothing else is left that could refuse one."""
    return _had_sas(case) or (differ.mirrored(case) == FINE and differ.esp(case) == FINE)


# SAs


def _elsewhere(case: Case) -> tuple[Evidence, ...]:
    """The flow of the tunnel goes to another peer, so another entry of the map has it."""
    return tuple(
        watched.after.evidence(IPSEC, "current_peer of the flow", flow.peer)
        for watched, flow in zip(case.ends, case.flows, strict=True)
        if flow is not None and flow.peer != watched.end.peer
    )


def _strange_transform(case: Case) -> bool:
    """An SA has another transform than is wanted, though both ends have the one that is."""
    found = [(sa, watched) for watched, flow in zip(case.ends, case.flows, strict=True) if flow for sa in flow.sas]
    return any(sa.protocol == "esp" and (sa.encryption, sa.integrity) not in w.end.transforms for sa, w in found)


def _not_crossing(case: Case) -> bool:
    if case.foreign:
        return False
    here, there = case.flows
    if here is None or there is None:
        return False
    return here.current_outbound_spi not in spis(there, "inbound") or there.current_outbound_spi not in spis(here, "inbound")


def _quiet(case: Case) -> tuple[Watched, ...]:
    """Ends whose flow is there and encrypted nothing, though every end has sent pings."""
    rises = [(watched, rise(watched)) for watched in case.ends]
    return tuple(watched for watched, risen in rises if risen and not risen.encaps) if all(r for _, r in rises) else ()


def _quiet_here(case: Case) -> tuple[Watched, ...]:
    return tuple(watched for watched in _quiet(case) if watched is case.near)


def _quiet_there(case: Case) -> tuple[Watched, ...]:
    return tuple(watched for watched in _quiet(case) if watched is not case.near)


def _receives_nothing(case: Case) -> bool:
    rises = [rise(watched) for watched in case.ends]
    return all(rises) and not all(risen and risen.decaps for risen in rises)


def _natted(case: Case) -> bool:
    return any(line.natted for watched in case.ends for line in case.rows(watched))


def _replayed(case: Case) -> tuple[Evidence, ...]:
    """Packets that came too late for the anti-replay window, since the first reading."""
    found: list[Evidence] = []
    for watched in case.ends:
        before, after = (watched.flow(seen_) for seen_ in (watched.before, watched.after))
        counts = [getattr(flow, "replay_failed_packets", None) or 0 for flow in (before, after)]
        risen = max(counts[1] - counts[0] if after is not None else 0, case.replayed.get(watched.host, 0))
        if risen > 0:
            found.append(watched.after.evidence(IPSEC, "packets that failed the replay check", f"+{risen}"))
    return tuple(found)


def _large_lost(case: Case) -> tuple[Evidence, ...]:
    """Small pings pass and those of full size do not."""
    return tuple(
        watched.after.evidence("ping of full size", "answers", f"{large.received}/{large.sent}")
        for watched in case.ends
        if (large := case.large.get(watched.host)) and large.sent and not large.received
        if watched.probe is not None and watched.probe.received
    )


ROWS: tuple[Signature[Case], ...] = (
    # IKE is up and there is no SA: by what the ends are configured with.
    row("selectors", 132, configured(no_sas, differ.mirrored, of((1,), always))),
    row("ikev2-selectors", 132, configured(no_sas, differ.mirrored, of((2,), always))),
    row("transforms", 134, configured(no_sas, differ.esp, of((1,), always))),
    row("ikev2-child-proposal", 134, configured(no_sas, differ.esp, of((2,), always))),
    row("pfs", 136, configured(no_sas, differ.pfs, of((1,), always))),
    row("pfs-at-rekey", 136, configured(no_sas, differ.pfs, of((2,), _pfs_counts))),
    # Or by what is seen.
    row("phase-2", 140, seen(no_sas, of((1,), always))),
    row("pfs-at-rekey", 140, seen(no_sas, of((2,), open_by(differ.pfs, _had_sas)))),
    row("ikev2-selectors", 150, seen(no_sas, of((2,), _other_selectors))),
    row("ikev2-selectors", 160, seen(no_sas, of((2,), open_by(differ.mirrored, always)))),
    row("ikev2-child-proposal", 160, seen(no_sas, of((2,), open_by(differ.esp, always)))),
    row("ikev2-selectors", 164, seen(no_sas, of((2,), always))),
    row("ikev2-child-proposal", 164, seen(no_sas, of((2,), always))),
    # There are SAs.
    row("map-order", 166, lambda case: _elsewhere(case)),
    row("map-order", 168, configured(sas, way.earlier_entry, lambda case: None in case.flows or _strange_transform(case))),
    row("policy-order", 169, seen(sas, _strange_transform)),
    row("phase-2", 170, seen(sas, lambda case: None in case.flows)),
    row("lifetime", 178, configured(sas, differ.child_lifetime, _not_crossing)),
    row("stale-sa", 180, seen(sas, _not_crossing)),
    row("nat-not-exempt", 185, configured(sas, at(_quiet_here, way.translated))),
    row("return-nat", 185, configured(sas, at(_quiet_there, way.translated))),
    row("route-elsewhere", 186, configured(sas, at(_quiet_here, way.led_elsewhere)), (ROUTE,)),
    row("return-route", 186, configured(sas, at(_quiet_there, way.led_elsewhere)), (ROUTE,)),
    row("group-policy", 188, configured(sas, way.policy_filters, lambda case: bool(_quiet(case)) or _receives_nothing(case))),
    # Before the next, which leaves open where the answers go.
    row("asymmetric-return", 189, answers_by_another),
    row("return-path", 190, seen(sas, lambda case: bool(_quiet(case)))),
    row("replay", 195, _replayed),
    row("esp-blocked", 196, configured(sas, way.lists("esp"), _receives_nothing)),
    row("nat-in-path", 200, seen(sas, lambda case: _receives_nothing(case) and _natted(case))),
    row("esp-blocked", 200, seen(sas, lambda case: _receives_nothing(case) and not _natted(case))),
    row("asymmetric-return", 200, comes_by_another),
    row("far-return-path", 200, seen(sas, lambda case: _receives_nothing(case) and case.foreign)),
    # Packets pass in both directions.
    row("mtu", 210, _large_lost),
)
