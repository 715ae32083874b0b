"""What the boxes accept, how they show it, and what they refuse in which words."""

from __future__ import annotations

import re

import pytest

from nr_run.lab.entry import LabHandle

from .documented import CONFIG_2611, CONFIG_3640
from .telnet_client import config_of, login

INVALID = "% Invalid input detected at '^' marker."


def meaning(text: str) -> list[str]:
    """The lines of a configuration without `!`."""
    return [line for line in text.splitlines() if not line.startswith("!")]


@pytest.mark.parametrize(("device", "text"), [("vpn2611", CONFIG_2611), ("vpn3640", CONFIG_3640)])
@pytest.mark.parametrize("indented", [True, False])
def test_documented_configurations_are_accepted_and_shown_back(lab: LabHandle, device: str, text: str, *, indented: bool) -> None:
    """Every line of the two documented configurations is taken, and the box shows them with the documented order and blanks."""
    with login(lab, device) as line:
        line.ask("configure terminal")
        for typed in text.splitlines()[:-1]:
            said = line.answer(typed if indented else typed.strip())
            assert "^" not in said, (typed, said)
            assert not re.search(r"^% (?!NOTE|Removal)", said, re.MULTILINE), (typed, said)
        line.ask("end")
    shown = [item for item in meaning("\n".join(config_of(lab, device))) if not _access(item)]
    wanted = [item for item in meaning(text.replace("RSVP", "rsvp")) if not _access(item)]
    assert shown == wanted


def _access(line: str) -> bool:
    """Lines that let a test log in, which the documented configurations lack."""
    return line.startswith(("enable secret", "username nr", "aaa authentication login default", " login"))


def test_start_is_the_documented_configuration_without_its_tunnel(still: LabHandle) -> None:
    """At the start the client half of the 2611 is there and the LAN-to-LAN half is not, on either box."""
    hq, branch = "\n".join(config_of(still, "vpn2611")), "\n".join(config_of(still, "vpn3640"))
    assert "crypto map clientmap 10 ipsec-isakmp dynamic dynmap \n" in hq
    assert " crypto map clientmap\n" in hq
    for absent in ("isakmp policy 10", "isakmp key", "clientmap 1 ", "access-list"):
        assert absent not in hq
    assert "crypto" not in branch


def test_the_byte_count_is_right(still: LabHandle) -> None:
    """`Current configuration : N bytes` is the text from the first `!` to `end`, without the line end after it, and two."""
    text = still.exec("vpn2611", "show running-config")
    count = re.search(r"Current configuration : (\d+) bytes\n", text)
    assert count is not None
    body = text[count.end() : text.index("\nend\n") + 5]
    assert int(count[1]) == len(body.rstrip("\n")) + 2


REFUSED = [
    ("crypto ikev2 proposal X", "crypto "),
    ("crypto isakmp policy 77 / encr aes", "encr "),
    ("crypto ipsec transform-set T esp-aes esp-sha-hmac", "crypto ipsec transform-set T "),
    ("crypto isakmp policy 77 / group 14", "group "),
    ("crypto isakmp policy 77 / hash sha256", "hash "),
    ("ip access-list resequence X 10 10", "ip access-list "),
    ("ip access-list extended X / 10 permit ip any any", ""),
    ("crypto isakmp profile X", "crypto isakmp "),
    ("archive", ""),
    ("interface Ethernet0/7", "interface "),
    ("interface Ethernet0/0 / ip address 10.1.1.999 255.255.255.0", "ip address "),
    ("crypto map clientmap 5 ipsec-isakmp / description x", ""),
    ("crypto isakmp policy 10001", "crypto isakmp policy "),
]


@pytest.mark.parametrize(("typed", "before"), REFUSED)
def test_what_the_release_does_not_know_is_refused_at_the_word(still: LabHandle, typed: str, before: str) -> None:
    """A word that 12.2(8)T does not know gets the caret under its first letter, the prompt counted, and changes nothing."""
    *entering, line = typed.split(" / ")
    with login(still, "vpn2611") as session:
        prompt = session.ask("configure terminal").splitlines()[-1]
        for item in entering:
            prompt = session.ask(item).splitlines()[-1]
        caret, complaint = session.answer(line).splitlines()[:2]
        assert complaint == INVALID
        assert len(caret) - 1 == len(prompt) + len(before)
        for item in ("no crypto isakmp policy 77", "no ip access-list extended X", "no crypto map clientmap 5"):
            session.ask(item)
        session.ask("end")


EXEC_REFUSED = [
    "show crypto session",
    "show archive",
    "show crypto isakmp key",
    "show crypto ikev2 sa",
    "show running-config | section crypto",
    "configure replace flash:x",
    "configure terminal revert timer 5",
    "ping 10.10.20.1 source 10.10.10.1 repeat 10",
]


@pytest.mark.parametrize("typed", EXEC_REFUSED)
def test_younger_exec_commands_are_refused(still: LabHandle, typed: str) -> None:
    """Commands that came after 12.2(8)T are invalid input."""
    assert INVALID in still.exec("vpn2611", typed)


def test_abbreviations_ambiguity_and_half_commands(still: LabHandle) -> None:
    """Unambiguous beginnings are commands; others are ambiguous, incomplete, or taken for a host to connect to."""
    with login(still, "vpn2611") as line:
        assert "Building configuration" in line.answer("sh run")
        assert line.answer("s").startswith('% Ambiguous command:  "s"')
        assert line.answer("show").startswith("% Incomplete command.")
        assert line.answer("show crypto").startswith("% Incomplete command.")
        assert "% Unknown command or computer name, or unable to find computer address" in line.answer("nosuch")
        assert line.ask("conf t").endswith("vpn2611(config)#")
        assert line.answer("crypto isakmp policy").startswith("% Incomplete command.")
        assert line.ask("int e0/0").endswith("vpn2611(config-if)#")
        assert line.ask("int Ethernet 0/1").endswith("vpn2611(config-if)#")
        assert line.ask("crypto isakmp pol 3").endswith("vpn2611(config-isakmp)#")
        assert line.ask("exit").endswith("vpn2611(config)#")
        assert line.ask("do show clock").endswith("vpn2611(config)#")
        assert line.ask("\x1a").endswith("vpn2611#")


def test_prompts_of_the_sections(still: LabHandle) -> None:
    """Each section has the prompt of the release, and a global command leaves it."""
    wanted = {
        "crypto isakmp policy 3": "config-isakmp",
        "crypto isakmp client configuration group 3000client": "config-isakmp-group",
        "crypto ipsec transform-set myset esp-3des esp-md5-hmac": "cfg-crypto-trans",
        "crypto dynamic-map dynmap 10": "config-crypto-map",
        "interface Ethernet0/0": "config-if",
        "line vty 0 4": "config-line",
        "hostname vpn2611": "config",
    }
    with login(still, "vpn2611") as line:
        line.ask("configure terminal")
        for typed, mode in wanted.items():
            assert line.ask(typed).endswith(f"vpn2611({mode})#"), typed
        line.ask("end")


def test_filters_after_a_show(still: LabHandle) -> None:
    """`include`, `exclude` and `begin` take a regular expression."""
    assert still.exec("vpn2611", "show running-config | include ^hostname") == "hostname vpn2611\n"
    assert "hostname" not in still.exec("vpn2611", "show run | exc hostname")
    assert still.exec("vpn2611", "show run | begin ^line vty").startswith("line vty 0 4\n")
    assert "% Failed to compile" in still.exec("vpn2611", "show run | include [")


def test_defaults_are_hidden_and_values_are_canonical(lab: LabHandle) -> None:
    """Default values vanish, addresses are cut to their wildcard, `set pfs` means group 1."""
    text = """\
crypto isakmp policy 20
 encryption des
 hash sha
 group 1
 lifetime 86400
 authentication pre-share
crypto ipsec transform-set T esp-3des esp-sha-hmac
 mode tunnel
ip access-list extended A
 permit ip 10.10.10.7 0.0.0.255 10.10.20.1 0.0.0.0
crypto map M 7 ipsec-isakmp
 set pfs
 match address A
"""
    with login(lab, "vpn3640") as line:
        line.configure(text)
    shown = "\n".join(config_of(lab, "vpn3640"))
    assert "crypto isakmp policy 20\n authentication pre-share\n!" in shown
    assert "crypto ipsec transform-set T esp-3des esp-sha-hmac \n!" in shown
    assert "ip access-list extended A\n permit ip 10.10.10.0 0.0.0.255 host 10.10.20.1\n" in shown
    assert "crypto map M 7 ipsec-isakmp \n set pfs group1\n match address A\n" in shown


def test_references_are_guarded(lab: LabHandle) -> None:
    """What is in use cannot go, and what does not exist cannot be named."""
    with login(lab, "vpn2611") as line:
        answers = line.configure("""\
no crypto map clientmap 10
no crypto map clientmap
no crypto ipsec transform-set myset
no crypto dynamic-map dynmap
no interface Ethernet0/0
crypto map clientmap 10 ipsec-isakmp
crypto map clientmap 4 ipsec-isakmp
set transform-set nosuch
interface Ethernet0/0
crypto map nosuch
""")
        said = dict(item.split(": ", 1) for item in answers)
        assert said["no crypto map clientmap 10"].startswith("% Crypto-map clientmap is in use by interface(s): Et0/0")
        assert said["no crypto map clientmap"].startswith("% Crypto-map clientmap is in use by interface(s): Et0/0")
        assert "in use" in said["no crypto ipsec transform-set myset"]
        assert "in use" in said["no crypto dynamic-map dynmap"]
        assert said["no interface Ethernet0/0"].startswith("% Removal of physical interfaces")
        assert "not allowed" in said["crypto map clientmap 10 ipsec-isakmp"]
        assert said["crypto map clientmap 4 ipsec-isakmp"].splitlines() == [
            "% NOTE: This new crypto map will remain disabled until a peer",
            "        and a valid access list have been configured.",
        ]
        assert "does not exist" in said["set transform-set nosuch"]
        assert "does not exist" in said["crypto map nosuch"]
        assert line.configure("crypto map clientmap 4 ipsec-isakmp\nno crypto map clientmap 4\n") == []


def test_one_line_of_a_numbered_list_removes_the_list(lab: LabHandle) -> None:
    """`no access-list 100 permit ...` deletes list 100 whole; a line of a named list goes alone."""
    with login(lab, "vpn3640") as line:
        assert (
            line.configure("""\
access-list 100 permit ip host 1.1.1.1 any
access-list 100 permit ip host 2.2.2.2 any
access-list 101 permit ip any any
no access-list 100 permit ip host 1.1.1.1 any
ip access-list extended N
permit ip host 1.1.1.1 any
permit ip host 2.2.2.2 any
no permit ip host 1.1.1.1 any
""")
            == []
        )
    shown = "\n".join(config_of(lab, "vpn3640"))
    assert "access-list 100" not in shown
    assert "access-list 101 permit ip any any" in shown
    assert "ip access-list extended N\n permit ip host 2.2.2.2 any\n" in shown


def test_keys_are_named_to_be_removed(lab: LabHandle) -> None:
    """There is one key for an address; removing it takes the key itself."""
    with login(lab, "vpn3640") as line:
        answers = line.configure("""\
crypto isakmp key First.Key address 172.18.124.159
crypto isakmp key Second.Key address 172.18.124.159
no crypto isakmp key Second.Key address 172.18.124.159
""")
        assert len(answers) == 2
        assert "A pre-shared key for address mask 172.18.124.159 255.255.255.255 already exists!" in answers[0]
        assert "crypto isakmp key First.Key address 172.18.124.159" in config_of(lab, "vpn3640")
        assert line.configure("no crypto isakmp key First.Key address 172.18.124.159") == []
    assert not any("isakmp key" in item for item in config_of(lab, "vpn3640"))


def test_binding_another_map_replaces_the_first(lab: LabHandle) -> None:
    """An interface has one crypto map."""
    with login(lab, "vpn3640") as line:
        line.configure("""\
crypto map A 1 ipsec-isakmp
crypto map B 1 ipsec-isakmp
interface Ethernet0/0
crypto map A
crypto map B
""")
    shown = "\n".join(config_of(lab, "vpn3640"))
    assert " crypto map B\n" in shown
    assert " crypto map A\n" not in shown


def test_saving_makes_startup_equal_to_running(lab: LabHandle) -> None:
    """Startup is what was running at the last save, whichever command saved it."""
    with login(lab, "vpn2611") as line:
        line.configure("ip domain-name example.com")
        assert "ip domain-name" not in line.answer("show startup-config")
        assert line.answer("write memory").splitlines() == ["Building configuration...", "[OK]"]
        assert "ip domain-name example.com" in line.answer("show startup-config")
        line.configure("no ip domain-name example.com")
        assert line.ask("copy running-config startup-config", r"\?\s$").endswith("Destination filename [startup-config]? ")
        assert "[OK]" in line.answer("")
        assert "ip domain-name" not in line.answer("show startup-config")


def test_routes_are_grouped_by_their_classful_network(lab: LabHandle) -> None:
    """One mask in a network is named once, several are named on each line, a whole network stands alone."""
    with login(lab, "vpn3640") as line:
        assert line.configure("ip route 10.10.10.0 255.255.255.0 172.18.124.159") == []
        shown = line.answer("show ip route").splitlines()
        assert "     10.0.0.0/24 is subnetted, 2 subnets" in shown
        assert "S       10.10.10.0 [1/0] via 172.18.124.159" in shown
        line.configure("ip route 10.9.0.0 255.255.0.0 172.18.124.7\nip route 192.168.3.0 255.255.255.0 172.18.124.7")
        line.configure("ip route 172.16.0.0 255.240.0.0 172.18.124.7")
        shown = line.answer("show ip route").splitlines()
        assert "     10.0.0.0/8 is variably subnetted, 3 subnets, 2 masks" in shown
        assert "S       10.9.0.0/16 [1/0] via 172.18.124.7" in shown
        assert "S    172.16.0.0/12 [1/0] via 172.18.124.7" in line.answer("show ip route")
        assert "S    192.168.3.0/24 [1/0] via 172.18.124.7" in shown
        assert "S*   0.0.0.0/0 [1/0] via 172.18.124.1" in shown
        (said,) = line.configure("ip route 10.9.0.1 255.255.0.0 172.18.124.7")
        assert said.endswith("%Inconsistent address and mask")
        (said,) = line.configure("interface Ethernet0/1\nip address 172.18.124.5 255.255.255.0")
        assert said.endswith("% 172.18.124.0 overlaps with Ethernet0/0")
