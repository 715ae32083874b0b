"""Which certificate an ASA shows on an interface, to whoever comes by TLS.

Source: Cisco ASA command reference, ssl trust-point. One line for an interface: another trustpoint takes the place of the first
where both keys are of one kind (from 9.4(1) on one of each kind may stand beside the other).
"""

from __future__ import annotations

import re

from ..family import NOBODY, Editing, Family, Touches

_WHO = "every SSL VPN user and the HTTPS management on {interface} are shown"

ASA_SHOWN = Family(
    name="certificate-shown",
    sentence="the certificate that an interface shows to whoever comes by TLS",
    # One for the address of a cluster has a word more, and is not touched.
    header=re.compile(r"ssl trust-point (?P<trustpoint>\S+) (?P<interface>\S+)"),
    identity=("interface",),
    opens=False,
    shared=NOBODY,
    touches=Touches(
        _WHO + " the certificate of {trustpoint} from now on",
        _WHO + " another certificate from now on, and no more that of {trustpoint}",
        "{interface} shows the certificate for all interfaces, or one of its own making",
    ),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    editing=Editing(typed_again=True),
    switches=re.compile(r"ssl trust-point \S+ \S+"),
)
