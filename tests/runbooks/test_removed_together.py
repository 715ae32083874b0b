"""Tunnels that are removed in one run: what the first has to leave for the second goes with that one, and with no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .. import warm
from .test_many_tunnels import two_tunnels

#: Two tunnels between the same routers, each by an IKE policy of its own: the policy of one serves the other as well.
OTHER_POLICY = (
    (
        "ike_policies:\n",
        "  - name: shorter\n"
        "    authentication_method: preshared-keys\n"
        "    encryption_algorithm: 3des-cbc\n"
        "    authentication_algorithm: hmac-sha1\n"
        "    group: 2\n"
        "    sa_lifetime: 43200\n\n"
        "ike_policies:\n  - {name: shorter, version: 1, mode: main, proposals: [shorter]}\n",
    ),
    (
        "ipsec_profiles:\n",
        "ipsec_profiles:\n  - {name: shorter, mode: esp, ike_policy: shorter, ipsec_policy: ipsec-12.2}\n",
    ),
)
#: What is on the first line of a configuration, and what says nothing of it.
NOISE = ("!", "Building", "Current configuration", "Using ")


@pytest.fixture
def both(rehearsal):
    """Both tunnels, built and verified."""
    two_tunnels(rehearsal)
    for old, new in OTHER_POLICY:
        rehearsal.edit("vpn/cryptography.yaml", old, new)
    path = rehearsal.inventory / "vpn" / "hq-branch.yaml"
    first, name, second = path.read_text().partition("  - name: hq-warehouse")
    path.write_text(first + name + re.sub(r"ipsec_profile: \S+", "ipsec_profile: shorter", second, count=1))
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert all("lifetime 43200" in running(rehearsal, name) for name in ("vpn2611", "vpn3640"))
    return rehearsal


def running(rehearsal, name: str) -> list[str]:
    """What a router runs, without what stands there of its size."""
    text = rehearsal.lab.exec(name, "show running-config")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(NOISE)]


def before(rehearsal, name: str) -> list[str]:
    """What it ran before either tunnel was built."""
    text = rehearsal.before["running"][name]
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(NOISE)]


@pytest.mark.parametrize("names", [("hq-branch", "hq-warehouse"), ("hq-warehouse", "hq-branch")], ids=" then ".join)
def test_the_last_one_takes_what_the_first_had_to_leave(both, names: tuple[str, str]) -> None:
    """Both removed in one run, no IKE policy of either is left, and the recap does not say that one stays."""
    done = both.deploy_other("remove-l2l", *names, "--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert running(both, "vpn3640") == before(both, "vpn3640")
    assert not [line for tunnel in done.report["tunnels"] for line in tunnel["stays"] if line.startswith("vpn3640")]
    # The VPN clients of the 2611 are IKE peers too: what may serve them stays, and is named.
    assert any(line.startswith("vpn2611: isakmp-policy") for tunnel in done.report["tunnels"] for line in tunnel["stays"])
    for name in ("vpn2611", "vpn3640"):
        assert both.lab.exec(name, "show startup-config").count("NR-") == 0


def test_rolled_back_both_are_there_again(both) -> None:
    """The run that removed both is undone as a whole: both policies are there again, and both tunnels are verified."""
    built = {name: sorted(running(both, name)) for name in ("vpn2611", "vpn3640")}
    assert both.deploy_other("remove-l2l", "hq-branch", "hq-warehouse", "--yes").code == 0
    done = both.nr_run("rollback", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert [tunnel["verified"] for tunnel in done.report["tunnels"]] == [True, True]
    assert {name: sorted(running(both, name)) for name in ("vpn2611", "vpn3640")} == built


def test_where_the_second_stays_it_keeps_what_it_uses(both) -> None:
    """A second removal that is rolled back puts the policy of the first back as well: the tunnel that stays is as it was."""
    first, second = "hq-branch", "hq-warehouse"
    both.lab.fault("vpn3640", "ignore", "no crypto map NR-MAP 20")
    done = both.deploy_other("remove-l2l", first, second, "--yes", "--json")
    both.lab.fault("vpn3640", "ignore", on=False)
    assert done.code == 10, done.out + done.err
    assert [tunnel["result"] for tunnel in done.report["tunnels"]] == ["verified", "rolled-back"]
    assert any(line.startswith("vpn3640: isakmp-policy") for line in done.report["tunnels"][0]["stays"])
    lifetimes = [line for line in running(both, "vpn3640") if line.startswith("lifetime")]
    assert lifetimes == ["lifetime 43200"]
    assert sum(line.startswith("crypto isakmp policy") for line in running(both, "vpn3640")) == 2
    again = both.deploy(second, "--yes", "--json")
    assert (again.code, again.report["changed"], again.tunnel["verified"]) == (0, False, True), again.out


def test_killed_in_the_second_removal(both) -> None:
    """kill -9 while the second one goes: resume restores it with the policy that it was to take along."""
    both.lab.fault("vpn3640", "slow", "60")
    words = both.arguments("hq-branch", "hq-warehouse", "--yes", "--json", command="remove-l2l")
    earlier = [path.name for path in both.runs.glob("2*-*")]
    process = warm.Process(words, both.environment)
    both.wait_for("recorded", besides=earlier, seconds=60)
    (journal,) = (path / "journal.jsonl" for path in both.runs.glob("2*-*") if path.name not in earlier)
    both.wait_until(lambda: is_applying(journal, "hq-warehouse", "vpn3640"), seconds=120)
    process.kill()
    process.communicate(timeout=30)
    both.lab.fault("vpn3640", "slow", on=False)
    done = both.nr_run("resume", "--json")
    assert done.code == 20, done.out + done.err
    assert sum(line.startswith("crypto isakmp policy") for line in running(both, "vpn3640")) == 2
    again = both.deploy("hq-warehouse", "--yes", "--json")
    assert (again.code, again.report["changed"], again.tunnel["verified"]) == (0, False, True), again.out


def is_applying(journal: Path, tunnel: str, host: str) -> bool:
    """Whether lines of this removal have gone to the device."""
    lines = [json.loads(line) for line in journal.read_text().splitlines() if line.endswith("}")]
    return any((line["state"], line.get("tunnel"), line.get("host")) == ("applying", tunnel, host) for line in lines)
