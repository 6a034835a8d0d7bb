"""Event files that `ebmc report --format tensorboard` writes, read by TensorBoard's own reader, which checks every record's checksums."""

import base64
import json
import os
import subprocess
import tempfile
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader

from common import write

CONVENTIONS = (
    "`comparison` and `metrics` (the run's metrics.jsonl, last changed at `end`) are what the command is given; `file` is the event file that it writes, in base64. `scalars` (tag to [step, value, "
    "time]) and `program` are what TensorBoard reads from it; `records` are how many records its reader yields, and `damaged` how many from the file with one bit of the third record flipped."
)

ROOT = Path(__file__).resolve().parents[3]
END = 1_700_000_000
PROGRAM = "model M() {\n  // näive\n}\n"
LINES = [
    {"step": 1, "epoch": 1, "rate": 0.001, "loss": 2.5, "examplesPerSecond": 0, "term.a": 1.5, "term.b": 1.0, "gauge.temperature": 0.07},
    {"step": 2, "epoch": 1, "rate": 0.002, "loss": 2.25, "examplesPerSecond": 64, "term.a": 1.25, "term.b": 1.0, "gauge.temperature": 0.0625},
    {
        **{"step": 300, "epoch": 2, "rate": 0.0005, "loss": -1e-3, "examplesPerSecond": 128, "term.a": -1.001, "term.b": 1.0, "gauge.temperature": 0.05},
        "gauges": {"spread": 0.5, "smallestSpread": 0.25, "effectiveRank": 12.5, "dimensions": 64},
    },
]
COMPARISON = {
    "format": 1,
    **{"title": "M on d", "file": "m.ebm", "source": PROGRAM, "modules": {}, "versions": {}, "created": "2026-01-01T00:00:00.000Z"},
    "dataset": {"name": "d", "hash": "", "train": 64, "validation": 0, "test": 0},
    "budget": {"batch": "32"},
    **{"differences": [], "measures": [], "contrasts": []},
    "competitors": [
        {
            **{"name": "M", "kind": "objective", "settings": {}, "tried": [], "summary": {}},
            "verdict": {"kind": "no fault found", "reason": ""},
            "runs": [{"seed": 0, "folder": "run", "status": "finished", "curve": [{"step": 1, "loss": 2.5, "terms": {}}], "measures": {}}],
        }
    ],
}


def events_of(folder):
    """The records before the first damaged one."""
    found = []
    try:
        for record in RawEventFileLoader(str(next(Path(folder).iterdir()))).Load():
            found.append(record)
    except Exception:
        pass
    return found


def main():
    metrics = "".join(json.dumps(line) + "\n" for line in LINES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "run").mkdir()
        (folder / "comparison.json").write_text(json.dumps(COMPARISON))
        (folder / "run/metrics.jsonl").write_text(metrics)
        os.utime(folder / "run/metrics.jsonl", (END, END))
        out = folder / "events"
        subprocess.run(["node", "bin/ebmc.js", "report", name, "--format", "tensorboard", "--out", str(out)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        (file,) = out.iterdir()
        data = file.read_bytes()
        records = len(events_of(out))
        reader = EventAccumulator(str(out), size_guidance={"scalars": 0, "tensors": 0})
        reader.Reload()
        scalars = {tag: [[event.step, event.value, event.wall_time] for event in reader.Scalars(tag)] for tag in reader.Tags()["scalars"]}
        (program,) = reader.Tensors("program")
        damaged = bytearray(data)
        start = 0
        for _ in range(2):
            start += 16 + int.from_bytes(data[start : start + 8], "little")
        damaged[start + 20] ^= 1
        file.write_bytes(bytes(damaged))
        kept = len(events_of(out))
    write(
        "events",
        {
            "conventions": CONVENTIONS,
            **{"comparison": COMPARISON, "metrics": metrics, "end": END, "file": base64.b64encode(data).decode()},
            **{"scalars": scalars, "program": program.tensor_proto.string_val[0].decode(), "records": records, "damaged": kept},
        },
    )
