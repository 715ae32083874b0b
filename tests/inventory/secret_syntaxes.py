"""Each syntax in which Cisco writes a secret, and a store that knows some."""

from __future__ import annotations

from pathlib import Path

from nr_run.inventory.hiding.secrets import Secrets

CANARY = "Canary.Key~7Zq^x*1"

#: Each line with S where the secret stands; everything else has to stay.
LINES = (
    "crypto isakmp key S address 192.0.2.1",
    "crypto isakmp key 0 S address 192.0.2.1 255.255.255.255 no-xauth",
    "crypto isakmp key 6 S address 192.0.2.1",
    "crypto isakmp key S hostname peer.example",
    "isakmp key S address 192.0.2.1 netmask 255.255.255.255",
    "no crypto isakmp key S address 192.0.2.1",
    " pre-shared-key address 192.0.2.1 key S",
    " pre-shared-key address 192.0.2.1 255.255.255.0 key 6 S",
    " pre-shared-key hostname peer.example key S",
    "  pre-shared-key S",
    "  pre-shared-key 0 S",
    "  pre-shared-key local S",
    "  pre-shared-key remote 6 S",
    " ikev1 pre-shared-key S",
    " ikev2 remote-authentication pre-shared-key S",
    " ikev2 local-authentication pre-shared-key 8 S",
    " failover ipsec pre-shared-key S",
    " key S",
    " key 7 S",
    "key config-key password-encrypt S",
    "enable secret S",
    "enable secret 5 S",
    "enable secret 4 S",
    "enable secret 9 S",
    "enable secret level 7 8 S",
    "enable password 7 S",
    "enable password S encrypted",
    "passwd S encrypted",
    "username admin password 0 S",
    "username admin privilege 15 secret 5 S",
    "username admin password S encrypted privilege 15",
    " password 7 S",
    " ppp chap password 0 S",
    " ppp pap sent-username router password 7 S",
    "ip ftp password 7 S",
    " ldap-login-password S",
    "snmp-server community S RO 10",
    "snmp-server host 192.0.2.7 S",
    "snmp-server host 192.0.2.7 traps version 2c S",
    "snmp-server host inside 192.0.2.7 community 8 S version 2c",
    "snmp-server user u g v3 auth sha S priv aes 128 priv.Word.9",
    "snmp-server user u g v3 auth md5 auth.Word.9 priv des S",
    "tacacs-server key 7 S",
    "tacacs-server host 192.0.2.8 key S",
    "radius-server host 192.0.2.8 auth-port 1645 acct-port 1646 key 7 S",
    " server-private 192.0.2.8 key S",
    "  key-string 7 S",
    " neighbor 192.0.2.9 password 7 S",
    " ip ospf message-digest-key 1 md5 7 S",
    " ip ospf authentication-key S",
    " area 1 virtual-link 192.0.2.3 authentication-key 0 S",
    "ntp authentication-key 1 md5 S 7",
    " standby 1 authentication S",
    " vrrp 1 authentication text S",
    " ip nhrp authentication S",
    "failover key S",
    " ikev1 pre-shared-key S",
    " ikev2 remote-authentication pre-shared-key S",
    " ikev2 local-authentication pre-shared-key S",
    "failover ipsec pre-shared-key S",
    " radius-common-pw S",
    " policy-server-secret S",
    "license-server address 192.0.2.5 secret S",
    " authentication key eigrp 100 S key-id 1",
    " rip authentication key S key_id 1",
    " set session-key inbound esp 256 cipher S authenticator 0123456789abcdef",
    " set session-key outbound ah 256 S",
    "archive path ftp://backup:S@192.0.2.4/r1",
)


def known(tmp_path: Path, **values: str) -> Secrets:
    """Secrets of which these credentials are resolved."""
    for name, value in values.items():
        (tmp_path / name).write_text(value + "\n")
    secrets = Secrets(folders=(tmp_path,))
    for name in values:
        secrets.resolve(f"credential:{name}")
    return secrets


KEY_CHARACTERS = "".join(chr(code) for code in range(33, 127) if chr(code) not in "?\"'\\<>")
