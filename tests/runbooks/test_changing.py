"""A tunnel that is up is changed in place, over the real transports: the intent changes, deploy-l2l is run again."""

from __future__ import annotations

import json
import re

import pytest

from ..conftest import Rehearsal

SECOND = """\
schema_version: 1
tunnels:
  - name: hq-branch-two
    ipsec_profile: ios-12.2
    preshared_key_ref: credential:hq-branch-psk
    dpd: {interval_seconds: 10, retries: 3}
    waiver: {until: 2028-06-30, ticket: SEC-1042, reason: old boxes}
    terminations:
      - {host: vpn2611, interface: Ethernet0/0, outside_ip: 172.18.124.159, protected_prefixes: [10.10.10.0/24],
         probe_address: 10.10.10.1}
      - {host: vpn3640, interface: Ethernet0/0, outside_ip: 172.18.124.199, protected_prefixes: [10.10.21.0/24],
         probe_address: 10.10.21.1}
"""


def body(configuration: str) -> list[str]:
    """Lines of a configuration without those that say how large it is and when it changed, in no order."""
    lines = configuration.splitlines()
    return sorted(line for line in lines if line and not line.startswith(("Current conf", "Using ", "Building", "!")))


def both(rehearsal: Rehearsal, kind: str = "running") -> dict[str, list[str]]:
    """Configurations of both devices as bodies."""
    return {name: body(rehearsal.lab.exec(name, f"show {kind}-config")) for name in ("vpn2611", "vpn3640")}


def stronger_phase_2(rehearsal: Rehearsal) -> None:
    """Another IPsec proposal: MD5 is not built, so the lifetime and the group change instead of the cipher on 12.2."""
    end = "    authentication_algorithm: hmac-sha1\n"
    rehearsal.edit("vpn/cryptography.yaml", f"{end}\nipsec_policies", f"{end}    sa_lifetime_seconds: 1800\n\nipsec_policies")


def wider_prefix(rehearsal: Rehearsal) -> None:
    """One more network behind the branch."""
    rehearsal.edit(
        "vpn/hq-branch.yaml", "protected_prefixes: [10.10.20.0/24]", "protected_prefixes: [10.10.20.0/24, 10.10.30.0/24]"
    )


def other_ike_lifetime(rehearsal: Rehearsal) -> None:
    """Another IKE proposal."""
    rehearsal.edit("vpn/cryptography.yaml", "sa_lifetime: 86400", "sa_lifetime: 43200")


def other_key(rehearsal: Rehearsal) -> None:
    """The key is rotated where it is kept."""
    (rehearsal.lab.credentials / "hq-branch-psk").write_text("Rotated.Key-7f3a9b21c4d5e6f708192a3b\n")


def other_prefix(rehearsal: Rehearsal) -> None:
    """Half of the network behind the branch: the SAs of the whole one go, and they are nobody else's."""
    rehearsal.edit("vpn/hq-branch.yaml", "protected_prefixes: [10.10.20.0/24]", "protected_prefixes: [10.10.20.0/25]")


CHANGES = {
    "prefixes": wider_prefix,
    "narrower": other_prefix,
    "lifetime": stronger_phase_2,
    "ike": other_ike_lifetime,
    "key": other_key,
}


@pytest.mark.parametrize("what", CHANGES)
def test_change_in_place(rehearsal, what: str) -> None:
    """The tunnel is verified in the new form, nothing of the old one is left, the VPN client goes on; rollback brings both
    devices back to the first form, verified up."""
    assert rehearsal.deploy("--yes").code == 0
    first = both(rehearsal)
    CHANGES[what](rehearsal)
    plan = rehearsal.deploy("--plan", "--json")
    assert plan.code == 2, plan.out + plan.err
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert done.tunnel["verified"] is True
    second = both(rehearsal)
    assert second != first
    assert both(rehearsal, "startup") == second
    again = rehearsal.deploy("--plan", "--json")
    assert again.code == 0, again.out
    assert re.search(r"64\.102\.55\.142 .*QM_IDLE", rehearsal.lab.exec("vpn2611", "show crypto isakmp sa"))
    for name in second:
        lists = [line for line in second[name] if line.startswith("ip access-list extended NR-")]
        assert len(lists) == 1
    back = rehearsal.nr_run("rollback", "--yes", "--json")
    assert back.code == 0, back.out + back.err
    assert back.tunnel["verified"] is True
    assert both(rehearsal) == first
    assert both(rehearsal, "startup") == first


def test_peer_moves(rehearsal) -> None:
    """The branch gets another outside address: the entry is switched to it, the key of the old address goes."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.configure("vpn3640", "interface Ethernet0/0", "ip address 172.18.124.200 255.255.255.0", "write memory")
    rehearsal.edit("vpn/hq-branch.yaml", "outside_ip: 172.18.124.199", "outside_ip: 172.18.124.200")
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 0, done.out + done.err
    near = rehearsal.lab.exec("vpn2611", "show running-config")
    assert "172.18.124.199" not in near
    assert near.count("172.18.124.200") == 2


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("fault", [("wrong-psk",), ("refuse-line", "match address"), ("drop-esp",)], ids=lambda fault: fault[0])
def test_failed_change_goes_back(rehearsal, what: str, fault: tuple[str, ...]) -> None:
    """Whatever breaks while the tunnel is changed, both devices are back in the first form, and the tunnel comes up again."""
    assert rehearsal.deploy("--yes").code == 0
    first = {kind: both(rehearsal, kind) for kind in ("running", "startup")}
    CHANGES[what](rehearsal)
    rehearsal.lab.fault("vpn3640", *fault)
    done = rehearsal.deploy("--yes", "--json", "--revert-in", "1", "--boot-timeout", "30")
    struck = fault[0] == "drop-esp" or (fault[0], what) in (
        ("wrong-psk", "key"),
        ("refuse-line", "prefixes"),
        ("refuse-line", "narrower"),
    )
    if not struck:
        assert done.code == 0, done.out + done.err
        return
    # Where ESP is still lost the configurations are back and the tunnel is not: that is for a person.
    lost = fault[0] == "drop-esp"
    assert done.code == (21 if lost else 20), done.out + done.err
    assert ("verified up again" in done.tunnel["sentence"]) is not lost
    assert bool([words for words in done.tunnel["by_hand"] if "both configurations are as before" in words]) is lost
    assert {kind: both(rehearsal, kind) for kind in ("running", "startup")} == first
    rehearsal.lab.fault("vpn3640", fault[0], on=False)
    for name in ("vpn2611", "vpn3640"):
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")


def test_neighbour_to_the_same_peer_is_left_alone(rehearsal) -> None:
    """A second tunnel between the same two devices keeps its entry, its list and its SAs while the first one is changed."""
    rehearsal.configure("vpn3640", "interface Loopback21", "ip address 10.10.21.1 255.255.255.0", "write memory")
    (rehearsal.inventory / "vpn" / "two.yaml").write_text(SECOND)
    assert rehearsal.deploy("--yes").code == 0
    before = both(rehearsal)
    wider_prefix(rehearsal)
    done = rehearsal.deploy("hq-branch", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    after = both(rehearsal)
    for name in before:
        kept = [line for line in before[name] if "hq-branch-two" in line]
        assert kept
        assert [line for line in after[name] if "hq-branch-two" in line] == kept
    assert rehearsal.deploy("hq-branch-two", "--plan").code == 0


def test_removed_in_another_form(rehearsal) -> None:
    """remove-l2l takes away what the devices have, though the intent says something else by now."""
    assert rehearsal.deploy("--yes").code == 0
    wider_prefix(rehearsal)
    done = rehearsal.deploy_other("remove-l2l", "hq-branch", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    before = {name: body(text) for name, text in rehearsal.before["running"].items()}
    # Dead peer detection stays for the VPN clients of the 2611, and is named.
    before["vpn2611"] = sorted([*before["vpn2611"], "crypto isakmp keepalive 10 3"])
    assert both(rehearsal) == before
    assert [sentence for sentence in done.tunnel["stays"] if "isakmp-keepalive stays" in sentence]


def test_killed_while_changing_then_resumed(rehearsal) -> None:
    """kill -9 between the two ends of a change in place: resume brings the first form back on both."""
    assert rehearsal.deploy("--yes").code == 0
    first = both(rehearsal)
    wider_prefix(rehearsal)
    seen = {path.name for path in rehearsal.runs.glob("2*")}
    rehearsal.lab.fault("vpn2611", "slow", "15")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("applied", host="vpn3640", besides=seen)
    process.kill()
    process.communicate(timeout=30)
    rehearsal.lab.fault("vpn2611", "slow", on=False)
    done = rehearsal.nr_run("resume", "--json")
    assert done.code == 20, done.out + done.err
    assert json.loads(done.out)["exit_code"] == 20
    assert both(rehearsal) == first


def test_resume_of_a_change_that_sent_nothing_leaves_the_tunnel_up(rehearsal) -> None:
    """Killed while it was arming, the run has touched no SA: resume cancels the rollback timer, and the tunnel has not
    noticed."""
    assert rehearsal.deploy("--yes").code == 0
    up = rehearsal.lab.exec("vpn2611", "show crypto ipsec sa")
    wider_prefix(rehearsal)
    seen = {path.name for path in rehearsal.runs.glob("2*")}
    rehearsal.lab.fault("vpn3640", "slow", "40")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("arming", besides=seen)
    process.kill()
    process.communicate(timeout=30)
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    done = rehearsal.nr_run("resume", "--json")
    assert done.code == 20, done.out + done.err
    spi = re.compile(r"current outbound spi: (\w+)")
    assert spi.findall(rehearsal.lab.exec("vpn2611", "show crypto ipsec sa")) == spi.findall(up)
