"""Where a new secret can be kept, by name: what --help tells of it, without what writes there."""

from __future__ import annotations

#: What can be written to.
STORES: tuple[str, ...] = ("credential", "keyring")
#: The service under which the keyring has what nr-run puts there.
KEYRING_SERVICE = "nr-run"


def scheme_of(store: str) -> str:
    """How a reference into a store begins; the name of the secret stands behind it."""
    return f"keyring:{KEYRING_SERVICE}/" if store == "keyring" else "credential:"
