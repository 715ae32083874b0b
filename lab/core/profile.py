"""Hardware profiles: one record for each model and release that the lab simulates."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field

from .configuration.store import Layout


class Ssh(Struct, frozen=True):
    """The SSH server of a release: its algorithms in order of preference, host key size in bits, version string."""

    kex: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]
    key_bits: int
    software: str = "Cisco-1.25"
    host_key: str = "ssh-rsa"

    @property
    def host_keys(self) -> tuple[str, ...]:
        """The algorithms with which the RSA key of the box signs: one, or several with commas between."""
        return tuple(self.host_key.split(","))


class Profile(Struct, frozen=True):
    """One model at one release. `nvram` in bytes; `first_ike` and `first_ipsec` are the first connection ids.

    `addresses` are the interfaces' addresses of the first box of the profile; `switched` are ports that take no address;
    `disks` are the names of the flash file system, the one that it calls itself last; `erases_flash` says that a copy to flash
    offers to erase it first; `ssh` is None for a box that is reached by telnet; `asa` says that it is no router but a firewall,
    and `heading` is what stands at the head of a firewall's configuration.
    """

    model: str
    release: str
    layout: Layout
    config: str
    version: str
    nvram: int
    physical: tuple[str, ...]
    clock: datetime
    clock_set: bool
    port: int
    first_ike: int
    first_ipsec: int
    has_client: bool = False
    addresses: dict[str, str] = field(default_factory=dict)
    switched: tuple[str, ...] = ()
    image: str = ""
    flash: int = 32 * 1024 * 1024
    disks: tuple[str, ...] = ("flash",)
    erases_flash: bool = False
    first_archive: int = 1
    ssh: Ssh | None = None
    asa: bool = False
    heading: tuple[str, ...] = ()
