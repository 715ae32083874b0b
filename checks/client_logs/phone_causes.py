"""Why an IP phone does not come in by VPN: causes, and which signs in which log speak for which of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from ..finding import Cause


def _cause(name: str, sentence: str, confirm: str, remedy: str) -> tuple[str, Cause]:
    return name, Cause(name, sentence, "high", confirm, remedy)


#: Source of all but where a line says otherwise: Cisco's page on trouble with the VPN phone.
CAUSES: Mapping[str, Cause] = dict(
    [
        _cause(
            "certificate-hash",
            "the firewall shows another certificate than the one whose hash the phone has",
            "compare the hash in the phone's log (hexadecimal) with certHash in its configuration (base64), as --config does",
            "put the certificate of the firewall's interface into Phone-VPN-trust of the call manager, have the phone fetch its "
            "configuration; or bind the former certificate again (ssl trust-point)",
        ),
        _cause(
            "host-id",
            "the name in the firewall's certificate is not that of the URL that the phone has",
            "compare CN and subjectAltName of the certificate with the host in the URL; a wildcard does not count",
            "use a certificate with that name, or disable the host ID check in the VPN profile of the call manager",
        ),
        _cause(
            "load-balancing",
            "the firewall redirects the phone (load balancing), which a VPN phone does not follow",
            "show vpn load-balancing on the firewall",
            "give the phones a URL of one firewall that does not redirect",
        ),
        _cause(
            "certificate-expired",
            "the firewall's certificate has expired, or the phone's clock is wrong",
            "show crypto ca certificates on the firewall; the time on the phone",
            "renew the certificate: first give the new one to the phones by the call manager, then bind it",
        ),
        _cause(
            "phone-clock",
            "the certificate is not valid yet by the phone's clock",
            "the time on the phone, and the beginning of validity of the certificate",
            "give the phone an NTP server that it reaches without the VPN",
        ),
        _cause(
            "ec-certificate",
            "the firewall shows an EC certificate of its own making (ASA 9.4.1 and later), which the phone refuses",
            "show version and show ssl on the firewall; newer phones fail and older ones do not",
            "leave RSA ciphers only (ssl cipher dtlsv1 and tlsv1.2 custom), or a release with the fix of CSCuu02848",
        ),
        _cause(
            # Source: ocserv, README of the Cisco SVC phone.
            "dtls-cipher",
            "the cipher for DTLS is another one than that for TLS, which older firmware of phones does not accept",
            "compare the cipher that the firewall chose for TLS with the one that the phone's log has for DTLS",
            "have the same order of ciphers for TLS and DTLS, AES256-SHA or AES128-SHA first; or newer firmware on the phone",
        ),
        _cause(
            "cipher",
            "the phone and the firewall have no cipher in common",
            "show ssl on the firewall, beside the ciphers that the phone proposes (message 725008)",
            "allow AES256-SHA and AES128-SHA for the version of TLS that the phone speaks (ssl encryption, or ssl cipher)",
        ),
        _cause(
            "tls-version",
            "the phone and the firewall have no version of TLS in common",
            "show ssl on the firewall: the lowest version that it accepts",
            "allow TLS 1.0 (ssl server-version tlsv1) for phones that speak nothing newer, or newer firmware",
        ),
        _cause(
            "csd",
            "Cisco Secure Desktop is on, and a phone has none",
            "show running-config webvpn: csd enable; the tunnel group's webvpn-attributes: without-csd",
            "without-csd in the webvpn-attributes of the phones' tunnel group (from 8.2, by group-url), else no csd enable",
        ),
        _cause(
            "dap",
            "a dynamic access policy ends the session",
            "the record that message 734002 names, and its action",
            "a record for the phones with the action Continue, chosen by their connection profile",
        ),
        _cause(
            "limit",
            "the firewall takes no more sessions: licence or limit",
            "show version and show vpn-sessiondb license-summary",
            "a licence for so many phones (AnyConnect for Cisco VPN Phone and Premium), or a higher limit",
        ),
        _cause(
            "logins",
            "the user may have no more sessions at once",
            "vpn-simultaneous-logins of the effective group policy; it may come from DfltGrpPolicy",
            "vpn-simultaneous-logins of 1 or more in the group policy of the phones",
        ),
        _cause(
            "group-lock",
            "the group policy is locked to another tunnel group",
            "group-lock of the effective group policy; it may come from DfltGrpPolicy",
            "group-lock value with the name of the phones' tunnel group in their group policy",
        ),
        _cause(
            "anyconnect-off",
            "AnyConnect is not enabled on the firewall, or its image is not valid",
            "show running-config webvpn",
            "anyconnect image and anyconnect enable below webvpn",
        ),
        _cause(
            "access-list",
            "the access list of the session is missing or cannot be read",
            "vpn-filter of the effective group policy, and the access list of that name",
            "vpn-filter none in the group policy of the phones, or the list that is meant",
        ),
        _cause(
            "reboot",
            "the firewall takes no sessions because a reboot is pending",
            "show reload",
            "wait for the reboot, or cancel it",
        ),
        _cause(
            "client-certificate",
            "the firewall does not accept the phone's certificate, or the phone sends none",
            "show crypto ca certificates: is the root of the phones' MIC or LSC there?",
            "import the root of the phones' certificates (CAP or Manufacturing CA) as a trustpoint",
        ),
        _cause(
            "credentials",
            "the authentication of the phone is rejected",
            "the log of the authentication server for this user",
            "fix user or password of the phone; after a change of its configuration it asks for them again",
        ),
        _cause(
            "aaa-server",
            "the authentication server does not answer the firewall",
            "test aaa-server authentication on the firewall",
            "reach the server again, or set a fallback",
        ),
        _cause(
            "no-address",
            "the firewall has no address for the phone",
            "show ip local pool: how many are in use",
            "a larger pool in the tunnel group of the phones",
        ),
        _cause(
            "unreachable",
            "the phone does not reach the firewall",
            "reach TCP 443 of the URL from the phone's network",
            "open the way, or fix the URL in the call manager",
        ),
        _cause(
            "name",
            "the phone does not resolve the name of the firewall",
            "resolve the host of the URL from the phone's network",
            "fix the DNS that the phone is given, or use an address in the URL without host ID check",
        ),
        _cause(
            "group-url",
            "the phone's URL is no group URL of the firewall, so that it is shown a page for people",
            "group-url of the phones' tunnel group, letter for letter, beside the URL in the phone's configuration",
            "group-url https://... enable in the webvpn-attributes of the phones' tunnel group, as the phones have it",
        ),
        _cause(
            "session-refused",
            "the firewall could not make a session",
            "the messages of the firewall directly before",
            "fix what those messages name: group policy, licence, image",
        ),
    ]
)
#: Sign of the phone's log -> the causes that it may have; one alone is decisive.
PHONE_SIGNS: Mapping[str, Sequence[str]] = {
    "leaf-untrusted": ("certificate-hash",),
    "unknown-ca": ("certificate-hash",),
    "host-id": ("host-id",),
    "wildcard": ("host-id",),
    "redirect": ("load-balancing",),
    "expired": ("certificate-expired",),
    "not-yet": ("phone-clock",),
    "server-certificate": ("certificate-hash", "host-id", "certificate-expired"),
    "dtls-alert": ("ec-certificate", "dtls-cipher"),
    "dtls-old-cipher": ("ec-certificate", "dtls-cipher"),
    "dtls-failed": ("ec-certificate", "dtls-cipher"),
    "tls-illegal": ("ec-certificate",),
    "no-group": ("group-url",),
    "no-cipher": ("cipher", "client-certificate"),
    "version": ("tls-version",),
    "login": ("credentials", "client-certificate"),
    "unreachable": ("unreachable",),
    "name": ("name",),
}
#: Sign of the firewall's syslog -> the same.
ASA_SIGNS: Mapping[str, Sequence[str]] = {
    "no-shared-cipher": ("cipher",),
    "unknown-ca": ("certificate-hash",),
    "bad-certificate": ("certificate-hash", "host-id"),
    "expired": ("certificate-expired",),
    "illegal-parameter": ("ec-certificate", "dtls-cipher"),
    "version": ("tls-version",),
    "no-client-certificate": ("client-certificate",),
    "client-certificate": ("client-certificate",),
    "csd": ("csd",),
    "dap": ("dap",),
    "limit": ("limit",),
    "logins": ("logins",),
    "group-lock": ("group-lock",),
    "anyconnect-off": ("anyconnect-off",),
    "access-list": ("access-list",),
    "reboot": ("reboot",),
    "parent": ("session-refused",),
    "rejected": ("credentials",),
    "aaa-down": ("aaa-server",),
    "no-address": ("no-address",),
}


def narrowed(sets: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The causes that are left when each sign has to have one of its own: groups, each of what nothing tells apart.

    Decisive signs first. A sign that one of the causes so far explains narrows them; one that none explains is a new group.
    """
    groups: list[tuple[str, ...]] = []
    for causes in sorted(dict.fromkeys(tuple(one) for one in sets), key=len):
        for place, group in enumerate(groups):
            common = tuple(cause for cause in group if cause in causes)
            if common:
                groups[place] = common
                break
        else:
            groups.append(causes)
    return tuple(dict.fromkeys(groups))


def in_words(groups: Iterable[Sequence[str]]) -> str:
    """Groups of causes as a sentence: *or* where nothing tells them apart, *and* where there are several."""
    return "; and ".join(_either([CAUSES[cause].sentence for cause in group]) for group in groups)


def _either(sentences: Sequence[str]) -> str:
    return sentences[0] if len(sentences) == 1 else f"either {'; or '.join(sentences)}"


def causes_of(groups: Iterable[Sequence[str]]) -> tuple[Cause, ...]:
    """The causes of all groups; one that has a rival is less sure."""
    return tuple(
        replace(CAUSES[cause], confidence="high" if len(group) == 1 else "medium") for group in groups for cause in group
    )
