"""A provider's sample, from the bytes of a file to a record without a key in it; or one sentence on why it is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec.structs import replace

from ...inventory.errors import ParseError
from .alibaba import Answer, json_of, xml_of
from .blanks import address
from .foreign_vendors import VENDORS, no_sample
from .lines import Walked, walk
from .offers import by_name, number, part
from .providers import PROVIDERS, UNKNOWN, Provider, providers_of
from .records import Sample, SampleKey, SampleTunnel, Shape, Statement
from .sealing import seal
from .text import text_of
from .tunnels_asa import tunnels_of as asa_tunnels
from .tunnels_ios import tunnels_of as ios_tunnels

#: Templates that a portal fills in by XSLT: what it puts in is a blank, what else it says is dropped.
_XSLT_VALUE = re.compile(r'<xsl:value-of select="[^"]*?(\w+)"\s*/>')
_XSLT_TEXT = re.compile(r"<xsl:text>([^<]*)</xsl:text>")
_XSLT_REST = re.compile(r"</?xsl:[^>]*>|<\?xml[^>]*\?>")
#: Command lines of IOS and ASA end below 512 characters; a remark may be longer.
LONGEST_LINE = 2000
#: The longest sample that is known has some three hundred.
MOST_LINES = 3000
#: How many lines that only one operating system has make a text one for it.
_ENOUGH = 2
#: A line that no rule knows and that may name a peer all the same.
_PEER_LIKE = re.compile(r"(?:peer|destination|tunnel-group|address)\b.{0,80}?(?P<peer>(?:\d{1,3}\.){3}\d{1,3})", re.IGNORECASE)


def read_sample(data: bytes, name: str, fill: Mapping[str, str] | None = None) -> Sample:
    """The sample of a file called ``name``. Raises ParseError with one sentence, which quotes nothing of the file.

    ``fill`` are blanks of the sample, whole words, with what a person puts in their place.
    """
    text = text_of(data, name)
    start = text.lstrip("\ufeff \n\t")
    if start.startswith(("{", "[")):
        return _answer(Answer(json_of(text, name), text, name), "json", text)
    if "<xsl:stylesheet" in start[:2000]:
        return _commands(_put_in(_filled_in(text), fill or {}), "xslt", name)
    if start.startswith("<") and not start.startswith(("<hidden>", "<Name")):
        _refuse_other_xml(start, name)
        return _answer(Answer(xml_of(start, name), text, name), "xml", text)
    return _commands(_put_in(text, fill or {}), "commands", name)


def _filled_in(text: str) -> str:
    """A template with blanks for what a portal puts in, line for line."""
    text = _XSLT_TEXT.sub(r"\1", _XSLT_VALUE.sub(r"<\1>", text))
    return _XSLT_REST.sub("", text)


def _put_in(text: str, fill: Mapping[str, str]) -> str:
    for word, value in fill.items():
        text = value.join(re.split(rf"(?<!\w){re.escape(word)}(?!\w)", text))
    return text


def _refuse_other_xml(text: str, name: str) -> None:
    if "<vpn_connection" in text:
        raise ParseError(f"{name} is the generic XML of AWS: download the configuration for vendor Cisco instead")
    found = no_sample(text, VENDORS)
    if found is not None:
        raise ParseError(f"{name} is {found[0].what} (line {found[1]}): {found[0].advice}")


def _answer(answer: Answer, shape: Shape, text: str) -> Sample:
    provider = next(one for one in PROVIDERS if one.name == "alibaba")
    peers = {one.said: one.line for one in answer.tunnels if one.said}
    made = Sample(provider, shape, "", text.count("\n") + 1, (), (), answer.tunnels, tuple(answer.keys), peers)
    return replace(made, tunnels=_checked(made), told=tuple(_told(made, text)))


def _commands(text: str, shape: Shape, name: str) -> Sample:
    count = text.count("\n")
    if count > MOST_LINES:
        raise ParseError(f"{name} has {count} lines: a sample has some hundreds; give that of one connection alone")
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        raise ParseError(f"{name} has a line of {longest} characters, which no configuration for Cisco has")
    sealed = seal(text)
    readings: Mapping[Literal["ios", "asa"], Walked] = {"ios": walk("ios", sealed.text), "asa": walk("asa", sealed.text)}
    os = _os_of(readings, sealed.text, name)
    walked = readings[os]
    tunnels = (ios_tunnels if os == "ios" else asa_tunnels)(walked.statements)
    provider = _provider(sealed.text, name)
    made = Sample(
        provider, shape, os, text.rstrip("\n").count("\n") + 1, walked.statements, walked.passed, tunnels, sealed.keys,
        _peers(walked.statements),
    )  # fmt: skip
    if not tunnels:
        raise ParseError(
            f"{name} has no tunnel: no entry of a crypto map and no tunnel interface with protection; it is cut, or a part"
        )
    told = _told(made, text)
    return replace(made, tunnels=_checked(made), told=tuple(told))


def _os_of(readings: Mapping[Literal["ios", "asa"], Walked], text: str, name: str) -> Literal["ios", "asa"]:
    """For which operating system it is. Raises ParseError for a sample of another vendor, for two in one, and for neither."""
    only = {os: _lines_of_one(os, readings) for os in readings}
    vendor = no_sample(text, VENDORS)
    both = [(os, lines[0]) for os, lines in only.items() if len(lines) >= _ENOUGH]
    if vendor is not None and both:
        raise ParseError(
            f"{name} is mixed: line {both[0][1]} is for Cisco, and line {vendor[1]} of {vendor[0].what}; give one alone"
        )
    if vendor is not None:
        raise ParseError(f"{name} is {vendor[0].what} (line {vendor[1]}): {vendor[0].advice}")
    if len(both) > 1:
        ios, asa = only["ios"][0], only["asa"][0]
        raise ParseError(f"{name} is mixed: line {ios} is for IOS and line {asa} for an ASA; give one file for each")
    found = max(readings, key=lambda os: (len(only[os]), readings[os].known))
    if not readings[found].known:
        raise ParseError(f"{name} is no sample for Cisco: no line of it is one of a tunnel on IOS or on an ASA")
    return found


#: Lines that one operating system has and the other has not, or has with another meaning.
_TELLING: Mapping[str, frozenset[str]] = {
    "ios": frozenset(
        (
            *(
                "isakmp-key",
                "keyring",
                "isakmp-profile",
                "ikev2-proposal",
                "ikev2-keyring",
                "ikev2-profile",
                "crypto-map",
                "named-list",
            ),
            *("route", "set-isakmp-profile", "set-ikev2-profile", "keyring-key"),
        )
    ),
    "asa": frozenset(
        (
            *(
                "tunnel-group",
                "group-keys",
                "ikev1-enable",
                "ikev2-enable",
                "ipsec-proposal",
                "map-match",
                "map-peer",
                "map-binding",
            ),
            *("object-group", "route", "tunnel-nameif", "ikev1-transform-set", "group-policy"),
        )
    ),
}


def _lines_of_one(os: Literal["ios", "asa"], readings: Mapping[Literal["ios", "asa"], Walked]) -> list[int]:
    """Numbers of the lines that tell this one, and are no such lines to the other."""
    other: Literal["ios", "asa"] = "asa" if os == "ios" else "ios"
    theirs = {one.number for one in readings[other].statements if one.form is not None and one.form.os}
    return [
        one.number
        for one in readings[os].statements
        if one.form is not None and one.form.name in _TELLING[os] and one.number not in theirs
    ]


def _provider(text: str, name: str) -> Provider:
    found = providers_of(text)
    if len(found) > 1:
        (first, at), (second, then) = found[:2]
        raise ParseError(
            f"{name} is mixed: line {at} is of {first.title} and line {then} of {second.title}; give one file for each"
        )
    return found[0][0] if found else UNKNOWN


def _peers(statements: Sequence[Statement]) -> dict[str, int]:
    """Every word that stands where a peer stands, with its first line."""
    found: dict[str, int] = {}
    for one in statements:
        for key in ("a_peer", "a_peers"):
            for word in one.parts.get(key, "").split():
                if one.form is not None and (address(word) is not None or word in one.blanks):
                    found.setdefault(word, one.number)
    return found


def _checked(sample: Sample) -> tuple[SampleTunnel, ...]:
    """The tunnels, each with what is wrong with its keys."""
    values = {key.mark: key.value for key in sample.keys}
    found = []
    for tunnel in sample.tunnels:
        cut = list(tunnel.cut)
        if len({values.get(mark) for mark in tunnel.keys}) > 1:
            cut.append(f"the peer {tunnel.said} has several keys: one for both directions is built")
        systems = tunnel.systems if tunnel.systems != (None, None) else _systems(sample, tunnel)
        found.append(replace(tunnel, cut=tuple(dict.fromkeys(cut)), systems=systems))
    return tuple(found)


def _systems(sample: Sample, tunnel: SampleTunnel) -> tuple[int | None, int | None]:
    """Our autonomous system, and that of the neighbour in the network of the tunnel."""
    ours = part(sample.statements, "bgp", "n_asn")
    inside = tunnel.inside.network if tunnel.inside is not None else None
    theirs = [
        one.parts["n_asn"]
        for one in by_name(sample.statements, "bgp-neighbour-as")
        if inside is not None and (found := address(one.parts["a_neighbour"])) is not None and found in inside
    ]
    return number(ours), number(theirs[0]) if theirs else None


def _told(sample: Sample, text: str) -> Iterator[str]:
    """What makes the sample as a whole one that no intent may be made of: a part of it seems to be missing."""
    reached = {tunnel.said for tunnel in sample.tunnels}
    for word, line in sample.peers.items():
        if word not in reached and word != "0.0.0.0":  # noqa: S104 - the wildcard of a key, not an address to bind to
            yield f"line {line} names the peer {word}, and no tunnel of the sample goes there: the file is cut, or two in one"
    for one in sample.statements:
        strange = _PEER_LIKE.search(one.text) if one.form is None else None
        if strange is not None and strange["peer"] not in reached:
            yield f"line {one.number} names {strange['peer']} where no rule takes it for a peer: the file is cut, or damaged"
    provider = sample.provider
    if provider.announces is not None and provider.announces.search(text) and len(reached) < provider.tunnels:
        yield f"the sample announces {provider.tunnels} tunnels and has {len(reached)}: the file is cut"
    last = max((one.number for one in sample.statements), default=0)
    if sample.statements and not text.endswith("\n") and last == sample.lines:
        yield f"line {last} is the last one and has no line end, so that it may be cut: look at it, and end it with a line break"


def keys_of(sample: Sample, tunnel: SampleTunnel) -> tuple[SampleKey, ...]:
    """The keys of one tunnel."""
    return tuple(key for key in sample.keys if key.mark in tunnel.keys)
