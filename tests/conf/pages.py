"""What documentation pages show: files of configuration and tables, commands, snippets."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.conf.shipped import ROOT

FILE = re.compile(r"^`(my_conf/[\w/]+\.(?:yaml|csv))`\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def write_files(text: str, folder: Path) -> list[str]:
    """Write the files that a page shows, each under the name above it."""
    found = FILE.findall(text)
    for name, content in found:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")
    return [name for name, _ in found]


def commands(text: str) -> list[list[str]]:
    """The commands that a page shows, as argument lists."""
    return [
        shlex.split(line, comments=True)
        for block in SHELL.findall(text)
        for line in block.splitlines()
        if line
    ]
