"""How cells look: one palette, and a number format for each kind of number."""

from __future__ import annotations

from typing import Any

NAVY, BLUE, LIGHT_BLUE, AMBER = "#1F3864", "#2E75B6", "#9DC3E6", "#C55A11"
GREY, RULE, PALE, WHITE, FLAG = "#666666", "#BFBFBF", "#E9EFF7", "#FFFFFF", "#FFE699"
# One colour for each strategy or curve; they differ in lightness too, for prints without colour.
SERIES = (NAVY, AMBER, BLUE, "#7F9C3B", "#7B5EA7", "#A6A6A6", "#00A0A0", "#BF9000")
FONT = "Calibri"
# Below this, whole units would hide what a study is about.
CENTS_BELOW = 1000.0


def number_formats(currency: str, largest: float) -> dict[str, str]:
    """Excel's number format of each kind of cell, for money of a size up to `largest`."""
    digits = "#,##0.00" if largest < CENTS_BELOW else "#,##0"
    # A name that Excel's format cannot hold is left out of cells; titles still say it.
    name = "".join(letter for letter in currency if letter.isalnum() or letter in " .€$£¥")[:20]
    unit = f"[${name}] " if name else ""
    return {
        "text": "@",
        "wrapped": "@",
        "plain": "General",
        "money": f"{unit}{digits};-{unit}{digits}",
        "change": f"+{unit}{digits};-{unit}{digits};{unit}{digits}",
        "money±": f'"± "{digits}',
        "share": "0.0%",
        "share±": '"± "0.0%',
        "points": "+0.0%;-0.0%;0.0%",
        "number": "#,##0.00",
        "number±": '"± "#,##0.00',
        "index": "0.000",
        "index±": '"± "0.000',
        "count": "#,##0",
        "year": "#,##0",
        "date": "d mmm yyyy",
    }


LEFT = ("text", "wrapped", "plain", "date")
ALIGNED_LEFT = {"align": "left", "indent": 1}


def cell_style(kind: str, formats: dict[str, str]) -> dict[str, Any]:
    """XlsxWriter's properties of a cell of a kind."""
    style: dict[str, Any] = {
        "num_format": formats[kind],
        "valign": "vcenter",
        "font_name": FONT,
        "font_size": 10,
    }
    style |= ALIGNED_LEFT if kind in LEFT else {"align": "right"}
    if kind == "wrapped":
        style["text_wrap"] = True
    if kind.endswith("±"):
        style["font_color"] = GREY
    return style


HEADING = {
    "bold": True, "font_name": FONT, "font_size": 10, "font_color": WHITE, "bg_color": NAVY,
    "text_wrap": True, "valign": "vcenter", "border": 1, "border_color": NAVY,
}  # fmt: skip
TITLE = {"bold": True, "font_name": FONT, "font_size": 18, "font_color": NAVY}
SECTION = {
    "bold": True, "font_name": FONT, "font_size": 12, "font_color": NAVY, "bottom": 1, "bottom_color": RULE,
}  # fmt: skip
NOTE = {"font_name": FONT, "font_size": 10, "font_color": GREY, "valign": "vcenter"}
PLAIN = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
LINK = {"font_name": FONT, "font_size": 10, "font_color": BLUE, "underline": 1, "valign": "vcenter"}
