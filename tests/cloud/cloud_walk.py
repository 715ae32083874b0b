"""A connection to Alibaba Cloud with an error planted, walked through every place where it could be caught, in their order.

The firewall and both gateways are those of the lab, in this process; what is typed there is what the plan says.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nr_run.changes.plans.change import in_stages
from nr_run.checks.finding import Finding, Status, proved
from nr_run.inventory.errors import ChangeError, IntentError
from nr_run.services.cloud.intents.intent import Cloud
from nr_run.services.cloud.intents.intent_file import load
from nr_run.services.cloud.prechecks import precheck
from nr_run.services.cloud.service import IntendedConnections
from nr_run.services.service import Sight

from ..changes.whole import whole
from ..services.cloud.planned import staged
from ..services.cloud.played import RUNNING, TIME, Played
from ..services.cloud.sites import HOST, PLATFORM, plain
from ..services.cloud.sites import site as example
from .rows import Place, Said

TODAY = date(2026, 6, 1)
#: What is shown before a change.
SHOWS = ("show version", "show mode", "show failover", "show startup-config", "show running-config", RUNNING, "show route")


@dataclass(frozen=True)
class Scene:
    """What is planted: in the intent; on the firewall before it is built; and afterwards, with the lines that fix it.

    ``fault`` is one of a gateway, with its arguments.
    """

    wanted: dict[str, Any] = field(default_factory=dict)
    drops: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    fault: tuple[str, ...] = ()


def walk(scene: Scene) -> list[Said]:
    """All that is said of it, up to the place that refuses."""
    said: list[Said] = []
    for one in _places(scene):
        said += one
        if any(item.refuses for item in one):
            break
    return said


def _places(scene: Scene) -> Iterator[list[Said]]:
    site, found = _intent(scene)
    yield found
    if site is None:
        return
    if scene.before:
        yield from _on_a_device(site, scene)
    if scene.after or scene.fault:
        yield from _afterwards(scene)


def _intent(scene: Scene) -> tuple[Cloud | None, list[Said]]:
    """The intent as a file, read and selected as every command does it."""
    data = {key: value for key, value in plain(**scene.wanted).items() if key not in scene.drops}
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "cloud.yaml").open("w", encoding="utf-8") as file:
            YAML().dump({"schema_version": 1, "cloud": [data]}, file)
        try:
            found = load(Path(folder))
            _, warnings = IntendedConnections(found, {HOST: PLATFORM}).select([data["name"]], TODAY, removal=False)
        except IntentError as error:
            return None, [Said("intent", line) for line in str(error).splitlines()]
    return found.by_name[data["name"]], [Said("intent", words, refuses=False) for words in warnings]


def _on_a_device(site: Cloud, scene: Scene) -> Iterator[list[Said]]:
    """Plan and prechecks on a firewall that has these lines."""
    played = Played(site)
    try:
        played.configure(*scene.before)
        outputs = played.seen(SHOWS).outputs
    finally:
        played.close()
    running = outputs[RUNNING]
    try:
        changes = [change for _, change in staged(site, running)]
    except ChangeError as error:
        yield [Said("plan", str(error))]
        return
    (member,) = played.deployment.members
    sight = Sight(member, PLATFORM, whole(running, "asa", HOST), in_stages(changes, played.deployment.way_back))
    yield _told("precheck", precheck(sight, outputs, TIME, accept_unsaved=True), warnings=False)


@cache
def built() -> Played:
    """One that is built and in order, for every row that breaks it and fixes it again."""
    played = Played(example())
    played.build()
    return played


def _afterwards(scene: Scene) -> Iterator[list[Said]]:
    """Gates and verification of a firewall on which it was built."""
    played = built()
    with ExitStack() as stack:
        if scene.fault:
            stack.enter_context(played.with_fault(*scene.fault))
        if scene.after:
            stack.enter_context(played.with_lines(*scene.after, back=scene.mended))
        played.until(lambda: not proved(played.judged("cut-over")) or not played.verdict().healthy)
        yield [item for name in played.gates for item in _told("gate", played.judged(name))]
        found = played.verdict()
        yield [] if found.healthy else [Said("verify", found.sentence), *_told("verify", found.findings)]
    played.until(lambda: proved(played.judged("cut-over")))


def in_order() -> list[Said]:
    """What is said where nothing is planted."""
    played = built()
    found = played.verdict()
    told = [item for name in played.gates for item in _told("gate", played.judged(name))]
    return told if found.healthy else [*told, Said("verify", found.sentence)]


def _told(place: Place, findings: Sequence[Finding], *, warnings: bool = True) -> list[Said]:
    return [
        Said(place, item.sentence, refuses=item.status is not Status.WARNING)
        for item in findings
        if item.status not in (Status.OK, Status.SKIPPED) and (warnings or item.status is not Status.WARNING)
    ]
