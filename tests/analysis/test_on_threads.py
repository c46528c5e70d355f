"""Columns told on several threads come in order, few at a time, and failures come through."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from simengine.analysis import on_threads
from simengine.analysis.on_threads import each_told
from simengine.analysis.summarise import summarise
from simengine.report.percentiles import percentiles_csv
from tests.results.synthetic import small_result


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_in_order_and_few_at_a_time(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_threads, "processors", lambda: threads)
    made, told = [], []

    def columns() -> Iterator[tuple[np.ndarray]]:
        for k in range(50):
            made.append(k)
            assert len(made) - len(told) <= 2 + threads, "as many as are told at once, and one more"
            yield (np.full(3, k),)

    for value in each_told(columns(), lambda values: int(values[0]) ** 2, 3):
        told.append(value)
    assert told == [k**2 for k in range(50)]


def test_many_paths_are_told_one_column_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_threads, "processors", lambda: 64)
    monkeypatch.setattr(on_threads, "ThreadPoolExecutor", None)
    assert list(each_told([(1,), (2,)], lambda x: -x, on_threads.WORKING_BYTES)) == [-1, -2]


def test_what_fails_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_threads, "processors", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        list(each_told([(1,), (0,), (2,)], lambda x: 1 // x, 1))


def test_threads_change_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = []
    for threads in (1, 4):
        monkeypatch.setattr(on_threads, "processors", lambda threads=threads: threads)
        tables.append(percentiles_csv(summarise(small_result())))
    assert tables[0] == tables[1]
