"""Each line of a provider's sample gets one word for a device: taken, refused by its release, shared, weak, wrong, or a blank."""

from __future__ import annotations

from pathlib import Path

import pytest

from nr_run.changes.objects import Config
from nr_run.changes.objects import read as read_config
from nr_run.checks.samples.sample_judgement import judge
from nr_run.checks.samples.sample_line import WORDS, LineVerdict
from nr_run.inventory.models.platforms import Platform, platform_for
from nr_run.parsers.provider_samples import read_sample

FOLDER = Path(__file__).parents[1] / "provider_samples"
XE = platform_for("C8000V", "17.12.4")
C881 = platform_for("881", "15.4(3)M3")
OLD_IOS = platform_for("3640", "12.2(8)T")
ASA = platform_for("ASA", "9.19(1)")
ASA_82 = platform_for("ASA", "8.2(5)")

RUNNING_ASA = """\
interface GigabitEthernet0/0
 nameif outside
 ip address 198.51.100.1 255.255.255.0
interface Tunnel3
 nameif ORACLE-VPN1
access-list ibm_cryptomap extended permit ip 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0
crypto ipsec ikev2 ipsec-proposal ibm-vpc-proposal
 protocol esp encryption aes-256
 protocol esp integrity sha-256
crypto map ibm_vpc 1 match address ibm_cryptomap
crypto map ibm_vpc 1 set peer 203.0.113.57
crypto map ibm_vpc 1 set ikev2 ipsec-proposal ibm-vpc-proposal
crypto map MAIN 10 match address other
crypto map MAIN 10 set peer 192.0.2.9
crypto map MAIN interface outside
crypto ikev2 policy 100
 encryption aes-256
 integrity sha256
 group 14
 prf sha256
 lifetime seconds 86400
crypto ikev2 enable outside
tunnel-group 203.0.113.57 type ipsec-l2l
tunnel-group 203.0.113.57 ipsec-attributes
 ikev2 remote-authentication pre-shared-key <key:11111111>
 ikev2 local-authentication pre-shared-key <key:11111111>
router bgp 65000
"""
RUNNING_IOS = """\
crypto isakmp policy 200
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
 lifetime 28800
crypto isakmp policy 201
 encr 3des
 group 2
crypto ipsec transform-set ipsec-prop-0 esp-3des esp-sha-hmac
crypto ipsec profile mine
 set transform-set ipsec-prop-0
interface Tunnel1
 ip address 10.255.0.1 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel destination 192.0.2.50
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile mine
"""


def verdicts(name: str, platform: Platform, running: Config | None = None, text: str = "") -> list[LineVerdict]:
    """All that is said of a small sample of the tests, or of a changed one."""
    data = text.encode() if text else FOLDER.joinpath(name).read_bytes()
    return list(judge(read_sample(data, name), platform, running))


def words(found: list[LineVerdict], part: str) -> set[str]:
    """The words on the lines that hold this text."""
    return {one.word for one in found if part in one.text}


def reason(found: list[LineVerdict], part: str, word: str) -> str:
    """The reasons of that word on these lines."""
    return " ".join(one.reason for one in found if part in one.text and one.word == word)


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
@pytest.mark.parametrize("platform", [XE, C881, OLD_IOS, ASA, ASA_82], ids=str)
def test_each_line_has_a_word_and_each_word_a_reason(path: Path, platform: Platform) -> None:
    """No statement is left without a word, what is not accepted has one reason, and an accepted line has no other word."""
    sample = read_sample(path.read_bytes(), path.name)
    found = judge(sample, platform, None)
    assert {one.number for one in sample.statements} <= {one.line for one in found}
    accepted = {one.line for one in found if one.word == "accepted"}
    assert not accepted & {one.line for one in found if one.word != "accepted"}
    assert all(one.reason and "\n" not in one.reason for one in found if one.word != "accepted")
    assert {one.word for one in found} <= set(WORDS)
    values = [key.value for key in sample.keys]
    assert not [one for one in found for value in values if value in one.text + one.reason]


def test_group_2_is_refused_by_one_release_and_weak_to_another() -> None:
    """IOS-XE 17.12 refuses the group and says by which rule; 15.4 takes it, and it needs a waiver."""
    assert words(verdicts("azure-ios-map.txt", XE), "group 2") == {"refused"}
    assert "compliance shield" in reason(verdicts("azure-ios-map.txt", XE), "group 2", "refused")
    assert words(verdicts("azure-ios-map.txt", C881), "group 2") == {"weak"}
    assert words(verdicts("azure-ios-map.txt", OLD_IOS), "encryption aes 256") == {"refused"}


def test_what_came_with_a_later_release_is_refused() -> None:
    """IKEv2 and tunnel interfaces on an ASA 8.2, IKEv2 on IOS 12.2: with the release that brought them."""
    found = verdicts("oracle-asa-vti.txt", ASA_82)
    assert "came with ASA 8.4(1)" in reason(found, "crypto ikev2 policy 10", "refused")
    assert "came with ASA 9.7(1)" in reason(found, "interface Tunnel100", "refused")
    assert "came with IOS 15.1(1)T" in reason(verdicts("google-ios.txt", OLD_IOS), "crypto ikev2 proposal", "refused")


def test_a_sample_for_another_system_is_refused_line_by_line() -> None:
    """Lines of IOS on an ASA: each is refused, and says why."""
    found = verdicts("azure-ios-map.txt", ASA)
    assert {one.word for one in found} == {"refused", "placeholder"}
    assert "a line of IOS, and the device is ASA" in reason(found, "crypto isakmp policy 10", "refused")


def test_md5_and_des_are_never_built_and_wildcards_are_weak() -> None:
    """Each with its own reason, on a release that takes the line."""
    text = FOLDER.joinpath("azure-ios-map.txt").read_text().replace("hash sha", "hash md5").replace("aes 256", "des")
    text = text.replace("address 198.51.100.44", "address 0.0.0.0 0.0.0.0")
    found = verdicts("", C881, text=text)
    assert "hmac-md5 is never built" in reason(found, "hash md5", "weak")
    assert "des-cbc is never built" in reason(found, "encryption des", "weak")
    assert "takes any peer" in reason(found, "crypto isakmp key", "weak")
    assert "takes any peer" in reason(verdicts("google-ios.txt", XE), "match identity remote any", "weak")


def test_aggressive_mode_is_weak() -> None:
    """On IOS and on an ASA."""
    text = (
        FOLDER.joinpath("aws-ios.txt")
        .read_text()
        .replace("   keyring keyring", "   initiate mode aggressive\n   keyring keyring")
    )
    assert words(verdicts("", XE, text=text), "initiate mode aggressive") == {"weak"}


def test_what_is_one_setting_of_the_box_is_shared_without_a_configuration() -> None:
    """Global lines, the map of an interface, its addresses, the segment size: shared whatever stands there."""
    assert words(verdicts("aws-ios.txt", XE), "crypto ipsec df-bit") == {"shared"}
    assert words(verdicts("aws-ios.txt", XE), "crypto isakmp keepalive") == {"shared"}
    assert words(verdicts("ibm-asa.txt", ASA), "sysopt connection tcpmss") == {"shared"}
    assert "every crypto tunnel" in reason(verdicts("azure-ios-map.txt", XE), "no crypto map", "shared")


def test_what_stands_on_the_box_already() -> None:
    """A policy number with other values, a map of that name, a list, a peer's key, a tunnel to the peer, another map bound."""
    found = verdicts("ibm-asa.txt", ASA, read_config("asa", RUNNING_ASA))
    assert "typing this changes it" in reason(found, "crypto ikev2 policy 100", "shared")
    assert "takes the place of its key" in reason(found, "tunnel-group 203.0.113.57 type", "shared")
    assert "with 1 line of its own" in reason(found, "access-list ibm_cryptomap", "shared")
    assert "is there already, for 203.0.113.57" in reason(found, "set peer 203.0.113.57", "shared")
    assert "outside has crypto map MAIN" in reason(found, "crypto map ibm_vpc interface outside", "shared")
    assert "has a tunnel to 203.0.113.57 already" in " ".join(one.reason for one in found)
    same = [one for one in found if one.text == "crypto ipsec ikev2 ipsec-proposal ibm-vpc-proposal"]
    assert [(one.word, "is there already, with these lines" in one.reason) for one in same] == [("accepted", True)]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.name)
def test_every_sample_is_judged_beside_what_it_would_have_made(path: Path) -> None:
    """Where the lines of the sample stand on the device already nothing is refused for it, and its keys and peers are shared."""
    sample = read_sample(path.read_bytes(), path.name)
    platform, os = (XE, "ios") if sample.os == "ios" else (ASA, "asa")
    text = "".join(f"{' ' * len(one.path)}{one.text}\n" for one in sample.statements)
    text = text.replace("int tunnel 7", "interface Tunnel7")
    alone, beside = judge(sample, platform, None), judge(sample, platform, read_config(os, text))
    assert {(one.line, one.word) for one in alone if one.word != "accepted"} <= {(one.line, one.word) for one in beside}
    told = " ".join(one.reason for one in beside)
    assert all(f"has a tunnel to {tunnel.said} already" in told for tunnel in sample.tunnels if tunnel.peer is not None)


def test_a_name_and_a_number_that_are_taken() -> None:
    """The nameif of an interface and the number of a tunnel interface; who uses the transform set is named."""
    asa = verdicts("oracle-asa-vti.txt", ASA, read_config("asa", RUNNING_ASA))
    assert "is that of an interface already" in reason(asa, "nameif ORACLE-VPN1", "shared")
    ios = verdicts("aws-ios.txt", XE, read_config("ios", RUNNING_IOS))
    assert words(ios, "crypto isakmp policy 200") == {"accepted"}
    assert "typing this changes it" in reason(ios, "crypto isakmp policy 201", "shared")
    assert "for ipsec-profile mine" in reason(ios, "crypto ipsec transform-set ipsec-prop-0", "shared")
    assert "tunnel-interface Tunnel1 is there already" in reason(ios, "interface Tunnel1", "shared")


def test_what_a_device_takes_and_is_wrong_all_the_same() -> None:
    """A neighbour outside of the tunnel's network, a saving before the proof, integrity beside GCM, a remark by #."""
    google = verdicts("google-ios.txt", XE)
    assert "is not in 169.254.9.8/30" in reason(google, "neighbor 169.254.9.1", "wrong")
    assert words(google, "copy run start") == {"wrong"}
    assert [one.word for one in verdicts("ibm-asa.txt", ASA) if one.line == 1] == ["refused"]
    text = (
        FOLDER.joinpath("ibm-asa.txt")
        .read_text()
        .replace("protocol esp encryption aes-256", "protocol esp encryption aes-gcm-256")
    )
    assert "GCM has an integrity of its own" in reason(verdicts("", ASA, text=text), "protocol esp integrity", "wrong")


def test_keys_are_judged_without_a_word_of_them() -> None:
    """A short key, a key of two peers, one that the provider would not take, one that is none: each by its line."""
    text = FOLDER.joinpath("aws-ios.txt").read_text()
    short = verdicts("", XE, text=text.replace("kQ7vZ2mXw9Lr4TyB6nHd8Gc3", "0kQ7vZ2m-w"))
    assert "has 10 characters" in reason(short, "address 203.0.113.21 key", "weak")
    assert "AWS takes 8 to 64" in reason(short, "address 203.0.113.21 key", "weak")
    same = verdicts("", XE, text=text.replace("Wd5fJt8Rn2Kx7Pq9Mc4Vb6Zs", "kQ7vZ2mXw9Lr4TyB6nHd8Gc3"))
    assert "the same key as in line 18" in reason(same, "address 203.0.113.87 key", "weak")
    assert words(verdicts("azure-ios-map.txt", XE), "crypto isakmp key") == {"placeholder"}


def test_parameters_without_commands_are_judged_by_what_they_ask_for() -> None:
    """Alibaba's JSON with group 2: refused by the release, with the line of the file."""
    text = FOLDER.joinpath("alibaba.json").read_text().replace("group14", "group2")
    found = verdicts("", ASA, text=text)
    assert {(one.line, one.word) for one in found} == {(12, "refused"), (15, "refused")}
