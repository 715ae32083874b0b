"""The access of phones as an intent has it, and what a verification says of an ASA of the lab."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.observations.observation import Observation
from nr_run.checks.phones.case import AuditAsked
from nr_run.checks.phones.phone_file import read_phone_file
from nr_run.checks.phones.shown import HeadEnd
from nr_run.checks.verdict import Verdict
from nr_run.lab.rehearsal import Rehearsal
from nr_run.lab.stations import phone_site
from nr_run.services.common.intended_state import standing
from nr_run.services.common.verifying import Seeing
from nr_run.services.phones.intent import Phones
from nr_run.services.phones.service import PHONES, deployment_of

from ...remote_access.ground import CREDENTIALS, Site, shown

HOST, TIME = "fw", "2026-11-30T00:00:00Z"


def values(**other: Any) -> dict[str, Any]:
    """The fields of a record, as a file has them."""
    given: dict[str, Any] = {
        "name": "desk-phones",
        "host": HOST,
        "tunnel_group": phone_site.GROUP,
        "group_policy": phone_site.POLICY,
        "group_url": f"https://{phone_site.URL_HOST}/{phone_site.GROUP}",
        "address_pools": [phone_site.POOL],
        "trustpoint": phone_site.TRUSTPOINT,
    }
    return given | other


def access(**other: Any) -> Phones:
    """A record."""
    return Phones.model_validate(values(**other))


def seen(site: Site, phones: Mapping[str, Site] | None = None) -> HeadEnd:
    """An ASA of the lab after these phones, each with the file of its site, have tried to connect."""
    return asyncio.run(_seen(site, phones or {}))


async def _seen(site: Site, phones: Mapping[str, Site]) -> HeadEnd:
    lab = Rehearsal({HOST: site.order}, 1.0, CREDENTIALS)
    for name, own in phones.items():
        await lab.client(name, "phone", {"host": HOST, "xml": own.xml})
    lab.box(HOST).other_sessions = site.sessions  # type: ignore[attr-defined]
    lab.box(HOST).other_addresses = site.addresses  # type: ignore[attr-defined]
    return await shown(lab, site, asking=AuditAsked(group=phone_site.GROUP))


def verdict(*looks: HeadEnd, wanted: Phones | None = None, xml: str = "", changing: str = "", problem: str = "") -> Verdict:
    """What is said after these looks; the configuration is that of the last one."""
    wanted = wanted or access()
    files = (read_phone_file("SEP.cnf.xml", xml),) if xml else ()
    deployment = deployment_of(wanted, files)
    last = looks[-1]
    made = tuple(Look(Observation(HOST, TIME, "asa", {}), outputs=one.outputs) for one in looks)
    stands = standing(deployment, deployment.members[0], last.platform, last.running, {}, None)
    here = Shown(HOST, last.platform, made, last.running, changing=changing, problem=problem)
    return PHONES.verdict(deployment, Seeing({HOST: here}, {HOST: stands}, TIME, probing=True))
