"""Questions of a device: which one stands at the end of its output, and whether each answer met its question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .transcript import Prompts, echoed


def all_asked(seen: str, answers: Sequence[str], prompts: Prompts) -> bool:
    """Whether each answer was echoed before the prompt came, and none at the prompt."""
    at = 0
    for answer in answers:
        echo = re.compile(echoed(answer)).search(seen, at) if answer else None
        if answer and echo is None:
            return False
        at = echo.end() if echo else at
    return re.search(rf"{prompts.pattern.pattern}[^\s]", seen, re.MULTILINE) is None


def ends(last: str, question: str) -> bool:
    """Whether an unfinished line ends in this question."""
    return re.search(rf"(?:{question})\Z", last) is not None


def asks(last: str, questions: Mapping[str, str]) -> str | None:
    """The question that an unfinished line asks."""
    return next((question for question in questions if ends(last, question)), None)
