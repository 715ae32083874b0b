"""The cryptography of a provider's sample as one proposal of each phase, or what keeps it from being built. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar, get_args

from msgspec import Struct
from pydantic import ValidationError

from ...inventory.intents.auto_proposals import IKE_PREFERENCE, IPSEC_PREFERENCE
from ...inventory.intents.intent import IKEProposal, IPSecProposal
from ...inventory.intents.intent_crypto import DHGroup
from ...inventory.intents.strength import FORBIDDEN, WEAK, algorithms, lacking
from ...inventory.models.platforms import Platform
from ...parsers.provider_samples import Sample, SampleTunnel
from ...parsers.provider_samples.records import Offer
from .sample_draft import Missing, Wishes

P = TypeVar("P", IKEProposal, IPSecProposal)


class Chosen(Struct, frozen=True):
    """One proposal of each phase under one name; None where there is none that can be built."""

    name: str
    version: int
    ike: IKEProposal | None
    ipsec: IPSecProposal | None
    pfs: int | None
    missing: tuple[Missing, ...]
    told: tuple[str, ...]


def choose(sample: Sample, wishes: Wishes, platform: Platform) -> Chosen:
    """The first offer of the sample that the device can do and that needs no waiver; else the first that it can do.

    All tunnels of a sample have one set of parameters; where they differ, it is asked for.
    """
    first = sample.tunnels[0]
    if any(_same(tunnel) != _same(first) for tunnel in sample.tunnels):
        differ = Missing("ipsec_profile", "the tunnels of the sample have different parameters", "one file for each tunnel")
        return Chosen(wishes.name, first.version, None, None, None, (differ,), ())
    if wishes.stronger:
        return _stronger(sample, wishes, platform)
    name, ways = wishes.name, f"--stronger ({sample.provider.stronger})"
    ike = _first([made for offer in first.ike if (made := _ike(name, offer)) is not None], platform, first.version)
    ipsec = _first([esp for offer in first.ipsec if (esp := _ipsec(name, offer)) is not None], platform, first.version)
    missing = [
        *_none("ike_proposals", ike, first.ike, platform, ways),
        *_none("ipsec_proposals", ipsec, first.ipsec, platform, ways),
    ]
    pfs = platform.bare_pfs_group if first.bare_pfs else first.pfs
    if first.bare_pfs and pfs is None:
        missing.append(Missing("pfs_group", "what set pfs alone means depends on the device of the sample", ways))
    missing += _pfs_problem(pfs, platform, first.version, ways)
    if first.aggressive:
        missing.append(Missing("mode", "the sample negotiates in aggressive mode, which is never built", ways))
    # What cannot be built at all needs no waiver.
    missing += () if missing else _weak(ike, ipsec, pfs, sample, wishes)
    return Chosen(name, first.version, ike, ipsec, pfs, tuple(missing), tuple(_lifetimes(first.ike, first.ipsec)))


def _same(tunnel: SampleTunnel) -> tuple[object, ...]:
    def bare(offers: Sequence[Offer]) -> tuple[object, ...]:
        return tuple((one.encryption, one.integrity, one.group, one.lifetime) for one in offers)

    return (tunnel.version, bare(tunnel.ike), bare(tunnel.ipsec), tunnel.pfs, tunnel.bare_pfs)


def _ike(name: str, offer: Offer) -> IKEProposal | None:
    try:
        return IKEProposal.model_validate(
            {
                "name": f"{name}-ike",
                "encryption_algorithm": offer.encryption,
                "authentication_algorithm": offer.integrity,
                "group": offer.group,
                **({"sa_lifetime": offer.lifetime} if offer.lifetime is not None and 120 <= offer.lifetime <= 86400 else {}),
            }
        )
    except ValidationError:
        return None


def _ipsec(name: str, offer: Offer) -> IPSecProposal | None:
    seconds = offer.lifetime
    try:
        return IPSecProposal.model_validate(
            {
                "name": f"{name}-esp",
                "encryption_algorithm": offer.encryption,
                **({"authentication_algorithm": offer.integrity} if offer.integrity is not None else {}),
                **({"sa_lifetime_seconds": seconds} if seconds is not None and 120 <= seconds <= 86400 else {}),
            }
        )
    except ValidationError:
        return None


def _first(proposals: Sequence[P], platform: Platform, version: int) -> P | None:
    able = [one for one in proposals if not lacking(platform, version, one) and not FORBIDDEN.keys() & set(algorithms(one))]
    for one in able:
        if not WEAK.keys() & set(algorithms(one)):
            return one
    return able[0] if able else None


def _none(field: str, found: object, offers: Sequence[Offer], platform: Platform, ways: str) -> Iterator[Missing]:
    if found is not None:
        return
    words = "; ".join(dict.fromkeys(", ".join(filter(None, (one.encryption, one.integrity, _group(one)))) for one in offers))
    why = f"of what the sample offers ({words}) nothing can be built on {platform}" if words else "the sample names none"
    yield Missing(field, why, ways)


def _group(offer: Offer) -> str:
    return f"group {offer.group}" if offer.group is not None else ""


def _pfs_problem(group: int | None, platform: Platform, version: int, ways: str) -> Iterator[Missing]:
    suite = platform.suites.get(version)
    known = group in get_args(DHGroup)
    if group is not None and (not known or f"group {group}" in FORBIDDEN or suite is None or group not in suite.pfs_groups):
        yield Missing("pfs_group", f"group {group} of the sample cannot be built on {platform}", ways)


def _weak(
    ike: IKEProposal | None, ipsec: IPSecProposal | None, pfs: int | None, sample: Sample, wishes: Wishes
) -> Iterator[Missing]:
    words = [*(algorithms(ike) if ike else ()), *(algorithms(ipsec) if ipsec else ()), *([f"group {pfs}"] if pfs else [])]
    weak = ", ".join(dict.fromkeys(word for word in words if word in WEAK))
    if weak and wishes.waiver is None:
        option = f"--stronger ({sample.provider.stronger}), or --waiver 'UNTIL TICKET REASON'"
        yield Missing("waiver", f"the sample has nothing stronger than {weak}", option)


def _lifetimes(ike: Sequence[Offer], ipsec: Sequence[Offer]) -> Iterator[str]:
    for what, offers in (("IKE", ike), ("IPsec", ipsec)):
        for seconds in dict.fromkeys(one.lifetime for one in offers if one.lifetime is not None):
            if not 120 <= seconds <= 86400:
                yield f"the {what} lifetime of {seconds} seconds is left out: 120 to 86400 are built"


def _stronger(sample: Sample, wishes: Wishes, platform: Platform) -> Chosen:
    """The strongest that the device has and the provider is known to have."""
    provider, first = sample.provider, sample.tunnels[0]
    version = first.version
    candidates = [one for one in IKE_PREFERENCE if one.group in provider.groups and not lacking(platform, version, one)]
    esp = [
        one
        for one in IPSEC_PREFERENCE
        if (provider.gcm or not one.encryption_algorithm.endswith("-gcm")) and not lacking(platform, version, one)
    ]
    candidates = [one for one in candidates if not WEAK.keys() & set(algorithms(one))] or candidates
    esp = [one for one in esp if not WEAK.keys() & set(algorithms(one))] or esp
    if not candidates or not esp:
        why = f"there is nothing stronger that {platform} and {provider.title} are known to have with IKEv{version}"
        return Chosen(wishes.name, version, None, None, None, (Missing("ike_proposals", why, "a sample for IKEv2"),), ())
    ike = candidates[0].model_copy(update={"name": f"{wishes.name}-ike", "sa_lifetime": _seconds(first.ike)})
    ipsec = esp[0].model_copy(update={"name": f"{wishes.name}-esp", "sa_lifetime_seconds": _seconds(first.ipsec)})
    words = ", ".join(dict.fromkeys((*algorithms(ike), *algorithms(ipsec))))
    told = f"stronger than the sample ({words}, PFS group {ike.group}): {provider.stronger}"
    missing = tuple(_weak(ike, ipsec, ike.group, sample, wishes))
    return Chosen(wishes.name, version, ike, ipsec, ike.group, missing, (told,))


def _seconds(offers: Sequence[Offer]) -> int | None:
    return next((one.lifetime for one in offers if one.lifetime is not None and 120 <= one.lifetime <= 86400), None)
