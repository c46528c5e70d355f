"""Unquoted scalars: what they mean, and which are refused because readers disagree."""

import math

import pytest

from simengine.config.scalars import AmbiguousError, plain


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None),
        ("true", True), ("True", True), ("false", False), ("FALSE", False),
        ("0", 0), ("7", 7), ("-12", -12), ("+3", 3), ("9223372036854775808", 2**63),
        ("0.5", 0.5), (".5", 0.5), ("1.", 1.0), ("-1.5e3", -1500.0), ("1e6", 1e6), ("1E-3", 1e-3),
        ("0e0", 0.0), (".inf", math.inf), ("-.INF", -math.inf), ("1e400", math.inf),
        ("2026-03-05", "2026-03-05"), ("2026-3-5", "2026-3-5"), ("10:75", "10:75"), ("1.2.3", "1.2.3"),
        ("qwen-3.5", "qwen-3.5"), ("none", "none"), ("nan", "nan"), ("1,5", "1,5"), ("0-9", "0-9"),
        ("_1", "_1"), ("9" * 5000, math.inf),
    ],
)  # fmt: skip
def test_what_an_unquoted_scalar_means(written: str, value: object) -> None:
    read = plain(written)
    assert read == value
    assert type(read) is type(value)


def test_not_a_number_is_left_to_the_model() -> None:
    assert math.isnan(float(plain(".nan") or 0))


@pytest.mark.parametrize(
    "written",
    [
        *["yes", "Yes", "NO", "no", "on", "Off"],
        *["010", "-007", "00", "08", "010.5"],
        *["1:30", "12:30:45", "190:20:30.15", "-1:30"],
        *["0x1F", "0o17", "0b11"],
        *["1_000", "1_000.5", "-10_000"],
    ],
)
def test_what_readers_disagree_on_is_refused(written: str) -> None:
    with pytest.raises(AmbiguousError) as refused:
        plain(written)
    assert written in refused.value.arrived
    assert f'"{written}" in quotes' in refused.value.remedy


@pytest.mark.parametrize(
    ("written", "remedy"), [("010", "write 10,"), ("1_000", "write 1000,"), ("-007", "write -7,")]
)
def test_the_remedy_is_ready_to_use(written: str, remedy: str) -> None:
    with pytest.raises(AmbiguousError) as refused:
        plain(written)
    assert remedy in refused.value.remedy
