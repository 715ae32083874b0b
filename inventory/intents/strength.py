"""How strong cryptography is, and what two devices can do together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..models.platforms import Platform, Suite
from .auto_proposals import PFS_LADDER
from .intent import Crypto, IKEProposal, IPSecProposal

#: Never built, not even under a waiver. Value as NetBox writes it (groups as ``group N``) -> why.
FORBIDDEN: Mapping[str, str] = {
    "des-cbc": "a DES key is found within a day (RFC 8247: MUST NOT)",
    "hmac-md5": "MD5 is broken (RFC 8247: MUST NOT)",
    "group 1": "768 bits are within reach of a university (RFC 8247: MUST NOT)",
}

#: Built only under a waiver. Value -> why.
WEAK: Mapping[str, str] = {
    "3des-cbc": "64-bit blocks repeat after some gigabytes (Sweet32)",
    "hmac-sha1": "SHA-1 is on its way out (RFC 8247: MUST-)",
    "group 2": "1024 bits are within reach of a state (RFC 8247: SHOULD NOT)",
    "group 5": "1536 bits are too few for the years to come (RFC 8247: SHOULD NOT)",
    "group 22": "a 1024-bit group whose primes nobody can check (RFC 8247: MUST NOT)",
    "group 23": "a subgroup of 224 bits whose primes nobody can check (RFC 8247: SHOULD NOT)",
    "group 24": "a subgroup of 256 bits whose primes nobody can check (RFC 8247: SHOULD NOT)",
}

#: Strongest first, for advice.
_STRONGEST: tuple[str, ...] = (
    *("aes-256-gcm", "aes-256-cbc", "aes-192-gcm", "aes-192-cbc", "aes-128-gcm", "aes-128-cbc", "3des-cbc"),
    *("hmac-sha512", "hmac-sha384", "hmac-sha256", "hmac-sha1"),
    *("group 20", "group 21", "group 19", "group 16", "group 15", "group 14", "group 24", "group 5", "group 2"),
)


def algorithms(proposal: IKEProposal | IPSecProposal) -> tuple[str, ...]:
    """What a proposal asks for, as words: ``("3des-cbc", "hmac-sha1", "group 2")``."""
    words = [proposal.encryption_algorithm]
    integrity = proposal.authentication_algorithm
    group = f"group {proposal.group}" if isinstance(proposal, IKEProposal) else None
    return (*words, *(word for word in (integrity, group) if word is not None))


def all_algorithms(crypto: Crypto) -> tuple[str, ...]:
    """Every algorithm of a tunnel once: IKE, IPsec, then the group of PFS."""
    proposals: tuple[IKEProposal | IPSecProposal, ...] = (*crypto.ike_proposals, *crypto.ipsec_proposals)
    words = [word for proposal in proposals for word in algorithms(proposal)]
    pfs = [f"group {crypto.pfs_group}"] if crypto.pfs_group is not None else []
    return tuple(dict.fromkeys(words + pfs))


def objections(words: Iterable[str], *, waived: bool) -> Iterator[str]:
    """A sentence for each of these algorithms that is never built, or only under a waiver that is not there."""
    for word in words:
        if word in FORBIDDEN:
            yield f"{word} is never built: {FORBIDDEN[word]}"
        elif word in WEAK and not waived:
            yield f"{word} needs a waiver: {WEAK[word]}"


def offered(suite: Suite, proposal: IKEProposal | IPSecProposal) -> frozenset[str]:
    """What a suite can do in the phase of this proposal, as words."""
    if isinstance(proposal, IKEProposal):
        return suite.ike_encryption | suite.ike_integrity | {f"group {group}" for group in suite.ike_groups}
    return suite.esp_encryption | suite.esp_integrity


def lacking(platform: Platform, version: int, proposal: IKEProposal | IPSecProposal) -> tuple[str, ...]:
    """What of a proposal a platform cannot do with this IKE version; empty when it can do all of it."""
    suite = platform.suites.get(version)
    if suite is None:
        return (f"IKEv{version}",)
    able = offered(suite, proposal)
    return tuple(word for word in algorithms(proposal) if word not in able)


def narrow(crypto: Crypto, platforms: Sequence[Platform]) -> Crypto:
    """The cryptography with only those proposals that all platforms can do, in their order; there may be none left.

    Where the intent says auto one proposal is left, the strongest; and the strongest group that all have for PFS.
    """

    def common(proposal: IKEProposal | IPSecProposal) -> bool:
        return not any(lacking(platform, crypto.ike_version, proposal) for platform in platforms)

    ike = tuple(proposal for proposal in crypto.ike_proposals if common(proposal))
    ipsec = tuple(proposal for proposal in crypto.ipsec_proposals if common(proposal))
    return replace(
        crypto,
        ike_proposals=ike[:1] if "ike" in crypto.auto else ike,
        ipsec_proposals=ipsec[:1] if "ipsec" in crypto.auto else ipsec,
        pfs_group=_strongest_pfs(crypto.ike_version, platforms) if "pfs" in crypto.auto else crypto.pfs_group,
    )


def _strongest_pfs(version: int, platforms: Sequence[Platform]) -> int | None:
    able = [platform.suites[version].pfs_groups for platform in platforms if version in platform.suites]
    return next((group for group in PFS_LADDER if len(able) == len(platforms) and all(group in groups for groups in able)), None)


def considered(crypto: Crypto, platforms: Sequence[Platform]) -> Crypto:
    """The cryptography whose strength counts: all that is named, and of what is picked only what is picked."""
    picked = narrow(crypto, platforms)
    return replace(
        crypto,
        ike_proposals=picked.ike_proposals if "ike" in crypto.auto else crypto.ike_proposals,
        ipsec_proposals=picked.ipsec_proposals if "ipsec" in crypto.auto else crypto.ipsec_proposals,
        pfs_group=picked.pfs_group,
    )


def best_common(sets: Iterable[frozenset[str]], *, groups: bool) -> tuple[str, ...] | None:
    """Strongest cipher, integrity and (``groups``) group that all have and that may be built, None when a part has none."""
    shared = frozenset.intersection(*sets) - FORBIDDEN.keys()
    best: list[str] = []
    for kind in ("aes 3des", "hmac", "group") if groups else ("aes 3des", "hmac"):
        found = next((word for word in _STRONGEST if word in shared and word.startswith(tuple(kind.split()))), None)
        if found is None:
            return None
        # A GCM cipher brings its own integrity in phase 2.
        if not (kind == "hmac" and not groups and best[0].endswith("-gcm")):
            best.append(found)
    return tuple(best)
