"""The page in a real browser: quiet, drawn, legible in both themes, on a phone, in print and attacked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.report.page.chromium import Chromium
from tests.report.page.hostile import NAMES, SCRIPT, STRATEGIES

pytestmark = [pytest.mark.browser]
ALL = ("simulated", "run", "comparison", "totals", "hostile", "hostile_comparison")
# WCAG 2.2, success criterion 1.4.3, level AA.
LEAST_CONTRAST = 4.5

DRAWN = """
return [...document.querySelectorAll(".chart")].filter(c => c.offsetParent).map(chart => {
  const box = chart.getBoundingClientRect(), svg = chart.querySelector("svg.main-svg");
  const marks = [...chart.querySelectorAll(".plot path, .barlayer path, .scatterlayer path")];
  return {
    id: chart.id, width: box.width, drawn: svg ? svg.getBoundingClientRect().width : 0,
    marks: marks.filter(mark => (mark.getAttribute("d") || "").length > 4).length,
    label: chart.getAttribute("aria-label"),
  };
});
"""

# Every text that can be seen, with the least contrast first: [ratio, text, colour, background].
CONTRASTS = """
const parse = (text) => {
  const srgb = text.match(/^color\\(srgb (.+)\\)$/);
  if (srgb) {
    const [r, g, b, a] = srgb[1].replace("/", " ").trim().split(/\\s+/).map(Number);
    return [255 * r, 255 * g, 255 * b, a ?? 1];
  }
  const n = text.match(/[\\d.]+/g).map(Number);
  return [n[0], n[1], n[2], n[3] ?? 1];
};
const over = (top, below) => [0, 1, 2].map(k => top[k] * top[3] + below[k] * (1 - top[3])).concat([1]);
const luminance = (c) => {
  const [r, g, b] = c.slice(0, 3).map(v => {
    v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  const layers = [];
  for (let e = element; e; e = e.parentElement) {
    const colour = parse(getComputedStyle(e).backgroundColor);
    if (colour[3] > 0) layers.push(colour);
    if (colour[3] === 1) break;
  }
  return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
};
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, element = node.parentElement;
  if (!node.textContent.trim() || element.closest("script, style, noscript")) continue;
  if (!element.getClientRects().length) continue;
  const style = getComputedStyle(element);
  if (style.visibility === "hidden" || style.opacity === "0") continue;
  const background = behind(element);
  const colour = over(parse(element.closest("svg") ? style.fill : style.color), background);
  const [light, dark] = [luminance(colour), luminance(background)].sort((a, b) => b - a);
  const ratio = (light + 0.05) / (dark + 0.05);
  found.push([ratio, node.textContent.trim().slice(0, 40), style.color, background.join()]);
}
return found.sort((a, b) => a[0] - b[0]);
"""


@pytest.mark.parametrize("name", ALL)
def test_it_is_quiet(browser: Chromium, pages: dict[str, Path], name: str) -> None:
    """No word on the console, no request but for the file; the page's own policy would complain of any."""
    browser.open(pages[name])
    assert browser.messages() == []
    assert browser.requests() == [pages[name].resolve().as_uri()]
    policy = browser.ask("return document.querySelector('meta[http-equiv]').content")
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize("name", ALL)
def test_every_chart_is_drawn(browser: Chromium, pages: dict[str, Path], name: str) -> None:
    browser.open(pages[name])
    charts = browser.ask(DRAWN)
    assert len(charts) >= 4
    for chart in charts:
        assert chart["marks"] > 0, chart
        assert chart["drawn"] == pytest.approx(chart["width"], abs=1.0), chart
        assert len(chart["label"]) > 30, chart


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["simulated", "run", "comparison"])
def test_text_stands_out_in_both_themes(
    browser: Chromium, pages: dict[str, Path], name: str, dark: bool
) -> None:
    browser.look(dark=dark)
    browser.open(pages[name])
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    red, green, blue = map(
        int, re.findall(r"\d+", browser.ask("return getComputedStyle(document.body).backgroundColor"))[:3]
    )
    assert (red + green + blue < 150) == dark
    contrasts = browser.ask(CONTRASTS)
    assert len(contrasts) > 200
    assert contrasts[0][0] >= LEAST_CONTRAST, contrasts[:5]


def test_charts_follow_a_change_of_theme(browser: Chromium, pages: dict[str, Path]) -> None:
    browser.open(pages["run"])
    tick = "return getComputedStyle(document.querySelector('.chart .xtick text')).fill"
    light = browser.ask(tick)
    browser.look(dark=True)
    browser.until(f"{tick.replace('return ', 'return (')}) !== '{light}'")
    assert browser.ask(CONTRASTS)[0][0] >= LEAST_CONTRAST
    assert browser.messages() == []


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_phone_scrolls_down_only(browser: Chromium, pages: dict[str, Path], name: str, dark: bool) -> None:
    browser.look(width=360, height=740, dark=dark)
    browser.open(pages[name])
    assert browser.ask("return document.documentElement.scrollWidth") <= 360
    for chart in browser.ask(DRAWN):
        assert chart["marks"] > 0, chart
        assert chart["drawn"] <= 328.0 + 1.0, chart
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.ask("return document.documentElement.scrollWidth") <= 360
    assert browser.messages() == []


def test_a_turned_phone_draws_again(browser: Chromium, pages: dict[str, Path]) -> None:
    browser.look(width=360, height=740)
    browser.open(pages["run"])
    browser.look(width=740, height=360)
    browser.until("return document.querySelector('.chart svg').getBoundingClientRect().width > 500")


def test_a_strategy_is_chosen(browser: Chromium, pages: dict[str, Path]) -> None:
    browser.open(pages["comparison"])
    shown = "return [...document.querySelectorAll('.chapter')].filter(c => !c.hidden).map(c => c.id)"
    assert browser.ask(shown) == ["s0"]
    browser.ask("document.querySelector('input[value=s1]').click()")
    assert browser.ask(shown) == ["s1"]
    charts = [chart for chart in browser.ask(DRAWN) if chart["id"].startswith("s1-")]
    assert len(charts) >= 6
    assert all(chart["marks"] > 0 for chart in charts)
    browser.ask("document.querySelector('nav a[href=\"#s2\"]').click()")
    browser.until(f"{shown.replace('return ', 'return (')}).join() === 's2'")
    assert browser.ask("return document.querySelector('input[name=chapter]:checked').value") == "s2"
    assert browser.messages() == []


def test_a_scale_is_chosen(browser: Chromium, pages: dict[str, Path]) -> None:
    browser.open(pages["run"])
    kind = "return document.getElementById('s0-total_cost-exceedance').layout.yaxis.type"
    assert browser.ask(kind) == "log"
    browser.ask("document.querySelector('button[data-scale=linear]').click()")
    assert browser.ask(kind) == "linear"
    buttons = '[data-chart="s0-total_cost-exceedance"]'
    pressed = "return [...document.querySelectorAll(arguments[0])].map(b => b.ariaPressed)"
    assert browser.ask(pressed, buttons) == ["false", "true"]


@pytest.mark.parametrize("name", ["run", "comparison"])
def test_it_prints_in_light(browser: Chromium, pages: dict[str, Path], name: str) -> None:
    browser.look(dark=True)
    browser.open(pages[name])
    browser.look(width=688, height=970, dark=True, media="print")
    browser.until("return document.querySelector('.chart svg').getBoundingClientRect().width <= 688")
    assert browser.ask("return document.documentElement.scrollWidth") <= 688
    contrasts = browser.ask(CONTRASTS)
    assert contrasts[0][0] >= LEAST_CONTRAST, contrasts[:5]
    ink = browser.ask("return getComputedStyle(document.body).color")
    assert ink == "rgb(27, 31, 35)"
    assert all(chart["marks"] > 0 for chart in browser.ask(DRAWN))
    browser.look(dark=True)
    pdf = browser.pdf()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 4
    browser.until("return !('print' in document.documentElement.dataset)")


@pytest.mark.parametrize("name", ["hostile", "hostile_comparison"])
def test_names_are_texts(browser: Chromium, pages: dict[str, Path], name: str) -> None:
    """Nothing of a name runs, loads or becomes an element; each stands on the page as it is written."""
    browser.open(pages[name])
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    for hovered in browser.ask("return [...document.querySelectorAll('.chart')].map(c => c.id)"):
        browser.ask(
            "const c = document.getElementById(arguments[0]);"
            "if (c.offsetParent) Plotly.Fx.hover(c, [{curveNumber: c.data.length - 1, pointNumber: 0}])",
            hovered,
        )
    assert browser.ask("return window.attacked") is None
    assert browser.ask("return document.scripts.length") == 3
    assert (
        browser.ask("return document.querySelectorAll('img, iframe, object, embed, main a, svg a').length")
        == 0
    )
    heads = browser.ask("return [...document.querySelectorAll('th')].map(th => th.textContent)")
    assert set(NAMES if name == "hostile" else STRATEGIES) <= set(heads)
    assert SCRIPT in browser.ask("return document.querySelector('h1').textContent")
    drawn = browser.ask("return [...document.querySelectorAll('.chart text')].map(t => t.textContent)")
    assert SCRIPT in drawn
    assert browser.messages() == []


def test_without_scripts_the_tables_tell_everything(browser: Chromium, pages: dict[str, Path]) -> None:
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.driver.get(pages["comparison"].resolve().as_uri())
        found = "return [...document.querySelectorAll(arguments[0])].filter(e => e.getClientRects().length)"
        shown = f"{found}.length"
        assert browser.ask(shown, ".chapter") == 3
        assert browser.ask(shown, "noscript p") == 1
        assert browser.ask(shown, "summary") == browser.ask(shown, ".chart") > 20
    finally:
        browser.devtools("Emulation.setScriptExecutionDisabled", value=False)
