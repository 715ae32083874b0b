"""Log messages of IOS about IKEv2."""

from __future__ import annotations

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
