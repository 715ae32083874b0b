"""One trial from beginning to end: prepare, strike, bring it to an end as a person would, and let the judge look."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from .clients import somebody_connects
from .device import without_keys
from .ground import BOUND, Ground, NotPrepared, Running, ground_of
from .judge import Judge, Verdict, page_of
from .operations import Work, built, prepared
from .strikes import Later, Scene, break_device, strike
from .trial import ENDS, Strike, Trial

__all__ = ["Ending", "carried_out"]

#: Exit codes of a resume that could not do its work, for a reason that goes away: it is tried again without the fault.
_AGAIN = {1, 11, 12, 65, 75}
#: What has finished: nobody may come to another one beside it.
_ENDED = {0, 20, 21}


@dataclass(frozen=True)
class Ending:
    """How a trial ended. ``late`` says that no fault struck while the run was at work."""

    trial: Trial
    verdict: Verdict
    late: bool
    story: tuple[str, ...]


class NoEnd(AssertionError):
    """A command did not end within its bound."""


def carried_out(trial: Trial, folder: Path) -> Ending:
    """Carry a trial out in a folder, which then holds all of it."""
    with ground_of(trial, folder) as ground:
        late = False
        try:
            with _beside(ground):
                verdict, late = _Play(ground, prepared(ground)).ended()
        except NotPrepared as error:
            verdict = Verdict("wrong", without_keys(str(error)))
        except NoEnd as error:
            verdict = Verdict("wrong", f"no end: {error}")
        ground.tell(f"verdict: {verdict}")
        (folder / "trial.txt").write_text("\n".join([str(trial), *ground.story, ""]))
        return Ending(trial, verdict, late, tuple(ground.story))


def _beside(ground: Ground) -> AbstractContextManager[None]:
    """What goes on all the time: where clients are tried, somebody connects."""
    if ground.trial.ground != "clients":
        return nullcontext()
    return somebody_connects(ground.lab, ground.devices["hq"].addresses()[1])


class _Play:
    """The strikes that are to come, and what is to be done later."""

    def __init__(self, ground: Ground, work: Work) -> None:
        self.ground, self.work = ground, work
        self.later: list[tuple[float, Callable[[], None]]] = []

    def ended(self) -> tuple[Verdict, bool]:
        """The verdict, and whether all strikes came too late."""
        ground, trial = self.ground, self.ground.trial
        for item in (item for item in trial.strikes if item.line == 0):
            ground.tell(f"from the beginning: {item}")
            self._later(break_device(ground, item))
        if trial.slow:
            for name in ENDS:
                if not any(item.words[:1] == ("slow",) and item.device == name for item in trial.strikes):
                    ground.lab.fault(name, "slow", trial.slow)
        scene = Scene(ground, ground.begin(self.work.command, *self.work.words))
        struck = self._through(scene)
        struck += sum(item.line == 0 for item in trial.strikes)
        for beside in scene.beside:
            self._wait(beside)
        verdict = self._judged(scene)
        return verdict, struck - len(scene.late) <= 0

    def _through(self, scene: Scene) -> int:
        """Let the strikes come at their moments, until the run has ended; how many came."""
        coming = sorted((item for item in scene.ground.trial.strikes if item.line), key=lambda item: item.line)
        struck, due = 0, 0.0
        while scene.main.code is None:
            self._tick(scene.main)
            if coming and len(scene.ground.journal()) >= coming[0].line:
                due = due or time.monotonic() + coming[0].delay
                if time.monotonic() >= due and scene.main.code is None:
                    self._later(strike(scene, coming.pop(0)))
                    struck, due = struck + 1, 0.0
            time.sleep(0.003 if coming else 0.02)
        self._told(scene.main)
        return struck

    def _judged(self, scene: Scene) -> Verdict:
        """Let a person resume where the run was cut off, and judge each end that is reported."""
        main, judge = scene.main, self.ground.judge(self.work.goal)
        if any(item.kind == "second run" for item in self.ground.trial.strikes) and scene.beside:
            self._mend()
            return self._two_runs(scene, judge)
        if not main.killed or main.code != -9:
            verdict = self._look(judge, main)
            if verdict.ending == "wrong":
                return verdict
            double = [item for item in scene.beside if item.code in _ENDED and main.code in _ENDED]
            if double:
                return Verdict("wrong", f"the run ended {main.code} and the resume beside it {double[0].code}")
            if verdict.ending != "rollback-incomplete":
                return verdict
            self.ground.tell(f"rollback-incomplete: {verdict.why}")
            after = self._resumed(judge, seconds=0)
            return after if after.ending == "wrong" else verdict
        kill = next(item for item in self.ground.trial.strikes if item.kind.startswith("kill"))
        if kill.kind == "kill, two resumes":
            return self._two_resumes(judge, kill)
        if kill.kind == "kill, no key" and (code := self._without_key()) in _ENDED:
            return Verdict("wrong", f"resume without the key of the run ended {code}")
        return self._resumed(judge, kill.seconds)

    def _resumed(self, judge: Judge, seconds: float) -> Verdict:
        """Resume after so long, again without the faults where it could not be done, and judge what it says."""
        self._pause(seconds)
        for attempt in range(4):
            running = self.ground.begin("resume")
            self._wait(running)
            assert running.code is not None
            if running.code not in _AGAIN or attempt == 3:
                return self._look(judge, running)
            self._mend()
            self._pause(0.5 + 3 * attempt)
        raise AssertionError

    def _two_resumes(self, judge: Judge, kill: Strike) -> Verdict:
        self._pause(kill.seconds % 6)
        both = [self.ground.begin("resume"), self.ground.begin("resume")]
        for running in both:
            self._wait(running)
        if all(running.code in _ENDED for running in both):
            return Verdict("wrong", f"two resumes came to an end each: {[running.code for running in both]}")
        for running in both:
            if running.code in _ENDED:
                return self._look(judge, running)
        return self._resumed(judge, seconds=0)

    def _without_key(self) -> int | None:
        """A resume without the key of the run touches nothing; then the key is found again."""
        config = self.ground.folder / "here" / "config"
        away = config.with_name("config.away")
        if config.exists():
            config.rename(away)
        running = self.ground.begin("resume")
        self._wait(running)
        if away.exists():
            if config.exists():
                config.rename(config.with_name("config.new"))
            away.rename(config)
        return running.code

    def _two_runs(self, scene: Scene, judge: Judge) -> Verdict:
        """Two runs that may not have known of each other: the devices agree, and the one that ended last says the truth."""
        told = scene.main
        if scene.main.killed and scene.main.code == -9:
            kill = next(item for item in self.ground.trial.strikes if item.kind.startswith("kill"))
            self._pause(kill.seconds)
            running = self.ground.begin("resume")
            self._wait(running)
            scene.beside.append(running)
            # Of a run that was killed behind its last step a resume says that nothing is unfinished.
            told = running
        runs = [item for item in (scene.main, *scene.beside) if item.code in _ENDED]
        if not runs:
            return self._look(judge, told)
        last = max(runs, key=lambda item: item.ended)
        if last is scene.main or "resume" in last.words:
            return self._look(judge, last)
        second = self.ground.judge(built(self.ground))
        verdicts = [self._look(each, last) for each in (second, judge)]
        return next((verdict for verdict in verdicts if verdict.ending != "wrong"), verdicts[0])

    def _look(self, judge: Judge, running: Running) -> Verdict:
        """Fix the devices and judge what a command said of them."""
        self._mend()
        assert running.code is not None
        _, err = running.over()
        if "Traceback" in err:
            return Verdict("wrong", f"exit {running.code}: {err[-2000:]}")
        for device in self.ground.devices.values():
            if not device.settled(60):
                return Verdict("wrong", f"{device.name} does not answer")
        # Beside clients the tunnel may have lost its SAs to any fault: it has to come up again with what is configured now.
        if self.ground.trial.ground == "clients" or any(item.takes_down for item in self.ground.trial.strikes):
            self.ground.traffic()
        return judge.judged(running.code, page_of(running.report), self.ground.now())

    # time

    def _later(self, items: list[Later]) -> None:
        self.later += [(time.monotonic() + seconds, work) for seconds, work in items]

    def _tick(self, running: Running) -> None:
        now = time.monotonic()
        due = [work for at, work in self.later if at <= now]
        self.later = [item for item in self.later if item[0] > now]
        for work in due:
            work()
        if now > running.begun + BOUND:
            running.process.kill()
            raise NoEnd(f"{running.words} has not ended within {BOUND:.0f} s")

    def _wait(self, running: Running) -> None:
        while running.code is None:
            self._tick(running)
            time.sleep(0.02)
        self._told(running)

    def _told(self, running: Running) -> None:
        out, err = running.over()
        self.ground.tell(f"{running.words}: exit {running.code} {page_of(running.report)}")
        for line in err.splitlines()[-40:]:
            self.ground.tell(f"    {line}")
        if not out:
            self.ground.tell("    (nothing on standard output)")

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            now = time.monotonic()
            due = [work for at, work in self.later if at <= now]
            self.later = [item for item in self.later if item[0] > now]
            for work in due:
                work()
            time.sleep(0.02)

    def _mend(self) -> None:
        """End every fault that is on, and do what was to be done later."""
        for _, work in sorted(self.later, key=lambda item: item[0]):
            work()
        self.later = []
        for name in ENDS:
            for fault in self.ground.lab.status()[name]["faults"]:
                self.ground.lab.fault(name, fault, on=False)
