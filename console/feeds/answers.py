"""Commands on their way: which answer belongs to which command, by the request id that answers carry."""

from __future__ import annotations

from collections.abc import Callable

from console.feeds.base import DeviceAnswer

AnswerCall = Callable[[DeviceAnswer], None]
MAX_WAITING = 1_000
_OPEN_ENDED = frozenset({"accepted", "progress"})


class Answers:
    """Commands that have not had their last answer; bounded, the oldest are forgotten."""

    def __init__(self) -> None:
        self._waiting: dict[str, AnswerCall] = {}
        self._accepted: set[str] = set()

    def expect(self, request_id: str, call: AnswerCall) -> None:
        """Answers to `request_id` go to `call`."""
        self._waiting.pop(request_id, None)
        self._waiting[request_id] = call
        while len(self._waiting) > MAX_WAITING:
            oldest = next(iter(self._waiting))
            self.forget(oldest)

    def was_accepted(self, request_id: str) -> bool:
        """Whether this command has been accepted before and now ends."""
        return request_id in self._accepted

    def give(self, request_id: str, answer: DeviceAnswer) -> bool:
        """Hand over an answer; False if nobody waits for it."""
        call = self._waiting.get(request_id)
        if call is None:
            return False
        if answer.kind in _OPEN_ENDED:
            self._accepted.add(request_id)
        else:
            self.forget(request_id)
        call(answer)
        return True

    def forget(self, request_id: str) -> None:
        """No answer to this command is wanted any more."""
        self._waiting.pop(request_id, None)
        self._accepted.discard(request_id)

    def clear(self) -> None:
        """The connection has ended: no answer can come through it."""
        self._waiting.clear()
        self._accepted.clear()
