"""Run probes before they are asked for, several at a time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager

from pytest_venvhealth.child_process import Cancellation
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.probes.process import CancelledError
from pytest_venvhealth.probes.runner import Probe, ProbeResult

Run = Callable[[Probe, Cancellation], ProbeResult]


class Ahead:
    """Runs the probes that a run will ask for on threads of its own.

    Each result is handed out once: who asks again wants the probe run again.
    """

    def __init__(
        self,
        run: Run,
        *,
        jobs: int,
        guard: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
    ) -> None:
        """Start nothing yet.

        Args:
            jobs: how many probes run at a time, that of the asking thread included.
            guard: entered by a thread around each probe, such as a lock on the environment.
        """
        self._run, self._jobs, self._guard = run, jobs, guard
        self._state = threading.Condition()
        self._cancellation = Cancellation()
        self._waiting: dict[Probe, None] = {}
        self._running: set[Probe] = set()
        self._done: dict[Probe, ProbeResult | VenvHealthError] = {}
        self._threads: list[threading.Thread] = []
        self._paused = self._closed = False

    def expect(self, probes: Iterable[Probe], seconds: Mapping[Probe, float]) -> None:
        """Say what will be asked for; the longest begin, for they decide when all is done.

        Args:
            seconds: how long probes took in earlier runs; the others keep their order, after them.
        """
        ordered = sorted(probes, key=lambda probe: -seconds.get(probe, 0.0))
        with self._state:
            self._waiting.update(dict.fromkeys(ordered))
            # Whoever asks runs what nobody has begun: one thread less is enough.
            missing = min(self._jobs, len(self._waiting)) - 1 - len(self._threads)
            for _ in range(missing):
                thread = threading.Thread(target=self._work, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._state.notify_all()

    def result(self, probe: Probe) -> ProbeResult:
        """Return how a probe ended: at once, when it has ended, or after running it here.

        Raises:
            VenvHealthError: what running it raised.
        """
        with self._state:
            while probe in self._running:
                self._state.wait()
            found = self._done.pop(probe, None)
            self._waiting.pop(probe, None)
        if isinstance(found, VenvHealthError):
            raise found
        return found or self._run(probe, self._cancellation)

    def pause(self) -> None:
        """Return when no thread runs anything; what was found is found again after `resume`."""
        with self._state:
            self._paused = True
            self._cancel()
            self._waiting = {**dict.fromkeys(self._done), **self._waiting}
            self._done.clear()

    def resume(self) -> None:
        """Go on with what nobody has asked for yet."""
        with self._state:
            self._paused = False
            self._state.notify_all()

    def drop(self) -> None:
        """Expect nothing any more, and forget what was found."""
        with self._state:
            self._waiting.clear()
            self._cancel()
            self._waiting.clear()
            self._done.clear()

    def close(self) -> None:
        """End what runs, and wait for no more than a second."""
        with self._state:
            self._closed = True
            self._cancellation.set()
            self._state.notify_all()
        for thread in self._threads:
            thread.join(1.0)

    def _cancel(self) -> None:
        """End what the threads run, and return when that has ended; it waits again."""
        self._cancellation.set()
        while self._running:
            self._state.wait()
        self._cancellation = Cancellation()

    def _work(self) -> None:
        while True:
            with self._state:
                while (self._paused or not self._waiting) and not self._closed:
                    self._state.wait()
                if self._closed:
                    return
                probe = next(iter(self._waiting))
                del self._waiting[probe]
                self._running.add(probe)
                cancellation = self._cancellation
            found: ProbeResult | VenvHealthError | None
            try:
                with self._guard():
                    found = self._run(probe, cancellation)
            except CancelledError:
                found = None
            except VenvHealthError as error:
                found = error
            with self._state:
                self._running.discard(probe)
                if found is None:
                    self._waiting = {probe: None, **self._waiting}
                elif not cancellation.is_set:
                    self._done[probe] = found
                self._state.notify_all()
