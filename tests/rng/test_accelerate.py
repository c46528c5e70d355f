"""The cache of compiled code: never stale, shared by many processes, and no obstacle where it cannot be."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simengine.rng import accelerate, cache_folder

PACKAGE = Path(accelerate.__file__).resolve().parent.parent

HELPER = """
from simengine.rng.accelerate import inlined, inner, jit

FACTOR = {factor}

@jit
def once(x):
    return FACTOR * x

@inlined
def twice(x):
    return FACTOR * FACTOR * x

@inner
def thrice(x):
    return FACTOR * FACTOR * FACTOR * x
"""
KERNEL = """
from simengine.kernels.helper import once, thrice, twice
from simengine.rng.accelerate import jit

@jit
def total(x):
    return once(x) + twice(x) + thrice(x)
"""
CALL = """
import sys
from simengine.kernels.kernel import total
values = [eval(text) for text in sys.argv[1:]]
print(*[repr(total(value)) for value in values])
print(sum(total.stats.cache_hits.values()), sum(total.stats.cache_misses.values()))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small package with our accelerate.py, a helper and a kernel that uses it from another file."""
    for name in ("rng", "kernels"):
        (tmp_path / "simengine" / name).mkdir(parents=True)
        (tmp_path / "simengine" / name / "__init__.py").touch()
    (tmp_path / "simengine" / "__init__.py").touch()
    for source in (PACKAGE / "rng").glob("*.py"):
        shutil.copy(source, tmp_path / "simengine" / "rng")
    (tmp_path / "simengine" / "kernels" / "kernel.py").write_text(KERNEL)
    write_helper(tmp_path, 2.0)
    return tmp_path


def write_helper(checkout: Path, factor: float) -> None:
    (checkout / "simengine" / "kernels" / "helper.py").write_text(HELPER.format(factor=factor))


def started(checkout: Path, *values: str, cache: str | None = None) -> subprocess.Popen[str]:
    environment = os.environ | {"NUMBA_CACHE_DIR": cache or str(checkout / "cache")}
    command = [sys.executable, "-c", CALL, *values]
    return subprocess.Popen(
        command, cwd=checkout, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def result(process: subprocess.Popen[str]) -> tuple[list[str], int, int]:
    """What was printed: the totals, then hits and misses of the cache."""
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    totals, counts = output.splitlines()
    hits, misses = counts.split()
    return totals.split(), int(hits), int(misses)


@pytest.mark.compiled
def test_an_edited_helper_in_another_file_is_noticed(checkout: Path) -> None:
    assert result(started(checkout, "10.0")) == (["140.0"], 0, 1)
    assert result(started(checkout, "10.0")) == (["140.0"], 1, 0)
    write_helper(checkout, 3.0)
    assert result(started(checkout, "10.0")) == (["390.0"], 0, 1)


@pytest.mark.compiled
def test_processes_that_compile_at_once_share_one_sound_cache(checkout: Path) -> None:
    expected = {"10.0": "140.0", "True": "14.0", "10j": "140j"}
    values = list(expected)
    processes = [started(checkout, value) for value in values]
    for value, process in zip(values, processes, strict=True):
        assert result(process)[0] == [expected[value]]
    totals, hits, misses = result(started(checkout, *values))
    assert totals == [expected[value] for value in values]
    assert (hits, misses) == (len(values), 0)


@pytest.mark.compiled
def test_processes_that_compile_the_same_at_once_share_one_sound_cache(checkout: Path) -> None:
    processes = [started(checkout, "10.0") for _ in range(4)]
    for process in processes:
        assert result(process)[0] == ["140.0"]
    assert result(started(checkout, "10.0")) == (["140.0"], 1, 0)


@pytest.mark.compiled
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_who_is_killed_while_writing_leaves_nothing_wrong(checkout: Path) -> None:
    """Killed with the index written and the lock held, in the middle of the code's file."""
    dying = """
import os, signal
from simengine.rng import sealed_cache
write = sealed_cache._Hashing.write
written = []
def die(self, data):
    written.append(write(self, data[: len(data) // 2]))
    if len(written) == 2:
        self._file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    return write(self, data[len(data) // 2 :])
sealed_cache._Hashing.write = die
"""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(checkout / "cache")}
    command = [sys.executable, "-c", dying + CALL, "10.0"]
    killed = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert list((checkout / "cache").glob("compiled-*/kernels*/*"))
    assert result(started(checkout, "10.0")) == (["140.0"], 0, 1)
    assert result(started(checkout, "10.0")) == (["140.0"], 1, 0)


@pytest.mark.compiled
def test_what_a_copy_of_the_sources_keeps_is_its_own(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
):
    """Numba's folder is named by where sources lie: a second copy of them must compile, and say so."""
    for name in accelerate._KERNELS:
        (checkout / "simengine" / "kernels" / f"{name}.py").write_text(KERNEL)
    copy = tmp_path_factory.mktemp("copy") / "checkout"
    shutil.copytree(checkout, copy)
    ask = "from simengine.rng.accelerate import is_kept; print(is_kept())"
    keep = "".join(f"from simengine.kernels.{name} import total; total(1.0);" for name in accelerate._KERNELS)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(checkout / "cache")}
    most = keep.rpartition("from")[0]
    asked = ((checkout, ask), (checkout, most + ask), (checkout, keep + ask), (copy, ask), (copy, keep + ask))
    said = [
        subprocess.check_output([sys.executable, "-c", code], cwd=where, env=environment, text=True)
        for where, code in asked
    ]
    assert [one.split() for one in said] == [["False"], ["False"], ["True"], ["False"], ["True"]]


@pytest.mark.compiled
def test_what_is_kept_is_loaded_without_what_compiling_needs(checkout: Path) -> None:
    """Numba's registries, and SciPy, which it looks for a BLAS in."""
    loaded = CALL + "print('numba.np.arraymath' in sys.modules, 'scipy.linalg' in sys.modules)\n"
    environment = os.environ | {"NUMBA_CACHE_DIR": str(checkout / "cache")}
    command = [sys.executable, "-c", loaded, "10.0"]
    said = [
        subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert said[0].stdout.splitlines()[:2] == ["140.0", "0 1"]
    assert said[0].stdout.splitlines()[2].startswith("True")
    assert said[1].stdout.splitlines() == ["140.0", "1 0", "False False"]


@pytest.mark.compiled
def test_loading_imports_nothing_that_numba_compiled_for_us(checkout: Path) -> None:
    """What was taken in of Numba's own functions is loaded; called anew it compiles among what was loaded."""
    filled = KERNEL.replace("return", "return np.full(3, 0.5 * x)[2] +").replace(
        "@jit", "import numpy as np\n@jit"
    )
    (checkout / "simengine" / "kernels" / "kernel.py").write_text(filled)
    loaded = CALL.replace("values = ", "assert 'numba.np.arrayobj' not in sys.modules\nvalues = ").replace(
        "print(sum", "print('numba.np.arrayobj' in sys.modules)\nprint(sum"
    )
    said = []
    for values in (["10.0"], ["10.0"], ["10.0", "10"], ["10.0", "10"]):
        environment = os.environ | {"NUMBA_CACHE_DIR": str(checkout / "cache")}
        command = [sys.executable, "-c", loaded, *values]
        done = subprocess.run(
            command, cwd=checkout, env=environment, capture_output=True, text=True, check=True
        )
        said.append(done.stdout.splitlines())
    assert said == [
        ["145.0", "True", "0 1"],
        ["145.0", "False", "1 0"],
        ["145.0 145.0", "True", "1 1"],
        ["145.0 145.0", "False", "2 0"],
    ]


@pytest.mark.compiled
def test_what_is_kept_is_machine_code_alone_and_can_still_be_called_by_kernels(checkout: Path) -> None:
    result(started(checkout, "10.0"))
    kept = [file.read_bytes() for file in (checkout / "cache").rglob("*.nbc")]
    assert kept
    assert not any(b"BC\xc0\xde" in content for content in kept)  # how LLVM's own form begins
    calling = CALL + textwrap.dedent("""
        import numba
        print(numba.njit(lambda x: total(x) + 1.0)(10.0), sum(total.stats.cache_hits.values()))
    """)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(checkout / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", calling, "10.0"],
        cwd=checkout, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["140.0", "1 0", "141.0 1"]


@pytest.mark.compiled
def test_inner_functions_are_compiled_once_whatever_constants_they_get() -> None:
    @accelerate.inner
    def power(x: float, n: int) -> float:
        value = 1.0
        for _ in range(n):
            value *= x
        return value

    @accelerate.jit
    def both(x: float) -> float:
        return power(x, 2) + power(x, 3)

    assert both(2.0) == 12.0
    assert len(power.overloads) == 1  # type: ignore[attr-defined]


@pytest.mark.compiled
def test_what_kernels_call_gets_no_machine_code_of_its_own() -> None:
    @accelerate.jit
    def helper(x: float) -> float:
        return x + 1.0

    @accelerate.jit
    def kernel(x: float) -> float:
        return helper(x) * 2.0

    assert kernel(2.0) == 6.0
    assert len(helper.overloads) == 0  # type: ignore[attr-defined]
    assert helper(2.0) == 3.0
    assert len(helper.overloads) == 1  # type: ignore[attr-defined]


@pytest.mark.compiled
def test_what_a_kernel_takes_in_is_its_own() -> None:
    """So that the optimiser may change how it is called."""
    lines = "".join(f"    x = x * x + {k}.0 / x\n" for k in range(400))
    names: dict[str, Any] = {}
    exec("def long(x):\n" + lines + "    return x\n", names)
    long = accelerate.inner(names["long"])

    @accelerate.jit
    def kernel(x: float) -> float:
        return long(x) + long(2.0 * x)

    kernel(2.0)
    (code,) = kernel.inspect_llvm().values()  # type: ignore[attr-defined]
    assert "define linkonce_odr" not in code
    assert "define internal" in code, "the helper must be too long to dissolve"


@pytest.mark.compiled
def test_one_process_at_a_time_adds_to_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[Path] = []

    @contextlib.contextmanager
    def recorded(folder: Path) -> Iterator[None]:
        inside.append(folder)
        yield

    monkeypatch.setattr(accelerate, "_alone", recorded)
    monkeypatch.setattr(accelerate, "cache_folder", lambda: tmp_path)

    @accelerate.jit
    def plus(x: float) -> float:
        return x + 1.0

    plus(1.0)
    assert inside == [tmp_path]


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_who_holds_the_lock_is_alone(tmp_path: Path) -> None:
    done = threading.Event()

    def add() -> None:
        with accelerate._alone(tmp_path):
            done.set()

    other = threading.Thread(target=add)
    with accelerate._alone(tmp_path):
        other.start()
        assert not done.wait(0.2)
    other.join(10.0)
    assert done.is_set()


@pytest.mark.compiled
@pytest.mark.parametrize("pattern", ["*.nbi", "*.nbc"])
@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "gone"])
def test_damaged_files_are_compiled_again(checkout: Path, pattern: str, damage: str) -> None:
    """Without the seals, "changed" ends in a crash or in the wrong number."""
    assert result(started(checkout, "10.0")) == (["140.0"], 0, 1)
    assert result(started(checkout, "10.0")) == (["140.0"], 1, 0)
    (file,) = (checkout / "cache").glob(f"compiled-*/kernels*/kernel.total{pattern}")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    damaged = {"cut": content[: len(content) // 2], "changed": content, "empty": b""}
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(damaged[damage])
    assert result(started(checkout, "10.0")) == (["140.0"], 0, 1)
    assert result(started(checkout, "10.0")) == (["140.0"], 1, 0)


@pytest.mark.compiled
def test_without_a_folder_to_write_code_is_compiled_in_memory(checkout: Path) -> None:
    (checkout / "file").touch()
    assert result(started(checkout, "10.0", cache=str(checkout / "file" / "cache")))[:2] == (["140.0"], 0)


def test_the_hash_covers_every_source_and_setting(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = checkout / "simengine"
    seen = {cache_folder.source_hash(package)}
    write_helper(checkout, 3.0)
    seen.add(cache_folder.source_hash(package))
    (package / "rng" / "new.py").touch()
    seen.add(cache_folder.source_hash(package))
    checked = os.environ.get("NUMBA_BOUNDSCHECK") == "1"
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "0" if checked else "1")
    seen.add(cache_folder.source_hash(package))
    assert len(seen) == 4
    assert cache_folder.source_hash(package) in seen


@pytest.mark.skipif(sys.platform == "win32", reason="modes of folders are POSIX's")
def test_a_folder_that_others_can_write_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "compiled-key"
    folder.mkdir()
    folder.chmod(0o777)
    assert cache_folder._prepare(tmp_path, "compiled-key") is None
    folder.chmod(0o700)
    assert cache_folder._prepare(tmp_path, "compiled-key") == folder


def test_folders_unused_for_long_are_removed(tmp_path: Path) -> None:
    for name, age in (("compiled-old", 40), ("numbers-old", 40), ("compiled-new", 1), ("other", 40)):
        folder = tmp_path / name
        folder.mkdir()
        moment = folder.stat().st_mtime - age * 24 * 3600
        os.utime(folder, (moment, moment))
    cache_folder._remove_unused(tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["compiled-new", "other"]


def test_numbas_own_folder_is_left_to_other_packages() -> None:
    before = accelerate._config.CACHE_DIR

    @accelerate.jit
    def nothing() -> int:
        return 0

    assert nothing() == 0
    assert before == accelerate._config.CACHE_DIR
