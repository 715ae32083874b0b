"""How a cause shows before IKE is up: does anything leave, is it heard, do the two ends agree, do they know each other."""

from __future__ import annotations

from ipaddress import IPv4Network

from ....checks.finding import Evidence
from ....checks.observations.questions import INTERFACES, ROUTE, UP
from ....checks.signatures import Signature
from ....inventory.systems import any_of
from ..endpoint import Watched
from ..verdicts.misrouted_packets import comes_by_another
from . import differences as differ
from . import on_the_way as way
from .case import Case
from .signature_rows import always, at, configured, no_ike, not_up, of, open_by, row, seen

_BEFORE_KEYS = {"MM_NO_STATE", "MM_SA_SETUP", "AG_NO_STATE", "MM_WAIT_MSG2", "MM_WAIT_MSG3"}
#: Keys are made, and what is encrypted with them cannot be read: an ASA as responder waits for message 5, as initiator for 6.
_AT_KEYS = {"MM_KEY_EXCH", "MM_KEY_AUTH", "AG_INIT_EXCH", "AG_AUTH", "MM_WAIT_MSG5", "MM_WAIT_MSG6"}
#: Message 4 would bring the keys of a responder that knows this peer.
_UNKNOWN_THERE = {"MM_WAIT_MSG4"}
#: A responder that waits for message 3 was heard and is not answered: something on the way eats the answers.
_ONE_WAY = {"MM_WAIT_MSG3"}
_XAUTH = {"CONF_XAUTH", "CONF_ADDR"}
#: Readings in a row that no try outlives which is refused.
_SEVERAL = 3
_UP = frozenset(state for states in UP.values() for state in states)


# Does it leave


def _routed_past(case: Case) -> tuple[Evidence, ...]:
    """A route out of an interface that is down is none, whatever keeps it down: so only where the interface is up."""
    return tuple(item for watched in case.ends if not _clear(watched) for item in _past(watched))


def _clear_way(case: Case) -> tuple[Evidence, ...]:
    """The tunnel has its route, and another one is longer or equal: what goes there leaves in clear."""
    return tuple(item for watched in case.ends if _clear(watched) for item in _past(watched))


def _led_by_another(case: Case) -> tuple[Evidence, ...]:
    """A route leads past the tunnel, and what comes in by another tunnel is seen: alone that may be another tunnel's traffic."""
    return comes_by_another(case) if _clear_way(case) or _routed_past(case) else ()


def _past(watched: Watched) -> tuple[Evidence, ...]:
    end, seen_ = watched.end, watched.after
    up = end.tunnel and any(line.up for line in seen_.interfaces if line.name == end.tunnel.name)
    if end.tunnel and up and end.target and seen_.answer(ROUTE):
        ways = seen_.ways.to(end.target)
        if ways != {end.tunnel.known_as}:
            return (seen_.evidence(ROUTE, f"egress of {end.target}", " and ".join(sorted(ways)) or "none"),)
    return ()


def _clear(watched: Watched) -> bool:
    end, seen_ = watched.end, watched.after
    if not end.tunnel or seen_.answer(ROUTE) is None:
        return False
    ways = seen_.ways
    return any(end.tunnel.known_as in ways.of(path) for group in ways.around(IPv4Network(end.aim)) for path in group)


def _recursive(case: Case) -> tuple[Evidence, ...]:
    for watched in case.ends:
        end, seen_ = watched.end, watched.after
        if end.tunnel and seen_.answer(ROUTE) and end.tunnel.known_as in seen_.ways.to(end.peer):
            return (seen_.evidence(ROUTE, f"egress of {end.peer}", end.tunnel.known_as),)
    return ()


def _near(case: Case) -> tuple[Watched, ...]:
    return (case.near,)


def _no_rows(case: Case) -> bool:
    return len(case.silent) == len(case.ends)


def _unsent(case: Case) -> bool:
    """Nothing of the near end met its map: no flow counts anything, and it began no IKE."""
    return case.nothing_sent and not case.rows(case.near)


def _no_attempt(case: Case) -> bool:
    """Nobody tried. An IKEv1 SA of a try stays to be seen; one of IKEv2 that was refused does not, so there the counters of the
    flow have to say it, and an ASA prints no flow without SAs."""
    return _no_rows(case) and case.nothing_sent and (case.version == 1 or case.flows[0] is not None)


_NAT_HERE = at(_near, way.translated)
_ROUTE_HERE = at(_near, way.led_elsewhere)


def _leaves(case: Case) -> tuple[Evidence, ...] | None:
    """Nothing if map, routes and translation of the near end certainly let its packets reach the map."""
    answers = [asked(case) for asked in (_NAT_HERE, _ROUTE_HERE, way.map_bound)]
    return () if all(answer == () for answer in answers) else None


def _shut(case: Case) -> tuple[Evidence, ...]:
    """An interface of the tunnel is down, by its configuration or as the device shows it."""
    by_lines = way.interface_up(case) or ()
    shown = tuple(
        watched.after.evidence(INTERFACES, "state of the outside interface", "down")
        for watched in case.ends
        if not by_lines and watched.after.answer(INTERFACES) and case.is_shut(watched)
    )
    return (*by_lines, *shown) if not_up(case) else ()


# Is it heard


def _one_silent(case: Case) -> bool:
    """One end has nothing of the peer, and was looked at while the other one had something."""
    return bool(case.silent) and not _no_rows(case) and _at_the_same_time(case)


def _at_the_same_time(case: Case) -> bool:
    trying = [watched for watched in case.ends if watched not in case.silent]
    times = [
        one.time
        for watched in trying
        for one in case.readings(watched)
        if one.answer(watched.end.ike) and one.rows(watched.end.peer, case.version)
    ]
    looked = [one.time for watched in case.silent for one in case.readings(watched) if one.answer(watched.end.ike)]
    return any(min(times) <= time <= max(times) for time in looked) if times else False


def _unseen(case: Case) -> bool:
    """One end was never looked at while the other one tried."""
    return bool(case.silent) and not _no_rows(case) and not _at_the_same_time(case)


def _up_at_one_end(case: Case) -> bool:
    """An IKE SA that is up at one end only is what a reload of the other end leaves behind."""
    return _one_silent(case) and bool(case.all_states & _UP)


def _keeps_refused(watched: Watched) -> bool:
    """Whether the silence of a device means that nothing reached it: some keep an SA of a try that they refuse."""
    return any_of(watched.after.os).shows_refused_ike


def _tries_alone(case: Case) -> bool:
    """One end tries, nothing answers it, and the other one has nothing of now."""
    return _one_silent(case) and case.all_states <= _BEFORE_KEYS and _keeps_refused(case.silent[0])


def _perhaps_heard(case: Case) -> bool:
    """The other one has what is left of tries: of this one, which it refused, or of an earlier one."""
    return _tries_alone(case) and case.remains(case.silent[0])


def _unheard(case: Case) -> bool:
    """One end tries, nothing answers it, and the other one has nothing of it though it would keep what it refuses."""
    return _tries_alone(case) and not case.remains(case.silent[0])


def _nobody_hears(case: Case) -> bool:
    """Every end tries, and none has a try that the other one began: what is refused would be seen as such."""
    rows = [(line, watched.end.peer) for watched in case.ends for line in case.rows(watched)]
    begun = all(line.began is not None and line.began != peer for line, peer in rows)
    return not case.silent and not case.foreign and case.all_states <= _BEFORE_KEYS and begun


def _says_nothing(case: Case) -> bool:
    return _one_silent(case) and not case.all_states & _UP and not _keeps_refused(case.silent[0])


def _lasts(case: Case) -> bool:
    """Whether a try stands for most of the time, as one does that is not answered; one that is refused is gone at once, and a
    reading may meet the beginning of the next."""
    tried = [[bool(seen_.rows(w.end.peer, 2)) for seen_ in case.readings(w) if seen_.answer(w.end.ike)] for w in case.ends]
    return any(2 * sum(rows) > len(rows) for rows in tried if rows)


def _unanswered(case: Case) -> bool:
    return _one_silent(case) and _lasts(case) and not _agreed(case) and not case.all_states & _UP


def _fleeting(case: Case) -> bool:
    return bool(case.all_states) and not _lasts(case)


def _from_elsewhere(case: Case) -> bool:
    """The far end has a try of somebody whom it does not expect, and none of the near end, which comes by another address."""
    return any(case.strangers(watched) for watched in case.silent if watched is not case.near) and bool(case.rows(case.near))


# Do they know each other


def _agreed(case: Case) -> bool:
    """IKE_SA_INIT was answered, so ciphers are known, and IKE_AUTH did not end well."""
    return any(line.agreed and not line.up for watched in case.ends for line in case.rows(watched))


def _natted(case: Case) -> bool:
    return any(line.natted for watched in case.ends for line in case.rows(watched))


def _hangs(case: Case) -> bool:
    """IKE_AUTH is not answered: a refusal would end the try at once, and this one stands in reading after reading."""
    return _agreed(case) and _lasts(case) and len(case.readings(case.near)) >= _SEVERAL


def _keys_agree(case: Case) -> bool:
    """It stops at the keys, and both ends show the same: the last messages are lost, or a device uses another than it shows."""
    return _at_keys(case) and differ.same_key(case) == ()


def _came_and_went(case: Case) -> bool:
    """READY in an earlier reading, and not in the last one."""
    return all(any(line.up for line in case.rows(watched)) for watched in case.ends)


def _at_keys(case: Case) -> bool:
    return bool(case.all_states & _AT_KEYS)


ROWS: tuple[Signature[Case], ...] = (
    # Is what was wanted there at all.
    row("line-missing", 5, configured(not_up, differ.missing)),
    # Does it leave by the tunnel.
    row("recursive-route", 10, _recursive, (ROUTE,)),
    row("recursive-route", 10, configured(not_up, way.into_itself)),
    # A longer route into another tunnel interface leaves nothing in clear: what comes back by it is dropped.
    row("asymmetric-return", 20, _led_by_another, (ROUTE, INTERFACES)),
    row("clear-path", 20, _clear_way, (ROUTE, INTERFACES)),
    row("tunnel-route", 20, _routed_past, (ROUTE, INTERFACES)),
    row("list-denies", 21, configured(always, way.taken_out)),
    row("interface-down", 22, _shut),
    row("ike-off", 22, configured(no_ike, differ.ike_enabled)),
    row("map-not-bound", 24, configured(not_up, way.map_bound)),
    row("xauth", 30, seen(no_ike, of((1,), lambda case: bool(case.all_states & _XAUTH)))),
    row("wrong-peer", 32, configured(not_up, differ.peer_address)),
    row("group-policy", 34, configured(not_up, way.policy_admits)),
    row("route-elsewhere", 36, configured(no_ike, _ROUTE_HERE, _unsent)),
    row("nat-not-exempt", 36, configured(no_ike, _NAT_HERE, _unsent)),
    row("map-order", 38, configured(not_up, way.earlier_entry)),
    row("no-attempt", 40, seen(no_ike, of((1,), _no_attempt))),
    row("no-attempt", 40, seen(no_ike, of((2,), lambda case: _no_attempt(case) and not _configured_apart(case)))),
    # Is it heard.
    row("udp-500", 44, configured(no_ike, way.lists("ike"))),
    row("nat-in-path", 44, configured(no_ike, way.lists("4500"), _natted)),
    row("udp-500", 46, seen(no_ike, of((1,), lambda case: _unheard(case) and not _from_elsewhere(case)))),
    row("udp-500", 46, seen(no_ike, of((2,), _unanswered))),
    row("udp-500", 46, seen(no_ike, of((1,), _nobody_hears))),
    # Do they agree, by what they are configured with.
    row("ike-policy", 48, configured(no_ike, differ.ike_suite, of((1,), always))),
    row("ikev2-proposal", 48, configured(no_ike, differ.ike_suite, of((2,), always))),
    row("lifetime", 48, configured(no_ike, differ.ike_lifetime, of((1,), lambda case: not _at_keys(case)))),
    row("peer-unknown", 48, configured(no_ike, differ.key_for_peer)),
    row("peer-unknown", 48, seen(no_ike, _from_elsewhere)),
    row("preshared-key", 48, configured(no_ike, differ.same_key, of((1,), always))),
    row("ikev2-authentication", 48, configured(no_ike, differ.same_key, of((2,), always))),
    row("ikev2-identity", 48, configured(no_ike, differ.identity, of((2,), always))),
    row("certificate", 49, configured(no_ike, differ.certificates)),
    row("udp-500", 49, seen(no_ike, of((1,), lambda case: _perhaps_heard(case) and differ.ike_suite(case) == ()))),
    # Or by what was seen of the negotiation.
    row("udp-500", 50, seen(no_ike, of((1,), _no_rows))),
    row("ike-policy", 50, seen(no_ike, of((1,), lambda case: _no_rows(case) and case.foreign))),
    row("no-attempt", 50, seen(no_ike, of((2,), open_by(_leaves, lambda case: _no_rows(case) and case.nothing_sent)))),
    row("ikev2-proposal", 50, seen(no_ike, of((2,), open_by(differ.ike_suite, _no_rows)))),
    row("ikev2-authentication", 50, seen(no_ike, of((2,), open_by(differ.same_key, _no_rows)))),
    row("ikev2-identity", 50, seen(no_ike, of((2,), open_by(differ.identity, _no_rows)))),
    row("nat-in-path", 58, seen(no_ike, of((1,), _keys_agree))),
    row("preshared-key", 58, seen(no_ike, of((1,), _keys_agree))),
    row("preshared-key", 60, seen(no_ike, of((1,), open_by(differ.same_key, _at_keys)))),
    row("peer-unknown", 70, seen(no_ike, of((1,), lambda case: bool(case.all_states & _UNKNOWN_THERE)))),
    row("ikev2-child-proposal", 70, seen(no_ike, of((2,), _came_and_went))),
    row("stale-sa", 80, seen(no_ike, _up_at_one_end)),
    row("nat-in-path", 88, seen(no_ike, of((2,), lambda case: _hangs(case) and differ.same_key(case) == ()))),
    row("ikev2-authentication", 90, seen(no_ike, of((2,), open_by(differ.same_key, _agreed)))),
    row("ikev2-identity", 90, seen(no_ike, of((2,), open_by(differ.identity, _agreed)))),
    row("nat-in-path", 90, seen(no_ike, of((2,), lambda case: _agreed(case) and (_natted(case) or _hangs(case))))),
    row("udp-500", 98, seen(no_ike, of((1,), lambda case: _says_nothing(case) and differ.ike_suite(case) == ()))),
    row("no-answer", 100, seen(no_ike, of((1,), _says_nothing))),
    row("udp-500", 110, seen(no_ike, of((1,), lambda case: bool(case.all_states & _ONE_WAY) and not case.foreign))),
    row("udp-500", 120, seen(no_ike, of((1,), lambda case: case.foreign and bool(case.all_states & _BEFORE_KEYS)))),
    row("udp-500", 120, seen(no_ike, of((1,), lambda case: _perhaps_heard(case) or _unseen(case)))),
    row("ike-policy", 120, seen(no_ike, of((1,), open_by(differ.ike_suite, lambda case: bool(case.all_states & _BEFORE_KEYS))))),
    row("udp-500", 130, seen(no_ike, of((2,), lambda case: bool(case.all_states)))),
    row("ikev2-proposal", 130, seen(no_ike, of((2,), lambda case: bool(case.all_states) and (case.foreign or not _lasts(case))))),
    row("ikev2-authentication", 130, seen(no_ike, of((2,), _fleeting))),
    row("ikev2-identity", 130, seen(no_ike, of((2,), _fleeting))),
)


def _configured_apart(case: Case) -> bool:
    """The configurations say why a try would be refused, so that it was made is likely though nothing counts it."""
    return any(asked(case) for asked in (differ.ike_suite, differ.same_key, differ.identity, differ.key_for_peer))
