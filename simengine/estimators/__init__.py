"""Estimates from paths, each with its Monte Carlo error: NumPy in, `Estimate` out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simengine.estimators.contributions import Tail, tail_contribution, tail_of
    from simengine.estimators.diversification import diversification
    from simengine.estimators.estimate import Estimate
    from simengine.estimators.exceedance import (
        RETURN_PERIODS,
        ExceedanceCurve,
        ReturnPeriodCurve,
        exceedance,
        exceedance_difference,
        return_period_difference,
        return_periods,
    )
    from simengine.estimators.mean import mean, mean_by_column, mean_difference
    from simengine.estimators.probability import probability, probability_difference
    from simengine.estimators.quantile import quantile, quantile_difference, value_at_risk
    from simengine.estimators.standard_deviation import (
        mean_and_standard_deviation,
        standard_deviation,
        standard_deviation_difference,
    )
    from simengine.estimators.tvar import tvar, tvar_difference

__all__ = [
    "RETURN_PERIODS",
    "Estimate",
    "ExceedanceCurve",
    "ReturnPeriodCurve",
    "Tail",
    "diversification",
    "exceedance",
    "exceedance_difference",
    "mean",
    "mean_and_standard_deviation",
    "mean_by_column",
    "mean_difference",
    "probability",
    "probability_difference",
    "quantile",
    "quantile_difference",
    "return_period_difference",
    "return_periods",
    "standard_deviation",
    "standard_deviation_difference",
    "tail_contribution",
    "tail_of",
    "tvar",
    "tvar_difference",
    "value_at_risk",
]

# Imported when first asked for: an `Estimate` that is read from a file needs neither NumPy nor SciPy.
_HOMES = {
    "Estimate": "simengine.estimators.estimate",
    "ExceedanceCurve": "simengine.estimators.exceedance",
    "RETURN_PERIODS": "simengine.estimators.exceedance",
    "ReturnPeriodCurve": "simengine.estimators.exceedance",
    "Tail": "simengine.estimators.contributions",
    "diversification": "simengine.estimators.diversification",
    "exceedance": "simengine.estimators.exceedance",
    "exceedance_difference": "simengine.estimators.exceedance",
    "mean": "simengine.estimators.mean",
    "mean_and_standard_deviation": "simengine.estimators.standard_deviation",
    "mean_by_column": "simengine.estimators.mean",
    "mean_difference": "simengine.estimators.mean",
    "probability": "simengine.estimators.probability",
    "probability_difference": "simengine.estimators.probability",
    "quantile": "simengine.estimators.quantile",
    "quantile_difference": "simengine.estimators.quantile",
    "return_period_difference": "simengine.estimators.exceedance",
    "return_periods": "simengine.estimators.exceedance",
    "standard_deviation": "simengine.estimators.standard_deviation",
    "standard_deviation_difference": "simengine.estimators.standard_deviation",
    "tail_contribution": "simengine.estimators.contributions",
    "tail_of": "simengine.estimators.contributions",
    "tvar": "simengine.estimators.tvar",
    "tvar_difference": "simengine.estimators.tvar",
    "value_at_risk": "simengine.estimators.quantile",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
