"""What deploying a connection makes of a configuration, stage by stage, and what removing it takes."""

from __future__ import annotations

from nr_run.changes.plans.change import Change, in_stages
from nr_run.changes.plans.plan import plan, plan_removal
from nr_run.checks.planned_running import running_with
from nr_run.inventory.models.platforms import Platform
from nr_run.services.cloud.deployment import deployment_of
from nr_run.services.cloud.existing.removal import removal_of
from nr_run.services.cloud.intents.intent import Cloud
from nr_run.services.common.building import Built, build
from nr_run.services.service import Removal, Sight, Site

from ...changes.whole import whole
from .sites import BARE, HOST, KEYS, PLATFORM


def staged(site: Cloud, running: str = BARE, platform: Platform = PLATFORM) -> list[tuple[Built, Change]]:
    """Each stage with its change, on the firewall as the stages before have left it."""
    deployment, now, found = deployment_of(site), running, []
    (member,) = deployment.members
    for stage in deployment.stages:
        made = build(stage, Site(member, platform, now, KEYS, None))
        change = plan(HOST, "asa", made.text, now, made.replacing)
        found.append((made, change))
        now = running_with(change, now)
    return found


def text(site: Cloud, running: str = BARE) -> str:
    """All that the stages write."""
    return "".join(made.text for made, _ in staged(site, running))


def deployed(site: Cloud, running: str = BARE, platform: Platform = PLATFORM) -> str:
    """What the firewall runs when all stages are built."""
    now = running
    for _, change in staged(site, running, platform):
        now = running_with(change, now)
    return now


def removal(site: Cloud, running: str) -> Removal:
    """What a removal takes from a firewall that runs this, and brings back."""
    deployment = deployment_of(site)
    whole_change = in_stages([change for _, change in staged(site, running)], deployment.way_back)
    sight = Sight(deployment.members[0], PLATFORM, whole(running, "asa", HOST), whole_change)
    return removal_of(site, sight, running)


def removed(site: Cloud, running: str) -> str:
    """What the firewall runs when it is taken away."""
    going = removal(site, running)
    return running_with(plan_removal(HOST, "asa", going.items, running, stays=going.stays, back=going.back), running)
