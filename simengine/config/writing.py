"""A composed configuration as YAML that the loader reads back as the same."""

from __future__ import annotations

from typing import Any

import yaml

from simengine.config.scalars import AmbiguousError, plain


class _Dumper(yaml.SafeDumper):
    """Quotes every text that our reader, or another, would take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    try:
        reads_as_itself = plain(text) == text
    except AmbiguousError:
        reads_as_itself = False
    style = None if reads_as_itself else '"'
    if reads_as_itself and "\n" not in text:
        # Dates are text to us; PyYAML would put them in quotes.
        for kind, expression in yaml.SafeDumper.yaml_implicit_resolvers.get(text[:1], ()):
            if kind == "tag:yaml.org,2002:timestamp" and expression.match(text):
                return dumper.represent_scalar(kind, text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def on_one_line(value: Any) -> str:
    """A value as YAML in brackets and braces, as a cell of a table holds it."""
    options = {"default_flow_style": True, "width": 10**9, "sort_keys": False, "allow_unicode": True}
    text = yaml.dump(value, Dumper=_Dumper, **options)
    # `...` ends a bare scalar.
    return text.strip().removesuffix("...").strip()


def as_yaml(tree: Any) -> str:
    """A tree as YAML, keys in their order."""
    if not isinstance(tree, dict | list):
        return on_one_line(tree) + "\n"
    return yaml.dump(
        tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None
    )
