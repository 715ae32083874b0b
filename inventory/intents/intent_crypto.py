"""The cryptography of an intent: what two ends offer to each other in phase 1 and phase 2, in NetBox's words."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, StrictInt, WithJsonSchema, field_validator, model_validator

from .intent_fields import Name, NamedRecord

EncryptionAlgorithm = Literal[
    "aes-128-cbc",
    "aes-128-gcm",
    "aes-192-cbc",
    "aes-192-gcm",
    "aes-256-cbc",
    "aes-256-gcm",
    "3des-cbc",
    "des-cbc",
]
AuthenticationAlgorithm = Literal["hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512", "hmac-md5"]
DHGroup = Literal[1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34]
#: Instead of names: the strongest that all ends of a tunnel can do (`auto_proposals`).
AUTO = "auto"
PFSGroup = Literal["auto", 1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34]

ENCRYPTION_ALGORITHMS: tuple[str, ...] = get_args(EncryptionAlgorithm)
AUTHENTICATION_ALGORITHMS: tuple[str, ...] = get_args(AuthenticationAlgorithm)


def _auto_as_list(value: Any) -> Any:
    """``proposals: auto`` is one word where a list of names stands otherwise."""
    return (AUTO,) if value == AUTO else value


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """A proposal that is listed twice is offered once: one of the two was meant to be another."""
    twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if twice is not None:
        raise ValueError(f"lists {twice} twice")
    if AUTO in names and len(names) > 1:
        raise ValueError("auto excludes others: it means the strongest that all ends support")
    return names


_LIST: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "minItems": 1}
Proposals = Annotated[
    tuple[Name, ...],
    Field(min_length=1),
    BeforeValidator(_auto_as_list),
    WithJsonSchema({"anyOf": [{"const": AUTO, "type": "string"}, _LIST]}),
]


class IKEProposal(NamedRecord):
    """One offer for phase 1 (IKE SA)."""

    authentication_method: Literal["preshared-keys"] = Field(
        default="preshared-keys", description="How the peers prove who they are; only pre-shared keys are built."
    )
    encryption_algorithm: EncryptionAlgorithm = Field(description="Cipher of the IKE SA.")
    authentication_algorithm: AuthenticationAlgorithm = Field(
        description="Integrity algorithm of the IKE SA; with a GCM cipher it names the PRF."
    )
    group: DHGroup = Field(description="Diffie-Hellman group of the IKE SA.")
    sa_lifetime: Annotated[StrictInt, Field(ge=60, le=86400)] | None = Field(
        default=None, description="Lifetime of the IKE SA in seconds; without it the device's own default."
    )


class IKEPolicy(NamedRecord):
    """The offers for phase 1, best first."""

    version: Literal[1, 2] = Field(
        default=2, description="IKE version, as in NetBox; what is built of version 2 is said before anything is touched."
    )
    mode: Literal["main", "aggressive"] | None = Field(
        default=None, description="Phase 1 mode: required with IKEv1, not allowed with IKEv2."
    )
    proposals: Proposals = Field(description="Names of IKE proposals, best first; or auto, the strongest that all ends can do.")

    _listed_once = field_validator("proposals")(_each_once)

    @model_validator(mode="after")
    def _mode_fits_version(self) -> Self:
        if self.version == 1 and self.mode is None:
            raise ValueError("mode is required with version 1 (main)")
        if self.version == 2 and self.mode is not None:
            raise ValueError("mode is not allowed with version 2: IKEv2 has no modes")
        return self


class IPSecProposal(NamedRecord):
    """One offer for phase 2 (IPsec SA), a transform set on Cisco devices."""

    encryption_algorithm: EncryptionAlgorithm = Field(description="Cipher of the IPsec SA.")
    authentication_algorithm: AuthenticationAlgorithm | None = Field(
        default=None, description="Integrity algorithm of the IPsec SA; left out with a GCM cipher, which has its own."
    )
    sa_lifetime_seconds: Annotated[StrictInt, Field(ge=120, le=86400)] | None = Field(
        default=None, description="Lifetime of the IPsec SA in seconds; without it the device's own default."
    )
    sa_lifetime_data: Annotated[StrictInt, Field(ge=2560, le=536870912)] | None = Field(
        default=None, description="Lifetime of the IPsec SA in kilobytes; without it the device's own default."
    )

    @model_validator(mode="after")
    def _integrity_fits_cipher(self) -> Self:
        gcm = self.encryption_algorithm.endswith("-gcm")
        if gcm and self.authentication_algorithm is not None:
            raise ValueError("authentication_algorithm is not allowed with a GCM cipher, which has its own")
        if not gcm and self.authentication_algorithm is None:
            raise ValueError("authentication_algorithm is required with a CBC cipher")
        return self


class IPSecPolicy(NamedRecord):
    """The offers for phase 2, best first, and the group for perfect forward secrecy."""

    proposals: Proposals = Field(description="Names of IPsec proposals, best first; or auto, the strongest that all ends can do.")
    pfs_group: PFSGroup | None = Field(
        default=None, description="Diffie-Hellman group of each rekey, or auto, the strongest of all ends; without it no PFS."
    )

    _listed_once = field_validator("proposals")(_each_once)


class IPSecProfile(NamedRecord):
    """Phase 1 and phase 2 together, as a tunnel uses them."""

    mode: Literal["esp"] = Field(default="esp", description="IPsec protocol.")
    ike_policy: Name = Field(description="Name of an IKE policy.")
    ipsec_policy: Name = Field(description="Name of an IPsec policy.")
