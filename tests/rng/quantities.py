"""Quantities of every form, for tests of draws."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMED: dict[str, Any] = {
    "constant": 3.5,
    "uniform": {"uniform": [1.0, 2.0]},
    "normal": {"normal": {"mean": 0.2, "sd": 0.1}},
    "lognormal": {"lognormal": {"p10": 7, "p90": 119}},
    "lognormal_sigma": {"lognormal": {"median": 2000, "sigma": 1.2}},
    "triangular": {"triangular": [0, 1, 5]},
    "triangular_left": {"triangular": [0, 0, 5]},
    "triangular_right": {"triangular": [0, 5, 5]},
    "pareto": {"pareto": {"minimum": 2, "alpha": 2.5}},
    "beta": {"beta": {"alpha": 6.5, "beta": 6.5}},
    "beta_skewed": {"beta": {"alpha": 0.4, "beta": 3}},
    "pert": {"pert": [-0.1, 0.45, 0.95]},
    "pert_edge": {"pert": [0, 0, 1]},
    "gamma": {"gamma": {"shape": 2, "scale": 0.5}},
    "gamma_small": {"gamma": {"shape": 0.3, "scale": 10}},
    "discrete": {"discrete": {"values": [3, 1, 2], "probabilities": [0.2, 0.3, 0.5]}},
    "empirical": {"empirical": [5, 3, 3, 9, 4.5]},
}
TRUNCATED: dict[str, Any] = {
    "uniform": {**NAMED["uniform"], "truncate": [1.5, None]},
    "normal": {**NAMED["normal"], "truncate": [0, 0.3]},
    "normal_below": {**NAMED["normal"], "truncate": [None, -0.3]},
    "normal_above": {**NAMED["normal"], "truncate": [0.7, None]},
    "lognormal": {**NAMED["lognormal"], "truncate": [10, 50]},
    "lognormal_above": {**NAMED["lognormal"], "truncate": [300, 1000]},
    "triangular": {**NAMED["triangular"], "truncate": [0.5, 2]},
    "triangular_above": {**NAMED["triangular"], "truncate": [4, 4.9]},
    "triangular_left": {**NAMED["triangular_left"], "truncate": [None, 2]},
    "triangular_right": {**NAMED["triangular_right"], "truncate": [1, None]},
    "pareto": {"pareto": {"minimum": 1, "alpha": 0.9}, "truncate": [None, 1000]},
    "beta": {**NAMED["beta"], "truncate": [0.1, 0.4]},
    "beta_above": {**NAMED["beta"], "truncate": [0.9, None]},
    "pert": {**NAMED["pert"], "truncate": [0, 1]},
    "gamma": {**NAMED["gamma"], "truncate": [None, 1]},
    "gamma_above": {**NAMED["gamma"], "truncate": [6, None]},
    "discrete": {**NAMED["discrete"], "truncate": [1.5, None]},
    "empirical": {**NAMED["empirical"], "truncate": [4, None]},
}
MIXED: dict[str, Any] = {
    "mixture": {"mixture": {"weights": [0.25, 0.75], "of": [0, {"normal": {"mean": 5, "sd": 1}}]}},
    "truncated_around": {
        "mixture": {"weights": [0.5, 0.3, 0.2], "of": [NAMED["gamma"], NAMED["beta"], 7]},
        "truncate": [0.5, 8],
    },
    "truncated_inside": {
        "mixture": {"weights": [0.5, 0.5], "of": [{**NAMED["gamma"], "truncate": [1, 2]}, NAMED["pert"]]}
    },
    "truncated_twice": {
        "mixture": {
            "weights": [0.5, 0.5],
            "of": [{**NAMED["gamma"], "truncate": [1, 2]}, NAMED["lognormal"]],
        },
        "truncate": [1.5, 40],
    },
    "nested": {
        "mixture": {
            "weights": [0.4, 0.6],
            "of": [{"mixture": {"weights": [0.5, 0.5], "of": [1, NAMED["uniform"]]}}, NAMED["discrete"]],
        }
    },
}


def positive(least: float, greatest: float) -> st.SearchStrategy[float]:
    return st.floats(least, greatest)


@st.composite
def three_points(draw: st.DrawFn) -> list[float]:
    low = draw(st.floats(-100.0, 100.0))
    width = draw(positive(0.01, 1000.0))
    return [low, low + draw(st.floats(0.0, 1.0)) * width, low + width]


CONTINUOUS = st.one_of(
    st.builds(lambda p: {"pert": p}, three_points()),
    st.builds(lambda p: {"triangular": p}, three_points()),
    st.builds(lambda p: {"uniform": [p[0], p[2]]}, three_points()),
    st.builds(lambda m, s: {"normal": {"mean": m, "sd": s}}, st.floats(-1e3, 1e3), positive(1e-3, 1e3)),
    st.builds(
        lambda m, s: {"lognormal": {"median": m, "sigma": s}}, positive(1e-3, 1e6), positive(0.01, 3.0)
    ),
    st.builds(lambda a, b: {"beta": {"alpha": a, "beta": b}}, positive(0.1, 1e3), positive(0.1, 1e3)),
    st.builds(lambda k, s: {"gamma": {"shape": k, "scale": s}}, positive(0.1, 1e4), positive(1e-3, 1e3)),
    st.builds(lambda m, a: {"pareto": {"minimum": m, "alpha": a}}, positive(1e-3, 1e3), positive(2.1, 20.0)),
)
