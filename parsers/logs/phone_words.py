"""What messages in the console log of an IP phone mean: rows of meaning and form.

Source: Cisco's page on trouble with the VPN phone (7962 and newer, against an ASA); OpenSSL's numbers of alerts and of reasons
why a certificate is refused. Forms of a connection that works are from memory.
"""

from __future__ import annotations

from collections.abc import Mapping

from .entry import Words, rows

TOLD: Mapping[str, str] = {
    "begins": "the phone begins a TLS handshake",
    "leaf-hash": "the phone takes the hash of the certificate that it was shown",
    "leaf-untrusted": "the certificate is not the one whose hash the phone has",
    "unknown-ca": "the phone refuses the certificate (alert 48, unknown CA)",
    "host-id": "the name in the certificate is not that of the URL",
    "wildcard": "the certificate has a wildcard, which the phone does not accept",
    "redirect": "the head-end redirects the phone (302)",
    "expired": "the certificate has expired by the phone's clock",
    "not-yet": "the certificate is not valid yet by the phone's clock",
    "server-certificate": "the phone refuses the certificate of the head-end",
    "tls-illegal": "the phone refuses the TLS handshake (alert 47, illegal parameter)",
    "no-group": "the phone is shown a page for people, and no group",
    "dtls-begins": "the phone begins a DTLS handshake",
    "dtls-alert": "the phone refuses the DTLS handshake (alert 47, illegal parameter)",
    "dtls-old-cipher": "DTLS was offered another cipher than TLS had",
    "dtls-failed": "DTLS failed, and TLS had worked",
    "no-cipher": "the head-end broke the handshake off (alert 40)",
    "version": "the two have no version of TLS in common",
    "login": "the head-end refused the login",
    "unreachable": "the head-end could not be reached",
    "name": "the name of the head-end was not resolved",
    "login-failed": "the login failed",
    "stopped": "the phone stops its VPN",
    "logged-in": "the phone is logged in",
    "up": "the VPN of the phone is up",
}
PHONE: tuple[Words, ...] = rows(
    "Cisco, trouble with AnyConnect VPN phones",
    ("begins", r"(?<!D)TLSv[\d.]+: SSL_connect: before/connect|create_ssl_connection: calling SSL_connect"),
    ("leaf-hash", r"leaf cert hash = (?P<hash>[0-9A-F]{64}|[0-9A-F]{40})\b"),
    ("leaf-untrusted", r"leaf not trusted"),
    (
        "unknown-ca",
        r"SSL write alert: code 48\b|(?<!D)TLSv[\d.]+: write: alert: fatal:\s*unknown CA|alert: Unknown CA \(server cert\)",
    ),
    ("host-id", r"hostIDCheck failed"),
    ("wildcard", r"wildcards are not allowed.{0,80}?host=\((?P<host>[^)]{1,200})\) and dns=\((?P<dns>[^)]{1,200})\)"),
    ("redirect", r"login code: 30[1278]\b|HTTP/1\.[01] 30[1278]\b|redirection indicated"),
    ("location", r"new URL\s*<(?P<url>[^>\s]{1,300})>"),
    ("expired", r"pre_err: 10\b|certificate has expired|alert: code 45\b"),
    ("not-yet", r"pre_err: 9\b|certificate is not yet valid"),
    ("server-certificate", r"\[SslAlertSrvrCert\]"),
    ("tls-illegal", r"SSL write alert: code 47\b|(?<!D)TLSv[\d.]+: write: alert: fatal:\s*illegal parameter"),
    ("no-group", r"no cookie webvpnlogin|webvpnlogin.{0,40}(?:missing|not found)"),
    ("dtls-begins", r"DTLS: SSL_connect: before/connect|connect: do_dtls_connect\s*$"),
    ("dtls-alert", r"DTLS write alert: code 47\b|DTLS: write: alert: fatal:\s*illegal parameter"),
    ("dtls-old-cipher", r"old session cipher not returned"),
    ("dtls-failed", r"SSL success DTLS fail|DTLS setup failure|do_dtls_connect failed"),
    (
        "no-cipher",
        r"SSL read alert: code 40\b|read: alert: fatal:\s*handshake failure|sslv3 alert handshake failure|no ciphers available",
    ),
    ("version", r"alert: code 70\b|protocol version|unsupported protocol|wrong version number"),
    ("login", r"login code: 40[13]\b|authentication (?:has )?failed|\[(?:AuthFailed|BadCredentials?|UserAuthFailed)\]"),
    (
        "unreachable",
        r"(?:tcp|udp|ssl)_connect: connect\w* (?:to \S+ )?(?:timed out|failed|refused)"
        r"|\bconnect(?:ion)? to \S+ (?:timed out|failed|refused)|connection (?:timed out|refused)|no route to host",
    ),
    ("name", r"(?:gethostbyname|getaddrinfo|DNS|resolv\w*)\b.{0,60}\b(?:fail\w*|not found|timed out)"),
    ("login-failed", r"protocol_handler: login failed|--> \d+ \((?:LoginFailed|FAILED)\)"),
    ("stopped", r"vpn_stop: de-activating|activated -> de-activated"),
    ("logged-in", r"--> \d+ \((?:LoggedIn|SUCCESS|SUCCEEDED)\)|login (?:succeeded|successful)"),
    ("up", r"de-activated -> activated|err: SSL success DTLS success|--> \d+ \(Connected\)"),
)
#: What a log says of the phone and of its head-end besides.
ABOUT: tuple[Words, ...] = rows(
    "Cisco, trouble with AnyConnect VPN phones",
    ("own", r"binding sock to \S+ IP (?P<value>\d{1,3}(?:\.\d{1,3}){3})"),
    ("head-end", r"(?:connecting|connected) to (?P<value>\d{1,3}(?:\.\d{1,3}){3}:\d{1,5})"),
    ("certificate", r"cert_vfy_cb: depth:\d+ of \d+, subject:\s*<(?P<value>[^>]{1,200})>"),
    ("ciphers", r"cipher list: ?(?P<value>[\w:+-]{3,300})"),
    ("device", r"\b(?P<value>SEP[0-9A-F]{12})\b"),
)
