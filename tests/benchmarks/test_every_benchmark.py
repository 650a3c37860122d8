"""Every module that measures something can be run by name."""

import pkgutil
from importlib.util import find_spec
from pathlib import Path

import benchmarks
from app.commands.bench import BENCHMARKS


def test_each_benchmark_is_a_name_of_the_command():
    modules = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    measuring = {name for name in modules if "\nTITLE = " in _source(name)}
    assert measuring == set(BENCHMARKS)
    assert len(BENCHMARKS) == len(measuring)


def _source(name: str) -> str:
    found = find_spec(f"benchmarks.{name}")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).read_text()
