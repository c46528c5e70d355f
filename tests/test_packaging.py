"""What is installed is what is needed: declared dependencies, the shipped configuration, a light import."""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
IMPORT_NAMES = {"hydra-core": "hydra", "PyYAML": "yaml", "XlsxWriter": "xlsxwriter", "Jinja2": "jinja2"}
# Extras for users, as against those for who works on simengine.
EXTRAS = ("report",)
COMES_WITH = {"pydantic_core"}  # pydantic pins it
HEAVY = (
    "numba", "llvmlite", "xarray", "pandas", "zarr", "hydra", "scipy",
    "xlsxwriter", "plotly", "jinja2", "pyarrow", "matplotlib",
)  # fmt: skip


def declared() -> dict[str, str]:
    """Import name and distribution name of every dependency of the package and of its users' extras."""
    required = [*PROJECT["dependencies"]]
    for extra in EXTRAS:
        required += PROJECT["optional-dependencies"][extra]
    names = [re.split(r"[<>=!~\[; ]", requirement)[0] for requirement in required]
    return {IMPORT_NAMES.get(name, name): name for name in names}


def imported_from_outside() -> set[str]:
    found = set()
    for path in (ROOT / "simengine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - COMES_WITH - {"simengine"}


def run_python(*arguments: str, cwd: Path) -> str:
    """Standard output of a fresh interpreter, away from the checkout."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_imported_is_declared() -> None:
    assert imported_from_outside() <= set(declared())


def test_what_is_declared_is_imported() -> None:
    assert set(declared()) <= imported_from_outside()


def test_each_dependency_has_its_reason() -> None:
    page = (ROOT / "docs/decisions/0006-dependencies.md").read_text("utf-8")
    for name in declared().values():
        assert re.search(rf"^\| {re.escape(name)}\b", page, re.MULTILINE), f"{name} is not on the page"
    source = (ROOT / "pyproject.toml").read_text("utf-8")
    for start in ("dependencies", *EXTRAS):
        block = source.partition(f"\n{start} = [")[2].partition("\n]")[0]
        assert block
        assert all("#" in line for line in block.splitlines() if line.strip())


def test_version_is_that_of_the_metadata() -> None:
    import simengine

    assert simengine.__version__ == importlib.metadata.version("simengine")


def test_importing_the_package_is_light(tmp_path: Path) -> None:
    """`import simengine` and the shell's completion must not pay for what only a simulation needs."""
    code = "import sys, simengine; print(*sorted(sys.modules))"
    loaded = set(run_python("-c", code, cwd=tmp_path).split())
    assert not loaded & set(HEAVY)


def test_the_facade_names_what_it_has() -> None:
    import simengine

    for name in ("Study", "compose", "simulate", "compare", "SimengineError", "ConfigError", "InternalError"):
        assert name in dir(simengine)
        assert name in simengine.__all__
        assert getattr(simengine, name) is not None
    assert "plot" in dir(simengine)
    assert simengine.plot.exceedance
    with pytest.raises(AttributeError, match="no_such_name"):
        simengine.no_such_name  # noqa: B018


def test_help_is_light(tmp_path: Path) -> None:
    assert "simengine" in run_python("-m", "simengine", "--help", cwd=tmp_path)
    code = (
        "import sys, contextlib, io\n"
        "from simengine.cli import main\n"
        "sys.argv = ['simengine', '--help']\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main()\n"
        "print(*sorted(sys.modules))\n"
    )
    loaded = set(run_python("-c", code, cwd=tmp_path).split())
    assert not loaded & {"numba", "llvmlite", "xarray", "pandas", "zarr"}


def test_the_wheel_carries_the_configuration(tmp_path: Path) -> None:
    wheel_module = pytest.importorskip("hatchling.builders.wheel")
    wheel = next(wheel_module.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = [path.relative_to(ROOT) for path in sorted((ROOT / "conf").rglob("*")) if path.is_file()]
    assert shipped, "conf/ is empty"
    assert {f"simengine/{path.as_posix()}" for path in shipped} <= names
    assert "simengine/py.typed" in names
    template = "simengine/report/page/template"
    assert {f"{template}/page.{kind}" for kind in ("css", "js", "html.jinja")} <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "conf/"))]


def test_nothing_names_this_machine() -> None:
    """No registry address, home folder or temporary path in what is shipped."""
    pattern = re.compile(r"/root/|/home/\w+|index-url|extra-index|file:///")
    files = [ROOT / "pyproject.toml", ROOT / ".ci/run", *ROOT.glob("*.md")]
    for folder in ("simengine", "conf", "docs", "benchmarks"):
        files += [
            path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".md", ".yaml", ".csv")
        ]
    found = [f"{path.relative_to(ROOT)}" for path in files if pattern.search(path.read_text("utf-8"))]
    assert not found


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) < 100
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = (folder / "README.md").read_text("utf-8")
    assert [page.name for page in sorted(folder.glob("0*.md")) if f"({page.name})" not in listed] == []
