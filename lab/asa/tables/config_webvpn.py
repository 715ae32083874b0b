"""The configuration commands of a head-end for AnyConnect: webvpn, profiles of connections, TLS, certificates, DAP, pools.

Sources: the ASA 8.2, 9.1 and 9.19 command references (webvpn, tunnel-group webvpn-attributes, ssl encryption, ssl cipher,
dynamic-access-policy-record, vpn load-balancing) and Cisco's document on AnyConnect IP phones. What is not played of these
sections stays in known.py.
"""

from __future__ import annotations

from ...core.configuration.forms import Form
from .generations import Generation

PROMPTS = {
    "webvpn": "(config-webvpn)",
    "tunnel-webvpn": "(config-tunnel-webvpn)",
    "dap": "(config-dynamic-access-policy-record)",
    "trustpoint": "(config-ca-trustpoint)",
    "cert-chain": "(config-cert-chain)",
    "certificate": "(config-pubkey)",
    "load-balancing": "(config-load-balancing)",
}
#: What these take the place of.
_PLAIN_DAP = "dynamic-access-policy-record DfltAccessPolicy"

_TUNNEL = (
    Form(
        "config",
        "tunnel-group <word:name> webvpn-attributes",
        "tunnel-group webvpn",
        ("name",),
        enters="tunnel-webvpn",
        hook="tunnel_section",
    ),
    Form("tunnel-webvpn", "authentication ~ {aaa|certificate|saml}:first [{aaa|certificate}:second]", "authentication"),
    Form("tunnel-webvpn", "group-url <word:url> ~ {enable|disable}:state", "group-url", ("url",), hook="group_url"),
    Form("tunnel-webvpn", "group-alias <word:alias> ~ {enable|disable}:state", "group-alias", ("alias",)),
    Form("tunnel-webvpn", "without-csd ~ [{anyconnect}:for]", "without-csd"),
    Form("tunnel-webvpn", "customization ~ <word:name>", "customization"),
    Form("tunnel-general", "address-pool <word:pool>", "address-pool", ("pool",), hook="address_pool"),
    Form("config", "ip local pool <word:name> ~ <word:range> [mask <mask:mask>]", "ip local pool", ("name",)),
)

_POLICY = (
    Form("group-policy", "banner ~ {none|value <line:text>}", "banner"),
    Form("group-policy", "dns-server ~ {none|value <ip:first> [<ip:second>]}", "dns-server"),
    Form("group-policy", "wins-server ~ {none|value <ip:first> [<ip:second>]}", "wins-server"),
    Form("group-policy", "dhcp-network-scope ~ {none|<ip:scope>}", "dhcp-network-scope"),
    Form("group-policy", "default-domain ~ {none|value <word:domain>}", "default-domain"),
    Form("group-policy", "group-lock ~ {none|value <word:group>}", "group-lock"),
    Form("group-policy", "address-pools ~ {none|value <word:pool>}", "address-pools"),
    Form("group-policy", "split-tunnel-policy ~ {tunnelall|tunnelspecified|excludespecified}", "split-tunnel-policy"),
    Form("group-policy", "split-tunnel-network-list ~ {none|value <word:acl>}", "split-tunnel-network-list"),
)

_CERTIFICATES = (
    Form("config", "crypto ca trustpoint <word:name>", "ca trustpoint", ("name",), enters="trustpoint"),
    Form("trustpoint", "enrollment ~ {self|terminal|url <word:url>}", "enrollment"),
    Form("trustpoint", "fqdn ~ <word:fqdn>", "fqdn"),
    Form("trustpoint", "subject-name ~ <line:subject>", "subject-name"),
    Form("trustpoint", "keypair ~ <word:keypair>", "keypair"),
    Form("trustpoint", "crl configure", "crl configure", on="store"),
    Form("config", "crypto ca certificate chain <word:name>", "ca chain", ("name",), enters="cert-chain",
         hook="certificate_chain"),
    Form("cert-chain", "certificate [{ca}:ca] <word:serial>", "certificate", ("ca", "serial"), enters="certificate",
         hook="certificate"),
    Form("certificate", "quit", "certificate end", on="clear", off="none", leaves=True),
    Form("certificate", "<line:hex>", "certificate bytes", off="none", hook="certificate_bytes"),
)  # fmt: skip

_ACCESS = (
    Form("config", "dynamic-access-policy-record <word:name>", "dap", ("name",), enters="dap", hook="dap_record"),
    Form("dap", "action ~ {continue|terminate|quarantine}:action", "dap action", hides="action continue"),
    Form("dap", "priority ~ <0-2147483647:n>", "priority", hides="priority 0"),
    Form("dap", "description ~ <line:text>", "description"),
    Form("dap", "user-message ~ <line:text>", "user-message"),
    Form("config", "vpn load-balancing", "load-balancing", enters="load-balancing"),
    Form("load-balancing", "redirect-fqdn enable", "redirect-fqdn"),
    Form("load-balancing", "cluster ip address ~ <ip:ip>", "cluster ip"),
    Form("load-balancing", "cluster port ~ <1-65535:port>", "cluster port", hides="cluster port 9023"),
    Form("load-balancing", "interface {lbpublic|lbprivate}:side ~ <word:nameif>", "lb interface", ("side",)),
    Form("load-balancing", "participate", "participate"),
)


def _webvpn(row: Generation) -> tuple[Form, ...]:
    """The global section, in the words of the release: `svc` until 8.3, `hostscan` from 9.5(2) on."""
    client, desktop = ("svc", "csd") if row.old else ("anyconnect", "hostscan" if row.modern else "csd")
    clients = f"{client} image <word:file> ~ [<1-65535:order>] [regex <line:regex>]"
    return (
        Form("config", "webvpn", "webvpn", enters="webvpn"),
        Form("webvpn", "port ~ <1-65535:n>", "port", hides="port 443"),
        Form("webvpn", "dtls port ~ <1-65535:n>", "dtls port", hides="dtls port 443"),
        Form("webvpn", "enable <word:nameif> ~ [{tls-only}:tls]", "enable", ("nameif",), hook="webvpn_enable"),
        Form("webvpn", f"{desktop} image <word:file>", "desktop image"),
        Form("webvpn", f"{desktop} enable", "desktop enable"),
        Form("webvpn", "anyconnect-essentials", "essentials", off="store"),
        Form("webvpn", clients, "client image", ("file",)),
        Form("webvpn", f"{client} enable", "client enable"),
        Form("webvpn", "tunnel-group-list enable", "group list"),
        Form("webvpn", "keepout <line:text>", "keepout"),
    )


def _ssl(row: Generation) -> tuple[Form, ...]:
    """TLS: one list of ciphers until 9.3(1), a level or a list for each version from 9.3(2) on."""
    common = (
        Form("config", "ssl trust-point <word:trustpoint> [<word:nameif>]", "ssl trust-point", ("nameif",), hook="ssl_trust"),
    )
    if not row.modern:
        return (
            *common,
            Form("config", "ssl server-version ~ {any|sslv3|sslv3-only|tlsv1|tlsv1-only}:version", "ssl server-version",
                 hides="ssl server-version any"),
            Form("config", "ssl client-version ~ {any|sslv3-only|tlsv1-only}:version", "ssl client-version",
                 hides="ssl client-version any"),
            Form("config", "ssl encryption ~ <line:ciphers>", "ssl encryption", hook="ssl_encryption"),
        )  # fmt: skip
    versions = "{tlsv1|tlsv1.1|tlsv1.2}"
    return (
        *common,
        Form("config", f"ssl server-version ~ {versions}:version [{{dtlsv1|dtlsv1.2}}:dtls]", "ssl server-version",
             hides="ssl server-version tlsv1"),
        Form("config", f"ssl client-version ~ {versions}:version", "ssl client-version", hides="ssl client-version tlsv1"),
        Form("config", "ssl cipher {default|tlsv1|tlsv1.1|tlsv1.2|dtlsv1|dtlsv1.2}:version ~ "
             "{{low|medium|fips|high|all}:level|custom <word:suites>}", "ssl cipher", ("version",), hook="ssl_cipher"),
        Form("config", "ssl dh-group ~ {group14|group15}:group", "ssl dh-group", hides="ssl dh-group group14"),
        Form("config", "ssl ecdh-group ~ {group19|group20|group21}:group", "ssl ecdh-group", hides="ssl ecdh-group group19"),
    )  # fmt: skip


def forms(row: Generation) -> tuple[Form, ...]:
    """Every line of a head-end that a release takes."""
    return (*_webvpn(row), *_ssl(row), *_TUNNEL, *_POLICY, *_CERTIFICATES, *_ACCESS)


def replaced(form: Form) -> bool:
    """Whether a form of the common tables gives way to one of these."""
    return form.syntax == _PLAIN_DAP
