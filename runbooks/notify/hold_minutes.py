"""After how many minutes a change is told where nobody says otherwise, as bare numbers for --help.

Down is told after 7 minutes and its end after 15, as a product does that was tuned for it (PAN-OS, tunnel-down incidents).
"""

from __future__ import annotations

DOWN_AFTER, UP_AFTER = 7.0, 15.0
