"""The table of mistakes: to which forms each belongs, what it may be called, and what a verification has to say of it."""

from __future__ import annotations

from collections.abc import Callable

from .ground import Side
from .mistakes import (
    Mistake,
    another_cipher,
    another_group,
    another_group_at_rekey,
    another_identity,
    another_key,
    another_key_under_sas,
    another_list,
    another_peer,
    another_transform,
    asks_for_a_user,
    beside_it,
    by_certificates,
    denied,
    fault,
    ike_off,
    in_clear,
    into_itself,
    key_for_somebody_else,
    late_packets,
    later_entry,
    narrow_path,
    no_logins,
    no_protection,
    no_transform,
    no_way,
    on,
    past_it,
    port_translated,
    shorter_lifetime,
    shut,
    stale,
    translated,
    unbound,
    weaker_first,
)
from .second_tunnel import by_another_tunnel


def _any(_near: Side, _far: Side) -> bool:
    return True


def _v1(near: Side, _far: Side) -> bool:
    return near.version == 1


def _v2(near: Side, _far: Side) -> bool:
    return near.version == 2


def _map(near: Side, _far: Side) -> bool:
    return near.style == "crypto-map"


def _vti(near: Side, _far: Side) -> bool:
    return near.style == "vti"


def _is(which: int, os: str, *others: Callable[[Side, Side], bool]) -> Callable[[Side, Side], bool]:
    return lambda near, far: (near, far)[which].os == os and all(other(near, far) for other in others)


def _map1(near: Side, far: Side) -> bool:
    """Of two tunnel interfaces the other one may begin as well, which such a mistake does not keep from coming up."""
    return _v1(near, far) and _map(near, far)


def _younger(near: Side, far: Side) -> bool:
    """12.2 prints no reasons of drops in the lab."""
    return not any(side.has(r"^version 12\.2") for side in (near, far))


def _ios_vti(near: Side, far: Side) -> bool:
    """Clear packets reach what is behind a router; an ASA lets none in."""
    return _vti(near, far) and _ios_both(near, far)


def _a_router(near: Side, far: Side) -> bool:
    """An ASA has no word for a ping that may not be cut, so one of the ends has to be a router."""
    return "ios" in (near.os, far.os)


def _a_firewall(near: Side, far: Side) -> bool:
    """A firewall keeps connections, and a router has what the second tunnel goes to."""
    return _vti(near, far) and {near.os, far.os} == {"ios", "asa"}


def _asked_there(near: Side, far: Side) -> bool:
    return _map1(near, far) and far.os == "ios"


def _ios_both(near: Side, far: Side) -> bool:
    return near.os == far.os == "ios"


MISTAKES: tuple[Mistake, ...] = (
    Mistake("another key", ("preshared-key", "ikev2-authentication"), _any, on(1, another_key)),
    Mistake("another key under standing SAs", ("preshared-key", "ikev2-authentication"), _any, another_key_under_sas),
    Mistake("another cipher", ("ike-policy", "ikev2-proposal"), _any, on(1, another_cipher)),
    Mistake("UDP 500 is lost", ("udp-500",), _any, fault("far", "drop-ike")),
    Mistake("UDP 4500 is lost", ("nat-in-path",), _map, port_translated),
    Mistake("ESP is lost", ("esp-blocked",), _any, fault("far", "drop-esp")),
    Mistake("large packets are lost", ("mtu",), _a_router, narrow_path),
    Mistake("packets come too late", ("replay",), _younger, late_packets),
    Mistake("lists do not mirror", ("selectors", "ikev2-selectors"), _map, on(1, another_list)),
    Mistake("other transforms", ("transforms", "ikev2-child-proposal"), _any, on(1, another_transform)),
    Mistake("another PFS group", ("pfs",), lambda near, far: _v1(near, far), on(1, another_group)),
    Mistake("another PFS group at the rekey", ("pfs-at-rekey",), _v2, another_group_at_rekey, "degraded"),
    Mistake("translation here", ("nat-not-exempt",), _is(0, "ios", _map), on(0, translated)),
    Mistake("translation there", ("return-nat",), _is(1, "ios", _map), on(1, translated)),
    Mistake("no route there", ("return-route",), _is(1, "ios", _map), on(1, no_way)),
    Mistake("no route here", ("route-elsewhere",), _is(0, "ios", _map), on(0, no_way)),
    Mistake("another peer", ("wrong-peer",), _any, on(0, another_peer)),
    Mistake("key for somebody else", ("peer-unknown",), _is(1, "ios"), on(1, key_for_somebody_else)),
    Mistake("a shorter lifetime there", ("lifetime",), _map1, on(1, shorter_lifetime)),
    Mistake("a weaker one first", ("policy-order",), _any, weaker_first),
    Mistake("SAs of before", ("stale-sa",), lambda near, far: _ios_both(near, far) and _map1(near, far), stale),
    Mistake("an entry before it", ("map-order",), _is(0, "ios", _map), on(0, later_entry)),
    Mistake("map not bound here", ("map-not-bound",), _map, on(0, unbound)),
    Mistake("map not bound there", ("map-not-bound",), _map, on(1, unbound)),
    Mistake("certificates", ("certificate",), _v1, by_certificates),
    Mistake("another identity", ("ikev2-identity",), lambda near, far: _v2(near, far) and _ios_both(near, far),
            on(0, another_identity)),
    Mistake("a line was refused", ("line-missing",), _map, on(1, no_transform)),
    Mistake("protection is gone", ("line-missing",), _vti, on(1, no_protection)),
    Mistake("IKE is off", ("ike-off",), lambda near, far: _v1(near, far) or far.os == "asa", on(1, ike_off)),
    Mistake("interface is shut", ("interface-down",), _vti, on(1, shut)),
    Mistake("no logins", ("group-policy",), _is(1, "asa"), on(1, no_logins)),
    Mistake("routed into itself", ("recursive-route",), _is(0, "ios", _vti), on(0, into_itself)),
    Mistake("routed past it", ("tunnel-route",), _vti, on(0, past_it)),
    Mistake("routed past it there", ("tunnel-route",), _vti, on(1, past_it)),
    Mistake("answers by another tunnel", ("asymmetric-return",), _a_firewall, by_another_tunnel),
    Mistake("asked for a user", ("xauth",), _asked_there, on(1, asks_for_a_user)),
    Mistake("a longer route beside it", ("clear-path",), _vti, on(0, beside_it)),
    Mistake("in clear for want of a line", ("list-denies",), _map, in_clear(denied, fresh=False), "unencrypted"),
    Mistake("in clear since translated", ("nat-not-exempt",), _is(0, "ios", _map),
            in_clear(translated, fresh=False), "unencrypted"),
    Mistake("in clear by a longer route", ("clear-path",), _vti, in_clear(beside_it), "unencrypted"),
    Mistake("in clear past the tunnel", ("tunnel-route",), _vti, in_clear(past_it), "unencrypted"),
    Mistake("in clear one way", ("clear-path",), _ios_vti, in_clear(beside_it, to="peer"), "unencrypted"),
)  # fmt: skip
