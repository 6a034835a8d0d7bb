"""Imported before anything of lightly: makes its losses, utilities and models importable without its own __init__, which starts a
thread that asks its server for the latest version, and imports its web client; and those of open_clip without what its losses do not need."""

import importlib.util
import sys
import types
from pathlib import Path


def _bare_package(name):
    """Registers `name` without running its __init__."""
    parent, _, leaf = name.rpartition(".")
    if parent:
        path = str(Path(sys.modules[parent].__path__[0]) / leaf)
    else:
        path = importlib.util.find_spec(name).submodule_search_locations[0]
    package = types.ModuleType(name)
    package.__path__ = [path]
    sys.modules[name] = package


for _name in ("lightly", "lightly.loss", "lightly.utils", "lightly.models", "open_clip"):
    _bare_package(_name)
