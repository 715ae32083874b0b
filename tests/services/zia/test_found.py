"""Sites that have left the intent: told, found by the names of their objects, and taken away whole."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from nr_run.changes.objects import read
from nr_run.changes.plans.change import compose
from nr_run.changes.plans.plan import plan_removal
from nr_run.checks.planned_running import running_with
from nr_run.inventory.errors import ChangeError, NothingMatched
from nr_run.services.l2l.existing.found import names_on as tunnels_on
from nr_run.services.service import Sight
from nr_run.services.zia.found import found_site, names_on
from nr_run.services.zia.intent import Sites
from nr_run.services.zia.service import ZIA, IntendedSites

from ...changes.whole import whole
from .planned import deployed
from .sites import BARE, HOST, PLATFORM, site

PLATFORMS = {HOST: PLATFORM, "other": PLATFORM}


def intended(tmp_path: Any, *there: Any, is_written: bool = True) -> IntendedSites:
    """An inventory with these sites."""
    return IntendedSites(Sites({one.name: one for one in there}, tmp_path / "zia.yaml"), PLATFORMS, is_written)


@pytest.mark.parametrize(
    "wanted",
    [
        site(),
        site(name="a.b-P"),
        site(encryption_mandatory=False, on_total_loss="open"),
        site(
            esp={"encryption_algorithm": "null", "authentication_algorithm": "hmac-sha256"},
            encryption_mandatory=False,
        ),
    ],
)
def test_what_is_found_goes_whole(tmp_path: Any, wanted: Any) -> None:
    """All that was built is known by its names alone, goes, and leaves what was there before."""
    running = deployed(wanted)
    deployment = intended(tmp_path).find(wanted.name, {HOST: running})
    assert deployment.found
    found, (member,) = deployment.wanted, deployment.members
    assert (found.host, found.wan_ip, found.lan_interface) == (HOST, wanted.wan_ip, wanted.lan_interface)
    assert [edge.address for _, edge in found.edges] == [edge.address for _, edge in wanted.edges]
    empty = compose(HOST, "ios", read("ios", running))
    going = ZIA.removal(deployment, Sight(member, PLATFORM, whole(running, "ios", HOST), empty), running)
    after = running_with(plan_removal(HOST, "ios", going.items, running, stays=going.stays), running)
    assert read("ios", after).objects.keys() == read("ios", BARE).objects.keys()
    # Who says that the hosts may send in clear is asked where they may not now.
    asked = [item.name for item in ZIA.confirmations(deployment, removal=True)]
    assert asked == (["in-clear"] if wanted.encryption_mandatory else [])


def test_what_is_left_of_one_is_found_too(tmp_path: Any) -> None:
    """A site of which a person has taken a tunnel away by hand is found by the other one, and by its route map."""
    running = deployed(site()).replace("interface Tunnel2\n", "interface Loopback7\n")
    assert list(names_on(read("ios", running))) == ["branch-zia"]
    assert intended(tmp_path).find("branch-zia", {HOST: running}).wanted.primary.address == site().primary.address
    without = running.replace("interface Tunnel1\n", "interface Loopback8\n")
    assert list(names_on(read("ios", without))) == ["branch-zia"]


def test_what_others_are_offered_stays(tmp_path: Any) -> None:
    """The IKEv2 policy that another profile uses stays, with the sentence that says why."""
    other = "crypto ikev2 profile THEIRS\n match identity remote address 192.0.2.9 255.255.255.255\n"
    running = deployed(site()).replace("line vty", f"{other}line vty")
    deployment = intended(tmp_path).find("branch-zia", {HOST: running})
    (member,) = deployment.members
    empty = compose(HOST, "ios", read("ios", running))
    going = ZIA.removal(deployment, Sight(member, PLATFORM, whole(running, "ios", HOST), empty), running)
    assert not [item for item in going.items if item.family.name == "ikev2-policy"]
    assert any("cannot be determined" in words for words in going.stays)


def test_a_site_that_nobody_intends_is_told(tmp_path: Any) -> None:
    """Not in the intent, not active, or intended on another router: each is told with what takes it away; one in order is not."""
    texts = {HOST: deployed(site())}
    (told,) = intended(tmp_path).strays(texts, ())
    assert told == "branch881 has a site branch-zia, which no intent has: nr-run remove-zia branch-zia --host branch881"
    (told,) = intended(tmp_path, site(status="disabled")).strays(texts, ())
    assert told.endswith("which the intent has as disabled: nr-run remove-zia branch-zia")
    (told,) = intended(tmp_path, site(host="other")).strays(texts, ())
    assert "which the intent has on other" in told
    assert list(intended(tmp_path, site()).strays(texts, ())) == []
    assert list(intended(tmp_path).strays(texts, ["branch-zia"])) == []
    assert list(intended(tmp_path, is_written=False).strays(texts, ())) == []
    assert list(intended(tmp_path).strays({HOST: BARE}, ())) == []


def test_its_tunnels_are_no_tunnels_of_two_ends() -> None:
    """The service of tunnels between two ends takes neither tunnel of a site for one of its own that has left the intent."""
    assert list(tunnels_on(read("ios", deployed(site())))) == []


def test_where_it_is_not_or_is_twice() -> None:
    """A name that no router has is not found, and one that two have is not guessed."""
    with pytest.raises(NothingMatched, match="branch881 has no site shop: there is no tunnel interface"):
        found_site("shop", {HOST: deployed(site())}, PLATFORMS)
    with pytest.raises(ChangeError, match="branch881 and other have a site branch-zia"):
        found_site("branch-zia", dict.fromkeys((HOST, "other"), deployed(site())), PLATFORMS)


def test_a_record_that_was_found_can_be_kept() -> None:
    """What a run keeps of it is read again by another one."""
    found = found_site("branch-zia", {HOST: deployed(site())}, PLATFORMS)
    assert ZIA.wanted.model_validate_json(found.model_dump_json()) == found
    assert replace(ZIA.deployment(found), found=True).wanted == found
