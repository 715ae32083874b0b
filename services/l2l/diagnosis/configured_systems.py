"""How a running configuration is read for a cause, for each operating system: one record of functions, which each has whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from types import MappingProxyType

from msgspec import Struct

from ....changes.config_object import ConfigObject
from ....checks.finding import Evidence
from ....checks.path.acl import Flow, Verdict
from . import configured_asa, configured_ios
from .configured_end import ConfiguredEnd
from .ike_keys import Keys

Identity = tuple[str, str]


class Reading(Struct, frozen=True):
    """What the configuration of one operating system is asked.

    ``ikev2_offers`` are the objects that are IKEv2 proposals, best first; ``not_enabled`` what shows that IKE is not spoken.
    ``keys`` are those for a peer, None where there certainly are none. ``sent_identity`` (IKEv2, kind and value) and
    ``expected_identities`` are None where that is not certain; ``admits`` says whether an identity finds its tunnel.

    ``translated`` are lines of address translation that take traffic, with True where they leave all of it alone; ``listed`` is
    what an access list says of a flow, ``filtered`` the list that packets to the device itself meet, coming in from outside, and
    what it says of them.
    """

    ikev2_offers: Callable[[ConfiguredEnd], tuple[ConfigObject, ...]]
    not_enabled: Callable[[ConfiguredEnd], tuple[Evidence, ...]]
    keys: Callable[[ConfiguredEnd, IPv4Address], Keys | None]
    sent_identity: Callable[[ConfiguredEnd], Identity | None]
    expected_identities: Callable[[ConfiguredEnd], tuple[Identity, ...] | None]
    admits: Callable[[ConfiguredEnd, Identity], bool | None]
    translated: Callable[[ConfiguredEnd, tuple[IPv4Network, IPv4Network]], Iterator[tuple[str, bool]]]
    listed: Callable[[ConfiguredEnd, str, Flow], Verdict]
    filtered: Callable[[ConfiguredEnd, Flow], Iterator[tuple[str, Verdict]]]


_IOS = Reading(
    ikev2_offers=configured_ios.ikev2_offers,
    not_enabled=configured_ios.not_enabled,
    keys=configured_ios.keys,
    sent_identity=configured_ios.sent_identity,
    expected_identities=configured_ios.expected_identities,
    admits=configured_ios.admits,
    translated=configured_ios.translated,
    listed=configured_ios.listed,
    filtered=configured_ios.filtered,
)
_ASA = Reading(
    ikev2_offers=configured_asa.ikev2_offers,
    not_enabled=configured_asa.not_enabled,
    keys=configured_asa.keys,
    sent_identity=configured_asa.sent_identity,
    expected_identities=configured_asa.expected_identities,
    admits=configured_asa.admits,
    translated=configured_asa.translated,
    listed=configured_asa.listed,
    filtered=configured_asa.filtered,
)
#: By operating system; a new one without its record is refused at the first question.
READINGS: Mapping[str, Reading] = MappingProxyType({"ios": _IOS, "asa": _ASA})


def reading_of(there: ConfiguredEnd) -> Reading:
    """How the configuration of this end is read."""
    return READINGS[there.os]
