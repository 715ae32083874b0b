"""What a watch list is made of, how it is verified, and how it is taken away: pure functions, and nothing of runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network
from pathlib import Path
from typing import NoReturn

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.objects import Config
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.replacing import NOTHING, Replacing
from nr_run.checks.finding import Evidence, Finding, Status
from nr_run.checks.observations.looks import Shown, Stimulus
from nr_run.checks.observations.questions import Question
from nr_run.checks.verdict import Configured, KnownBy, Operating, Verdict
from nr_run.inventory.errors import ChangeError, NothingMatched
from nr_run.inventory.files.did_you_mean import hint
from nr_run.inventory.files.unknown_host import refuse_unknown
from nr_run.inventory.models.platforms import Platform
from nr_run.services.common.configured_axis import configured_of, findings, of_members
from nr_run.services.common.own_checks import refuse_wrong
from nr_run.services.common.verifying import Seeing
from nr_run.services.service import Deployment, Foreign, Member, Place, Removal, Seen, Sight, Site, Stage
from nr_run.templates.environment import jinja_env

from .intent import WatchList, load, named

SHOW = "show running-config"
TEXT = """\
ip access-list extended {{ name }}
{% for network in networks %}
 permit ip {{ network | ios_address }} any
{% endfor %}
"""


@dataclass(frozen=True, slots=True)
class ListNames:
    """The access list is called what the intent calls it: nothing is chosen."""

    access_list: str
    decisions: tuple[str, ...] = ()
    replacing: Replacing = NOTHING


@dataclass(frozen=True, slots=True)
class AccessList:
    """The feature: one named access list. ``suffix`` tells the second list of a deployment from the first."""

    suffix: str
    name: str = "access-list"
    families: tuple[str, ...] = ("access-list",)

    def draft(self, site: Site[WatchList]) -> ListNames:
        """The name in the intent."""
        return ListNames(site.member.wants.name + self.suffix)

    def names(self, site: Site[WatchList], wanted: Config, running: Config) -> ListNames:
        """The same: a list of that name with other content is somebody's, and refused by the plan."""
        return self.draft(site)

    def text(self, site: Site[WatchList], names: ListNames) -> str:
        """The list, on IOS."""
        if site.platform.os != "ios":
            raise ChangeError(f"{site.member.host}: a watch list is built on IOS only, and this is {site.platform}")
        words = {"name": names.access_list, "networks": site.member.wants.networks}
        return jinja_env().from_string(TEXT).render(**words)


@dataclass(frozen=True, slots=True)
class Complete:
    """The gate: every router has the list with as many entries as are wanted, or has it no more."""

    access_list: str
    at_least: int

    def asks(self, member: Member, platform: Platform) -> tuple[str, ...]:
        """The whole running configuration: what is absent in it is absent."""
        return (SHOW,)

    def judge(self, seen: Sequence[Seen], *, removed: bool) -> tuple[Finding, ...]:
        """A finding for each router. Raises NotKnown where it did not show a whole configuration."""
        return tuple(self._judge(item, removed) for item in seen)

    def _judge(self, seen: Seen, removed: bool) -> Finding:
        host = seen.member.host
        running = Configuration(host, seen.platform.os, SHOW, seen.outputs[SHOW])
        found = running.objects.get("access-list", self.access_list)
        count = len(found.children) if found else 0
        evidence = (Evidence(host, SHOW, f"entries of {self.access_list}", str(count), seen.time),)
        good = count == 0 if removed else count >= self.at_least
        sentence = f"{self.access_list} has {count} entries" + ("" if good or removed else f", and {self.at_least} are wanted")
        return Finding("watch-list", host, Status.OK if good else Status.FAILED, sentence, evidence)


def deployment_of(wanted: WatchList) -> Deployment:
    """All its routers; one stage, or two with a gate between them. A rollback removes the second list first."""
    members = tuple(Member(host, "watcher", wanted) for host in wanted.routers)
    stages = [Stage("list", (AccessList(""),), Complete(wanted.name, wanted.at_least), settle_seconds=0.0, undo=2)]
    if wanted.ready:
        stages.append(Stage("ready", (AccessList("-READY"),), Complete(f"{wanted.name}-READY", 1), settle_seconds=0.0, undo=1))
    foreign = (Foreign("watched", (wanted.for_end,), (), ()),) if wanted.for_end else ()
    return Deployment(
        wanted.name, "watchlist", wanted, members, foreign, wanted.routers, tuple(stages), found=False, checks=wanted.checks
    )


@dataclass(frozen=True, slots=True)
class IntendedLists:
    """The lists of one inventory."""

    lists: dict[str, WatchList]
    platforms: Mapping[str, Platform]

    def select(self, names: Sequence[str], today: date, *, removal: bool) -> tuple[tuple[Deployment, ...], tuple[str, ...]]:
        """Those that are named, or all. Raises NothingMatched for a router that the inventory has not."""
        chosen = [named(name, self.lists) for name in names or self.lists]
        for item in chosen:
            refuse_unknown(item.routers, self.platforms, f"list {item.name}")
            if not removal:
                ends = {host: self.platforms[host] for host in item.routers}
                refuse_wrong(f"list {item.name}", item.checks, ends, lambda _field: "watchlists.yaml")
        return tuple(deployment_of(item) for item in chosen), ()

    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self.lists)

    def places(self) -> tuple[Place, ...]:
        """A list does not say where its routers stand."""
        return ()

    def has(self, name: str) -> bool:
        """True for a list of the intent."""
        return name in self.lists

    def strays(self, texts: Mapping[str, str], besides: Collection[str]) -> Iterator[str]:
        """An access list does not say whose it is, so none is called a stray."""
        return iter(())

    def not_there(self, name: str) -> str:
        """Why a name was not found."""
        return f"no list is named {name!r}{hint(name, self.lists)}"

    def find(self, name: str, texts: Mapping[str, str]) -> Deployment:
        """A list that is in no intent is nobody's that is known of."""
        raise NothingMatched(f"{self.not_there(name)}, and a list that has left the intent cannot be told from others")

    def still_wanted(self, deployment: Deployment) -> str:
        """It comes back with the next deploy."""
        return f"the intent has {deployment.name} still: the next deploy-watchlist builds it again"


class WatchListService:
    """The service."""

    name = "watchlist"
    noun = "list"
    wanted = WatchList
    found_by = "its name {name}"

    def intended(self, inventory: Path, platforms: Mapping[str, Platform]) -> IntendedLists:
        """The lists of ``watchlists.yaml``."""
        return IntendedLists(load(inventory), platforms)

    def deployment(self, wanted: WatchList) -> Deployment:
        """As many members as it has routers."""
        return deployment_of(wanted)

    def references(self, deployment: Deployment) -> tuple[str, ...]:
        """It holds no secret."""
        return ()

    def places(self, deployment: Deployment) -> tuple[Place, ...]:
        """Nor does a deployment."""
        return ()

    def precheck(self, sight: Sight, outputs: Mapping[str, str], time: str, *, accept_unsaved: bool) -> tuple[Finding, ...]:
        """Nothing besides what every change needs."""
        return ()

    def removal(self, deployment: Deployment, sight: Sight, running: str) -> Removal:
        """All that is there of it."""
        return Removal(sight.change.reused, (), ())

    def previous(self, deployment: Deployment, sights: Sequence[Sight]) -> Deployment | None:
        """It is never changed in place."""
        return None

    def traffic(self, deployment: Deployment, sights: Sequence[Sight]) -> NoReturn:
        """Its gates are judged by what is shown."""
        raise ChangeError(f"{deployment.name} is verified without traffic")

    def survey(self, deployment: Deployment, member: Member) -> tuple[Question, ...]:
        """Nothing beside the running configuration."""
        return ()

    def stimulus(self, deployment: Deployment, member: Member, shown: Shown) -> tuple[Stimulus, ...]:
        """A list carries no traffic."""
        return ()

    def verdict(self, deployment: Deployment, seeing: Seeing) -> Verdict:
        """It watches where it stands as intended; a router that was not read leaves it open."""
        configured = configured_of(of_members(deployment, seeing).values())
        works = {Configured.AS_INTENDED: Operating.UP, Configured.UNKNOWN: Operating.UNKNOWN}
        operating = works.get(configured, Operating.DEGRADED)
        known_by = KnownBy.NOTHING if operating is Operating.UNKNOWN else KnownBy.TABLES
        found = findings(deployment, seeing)
        sentence = "; ".join(finding.sentence for finding in found)
        title = self.title(deployment)
        return Verdict(
            deployment.service, deployment.name, title, seeing.time, configured, operating, known_by, sentence, findings=found
        )

    def title(self, deployment: Deployment) -> str:
        """Networks and routers."""
        wanted: WatchList = deployment.wanted
        networks: tuple[IPv4Network, ...] = wanted.networks
        return f"{', '.join(map(str, networks))} on {', '.join(wanted.routers)}"

    def for_people(self, deployment: Deployment) -> tuple[str, ...]:
        """The intent says nothing to people alone."""
        return ()

    def landmark(self, change: Change) -> str:
        """The header of the list."""
        return next((item.header for item in (*change.created, *change.removed)), "")


WATCHLIST = WatchListService()
