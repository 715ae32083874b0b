"""Every question that the timers' commands can ask, and its answer. Any other question stops the run.

Sources: Cisco configuration fundamentals command references, and published sessions.
"""

from __future__ import annotations

from collections.abc import Mapping

#: ``reload in`` asks this where something is not saved. Saving would make the reload bring back what it is to take away.
RELOAD: Mapping[str, str] = {
    r"Save\? \[yes/no\]: ?": "no",
    # An ASA: single context, and with the words of later releases.
    r"Save\? \[Y\]es/\[N\]o(?:/\[S\]ave all/\[C\]ancel)?: ?": "N",
}
#: Not answered at once, but along with the next exchange.
PROCEED = r"Proceed with reload\? ?\[confirm\] ?"

#: ``copy running-config flash:FILE``. A 3640 offers to erase the flash before it copies: Enter would wipe the image.
COPY: Mapping[str, str] = {
    r"Destination filename \[[^\]\n]*\]\? ?": "",
    r"Erase flash: ?before copying\? ?\[confirm\] ?": "n",
    # The file carries the id of this run: nobody else's is overwritten.
    r"Do you want to over ?write\? ?\[confirm\] ?": "",
}
#: ``delete /force flash:FILE`` asks nothing; a release that takes no notice of /force asks both, about the file that is named.
DELETE: Mapping[str, str] = {
    r"Delete filename \[[^\]\n]*\]\? ?": "",
    r"Delete flash:[^\n?]*\? ?\[confirm\] ?": "",
}
#: ``configure replace ... force``, ``configure confirm`` and ``configure revert now`` ask nothing.
NONE: Mapping[str, str] = {}
