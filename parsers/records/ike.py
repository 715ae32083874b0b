"""IKE state of IOS: security associations and policies."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from .. import algorithms
from ..fields.columns import Address, Column
from ..fields.vocabulary import IKE_STATUS, IOS_IKE_STATE, one_of


class IsakmpSa(Struct, frozen=True, kw_only=True):
    """One row of `show crypto isakmp sa`.

    dst is the responder and src the initiator: both ends print the same pair (Cisco 2611 and 3640 sample, IOS 12.2(8)T).
    Only `state` says whether it is up (QM_IDLE and not deleted); `status` reads ACTIVE in half-open exchanges too.
    slot is printed up to 12.4, status from 12.3T on.
    """

    dst: Address
    src: Address
    state: Annotated[str, Column(one_of(IOS_IKE_STATE, str.upper))]
    connection_id: int
    slot: int | None = None
    status: Annotated[str | None, Column(one_of(IKE_STATUS))] = None
    deleted: bool = False


class IsakmpPolicy(Struct, frozen=True, kw_only=True):
    """One suite of `show crypto isakmp policy`; number None is the built-in default suite.

    encryption and integrity are canonical; the `_text` fields are as printed. dh_group: number of the Diffie-Hellman
    group. lifetime_kilobytes None: no volume limit.
    """

    number: int | None = None
    encryption: Annotated[str, Column(algorithms.ike_encryption_phrase, source="encryption_text")]
    encryption_text: str
    integrity: Annotated[str, Column(algorithms.ike_hash_phrase, source="integrity_text")]
    integrity_text: str
    authentication: str
    dh_group: int
    lifetime_seconds: int
    lifetime_kilobytes: int | None = None
