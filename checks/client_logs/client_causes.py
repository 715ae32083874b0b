"""Why a client did not reconnect: causes by what its log shows, with what confirms and what fixes each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..finding import Cause, Finding, Status
from .reconnect_causes import LATE

if TYPE_CHECKING:
    from .client_story import Story


def _cause(name: str, sentence: str, confirm: str, remedy: str, confidence: str = "high") -> Cause:
    return Cause(name, sentence, confidence, confirm, remedy)


OFF = _cause(
    "auto-reconnect-off",
    "AutoReconnect is off, so the client does not reconnect by itself",
    "look for AutoReconnect among the settings in use",
    "set AutoReconnect to true in the profile on the head-end, and connect once so that the client fetches it",
    "certain",
)
DISCONNECTS = _cause(
    "disconnect-on-suspend",
    "AutoReconnectBehavior is DisconnectOnSuspend, so the client ends its session when the machine sleeps",
    "look for AutoReconnectBehavior among the settings in use; it is the default where a profile does not name it",
    "set AutoReconnectBehavior to ReconnectAfterResume, inside AutoReconnect, and connect once so that the client fetches it",
    "certain",
)
#: By the meaning of the most telling sign.
BY_SIGN: Mapping[str, Cause] = {
    "authentication": _cause(
        "authentication-refused",
        "the head-end refused the authentication",
        "look at its log of AAA for the user at that time",
        "fix the account or the certificate; after a suspend, look whether the head-end still had the session",
    ),
    "session-gone": _cause(
        "session-gone",
        "the head-end did not know the session any more",
        "compare how long the client was away with the reconnect timeout (IOS-XE) or idle timeout (ASA)",
        "raise that timeout, or expect a full authentication after so long",
    ),
    "certificate": _cause(
        "server-certificate",
        "the client refused the certificate of the head-end",
        "open the head-end's address in a browser on that machine: who issued its certificate, for which name, until when",
        "install the chain on the head-end, and its root on the client; or use the name that the certificate has",
    ),
    "captive-portal": _cause(
        "captive-portal",
        "a captive portal stood before the network",
        "open a browser before the VPN connects",
        "log on at the portal; the client goes on by itself then",
    ),
    "name": _cause(
        "name-not-resolved",
        "the name of the head-end was not resolved",
        "resolve it on that machine without the VPN",
        "fix the DNS of that network, or have the client wait for it: the first seconds after a resume have often none",
    ),
    "timeout": _cause(
        "head-end-silent",
        "the head-end did not answer the client",
        "reach its port (TCP 443, UDP 500 and 4500) from that network",
        "open these ports on the way; after a resume, look whether the network was there when the client tried",
    ),
    "network-down": _cause(
        "no-network",
        "the machine had no network when the client tried",
        "look for the interface in the log of the system at that time",
        "nothing on the head-end: the client tries again when the network is back",
    ),
    "dead-peer": _cause(
        "dead-peer",
        "the head-end no longer answered the client's dead peer detection",
        "look whether the network changed, and whether the head-end has the session still",
        "look for a firewall or NAT on the way that forgets UDP after a short time",
        "medium",
    ),
}


def of(story: Story, findings: Iterable[Finding]) -> Iterator[Cause]:
    """Causes of what failed: settings that forbid it, a sleep that was too long, then what the attempt met."""
    failed = [finding for finding in findings if finding.status is Status.FAILED]
    if not failed:
        return
    woke = any(episode.woke and episode.outcome in ("full", "failed", "open") for episode in story.episodes)
    if woke and (setting := story.used("AutoReconnect")) and setting.value == "false":
        yield OFF
        return
    if woke and (setting := story.used("AutoReconnectBehavior")) and setting.value == "DisconnectOnSuspend":
        yield DISCONNECTS
        return
    if any(finding.check == "timeout" for finding in failed):
        yield LATE
        return
    for episode in story.episodes:
        if episode.outcome in ("failed", "full") and episode.why and episode.why.means in BY_SIGN:
            yield BY_SIGN[episode.why.means]
    if not story.episodes:
        meanings = [sign.means for sign in story.signs if sign.means in BY_SIGN]
        yield from (BY_SIGN[means] for means in BY_SIGN if means in meanings)
