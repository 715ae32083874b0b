"""Several tunnels in one run, and other operators at work on the same devices."""

from __future__ import annotations

import json

SECOND = """
  - name: hq-warehouse
    ipsec_profile: {profile}
    preshared_key_ref: credential:hq-branch-psk
    dpd: {{interval_seconds: 10, retries: 3}}
    waiver: {{until: 2028-06-30, ticket: CHG-1, reason: the second tunnel of a test}}
    terminations:
      - host: vpn2611
        interface: Ethernet0/0
        outside_ip: 172.18.124.159
        protected_prefixes: [10.10.10.0/24]
        probe_address: 10.10.10.1
      - host: vpn3640
        interface: Ethernet0/0
        outside_ip: 172.18.124.199
        protected_prefixes: [10.10.30.0/24]
        probe_address: 10.10.30.1
"""


def two_tunnels(rehearsal) -> None:
    """A second network behind the 3640, saved, and a second tunnel in the intent."""
    rehearsal.configure("vpn3640", "interface Loopback0", "ip address 10.10.30.1 255.255.255.0", "write memory")
    path = rehearsal.inventory / "vpn" / "hq-branch.yaml"
    text = path.read_text()
    (profile,) = {line.split()[1] for line in text.splitlines() if line.strip().startswith("ipsec_profile:")}
    path.write_text(text.rstrip() + SECOND.format(profile=profile))
    rehearsal.before = rehearsal.configurations()


def test_two_tunnels_share_what_can_be_shared(rehearsal) -> None:
    """Both tunnels are built and verified; the second takes the next sequence and uses the policy and key of the first."""
    two_tunnels(rehearsal)
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert [tunnel["verified"] for tunnel in done.report["tunnels"]] == [True, True]
    assert "(1 of 2, " in done.err
    assert "(2 of 2, " in done.err
    running = rehearsal.lab.exec("vpn3640", "show running-config")
    assert running.count("crypto isakmp policy") == 1
    assert running.count("crypto isakmp key") == 1
    assert "crypto map NR-MAP 10 ipsec-isakmp" in running
    assert "crypto map NR-MAP 20 ipsec-isakmp" in running
    again = rehearsal.deploy("--yes", "--json")
    assert (again.code, again.report["changed"]) == (0, False)


def test_the_first_tunnel_stays_when_the_second_fails(rehearsal) -> None:
    """When the second tunnel cannot be built the first stays verified, the devices hold it alone, and the run is partial."""
    two_tunnels(rehearsal)
    rehearsal.lab.fault("vpn3640", "refuse-line", "NR-hq-warehouse")
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 10, done.out + done.err
    assert [tunnel["result"] for tunnel in done.report["tunnels"]] == ["verified", "rolled-back"]
    rehearsal.lab.fault("vpn3640", "refuse-line", on=False)
    running = rehearsal.lab.exec("vpn3640", "show running-config")
    assert "NR-hq-branch" in running
    assert "NR-hq-warehouse" not in running
    assert rehearsal.deploy("hq-branch", "--yes", "--json").report["changed"] is False


def test_two_writers_of_one_entry_are_told_apart(rehearsal) -> None:
    """When somebody else writes into the very entry that is being built, nothing of theirs is removed and a person is named."""
    lines = ["access-list 199 permit ip host 10.9.9.9 host 10.8.8.8", "crypto map clientmap 1 ipsec-isakmp", "set peer 192.0.2.9"]
    rehearsal.lab.fault("vpn3640", "slow", "250")
    with rehearsal.operator("vpn2611") as other:
        process = rehearsal.begin("--yes", "--json")
        rehearsal.wait_for("building", host="vpn3640")
        other.send_config_set([*lines, "set transform-set myset", "match address 199"])
        rehearsal.lab.fault("vpn3640", "slow", on=False)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (20, 21), out + err
    running = rehearsal.lab.exec("vpn2611", "show running-config")
    assert "set peer 192.0.2.9" in running
    assert "NR-hq-branch" not in rehearsal.lab.exec("vpn3640", "show running-config")
    assert json.loads(out)["tunnels"][0]["verified"] is False


def test_an_edit_during_the_push_stays(rehearsal) -> None:
    """When somebody else changes a device while the tunnel is built, ours is rolled back, theirs stays, and no reload takes
    it."""
    rehearsal.lab.fault("vpn2611", "slow", "250")
    with rehearsal.operator("vpn3640") as other:
        process = rehearsal.begin("--yes", "--json")
        rehearsal.wait_for("building", host="vpn3640")
        other.send_config_set(["ip route 10.77.0.0 255.255.0.0 172.18.124.1"])
        rehearsal.lab.fault("vpn2611", "refuse-line", "match address")
        rehearsal.lab.fault("vpn2611", "slow", on=False)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 20, out + err
    running = rehearsal.lab.exec("vpn3640", "show running-config")
    assert "ip route 10.77.0.0" in running
    assert "NR-hq-branch" not in running
    assert "10.77.0.0" in json.loads(out)["tunnels"][0]["sentence"]
    for name in ("vpn2611", "vpn3640"):
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")


def test_a_prefix_that_no_ping_tested_is_named(rehearsal) -> None:
    """A second prefix behind the 3640, in which the device has no address to ping from, is named as not verified."""
    rehearsal.edit("vpn/hq-branch.yaml", "[10.10.20.0/24]", "[10.10.20.0/24, 10.10.40.0/24]")
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert "could not be tested" in done.tunnel["sentence"]
    assert any("10.10.40.0/24" in sentence for sentence in done.tunnel["untested"])
    assert "10.10.40.0/24" in rehearsal.nr_run("show").out


def test_rollback_leaves_what_a_later_tunnel_shares(rehearsal) -> None:
    """Rolling back the first of two tunnels to one peer leaves the second up, and names the key and the map that stay."""
    assert rehearsal.deploy("hq-branch", "--yes").code == 0
    (first,) = (path.name for path in rehearsal.runs.glob("2*"))
    two_tunnels(rehearsal)
    assert rehearsal.deploy("hq-warehouse", "--yes").code == 0
    done = rehearsal.nr_run("rollback", first, "--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert any("isakmp-key" in sentence for sentence in done.tunnel["stays"])
    again = rehearsal.deploy("hq-warehouse", "--yes", "--json")
    assert (again.code, again.report["changed"], again.tunnel["verified"]) == (0, False, True), again.out
    assert "NR-hq-branch" not in rehearsal.lab.exec("vpn2611", "show running-config")
