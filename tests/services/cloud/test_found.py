"""Connections that have left the intent: told, found by the names of their objects, and taken away whole."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.changes.objects import read
from nr_run.changes.plans.change import compose
from nr_run.changes.plans.plan import plan_removal
from nr_run.checks.planned_running import running_with
from nr_run.inventory.errors import ChangeError, NothingMatched
from nr_run.services.cloud.existing.found import found_connection
from nr_run.services.cloud.intents.intent_file import Connections
from nr_run.services.cloud.service import CLOUD, IntendedConnections
from nr_run.services.service import Removal, Sight

from ...changes.whole import whole
from .planned import deployed
from .sites import BARE, HOST, PLATFORM, site

PLATFORMS = {HOST: PLATFORM, "other": PLATFORM}
OPEN = site(encryption_mandatory=False, on_total_loss="open")


def intended(tmp_path: Any, *there: Any, is_written: bool = True) -> IntendedConnections:
    """An inventory with these connections."""
    return IntendedConnections(Connections({one.name: one for one in there}, tmp_path / "cloud.yaml"), PLATFORMS, is_written)


def removed(tmp_path: Any, running: str) -> tuple[Removal, str]:
    """What goes of the connection that this firewall has and no intent, and what the firewall runs then."""
    deployment = intended(tmp_path).find("ali", {HOST: running})
    (member,) = deployment.members
    empty = compose(HOST, "asa", read("asa", running))
    going = CLOUD.removal(deployment, Sight(member, PLATFORM, whole(running, "asa", HOST), empty), running)
    return going, running_with(plan_removal(HOST, "asa", going.items, running, stays=going.stays, back=going.back), running)


@pytest.mark.parametrize(("wanted", "route"), [(site(), "Null0"), (OPEN, "VBR")])
def test_what_is_found_goes(tmp_path: Any, wanted: Any, route: str) -> None:
    """Tunnels, BGP and our routes go by their names; what is for the cloud is dropped, or goes where it went without a tunnel."""
    going, after = removed(tmp_path, deployed(wanted))
    there, before = read("asa", after), read("asa", BARE)
    of_the_box = {"ikev2-policy", "ikev2-enable"}
    left = {key for key in there.objects if key not in before.objects and key[0] not in of_the_box}
    nameifs = {item.groups["nameif"] for item in there.of("static-route") if item.groups["network"] == "172.16.0.0"}
    assert nameifs == {route}
    assert {key[0] for key in left} <= {"static-route"}
    assert any("cannot be determined" in words for words in going.stays)
    assert any("is dropped until a person gives the circuit its route" in words for words in going.stays) is (route == "Null0")


def test_a_router_of_others_stays(tmp_path: Any) -> None:
    """BGP of somebody else goes on with its neighbours and networks; only ours go out of it."""
    running = deployed(site()).replace(
        " address-family ipv4 unicast\n", " address-family ipv4 unicast\n  neighbor 192.0.2.7 remote-as 64512\n", 1
    )
    _, after = removed(tmp_path, running)
    assert [item.groups["neighbour"] for item in read("asa", after).of("bgp-neighbour")] == ["192.0.2.7"]


def test_a_connection_that_nobody_intends_is_told(tmp_path: Any) -> None:
    """Not in the intent, not active, or intended on another firewall: each is told with what takes it away."""
    texts = {HOST: deployed(site())}
    (told,) = intended(tmp_path).strays(texts, ())
    assert told == "dc-asa has a connection ali, which no intent has: nr-run remove-cloud ali --host dc-asa"
    (told,) = intended(tmp_path, site(status="planned")).strays(texts, ())
    assert told.endswith("which the intent has as planned: nr-run remove-cloud ali")
    (told,) = intended(tmp_path, site(host="other")).strays(texts, ())
    assert "which the intent has on other" in told
    for quiet in (intended(tmp_path, site()), intended(tmp_path, is_written=False)):
        assert list(quiet.strays(texts, ())) == []
    assert list(intended(tmp_path).strays({HOST: BARE}, ())) == []


def test_where_it_is_not_or_is_not_read() -> None:
    """A name that no firewall has is not found; one that two have, or whose networks are gone, is not guessed."""
    running = deployed(site())
    with pytest.raises(NothingMatched, match="dc-asa has no connection alo"):
        found_connection("alo", {HOST: running}, PLATFORMS)
    with pytest.raises(ChangeError, match="dc-asa and other have a connection ali"):
        found_connection("ali", {HOST: running, "other": running}, PLATFORMS)
    without = "\n".join(line for line in running.splitlines() if not line.startswith("prefix-list NR-ali-IN"))
    with pytest.raises(ChangeError, match="cannot be read from NR-ali-IN and NR-ali-OUT"):
        found_connection("ali", {HOST: f"{without}\n"}, PLATFORMS)


def test_a_record_that_was_found_can_be_kept() -> None:
    """What a run keeps of it is read again by another one."""
    found = found_connection("ali", {HOST: deployed(site())}, PLATFORMS)
    assert CLOUD.wanted.model_validate_json(found.model_dump_json()) == found
