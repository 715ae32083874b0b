"""IPsec proposals, and the profiles that a tunnel interface is protected by.

Sources: Cisco IOS Security Command Reference (crypto ipsec transform-set, crypto ipsec profile); Cisco ASA command references 8.4
and 9.8 (crypto ipsec ikev2 ipsec-proposal, crypto ipsec profile).
"""

from __future__ import annotations

import re

from ..family import NOBODY, Editing, Family, Reference, patterns, spellings
from .names import by_words
from .replies import DEPRECATED, OLD

_PROPOSAL = "ESP proposal, used by the crypto map entries and profiles that name it"
_PROFILE = "how a tunnel interface is protected, used by the interfaces that name it"
#: Where the names of transform sets begin in a line of any kind (``crypto dynamic-map D 10 set ikev1 transform-set A B``).
_SETS = by_words(r"(?:^| )set (?:ikev1 )?transform-set ")
#: An ASA may show both lifetimes on one line, in either order.
LIFETIMES = (
    r"^(set security-association lifetime) ((?:seconds|kilobytes) \S+) ((?:seconds|kilobytes) \S+)$",
    "\\1 \\2\n\\1 \\3",
)
SINGLE = (
    "set transform-set",
    "set ikev1 transform-set",
    "set ikev2 ipsec-proposal",
    "set ikev2-profile",
    "set pfs",
    "set security-association lifetime seconds",
    "set security-association lifetime kilobytes",
)

IOS_TRANSFORM_SET = Family(
    name="transform-set",
    sentence=_PROPOSAL,
    header=re.compile(r"crypto ipsec transform-set (?P<name>\S+)(?P<transforms>(?: (?:esp|ah|comp)-\S+(?: \d+)?)+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=_SETS,
    children=patterns(r"mode (?:tunnel|transport)"),
    defaults=("mode tunnel",),
    remove="no crypto ipsec transform-set {name}",
    replies=DEPRECATED,
)

IOS_PROFILE = Family(
    name="ipsec-profile",
    sentence=_PROFILE,
    header=re.compile(r"crypto ipsec profile (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=by_words(r"(?:^| )tunnel protection ipsec profile "),
    children=patterns(
        r"description .+",
        r"set transform-set \S+",
        r"set pfs group\d+",
        r"set ikev2-profile \S+",
        r"set security-association lifetime (?:seconds \d+|kilobytes (?:\d+|disable))",
    ),
    # Hidden by every release; the values are those of the command reference.
    defaults=("set security-association lifetime seconds 3600", "set security-association lifetime kilobytes 4608000"),
    references=(
        Reference(re.compile(r"set transform-set (?P<names>\S+(?: \S+)*)"), "transform-set", built_in=("default",)),
        Reference(re.compile(r"set ikev2-profile (?P<names>\S+)"), "ikev2-profile", built_in=("default",)),
    ),
    remove="no crypto ipsec profile {name}",
    editing=Editing(single=SINGLE),
    replies=DEPRECATED,
)

ASA_TRANSFORM_SET = Family(
    name="transform-set",
    sentence=_PROPOSAL,
    header=re.compile(r"crypto ipsec (?:ikev1 )?transform-set (?P<name>\S+)(?P<transforms>(?: esp-\S+)+)"),
    identity=("name",),
    opens=False,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=_SETS,
    remove="no {line}",
    replies=OLD,
    # That it is in transport mode stands on a line of its own; it would come and go unseen with the set.
    more=re.compile(r"crypto ipsec (?:ikev1 )?transform-set (?P<name>\S+) .*"),
)

ASA_PROPOSAL = Family(
    name="ipsec-proposal",
    sentence=_PROPOSAL,
    header=re.compile(r"crypto ipsec ikev2 ipsec-proposal (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=by_words(r"(?:^| )set ikev2 ipsec-proposal "),
    children=patterns(r"protocol esp encryption \S+(?: \S+)*", r"protocol esp integrity \S+(?: \S+)*"),
    # Both lines are always shown; a new proposal begins with those of its release.
    shown_first=(
        *(f"protocol esp encryption {word}" for word in ("des", "3des", "aes", "aes-256")),
        *(f"protocol esp integrity {word}" for word in ("md5", "sha-1", "sha-256", "null")),
    ),
    remove="no crypto ipsec ikev2 ipsec-proposal {name}",
    replies=OLD,
)

ASA_PROFILE = Family(
    name="ipsec-profile",
    sentence=_PROFILE,
    header=re.compile(r"crypto ipsec profile (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=by_words(r"(?:^| )tunnel protection ipsec profile "),
    children=patterns(
        r"set ikev1 transform-set \S+",
        r"set ikev2 ipsec-proposal \S+",
        r"set pfs(?: group\d+)?",
        r"set security-association lifetime(?: (?:seconds|kilobytes) (?:\d+|unlimited)){1,2}",
        r"responder-only",
    ),
    defaults=("set security-association lifetime seconds 28800", "set security-association lifetime kilobytes 4608000"),
    spellings=spellings(LIFETIMES),
    references=(
        Reference(re.compile(r"set ikev1 transform-set (?P<names>\S+(?: \S+)*)"), "transform-set"),
        Reference(re.compile(r"set ikev2 ipsec-proposal (?P<names>\S+(?: \S+)*)"), "ipsec-proposal"),
    ),
    remove="no crypto ipsec profile {name}",
    editing=Editing(single=SINGLE),
    replies=OLD,
)
