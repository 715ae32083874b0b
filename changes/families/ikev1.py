"""IKE version 1: proposals, keys, dead peer detection, and where an ASA answers.

Sources: Cisco IOS Security Command Reference 12.2 (crypto isakmp); Cisco ASA command references 8.2, 8.4 and 9.x. From 8.4 on the
words ``ikev1`` stand where 8.0 to 8.3 have ``isakmp``.
"""

from __future__ import annotations

import re

from ..family import NOBODY, Editing, Family, patterns, spellings
from . import touches
from .names import by_identity, version
from .replies import DEPRECATED, OLD
from .uses import BY_IKE, BY_IKE1, BY_PEER

_IKE = r"(?P<ike>isakmp|ikev1)"
_POLICY = "IKE proposal, offered to every peer of the device in the order of its number"
#: The word is shown short on IOS and long on an ASA, and both take both.
_ENCRYPTION = (r"^encryption ", "encr ")

IOS_POLICY = Family(
    name="isakmp-policy",
    sentence=_POLICY,
    header=re.compile(r"crypto isakmp policy (?P<number>\d+)"),
    identity=("number",),
    opens=True,
    shared=BY_IKE1,
    touches=touches.POLICY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(r"encr(?:yption)? .+", r"hash \S+", r"authentication \S+", r"group \d+", r"lifetime \d+"),
    defaults=("encr des", "hash sha", "authentication rsa-sig", "group 1", "lifetime 86400"),
    spellings=spellings(_ENCRYPTION),
    remove="no crypto isakmp policy {number}",
    replies=DEPRECATED,
)

IOS_KEY = Family(
    name="isakmp-key",
    sentence="pre-shared key of one peer",
    header=re.compile(
        # 15.x leaves the room of a mask before no-xauth.
        r"crypto isakmp key (?:[06] )?(?P<key>\S+) address (?P<peer>\d\S+)(?: +(?P<mask>\d\S+))?(?P<xauth> +no-xauth)?"
    ),
    identity=("peer",),
    opens=False,
    shared=BY_PEER,
    touches=touches.KEY,
    key_of=by_identity,
    peers_of=NOBODY,
    ike=version(1),
    named_in=NOBODY,
    # A key type of 0 (in clear) and the mask of one host may be typed and are not shown, or the other way round.
    spellings=spellings((r"^(crypto isakmp key) 0 (.+)", r"\1 \2"), (r" 255\.255\.255\.255", "")),
    # Older IOS wants the key itself, and no-xauth, in the line that removes it; and it takes no second key for a peer.
    remove="no {line}",
    editing=Editing(whole=True),
)

IOS_KEEPALIVE = Family(
    name="isakmp-keepalive",
    # Whether IKEv2 of a release heeds it as well is not certain, so its peers count as users.
    sentence="dead peer detection, one setting for every IKE peer of the device",
    header=re.compile(r"crypto isakmp keepalive (?P<interval>\d+)(?: (?P<retries>\d+))?(?: periodic| on-demand)?"),
    identity=(),
    opens=False,
    shared=BY_IKE,
    touches=touches.KEEPALIVE,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    remove="no crypto isakmp keepalive",
)

ASA_POLICY = Family(
    name="isakmp-policy",
    sentence=_POLICY,
    header=re.compile(rf"crypto {_IKE} policy (?P<number>\d+)"),
    identity=("number",),
    opens=True,
    shared=BY_IKE1,
    touches=touches.POLICY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(r"authentication \S+", r"encryption \S+", r"hash \S+", r"group \d+", r"lifetime (?:seconds )?(?:\d+|none)"),
    defaults=("authentication pre-share", "encr 3des", "hash sha", "group 2", "lifetime 86400"),
    # From memory: 9.13 and later begin with AES and group 14.
    shown_first=("encryption aes", "group 14", "authentication rsa-sig"),
    spellings=spellings(_ENCRYPTION),
    remove="no crypto {ike} policy {number}",
    replies=OLD,
)

ASA_ENABLE = Family(
    name="ike-enable",
    sentence="IKE answers on an interface, for every tunnel of the device that ends there",
    header=re.compile(rf"crypto {_IKE} enable (?P<nameif>\S+)"),
    identity=("nameif",),
    opens=False,
    shared=BY_IKE1,
    touches=touches.ENABLE,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
)
