"""The file of an intent that was made of a provider's sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....parsers.provider_samples import Sample
from ...common.sample_crypto import Chosen
from ...common.sample_draft import Wishes
from ...common.sample_parts import yaml_of


def text_of(sample: Sample, wishes: Wishes, chosen: Chosen, tunnels: Sequence[Mapping[str, Any]]) -> str:
    """YAML, with a remark on where it comes from. No proposal may be missing."""
    if chosen.ike is None or chosen.ipsec is None:
        raise ValueError("an intent without proposals is none")
    name = wishes.name
    policy: dict[str, Any] = {"name": name, "version": chosen.version}
    if chosen.version == 1:
        policy["mode"] = "main"
    document: dict[str, Any] = {
        "schema_version": 1,
        "ike_proposals": [_plain(chosen.ike)],
        "ike_policies": [{**policy, "proposals": [chosen.ike.name]}],
        "ipsec_proposals": [_plain(chosen.ipsec)],
        "ipsec_policies": [{"name": name, "proposals": [chosen.ipsec.name], **({"pfs_group": chosen.pfs} if chosen.pfs else {})}],
        "ipsec_profiles": [{"name": name, "ike_policy": name, "ipsec_policy": name}],
        "tunnels": [dict(one) for one in tunnels],
    }
    return yaml_of(document, sample.provider.title, wishes.host)


def _plain(record: Any) -> dict[str, Any]:
    found: dict[str, Any] = record.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return found
