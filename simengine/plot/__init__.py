"""The charts of the report in matplotlib: each function draws on axes and returns them.

import simengine.plot

axes = simengine.plot.exceedance(dataset)
axes.figure.savefig("exceedance.png")

Every function takes a Dataset (or a `Result`), and `ax` to draw on; without it a new figure is made. What a
chart needs must have been kept by the run (docs/results.md); what is missing is refused by name. Needs the
extra `report`.
"""

from simengine.plot.concentration import concentration
from simengine.plot.distribution import distribution
from simengine.plot.exceedance import exceedance
from simengine.plot.fan import fan
from simengine.plot.heatmap import heatmap
from simengine.plot.strategies import strategies
from simengine.plot.waterfall import waterfall
from simengine.plot.years import years

__all__ = [
    "concentration",
    "distribution",
    "exceedance",
    "fan",
    "heatmap",
    "strategies",
    "waterfall",
    "years",
]
