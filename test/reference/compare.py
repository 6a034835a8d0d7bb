"""compare.py COMMITTED FRESH: every number equal to 1e-12 relative (of the larger of the number and its list's largest), or both zero but for rounding."""

import json
import sys
from pathlib import Path

TOLERANCE = 1e-12
# Gradients that cancel leave a few units of the last place of what they are summed of, which are others on another processor.
ROUNDING = 1e-14


def largest(value):
    if isinstance(value, list):
        return max((largest(item) for item in value), default=0.0)
    return abs(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0


def differences(old, new, where, scale=0.0):
    if isinstance(old, bool) or isinstance(new, bool) or isinstance(old, str) or old is None:
        if old != new:
            yield f"{where}: {old!r} became {new!r}"
    elif isinstance(old, (int, float)) and isinstance(new, (int, float)):
        if not abs(old - new) <= max(ROUNDING, TOLERANCE * max(abs(old), abs(new), scale)):
            yield f"{where}: {old!r} became {new!r}"
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        scale = scale or largest(old)
        for index, (a, b) in enumerate(zip(old, new)):
            yield from differences(a, b, f"{where}[{index}]", scale)
    elif isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in old:
            yield from differences(old[key], new[key], f"{where}.{key}")
    else:
        yield f"{where}: another structure"


committed, fresh = (Path(argument) for argument in sys.argv[1:3])
names = sorted({path.name for folder in (committed, fresh) for path in folder.glob("*.json")})
failed = False
for name in names:
    if not (committed / name).exists() or not (fresh / name).exists():
        found = [f"{name}: only {'committed' if (committed / name).exists() else 'generated'}"]
    else:
        found = list(differences(json.loads((committed / name).read_text()), json.loads((fresh / name).read_text()), name))
    failed = failed or bool(found)
    for line in found[:5]:
        print(line, file=sys.stderr)
    if len(found) > 5:
        print(f"{name}: {len(found) - 5} more differences", file=sys.stderr)
    print(f"{name}: {'different' if found else 'equal'}")
sys.exit(1 if failed or not names else 0)
