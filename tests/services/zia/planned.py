"""What deploying a site makes of a configuration, stage by stage."""

from __future__ import annotations

from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan
from nr_run.checks.planned_running import running_with
from nr_run.inventory.models.platforms import Platform
from nr_run.services.common.building import Built, build
from nr_run.services.service import Site
from nr_run.services.zia.deployment import deployment_of
from nr_run.services.zia.intent import Zia

from .sites import BARE, HOST, KEYS, PLATFORM


def built(site: Zia, running: str = BARE, platform: Platform = PLATFORM) -> list[Built]:
    """What each stage writes, on the router as the stages before have left it."""
    return [stage for stage, _ in staged(site, running, platform)]


def staged(site: Zia, running: str = BARE, platform: Platform = PLATFORM) -> list[tuple[Built, Change]]:
    """Each stage with its change."""
    deployment, now, found = deployment_of(site), running, []
    (member,) = deployment.members
    for stage in deployment.stages:
        made = build(stage, Site(member, platform, now, KEYS, None))
        change = plan(HOST, "ios", made.text, now, made.replacing)
        found.append((made, change))
        now = running_with(change, now)
    return found


def deployed(site: Zia, running: str = BARE, platform: Platform = PLATFORM) -> str:
    """What the router runs when all stages are built."""
    now = running
    for _, change in staged(site, running, platform):
        now = running_with(change, now)
    return now
