"""Imports go down only.

Reads the syntax tree of every module, so that an import hidden in a function, behind `TYPE_CHECKING` or in
`importlib.import_module("...")` is found too. The tables below are the architecture.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "simengine"
ROOT = Path(__file__).resolve().parent.parent / PACKAGE

# What each layer may import of the others, lowest first. Every layer may import itself.
LAYERS: dict[str, set[str]] = {
    "model": set(),
    "estimate": set(),
    "estimators": {"estimate"},
    "rng": {"model.distributions"},
    "kernels": {"rng"},
    "engine": {"model", "rng", "kernels", "estimators"},
    "results": {"model", "rng.address", "engine", "estimators"},  # a result records its stream version
    "analysis": {"model", "estimate", "engine", "estimators", "results"},
    "report": {"model", "estimate", "estimators", "results", "analysis"},
    "plot": {"model", "estimators", "results", "analysis", "report"},
    "config": {"model"},
    "api": {"model", "results", "analysis", "config"},
    "cli": {"model", "engine", "estimators", "results", "analysis", "report", "config", "api"},
    "__main__": {"cli"},
    # The package's face re-exports lazily: it sees what it names and nothing below.
    "__init__": {"model", "config", "api", "plot"},
}

# What may be imported from outside, and by which layers only.
ONLY_IN: dict[str, set[str]] = {
    "hydra": {"config", "cli"},
    "omegaconf": {"config", "cli"},
    "numba": {"rng", "kernels", "engine"},
    "llvmlite": {"rng"},
    "xarray": {"results", "analysis", "report", "plot", "api", "cli"},
    "pandas": {"results", "analysis", "report"},
    "zarr": {"results"},
    "h5netcdf": {"results"},
    "yaml": {"config"},
    "rich": {"report", "cli"},
    "xlsxwriter": {"report"},
    "pyarrow": {"report"},
    "jinja2": {"report"},
    "plotly": {"report"},
    "matplotlib": {"plot"},
    "pydantic": {"model", "config"},
    "pydantic_core": {"model", "config"},
    "scipy": {"model", "estimators", "results", "analysis"},
}

NO_GENERATOR_BUT_OURS = {"model", "rng", "kernels", "engine", "results", "analysis"}


def layer_of(module: str) -> str:
    """First name below the package: `simengine.rng.philox` is in `rng`, `simengine` itself in `__init__`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imported_modules(tree: ast.AST, module: str, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Every module that a syntax tree imports, with its line; `from a import b` yields `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if is_package else module.split(".")[:-1]
                anchor = package[: len(package) - node.level + 1]
                base = ".".join([*anchor, base] if base else anchor)
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
        elif isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            target = node.args[0]
            if (
                name in ("import_module", "__import__")
                and isinstance(target, ast.Constant)
                and isinstance(target.value, str)
            ):
                yield node.lineno, target.value


def violations(source: str, module: str, is_package: bool = False) -> list[str]:
    """Everything that a module does against the tables above, each as `module:line what`."""
    tree = ast.parse(source)
    layer = layer_of(module)
    found: list[tuple[int, str]] = []
    for line, name in imported_modules(tree, module, is_package):
        head, _, rest = name.partition(".")
        if head == PACKAGE and rest and rest != "__version__":
            allowed = LAYERS.get(layer, set()) | {layer}
            if not any(rest == target or rest.startswith(target + ".") for target in allowed):
                found.append((line, f"imports {name}, but {layer} may import only {sorted(allowed)}"))
        elif head in ONLY_IN and layer not in ONLY_IN[head]:
            found.append((line, f"imports {head}, which only {sorted(ONLY_IN[head])} may"))
        if layer in NO_GENERATOR_BUT_OURS and (
            head in ("random", "secrets") or name.startswith("numpy.random")
        ):
            found.append((line, f"imports {name}: draws come from simengine.rng, by address"))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "random"
            and isinstance(node.value, ast.Name)
            and node.value.id in ("np", "numpy")
            and layer in NO_GENERATOR_BUT_OURS
        ):
            found.append((node.lineno, "uses np.random: draws come from simengine.rng, by address"))
        if isinstance(node, ast.keyword) and node.arg == "fastmath" and not is_false(node.value):
            found.append((node.value.lineno, "turns fastmath on: bits would differ between machines"))
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "fastmath" and not is_false(value):
                    found.append((value.lineno, "turns fastmath on: bits would differ between machines"))
    return [f"{module}:{line} {what}" for line, what in sorted(found)]


def is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def modules() -> list[tuple[str, Path]]:
    """Dotted name and file of every module of the package."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


@pytest.mark.parametrize(("module", "path"), modules(), ids=[name for name, _ in modules()])
def test_imports_go_down_only(module: str, path: Path) -> None:
    found = violations(path.read_text("utf-8"), module, is_package=path.name == "__init__.py")
    assert not found, "\n".join(found)


def test_every_layer_is_in_the_table() -> None:
    layers = {layer_of(module) for module, _ in modules()}
    assert layers <= set(LAYERS), f"new layers {layers - set(LAYERS)}: say in LAYERS what they may import"


def test_the_table_has_no_cycle() -> None:
    reached: set[str] = set()
    remaining = {layer: {target.split(".")[0] for target in targets} for layer, targets in LAYERS.items()}
    while remaining:
        free = {layer for layer, targets in remaining.items() if targets <= reached}
        assert free, f"a cycle among {sorted(remaining)}"
        reached |= free
        remaining = {layer: targets for layer, targets in remaining.items() if layer not in free}


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("simengine.model.study", "from simengine.engine import run", "imports simengine.engine.run"),
        (
            "simengine.model.study",
            "def f():\n    import simengine.rng.philox",
            "imports simengine.rng.philox",
        ),
        ("simengine.kernels.ledger", "from simengine.model import study", "imports simengine.model.study"),
        (
            "simengine.rng.variates",
            "from simengine.model.study import Study",
            "imports simengine.model.study",
        ),
        ("simengine.rng.variates", "from ..engine import blocks", "imports simengine.engine.blocks"),
        ("simengine.config.loader", "import simengine.results.store", "imports simengine.results.store"),
        (
            "simengine.model.study",
            "import importlib\nimportlib.import_module('simengine.cli')",
            "imports simengine.cli",
        ),
        ("simengine.model.study", "def f():\n    import hydra.utils", "imports hydra"),
        ("simengine.results.dataset", "from omegaconf import OmegaConf", "imports omegaconf"),
        ("simengine.results.dataset", "import numba", "imports numba"),
        ("simengine.model.study", "import xarray as xr", "imports xarray"),
        ("simengine.engine.blocks", "import numpy as np\nnp.random.default_rng()", "uses np.random"),
        ("simengine.engine.blocks", "from numpy.random import default_rng", "imports numpy.random"),
        ("simengine.engine.blocks", "from numpy import random", "imports numpy.random"),
        ("simengine.engine.blocks", "import random", "imports random"),
        ("simengine.kernels.ledger", "@njit(fastmath=True)\ndef f(): ...", "turns fastmath on"),
        ("simengine.kernels.ledger", "OPTIONS = {'fastmath': {'nnan'}}", "turns fastmath on"),
    ],
)
def test_a_wrong_arrow_is_found(module: str, source: str, expected: str) -> None:
    assert any(expected in line for line in violations(source, module))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("simengine.rng.variates", "from simengine.model.distributions import Quantity"),
        ("simengine.rng.variates", "from .philox import uniform"),
        ("simengine.rng", "from .philox import uniform"),
        ("simengine.engine.blocks", "from simengine import __version__"),
        ("simengine.rng.accelerate", "numba.njit(fastmath=False)"),
        ("simengine.cli.run", "def f():\n    import simengine.engine.blocks\n    import hydra"),
    ],
)
def test_a_right_arrow_passes(module: str, source: str) -> None:
    assert violations(source, module, is_package=module.count(".") == 1) == []
