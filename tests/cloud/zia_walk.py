"""A site behind Zscaler with an error planted, walked through every place where it could be caught, in their order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from ruamel.yaml import YAML

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.plans.change import in_stages
from nr_run.checks.finding import Finding, Status
from nr_run.checks.observations.looks import Look, Shown
from nr_run.inventory.errors import ChangeError, IntentError
from nr_run.inventory.models.platforms import Platform
from nr_run.services.common.intended_state import standing
from nr_run.services.common.verifying import Seeing
from nr_run.services.service import Deployment, Sight, Traffic
from nr_run.services.zia.deployment import deployment_of
from nr_run.services.zia.intent import Zia, load
from nr_run.services.zia.prechecks import precheck
from nr_run.services.zia.service import IntendedSites
from nr_run.services.zia.verdict import ASKED, verdict_of
from nr_run.tasks.look import observed

from ..changes.whole import whole
from ..services.zia.planned import deployed, staged
from ..services.zia.shown import TIME, Router
from ..services.zia.sites import BARE, HOST, KEYS, PLATFORM, plain
from ..services.zia.test_prechecks import ROUTES, VERSION
from .rows import Said

TODAY = date(2026, 11, 1)


class Scene(Struct, frozen=True):
    """Where an error is planted: in the intent, on the router before the change or after it, or in what that shows.

    ``before`` and ``after`` are pairs of a text and what stands in its place; ``drops`` are fields that the intent has not.
    """

    wanted: Mapping[str, Any] = field(default_factory=dict)
    drops: tuple[str, ...] = ()
    before: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()
    routes: str = ROUTES
    shows: Mapping[str, Any] = field(default_factory=dict)
    platform: Platform = PLATFORM


def walk(scene: Scene) -> list[Said]:
    """What each place says, until one refuses."""
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
    running = _replaced(BARE, scene.before)
    try:
        changes = [change for _, change in staged(site, running, scene.platform)]
    except ChangeError as error:
        yield [Said("plan", str(error))]
        return
    made = deployment_of(site)
    outputs = {
        "show running-config": running,
        "show startup-config": running,
        "show version": VERSION,
        "show ip route": scene.routes,
    }
    sight = Sight(made.members[0], scene.platform, whole(running, "ios", HOST), in_stages(changes, made.way_back))
    yield _told("precheck", precheck(sight, outputs, TIME, accept_unsaved=False))
    built = _replaced(deployed(site, running, scene.platform), scene.after)
    router = Router(wanted=site, running=built).but(**scene.shows)
    gates = [stage.gate for stage in made.stages if not isinstance(stage.gate, Traffic)]
    yield [item for gate in gates for item in _told("gate", gate.judge([router.seen()], removed=False))]
    yield _verify(made, router, scene.platform)


def _intent(scene: Scene) -> tuple[Zia | None, list[Said]]:
    """The intent as a file, read and selected as every command does it."""
    data = {key: value for key, value in plain(**scene.wanted).items() if key not in scene.drops}
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "zia.yaml").open("w", encoding="utf-8") as file:
            YAML().dump({"schema_version": 1, "zia": [data]}, file)
        try:
            sites = load(Path(folder))
            _, warnings = IntendedSites(sites, {HOST: scene.platform}).select([data["name"]], TODAY, removal=False)
        except IntentError as error:
            return None, [Said("intent", line) for line in str(error).splitlines()]
    return sites.by_name[data["name"]], [Said("intent", words, refuses=False) for words in warnings]


def _told(place: Any, findings: Sequence[Finding]) -> list[Said]:
    return [
        Said(place, item.sentence, refuses=item.status is not Status.WARNING)
        for item in findings
        if item.status not in (Status.OK, Status.SKIPPED)
    ]


def _verify(made: Deployment[Zia], router: Router, platform: Platform) -> list[Said]:
    (member,) = made.members
    outputs = router.seen().outputs
    running = Configuration(HOST, "ios", "show running-config", outputs["show running-config"])
    shown = Shown(HOST, platform, (Look(observed(HOST, "ios", outputs, ASKED)),), running)
    stands = {HOST: standing(made, member, platform, running, KEYS, None)}
    found = verdict_of(made, Seeing({HOST: shown}, stands, TIME, probing=True), "a site")
    return [] if found.healthy else [Said("verify", found.sentence), *_told("verify", found.findings)]


def _replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    """A text with each error in its place. What is not there cannot be replaced: the row would plant nothing."""
    for old, new in pairs:
        assert old in text, f"{old!r} is not there"
        text = text.replace(old, new, 1)
    return text
