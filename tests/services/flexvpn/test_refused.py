"""Refusals that are provoked nowhere else: each alone, in one sentence."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import ChangeError, IntentError, NothingMatched
from nr_run.services.flexvpn.service import FLEXVPN, IntendedHeadEnds

from .head_ends import BARE, HOST, PLATFORM, deployed, head_end, planned, values

TODAY = date(2026, 1, 1)


def intended(folder: Path, *records: dict[str, Any]) -> IntendedHeadEnds:
    """What a file with these head-ends asks for."""
    (folder / "flexvpn.yaml").write_text(json.dumps({"schema_version": 1, "flexvpn": records}))
    return FLEXVPN.intended(folder, {HOST: PLATFORM})


def test_no_number_is_left() -> None:
    """Where every virtual template is somebody's, there is no place for one more."""
    taken = "".join(f"interface Virtual-Template{number} type tunnel\n no ip address\n" for number in range(10, 4097))
    with pytest.raises(ChangeError, match="no free number for a virtual template"):
        planned(head_end(), BARE.replace("ip route", f"{taken}ip route", 1))


def test_an_algorithm_that_the_release_has_not() -> None:
    """What the intent may say and the release cannot do is refused before the router is asked."""
    with pytest.raises(ChangeError, match="cannot do group 18"):
        planned(head_end(ike={"groups": [18]}), BARE)


def test_names_that_are_not_there(tmp_path: Path) -> None:
    """A name that is not in the file is told with the nearest one; one that is not active is not built, and can be removed."""
    one = intended(tmp_path, values(), values(name="spare", status="disabled", pool={"first": "10.9.0.1", "last": "10.9.0.9"}))
    with pytest.raises(NothingMatched, match="did you mean laptops"):
        one.select(["laptop"], TODAY, removal=False)
    with pytest.raises(NothingMatched, match="spare is disabled"):
        one.select(["spare"], TODAY, removal=False)
    assert [made.name for made in one.select(["spare"], TODAY, removal=True)[0]] == ["spare"]
    with pytest.raises(NothingMatched, match="there is no IKEv2 profile FLEX-gone"):
        one.find("gone", {HOST: deployed(head_end(), BARE)})
    with pytest.raises(NothingMatched, match="no head-end is active"):
        intended(tmp_path).select([], TODAY, removal=False)
    with pytest.raises(IntentError, match="defined twice"):
        intended(tmp_path, values(), values())


def test_a_small_pool_is_warned_of(tmp_path: Path) -> None:
    """A pool with less than twice the addresses of the expected sessions is told: who sleeps keeps an address."""
    small = values(pool={"first": "10.9.0.1", "last": "10.9.0.9"}, expected_sessions={"at_least": 6})
    _, warnings = intended(tmp_path, small).select([], TODAY, removal=False)
    assert "keeps its address meanwhile" in warnings[0]
    assert intended(tmp_path, values()).select([], TODAY, removal=False)[1] == ()


def test_another_number_than_the_one_that_stands() -> None:
    """A head-end with a virtual template does not get a second one."""
    with pytest.raises(ChangeError, match="nr-run remove-flexvpn laptops, then nr-run deploy-flexvpn laptops"):
        planned(head_end(virtual_template=77), deployed(head_end(), BARE))
