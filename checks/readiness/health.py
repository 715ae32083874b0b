"""Is a device ready for changes? Pure functions of what an examination saw, whatever is built on it.

What stops a change fails here; what makes one riskier, or will stop one with the next release, is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from ...changes.configurations import tree
from ...changes.configurations.refusals import is_refused
from ...changes.plans.change import Change
from ...inventory.errors import DeviceRefused, NotKnown, ParseError
from ...inventory.models.newer_releases import newer_than_known
from ...inventory.models.platforms import Platform
from ...inventory.systems import system_of
from ...parsers import parse
from ..finding import Evidence, Finding, Status
from ..observations.questions import QUESTIONS
from .device_facts import doubt, say
from .failover_pair import one_unit
from .precheck import identity, nvram
from .rollback_methods import METHODS_BY_NAME, boots, choose, methods_of, pending_timers

#: SSH algorithms that a client of today may refuse, and why (RFC 9142; OpenSSH 8.8 release notes).
OLD_SSH: Mapping[str, str] = {
    "ssh-rsa": "a signature with SHA-1",
    "ssh-dss": "a key of 1024 bits",
    "aes128-cbc": "CBC",
    "aes192-cbc": "CBC",
    "aes256-cbc": "CBC",
    "3des-cbc": "triple DES",
    "hmac-sha1": "SHA-1",
    "hmac-sha1-96": "SHA-1",
    "hmac-md5": "MD5",
}
#: Minutes for which a way back is chosen, as a run does without a wish.
MINUTES = 15


class Algorithms(Struct, frozen=True):
    """What SSH agreed on."""

    key: str
    cipher: str
    integrity: str

    @property
    def named(self) -> tuple[str, ...]:
        """All names that were agreed on."""
        return tuple(word for word in (self.key, self.cipher, self.integrity) if word)


class Examined(Struct, frozen=True):
    """One device as an examination saw it. ``prompts`` by mode; ``no_configuration``: why configuration mode was not entered."""

    host: str
    platform: Platform
    outputs: Mapping[str, str]
    doubts: tuple[str, ...]
    prompts: Mapping[str, str]
    no_configuration: str
    algorithms: Algorithms | None
    login_seconds: float
    time: str

    @property
    def nodes(self) -> tuple[tree.Node, ...]:
        """The running configuration as a tree."""
        return tree.parse(self.outputs[system_of(self.platform).running])

    @property
    def change(self) -> Change:
        """None: an examination plans no change."""
        return Change(self.host, self.platform.os, (), (), (), (), ())


Check = Callable[[Examined], Iterator[Finding]]


def health(seen: Examined) -> tuple[Finding, ...]:
    """All findings on one device, in the order in which a person reads them."""
    return tuple(finding for check in _CHECKS for finding in check(seen))


def unreached(host: str, sentence: str, time: str) -> Finding:
    """The finding on a device that cannot be examined."""
    return Finding("login", host, Status.FAILED, sentence, (Evidence(host, "login", "error", sentence, time),))


def _login(seen: Examined) -> Iterator[Finding]:
    if seen.algorithms is None:
        words = "it is reached by telnet: login and keys go over the line in clear"
        yield doubt(seen, "login", Status.WARNING, words, "login", "transport", "telnet")
        return
    named = ", ".join(seen.algorithms.named) or "unknown algorithms"
    old = [f"{word} ({OLD_SSH[word]})" for word in seen.algorithms.named if word in OLD_SSH]
    words = f"SSH with {named}; the login took {seen.login_seconds:.1f} s"
    if old:
        words = f"SSH agrees on {', '.join(old)}: a client of today may refuse that"
    yield doubt(seen, "login", Status.WARNING if old else Status.OK, words, "login", "algorithms", named)


def _modes(seen: Examined) -> Iterator[Finding]:
    entered = "configuration" in seen.prompts
    words = f"the prompts are {' and '.join(repr(prompt) for prompt in seen.prompts.values())}"
    words = words if entered else f"configuration mode was not entered: {seen.no_configuration}"
    yield say(seen, "modes", entered, words, "configure terminal", "prompt", seen.prompts.get("configuration", "none"))


def _readings(seen: Examined) -> Iterator[Finding]:
    words = "; ".join(seen.doubts)
    status = Status.WARNING if words else Status.OK
    sentence = (
        f"its configurations are complete as far as can be seen, but {words}" if words else "its configurations are complete"
    )
    yield doubt(seen, "readings", status, sentence, system_of(seen.platform).running, "size", "doubted" if words else "verified")


def _release(seen: Examined) -> Iterator[Finding]:
    for sentence in newer_than_known({seen.host: seen.platform}):
        words = sentence.removeprefix(f"{seen.host}: ")
        yield doubt(seen, "platform", Status.WARNING, words, "inventory", "release", seen.platform.release)


def _saved(seen: Examined) -> Iterator[Finding]:
    commands = system_of(seen.platform)
    running, startup = (tree.normalise(seen.outputs[name]) for name in (commands.running_as_saved, commands.startup))
    same = running == startup
    words = "startup and running configuration are one"
    if not same:
        words = "the running configuration is not saved: a change is refused until it is saved or reverted"
    yield doubt(seen, "saved", Status.OK if same else Status.WARNING, words, commands.startup, "equals running-config", same)


def _way_back(seen: Examined) -> Iterator[Finding]:
    try:
        chosen = choose(seen.platform, seen.outputs, MINUTES)
    except NotKnown as error:
        yield doubt(seen, "rollback-method", Status.UNVERIFIED, str(error), "show", "rollback method", "unknown")
        return
    if chosen is None:
        words = "the release has no way to roll itself back"
        yield doubt(seen, "rollback-method", Status.WARNING, words, "show", "rollback method", "none")
        return
    gentler = [method.name for method in methods_of(seen.platform)]
    best = chosen.name == gentler[0]
    words = f"it would roll itself back by {chosen.name}"
    if chosen.because:
        words += f" ({'; '.join(chosen.because)})"
    if METHODS_BY_NAME[chosen.name].reloads:
        words += ", which ends in a reload"
    status = Status.OK if best else Status.WARNING
    yield doubt(seen, "rollback-method", status, words, "show", "rollback method", chosen.name)


def _parsers(seen: Examined) -> Iterator[Finding]:
    """Does every parser understand all that this device shows now? What is not understood later makes a proof unverified."""
    system, read = system_of(seen.platform), 0
    for question in QUESTIONS:
        command = question.command(system)
        text = seen.outputs.get(command or "", "")
        if command is None or not text.strip() or is_refused(text):
            continue
        try:
            parsed = parse(seen.platform.os, command, f"{text}\n")
        except (ParseError, DeviceRefused) as error:
            yield doubt(seen, "parsers", Status.FAILED, f"{command}: {error}", command, "read", "no")
            continue
        read += 1
        if not parsed.complete:
            first = parsed.problems[0]
            words = f"{command} was not understood at {len(parsed.problems)} places, first in line {first.line}: {first.why}"
            yield doubt(seen, "parsers", Status.FAILED, words, command, f"line {first.line}", first.text.strip())
    if read:
        yield doubt(seen, "parsers", Status.OK, f"the answers to {read} show commands were read", "show", "commands", read)


_MODE = re.compile(r"System Security Mode\s*:\s*(?P<mode>\w+)")
_COUNT = re.compile(r"Total Active Insecure Commands:\s*(?P<count>\d+)")
_ENTRY = re.compile(r"^\s*(?P<key>Module|CLI Command|Remediation):\s*(?P<value>.*?)\s*$", re.MULTILINE)


def _insecure(seen: Examined) -> Iterator[Finding]:
    """What the release itself says it warns of, and will refuse (IOS-XE from 17.18.2 on; it blocks from 26.1.1 on)."""
    mode, listed = (seen.outputs.get(command, "") for command in system_of(seen.platform).insecure or ("", ""))
    found = _MODE.search(mode)
    if found is None:
        return
    insecure = found["mode"].lower() == "insecure"
    words = f"system security mode is {found['mode'].lower()}"
    if insecure:
        words += ": it accepts lines that it would otherwise block; the release may have added that line at an upgrade"
    command = system_of(seen.platform).insecure[0]
    yield doubt(seen, "security-mode", Status.WARNING if insecure else Status.OK, words, command, "mode", found["mode"])
    yield from _listed(seen, listed)


def _listed(seen: Examined, text: str) -> Iterator[Finding]:
    count = _COUNT.search(text)
    if count is None:
        return
    entries: list[dict[str, str]] = []
    for match in _ENTRY.finditer(text):
        if match["key"] == "Module":
            entries.append({})
        if entries:
            entries[-1][match["key"]] = match["value"]
    told = "; ".join(f"{entry.get('CLI Command', '?')} ({entry.get('Remediation', 'no remedy named')})" for entry in entries[:3])
    more = f", and {len(entries) - 3} more" if len(entries) > 3 else ""
    number = int(count["count"])
    words = f"it warns of {number} of its lines: {told}{more}" if number else "it warns of none of its lines"
    command = system_of(seen.platform).insecure[1]
    yield doubt(seen, "insecure-lines", Status.WARNING if number else Status.OK, words, command, "count", number)


def _boots(seen: Examined) -> Iterator[Finding]:
    yield boots(seen)


#: In the order of a login, then of a change.
_CHECKS: tuple[Check, ...] = (
    _login,
    _modes,
    identity,
    one_unit,
    _release,
    _readings,
    _saved,
    nvram,
    _boots,
    pending_timers,
    _way_back,
    _parsers,
    _insecure,
)
