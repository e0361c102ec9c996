"""Who hangs costs a worker seconds only now and then, and is forgiven on answering."""

from collections.abc import Iterator

import httpx
import pytest

from plantain import patience, storage
from plantain.errors import ImageUnfetchable
from plantain.patience import LONGEST_PAUSE, SLOW, LeftAlone


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(patience.time, "monotonic", clock)
    patience.forget()
    yield clock
    patience.forget()


def ask(clock: Clock, seconds: float, answers: bool, whom: str = "a") -> None:
    """Ask somebody who takes so long, and then answers or does not."""
    with patience.asking(whom):
        clock.now += seconds
        if not answers:
            raise httpx.ReadTimeout("silence")


def in_vain(clock: Clock, seconds: float = 5.0) -> None:
    with pytest.raises(httpx.ReadTimeout):
        ask(clock, seconds, answers=False)


def test_one_silence_is_chance(clock: Clock) -> None:
    in_vain(clock)
    ask(clock, 1, answers=True)


def test_a_second_silence_in_a_row_is_not(clock: Clock) -> None:
    in_vain(clock)
    in_vain(clock)
    with pytest.raises(LeftAlone):
        ask(clock, 1, answers=True)
    ask(clock, 1, answers=True, whom="b")


def test_what_is_left_alone_was_not_sent() -> None:
    assert issubclass(LeftAlone, httpx.ConnectError)


def test_the_pause_is_what_was_wasted_doubled_each_time_up_to_a_limit(clock: Clock) -> None:
    in_vain(clock)
    for pause in (10, 20, 40, 80, LONGEST_PAUSE, LONGEST_PAUSE):
        in_vain(clock)
        clock.now += pause - 0.1
        with pytest.raises(LeftAlone) as alone:
            ask(clock, 0, answers=True)
        assert alone.value.seconds == pytest.approx(0.1)
        clock.now += 0.1


def test_an_answer_makes_good_everything_before(clock: Clock) -> None:
    in_vain(clock)
    ask(clock, 9, answers=True)
    in_vain(clock)
    ask(clock, 1, answers=True)


def test_who_refuses_at_once_wastes_nobodys_time(clock: Clock) -> None:
    for _ in range(9):
        in_vain(clock, SLOW - 0.1)
    ask(clock, 1, answers=True)


@pytest.mark.parametrize("status", [302, 404, 410, 500])
def test_a_host_that_refuses_a_picture_has_answered(
    status: int, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = "pictures.test"
    for _ in range(2):
        with pytest.raises(httpx.ReadTimeout):
            ask(clock, 5, answers=False, whom=host)
    clock.now += LONGEST_PAUSE
    refusing = httpx.MockTransport(lambda _: httpx.Response(status))
    monkeypatch.setattr(storage, "_web", lambda: httpx.Client(transport=refusing))
    with pytest.raises(ImageUnfetchable, match=f"HTTP {status}"):
        storage.keep(f"https://{host}/a.png", "alice/tsk_a")
    with pytest.raises(httpx.ReadTimeout):
        ask(clock, 5, answers=False, whom=host)
    ask(clock, 0, answers=True, whom=host)  # once is chance again
