"""Observe one device for a verification: its configuration and states, pings if wanted, and the states afterwards.

One login, and at most six exchanges. Whatever becomes of the device, what it has shown until then is handed on at once, so that a
device that hangs costs its services no more than what it did not come to show.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from nornir.core.task import Result, Task

from ..changes.configurations.configuration import Configuration
from ..changes.configurations.nameif import interfaces as asa_interfaces
from ..checks.observations.looks import DROPS, Look, Shown, Stimulus
from ..checks.observations.observation import Observation, Probe
from ..checks.observations.questions import QUESTIONS, ROUTE, Question
from ..checks.proof import Traffic
from ..checks.readiness.failover_pair import SHOW as FAILOVER
from ..checks.readiness.failover_pair import standby
from ..checks.readiness.precheck import is_named, name_in
from ..checks.readiness.rollback_methods import shows_of
from ..checks.readiness.timers import RELOAD, REVERT
from ..inventory.errors import DeviceRefused, NotKnown, NrRunError, ParseError
from ..inventory.models.platforms import Platform
from ..inventory.systems import System, system_of
from ..parsers import parse
from ..parsers.result import Parsed
from .answers import borne_out
from .device import session
from .gather import asking, now, texts
from .reader import Ping, Reader
from .sessions.session import Reply

#: Packets of one burst; of many bursts in one exchange each has fewer, since the device waits for each that is lost.
PINGS, PINGS_OF_MANY = 5, 3
#: Packets of a burst of full size.
LARGE = 2
MANY = 12
#: Seconds per packet of a burst: at most, and if the answer comes at once.
SLOW_SECONDS, QUICK_SECONDS = 2.0, 0.2
#: Seconds that are reserved for reading the states after the pings.
LOOK_SECONDS = 5.0
#: A burst may lose this many packets: the first ones are lost while IKE negotiates.
LOST = 2
#: A run of nr-run is recognised on a device by this.
_TAG = re.compile(r"\bnr-(\d{8}T\d{6}Z-[0-9a-f]{4})\b")


class Limits(Struct, frozen=True):
    """``until`` is when all has to be over (time.monotonic()); ``pause`` are the seconds between two looks without pings."""

    until: float
    may_ping: bool
    pause: float

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.until - time.monotonic()


#: What a device has to send, by what it has shown so far.
Wishes = Callable[[Shown], Sequence[Stimulus]]
Hand = Callable[[Shown], None]


def look(
    task: Task,
    platform: Platform,
    questions: Sequence[Question],
    wishes: Wishes,
    hand: Hand,
    limits: Limits,
    also: Sequence[str] = (),
    own: Sequence[str] = (),
) -> Result:
    """Nornir task. ``hand`` is given what is known so far, after each exchange; ``result`` is the last of it.

    ``also`` are commands that the first exchange has besides, for what no question has a view of: the device may refuse them.
    ``own`` are commands whose answers are kept as they are, at each look. Without a question nothing is asked but the
    configuration.
    """
    began = time.monotonic()
    visit = _Visit(task, platform, questions, limits, began, hand, also, own)
    try:
        visit.first()
        visit.again(wishes)
        made = visit.so_far
    except NrRunError as error:
        made = replace(visit.so_far, problem=str(error))
    made = replace(made, over=True, seconds=time.monotonic() - began, unread=made.unread or _unread(made, visit.needed))
    hand(made)
    return Result(host=task.host, result=made)


class _Visit:
    """One device while it is looked at."""

    def __init__(
        self,
        task: Task,
        platform: Platform,
        questions: Sequence[Question],
        limits: Limits,
        began: float,
        hand: Hand,
        also: Sequence[str],
        own: Sequence[str],
    ) -> None:
        self.so_far = Shown(task.host.name, platform)
        self._task, self._platform, self._questions = task, platform, tuple(questions)
        self._limits, self._began, self._hand, self._also = limits, began, hand, tuple(also)
        self._own = tuple(own)
        self._system: System = system_of(platform)
        self._reader: Reader | None = None
        self._trips = 0

    @property
    def needed(self) -> tuple[Question, ...]:
        """What it has to know: questions that this generation can answer."""
        return tuple(question for question in self._questions if question.command(self._system))

    @property
    def _running(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self._system.running, self._system.running_as_saved)))

    @property
    def _states(self) -> tuple[str, ...]:
        return asking(self._system, self._questions) if self._questions else ()

    @property
    def _pair(self) -> tuple[str, ...]:
        return (FAILOVER,) if FAILOVER in self._system.facts else ()

    def first(self) -> None:
        """The first observation; a damaged answer is asked for once more, over another login."""
        timers = tuple(show for show in (RELOAD, REVERT) if show == RELOAD or show in shows_of(self._platform))
        commands = self._with_own((*self._running, *self._states, *timers, *self._pair, *self._also))
        try:
            replies = self._open().look(commands)
        except (DeviceRefused, NotKnown):
            self._close()
            replies = self._open().look(commands)
        self._take(replies, {})
        self._refuse_another()
        outputs = texts(replies)
        self._refuse_standby(outputs)
        tags = _TAG.findall("\n".join(outputs.get(show, "") for show in (*timers, *self._running)))
        if tags:
            self._tell(changing=f"{self.so_far.host} is being changed by run {tags[0]}, whose timer is armed")

    def _refuse_another(self) -> None:
        """Raise NotKnown if the host name shows that another device answers at this address."""
        name = name_in(self.so_far.running.nodes) if self.so_far.running else ""
        if name and not is_named(self.so_far.host, name):
            self.so_far = replace(self.so_far, looks=(), running=None)
            raise NotKnown(
                f"{self.so_far.host}: the device at its address calls itself {name}, so nothing that it shows is taken as known"
            )

    def _refuse_standby(self, outputs: Mapping[str, str]) -> None:
        """Raise NotKnown if the unit at this address is not the one of its pair that carries the traffic: it has the SAs of the
        other one, and no packet passes."""
        if unit := standby(outputs.get(FAILOVER, "")):
            self.so_far = replace(self.so_far, looks=(), running=None)
            raise NotKnown(
                f"{self.so_far.host}: the device at its address is not the active unit of its failover pair ({unit}), so nothing "
                "that it shows is taken as known: give the address of the active unit"
            )

    def again(self, wishes: Wishes) -> None:
        """Send pings and observe, until nothing more can be learnt or the time is over."""
        if not self._questions:
            if self._more():
                self._take(self._open().look(self._more()), {})
            return
        wanted = tuple(wishes(self.so_far)) if self._limits.may_ping else ()
        if not wanted or (len(wanted) > MANY and self._platform.ping != "dialogue"):
            # Where users send, counters rise by themselves; and of many flows most need no ping then.
            self._pause()
            self._take(self._open().look(self._more()), {})
            wanted = tuple(wishes(self.so_far)) if self._limits.may_ping else ()
        if any(item.waits for item in wanted):
            self._pause()
        for _ in range(2):
            if not wanted or not self._ping(wanted):
                return
            wanted = self._open_of(wanted)

    def _open_of(self, wanted: Sequence[Stimulus]) -> tuple[Stimulus, ...]:
        """What is sent in the second round; of many flows nothing that only packets of full size were to follow."""
        items = tuple(item for item in wanted if self._is_open(item))
        return items if len(items) <= MANY else tuple(item for item in items if not self._is_answered(item))

    def _is_open(self, item: Stimulus) -> bool:
        """Whether a burst is sent in the second round: too few of the first came back, or of those of full size none, or it had
        no time: every ping of the first round was reckoned as lost, and most are answered long before."""
        last = self.so_far.looks[-1]
        if item.traffic not in last.pings:
            return item.traffic in self.so_far.unsent
        large = last.large.get(item.traffic)
        return not self._is_answered(item) or (item.full_bytes is not None and not (large and large.received))

    def _is_answered(self, item: Stimulus) -> bool:
        probe = self.so_far.looks[-1].pings.get(item.traffic)
        return probe is not None and probe.received >= max(1, probe.sent - LOST)

    def _pause(self) -> None:
        """Wait for the pause between two observations, as far as time is left."""
        time.sleep(max(0.0, min(self._limits.pause, self._limits.left - LOOK_SECONDS)))

    def _ping(self, wanted: Sequence[Stimulus]) -> bool:
        """One round; False where nothing was sent."""
        pings, unsent, short = self._affordable(wanted)
        unsent = {traffic: why for traffic, why in unsent.items() if traffic not in self._sent}
        if unsent:
            self._tell(unsent={**self.so_far.unsent, **unsent}, short=short)
        if not pings:
            return False
        asked = (DROPS,) if self._loses() else ()
        self._tell(sending=frozenset(item.traffic for item in wanted))
        probes, replies, before = self._open().ping_and_look(pings, (*self._more(), *asked), asked)
        small = {ping.traffic: probe for ping, probe in probes.items() if not ping.large}
        late = [reply for reply in replies if reply.line == DROPS]
        drops = tuple(reply.text for reply in (*before, *late)) if before else ()
        large = {ping.traffic: probe for ping, probe in probes.items() if ping.large}
        self._take([reply for reply in replies if reply.line != DROPS], small, large, drops)
        return True

    @property
    def _sent(self) -> set[Traffic]:
        return {traffic for look in self.so_far.looks for traffic in look.pings}

    def _loses(self) -> bool:
        """Whether packets of the last burst are missing; a device that takes a ping by dialogue has no exchange left for more."""
        lost = any(probe.received < probe.sent for probe in self.so_far.looks[-1].pings.values())
        return lost and self._platform.ping != "dialogue"

    def _affordable(self, wanted: Sequence[Stimulus]) -> tuple[list[Ping], dict[Traffic, str], float]:
        """What there is time for, what is answered at once first, and what was never sent; why the rest is not sent, and how
        many seconds are missing for it."""
        count = PINGS if len(wanted) <= MANY else PINGS_OF_MANY
        left = self._limits.left - LOOK_SECONDS
        pings: list[Ping] = []
        unsent: dict[Traffic, str] = {}
        names = _names_of_sources(self.so_far.running) if self._platform.ping == "nameif" else {}
        sent = self._sent
        for item in sorted(wanted, key=lambda one: (not one.likely, one.traffic in sent)):
            source = str(item.traffic.source)
            left -= (QUICK_SECONDS if item.likely else SLOW_SECONDS) * count
            if self._platform.ping == "nameif" and source not in names:
                unsent[item.traffic] = f"{self.so_far.host}: no interface that is up and has a nameif has address {source}"
            elif left < 0:
                unsent[item.traffic] = f"{self.so_far.host}: there was no time for {item.traffic} before the deadline"
            else:
                pings.append(Ping(item.traffic, count, names.get(source, "")))
        return [*pings, *self._of_full_size(pings, wanted, left)], unsent, max(0.0, -left)

    def _of_full_size(self, pings: Sequence[Ping], wanted: Sequence[Stimulus], left: float) -> Iterator[Ping]:
        """Behind the small ones, in the same exchange: where SAs are there, so that what is lost is lost for its size.

        Of many flows none: each that is lost is waited for.
        """
        if len(wanted) > MANY:
            return
        by_traffic = {ping.traffic: ping for ping in pings}
        for item in wanted:
            ping = by_traffic.get(item.traffic)
            left -= SLOW_SECONDS * LARGE
            if ping and item.full_bytes and left >= 0 and (item.likely or self._came_up(item.traffic)):
                yield Ping(item.traffic, LARGE, ping.nameif, item.full_bytes)

    def _came_up(self, traffic: Traffic) -> bool:
        """Whether anything came back of the burst before."""
        probe = self.so_far.looks[-1].pings.get(traffic)
        return probe is not None and probe.received > 0

    def _more(self) -> tuple[str, ...]:
        """What is asked again: the states, and the configuration if it was not known, or not verified by its size.

        A routing table may be long, and is asked for once.
        """
        held = self.so_far.running
        sure = held is not None and (held.counted is True or len(self._running) > 1)
        return self._with_own((*(() if sure else self._running), *(show for show in self._states if show != self._system.route)))

    def _with_own(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        return (*asked, *(command for command in self._own if command not in asked))

    def _take(
        self,
        replies: Sequence[Reply],
        probes: Mapping[Traffic, Probe],
        large: Mapping[Traffic, Probe] | None = None,
        drops: tuple[str, ...] = (),
    ) -> None:
        """What these replies show, added to what is known."""
        outputs = texts(replies)
        seen = observed(self.so_far.host, self._platform.os, outputs, self._questions)
        if self.so_far.looks and (routes := self.so_far.looks[0].seen.answer(ROUTE)) is not None:
            seen = seen.answering(ROUTE, routes)
        looks = (*self.so_far.looks, Look(seen, dict(probes), dict(large or {}), drops, outputs))
        running, unread = self.so_far.running, self.so_far.unread
        if all(command in outputs for command in self._running):
            try:
                shown = _configuration(self.so_far.host, self._system, replies)
            except NotKnown as error:
                unread = "" if running else str(error)
            else:
                # A text whose size does not fit counts when it comes twice in one form.
                doubted = running is not None and running.counted is not True and not shown.equals(running)
                running = None if doubted else shown
                unread = f"{self.so_far.host}: its running configuration reads differently each time" if doubted else ""
        unsent = {traffic: why for traffic, why in self.so_far.unsent.items() if traffic not in probes}
        short = self.so_far.short if unsent else 0.0
        self._tell(looks=looks, running=running, unread=unread, unsent=unsent, short=short)

    def _tell(self, **changes: object) -> None:
        trips = self._trips + (self._reader.trips if self._reader else 0)
        now_known = {**changes, "trips": trips, "seconds": time.monotonic() - self._began}
        self.so_far = replace(self.so_far, **now_known)
        self._hand(self.so_far)

    def _open(self) -> Reader:
        if self._limits.left <= 0:
            self.so_far = replace(self.so_far, late=True)
            raise NotKnown(f"{self.so_far.host}: the deadline came before it had shown all")
        if self._reader is None:
            self._reader = Reader(session(self._task), self._platform, may_ping=self._limits.may_ping)
        return self._reader

    def _close(self) -> None:
        if self._reader is not None:
            self._trips += self._reader.trips
            self._reader.close()
            self._reader = None


def _unread(shown: Shown, needed: Iterable[Question]) -> str:
    """A sentence on what the device was asked and never showed so that it could be read; empty where there is no such thing."""
    for question in needed:
        answers = [look.seen.answer(question) for look in shown.looks]
        if answers and not any(parsed is not None and parsed.complete for parsed in answers):
            unclear = next((parsed for parsed in answers if parsed is not None), None)
            why = f"line {unclear.problems[0].line} was not understood" if unclear else "it was refused, or is no such answer"
            return f"{shown.host}: {question} could not be read: {why}"
    return ""


def _configuration(host: str, system: System, replies: Sequence[Reply]) -> Configuration:
    """The running configuration, borne out by the second command that shows it. Raises NotKnown."""
    by_line = {reply.line: reply for reply in replies}

    def made(command: str) -> Configuration:
        reply = by_line[command]
        return Configuration(host, system.os, command, reply.text, reply.counted, reply.with_timer)

    return borne_out(made(system.running), made(system.running_as_saved))


def _names_of_sources(running: Configuration | None) -> dict[str, str]:
    """Address to nameif, of interfaces of an ASA that are up."""
    if running is None:
        return {}
    there = (item for item in asa_interfaces(running.nodes) if item.address and item.nameif and not item.shutdown)
    return {str(item.address.ip): item.nameif for item in there if item.address and item.nameif}


def observed(host: str, os: str, outputs: Mapping[str, str], questions: Iterable[Question]) -> Observation:
    """What was shown just now, by question; an answer that is refused, or is none, is left out, and not known."""
    answers: dict[str, Parsed] = {}
    asked = dict.fromkeys(questions)
    for question in dict.fromkeys((*QUESTIONS, *asked)):
        command = next((command for command in question.commands(os) if command in outputs), None)
        if command is None or question not in asked:
            continue
        text = outputs[command]
        try:
            answers[question.name] = parse(os, command, f"{text}\n" if text.strip() else f"{host}#{command}\n{host}#")
        except (ParseError, DeviceRefused):
            continue
    return Observation(host, now(), os, answers)
