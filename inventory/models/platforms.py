"""What each model and release can do: a table, one row per step in a model's history.

The table is what is known before a device is asked; what the device says wins. Where the documentation of a release is
silent the row says less than the device may do, never more. Sources: Cisco IOS, IOS-XE and ASA release notes, feature guides
and command references, as each row names them; "sample" means output of a real device.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ..errors import IntentError
from ..files.did_you_mean import hint
from .release import Release

UndoTool = Literal[
    "reload-in",  # reload in N / reload cancel: back to startup-config
    "configure-replace",  # archive and configure replace
    "revert-timer",  # configure terminal revert timer N
    "kron",  # timed EXEC commands
    "eem",  # timed configuration commands
]


class Suite(Struct, frozen=True):
    """What a release offers with one IKE version, in NetBox's values."""

    ike_encryption: frozenset[str]
    ike_integrity: frozenset[str]
    ike_groups: frozenset[int]
    esp_encryption: frozenset[str]
    esp_integrity: frozenset[str]
    pfs_groups: frozenset[int]


class Platform(Struct, frozen=True):
    """What one model can do with one release.

    ``nvram_bytes`` is the room for the startup configuration, None where it is not a limit. ``ping`` is how a source is given: in
    the ``dialogue`` of the extended ping, on ``one-line``, or as the ``nameif`` of the interface that has it. ``output`` is the
    generation of the output of the crypto show commands. ``allows_old`` is what an operator may do on the device so that it takes
    algorithms which it refuses by itself, empty where there is no way.
    """

    model: str
    release: Release
    os: Literal["ios", "asa"]
    suites: Mapping[int, Suite]
    nat_traversal: bool
    driver: str
    ping: Literal["dialogue", "one-line", "nameif"]
    undo: tuple[UndoTool, ...]
    output: Literal["ios-12.2", "ios-12.4", "ios-15", "asa-8.0", "asa-8.4"]
    nvram_bytes: int | None
    note: str
    source: str
    allows_old: str = ""
    #: The group that ``set pfs`` alone stands for in a crypto map entry, and that is not written out; None where all are.
    bare_pfs_group: int | None = None

    @property
    def ike_versions(self) -> frozenset[int]:
        """IKE versions that the release speaks."""
        return frozenset(self.suites)

    def __str__(self) -> str:
        return f"{self.model} with {self.release}"


_DES = frozenset({"des-cbc", "3des-cbc"})
_AES = frozenset({"aes-128-cbc", "aes-192-cbc", "aes-256-cbc"})
_GCM = frozenset({"aes-128-gcm", "aes-192-gcm", "aes-256-gcm"})
_MD5, _SHA1 = frozenset({"hmac-md5"}), frozenset({"hmac-sha1"})
#: What IOS takes of it for the IKE SA itself: there is no word for 192 bits (IOS-XE 17.6.1 data model, crypto ikev2 proposal).
_IKE_GCM = frozenset({"aes-128-gcm", "aes-256-gcm"})
_SHA2 = frozenset({"hmac-sha256", "hmac-sha384", "hmac-sha512"})


def _suite(encryption: frozenset[str], integrity: frozenset[str], groups: set[int]) -> Suite:
    """A suite in which phase 2 can do what phase 1 can."""
    return Suite(encryption, integrity, frozenset(groups), encryption, integrity, frozenset(groups))


def _ike(**versions: Suite) -> Mapping[int, Suite]:
    return MappingProxyType({int(name[1:]): suite for name, suite in versions.items()})


#: The text of a row that belongs to a model comes later: see `platform_for`.
_IOS_12_2_8T = Platform(
    model="",
    release=Release.parse("12.2(8)T"),
    os="ios",
    suites=_ike(v1=_suite(_DES, _MD5 | _SHA1, {1, 2, 5})),
    nat_traversal=False,
    driver="cisco_ios_telnet",
    ping="dialogue",
    undo=("reload-in",),
    output="ios-12.2",
    nvram_bytes=None,
    note="IKEv1 with DES and triple DES, MD5 and SHA-1, groups 1, 2 and 5.",
    source="IOS 12.2 security command reference; 12.1(3)T feature guide, Diffie-Hellman Group 5; 2611 sample, IOS 12.2(8)T.",
)
_IOS_12_2_13T = replace(
    _IOS_12_2_8T,
    release=Release.parse("12.2(13)T"),
    suites=_ike(v1=_suite(_DES | _AES, _MD5 | _SHA1, {1, 2, 5})),
    nat_traversal=True,
    note="Brings AES and NAT traversal.",
    source="IOS 12.2(13)T feature guides, Advanced Encryption Standard and IPsec NAT Transparency.",
)
_IOS_12_3 = replace(
    _IOS_12_2_13T,
    release=Release.parse("12.3(1)"),
    suites=_ike(v1=_suite(_DES | _AES, _MD5 | _SHA1, {1, 2, 5})),
    undo=("reload-in", "kron"),
    output="ios-12.4",
    note="Kron for timed commands; no SSH version 2 in mainline.",
    source="IOS 12.3 security and configuration fundamentals command references.",
)
_IOS_12_4 = replace(
    _IOS_12_3,
    release=Release.parse("12.4(1)"),
    driver="cisco_ios",
    ping="one-line",
    undo=("configure-replace", "kron", "reload-in"),
    note="Brings SSH version 2 and configure replace; the revert timer is not in mainline.",
    source="IOS 12.3(4)T SSH version 2 and 12.3(7)T configuration replace feature guides.",
)
_IOS_15_4 = replace(
    _IOS_12_4,
    release=Release.parse("15.4(3)M"),
    suites=_ike(
        v1=_suite(_DES | _AES, _MD5 | _SHA1 | _SHA2, {1, 2, 5, 14, 15, 16, 19, 20, 24}),
        v2=_suite(_DES | _AES, _MD5 | _SHA1 | _SHA2, {1, 2, 5, 14, 15, 16, 19, 20, 24}),
    ),
    undo=("revert-timer", "configure-replace", "eem", "kron", "reload-in"),
    output="ios-15",
    note="IKEv2 since 15.1(1)T and SHA-2; whether the engine of an 881 takes GCM is for the device to say.",
    source="IOS 15.1(1)T IKEv2 feature guide; 881 sample, IOS 15.4(3)M3.",
)
_XE_17 = replace(
    _IOS_15_4,
    release=Release.parse("17.1.1"),
    suites=_ike(
        v1=_suite(_DES | _AES, _MD5 | _SHA1 | _SHA2, {1, 2, 5, 14, 15, 16, 19, 20, 21, 24}),
        v2=replace(
            _suite(_DES | _AES | _GCM, _MD5 | _SHA1 | _SHA2, {1, 2, 5, 14, 15, 16, 19, 20, 21, 24}),
            ike_encryption=_DES | _AES | _IKE_GCM,
        ),
    ),
    driver="cisco_xe",
    note="Everything that IOS 15.4 has, GCM for ESP and group 21.",
    source="IOS-XE 17 security configuration guide.",
)
_XE_17_11 = replace(
    _XE_17,
    release=Release.parse("17.11.1"),
    suites=_ike(
        v1=replace(_suite(_AES, _SHA1 | _SHA2, {14, 15, 16, 19, 20, 21, 24}), pfs_groups=frozenset({14, 15, 16, 19, 20, 21})),
        v2=replace(_suite(_AES | _GCM, _SHA1 | _SHA2, {14, 15, 16, 19, 20, 21}), ike_encryption=_AES | _IKE_GCM),
    ),
    note="Refuses DES, triple DES, MD5, groups 1, 2 and 5, and 24 with IKEv2 and for PFS, while the compliance shield is on.",
    source="Field notice FN72510; IOS-XE 17.11.1a release notes and command reference, crypto engine compliance shield.",
    allows_old="configure crypto engine compliance shield disable and reload, which Cisco advises against",
)
_XE_26_1 = replace(
    _XE_17_11,
    release=Release.parse("26.1.1"),
    note="As 17.11; blocks insecure lines of all kinds until system mode insecure is configured, and warns of keys in clear.",
    source="Insecure Feature Restrictions on IOS XE; IOS-XE 26.1.x release notes.",
)
_ASA_8_0 = Platform(
    model="",
    release=Release.parse("8.0(2)"),
    os="asa",
    suites=_ike(v1=_suite(_DES | _AES, _MD5 | _SHA1, {1, 2, 5})),
    nat_traversal=True,
    driver="cisco_asa",
    ping="nameif",
    undo=("reload-in",),
    output="asa-8.0",
    nvram_bytes=None,
    note="IKEv1 only; SSH with SHA-1 only.",
    source="ASA 8.0 command reference.",
    bare_pfs_group=2,
)
_ASA_8_4 = replace(
    _ASA_8_0,
    release=Release.parse("8.4(1)"),
    suites=_ike(
        v1=_suite(_DES | _AES, _MD5 | _SHA1, {1, 2, 5}),
        v2=_suite(_DES | _AES, _MD5 | _SHA1, {1, 2, 5}),
    ),
    output="asa-8.4",
    note="Brings IKEv2 and the commands with ikev1 and ikev2 in their names.",
    source="ASA 8.4(1) release notes.",
)
_ASA_9_0 = replace(
    _ASA_8_4,
    release=Release.parse("9.0(1)"),
    suites=_ike(
        v1=_suite(_DES | _AES, _MD5 | _SHA1, {1, 2, 5}),
        v2=_suite(_DES | _AES | _GCM, _MD5 | _SHA1 | _SHA2, {1, 2, 5, 14, 19, 20, 21, 24}),
    ),
    note="Brings SHA-2 for ESP, GCM and the elliptic curve groups, with IKEv2 only.",
    source="ASA 9.0 release notes and VPN configuration guide.",
)
_ASA_9_2 = replace(
    _ASA_9_0,
    release=Release.parse("9.2(1)"),
    undo=("eem", "reload-in"),
    note="Brings the event manager, in single context only.",
    source="ASA 9.2(1) release notes, Embedded Event Manager.",
)
_ASA_9_13 = replace(
    _ASA_9_2,
    release=Release.parse("9.13(1)"),
    suites=_ike(
        v1=_suite(_DES | _AES, _MD5 | _SHA1, {1, 2, 5, 14}),
        v2=_suite(_DES | _AES | _GCM, _MD5 | _SHA1 | _SHA2, {1, 2, 5, 14, 15, 16, 19, 20, 21, 24}),
    ),
    note="Group 14 with IKEv1, groups 15 and 16 with IKEv2; warns of DES, triple DES, MD5 and group 2.",
    bare_pfs_group=14,
    source="ASA 9.13(1) release notes.",
)
_ASA_9_15 = replace(
    _ASA_9_13,
    release=Release.parse("9.15(1)"),
    suites=_ike(
        v1=_suite(_AES, _SHA1, {5, 14}),
        v2=_suite(_AES | _GCM, _SHA1 | _SHA2, {14, 15, 16, 19, 20, 21}),
    ),
    note="DES, triple DES, MD5 and groups 2 and 24 are gone, and 5 with IKEv2.",
    source="ASA 9.15(1) and 9.16(1) release notes.",
)
_ASA_9_24 = replace(
    _ASA_9_15,
    release=Release.parse("9.24(1)"),
    note="As 9.15 for LAN-to-LAN tunnels; no return to an earlier release.",
    source="ASA 9.24(1) new features and upgrade guide, version-specific guidelines.",
)


class _Model(Struct, frozen=True):
    """The history of one model: rows from old to new, and the first release after all of them, if there is one."""

    rows: tuple[Platform, ...]
    until: Release | None
    nvram_bytes: int | None
    note: str


_MODELS: Mapping[str, _Model] = {
    "2611": _Model(
        (_IOS_12_2_8T, _IOS_12_2_13T, _IOS_12_3),
        Release.parse("12.3(1)T"),
        32 * 1024,
        "32 KB of NVRAM: a long configuration does not fit (2611 sample, IOS 12.2(8)T).",
    ),
    "3640": _Model(
        (_IOS_12_2_8T, _IOS_12_2_13T, _IOS_12_3, _IOS_12_4),
        Release.parse("12.4(1)T"),
        125 * 1024,
        "125 KB of NVRAM (3640 samples of show version).",
    ),
    "881": _Model((_IOS_15_4,), Release.parse("16.1.1"), None, "FastEthernet4 is its only routed port."),
    "C8000V": _Model((_XE_17, _XE_17_11, _XE_26_1), None, None, "A virtual router; the startup file is on disk."),
    "ASA": _Model(
        (_ASA_8_0, _ASA_8_4, _ASA_9_0, _ASA_9_2, _ASA_9_13, _ASA_9_15, _ASA_9_24),
        None,
        None,
        "Any ASA; the release decides, the hardware only how fast.",
    ),
}

#: Models that the table knows.
MODELS: tuple[str, ...] = tuple(_MODELS)


Model = _Model
#: Models by name; those of a ``platforms.yaml`` among them (models_file.py).
Models = Mapping[str, Model]
#: What comes with nr-run.
KNOWN: Models = _MODELS


def rows(model: str, models: Models = KNOWN) -> tuple[Platform, ...]:
    """Every row of a model, from old to new, each for the release that brought it."""
    known = models[model]
    return tuple(replace(row, model=model, nvram_bytes=known.nvram_bytes) for row in known.rows)


def platform_for(model: str, release: str, models: Models = KNOWN) -> Platform:
    """What a model can do with a release such as ``12.2(8)T``; ``models`` may have some of your own (models_file.load_models).

    Raises IntentError for a model that the table does not have, for text that is no release, and for a release outside of
    what is known about the model: nothing is guessed.
    """
    if model not in models:
        near = hint(model, models)
        own = "" if "did you mean" in near else "; a model of your own is added in platforms.yaml beside hosts.yaml"
        raise IntentError(f"model {model!r} is not known{near}{own}")
    running = Release.parse(release)
    fitting = [row for row in rows(model, models) if row.release <= running]
    until = models[model].until
    if not fitting or (until is not None and running >= until):
        known = f"from {rows(model, models)[0].release}" + (f" to before {until}" if until else "")
        raise IntentError(f"release {release} of model {model} is not known (known: {known})")
    return replace(fitting[-1], release=running)
