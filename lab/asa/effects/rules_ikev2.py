"""What an ASA does with IKEv2 policies and IPsec proposals.

Sources: running configurations show all lines of a policy, and of a proposal only those that were typed; that a proposal takes
the crypto maps' references with it when it goes is in the ASA configuration guides ("If you clear or delete the only element in a
transform set or proposal, the ASA automatically removes the crypto map references to it"). Every other wording is from memory.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Refused
from ...ios.configure import UNSURE
from .edit import around, unsure
from .rules_map import take_name_away


def ikev2_policy(edit: Edit) -> None:
    """A policy is shown with all of its lines, the defaults too."""
    if edit.negated:
        edit.clear()
        return
    new = edit.existing is None
    edit.entered = edit.put(f"crypto ikev2 policy {edit.values['n']}")
    if new:
        edit.entered.values["defaults"] = " ".join(around(edit).generation.policy2.values())


def typed_words(edit: Edit) -> list[str]:
    """The words of a line that takes several, each once."""
    found = [value for name, value in edit.values.items() if name[0] == "w" and name[1:].isdigit()]
    return list(dict.fromkeys(found))


def _off(edit: Edit) -> None:
    """`no` with all of the words, or none, brings the default back; with some of them the lab knows no answer."""
    words, stored = typed_words(edit), edit.existing
    if words and stored is not None and words != stored.values["words"].split():
        raise unsure(edit)
    edit.values = {}
    edit.clear()


def ikev2_line(edit: Edit) -> None:
    """One line of a policy, of one word or several; the first is tried first."""
    if edit.negated:
        _off(edit)
        return
    words = typed_words(edit) or [edit.values["value"]]
    edit.values |= {"words": " ".join(words), "value": " ".join(words)}
    edit.put(f"{edit.form.family} {' '.join(words)}")


def ipsec_proposal(edit: Edit) -> None:
    """A proposal takes the references of crypto maps with it when it goes; one that a profile names is another matter."""
    name = edit.values["name"]
    if not edit.negated:
        edit.entered = edit.put(f"crypto ipsec ikev2 ipsec-proposal {name}")
        return
    if edit.existing is None:
        raise Refused(f'ERROR: ipsec-proposal with tag "{name}" does not exist.')
    for profile in edit.box.store.all("ipsec-profile"):
        line = profile.child("set proposal")
        if line is not None and name in line.values["sets"].split():
            raise Refused(f"ERROR: nr-run lab: ipsec profile {profile.key[0]} names ipsec-proposal {name}. {UNSURE}")
    edit.clear()
    take_name_away(edit, "proposal", name)


def proposal_line(edit: Edit) -> None:
    """The ciphers of a proposal, or its hashes."""
    if edit.negated:
        _off(edit)
        return
    words = typed_words(edit)
    edit.values |= {"words": " ".join(words)}
    edit.put(f"protocol {edit.form.family} {' '.join(words)}")


HOOKS: dict[str, Callable[[Edit], None]] = {
    function.__name__: function for function in (ikev2_policy, ikev2_line, ipsec_proposal, proposal_line)
}
