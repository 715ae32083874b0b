"""What sets one release of IOS apart from the others, as one row each: what it has, what it prints, what it refuses.

Sources are with the tables that use a column. `shield`: field notice FN72510, from 17.11.1a on. `restricts`: Cisco's "Insecure
Feature Restrictions on IOS XE", from 26.1.1 on. `sa_identifiers`: outputs of IOS-XE at 17.x and 26.x in public
repositories; that the short form begins to print them after 17.12 is a choice, so that both are played.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ...core.records import Proposal
from ...features.ikev2 import DEFAULT_15, DEFAULT_17, DEFAULT_1711


class Traits(Struct, frozen=True):
    """`ikev2` and `tunnels` say whether the release has them; `default_proposal` is what IKEv2 offers without configuration.

    `shield` keeps weak cryptography out, `restricts` refuses insecure lines, `warns` tells of them. `dual` prints `Dualstack` in
    profiles and maps, `initiator` who began an SA, `sa_identifiers` the SPIs of an IKEv2 SA in the short form, `prf` its PRF.
    """

    tunnels: bool = False
    ikev2: bool = False
    default_proposal: Proposal | None = None
    shield: bool = False
    warns: bool = False
    restricts: bool = False
    dual: bool = False
    initiator: bool = False
    sa_identifiers: bool = False
    prf: bool = False
    capabilities: int = 1


_OLD = Traits()
_124 = Traits(tunnels=True)
_154 = Traits(tunnels=True, ikev2=True, default_proposal=DEFAULT_15, capabilities=2)
_179 = replace(_154, default_proposal=DEFAULT_17, dual=True, prf=True, capabilities=3)
_1711 = replace(_179, default_proposal=DEFAULT_1711, shield=True, initiator=True)
_2601 = replace(_1711, warns=True, restricts=True, sa_identifiers=True, capabilities=4)

ROWS: dict[str, Traits] = {
    "12.2(8)T": _OLD,
    "12.4(25d)": _124,
    "15.4(3)M3": _154,
    "17.9.4a": _179,
    "17.11.1a": _1711,
    "17.12.4": _1711,
    "26.1.1": _2601,
}


def traits(release: str) -> Traits:
    """The row of a release; one that is no IOS has none of it."""
    return ROWS.get(release, _OLD)
