"""The families on SciPy's incomplete gamma and beta functions: gamma, beta and PERT."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from simengine.model.quantity import Distribution, check_between, check_positive, check_three_points

PERT_LAMBDA = 4.0
BETA_SHAPES = (0.01, 1e6)
GAMMA_SHAPES = (0.01, 1e6)


class _ScaledBeta(Distribution):
    """A beta distribution stretched over an interval."""

    def _shape(self) -> tuple[float, float, float, float]:
        """The two shapes, the low end and the width."""
        raise NotImplementedError

    def support(self) -> tuple[float, float]:
        _, _, low, width = self._shape()
        return low, low + width

    def mean(self) -> float:
        alpha, beta, low, width = self._shape()
        return low + width * alpha / (alpha + beta)

    def partial_mean(self, x: float) -> float:
        from scipy.special import betainc

        alpha, beta, low, width = self._shape()
        part = min(max((x - low) / width, 0.0), 1.0)
        below, first = float(betainc(alpha, beta, part)), float(betainc(alpha + 1.0, beta, part))
        return low * below + width * first * alpha / (alpha + beta)

    def cdf(self, x: Any) -> Any:
        import numpy as np
        from scipy.special import betainc

        alpha, beta, low, width = self._shape()
        return betainc(alpha, beta, np.clip((x - low) / width, 0.0, 1.0))

    def sf(self, x: Any) -> Any:
        import numpy as np
        from scipy.special import betainc

        alpha, beta, low, width = self._shape()
        return betainc(beta, alpha, np.clip((low + width - x) / width, 0.0, 1.0))

    def ppf(self, u: Any) -> Any:
        from scipy.special import betaincinv

        alpha, beta, low, width = self._shape()
        return low + width * betaincinv(alpha, beta, u)

    def isf(self, q: Any) -> Any:
        from scipy.special import betaincinv

        alpha, beta, low, width = self._shape()
        return low + width * (1.0 - betaincinv(beta, alpha, q))


@dataclass(frozen=True)
class Beta(_ScaledBeta):
    family: ClassVar[str] = "beta"
    alpha: float
    beta: float

    def __post_init__(self) -> None:
        check_between("alpha", self.alpha, BETA_SHAPES)
        check_between("beta", self.beta, BETA_SHAPES)

    def _shape(self) -> tuple[float, float, float, float]:
        return self.alpha, self.beta, 0.0, 1.0

    def parameters(self) -> dict[str, float]:
        return {"alpha": self.alpha, "beta": self.beta}


@dataclass(frozen=True)
class Pert(_ScaledBeta):
    """Vose's PERT: a beta with mean (low + 4 mode + high) / 6."""

    family: ClassVar[str] = "pert"
    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        check_three_points(self.low, self.mode, self.high)

    def _shape(self) -> tuple[float, float, float, float]:
        width = self.high - self.low
        alpha = 1.0 + PERT_LAMBDA * ((self.mode - self.low) / width)
        beta = 1.0 + PERT_LAMBDA * ((self.high - self.mode) / width)
        return alpha, beta, self.low, width

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def parameters(self) -> list[float]:
        return [self.low, self.mode, self.high]


@dataclass(frozen=True)
class Gamma(Distribution):
    family: ClassVar[str] = "gamma"
    shape: float
    scale: float

    def __post_init__(self) -> None:
        check_between("shape", self.shape, GAMMA_SHAPES)
        check_positive("scale", self.scale)

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    def mean(self) -> float:
        return self.shape * self.scale

    def partial_mean(self, x: float) -> float:
        from scipy.special import gammainc

        return self.mean() * float(gammainc(self.shape + 1.0, max(x, 0.0) / self.scale))

    def cdf(self, x: Any) -> Any:
        import numpy as np
        from scipy.special import gammainc

        return gammainc(self.shape, np.maximum(x, 0.0) / self.scale)

    def sf(self, x: Any) -> Any:
        import numpy as np
        from scipy.special import gammaincc

        return gammaincc(self.shape, np.maximum(x, 0.0) / self.scale)

    def ppf(self, u: Any) -> Any:
        from scipy.special import gammaincinv

        return self.scale * gammaincinv(self.shape, u)

    def isf(self, q: Any) -> Any:
        from scipy.special import gammainccinv

        return self.scale * gammainccinv(self.shape, q)

    def parameters(self) -> dict[str, float]:
        return {"shape": self.shape, "scale": self.scale}
