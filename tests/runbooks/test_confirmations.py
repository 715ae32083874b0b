"""What only a person can know: who is asked for what, by any service, and who has said it."""

from __future__ import annotations

import os
import pwd
from types import SimpleNamespace
from typing import Any

import pytest

from nr_run.inventory.errors import UsageError
from nr_run.runbooks.engine.verifying.confirmations import Confirming, confirming, restored, system_user, unconfirmed
from nr_run.services.besides import Confirmation
from nr_run.services.registry import declared, find

from ..services.zia.sites import site

ZIA: Any = find("zia")
DEPLOYMENT = ZIA.deployment(site())


def test_every_service_that_declares_it_asks() -> None:
    """A command has the option if its service asks for something, and each thing has a name, a sentence and a reason."""
    confirming_ = {service.name for service in declared().services.values() for command in service.commands if command.confirms}
    assert "zia" in confirming_
    assert {name for name in declared().services if hasattr(find(name), "confirmations")} == confirming_
    asked = ZIA.confirmations(DEPLOYMENT, removal=False)
    assert all(isinstance(item, Confirmation) and item.name and item.sentence and item.why for item in asked)
    assert [item.name for item in ZIA.confirmations(DEPLOYMENT, removal=True)] == ["in-clear"]


def test_who_has_said_what() -> None:
    """What was said is kept with the user of the process, whatever the environment says, and a time; the rest is open."""
    said = confirming(["probes"], ZIA, [DEPLOYMENT], removal=False, rehearsal=False)
    credential, probes = said.asked(ZIA, DEPLOYMENT, removal=False)
    assert (credential.by, credential.at) == ("", "")
    assert probes.by.startswith(pwd.getpwuid(os.getuid()).pw_name)
    assert probes.at.endswith("+00:00")
    assert said.open([credential, probes]) == (credential,)
    assert unconfirmed("branch", [credential]).startswith(
        "branch: no device shows this: check it, then confirm it with --confirm credential\n"
    )
    assert restored([credential.as_dict(), probes.as_dict()]) == (credential, probes)


def test_nothing_is_asked_in_a_rehearsal() -> None:
    """What is played is as it has to be."""
    said = confirming([], ZIA, [DEPLOYMENT], removal=False, rehearsal=True)
    assert said.open(said.asked(ZIA, DEPLOYMENT, removal=False)) == ()


def test_a_name_that_nothing_asks_for_is_refused() -> None:
    """A typing error is no confirmation of something else, and a service that asks for nothing takes none."""
    with pytest.raises(UsageError, match="did you mean probes"):
        confirming(["probe"], ZIA, [DEPLOYMENT], removal=False, rehearsal=False)
    with pytest.raises(UsageError, match="a tunnel asks for none"):
        confirming(["probes"], find("l2l"), [], removal=False, rehearsal=False)
    assert Confirming().asked(SimpleNamespace(), DEPLOYMENT, removal=False) == ()  # type: ignore[arg-type]


def test_what_an_undone_run_asks() -> None:
    """What was seen to before the run is not asked again when it is undone; that its hosts may send in clear then, is."""
    said = confirming(["in-clear"], ZIA, [DEPLOYMENT], removal=True, rehearsal=False, undoing=True)
    assert [(item.name, bool(item.by)) for item in said.asked(ZIA, DEPLOYMENT, removal=True)] == [("in-clear", True)]
    assert said.asked(ZIA, DEPLOYMENT, removal=False) == ()


def test_what_only_some_changes_ask_may_be_said_before() -> None:
    """Whether a change sends hosts in clear is known when the router is read, so that to say it before is no typing error."""
    assert confirming(["in-clear"], ZIA, [DEPLOYMENT], removal=False, rehearsal=False).names == ("in-clear",)


def test_who_has_become_the_user_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind sudo stands somebody; and LOGNAME makes nobody another user."""
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("SUDO_USER", "jane")
    assert system_user() == f"{pwd.getpwuid(os.getuid()).pw_name} (sudo by jane)"
