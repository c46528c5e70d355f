"""The four parts of a study, each valid by itself, not yet checked against one another."""

from __future__ import annotations

from simengine.model.base import Frozen
from simengine.model.portfolio import Portfolio
from simengine.model.run import Run
from simengine.model.scenario import Scenario
from simengine.model.strategy import Strategy


class Parts(Frozen):
    portfolio: Portfolio
    scenario: Scenario = Scenario()
    strategy: Strategy = Strategy()
    run: Run
