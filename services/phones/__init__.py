"""IP phones that connect to an ASA by AnyConnect: what commands and help need, without importing the rest.

It has no command that deploys or removes: a head-end is configured by its people, and by `nr-run audit-vpn-phone --fix`.
"""

from __future__ import annotations

from ..registry import Declaration

SERVICE = Declaration(
    name="vpn-phones",
    noun="phone access",
    section="phones",
    commands=(),
    load="nr_run.services.phones.service:PHONES",
    schema="nr_run.services.phones.schema:phones_schema",
)
