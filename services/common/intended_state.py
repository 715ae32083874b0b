"""What a device runs of a deployment, against the intent: planned as for a change, and nothing of it is applied. Pure.

No change is needed: it is as intended. A change is needed: it differs, and the change says by which lines, and who lacks them. A
key that the device shows masked or encrypted with a key of its own (type 6) cannot be compared with anything: that is said, and
is no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from ...changes.configurations.configuration import Configuration
from ...changes.objects import ConfigObject
from ...changes.plans.change import Change, compose, in_stages
from ...changes.plans.plan import plan
from ...checks.finding import Evidence, Finding, Status
from ...checks.planned_running import running_with
from ...checks.verdict import Configured
from ...inventory.errors import ChangeError, NrRunError
from ...inventory.kept import kept_by_text
from ...inventory.models.platforms import Platform
from ...inventory.systems import system_of
from ..service import Deployment, Member, Site
from ..watched import Differing, WatchedDeployment, differing
from .building import build

#: A key that is shown as what it is stored as: encrypted with the master key of the device (type 6; Cisco IOS Security Command
#: Reference, key config-key password-encrypt), or as asterisks, as an ASA does for who may not see it.
_UNREADABLE = re.compile(r"(?<=\s)(?:6 <key:[0-9a-f]+>|\*{3,})(?=\s|$)")
#: A key that no reference holds.
_SHOWN = re.compile(r"<key:[0-9a-f]+>")
#: Stands for a key that cannot be read, and for that of the intent where the two are compared; no reference has such a name.
_ANY_KEY = "<secret:unreadable>"
#: So many lines of a difference are evidence; the rest is counted.
_LINES = 12


class ComparedMember(Struct, frozen=True):
    """One member against the intent. ``change`` is what would bring the device to it, None where that cannot be planned.

    ``sentence`` says what is found in one line; ``unseen`` what could not be compared, a sentence each.
    """

    member: Member
    platform: Platform
    running: Configuration
    configured: Configured
    change: Change | None
    sentence: str
    unseen: tuple[str, ...] = ()
    #: Of what is verified and never built: the lines that are not as intended.
    differing: tuple[Differing, ...] = ()

    @property
    def host(self) -> str:
        """Name of the device."""
        return self.member.host

    @property
    def lacks(self) -> tuple[str, ...]:
        """Lines that the intent has and the device has not, in the order in which they would be typed; keys are tokens."""
        own = tuple(line for one in self.differing for line in filter(None, (one.setting.under, one.setting.line)))
        return own + (tuple(_lines(self.change, created=True)) if self.change else ())

    @property
    def has_besides(self) -> tuple[str, ...]:
        """Lines that the device has of it and the intent has not."""
        own = tuple(one.was for one in self.differing if one.was)
        return own + (tuple(_lines(self.change, created=False)) if self.change else ())

    @property
    def works_without(self) -> bool:
        """False where what is not there is what puts it to use: the tunnel itself, or what binds it to an interface."""
        missing = self.change.created if self.change else ()
        return not any(item.family.is_tunnel or item.family.child_is_object for item in missing)

    @property
    def planned(self) -> Change:
        """The change, or one that changes nothing where none could be planned."""
        if self.change is not None:  # one that changes nothing knows all the same what is there of it
            return self.change
        return compose(self.host, self.platform.os, self.running.objects)

    def finding(self, time: str) -> Finding:
        """It, as a check."""
        status = {Configured.AS_INTENDED: Status.OK, Configured.UNKNOWN: Status.UNVERIFIED}.get(self.configured, Status.FAILED)
        return Finding("configured", self.host, status, self.sentence, tuple(self._evidence(time)))

    def _evidence(self, time: str) -> Iterator[Evidence]:
        for what, lines in (("lacks", self.lacks), ("has besides", self.has_besides)):
            for line in lines[:_LINES]:
                yield Evidence(self.host, self.running.command, what, line.strip(), time)
            if len(lines) > _LINES:
                yield Evidence(self.host, self.running.command, what, f"{len(lines) - _LINES} more lines", time)


def standing(
    deployment: Deployment,
    member: Member,
    platform: Platform,
    running: Configuration,
    keys: Mapping[str, str | None],
    routes: str | None,
) -> ComparedMember:
    """How one member stands. ``keys`` has the token of each reference, None where its value is not at hand.

    ``routes`` is the routing table as the device printed it, None where it did not: which static routes have to stand beside a
    crypto map follows from it.
    """
    if isinstance(deployment, WatchedDeployment):
        return _of_settings(deployment, member, platform, running)
    tokens = {reference: token or _stand_in(reference) for reference, token in keys.items()}
    without_value = [ref for ref, token in keys.items() if not token]
    unseen = _unseen(member.host, running.text, tokens, without_value)
    try:
        change = (
            _at_once(deployment, member, platform, running.text, tokens, routes, every_key=bool(without_value))
            if unseen
            else None
        )
        if change is None:
            text = _comparable(running.text, tokens, every_key=bool(without_value)) if unseen else running.text
            change = _planned(deployment, member, platform, text, tokens, routes)
    except ChangeError as error:
        # Something that is there has other content, or the device has no place for it: in either case it is not as intended.
        # Where keys were taken for those of the intent that may be why it cannot be planned, and nothing follows from it.
        word = Configured.UNKNOWN if unseen else Configured.DIFFERS
        return ComparedMember(member, platform, running, word, None, str(error), unseen)
    except NrRunError as error:
        return ComparedMember(member, platform, running, Configured.UNKNOWN, None, str(error), unseen)
    configured, left = _word(change), _left_of(change, running)
    if configured is Configured.ABSENT and left:
        words = f"{member.host} has {_titles(left)} to the same peer, and it is not at work"
        return ComparedMember(member, platform, running, Configured.DIFFERS, change, words, unseen)
    return ComparedMember(member, platform, running, configured, change, _sentence(member.host, configured, change), unseen)


def _of_settings(
    deployment: WatchedDeployment[object], member: Member, platform: Platform, running: Configuration
) -> ComparedMember:
    """What is never built is compared line by line; nothing is planned for it."""
    found = differing(deployment.settings.get(member.host, ()), running)
    gone = any(one.setting.is_ground and not one.was for one in found)
    word = Configured.ABSENT if gone else Configured.DIFFERS if found else Configured.AS_INTENDED
    lacks = ", ".join(f"{one.setting.line!r}" + (f" (has {one.was!r})" if one.was else "") for one in found)
    sentence = f"{member.host} lacks {lacks}" if found else f"{member.host} is configured as intended"
    return ComparedMember(member, platform, running, word, None, sentence, differing=found)


def _planned(
    deployment: Deployment, member: Member, platform: Platform, running: str, keys: Mapping[str, str], routes: str | None
) -> Change:
    """Each stage on what the device would run after those before it, as for a change."""
    system = system_of(platform)
    outputs = {system.running: running}
    if routes is not None and system.route:
        outputs[system.route] = routes
    changes: list[Change] = []
    for stage in deployment.stages:
        built = build(stage, Site(member, platform, running, keys, None, outputs))
        change = plan(member.host, platform.os, built.text, running, built.replacing)
        changes.append(change)
        if stage is not deployment.stages[-1]:
            running = running_with(change, running)
    return in_stages(changes, deployment.way_back)


def _stand_in(reference: str) -> str:
    return f"<secret:{reference}>"


class _Keys(Struct, frozen=True):
    """What a configuration shows in the place of keys, found once for all deployments of its device.

    ``hidden``: some are masked or encrypted. ``shown``: some are shown that no reference holds. Either text has `_ANY_KEY` in
    their place: of the hidden ones, and of those that are shown as well.
    """

    hidden: bool
    shown: bool
    without_hidden: str
    without_any: str


@kept_by_text()
def _keys_in(text: str) -> _Keys:
    without_hidden, hidden = _UNREADABLE.subn(_ANY_KEY, text)
    without_any, shown = _SHOWN.subn(_ANY_KEY, without_hidden)
    return _Keys(hidden > 0, shown > 0, without_hidden, without_any)


def _unseen(host: str, text: str, tokens: Mapping[str, str], without_value: Sequence[str]) -> tuple[str, ...]:
    """A sentence where a key of the intent cannot be compared; without the value of the key none that the device shows can."""
    if not tokens:
        return ()
    found, said = _keys_in(text), []
    if found.hidden:
        said.append(f"{host} shows keys masked or encrypted: whether they are those of the intent only IKE can show")
    if without_value and found.shown:
        said.append(f"the key {', '.join(without_value)} is not at hand, so it was not compared with that of {host}")
    return tuple(said)


def _at_once(
    deployment: Deployment,
    member: Member,
    platform: Platform,
    text: str,
    tokens: Mapping[str, str],
    routes: str | None,
    *,
    every_key: bool,
) -> Change | None:
    """A change that changes nothing, if a text that serves all deployments of the device shows that; None where it does not.

    A text with the key of one deployment in it has to be read for that one alone: on a hub that is much work for each tunnel.
    """
    one_for_all = _keys_in(text).without_any if every_key else _keys_in(text).without_hidden
    for keys in (dict.fromkeys(tokens, _ANY_KEY), tokens):
        try:
            change = _planned(deployment, member, platform, one_for_all, keys, routes)
        except NrRunError:
            continue
        if not change:
            return change
    return None


def _comparable(text: str, tokens: Mapping[str, str], *, every_key: bool) -> str:
    """The configuration with the key of the intent wherever a key cannot be read."""
    token = next(iter(tokens.values()))
    text = _UNREADABLE.sub(token, text)
    return _SHOWN.sub(token, text) if every_key else text


def _word(change: Change) -> Configured:
    if not change:
        return Configured.AS_INTENDED
    there = (*change.reused, *(edit.before for edit in change.edited), *change.removed)
    if any(item.family.is_tunnel for item in change.created) and not any(item.family.is_tunnel for item in there):
        return Configured.ABSENT
    return Configured.DIFFERS if there else Configured.ABSENT


def _left_of(change: Change, running: Configuration) -> tuple[ConfigObject, ...]:
    """What goes to the same peer and is not used as it is: of a map that is on no interface, or of somebody else's making."""
    peers = {peer for item in change.created for peer in item.peers}
    there = (item for peer in sorted(peers) for item in running.objects.tunnels_to.get(peer, ()))
    return tuple({item.key: item for item in there}.values())


def _sentence(host: str, configured: Configured, change: Change) -> str:
    if configured is Configured.AS_INTENDED:
        return f"{host} is configured as intended"
    if configured is Configured.ABSENT:
        return f"{host} does not have it"
    parts = [
        ("lacks", change.created),
        ("differs in", tuple(edit.after for edit in change.edited)),
        ("has besides", change.removed),
    ]
    said = [f"{verb} {_titles(items)}" for verb, items in parts if items]
    return f"{host} {', '.join(said)}"


def _titles(items: Sequence[ConfigObject]) -> str:
    titles = tuple(dict.fromkeys(item.title for item in items))
    more = f" and {len(titles) - 3} more" if len(titles) > 3 else ""
    return ", ".join(titles[:3]) + more


def _lines(change: Change, *, created: bool) -> Iterator[str]:
    whole = change.created if created else change.removed
    for item in whole:
        yield item.header
        yield from (f" {line}" for line in item.children)
    for edit in change.edited:
        here, there = (edit.after, edit.before) if created else (edit.before, edit.after)
        lines = [line for line in here.children if line not in there.children]
        if here.header != there.header or lines:
            yield here.header
        yield from (f" {line}" for line in lines)
