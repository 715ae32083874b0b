"""What goes with a site: all that it brought along, and of a router that has none of it nothing."""

from __future__ import annotations

from nr_run.changes.objects import read
from nr_run.changes.plans.change import in_stages
from nr_run.changes.plans.plan import plan_removal
from nr_run.checks.planned_running import running_with
from nr_run.services.service import Removal, Sight
from nr_run.services.zia.deployment import deployment_of
from nr_run.services.zia.intent import Zia
from nr_run.services.zia.service import ZIA

from ...changes.whole import whole
from .planned import deployed, staged
from .sites import BARE, HOST, PLATFORM, site


def removed_from(running: str) -> Removal:
    """What a removal of the example would take from a router that runs this."""
    deployment = deployment_of(site())
    (member,) = deployment.members
    change = in_stages([made for _, made in staged(site(), running)], deployment.way_back)
    return ZIA.removal(deployment, Sight(member, PLATFORM, whole(running, "ios", HOST), change), running)


def test_all_that_was_built_goes() -> None:
    """Of what was not there before nothing is left, and nothing that was there goes."""
    there = deployed(site())
    going = removed_from(there)
    after = running_with(plan_removal(HOST, "ios", going.items, there, stays=going.stays), there)
    assert read("ios", after).objects.keys() == read("ios", BARE).objects.keys()
    assert (going.stays, going.left) == ((), ())


def test_a_proposal_of_others_is_not_the_site() -> None:
    """The proposal that the site would share stands on a router without the site: it is somebody's, used or not."""
    lines = deployed(site()).splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("crypto ikev2 proposal "))
    end = next(place for place in range(start + 1, len(lines)) if not lines[place].startswith(" "))
    running = BARE.replace("\nend", "\n" + "\n".join(lines[start:end]) + "\nend")
    assert "crypto ikev2 proposal" in running
    assert removed_from(running) == Removal((), (), ())


def test_who_gives_up_that_all_is_encrypted() -> None:
    """Where encryption is mandatory a removal asks that the hosts may send in clear; elsewhere they may already."""
    (asked,) = ZIA.confirmations(deployment_of(site()), removal=True)
    assert asked.name == "in-clear"
    assert asked.sentence.startswith("the hosts behind Vlan1 of branch881 may send to the Internet by the routing table, in")
    assert ZIA.confirmations(deployment_of(site(encryption_mandatory=False)), removal=True) == ()


def test_who_lets_a_rollback_send_in_clear() -> None:
    """What a run closed opens again when it is undone: asked by what comes back, where encryption is mandatory now."""

    def said(undone: Zia, before: Zia | None) -> list[str]:
        old = deployment_of(before) if before else None
        return [item.sentence for item in ZIA.rollback_confirmations(deployment_of(undone), old, ())]

    closed, opened = site(), site(encryption_mandatory=False, on_total_loss="open")
    (whole,) = said(closed, None)
    assert "in clear: nothing is left there" in whole
    (words,) = said(closed, opened)
    assert "when both tunnels are lost: that is how the site ended before the run" in words
    assert said(opened, closed) == said(opened, None) == said(closed, closed) == []
