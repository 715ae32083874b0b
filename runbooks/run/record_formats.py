"""Formats of record.json, and the migration from each format that can still be read.

A record is plain data. A migration is a pure function from one format to the next: a run that an earlier version began is
finished or undone by this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...services.registry import FIRST_SERVICE

#: 3: vouched for with the run key. 4: any service; the steps stand in it, so that none is taken which was not recorded.
FORMAT = 4
Data = dict[str, Any]


def _from_3(data: Data) -> Data:
    """Before 4 there was one service, with two ends and one stage, and the steps were not recorded (``None``)."""
    crypto = data["crypto"]
    return {
        "format": 4,
        "service": FIRST_SERVICE,
        "removal": data["removal"],
        "wanted": {
            "tunnel": data["tunnel"],
            "crypto": {
                "ike_version": crypto["ike_version"],
                "ike_mode": crypto["ike_mode"],
                "ike_proposals": [crypto["ike"]],
                "ipsec_proposals": [crypto["ipsec"]],
                "pfs_group": crypto["pfs_group"],
            },
        },
        "members": [
            {
                **{key: value for key, value in end.items() if key != "change"},
                "changes": [end["change"]],
                "way_back": [],
                "steps": None,
            }
            for end in data["ends"]
        ],
    }


#: Format -> function that makes the next format of it.
MIGRATIONS: Mapping[int, Callable[[Data], Data]] = {3: _from_3}
#: Formats that can be read. Before 3 nothing vouched for a record.
READABLE: tuple[int, ...] = (*sorted(MIGRATIONS), FORMAT)


def migrated(data: Data) -> Data:
    """The record in the format of today. Raises KeyError and TypeError for what is no record."""
    while data["format"] != FORMAT:
        data = MIGRATIONS[data["format"]](data)
    return data
