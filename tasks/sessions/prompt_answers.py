"""Type a line that the device may ask about before it takes it: the rule of its family says which question, and what is answered.

No other question is answered: the session ends there, as it does behind any line that asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .session import Reply, Session


def agreed_to(device: Session, line: str, questions: Mapping[str, str]) -> Reply:
    """The reply to one line, which may put some of ``questions`` (pattern to answer); what is left is its answer."""
    told = device.answer_prompts(line, questions)
    for question in questions:
        told = re.sub(question, "", told)
    left = (part.strip() for part in told.splitlines())
    return Reply(line, "\n".join(part for part in left if part and not part.endswith(line) and part != device.prompt))
