"""Weekly CO2 at Mauna Loa as `trajectories(...)` reads it: `python series.py co2.csv OUT.npz` (needs numpy; the table is statsmodels/datasets/co2/co2.csv).

A run of weeks without a gap is an episode, if it has a year and more; one is cut at the start of 1996, so that the last episode is the last six years."""

import csv
import sys

import numpy

least = 64
cut = "19960101"


def main(table, out):
    runs, run, before = [], [], ""
    with open(table, newline="") as file:
        for week in csv.DictReader(file):
            if not week["co2"] or (before < cut <= week["date"]):
                runs.append(run)
                run = []
            if week["co2"]:
                run.append(float(week["co2"]))
            before = week["date"]
    kept = [r for r in [*runs, run] if len(r) >= least]
    numpy.savez_compressed(
        out,
        co2=numpy.array(sum(kept, []), numpy.float32)[:, None],
        episode=numpy.concatenate([numpy.full(len(r), i, numpy.int32) for i, r in enumerate(kept)]),
    )
    print([len(r) for r in kept])


if __name__ == "__main__":
    main(*sys.argv[1:3])
