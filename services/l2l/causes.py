"""Why a LAN-to-LAN tunnel may not be up: each cause once, with what confirms it and what mends it.

Sources: Cisco IPsec troubleshooting guide (5409), Cisco ISAKMP state descriptions, recorded sessions of failed negotiations; of
the ASA the published descriptions of MM_WAIT_MSG2 to 6, which say what each end waits for; of IKEv2 RFC 7296 (the notifications,
and that the first child SA is made without a Diffie-Hellman exchange of its own) and Cisco's IKEv2 debug guides (115934, 115935).
"""

from __future__ import annotations

from ...checks.finding import Cause

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
        Cause(
            "far-return-path",
            "nothing comes back from the far side, which is not ours: it routes or translates its answers elsewhere",
            "medium",
            "ask the far side for its encaps and decaps of this tunnel: if its decaps rise, its answers go elsewhere",
            "ask the far side to route this end's prefixes into the tunnel, and to exempt them from NAT",
        ),
        Cause(
            "tunnel-route",
            "packets for the far prefixes are routed past the tunnel interface",
            "certain",
            "show ip route, on an ASA show route, for the pinged address",
            "route the far prefixes out of the tunnel interface",
        ),
        Cause(
            "recursive-route",
            "the route to the peer leads into the tunnel itself, so the interface goes down as soon as it comes up",
            "high",
            "show ip route for the peer's outside address, and show logging (looks for: TUN-5-RECURDOWN)",
            "route the peer's outside address out of the outside interface, with a host route if need be",
        ),
        Cause(
            "ikev2-proposal",
            "the two ends have no IKEv2 proposal in common (NO_PROPOSAL_CHOSEN)",
            "high",
            "show crypto ikev2 proposal, on an ASA show running-config crypto ikev2, on both ends",
            "give both ends one proposal with equal encryption, integrity, PRF and group",
        ),
        Cause(
            "ikev2-authentication",
            "the two ends hold different pre-shared keys, or differ in how they authenticate (AUTHENTICATION_FAILED)",
            "high",
            "debug crypto ikev2, on an ASA debug crypto ikev2 protocol 127 (looks for: authentication data FAILED)",
            "enter the same key at both ends; with keys for each direction, local here is remote there",
        ),
        Cause(
            "ikev2-identity",
            "an end does not know the identity that the other one sends: no profile or tunnel-group is for it",
            "high",
            "debug crypto ikev2 (looks for: profile not found), and compare identity local with match identity remote",
            "name the profile or the tunnel-group by the identity that the other end sends, its outside address by default",
        ),
        Cause(
            "nat-in-path",
            "an address is translated on the way, so IKE goes on with UDP 4500, and that is blocked",
            "medium",
            "show crypto ikev2 sa detailed (looks for: NAT-T is detected), and look at the access lists on the way",
            "open UDP 4500 between the two outside addresses",
        ),
        Cause(
            "ikev2-selectors",
            "IKEv2 is up and there is no child SA with these selectors (TS_UNACCEPTABLE)",
            "high",
            "debug crypto ikev2 (looks for: TS_UNACCEPTABLE), and compare the access lists of both ends",
            "make the access lists of the two ends mirror each other; a tunnel interface never meets a crypto map",
        ),
        Cause(
            "ikev2-child-proposal",
            "IKEv2 comes up and the child SA is refused: the two ends have no IPsec proposal in common (NO_PROPOSAL_CHOSEN)",
            "high",
            "debug crypto ikev2 (looks for: NO_PROPOSAL_CHOSEN), and compare the transform sets or IPsec proposals",
            "give both ends one transform set with equal encryption and integrity",
        ),
        Cause(
            "pfs-at-rekey",
            "the tunnel came up and its child SA was lost at a rekey: the two ends differ in PFS, which IKEv2 uses only then",
            "medium",
            "compare set pfs of both ends; an outage that comes back with the lifetime of the child SA confirms it",
            "set the same PFS group at both ends",
        ),
    )
}
