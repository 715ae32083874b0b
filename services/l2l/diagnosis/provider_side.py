"""What the far side's own log says of a tunnel, joined with what our ends show: they agree, differ, or one alone knows.

A provider's word is evidence like any other. Where it names what ours names too, that is surer; where it names something else,
that is a finding, and both are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from ....checks.finding import Cause, Evidence, Finding, Status
from ....checks.signatures import Match
from ....parsers.logs.provider_log import Entry, ProviderLog
from ....parsers.logs.provider_log_words import MEANINGS
from .case import Case
from .causes import CAUSES
from .explained import Explained

#: Causes that a meaning may be, for IKEv1 and for IKEv2; the first one is named where our ends show nothing of it.
_CAUSES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "key": (("preshared-key",), ("ikev2-authentication",)),
    "ike-proposal": (("ike-policy",), ("ikev2-proposal",)),
    "esp-proposal": (("transforms", "phase-2"), ("ikev2-child-proposal",)),
    "any-proposal": (("ike-policy", "transforms", "phase-2"), ("ikev2-proposal", "ikev2-child-proposal")),
    "selectors": (("selectors", "phase-2"), ("ikev2-selectors",)),
    "pfs": (("pfs", "phase-2"), ("pfs-at-rekey",)),
    "identity": (("peer-unknown",), ("ikev2-identity",)),
    "peer": (("wrong-peer", "peer-unknown"), ("wrong-peer", "peer-unknown", "ikev2-identity")),
    "version": (("ike-policy",), ("ikev2-proposal",)),
    "lifetime": (("lifetime",), ("lifetime",)),
    "nat": (("nat-in-path",), ("nat-in-path",)),
    "no-answer": (("udp-500", "no-answer", "nat-in-path"), ("udp-500", "nat-in-path")),
    "phase-2": (("transforms", "selectors", "pfs", "phase-2"), ("ikev2-child-proposal", "ikev2-selectors", "pfs-at-rekey")),
    "authentication": (("preshared-key",), ("ikev2-authentication", "ikev2-identity")),
}
_SURER = {"low": "medium", "medium": "high", "high": "certain", "certain": "certain"}


def explain(name: str, case: Case, ours: Sequence[Match], provider: ProviderLog) -> Explained:
    """The causes of tunnel ``name`` that fit what our ends show (``ours``), joined with the provider's log."""
    address = str(case.near.end.peer)
    told = tuple(Finding("far-side-log", name, Status.UNVERIFIED, problem) for problem in provider.problems)
    entries = provider.now(address)
    if not entries:
        words = f"{provider.name}: {provider.provider} says nothing of a tunnel that ends at {address}"
        return Explained(tuple(m.cause for m in ours), (*told, Finding("far-side-log", name, Status.SKIPPED, words)))
    joined = (
        _up(name, case, ours, provider, entries) if entries[-1].means == "up" else _joined(name, case, ours, provider, entries)
    )
    return Explained(joined.causes, (*told, *joined.findings))


def _up(name: str, case: Case, ours: Sequence[Match], provider: ProviderLog, entries: Sequence[Entry]) -> Explained:
    """The far side says that the tunnel is up."""
    mine = tuple(match.cause for match in ours)
    if case.ike_is_up and case.ipsec_is_up:
        words = f"{provider.provider} and our end agree that the tunnel is established"
        return Explained(mine, (Finding("far-side-log", name, Status.OK, words, _evidence(provider, entries[-1:])),))
    words = (
        f"{provider.provider} says that the tunnel is established, and our end has no SAs of it: one of the two is out of date"
    )
    finding = Finding("far-side-log", name, Status.WARNING, words, _evidence(provider, entries[-1:]))
    return Explained(mine or (CAUSES["stale-sa"],), (finding,))


def _joined(name: str, case: Case, ours: Sequence[Match], provider: ProviderLog, entries: Sequence[Entry]) -> Explained:
    last = entries[-1]
    fitting = _CAUSES[last.means][case.version - 1]
    said = MEANINGS[last.means]
    evidence = _evidence(provider, [entry for entry in entries if entry.means == last.means][-1:])
    if not ours and case.ike_is_up and case.ipsec_is_up:
        words = f"{provider.provider} says that {said}, and our end has the tunnel up: its log may be older than that"
        return Explained((), (Finding("far-side-log", name, Status.WARNING, words, evidence),))
    both = [match.cause for match in ours if match.cause.id in fitting]
    if both:
        words = f"{provider.provider} and our end agree: {said}"
        surer = tuple(_surer(cause, provider) for cause in both)
        return Explained(surer, (Finding("far-side-log", name, Status.OK, words, evidence),))
    theirs = tuple(CAUSES[cause] for cause in fitting[:1])
    if not ours:
        words = f"{provider.provider} says that {said}; our end alone does not tell"
        return Explained(theirs, (Finding("far-side-log", name, Status.WARNING, words, evidence),))
    shown = " or ".join(match.cause.sentence for match in ours)
    words = f"{provider.provider} says that {said}, and our end shows something else ({shown}): both are named"
    return Explained(
        (*(match.cause for match in ours), *theirs), (Finding("far-side-log", name, Status.WARNING, words, evidence),)
    )


def _surer(cause: Cause, provider: ProviderLog) -> Cause:
    return replace(
        cause, confidence=_SURER[cause.confidence], sentence=f"{cause.sentence}; the log of {provider.provider} says the same"
    )


def _evidence(provider: ProviderLog, entries: Sequence[Entry]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(entry.address or provider.provider, provider.name, f"line {entry.line}", entry.text, entry.time)
        for entry in entries
    )
