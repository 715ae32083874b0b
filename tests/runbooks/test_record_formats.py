"""The record of a run is versioned data: what an earlier version wrote is read, and what cannot be gone on from says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import NothingMatched, NrRunError
from nr_run.runbooks.run import saved_plan
from nr_run.runbooks.run.authentic import RunSeal
from nr_run.runbooks.run.folder import canonical
from nr_run.runbooks.run.record_formats import FORMAT, READABLE, migrated
from nr_run.runbooks.run.saved_plan import read_record

from ..conftest import Rehearsal


def record_of(rehearsal: Rehearsal) -> Path:
    """The record of a run that built the example tunnel."""
    assert rehearsal.deploy("--yes", "--json").code == 0
    (path,) = rehearsal.runs.glob("2*/*/record.json")
    return path


def rewrite(path: Path, data: dict[str, Any]) -> None:
    """As a run would have written it: vouched for with the run key."""
    data.pop("mac", None)
    seal = RunSeal.of(path.parent.parent.name)
    assert seal is not None
    path.write_text(json.dumps({**data, "mac": seal.code(f"{path.parent.name}/record.json", canonical(data))}))


def as_format_3(data: dict[str, Any]) -> dict[str, Any]:
    """The same record as the version before wrote it."""
    crypto = data["wanted"]["crypto"]
    old = {"model": None, "changes": None, "way_back": None, "steps": None}
    return {
        "format": 3,
        "removal": data["removal"],
        "tunnel": data["wanted"]["tunnel"],
        "crypto": {
            **{name: crypto[name] for name in ("ike_version", "ike_mode", "pfs_group")},
            "ike": crypto["ike_proposals"][0],
            "ipsec": crypto["ipsec_proposals"][0],
        },
        "ends": [
            {
                **{name: value for name, value in member.items() if name not in old},
                "model": member["model"],
                "change": member["changes"][0],
            }
            for member in data["members"]
        ],
    }


def test_records(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one run: its record is read again as it was; the format before is read; other steps, an unknown kind of object, another
    order of members, an unknown service and an unknown format are each refused in one sentence, before anything is sent."""
    path = record_of(rehearsal)
    monkeypatch.setenv("XDG_CONFIG_HOME", rehearsal.environment["XDG_CONFIG_HOME"])
    data = json.loads(path.read_text())
    assert data["format"] == FORMAT
    today = read_record(path).plan
    assert today.deployment.hosts == ("vpn2611", "vpn3640")
    assert all(member.change for member in today.members)

    rewrite(path, as_format_3(data))
    before = read_record(path).plan
    assert (before.deployment, before.removal) == (today.deployment, today.removal)
    assert [member.change for member in before.members] == [member.change for member in today.members]
    code = rehearsal.nr_run("rollback", "--yes", "--json").code
    assert code == 0
    assert rehearsal.configurations()["running"] == rehearsal.before["running"]

    def refused(change: Any, words: str, kind: type[NrRunError] = NrRunError) -> None:
        made = json.loads(json.dumps(data))
        change(made)
        rewrite(path, made)
        with pytest.raises(kind, match=words):
            read_record(path)

    refused(lambda made: made["members"][0]["steps"].pop(), "steps on vpn2611 that this nr-run would take are not those")
    refused(
        lambda made: made["members"][1]["changes"][0]["created"][0].update(family="ike-policy"),
        "vpn3640: the run changed objects of kind 'ike-policy', which this nr-run does not know",
    )
    refused(lambda made: made["members"].reverse(), "has vpn3640 where its deployment has vpn2611")
    refused(lambda made: made.update(service="l2"), r"there is no service 'l2' \(", NothingMatched)
    refused(lambda made: made.update(format=9), "has format 9, and this nr-run resumes format 3 or 4 only")
    refused(lambda made: made["wanted"].pop("crypto"), "another version of nr-run, which this one cannot read")
    refused(lambda made: made["members"][0].pop("release"), "go on with the version that began the run")
    refused(lambda made: made["members"][1]["rollback_method"].pop("minutes"), "another version of nr-run")
    refused(lambda made: made["members"][1]["rollback_method"].update(name="tomorrow"), "another version of nr-run")


def test_every_format_becomes_the_one_of_today() -> None:
    """Each format that can be read has a way to today's; a record of today stays as it is."""
    assert READABLE[-1] == FORMAT
    assert all(number in saved_plan.READABLE for number in READABLE)
    assert migrated({"format": FORMAT, "service": "x"}) == {"format": FORMAT, "service": "x"}
