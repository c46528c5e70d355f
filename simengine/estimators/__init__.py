"""Estimates from paths, each with its Monte Carlo error: NumPy in, `Estimate` out."""

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
