"""Log messages of IOS about IKEv2 and sessions."""

from __future__ import annotations

from ipaddress import IPv4Address

from ..core.configuration.store import Store

#: The reasons of a negotiation that came to nothing, in the words of IOS's log. That of the key is in public debugging output
#: of IOS; the others are error names of the same list, from memory.
NEGOTIATION = {
    "no answer": "Maximum number of retransmissions reached",
    "no key": "Failed to find a matching policy",
    "policy": "Failed to find a matching policy",
    "profile": "Failed to locate an item in the database",
    "key": "Auth exchange failed",
    "4500": "Auth exchange failed",
    "selectors": "There was no IPSEC policy found for received TS",
    "transform": "Received no proposal chosen notify",
    "pfs": "Received no proposal chosen notify",
    "admission": "There was no IPSEC policy found for received TS",
}


def aborted(reason: str) -> str:
    """The message about a negotiation that came to nothing."""
    return f"%IKEV2-3-NEG_ABORT: Negotiation aborted due to ERROR: {NEGOTIATION[reason]}"


def session(store: Store, peer: IPv4Address, *, up: bool) -> list[str]:
    """The messages about a session that came up or went down, as far as they are configured (forms of 15.x and 17.x)."""
    state, told = "UP. " if up else "DOWN.", []
    if store.get("logging session") is not None:
        told.append(f"%CRYPTO-5-SESSION_STATUS: Crypto tunnel is {state} Peer {peer}:500       Id: {peer}")
    if store.get("logging ikev2") is not None:
        told.append(f"%CRYPTO-5-IKEV2_SESSION_STATUS: Crypto tunnel v2 is {state} Peer {peer}:500       Id: {peer}")
    return told
