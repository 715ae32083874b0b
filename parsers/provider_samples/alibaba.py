"""Alibaba Cloud's answer of DownloadVpnConnectionConfig: parameters, in JSON or XML, and no command of any device.

Source: Alibaba Cloud API reference, DownloadVpnConnectionConfig (2016-04-28): it is written for the peer, so Local and
LocalSubnet are of the data centre, Remote and RemoteSubnet of the cloud. A connection of two tunnels has TunnelsConfig; that its
parts are named as those of a single one is taken from the other calls of the API.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Interface, IPv4Network
from typing import Any
from xml.etree import ElementTree

from ...inventory.errors import ParseError
from .. import algorithms
from .blanks import address
from .offers import number, read
from .records import Offer, SampleKey, SampleTunnel, Selector
from .sealing import mark_of, stand_in

#: A document that declares entities can be made to grow without bounds; a provider's has none.
_DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
#: The words of the API for algorithms that are written otherwise elsewhere.
_NO_PFS = frozenset({"", "disabled", "disable", "none"})


def json_of(text: str, name: str) -> Mapping[str, Any]:
    """The document. Raises ParseError, which quotes nothing of it: a key stands in it."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ParseError(f"{name} is JSON that breaks off or is damaged at line {error.lineno}: download it again") from None
    except RecursionError:
        raise ParseError(f"{name} is JSON that is nested too deeply for a sample") from None
    if not isinstance(found, dict):
        raise ParseError(f"{name} is JSON, but no answer of a provider that is known")
    return found


def xml_of(text: str, name: str) -> Mapping[str, Any]:
    """The same of XML: a tag is a key, one that comes several times a list."""
    if _DECLARES.search(text):
        raise ParseError(f"{name} is XML that declares entities, which no answer of a provider does")
    try:
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314 - entities were refused above
    except (ElementTree.ParseError, ValueError) as error:
        line = getattr(error, "position", (1, 0))[0]
        raise ParseError(f"{name} is XML that breaks off or is damaged at line {line}: download it again") from None
    found = _plain(root, 0, name)
    return found if isinstance(found, dict) else {}


def _plain(element: ElementTree.Element, depth: int, name: str) -> Any:
    if depth > 20:
        raise ParseError(f"{name} is XML that is nested too deeply for a sample")
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in element:
        tag, value = child.tag.rpartition("}")[2], _plain(child, depth + 1, name)
        found[tag] = [*found[tag], value] if isinstance(found.get(tag), list) else [found[tag], value] if tag in found else value
    return found


class Answer:
    """One answer: its tunnels and their keys. The text is asked for nothing but the lines on which words stand."""

    def __init__(self, document: Mapping[str, Any], text: str, name: str) -> None:
        """Raises ParseError where it is the answer of another call, or of nobody."""
        config = document.get("VpnConnectionConfig", document)
        if not isinstance(config, Mapping) or not ("IkeConfig" in config or "TunnelsConfig" in config):
            raise ParseError(f"{name} is JSON or XML, but not the answer of DownloadVpnConnectionConfig of Alibaba Cloud")
        self.config = config
        self._lines = text.split("\n")
        self._from = 0
        self.keys: list[SampleKey] = []
        self.tunnels = tuple(self._tunnel(one) for one in self._parts())

    def _parts(self) -> Sequence[Mapping[str, Any]]:
        found = self.config.get("TunnelsConfig")
        found = found.get("TunnelConfig", found) if isinstance(found, Mapping) else found
        many = found if isinstance(found, list) else [found] if isinstance(found, Mapping) else []
        dual = [one for one in many if isinstance(one, Mapping) and isinstance(one.get("IkeConfig"), Mapping)]
        return dual or [self.config]

    def line_of(self, word: str, value: str = "") -> int:
        """The next line with a word (and a value), counted from 1; 1 where there is none."""
        for index, line in enumerate(self._lines):
            if index >= self._from and word in line and value in line:
                return index + 1
        return 1

    def _tunnel(self, part: Mapping[str, Any]) -> SampleTunnel:
        ike, ipsec = _section(part, "IkeConfig"), _section(part, "IpsecConfig")
        peer = _word(part, "Remote") or _word(ike, "RemoteId")
        ours = _word(part, "Local") or _word(ike, "LocalId")
        bgp = _section(part, "TunnelBgpConfig") or _section(part, "BgpConfig")
        line = self.line_of("IkeConfig")
        cut = [f"{where} has no {key}" for where, section, key in _missing(ike, ipsec) if not section.get(key)]
        key = self._key(ike)
        made = SampleTunnel(
            peer=address(peer),
            said=peer,
            line=self.line_of("Remote", peer) if peer else line,
            style="vti" if bgp else "crypto-map",
            version=2 if _word(ike, "IkeVersion").lower() == "ikev2" else 1,
            ike=self._ike(ike),
            ipsec=self._ipsec(ipsec),
            pfs=_group(_word(ipsec, "IpsecPfs")),
            keys=(key,) if key else (),
            aggressive=_word(ike, "IkeMode").lower() == "aggressive",
            near_outside=address(ours),
            inside=_inside(bgp),
            selectors=tuple(self._selectors()),
            bgp=bool(bgp),
            systems=_systems(bgp),
            identity=self._identity(ike),
            cut=tuple(cut),
        )
        # The next tunnel's words stand behind those of this one.
        self._from = max(self._from, self.keys[-1].line if self.keys else 0)
        return made

    def _identity(self, ike: Mapping[str, Any]) -> str:
        """By main mode of version 1 an identity is an address; by version 2 it may be a name."""
        found = next((key for key in ("LocalId", "RemoteId") if _word(ike, key) and address(_word(ike, key)) is None), "")
        return f"name (line {self.line_of(found)})" if found else ""

    def _key(self, ike: Mapping[str, Any]) -> str:
        value = _word(ike, "Psk")
        if not value:
            return ""
        line = self.line_of("Psk")
        self.keys.append(SampleKey(mark_of(line), line, stand_in(value), value))
        return mark_of(line)

    def _ike(self, ike: Mapping[str, Any]) -> tuple[Offer, ...]:
        cipher = read(algorithms.encryption, [_word(ike, "IkeEncAlg")])
        integrity = read(algorithms.integrity, [_word(ike, "IkeAuthAlg")])
        group = _group(_word(ike, "IkePfs"))
        line = self.line_of("IkeEncAlg")
        return (
            (Offer(cipher[0], integrity[0], group, number(_word(ike, "IkeLifetime")), line),)
            if cipher and integrity and group
            else ()
        )

    def _ipsec(self, ipsec: Mapping[str, Any]) -> tuple[Offer, ...]:
        cipher = read(algorithms.encryption, [_word(ipsec, "IpsecEncAlg")])
        integrity = read(algorithms.integrity, [_word(ipsec, "IpsecAuthAlg")])
        seconds = number(_word(ipsec, "IpsecLifetime"))
        line = self.line_of("IpsecEncAlg")
        return (Offer(cipher[0], integrity[0], None, seconds, line),) if cipher and integrity else ()

    def _selectors(self) -> Iterator[Selector]:
        """Ours are the LocalSubnet of the answer, the far ones its RemoteSubnet."""
        near, far = (_networks(_word(self.config, key)) for key in ("LocalSubnet", "RemoteSubnet"))
        line = self.line_of("RemoteSubnet")
        yield from (Selector(a, b, line) for a in near for b in far)


def _missing(ike: Mapping[str, Any], ipsec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    for key in ("IkeVersion", "IkeEncAlg", "IkeAuthAlg", "IkePfs", "Psk"):
        yield "IkeConfig", ike, key
    for key in ("IpsecEncAlg", "IpsecAuthAlg"):
        yield "IpsecConfig", ipsec, key


def _section(part: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = part.get(key)
    return found if isinstance(found, Mapping) else {}


def _word(part: Mapping[str, Any], key: str) -> str:
    found = part.get(key)
    return str(found).strip() if isinstance(found, str | int) else ""


def _group(word: str) -> int | None:
    """``group14`` as 14; None where it is disabled."""
    return None if word.lower() in _NO_PFS else number(word.lower().removeprefix("group"))


def _networks(text: str) -> tuple[IPv4Network | None, ...]:
    found: list[IPv4Network | None] = []
    for word in filter(None, (one.strip() for one in text.split(","))):
        try:
            one = IPv4Network(word)
        except ValueError:
            one = None
        found.append(None if one is None or one.prefixlen == 0 else one)
    return tuple(found) or (None,)


def _inside(bgp: Mapping[str, Any]) -> IPv4Interface | None:
    """Our address in the tunnel. The cloud has the lower one; which of the two is called local differs between calls."""
    try:
        net = IPv4Network(_word(bgp, "TunnelCidr"))
    except ValueError:
        return None
    return IPv4Interface((max(net.hosts()), net.prefixlen)) if net.prefixlen == 30 else None


def _systems(bgp: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Ours and the cloud's, told apart by the addresses that go with them."""
    local, peer = number(_word(bgp, "LocalAsn")), number(_word(bgp, "PeerAsn"))
    inside, ours = _inside(bgp), address(_word(bgp, "LocalBgpIp"))
    if inside is None or ours is None:
        return None, None
    return (local, peer) if ours == inside.ip else (peer, local)
