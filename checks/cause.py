"""Why a tunnel is not up: the failure signatures of IKEv1 and IPsec on IOS and ASA, as a table and a decision over both ends.

Sources: Cisco IPsec troubleshooting guide (5409), Cisco ISAKMP state descriptions, recorded sessions of failed negotiations;
of the ASA the published descriptions of MM_WAIT_MSG2 to 6, which say what each end waits for.
"""

from __future__ import annotations

from collections.abc import Sequence

from .finding import Cause
from .l2l import Watched, phase_1_up, phase_2_up, rise
from .observation import UP, Observation, spis

CAUSES: dict[str, Cause] = {
    cause.id: cause
    for cause in (
        Cause(
            "preshared-key",
            "the two ends hold different pre-shared keys: phase 1 stops when the first encrypted message is read",
            "high",
            "debug crypto isakmp, on an ASA debug crypto ikev1 (looks for: failed its sanity check or is malformed)",
            "enter the same key at both ends",
        ),
        Cause(
            "key-not-stored",
            "the device keeps another pre-shared key than the one that it was given",
            "certain",
            "show running-config | include isakmp key",
            "enter the key by hand and compare what the device shows; the device or its line editor alters it",
        ),
        Cause(
            "ike-policy",
            "the two ends have no IKE proposal in common",
            "high",
            "show crypto isakmp policy",
            "give both ends one policy with equal encryption, hash, authentication and group",
        ),
        Cause(
            "udp-500",
            "IKE is not answered: UDP 500 is blocked on the way, or the peer is down",
            "high",
            "ping the peer's outside address, and look at the access lists on the way",
            "open UDP 500 and ESP between the two outside addresses",
        ),
        Cause(
            "no-answer",
            "the ASA does not answer IKE: either UDP 500 does not reach it, or it has no policy like the one that is offered",
            "medium",
            "ping the peer's outside address, and show running-config crypto on the ASA that says nothing",
            "open UDP 500 between the two outside addresses, and give both ends one policy with equal values",
        ),
        Cause(
            "peer-unknown",
            "the other end has no tunnel-group or key for the address that it is called from",
            "high",
            "show running-config tunnel-group on an ASA, show running-config | include isakmp key on IOS",
            "name the tunnel-group, or the key, by the outside address of this end",
        ),
        Cause(
            "xauth",
            "the peer is asked for a user name and password as if it were a VPN client",
            "certain",
            "show running-config | include isakmp key",
            "end the key line with no-xauth",
        ),
        Cause(
            "no-attempt",
            "no packet reached the crypto map: the route to the far prefix does not leave by its interface, or NAT took it first",
            "high",
            "show ip route and show ip nat translations, on an ASA show route and packet-tracer",
            "route the far prefix out of the interface with the map, and exempt it from NAT",
        ),
        Cause(
            "phase-2",
            "phase 1 is up and phase 2 is refused: selectors, transform set or PFS group differ",
            "medium",
            "debug crypto ipsec (looks for: proxy identities not supported, transform proposal not supported)",
            "compare access list, transform set and PFS of the two map entries",
        ),
        Cause(
            "stale-sa",
            "one end still uses SAs that the other end no longer has",
            "high",
            "show crypto ipsec sa, on both ends",
            "clear crypto sa peer, on an ASA clear crypto ipsec sa peer, on both ends, for this peer only",
        ),
        Cause(
            "esp-blocked",
            "what one end encrypts does not arrive at the other: ESP (protocol 50) is lost on the way, in one direction or both",
            "high",
            "show crypto ipsec sa, on both ends: encaps of one rise and decaps of the other do not",
            "open ESP between the two outside addresses",
        ),
        Cause(
            "return-path",
            "one end encrypts nothing of what it sends: its route to the other prefix, or NAT there, takes the packets elsewhere",
            "medium",
            "show ip route and show ip nat translations, on an ASA packet-tracer, on the end whose encaps do not rise",
            "route the other prefix out of the interface with the map, and exempt it from NAT",
        ),
    )
}

_BEFORE_KEYS = {"MM_NO_STATE", "MM_SA_SETUP", "AG_NO_STATE", "MM_WAIT_MSG2", "MM_WAIT_MSG3"}
#: Keys are made, and what is encrypted with them cannot be read: an ASA as responder waits for message 5, as initiator for 6.
_AT_KEYS = {"MM_KEY_EXCH", "MM_KEY_AUTH", "AG_INIT_EXCH", "AG_AUTH", "MM_WAIT_MSG5", "MM_WAIT_MSG6"}
#: Message 4 would bring the keys of a responder that knows this peer.
_UNKNOWN_THERE = {"MM_WAIT_MSG4"}
#: A responder that waits for message 3 was heard and is not answered: something on the way eats the answers.
_ONE_WAY = {"MM_WAIT_MSG3"}
_UP = UP["ios"] | UP["asa"]


def probable_cause(ends: tuple[Watched, Watched], during: Sequence[Observation] = ()) -> Cause | None:
    """The cause that fits what both ends show; None when nothing is wrong or nothing fits.

    ``during`` are readings taken while IKE was tried: states such as MM_KEY_EXCH are gone a minute later.
    """
    near, far = ends
    seen = (*during, near.after, far.after)
    if not all(phase_1_up(watched.end, watched.after) for watched in ends):
        return _of_phase_1(near, far, seen)
    if not all(phase_2_up(watched.end, watched.after) for watched in ends):
        return CAUSES["phase-2"]
    return _of_traffic(near, far)


def _states(watched: Watched, seen: Sequence[Observation]) -> set[str]:
    peer = watched.end.remote.outside_ip
    return {row.state for reading in seen if reading.host == watched.host for row in reading.rows(peer)}


def _of_phase_1(near: Watched, far: Watched, seen: Sequence[Observation]) -> Cause | None:
    here, there = _states(near, seen), _states(far, seen)
    if {"CONF_XAUTH", "CONF_ADDR"} & (here | there):
        return CAUSES["xauth"]
    if not here and not there:
        return CAUSES["no-attempt"] if _nothing_sent(near) else CAUSES["udp-500"]
    both = here | there
    if both & _AT_KEYS:
        return CAUSES["preshared-key"]
    if both & _UNKNOWN_THERE:
        return CAUSES["peer-unknown"]
    if not there or not here:
        # An IKE SA that is up at one end only is what a reload of the other end leaves behind.
        if both & _UP:
            return CAUSES["stale-sa"]
        silent = near if not here else far
        return CAUSES["no-answer"] if silent.after.os == "asa" else CAUSES["udp-500"]
    if both & _ONE_WAY:
        return CAUSES["udp-500"]
    return CAUSES["ike-policy"] if both & _BEFORE_KEYS else None


def _nothing_sent(watched: Watched) -> bool:
    flow = watched.after.flow(*watched.probed)
    return flow is None or not (flow.encapsulated_packets or flow.send_errors)


def _of_traffic(near: Watched, far: Watched) -> Cause | None:
    here, there = near.after.flow(*near.probed), far.after.flow(*far.probed)
    if here is None or there is None:
        return CAUSES["phase-2"]
    if here.current_outbound_spi not in spis(there, "inbound") or there.current_outbound_spi not in spis(here, "inbound"):
        return CAUSES["stale-sa"]
    one, two = rise(near), rise(far)
    if one is None or two is None:
        return None
    # Both ends have sent pings: who encrypted nothing sends its packets elsewhere, and what was encrypted must arrive.
    if not one.encaps or not two.encaps:
        return CAUSES["return-path"]
    if not one.decaps or not two.decaps:
        return CAUSES["esp-blocked"]
    return None
