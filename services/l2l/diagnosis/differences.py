"""What is wrong with a tunnel by the configurations of its ends: each question once, for all signatures that ask it.

An answer is evidence where something is wrong, nothing (`FINE`) where it is certainly not, and None where it cannot be told: a
configuration that was not read, a key that is masked or encrypted, a list that no rule reads. Of one end that is not ours nothing
is known, so most comparisons are between the ends that are.
"""

from __future__ import annotations

from collections.abc import Callable

from ....checks.finding import Evidence
from .case import Case
from .configured_end import BARE, ConfiguredEnd
from .configured_ike import Suite, suites
from .configured_systems import reading_of

Said = tuple[Evidence, ...] | None
Asked = Callable[[Case], Said]
FINE: tuple[Evidence, ...] = ()


def each_end(ask: Callable[[ConfiguredEnd], Said]) -> Asked:
    """A question that each end answers for itself: the evidence of all; None unless one has any, or all answer."""

    def asked(case: Case) -> Said:
        answers = [ask(there) if (there := case.of(watched)) else None for watched in case.ends]
        found = tuple(item for answer in answers if answer for item in answer)
        return found or (None if None in answers else FINE)

    return asked


def between(ask: Callable[[ConfiguredEnd, ConfiguredEnd], Said]) -> Asked:
    """A question about two ends that are both ours, the near one first."""

    def asked(case: Case) -> Said:
        return ask(*case.both) if case.both else None

    return asked


def either_way(ask: Callable[[ConfiguredEnd, ConfiguredEnd], Said]) -> Asked:
    """A question about what one end shows the other, in both directions."""

    def asked(case: Case) -> Said:
        if not case.both:
            return None
        here, there = case.both
        answers = (ask(here, there), ask(there, here))
        found = tuple(item for answer in answers if answer for item in answer)
        return found or (None if None in answers else FINE)

    return asked


# The lines themselves


@each_end
def missing(there: ConfiguredEnd) -> Said:
    """What a tunnel cannot be without and the device does not have: it was refused, or somebody took it away."""
    if there.entry is None:
        what = "tunnel interface" if there.end.tunnel else "crypto map entry"
        return (there.evidence(f"{what} to {there.end.peer}", "none"),)
    if there.how is None:
        return (there.evidence(f"IPsec profile of {there.entry.header}", "none"),)
    return tuple(there.evidence(field, "none") for field in _lacks(there))


def _lacks(there: ConfiguredEnd) -> list[str]:
    how, config = there.how, there.config
    assert how is not None
    assert there.entry is not None
    found = [] if there.peers else [f"peer of {there.entry.header}"]
    known = {item.key[1][0] for family in ("transform-set", "ipsec-proposal") for item in config.of(family)}
    names = [name for name in how.transform_names if name != "default"]
    found += [f"transform set {name} of {how.header}" for name in names if name not in known]
    if not how.transform_names and how.family.name == "crypto-map-entry":
        found.append(f"transform set of {how.header}")
    selected = there.entry.child("match address")
    if not there.end.tunnel and not config.lists.get((selected or "").split(" ")[0]):
        found.append(f"access list {selected} of {there.entry.header}" if selected else f"access list of {there.entry.header}")
    profile = how.child("set ikev2-profile")
    if profile and profile != "default" and config.get("ikev2-profile", profile) is None:
        found.append(f"IKEv2 profile {profile} of {how.header}")
    family = "isakmp-policy" if there.end.ike_version == 1 else "ikev2-policy"
    if not there.system.default_ike_proposals and not config.of(family):
        found.append(f"crypto ikev{there.end.ike_version} policy")
    return found


# IKE


@between
def ike_suite(here: ConfiguredEnd, there: ConfiguredEnd) -> Said:
    """Have the two ends a proposal for IKE in common, whatever its lifetime?"""
    mine, theirs = suites(here), suites(there)
    if mine is None or theirs is None:
        return None
    if any(a.meets(b) for a in mine for b in theirs):
        return FINE
    return tuple(end.evidence("IKE proposals", _listed(offered)) for end, offered in ((here, mine), (there, theirs)))


def _listed(offered: tuple[Suite, ...]) -> str:
    return "; ".join(
        " ".join((*sorted(s.encryption), *sorted(s.integrity), "group", *sorted(s.group), *filter(None, [s.authentication])))
        for s in offered
    )


@between
def ike_lifetime(here: ConfiguredEnd, there: ConfiguredEnd) -> Said:
    """Does the near end ask for a longer IKEv1 lifetime than any proposal of the far end that it meets? Older IOS refuses that.

    Source: Cisco IOS Security Command Reference 12.2, crypto isakmp policy: the lifetime of the remote peer has to be less than
    or equal to that of the policy it is compared with.
    """
    mine, theirs = suites(here), suites(there)
    if mine is None or theirs is None or here.end.ike_version != 1:
        return None
    common = [(a, b) for a in mine for b in theirs if a.meets(b)]
    if not common or any(a.seconds <= b.seconds for a, b in common):
        return FINE
    a, b = common[0]
    return (here.evidence(f"lifetime of {a.title}", a.seconds), there.evidence(f"lifetime of {b.title}", b.seconds))


@either_way
def key_for_peer(here: ConfiguredEnd, there: ConfiguredEnd) -> Said:
    """Has the end a key, or a tunnel group, for the address that the other end comes from?"""
    if reading_of(here).keys(here, there.end.address) is not None:
        return FINE
    return (here.evidence(f"key or tunnel group for {there.end.address}", "none"),)


@between
def same_key(here: ConfiguredEnd, there: ConfiguredEnd) -> Said:
    """Do both ends hold the same key? One that is masked, or encrypted (type 6), cannot be compared."""
    mine = reading_of(here).keys(here, there.end.address)
    theirs = reading_of(there).keys(there, here.end.address)
    if mine is None or theirs is None or not (mine.known and theirs.known):
        return None
    if (mine.local, mine.remote) == (theirs.remote, theirs.local):
        return FINE
    return (
        here.evidence(f"key for {there.end.address}", f"not the one of {there.host}"),
        there.evidence(f"key for {here.end.address}", f"not the one of {here.host}"),
    )


@either_way
def identity(here: ConfiguredEnd, there: ConfiguredEnd) -> Said:
    """Has the other end a profile for the identity that this one sends (IKEv2)?"""
    if here.end.ike_version == 1:
        return FINE
    shown = reading_of(here).sent_identity(here)
    admitted = reading_of(there).admits(there, shown) if shown else None
    if shown is None or admitted is None:
        return None
    if admitted:
        return FINE
    wanted = reading_of(there).expected_identities(there) or ()
    return (
        here.evidence("identity that it sends", " ".join(shown)),
        there.evidence("identities that it expects", ", ".join(" ".join(pair) for pair in wanted)),
    )


@each_end
def certificates(there: ConfiguredEnd) -> Said:
    """Does the end authenticate by certificates, which rest on clocks and on a certificate authority?"""
    lines = [
        f"{item.header}: {line}"
        for family in ("isakmp-policy", "ikev2-profile")
        for item in there.config.of(family)
        for line in sorted(item.meaning[1])
        if line.startswith("authentication ") and line.endswith(("rsa-sig", "ecdsa-sig"))
    ]
    shared = [line for item in there.config.of("isakmp-policy") for line in item.meaning[1] if line.endswith("pre-share")]
    if not lines or (there.end.ike_version == 1 and shared):
        return FINE
    return tuple(there.evidence("authentication", line) for line in lines)


@each_end
def ike_enabled(there: ConfiguredEnd) -> Said:
    """Does the device speak this version of IKE at all, and where the system says so by interface, outside?"""
    return reading_of(there).not_enabled(there)


@each_end
def peer_address(there: ConfiguredEnd) -> Said:
    """Does the tunnel go to the address that the far end has?"""
    if there.entry is None or not there.peers:
        return None
    if str(there.end.peer) in there.peers:
        return FINE
    return (there.evidence(f"peer of {there.entry.header}", ", ".join(there.peers)),)


# IPsec


@between
def mirrored(here: ConfiguredEnd, there: ConfiguredEnd) -> Said:
    """Do the two ends protect the same traffic, one seen from each side? An interface and a map never do."""
    mine, theirs = here.selectors, there.selectors
    if mine is None or theirs is None:
        return None
    turned = {(b, a) for a, b in theirs}
    if set(mine) == turned:
        return FINE
    only_here, only_there = set(mine) - turned, turned - set(mine)
    return (
        here.evidence("selectors that the other end has not", _pairs(only_here)),
        there.evidence("selectors that the other end has not", _pairs({(b, a) for a, b in only_there})),
    )


def _pairs(pairs: object) -> str:
    assert isinstance(pairs, set)
    return ", ".join(f"{a} to {b}" for a, b in sorted(pairs)) or "none"


@between
def esp(here: ConfiguredEnd, there: ConfiguredEnd) -> Said:
    """Have the two ends a transform set in common? IKEv1 has no combined ciphers, so it offers none of them."""
    mine, theirs = here.transforms, there.transforms
    if mine is None or theirs is None:
        return None
    common = mine & theirs
    if here.end.ike_version == 1:
        common = frozenset(pair for pair in common if not (pair[0] or "").endswith("-gcm"))
    if common or not mine or not theirs:
        return FINE if common else None
    return tuple(end.evidence("transforms", _transforms(some)) for end, some in ((here, mine), (there, theirs)))


def _transforms(some: frozenset[tuple[str | None, str | None]]) -> str:
    return ", ".join(sorted(" ".join(filter(None, pair)) for pair in some)) or "none"


@between
def pfs(here: ConfiguredEnd, there: ConfiguredEnd) -> Said:
    """Do both ends ask for the same group of PFS?"""
    mine, theirs = here.pfs, there.pfs
    if BARE in (mine, theirs):
        return FINE if mine == theirs else None
    if mine == theirs:
        return FINE
    return tuple(end.evidence("set pfs", f"group{group}" if group else "none") for end, group in ((here, mine), (there, theirs)))


@between
def child_lifetime(here: ConfiguredEnd, there: ConfiguredEnd) -> Said:
    """Do the SAs of both ends live equally long, where both say so?"""
    mine, theirs = here.child_seconds, there.child_seconds
    if mine is None or theirs is None:
        return None if mine is not theirs else FINE
    if mine == theirs:
        return FINE
    return (here.evidence("lifetime of an IPsec SA", mine), there.evidence("lifetime of an IPsec SA", theirs))
