"""Estimates from paths, each with its Monte Carlo error: NumPy in, `Estimate` out."""

from simengine.estimators.estimate import Estimate
from simengine.estimators.mean import mean, mean_by_column, mean_difference
from simengine.estimators.probability import probability, probability_difference
from simengine.estimators.quantile import quantile, quantile_difference
from simengine.estimators.tvar import tvar, tvar_difference

__all__ = [
    "Estimate",
    "mean",
    "mean_by_column",
    "mean_difference",
    "probability",
    "probability_difference",
    "quantile",
    "quantile_difference",
    "tvar",
    "tvar_difference",
]
