"""A head-end that has left the intent: told, found by its names, and taken away as it would be by its intent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from nr_run.changes.plans.plan import plan, plan_removal
from nr_run.checks.planned_running import running_with
from nr_run.inventory.errors import ChangeError
from nr_run.services.flexvpn.service import FLEXVPN, IntendedHeadEnds
from nr_run.services.service import Sight

from ...changes.trees import same
from ...changes.whole import whole
from .head_ends import BARE, HOST, PLATFORM, deployed, head_end, values

USER = "username anna secret <secret:credential:anna>\n"


def intended(folder: Path, *records: dict[str, Any]) -> IntendedHeadEnds:
    """What a file with these head-ends asks for."""
    (folder / "flexvpn.yaml").write_text(json.dumps({"schema_version": 1, "flexvpn": records}))
    return FLEXVPN.intended(folder, {HOST: PLATFORM, "other": PLATFORM})


@pytest.mark.parametrize(
    ("records", "besides", "words"),
    [
        ([], [], "which no intent has: nr-run remove-flexvpn laptops --host xe-remote"),
        ([values(name="lab")], [], "which no intent has"),
        ([values(status="disabled")], [], "which the intent has as disabled: nr-run remove-flexvpn laptops"),
        ([values(host="other")], ["laptops"], "which the intent has on other: name xe-remote as its host again"),
        ([values()], [], None),
        ([values(status="disabled")], ["laptops"], None),
    ],
)
def test_what_is_not_intended_is_told(tmp_path: Path, records: list[Any], besides: list[str], words: str | None) -> None:
    """What stands on a router and is not active there in the intent is told with the line that takes it away."""
    found = list(intended(tmp_path, *records).strays({HOST: deployed(head_end(), BARE), "other": BARE}, besides))
    assert [words in sentence for sentence in found] == ([True] if words else []), found


@pytest.mark.parametrize("other", [{}, {"reconnect_timeout": None}, {"client_profile": {}}, {"virtual_template": 44}])
def test_found_and_taken_away(tmp_path: Path, other: dict[str, Any]) -> None:
    """By the router alone all of it goes but the users, who are told; what the record says of it is what stands there."""
    wanted = head_end(**other)
    there = deployed(wanted, BARE)
    found = intended(tmp_path).find("laptops", {HOST: there, "other": BARE})
    fields = ("host", "interface", "outside_ip", "pool", "protected_prefixes", "trustpoint", "reconnect_timeout")
    assert [getattr(found.wanted, name) for name in fields] == [getattr(wanted, name) for name in fields]
    nothing = plan_removal(HOST, "ios", (), there)
    going = FLEXVPN.removal(found, Sight(found.members[0], PLATFORM, whole(there, "ios", HOST), nothing), there)
    after = running_with(plan_removal(HOST, "ios", going.items, there, stays=going.stays), there)
    assert same(after.replace(USER, ""), BARE), after
    assert "username anna " in after
    assert any("local users of the router stay" in words for words in going.stays)


def test_what_others_use_stays(tmp_path: Path) -> None:
    """The policy of the address stays for another IKEv2 peer, and what has our prefix and takes no clients is no head-end."""
    there = deployed(head_end(), BARE)
    there = there.replace("ip route", "crypto ikev2 profile B2B\n match identity remote address 192.0.2.1\nip route", 1)
    found = intended(tmp_path).find("laptops", {HOST: there})
    nothing = plan_removal(HOST, "ios", (), there)
    going = FLEXVPN.removal(found, Sight(found.members[0], PLATFORM, whole(there, "ios", HOST), nothing), there)
    assert any("ikev2-policy" in words and "stays" in words for words in going.stays), going.stays
    theirs = BARE.replace("ip route", "crypto ikev2 profile FLEX-b2b\n match identity remote address 192.0.2.1\nip route", 1)
    assert list(intended(tmp_path).strays({HOST: theirs}, [])) == []


def test_what_is_not_whole_is_for_a_person(tmp_path: Path) -> None:
    """Without a pool, or with the same name on two routers, nothing is taken away by guess."""
    there = deployed(head_end(), BARE)
    with pytest.raises(ChangeError, match="remove FLEX-laptops by hand"):
        intended(tmp_path).find("laptops", {HOST: there.replace(" pool FLEX-laptops\n", "")})
    with pytest.raises(ChangeError, match="name one of them with --host"):
        intended(tmp_path).find("laptops", {HOST: there, "other": there})
    gone = replace(intended(tmp_path).find("laptops", {HOST: there}))
    nothing = plan(HOST, "ios", "", BARE)
    assert FLEXVPN.removal(gone, Sight(gone.members[0], PLATFORM, whole(BARE, "ios", HOST), nothing), BARE).items == ()
