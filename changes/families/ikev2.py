"""IKE version 2: proposals, policies, keyrings and profiles on IOS; policies, and where it answers, on an ASA.

Sources: Cisco IOS Security Command Reference and FlexVPN configuration guide 15.x and 17.x (crypto ikev2 proposal, policy,
keyring, profile, dpd); the YANG model of IOS-XE 17.6.1 for ranges and for what has to be there first; Cisco ASA command
references 8.4 and 9.x.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..family import NOBODY, Editing, Family, Reference, Touches, patterns, spellings
from . import touches
from .flexvpn import AUTHORIZATION
from .names import by_words, version
from .replies import DEPRECATED, OLD
from .uses import BY_IKE2

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject


def _policy_created(item: ConfigObject, running: Config) -> Iterator[str]:
    local = [line.split()[-1] for line in item.children if line.startswith("match address local ")]
    where = f"that comes to {' or '.join(local)}" if local else "of the device"
    yield f"{item.title} is offered to every IKEv2 peer {where} from now on"
    if not running.of(item.family.name):
        yield "the policy that the release brings along is not offered any more: a device that has one of its own does without it"


def _profile_created(item: ConfigObject, _running: Config) -> Iterator[str]:
    for line in item.children:
        if line.startswith("match identity remote "):
            yield f"{item.title} takes every IKEv2 negotiation with a peer that calls itself {line.split(' ', 3)[3]}"


def keyring_peers(item: ConfigObject) -> tuple[str, ...]:
    """Addresses of the peers whose keys a keyring holds."""
    lines = (item.family.split(line)[1].split() for line in item.children if ": address " in line)
    return tuple(dict.fromkeys(words[1] for words in lines))


_PROPOSAL_OF_POLICY = Reference(re.compile(r"proposal (?P<names>\S+)"), "ikev2-proposal", built_in=("default",), by_line=True)

IOS_PROPOSAL = Family(
    name="ikev2-proposal",
    sentence="IKEv2 proposal, offered by the policies that name it",
    header=re.compile(r"crypto ikev2 proposal (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(r"encryption \S+(?: \S+)*", r"integrity \S+(?: \S+)*", r"prf \S+(?: \S+)*", r"group \d+(?: \d+)*"),
    remove="no crypto ikev2 proposal {name}",
    replies=DEPRECATED + patterns(r"(?:% ?)?IKEv2 proposal (?:MUST|must) (?:either )?have (?:a set of|an?) .+(?:\n.+)*"),
)

IOS_POLICY = Family(
    name="ikev2-policy",
    sentence="IKEv2 policy: which proposals are offered to whoever comes to an address of the device",
    header=re.compile(r"crypto ikev2 policy (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=BY_IKE2,
    touches=Touches(_policy_created, NOBODY, "{title} is not offered to any IKEv2 peer of the device any more"),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(r"match fvrf \S+", r"match address local \S+", r"proposal \S+"),
    # What a policy that says nothing of it matches; some releases show it.
    spellings=spellings((r"^match fvrf global$", "")),
    references=(_PROPOSAL_OF_POLICY,),
    remove="no crypto ikev2 policy {name}",
    # A text without that line means proposals for a policy that is there: two that match every address would compete.
    marked=re.compile(r"match address local \S+"),
    replies=patterns(r"(?:% ?)?IKEv2 policy (?:MUST|must) have (?:at ?least|a) .+(?:\n.+)*"),
)

IOS_OFFER = Family(
    name="ikev2-offer",
    sentence="one more proposal in a policy that is there",
    header=re.compile(r"crypto ikev2 policy (?P<policy>\S+)"),
    identity=("policy", "proposal"),
    opens=True,
    shared=NOBODY,
    touches=Touches(
        "policy {policy} offers proposal {proposal} to every IKEv2 peer that it is for, behind those it has", NOBODY, NOBODY
    ),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(r"proposal (?P<proposal>\S+)"),
    references=(replace(_PROPOSAL_OF_POLICY, by_line=False),),
    remove="no {child}",
    child_is_object=True,
)

IOS_KEYRING = Family(
    name="ikev2-keyring",
    sentence="pre-shared keys of IKEv2 peers, for the profiles that name the keyring",
    header=re.compile(r"crypto ikev2 keyring (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=keyring_peers,
    peers_of=NOBODY,
    ike=version(2),
    named_in=NOBODY,
    children=patterns(
        r"peer \S+",
        r"peer \S+: description .+",
        r"peer \S+: address \d\S+(?: \d\S+)?",
        r"peer \S+: identity (?:address|fqdn|email|key-id) \S+",
        r"peer \S+: pre-shared-key (?:local |remote )?(?:[06] )?(?P<key>\S+)",
    ),
    openers=patterns(r"peer \S+"),
    # A key type of 0 (in clear) and the mask of one host may be typed and are not shown, or the other way round.
    spellings=spellings(
        (r"^(peer \S+: pre-shared-key (?:local |remote )?)0 (\S+)$", r"\1\2"),
        (r"^(peer \S+: address \S+) 255\.255\.255\.255$", r"\1"),
    ),
    remove="no crypto ikev2 keyring {name}",
    editing=Editing(single=("address", "pre-shared-key local", "pre-shared-key remote", "pre-shared-key", "description")),
)

IOS_PROFILE = Family(
    name="ikev2-profile",
    sentence="who an IKEv2 peer has to be, and by which keys both prove who they are",
    header=re.compile(r"crypto ikev2 profile (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=Touches(_profile_created, NOBODY, NOBODY),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=version(2),
    named_in=by_words(r"(?:^| )ikev2-profile "),
    children=patterns(
        r"description .+",
        r"match fvrf \S+",
        r"match address local (?:interface )?\S+",
        r"match identity remote (?:address \d\S+(?: \d\S+)?|(?:fqdn|email|key-id) \S+)",
        r"identity local (?:address|fqdn|email|key-id) \S+",
        r"authentication (?:remote|local) pre-share",
        r"authentication local (?:rsa|ecdsa)-sig",
        r"authentication remote anyconnect-eap aggregate",
        r"pki trustpoint \S+",
        r"aaa authentication anyconnect-eap \S+",
        r"aaa authorization group anyconnect-eap list \S+ \S+",
        r"aaa authorization user anyconnect-eap cached",
        r"virtual-template \d+",
        r"anyconnect profile \S+",
        r"reconnect timeout \d+",
        r"keyring (?:local )?\S+",
        r"lifetime \d+",
        r"dpd \d+ \d+ (?:periodic|on-demand)",
        r"nat keepalive \d+",
        r"no config-exchange (?:request|set (?:accept|send))",
    ),
    defaults=("lifetime 86400",),
    spellings=spellings(
        (r"^match fvrf global$", ""),
        (r"^(match identity remote address \S+)$", r"\1 255.255.255.255"),
        (r"^keyring (?!local |aaa )", "keyring local "),
    ),
    references=(
        Reference(re.compile(r"keyring local (?P<names>\S+)"), "ikev2-keyring"),
        Reference(re.compile(r"keyring (?P<names>(?!local |aaa )\S+)"), "ikev2-keyring"),
        Reference(re.compile(r"aaa authentication (?:anyconnect-)?eap (?P<names>\S+)"), "aaa-list"),
        Reference(re.compile(rf"{AUTHORIZATION}(?P<names>\S+)(?: \S+)?"), "aaa-list"),
        Reference(re.compile(rf"{AUTHORIZATION}\S+ (?P<names>\S+)"), "ikev2-authorization"),
        Reference(re.compile(r"anyconnect profile (?P<names>\S+)"), "client-profile"),
    ),
    remove="no crypto ikev2 profile {name}",
    # What it is cloned of names its IPsec profile, which names it: it takes clients when all of that is there.
    switches=re.compile(r"virtual-template \d+"),
    editing=Editing(
        single=(
            "identity local",
            "authentication local",
            "authentication remote",
            "keyring local",
            "lifetime",
            "dpd",
            "nat keepalive",
            "pki trustpoint",
            "virtual-template",
            "anyconnect profile",
            "reconnect timeout",
        )
    ),
    replies=patterns(
        r"(?:% ?)?IKEv2 [Pp]rofile (?:MUST|must) have(?:.|\n)+",
        # A profile that is not whole yet, line by line as releases of 15.x and 17.x word it.
        r"IKEv2 profile MUST have:(?:.|\n)*",
        r"\s*\d\. .+",
    ),
)

IOS_DPD = Family(
    name="ikev2-dpd",
    sentence="dead peer detection, one setting for every IKEv2 peer of the device",
    header=re.compile(r"crypto ikev2 dpd (?P<interval>\d+) (?P<retries>\d+) (?P<mode>periodic|on-demand)"),
    identity=(),
    opens=False,
    shared=BY_IKE2,
    touches=touches.KEEPALIVE,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    remove="no crypto ikev2 dpd",
)

ASA_POLICY = Family(
    name="ikev2-policy",
    sentence="IKEv2 proposal, offered to every IKEv2 peer of the device in the order of its number",
    header=re.compile(r"crypto ikev2 policy (?P<number>\d+)"),
    identity=("number",),
    opens=True,
    shared=BY_IKE2,
    touches=touches.POLICY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(
        r"encryption \S+(?: \S+)*",
        r"integrity \S+(?: \S+)*",
        r"group \d+(?: \d+)*",
        r"prf \S+(?: \S+)*",
        r"lifetime (?:seconds )?(?:\d+|none)",
    ),
    defaults=("lifetime seconds 86400", "prf sha"),
    # All lines are always shown; a new policy begins with those of its release, and an AEAD cipher brings "integrity null" along.
    shown_first=(
        *(f"encryption {word}" for word in ("des", "3des", "aes", "aes-256")),
        *(f"integrity {word}" for word in ("sha", "sha256")),
        *(f"group {word}" for word in ("2", "5", "14", "5 2")),
        "prf sha256",
    ),
    spellings=spellings((r"^lifetime (\d+|none)$", r"lifetime seconds \1"), (r"^integrity null$", "")),
    remove="no crypto ikev2 policy {number}",
    replies=OLD,
)

ASA_ENABLE = Family(
    name="ikev2-enable",
    sentence="IKEv2 answers on an interface, for every tunnel of the device that ends there",
    header=re.compile(r"crypto ikev2 enable (?P<nameif>\S+)"),
    identity=("nameif",),
    opens=False,
    shared=BY_IKE2,
    touches=touches.ENABLE2,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
)
