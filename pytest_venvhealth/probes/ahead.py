"""Run probes before they are asked for, several at a time, in forks where possible."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from pytest_venvhealth.child_process import Cancellation
from pytest_venvhealth.probes.process import CancelledError
from pytest_venvhealth.probes.runner import Outcome, Probe, ProbeResult
from pytest_venvhealth.probes.tree import Branch, Leaf, Tree

Run = Callable[[Probe, Cancellation], ProbeResult]
Step = Branch | Leaf


class Forks(Protocol):
    """What forks the processes: see `ForkTree`."""

    def start(self) -> bool:
        """Make ready; return whether it is."""

    def grow(self, probe: Probe, parent: str | None, cancellation: Cancellation) -> bool:
        """Let a process make the probe's imports and stay; return whether it does."""

    def run(
        self, probe: Probe, parent: str | None, cancellation: Cancellation
    ) -> ProbeResult | None:
        """Run a probe in a fork; return None where it did not pass cleanly.

        What optional modules failed in it is told.
        """

    def dismiss(self, name: str) -> None:
        """End what has grown."""

    def close(self) -> None:
        """End all."""


class Ahead:
    """Runs the probes that a run will ask for on threads of its own.

    Each result is handed out once: who asks again wants the probe run again, in a process of its
    own.
    """

    def __init__(
        self,
        run: Run,
        *,
        jobs: int,
        forks: Forks | None = None,
        eager: bool = True,
        guard: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
        stamp: Callable[[], object] = lambda: None,
    ) -> None:
        """Start nothing yet.

        Args:
            run: runs a probe in a process of its own.
            jobs: how many probes run at a time.
            forks: runs them in forks; None: each gets a process of its own.
            eager: whether to begin with what nobody has asked for yet.
            guard: entered by a thread around each step, such as a lock on the environment.
            stamp: returns what is another once somebody has changed the environment; asked inside
                the guard.
        """
        self._run, self._jobs, self._forks = run, jobs, forks
        self._eager, self._guard, self._stamp = eager, guard, stamp
        self._seen: object = None
        self._count = itertools.count()
        self._state = threading.Condition()
        self._cancellation = Cancellation()
        self._tree = Tree(branches={}, leaves={})
        self._waiting: set[Probe] = set()
        """What is to be run, and nobody has begun to."""
        self._ready: list[tuple[float, int, Step]] = []
        """What can be begun, the longest way first; and what was begun since."""
        self._blocked: dict[str, list[Step]] = {}
        """What waits for a branch."""
        self._epoch = 0
        """What began in an earlier one has nothing to do with the branches of today."""
        self._bases: dict[str | None, str | None] = {}
        """For each branch that was tried: itself, or the one that takes its place."""
        self._users: dict[str, int] = {}
        """How many processes are still to be forked from a branch."""
        self._wanted: list[Probe] = []
        """What somebody waits for."""
        self._running: dict[Step, float] = {}
        """What runs, and since when."""
        self._done: dict[Probe, ProbeResult | Exception] = {}
        self._threads: list[threading.Thread] = []
        self._paused = self._closed = False

    def expect(self, tree: Tree) -> None:
        """Say what will be asked for; the longest way begins, for it decides when all is done.

        What was found already is not run again.
        """
        with self._state:
            self._tree = tree
            self._waiting = set(tree.leaves).difference(self._done)
            self._replant()
            for _ in range(min(self._jobs, len(self._waiting)) - len(self._threads)):
                thread = threading.Thread(target=self._work, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._state.notify_all()

    def result(self, probe: Probe) -> ProbeResult:
        """Return how a probe ended: at once, when it has ended, or after running it here.

        To be called inside the guard.

        Raises:
            VenvHealthError: what running it raised.
        """
        with self._state:
            self._notice_changes()
            self._wanted.append(probe)
            self._state.notify_all()
            while not (self._paused or self._closed) and self._is_under_way(probe):
                self._state.wait()
            self._wanted.remove(probe)
            self._waiting.discard(probe)
            found = self._done.pop(probe, None)
        if isinstance(found, Exception):
            raise found
        return found or self._run(probe, self._cancellation)

    def running(self) -> list[tuple[str, float]]:
        """Return the distributions that are imported or used right now, and since when."""
        return [(step.probe.name, since) for step, since in list(self._running.items())]

    def pause(self) -> None:
        """Return when nothing runs and nothing stays: the environment can be changed."""
        with self._state:
            self._paused = True
            self._stop()

    def resume(self) -> None:
        """Go on with what nobody has asked for yet."""
        with self._state:
            self._paused = False
            self._seen = None
            self._replant()
            self._state.notify_all()

    def drop(self, is_stale: Callable[[Probe, ProbeResult], bool]) -> None:
        """Expect nothing any more, and forget what a change of the environment has made untrue."""
        with self._state:
            self._waiting.clear()
            self._stop()
            self._tree = Tree(branches={}, leaves={})
            self._waiting.clear()
            self._replant()
            self._done = {
                probe: result
                for probe, result in self._done.items()
                if isinstance(result, ProbeResult) and not is_stale(probe, result)
            }

    def close(self) -> None:
        """End what runs, and wait for no more than a second."""
        with self._state:
            self._closed = True
            self._cancellation.set()
            self._state.notify_all()
        for thread in self._threads:
            thread.join(1.0)
        if self._forks is not None:
            self._forks.close()

    def _is_under_way(self, probe: Probe) -> bool:
        leaf = self._tree.leaves.get(probe)
        return probe not in self._done and (probe in self._waiting or leaf in self._running)

    def _stop(self) -> None:
        """End what runs and what stays; what was cut short waits again."""
        was_paused, self._paused = self._paused, True
        self._cancellation.set()
        while self._running:
            self._state.wait()
        self._cancellation = Cancellation()
        self._paused = was_paused
        if self._forks is not None:
            self._forks.close()

    def _replant(self) -> None:
        """Begin anew with what waits: nothing has grown."""
        self._epoch += 1
        self._bases = {None: None}
        self._ready, self._blocked, self._users = [], {}, {}
        steps: list[Step] = [self._tree.leaves[probe] for probe in self._waiting]
        seen: set[str] = set()
        for step in steps:
            name = step.parent
            if name is not None:
                self._users[name] = self._users.get(name, 0) + 1
                if name not in seen:
                    seen.add(name)
                    steps.append(self._tree.branches[name])
        can_fork = self._forks is not None and bool(steps) and not self._paused
        if not (can_fork and self._forks is not None and self._forks.start()):
            # Each gets a process of its own: nobody waits for a branch.
            self._bases.update(dict.fromkeys(seen))
            steps = [step for step in steps if isinstance(step, Leaf)]
        for step in steps:
            if step.parent in self._bases:
                self._push(step)
            else:
                assert step.parent is not None
                self._blocked.setdefault(step.parent, []).append(step)

    def _push(self, step: Step) -> None:
        heapq.heappush(self._ready, (-step.priority, next(self._count), step))

    def _work(self) -> None:
        while True:
            with self._state:
                while not self._closed and (self._paused or self._next() is None):
                    self._state.wait()
                if self._closed:
                    return
            try:
                with self._guard():
                    step = self._take()
                    if step is not None:
                        self._do(step)
            except Exception as error:  # noqa: BLE001 - it is the asking thread's to tell
                with self._state:
                    self._give_up(error)

    def _next(self) -> Step | None:
        """Return what to do next, None for nothing: what somebody waits for comes first."""
        for probe in self._wanted:
            step: Step | None = self._tree.leaves.get(probe) if probe in self._waiting else None
            while step is not None and step.parent not in self._bases:
                assert step.parent is not None
                step = self._tree.branches[step.parent]
            if step is not None and step not in self._running:
                return step
        while self._ready and self._is_begun(self._ready[0][2]):
            heapq.heappop(self._ready)
        return self._ready[0][2] if self._ready and self._eager else None

    def _is_begun(self, step: Step) -> bool:
        if isinstance(step, Leaf):
            return step.probe not in self._waiting
        return step in self._running or step.probe.name in self._bases

    def _take(self) -> Step | None:
        """Return what to do next as begun; None where somebody else has taken it."""
        with self._state:
            self._notice_changes()
            step = None if self._paused or self._closed else self._next()
            if step is None:
                return None
            self._running[step] = time.monotonic()
            if isinstance(step, Leaf):
                self._waiting.discard(step.probe)
            return step

    def _notice_changes(self) -> None:
        """Forget all if somebody else has changed the environment: nothing of ours ran then."""
        if self._paused:
            return  # it is us
        before, self._seen = self._seen, self._stamp()
        if before is None or before == self._seen:
            return
        if self._forks is not None:
            self._forks.close()
        self._waiting.update(probe for probe in self._done if probe in self._tree.leaves)
        self._done.clear()
        self._replant()

    def _do(self, step: Step) -> None:
        with self._state:
            epoch, base, cancellation = self._epoch, self._bases[step.parent], self._cancellation
        found: ProbeResult | Exception | None = None
        grown = False
        try:
            if isinstance(step, Branch):
                grown = self._forks is not None and self._forks.grow(step.probe, base, cancellation)
            else:
                found = self._run_leaf(step.probe, base, cancellation)
        except CancelledError:
            found = None
        except Exception as error:  # noqa: BLE001 - it is the asking thread's to tell
            found = error
        with self._state:
            del self._running[step]
            if isinstance(step, Leaf):
                if found is None or cancellation.is_set:
                    self._waiting.add(step.probe)
                else:
                    self._done[step.probe] = found
            if epoch == self._epoch and not cancellation.is_set:
                if isinstance(step, Branch):
                    self._settle(step, base, grown=grown)
                self._release(base)
            self._state.notify_all()

    def _run_leaf(self, probe: Probe, base: str | None, cancellation: Cancellation) -> ProbeResult:
        """Run a probe in a fork, and what did not pass there in a process of its own."""
        found = self._forks.run(probe, base, cancellation) if self._forks is not None else None
        if found is None:
            return self._run(probe, cancellation)
        if not found.failures:
            return found
        failed = tuple(each.importing for each in found.failures if each.importing is not None)
        alone = self._run(replace(probe, optional=failed, code=""), cancellation)
        if alone.outcome is not Outcome.PASSED:
            return self._run(probe, cancellation)
        return replace(found, failures=alone.failures)

    def _settle(self, branch: Branch, base: str | None, *, grown: bool) -> None:
        """Let begin what has waited for a branch; if it has not grown, what it was to come from."""
        name = branch.probe.name
        self._bases[name] = name if grown else base
        if not grown and base is not None:
            self._users[base] += self._users.get(name, 0)
        for step in self._blocked.pop(name, ()):
            self._push(step)

    def _release(self, base: str | None) -> None:
        """Count one user less of a branch; end it after the last one."""
        if base is None:
            return
        self._users[base] -= 1
        if not self._users[base] and self._forks is not None:
            self._forks.dismiss(base)

    def _give_up(self, error: Exception) -> None:
        """Let an error be the result of what somebody waits for, or of anything that waits."""
        for probe in (*self._wanted, *self._waiting):
            if probe in self._waiting:
                self._waiting.discard(probe)
                self._done[probe] = error
                break
        self._state.notify_all()
