"""The words with which a box refuses to show something, by what is the matter.

Sources: the list of words in public tools that read configurations (rancid `lib/ios.pm.in`, Netspoc-Approve, oxidized issue
1448), the pattern of cisco.asa's `plugins/terminal`. Of low memory no capture of the exact words was found: `% Low on memory;
try again later` is from memory, and so is the ASA's line about it.
"""

from __future__ import annotations

from msgspec import Struct

CARET = "^"


class Refusal(Struct, frozen=True):
    """What a router prints, and what an ASA does; a line that is a caret goes under the first word."""

    ios: tuple[str, ...]
    asa: tuple[str, ...]


_ASA_NOT_AUTHORIZED = ("Command authorization failed",)
_ASA_BUSY = ("%Error opening system:/running-config (Device or resource busy)",)

WORDS: dict[str, Refusal] = {
    "authorization": Refusal(("Command authorization failed.", ""), _ASA_NOT_AUTHORIZED),
    "authorization-2": Refusal(("% Authorization failed.", ""), _ASA_NOT_AUTHORIZED),
    "privilege": Refusal(
        (CARET, "% Invalid input detected at '^' marker.", ""), (CARET, "ERROR: % Invalid input detected at '^' marker.")
    ),
    "memory": Refusal(("% Low on memory; try again later", ""), ("ERROR: Unable to allocate memory",)),
    "nvram-busy": Refusal(("Non-Volatile memory is in use", ""), _ASA_BUSY),
    "config-busy": Refusal(("Unable to get configuration. Try again later.", ""), _ASA_BUSY),
    "open": Refusal(("%Error opening system:/running-config (Device or resource busy)", ""), _ASA_BUSY),
    "autocommand": Refusal(('Line has invalid autocommand "menu"', ""), _ASA_NOT_AUTHORIZED),
}
