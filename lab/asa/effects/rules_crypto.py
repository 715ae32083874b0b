"""What an ASA does with policies and transform sets.

Sources: that a transform set takes the crypto maps' references with it when it goes is in the ASA configuration guides ("If you
clear or delete the only element in a transform set or proposal, the ASA automatically removes the crypto map references to it").
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Misread, Refused
from ...core.configuration.store import Entry
from .edit import around, need_interface
from .rules_map import WEAK_GROUP, take_name_away

LIFETIMES = {"seconds": "28800", "kilobytes": "4608000"}


def policy(edit: Edit) -> None:
    """A policy is shown with all of its lines, the defaults too."""
    if edit.negated:
        edit.clear()
        return
    new = edit.existing is None
    edit.entered = edit.put()
    if new:
        edit.entered.values["defaults"] = " ".join(around(edit).generation.policy1.values())


def policy_line(edit: Edit) -> None:
    """One line of a policy; `no` brings the default back."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    edit.put(f"{edit.form.family} {edit.values['value']}")
    if edit.form.family == "group" and edit.values["value"] in around(edit).generation.warned:
        edit.says.append(WEAK_GROUP.format(edit.values["value"]))


def ike_enable(edit: Edit) -> None:
    """IKE on an interface."""
    need_interface(edit, edit.values["nameif"])
    if edit.negated:
        edit.clear()
    else:
        edit.put()


def transform_set(edit: Edit) -> None:
    """A transform set takes the references of crypto maps with it when it goes."""
    name = edit.values["name"]
    if not edit.negated:
        if edit.values["first"].endswith("-hmac") or ("second" in edit.values and not _seconds(edit.values["second"])):
            raise Misread(name)
        edit.put(edit.values["line"] + " ")
        return
    if edit.clear() is None:
        raise Refused(f'ERROR: transform set with tag "{name}" does not exist.')
    edit.home.pop(("transform-mode", (name,)), None)
    take_name_away(edit, "transform", name)


def _seconds(algorithm: str) -> bool:
    return algorithm.endswith("-hmac") or algorithm == "esp-none"


def ipsec_lifetime(edit: Edit) -> None:
    """The lifetimes that hold where an entry has none of its own, one line to each unit; 8.2 shows the defaults too."""
    for unit in ("seconds", "kilobytes"):
        if unit not in edit.values and f"lifetime {unit}" not in edit.values["line"]:
            continue
        identity = ("ipsec lifetime", (unit,))
        edit.home.pop(identity, None)
        value = edit.values[unit] if not edit.negated else LIFETIMES[unit]
        if not edit.negated or around(edit).old:
            text = f"crypto ipsec security-association lifetime {unit} {value}"
            edit.home[identity] = Entry(edit.form, (unit,), text, {"n": value})


HOOKS: dict[str, Callable[[Edit], None]] = {
    function.__name__: function for function in (policy, policy_line, ike_enable, transform_set, ipsec_lifetime)
}
