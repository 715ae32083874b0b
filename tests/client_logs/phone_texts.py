"""Console logs of a phone and syslogs of a firewall, made of what happened; every value is invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from nr_run.checks.client_logs.explanation import Explanation
from nr_run.checks.client_logs.phone_story import Logs, explain_phone
from nr_run.parsers.logs.asa_syslog import read_asa_syslog
from nr_run.parsers.logs.bundle import read_bundle
from nr_run.parsers.logs.phone import phone_configs, read_phone_log

START = datetime(2026, 5, 6, 7, 30, 0)
USER, ADDRESS = "CP-8841-SEP00005E0053A1", "203.0.113.61"
LEAF, TRUSTED = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334", "00112233445566778899AABBCCDDEEFF00112233"

#: What a phone says of each failure, from its handshake on: (program, words).
Said = tuple[tuple[str, str], ...]
BEGINS: Said = (("VPNC", "do_login: connecting"), ("VPNC", "ssl_state_cb: TLSv1: SSL_connect: before/connect initialization"))
ENDS: Said = (
    ("VPNC", "vpn_stop: de-activating vpn"),
    ("VPNC", "set_login_state: LOGIN: 1 (TRYING) --> 3 (FAILED)"),
    ("VPNC", "protocol_handler: login failed"),
)
HASH: Said = (
    *BEGINS,
    ("VPNC", "cert_vfy_cb: depth:0 of 0, subject:</CN=vpn.example.net>"),
    ("SECD", f"Leaf cert hash = {LEAF}"),
    ("VPNC", "VPN cert chain verification failed, issuer certificate not found and leaf not trusted"),
    ("VPNC", "alert_err: SSL write alert: code 48, unknown CA"),
    ("VPNC", "vpnc_send_notify: notify code: 37 [SslAlertSrvrCert]"),
    *ENDS,
)
PHONE: dict[str, Said] = {
    "certificate-hash": HASH,
    "host-id": (
        *BEGINS,
        ("VPNC", "hostID not found in subjectAltNames"),
        ("VPNC", "hostIDCheck failed!!"),
        ("VPNC", "vpnc_send_notify: notify code: 37 [SslAlertSrvrCert]"),
        *ENDS,
    ),
    "load-balancing": (
        *BEGINS,
        ("VPNC", "process_login: login code: 302 (redirected)"),
        ("VPNC", "process_login: redirection indicated"),
        *ENDS,
    ),
    "certificate-expired": (*BEGINS, ("VPNC", "cert_vfy_cb: depth:0 of 0, pre_err: 10 (certificate has expired)"), *ENDS),
    "phone-clock": (*BEGINS, ("VPNC", "cert_vfy_cb: depth:0 of 0, pre_err: 9 (certificate is not yet valid)"), *ENDS),
    "tls-version": (*BEGINS, ("VPNC", "alert_err: SSL read alert: code 70, protocol version"), *ENDS),
    "ec-certificate": (*BEGINS, ("VPNC", "alert_err: SSL write alert: code 47, illegal parameter"), *ENDS),
    "group-url": (*BEGINS, ("VPNC", "process_login: no cookie webvpnlogin"), *ENDS),
    "unreachable": (("VPNC", "tcp_connect: connect failed"), *ENDS),
    "name": (("VPNC", "do_login: gethostbyname failed for vpn.example.net"), *ENDS),
}
WORKS: Said = (
    *BEGINS,
    ("VPNC", "set_login_state: VPNC : 1 (LoggingIn) --> 2 (LoggedIn)"),
    ("VPNC", "vpn_set_active: de-activated -> activated"),
)
DTLS: Said = (
    *WORKS[:3],
    ("VPNC", "dtls_state_cb: DTLS: SSL_connect: before/connect initialization"),
    ("VPNC", "alert_err: DTLS write alert: code 47, illegal parameter"),
    ("VPNC", "protocol_handler: connect : err: SSL success DTLS fail"),
)
_G = f"Group <Phones> User <{USER}> IP <{ADDRESS}>"
_C = f"client outside:{ADDRESS}/50777"
#: What a firewall says of each failure: (severity and number, words).
FIREWALL: dict[str, Said] = {
    "certificate-hash": (
        ("7-725012", f"Device chooses cipher : AES128-SHA for the SSL session with {_C}"),
        ("7-725014", "SSL lib error. Function: SSL3_READ_BYTES Reason: tlsv1 alert unknown ca"),
        ("6-725006", f"Device failed SSL handshake with {_C}"),
    ),
    "cipher": (
        ("7-725010", "Device supports the following 1 cipher(s)."),
        ("7-725011", "Cipher[1] : AES256-GCM-SHA384"),
        ("7-725008", f"SSL {_C} proposes the following 2 cipher(s)."),
        ("7-725011", "Cipher[1] : AES256-SHA"),
        ("7-725011", "Cipher[2] : AES128-SHA"),
        ("7-725014", "SSL lib error. Function: SSL3_GET_CLIENT_HELLO Reason: no shared cipher"),
    ),
    "tls-version": (
        ("6-725001", f"Starting SSL handshake with {_C} for TLS session."),
        ("7-725014", "SSL lib error. Function: SSL23_GET_CLIENT_HELLO Reason: unsupported protocol"),
    ),
    "csd": (
        ("4-724002", f"{_G} WebVPN session not terminated. Cisco Secure Desktop was not running on the client's workstation."),
    ),
    "dap": (
        ("6-716038", f"{_G} Authentication: successful, Session Type: WebVPN."),
        ("5-734002", f"DAP: User {USER}, Addr {ADDRESS}: Connection terminated by the following DAP records: DfltAccessPolicy"),
    ),
    "limit": (("4-113029", f"{_G} Session could not be established: session limit of 2 reached"),),
    "logins": (
        ("6-113013", f"AAA unable to complete the request Error: reason = Simultaneous logins exceeded for user : user = {USER}"),
    ),
    "anyconnect-off": (("4-113035", f"{_G} Session terminated: AnyConnect not enabled or invalid AnyConnect image on the ASA."),),
    "access-list": (("4-113030", f"{_G} User ACL NO-TRAFFIC from AAA doesn't exist on the device, terminating connection."),),
    "reboot": (("6-113037", f"{_G} Reboot pending, new sessions disabled. Denied user login."),),
    "credentials": (("6-716039", f"{_G} Authentication: rejected, Session Type: WebVPN."),),
    "no-address": (
        (
            "4-722020",
            f"TunnelGroup <Phones> GroupPolicy <GP> User <{USER}> IP <{ADDRESS}> No address available for SVC connection",
        ),
    ),
    "client-certificate": (
        ("6-725001", f"Starting SSL handshake with {_C} for TLSv1 session."),
        ("7-725014", "SSL lib error. Function: SSL3_GET_CLIENT_CERTIFICATE Reason: peer did not return a certificate"),
    ),
}
LET_IN: Said = (
    ("6-725001", f"Starting SSL handshake with {_C} for TLSv1 session."),
    ("6-725002", f"Device completed SSL handshake with {_C}"),
    ("6-113039", f"{_G} AnyConnect parent session started."),
    ("4-722051", f"{_G} Address <10.77.0.4> assigned to session"),
    ("5-722034", f"{_G} New TCP SVC connection, no existing connection."),
    ("5-722034", f"{_G} New UDP SVC connection, no existing connection."),
)


def console(said: Said, start: datetime = START, number: int = 4101) -> str:
    """A console log, with numbers and times, a tenth of a second apart."""
    lines = []
    for place, (who, words) in enumerate(said):
        clock = (start + timedelta(seconds=place / 10)).strftime("%H:%M:%S.%f")
        lines.append(f"{number + place}: {'ERR' if 'fail' in words else 'NOT'} {clock} {who}: {words}\n")
    return "".join(lines)


def syslog(said: Said, start: datetime | None = START) -> str:
    """A syslog, as a server keeps it; without times where there is no start."""
    lines = []
    for place, (number, words) in enumerate(said):
        head = f"<166>{(start + timedelta(seconds=place / 10)).strftime('%b %d %Y %H:%M:%S')} fw7 : " if start else ""
        lines.append(f"{head}%ASA-{number}: {words}\n")
    return "".join(lines)


def other(user: str, address: str, said: Said) -> Said:
    """The same of another client."""
    return tuple((number, words.replace(USER, user).replace(ADDRESS, address)) for number, words in said)


def told(log: str = "", messages: str = "", config: str = "", phone: str = "") -> Explanation:
    """What is explained of these texts; an empty one was not brought."""
    brought = {
        name: read_bundle(name, text.encode())
        for name, text in (("console", log), ("syslog", messages), ("config", config))
        if text
    }
    configs = tuple(found for bundle in brought.values() for found in phone_configs(bundle.parts))
    return explain_phone(
        Logs(
            next(iter(brought)),
            read_phone_log(brought["console"]) if log else None,
            read_asa_syslog(brought["syslog"]) if messages else None,
            configs,
        ),
        phone,
    )


def ids(made: Explanation) -> Sequence[str]:
    """The causes by name."""
    return [cause.id for cause in made.causes]
