"""Which answer belongs to which command."""

from __future__ import annotations

from console.feeds.answers import MAX_WAITING, Answers
from console.feeds.base import DeviceAnswer


def test_answers_reach_the_command_until_the_last() -> None:
    answers, heard = Answers(), list[DeviceAnswer]()
    answers.expect("a", heard.append)
    accepted, done = DeviceAnswer("accepted"), DeviceAnswer("done")
    assert not answers.was_accepted("a")
    assert answers.give("a", accepted)
    assert answers.was_accepted("a")
    assert answers.give("a", done)
    assert not answers.give("a", done)
    assert heard == [accepted, done]
    assert not answers.was_accepted("a")


def test_an_answer_to_nobody_is_told() -> None:
    assert not Answers().give("a", DeviceAnswer("done"))


def test_a_lost_connection_forgets_all() -> None:
    answers, heard = Answers(), list[DeviceAnswer]()
    answers.expect("a", heard.append)
    answers.clear()
    assert not answers.give("a", DeviceAnswer("done"))
    assert heard == []


def test_the_oldest_is_forgotten_when_too_many_wait() -> None:
    answers, heard = Answers(), list[DeviceAnswer]()
    for number in range(MAX_WAITING + 1):
        answers.expect(str(number), heard.append)
    assert not answers.give("0", DeviceAnswer("done"))
    assert answers.give(str(MAX_WAITING), DeviceAnswer("done"))
