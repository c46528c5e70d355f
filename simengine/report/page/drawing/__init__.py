"""Each chart for Plotly: a plain tree of data and layout, with colours by role (`@cost`).

The page's script puts in the colours of the theme. A name from the study is written by `plain`, since Plotly
reads mark-up in texts, and stands on axes as the text of a numbered tick, since Plotly reads dates and
numbers in categories.
"""

from simengine.report.page.drawing import (
    concentration,
    distribution,
    exceedance,
    fan,
    strategies,
    waterfall,
    years,
)

__all__ = ["concentration", "distribution", "exceedance", "fan", "strategies", "waterfall", "years"]
