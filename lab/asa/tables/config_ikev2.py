"""The configuration commands of IKEv2, of IPsec profiles and of tunnel interfaces, made from the row of a release.

Sources: the ASA 8.4, 9.1 and 9.19 command references and VPN configuration guides, chapters on IKE and on virtual tunnel
interfaces; running configurations of ASAs in public repositories. The security level of a tunnel interface is 0 and cannot be
configured.
"""

from __future__ import annotations

from ...core.configuration.forms import Form
from .generations import Generation, Suite

PROMPTS = {
    "ikev2-policy": "(config-ikev2-policy)",
    "ipsec-proposal": "(config-ipsec-proposal)",
    "ipsec-profile": "(config-ipsec-profile)",
    "tunnel": "(config-if)",
}
#: What the release knows and the boxes do not play: they say so, where a refusal would be a lie.
_NOT_PLAYED = (
    "crypto ikev2 cookie-challenge",
    "crypto ikev2 limit",
    "crypto ikev2 fragmentation",
    "crypto ikev2 notify",
    "crypto ikev2 redirect",
    "crypto ikev2 remote-access",
    "crypto ikev1 am-disable",
    "crypto ikev1 ipsec-over-tcp",
    "crypto ikev1 limit",
    "crypto isakmp nat-traversal",
    "crypto map <word:map> <1-65535:seq> set ikev1 phase1-mode",
    "crypto map <word:map> <1-65535:seq> set tfc-packets",
)
_NOT_PLAYED_PROFILE = ("set reverse-route", "set trustpoint", "set ikev2 local-identity", "set tfc-packets")
_NOT_PLAYED_TUNNEL = ("zone-member", "ip unnumbered", "ipv6", "ospf", "tunnel protection ipsec policy", "tunnel mode ipsec ipv6")


def several(words: tuple[str, ...]) -> str:
    """The syntax of one to all of the words, in any order."""
    choice = "|".join(words)
    found = ""
    for number in range(len(words), 0, -1):
        inner = f" [{found}]" if found else ""
        found = f"{{{choice}}}:w{number}{inner}"
    return found


def _policy(suite: Suite) -> tuple[Form, ...]:
    mode = "ikev2-policy"
    return (
        Form("config", "crypto ikev2 policy <1-65535:n>", "ikev2 policy", ("n",), enters=mode, hook="ikev2_policy"),
        Form(mode, f"encryption ~ {several(suite.ciphers)}", "encryption", hook="ikev2_line"),
        Form(mode, f"integrity ~ {several(suite.hashes)}", "integrity", hook="ikev2_line"),
        Form(mode, f"prf ~ {several(suite.prf)}", "prf", hook="ikev2_line"),
        Form(mode, f"group ~ {several(suite.groups)}", "group", hook="ikev2_line"),
        Form(mode, "lifetime seconds ~ {<120-2147483647:value>|{none}:value}", "lifetime seconds", hook="ikev2_line"),
        Form(
            "config",
            "crypto ikev2 enable <word:nameif> [{client-services}:services [port <1-65535:port>]]",
            "ikev2 enable",
            ("nameif",),
            hook="ike_enable",
        ),
    )


def _proposal(suite: Suite) -> tuple[Form, ...]:
    mode, entry = "ipsec-proposal", "crypto map <word:map> <1-65535:seq>"
    names = "<word:set1> [<word:set2> [<word:set3> [<word:set4>]]]"
    return (
        Form("config", f"crypto ipsec ikev2 {mode} <word:name>", mode, ("name",), enters=mode, hook="ipsec_proposal"),
        Form(mode, f"protocol esp encryption ~ {several(suite.esp_ciphers)}", "esp encryption", hook="proposal_line"),
        Form(mode, f"protocol esp integrity ~ {several(suite.esp_hashes)}", "esp integrity", hook="proposal_line"),
        Form("config", f"{entry} set ikev2 ipsec-proposal {names}", "map line", hook="map_proposals"),
        Form("config", f"{entry} set ikev2 mode <line:rest>", "map line", hook="not_played"),
    )


_KEYS = tuple(
    Form("tunnel-ipsec", f"ikev2 {side}-authentication pre-shared-key ~ <word:secret>", f"ikev2 {side}", hook="key")
    for side in ("remote", "local")
)
_OTHER_KEYS = tuple(
    Form("tunnel-ipsec", f"ikev2 {words} [<line:rest>]", f"not played ikev2 {words}", hook="not_played")
    for words in ("remote-authentication {certificate|eap}", "local-authentication certificate", "rsa-sig-hash", "mobike-rrc")
)


def _profile(row: Generation) -> tuple[Form, ...]:
    mode, groups = "ipsec-profile", "|".join(f"group{number}" for number in row.pfs)
    names = "<word:set1> [<word:set2> [<word:set3> [<word:set4>]]]"
    life = "{seconds ~ <120-214783647:seconds>|kilobytes ~ @kilo}"
    found = [
        Form("config", "crypto ipsec profile <word:name>", "ipsec-profile", ("name",), enters=mode, hook="ipsec_profile"),
        Form(mode, f"set ikev1 transform-set ~ {names}", "set transform", hook="profile_sets"),
        Form(mode, f"set ikev2 ipsec-proposal ~ {names}", "set proposal", hook="profile_sets"),
        Form(mode, f"set pfs ~ [{{{groups}}}:group]", "set pfs", hook="profile_pfs"),
        Form(mode, f"set security-association lifetime {life}", "set lifetime", hook="profile_lifetime"),
        Form(mode, "responder-only", "responder-only"),
        *(Form(mode, f"{words} [<line:rest>]", f"not played {words}", hook="not_played") for words in _NOT_PLAYED_PROFILE),
    ]
    return tuple(form for form in found if form.family != "set proposal" or 2 in row.tunnels)


_TUNNEL = (
    Form("tunnel", "description ~ <line:text>", "description"),
    Form("tunnel", "shutdown", "shutdown"),
    Form("tunnel", "nameif ~ <word:nameif>", "nameif", hook="nameif"),
    Form("tunnel", "ip address ~ <ip:ip> <mask:mask>", "ip address", hook="ip_address"),
    Form("tunnel", "tunnel source interface ~ <word:source>", "tunnel source", hook="tunnel_source"),
    Form("tunnel", "tunnel destination ~ <ip:destination>", "tunnel destination"),
    Form("tunnel", "tunnel mode ~ ipsec ipv4", "tunnel mode"),
    Form("tunnel", "tunnel protection ipsec profile ~ <word:profile>", "tunnel protection", hook="tunnel_protection"),
    *(Form("tunnel", f"{words} [<line:rest>]", f"not played {words}", hook="not_played") for words in _NOT_PLAYED_TUNNEL),
)


def forms(row: Generation) -> tuple[Form, ...]:
    """Every form that a release has of these."""
    found: list[Form] = []
    if row.v2 is not None:
        found += [*_policy(row.v2), *_proposal(row.v2), *_KEYS, *_OTHER_KEYS]
        found += [Form("config", f"{words} [<line:rest>]", f"not played {words}", hook="not_played") for words in _NOT_PLAYED]
    if row.tunnels:
        found += [*_profile(row), *_TUNNEL]
    return tuple(found)
