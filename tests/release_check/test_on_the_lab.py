"""nr-run check-release on the lab: a router before its upgrade, with a far end that is an ASA."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..runbooks.test_ssh import write_inventory
from ..verify.estate import Estate
from ..verify.test_forms import built
from ..warm import start_lab

HQ, BRANCH = "hq", "branch"
DEVICES = {HQ: "c8000v-17", BRANCH: "asa91"}
OLD = ("aes-256-cbc", "hmac-sha1", 5)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """A tunnel by group 5, which the next release of the router refuses."""
    folder = tmp_path_factory.mktemp("release")
    with start_lab(folder / "lab", devices=DEVICES, speed=20) as lab:
        write_inventory(lab, folder / "inventory", DEVICES, OLD)
        yield built(lab, folder)


def test_lines_at_both_ends_and_what_to_have_instead(estate: Estate) -> None:
    """The lines of the router, those of the ASA that change with them, that IKEv1 has none, and the order of work."""
    before = {host: estate.lab.exec(host, "show running-config") for host in DEVICES}
    for host in DEVICES:
        estate.lab.fault(host, "lose-management-after", "1")
    done = estate.run("check-release", HQ, "--to", "17.12.4", "--json")
    for host in DEVICES:
        estate.lab.fault(host, "lose-management-after", on=False)
    assert done.code == 2, done.out + done.err
    (service,) = done.report["services"]
    assert {(hit["effect"], hit["line"], hit["word"]) for hit in service["hits"]} == {
        ("refuses", "group 5", "group 5"),
        ("refuses", "set pfs group5", "group 5"),
    }
    assert all("FN72510" in hit["source"] for hit in service["hits"])
    assert {(line["host"], line["line"]) for line in service["far_ends"]} == {(BRANCH, "group 5"), (BRANCH, "set pfs group5")}
    assert service["instead"] == "IKEv2: aes-256-cbc, hmac-sha384, group 20; ESP: aes-256-gcm; PFS group 20"
    assert "by IKEv1 there is no proposal that all can do" in service["told"][0]
    assert "upgrade hq to 17.12.4" in done.report["order"]
    assert done.report["order"][0].startswith("hq-branch: have its intent ask for IKEv2")
    assert {host: estate.lab.exec(host, "show running-config") for host in DEVICES} == before


def test_a_common_proposal_is_named_and_the_tunnel_comes_first(estate: Estate) -> None:
    """With a far end that is younger the strongest that both can do is named, and is deployed before the upgrade."""
    path = estate.inventory / "hosts.yaml"
    text = path.read_text()
    path.write_text(text.replace("release: '9.1(7)'", "release: '9.13(1)'"))
    try:
        done = estate.run("check-release", HQ, "--to", "17.12.4", "--json")
    finally:
        path.write_text(text)
    (service,) = done.report["services"]
    assert service["instead"] == "IKEv1: aes-256-cbc, hmac-sha1, group 14; ESP: aes-256-cbc, hmac-sha1; PFS group 14"
    order = done.report["order"]
    assert "nr-run deploy-l2l hq-branch" in order[0]
    assert order.index("upgrade hq to 17.12.4") > 0


def test_a_file_stands_in_for_the_device(estate: Estate, tmp_path: Path) -> None:
    """With a running configuration in a file nothing is connected, the far end is said not to be read, and no key is shown."""
    file = tmp_path / "hq.cfg"
    file.write_text(estate.lab.exec(HQ, "show running-config").replace("\r\n", "\n"))
    estate.lab.reset_counters()
    done = estate.run("check-release", HQ, "--to", "17.12.4", "--config", str(file), "--json")
    assert done.code == 2, done.out + done.err
    assert [estate.lab.counters(host).logins for host in DEVICES] == [0, 0]
    assert any(hit["line"] == "set pfs group5" for hit in done.report["services"][0]["hits"])
    assert any("branch was not read" in words for words in done.report["notes"])
    key = (Path(estate.lab.credentials) / "hq-branch-psk").read_text().strip()
    assert key in file.read_text()
    assert key not in done.out
    file.write_text("hostname hq\n")
    done = estate.run("check-release", HQ, "--to", "17.12.4", "--config", str(file))
    assert done.code == 65
    assert "is no running configuration" in done.err


def test_nothing_to_do(estate: Estate) -> None:
    """The release that it has, and one that changes nothing for its lines: exit 0."""
    for release in ("17.9.4a", "17.10.1"):
        done = estate.run("check-release", HQ, "--to", release)
        assert done.code == 0, done.out + done.err
        assert "nothing to do" in done.out


def test_the_other_end_alone_is_upgraded(estate: Estate) -> None:
    """For the ASA to 9.19: group 5 with IKEv1 stays, so there is nothing that has to change."""
    done = estate.run("check-release", BRANCH, "--to", "9.19(1)", "--json")
    assert done.code == 0, json.dumps(done.report, indent=1)


def test_what_cannot_be_checked(estate: Estate) -> None:
    """No such host is 66; no such release, an older one, or one of no known form is 65, with the nearest."""
    done = estate.run("check-release", "hqq", "--to", "17.12.4")
    assert (done.code, "did you mean hq?" in done.err) == (66, True)
    done = estate.run("check-release", HQ, "--to", "16.12.4")
    assert (done.code, "known: from 17.1.1" in done.err) == (65, True)
    done = estate.run("check-release", HQ, "--to", "17.12")
    assert (done.code, "is not a release" in done.err) == (65, True)
    done = estate.run("check-release", HQ, "--to", "17.9.3")
    assert (done.code, "is older than" in done.err) == (65, True)


def test_a_device_that_is_away(estate: Estate) -> None:
    """What was not read is not said to be well: exit 11."""
    estate.lab.fault(HQ, "down")
    done = estate.run("check-release", HQ, "--to", "17.12.4", "--deadline", "30")
    estate.lab.fault(HQ, "down", on=False)
    assert done.code == 11
    assert "nothing is known" in done.out


def test_for_people_it_fits_the_paper(estate: Estate) -> None:
    """At 80 columns, what is refused before the order of work."""
    done = estate.run("check-release", HQ, "--to", "26.1.1")
    assert done.code == 2
    assert max(map(len, done.out.splitlines())) <= 80, done.out
    assert done.out.index("refuses") < done.out.index("order of work")
    assert "warns" in done.out
    assert "system mode insecure" in " ".join(done.out.split())


def test_what_is_to_be_done_is_told_on_a_full_disk(estate: Estate) -> None:
    """Where the record cannot be kept the lines are told all the same, and the exit code is theirs."""
    done = estate.run_on_a_full_disk("check-release", HQ, "--to", "17.12.4", "--json")
    assert (done.code, done.report["outcome"]) == (2, "pending"), done.out + done.err
    assert done.report["services"][0]["hits"]
    assert "release.json cannot be written" in done.report["warnings"][0]
    assert "release.json cannot be written" in done.err
