"""What a verification reads, plans and judges grows with the tunnels of a hub, not with their square: counted, not timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from nr_run.changes import objects
from nr_run.changes.configurations import tree
from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.proof import Traffic
from nr_run.checks.routing import route_table
from nr_run.checks.verdict import DeviceState, Verdict, Verification
from nr_run.inventory.errors import Exit
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.models.platforms import Platform
from nr_run.parsers import parse
from nr_run.runbooks.commands.views.verify_view import verification_view
from nr_run.runbooks.history.keep import keep
from nr_run.runbooks.reports.document import document
from nr_run.runbooks.reports.hiding import without_secrets
from nr_run.runbooks.reports.junit import junit
from nr_run.runbooks.reports.page import page
from nr_run.runbooks.reports.prometheus import prometheus
from nr_run.services.common.intended_state import standing
from nr_run.services.common.verifying import Seeing
from nr_run.services.l2l.service import L2L
from nr_run.services.service import Deployment

from ..calls import counted
from .recorded_hub import Partner, ike, ipsec, isakmp, routes, running, write_inventory

TIME = "2026-11-30T00:00:00Z"
KEPT = (tree.parse, objects.read, objects.nodes_of, route_table.route_table)


class Hub(Struct, frozen=True):
    """One hub as it was looked at, and all that is verified of it."""

    deployments: tuple[Deployment, ...]
    platform: Platform
    shown: Shown

    def judge(self) -> list[Verdict]:
        """The verdict on each tunnel."""
        return [self._verdict(deployment) for deployment in self.deployments]

    def _verdict(self, deployment: Deployment) -> Verdict:
        (member,) = deployment.members
        assert self.shown.running is not None
        keys: dict[str, str | None] = {reference: f"<secret:{reference}>" for reference in L2L.references(deployment)}
        one = standing(deployment, member, self.platform, self.shown.running, keys, self.shown.routes)
        return L2L.verdict(deployment, Seeing({"hub": self.shown}, {"hub": one}, TIME, probing=True))

    def ask(self) -> None:
        """What each tunnel has to be asked, and wants to send."""
        for deployment in self.deployments:
            (member,) = deployment.members
            L2L.survey(deployment, member)
            L2L.stimulus(deployment, member, self.shown)


def hub(folder: Path, tunnels: int, key: str) -> Hub:
    """A hub that has answered three times, with pings through each tunnel before the last answer."""
    partners = [Partner(number) for number in range(tunnels)]
    write_inventory(folder, partners)
    platforms = platforms_of(load_nornir(folder))
    deployments, _ = L2L.intended(folder, platforms).select((), date(2026, 11, 30), removal=False)
    pings = {Traffic(IPv4Address("10.0.0.1"), IPv4Address(f"{one.inside}.1")): Probe(5, 5) for one in partners}
    looks = []
    for number, packets in enumerate((4, 4, 14)):
        texts = {
            "ike": ("show crypto isakmp sa", isakmp()),
            "ikev2": ("show crypto ikev2 sa", ike(partners)),
            "ipsec": ("show crypto ipsec sa", ipsec(partners, packets)),
            "route": ("show ip route", routes(partners)),
        }
        answers = {name: parse("ios", command, text) for name, (command, text) in texts.items()}
        assert all(parsed.complete for parsed in answers.values())
        outputs = {"show ip route": texts["route"][1]} if number == 0 else {}
        looks.append(Look(Observation("hub", TIME, "ios", answers), pings if number == 2 else {}, outputs=outputs))
    text = running(partners, key)
    shown = Configuration("hub", "ios", "show running-config", text, counted=True)
    return Hub(deployments, platforms["hub"], Shown("hub", platforms["hub"], tuple(looks), shown, trips=4, over=True))


def forget() -> None:
    """Nothing that was read before is at hand."""
    for kept in KEPT:
        kept.cache_clear()


def cost(step: Callable[[], object]) -> int:
    """Calls that a step needs when nothing is parsed."""
    step()
    forget()
    with counted() as calls:
        step()
    return calls[0]


#: How the keys stand in the configuration: as the intent has them, and encrypted with a key of the device.
KEYS = pytest.mark.parametrize("key", ["<secret:credential:{name}>", "6 <key:0a1b2c3d>"], ids=["readable", "type-6"])


@KEYS
def test_all_are_judged(tmp_path: Path, key: str) -> None:
    """What is counted below is the work of verdicts that are right: each tunnel is up, as intended, by its pings."""
    verdicts = hub(tmp_path, 12, key).judge()
    assert Counter((one.configured.value, one.operating.value) for one in verdicts) == {("as-intended", "up"): 12}


@KEYS
def test_four_times_the_tunnels_are_four_times_the_work(tmp_path: Path, key: str) -> None:
    """Judging a tunnel of a hub with eighty costs what one of a hub with twenty costs; a search would make it a multiple."""
    few, many = hub(tmp_path / "few", 20, key), hub(tmp_path / "many", 80, key)
    assert cost(many.judge) < 1.1 * 4 * cost(few.judge)
    assert cost(many.ask) < 1.1 * 4 * cost(few.ask)
    # Before anything has passed, a packet is chosen for each of them.
    few, many = (replace(one, shown=replace(one.shown, looks=one.shown.looks[:1])) for one in (few, many))
    assert cost(many.ask) < 1.1 * 4 * cost(few.ask)


def found_on(folder: Path, tunnels: int) -> Verification:
    """A verification of a hub with so many tunnels."""
    verdicts = tuple(hub(folder, tunnels, "<secret:credential:{name}>").judge())
    device = DeviceState("hub", "C8000V 17.9.4a", "", 4, 1.0)
    return Verification("20261130T000000Z-0000", "1", TIME, TIME, True, verdicts, (device,))


def in_history(made: Verification, runs: Path) -> None:
    """Written into the history, without a complaint."""
    runs.mkdir(exist_ok=True)
    assert keep(runs, made, 0) == []


OUTPUTS: dict[str, Callable[[Verification, Path], object]] = {
    "document": lambda made, _: document(made, Exit.OK),
    "secrets": lambda made, _: without_secrets(made, str.strip),
    "history": in_history,
    "page": lambda made, _: page(made, ()),
    "junit": lambda made, _: junit(made),
    "prometheus": lambda made, _: prometheus(made, ()),
    "table": lambda made, _: verification_view(made, "runs", Exit.OK),
}


@pytest.fixture(scope="module")
def two_sizes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verification, Verification]:
    """Verifications of twenty and of eighty tunnels."""
    few, many = (found_on(tmp_path_factory.mktemp("hub"), number) for number in (20, 80))
    return few, many


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_left_of_four_times_the_tunnels_is_four_times_the_work(
    two_sizes: tuple[Verification, Verification], name: str, tmp_path: Path
) -> None:
    """Each output of a verification costs a tunnel of eighty what it costs one of twenty."""
    few, many = (
        cost(lambda made=made, number=number: OUTPUTS[name](made, tmp_path / str(number)))
        for number, made in enumerate(two_sizes)
    )
    assert many < 1.1 * 4 * few


@KEYS
def test_each_reading_is_read_once(tmp_path: Path, key: str) -> None:
    """However many tunnels are judged, the routing table is parsed once, and no text of the device is read for one of them."""

    def readings(tunnels: int) -> list[int]:
        made = hub(tmp_path / str(tunnels), tunnels, key)
        forget()
        made.judge()
        large = [item for item in (tree.parse, objects.read) if item.cache_info().misses > 2 * tunnels + 3]
        assert not large, large
        return [route_table.route_table.cache_info().misses]

    assert readings(5) == readings(20) == [1]
