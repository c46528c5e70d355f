"""The page as a file: one copy of everything in it, nothing fetched, nothing of the study's texts run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from simengine.report.contents import Contents, contents_of
from simengine.report.extras import check_installed
from simengine.report.page.blocks import Chart, Page
from simengine.report.page.chapter import chapter
from simengine.report.page.comparison import comparison
from simengine.report.page.provenance import provenance
from simengine.report.run import extent, sketch_note
from simengine.results.dataset import Result

# A folder without modules, in which the template, its style and its script lie.
FOLDER = "simengine.report.page.template"
PURPOSE = "report.html"


def write_page(source: Result | Contents, file: Path) -> None:
    """Write report.html of a run or a comparison.

    Parameters
    ----------
    source
        A run or a comparison, or what was summarised of it already. What it did not keep is left out, with a
        line that says which entry of `run.keep` would show it.
    file
        Where to; replaced if it exists.

    Raises
    ------
    ConfigError
        If the extra `report` is not installed.
    """
    file.write_bytes(page_bytes(source))


def page_bytes(source: Result | Contents) -> bytes:
    """The page's text, as UTF-8."""
    check_installed(("jinja2", "plotly"), PURPOSE)
    import jinja2
    from plotly.offline import get_plotlyjs

    page = compose(source if isinstance(source, Contents) else contents_of(source))
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    sources = {name: _source(name) for name in ("page.css", "page.js")}
    scripts = {"plotly": get_plotlyjs(), "own": sources["page.js"]}
    template = environment.from_string(_source("page.html.jinja"))
    text = template.render(
        page=page,
        figures={chart.id: chart.spec for chart in charts(page)},
        css=sources["page.css"],
        scripts=scripts,
        policy=_policy(scripts.values()),
    )
    return text.encode()


def compose(contents: Contents) -> Page:
    """What the page tells, without mark-up."""
    attrs = contents.attrs
    strategies = "strategies" if contents.compares else "strategy"
    return Page(
        title=f"{attrs['portfolio']} under {attrs['scenario']}",
        subtitle=f"{strategies} {', '.join(told.strategy for told in contents.told)}",
        extent=extent(attrs),
        note=sketch_note(attrs).strip(),
        comparison=comparison(contents) if contents.compares else None,
        chapters=[chapter(contents, told, f"s{k}") for k, told in enumerate(contents.told)],
        provenance=provenance(attrs),
        tolerance=contents.tolerance,
    )


def charts(page: Page) -> Iterator[Chart]:
    """Every chart of the page."""
    sections = [
        *([page.comparison] if page.comparison else []),
        *(s for c in page.chapters for s in c.sections),
    ]
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Chart))


def _source(name: str) -> str:
    return resources.files(FOLDER).joinpath(name).read_text("utf-8")


def _policy(scripts: Any) -> str:
    """The page's content security policy: these scripts by their hash, own styles, and no request at all."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
