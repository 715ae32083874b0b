"""A provider's sample against one device, line by line: what its release takes, what is shared, weak, wrong, or to be filled in.

Pure: the sample, what the platform can do, and the running configuration where it is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface

from ...changes.objects import Config
from ...inventory.models.platforms import Platform
from ...inventory.models.release import Release
from ...inventory.models.release_rules import RULES
from ...parsers.provider_samples import Sample, SampleKey, Statement
from .sample_algorithms import by_algorithms, by_offers
from .sample_beside import beside
from .sample_line import LineVerdict

#: A key that is shorter is advised against, and one that is shorter than LEAST or longer than MOST is taken by no device of ours.
ADVISED, LEAST, MOST = 24, 8, 128
_SYSTEMS = {"ios": "IOS", "asa": "ASA"}
_ONE_IN_ALL = "takes any peer that knows the key: name the peer's address"


def judge(sample: Sample, platform: Platform, running: Config | None) -> tuple[LineVerdict, ...]:
    """What is to be said of each line, in the order of the lines. Remarks and blank lines have none."""
    there = beside(sample, running) if running is not None and sample.os == platform.os else {}
    found: list[LineVerdict] = []
    for one in sample.statements:
        said = [*_of_line(one, sample, platform), *there.get(one.number, ())]
        # That it is there already is a better reason for taking it than none, and no reason beside another word.
        grave = [verdict for verdict in said if verdict.word != "accepted"]
        found += grave or said[-1:] or [LineVerdict(one.number, "accepted", "", one.text)]
    if not sample.statements:
        found += by_offers(sample, platform)
    found += _refused_remarks(sample)
    found += _of_keys(sample)
    spoken = {one.line for one in found if one.word != "accepted"}
    kept = (one for one in found if one.word != "accepted" or one.line not in spoken)
    return tuple(sorted(dict.fromkeys(kept), key=lambda one: one.line))


def _of_line(one: Statement, sample: Sample, platform: Platform) -> Iterator[LineVerdict]:
    if one.form is None:
        yield LineVerdict(one.number, "unknown", "no rule of nr-run knows this line, so it is not carried over", one.text)
    yield from _blanks(one)
    if one.form is None:
        return
    if sample.os != platform.os:
        reason = f"a line of {_SYSTEMS[sample.os]}, and the device is {platform}"
        yield LineVerdict(one.number, "refused", reason, one.text)
        return
    yield from _by_release(one, platform)
    yield from by_algorithms(one, sample, platform)
    if one.form.box:
        yield LineVerdict(one.number, "shared", one.form.box, one.text)
    if one.form.weak or _is_wildcard(one):
        yield LineVerdict(one.number, "weak", one.form.weak or _ONE_IN_ALL, one.text)
    if one.form.fault:
        yield LineVerdict(one.number, "wrong", one.form.fault, one.text)
    yield from _faults(one, sample)


def _blanks(one: Statement) -> Iterator[LineVerdict]:
    if one.blanks:
        words = " and ".join(one.blanks)
        yield LineVerdict(
            one.number, "placeholder", f"{words} {'is' if len(one.blanks) == 1 else 'are'} to be filled in", one.text
        )


def _by_release(one: Statement, platform: Platform) -> Iterator[LineVerdict]:
    since = one.form.since if one.form is not None else ""
    if since and platform.release < Release.parse(since):
        reason = f"came with {_SYSTEMS[platform.os]} {since}, and the device runs {platform.release}"
        yield LineVerdict(one.number, "refused", reason, one.text)
    for rule in RULES:
        begun = rule.os == platform.os and rule.since <= platform.release
        # What set pfs alone means is a matter of its group, and told there.
        if (
            begun
            and rule.effect == "replaces"
            and rule.line is not None
            and rule.line.fullmatch(one.text)
            and one.text != "set pfs"
        ):
            yield LineVerdict(one.number, "accepted", f"from {rule.since} on {rule.sentence}", one.text, rule.source)


def _is_wildcard(one: Statement) -> bool:
    """A key, or an identity, for any peer."""
    if one.form is None or one.form.area not in ("key", "ike"):
        return False
    return one.parts.get("a_peer") == str(IPv4Address(0)) or one.parts.get("a_mask") == str(IPv4Address(0))


def _faults(one: Statement, sample: Sample) -> Iterator[LineVerdict]:
    """What a device takes and what does not do what is meant."""
    name = one.form.name if one.form is not None else ""
    if name == "bgp-neighbour-as":
        yield from _neighbour(one, sample)
    elif name == "proposal-integrity":
        ciphers = [
            other.parts["ciphers"]
            for other in sample.statements
            if other.form and other.form.name == "proposal-encryption" and other.path == one.path
        ]
        if any("gcm" in words.lower() for words in ciphers) and "null" not in one.text.lower():
            yield LineVerdict(
                one.number, "wrong", "GCM has an integrity of its own: the other end has to be set to null", one.text
            )
    elif name == "route" and one.parts.get("a_network") == str(IPv4Address(0)) and one.parts.get("a_mask") == str(IPv4Address(0)):
        yield LineVerdict(one.number, "shared", "the default route of the device", one.text)
    elif name == "bgp-network" and one.parts.get("a_network") == str(IPv4Address(0)):
        yield LineVerdict(one.number, "wrong", "tells the provider to send everything that it has no route for", one.text)
    elif name == "transform-mode" and one.parts.get("mode", "").lower() == "transport":
        yield LineVerdict(one.number, "wrong", "transport mode carries no network: tunnel mode is built", one.text)


def _neighbour(one: Statement, sample: Sample) -> Iterator[LineVerdict]:
    """A neighbour in none of the networks of the tunnels is not reached, unless it is said to be several hops away."""
    neighbour = one.parts.get("a_neighbour", "")
    lines = [other.text for other in sample.statements if other.parts.get("a_neighbour") == neighbour]
    insides = [tunnel.inside for tunnel in sample.tunnels if tunnel.inside is not None]
    if neighbour in one.blanks or any("ebgp-multihop" in line for line in lines) or not insides:
        return
    if not any(_holds(inside, neighbour) for inside in insides):
        networks = " or ".join(dict.fromkeys(str(inside.network) for inside in insides))
        yield LineVerdict(
            one.number, "wrong", f"the neighbour {neighbour} is not in {networks}, the network of a tunnel", one.text
        )


def _holds(inside: IPv4Interface, word: str) -> bool:
    try:
        return IPv4Address(word) in inside.network
    except ValueError:
        return False


def _refused_remarks(sample: Sample) -> Iterator[LineVerdict]:
    for one in sample.passed:
        if one.refused:
            yield LineVerdict(one.number, "refused", one.why, "#")


def _of_keys(sample: Sample) -> Iterator[LineVerdict]:
    """What is to be said of the keys, without one word of them."""
    texts = {one.number: one.text for one in sample.statements}
    seen: dict[str, int] = {}
    of_peer = {mark: tunnel.said for tunnel in sample.tunnels for mark in tunnel.keys}
    for key in sample.keys:
        text = texts.get(key.line, "the pre-shared key")
        if key.stand_in:
            yield LineVerdict(key.line, "placeholder", f"{key.stand_in}: the real one is to be filled in", text)
            continue
        yield from (LineVerdict(key.line, "weak", reason, text) for reason in _of_key(sample, key))
        first = seen.setdefault(key.value, key.line)
        marks = {one.line: one.mark for one in sample.keys}
        if first != key.line and of_peer.get(marks[first]) != of_peer.get(key.mark):
            yield LineVerdict(key.line, "weak", f"the same key as in line {first}, for another peer", text)


def _of_key(sample: Sample, key: SampleKey) -> Iterator[str]:
    length = len(key.value)
    if length < LEAST or length > MOST:
        yield f"the key has {length} characters: {LEAST} to {MOST} are taken"
    elif length < ADVISED:
        yield f"the key has {length} characters: {ADVISED} random ones or more are advised"
    form = sample.provider.key_form
    if form is not None and not form.fullmatch(key.value):
        yield f"{sample.provider.key_sentence}: this is no key of it"
