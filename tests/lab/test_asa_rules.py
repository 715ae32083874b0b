"""What ASA configuration refers to, what is refused while it is referred to, and what goes away with what."""

from __future__ import annotations

import pytest

from nr_run.lab.entry import LabHandle

from .firewalls import INCOMPLETE, OUTSIDE, WILL_BE_INCOMPLETE, asa_end, config, end, ike_state, join, ping, typed
from .tunnels import eventually

ASAS = ("asa82", "asa91", "asa919")
SETS = {"asa82": "transform-set", "asa91": "ikev1 transform-set", "asa919": "ikev1 transform-set"}


def up(boxes: LabHandle, asa: str) -> None:
    """Build the tunnel to the 881 and bring it up."""
    join(boxes, asa, "c881", group="5")
    eventually(lambda: ping(boxes, asa, "c881") == 5)


def down(boxes: LabHandle, asa: str) -> bool:
    """Whether the ASA has neither SAs nor an IKE SA."""
    return ike_state(boxes, asa) == "" and "There are no ipsec sas" in boxes.exec(asa, "show crypto ipsec sa")


BOTH = pytest.mark.parametrize(("boxes", "asa"), [((name, "c881"), name) for name in ASAS], indirect=["boxes"])


@BOTH
def test_an_entry_warns_until_it_is_whole(boxes: LabHandle, asa: str) -> None:
    """Each line of an incomplete entry is answered by the warning, the last one is not; the lines stand in the ASA's order."""
    answers = [answer for answer in typed(boxes, asa, asa_end(asa, "c881")) if "DH group" not in answer]
    assert [answer.partition(": ")[2] for answer in answers] == [INCOMPLETE, INCOMPLETE]
    assert config(boxes, asa, "crypto map") == [
        "crypto map NR-MAP 10 match address NR-ACL",
        f"crypto map NR-MAP 10 set peer {OUTSIDE['c881']}",
        f"crypto map NR-MAP 10 set {SETS[asa]} NR-TS",
        "crypto map NR-MAP interface outside",
    ]


@BOTH
def test_the_last_entry_of_a_list_takes_the_reference(boxes: LabHandle, asa: str) -> None:
    """Another entry leaves the tunnel alone; without the last one the map matches nothing and its traffic is dropped."""
    up(boxes, asa)
    line = next(line for line in config(boxes, asa, "access-list") if "NR-ACL" in line)
    assert typed(boxes, asa, "access-list NR-ACL extended permit ip 10.55.0.0 255.255.0.0 10.66.0.0 255.255.0.0") == []
    assert ping(boxes, asa, "c881") == 5
    assert typed(boxes, asa, "no access-list NR-ACL extended permit ip 10.55.0.0 255.255.0.0 10.66.0.0 255.255.0.0") == []
    assert any("no access-list" in answer for answer in typed(boxes, asa, f"no {line} log"))
    assert typed(boxes, asa, f"no {line}") == []
    assert not any("match address" in line for line in config(boxes, asa, "crypto map"))
    assert down(boxes, asa)
    assert ping(boxes, asa, "c881") == 0
    assert typed(boxes, asa, "crypto map NR-MAP 10 match address NR-ACL") == [
        "crypto map NR-MAP 10 match address NR-ACL: ERROR: access-list <NR-ACL> does not exist"
    ]
    assert typed(boxes, asa, f"{line}\ncrypto map NR-MAP 10 match address NR-ACL") == []
    eventually(lambda: ping(boxes, asa, "c881") == 5)
    assert typed(boxes, asa, "clear configure access-list NR-ACL") == []
    assert not any("match address" in line for line in config(boxes, asa, "crypto map"))


@BOTH
def test_a_transform_set_takes_the_reference(boxes: LabHandle, asa: str) -> None:
    """Its definition changed, the tunnel is torn down; gone, the map names it no more."""
    up(boxes, asa)
    words = f"crypto ipsec {SETS[asa]} NR-TS"
    assert typed(boxes, asa, f"{words} esp-aes esp-sha-hmac") == []
    assert down(boxes, asa)
    assert ping(boxes, asa, "c881") == 0  # the other end has AES 256
    assert typed(boxes, asa, f"{words} esp-aes-256 esp-sha-hmac") == []
    eventually(lambda: ping(boxes, asa, "c881") == 5)
    assert typed(boxes, asa, f"no {words} esp-aes-256 esp-sha-hmac") == []
    assert not any("transform-set" in line for line in config(boxes, asa, "crypto"))
    assert down(boxes, asa)
    (said,) = typed(boxes, asa, f"crypto map NR-MAP 10 set {SETS[asa]} NR-TS")
    assert "ERROR" in said


@BOTH
def test_what_is_removed_has_to_be_named(boxes: LabHandle, asa: str) -> None:
    """A line of a crypto map is removed by what it says; `clear configure` removes an entry, a group or a policy whole."""
    up(boxes, asa)
    typed(
        boxes, asa, f"group-policy NR-GP internal\ntunnel-group {OUTSIDE['c881']} general-attributes\ndefault-group-policy NR-GP"
    )
    for wrong in ("match address OTHER", "set peer 192.0.2.1", f"set {SETS[asa]} OTHER"):
        (said,) = typed(boxes, asa, f"no crypto map NR-MAP 10 {wrong}")
        assert "ERROR" in said
    assert ping(boxes, asa, "c881") == 5
    (said,) = typed(boxes, asa, "clear configure group-policy NR-GP")
    assert "ERROR" in said
    assert typed(boxes, asa, f"no crypto map NR-MAP 10 set peer {OUTSIDE['c881']}")[0].endswith(WILL_BE_INCOMPLETE)
    assert down(boxes, asa)
    assert ping(boxes, asa, "c881") == 0
    assert typed(boxes, asa, f"crypto map NR-MAP 10 set peer {OUTSIDE['c881']}") == []
    eventually(lambda: ping(boxes, asa, "c881") == 5)
    assert typed(boxes, asa, "clear configure crypto map NR-MAP 10") == []
    assert config(boxes, asa, "crypto map") == ["crypto map NR-MAP interface outside"]
    assert down(boxes, asa)
    removal = f"""\
no crypto map NR-MAP interface outside
clear configure tunnel-group {OUTSIDE["c881"]}
clear configure group-policy NR-GP
clear configure access-list NR-ACL
no crypto ipsec {SETS[asa]} NR-TS esp-aes-256 esp-sha-hmac"""
    assert typed(boxes, asa, removal) == []
    text = "\n".join(config(boxes, asa))
    assert all(word not in text for word in ("NR-", OUTSIDE["c881"]))


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_an_incomplete_entry_stops_what_comes_after_it(boxes: LabHandle) -> None:
    """An entry without a peer above a complete one drops the traffic of both; a tunnel that is up below it is cut off."""
    up(boxes, "asa91")
    typed(boxes, "asa91", "access-list HALF extended permit ip 10.55.0.0 255.255.0.0 10.66.0.0 255.255.0.0")
    (said,) = typed(boxes, "asa91", "crypto map NR-MAP 5 match address HALF")
    assert said.endswith(INCOMPLETE)
    assert ping(boxes, "asa91", "c881") == 0
    typed(boxes, "asa91", "clear configure crypto map NR-MAP 5")
    assert ping(boxes, "asa91", "c881") == 5


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_a_map_is_bound_only_when_there_is_one(boxes: LabHandle) -> None:
    """An unknown map is refused; another map takes the place of the first and ends its tunnels."""
    (said,) = typed(boxes, "asa91", "crypto map NOWHERE interface outside")
    assert "does not exist" in said
    up(boxes, "asa91")
    answers = typed(boxes, "asa91", "crypto map OTHER 10 match address NR-ACL\ncrypto map OTHER interface outside")
    assert answers[-1].endswith("WARNING: crypto map has incomplete entries")
    assert "crypto map NR-MAP interface outside" not in config(boxes, "asa91", "crypto map")
    assert down(boxes, "asa91")


@pytest.mark.parametrize("boxes", [("asa82", "asa91", "c881")], indirect=True)
def test_objects_and_groups_in_use_stay(boxes: LabHandle) -> None:
    """What a list or a translation names is not removed, a group is not emptied, and nothing unknown is named."""
    for asa in ("asa82", "asa91"):
        group = "object-group network NR-G\nnetwork-object 10.81.0.0 255.255.0.0\nnetwork-object host 10.82.0.1"
        assert typed(boxes, asa, group + "\naccess-list NR-ACL extended permit ip any object-group NR-G") == []
        assert typed(boxes, asa, "no object-group network NR-G") == [
            "no object-group network NR-G: Removing object-group (NR-G) not allowed, it is being used."
        ]
        answers = typed(
            boxes, asa, "object-group network NR-G\nno network-object host 10.82.0.1\nno network-object 10.81.0.0 255.255.0.0"
        )
        assert len(answers) == 1
        assert "Removing obj from object-group not allowed;" in answers[0]
        (said,) = typed(boxes, asa, "access-list NR-ACL extended permit ip any object-group OTHER")
        assert said.endswith("ERROR: specified object group <OTHER> not found")
        assert typed(boxes, asa, "clear configure access-list NR-ACL\nno object-group network NR-G") == []
    objects = "object network NR-L\nsubnet 10.10.91.0 255.255.255.0\nobject network NR-R\nsubnet 10.10.81.0 255.255.255.0"
    assert typed(boxes, "asa91", objects + "\naccess-list NR-ACL extended permit ip object NR-L object NR-R") == []
    (said,) = typed(boxes, "asa91", "no object network NR-L")
    assert said.endswith("ERROR: unable to delete object (NR-L). object is being used.")
    (said,) = typed(boxes, "asa91", "nat (inside,outside) source static NR-L NR-L destination static NR-R NR-X")
    assert said.endswith("ERROR: NR-X doesn't match an existing object or object-group")
    (said,) = typed(boxes, "asa91", "access-list NR-ACL extended permit ip object NR-Y any")
    assert "ERROR" in said
    lines = boxes.exec("asa91", "show access-list NR-ACL").splitlines()
    assert lines[1].startswith("access-list NR-ACL line 1 extended permit ip object NR-L object NR-R (hitcnt=0) 0x")
    assert lines[2].startswith("  access-list NR-ACL line 1 extended permit ip 10.10.91.0 255.255.255.0 10.10.81.0 255.255.255.0")


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_a_tunnel_by_objects_moves_with_its_object(boxes: LabHandle) -> None:
    """A list of objects protects what the objects mean; an object that means something else ends the tunnel."""
    group = "object-group network NR-R\nnetwork-object 10.10.81.0 255.255.255.0"
    typed(boxes, "asa91", "object network NR-L\nsubnet 10.10.91.0 255.255.255.0\n" + group)
    lines = asa_end("asa91", "c881").replace(
        "permit ip 10.10.91.0 255.255.255.0 10.10.81.0 255.255.255.0", "permit ip object NR-L object-group NR-R"
    )
    typed(boxes, "asa91", lines)
    typed(boxes, "c881", end("c881", "asa91"))
    eventually(lambda: ping(boxes, "asa91", "c881") == 5)
    typed(boxes, "asa91", "object network NR-L\nsubnet 10.10.92.0 255.255.255.0")
    assert down(boxes, "asa91")


def test_lists_keep_their_lines(firewalls: LabHandle) -> None:
    """`line N` puts an entry at its place and is not shown; addresses are written as the ASA writes them; twice is once."""
    for asa in ASAS:
        answers = typed(
            firewalls,
            asa,
            "access-list ORDER permit ip 10.1.0.0 255.255.0.0 10.2.0.1 255.255.255.255\n"
            "access-list ORDER line 1 extended deny ip host 10.1.0.5 0.0.0.0 0.0.0.0\n"
            "access-list ORDER line 1 remark first\n"
            "access-list ORDER extended permit ip 10.1.0.0 255.255.0.0 host 10.2.0.1\n"
            "access-list ORDER extended permit ip 10.1.0.1 255.255.0.0 any",
        )
        assert [answer.rpartition(": ")[2] for answer in answers] == [
            "<ORDER> found duplicate element",
            "IP address,mask <10.1.0.1,255.255.0.0> doesn't pair",
        ]
        assert [line for line in config(firewalls, asa, "access-list") if "ORDER" in line] == [
            "access-list ORDER remark first",
            "access-list ORDER extended deny ip host 10.1.0.5 any",
            "access-list ORDER extended permit ip 10.1.0.0 255.255.0.0 host 10.2.0.1",
        ]
        (said,) = typed(firewalls, asa, "no access-list ORDER extended permit ip any any\nclear configure access-list ORDER")
        assert said.endswith("Specified access-list does not exist")


def test_tunnel_groups_have_a_type_before_attributes(firewalls: LabHandle) -> None:
    """Attributes of no group are refused; a name that is no address is warned about; `no tunnel-group` takes all of it."""
    for asa in ASAS:
        (said,) = typed(firewalls, asa, "tunnel-group 192.0.2.8 ipsec-attributes")
        assert "ERROR: tunnel-group 192.0.2.8 does not exist" in said
        (said,) = typed(firewalls, asa, "tunnel-group BRANCH type ipsec-l2l")
        assert ("WARNING: L2L tunnel-groups" if asa == "asa82" else "WARNING: For IKEv1, L2L tunnel-groups") in said
        assert len(said.splitlines()) == 4
        (said,) = typed(
            firewalls,
            asa,
            "tunnel-group BRANCH type remote-access\ntunnel-group BRANCH ipsec-attributes\nisakmp keepalive disable",
        )
        assert "can not be changed" in said
        assert config(firewalls, asa, "tunnel-group BRANCH")[1:] == [
            "tunnel-group BRANCH ipsec-attributes",
            " isakmp keepalive disable",
        ]
        assert typed(firewalls, asa, "no tunnel-group BRANCH type ipsec-l2l") == []
        assert config(firewalls, asa, "tunnel-group") == []


@pytest.mark.parametrize("boxes", [("asa82",)], indirect=True)
def test_8_2_shows_its_pools_and_default_lifetimes(boxes: LabHandle) -> None:
    """The lifetimes that hold are always written, and come back when they are taken away; pools are a part of their own."""
    lifetimes = [f"crypto ipsec security-association lifetime {text}" for text in ("seconds 28800", "kilobytes 4608000")]
    assert config(boxes, "asa82", "crypto ipsec") == lifetimes
    assert typed(boxes, "asa82", "crypto ipsec security-association lifetime seconds 3600") == []
    assert lifetimes[0] not in config(boxes, "asa82", "crypto ipsec")
    assert typed(boxes, "asa82", "no crypto ipsec security-association lifetime seconds 3600") == []
    assert sorted(config(boxes, "asa82", "crypto ipsec")) == sorted(lifetimes)
    typed(boxes, "asa82", "global (outside) 1 interface")
    assert config(boxes, "asa82", "global") == ["global (outside) 1 interface"]
    (said,) = typed(boxes, "asa82", "nat (inside) 0 access-list NOWHERE")
    assert said.endswith("ERROR: access-list <NOWHERE> does not exist")
