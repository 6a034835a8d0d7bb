"""Writes test/runtime/fixtures/data: small files of every kind, by the libraries that people write them with.

    PYTHON test/reference/data_files.py

numpy writes .npy and .npz, pyarrow .parquet (laid out as Hugging Face's `datasets` does), PIL the pictures, tarfile the
shards. What is in them follows from the row number alone, so that the tests know it.
"""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

folder = Path(__file__).parent.parent / "runtime" / "fixtures" / "data"
folder.mkdir(parents=True, exist_ok=True)
rows = 12
names = ["cat", "dog", "owl"]


def pixels(row: int) -> np.ndarray:
    """4 × 5 × 3 bytes."""
    return ((np.arange(60) * 3 + row * 7) % 256).astype(np.uint8).reshape(4, 5, 3)


def encoded(row: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels(row)).save(out, kind)
    return out.getvalue()


def arrays() -> None:
    images = np.stack([pixels(i) for i in range(rows)])
    grey = images[..., 0]
    labels = np.arange(rows, dtype=np.int64) % 3
    x = np.linspace(-1, 1, rows * 2, dtype=np.float32).reshape(rows, 2)
    words = np.array([names[i % 3] for i in range(rows)])
    np.savez(folder / "plain.npz", images=images, grey=grey, labels=labels, x=x, words=words)
    np.savez_compressed(folder / "packed.npz", images=images, labels=labels.astype(np.uint8))
    np.savez(folder / "keras.npz", x_train=images[:8], y_train=labels[:8], x_test=images[8:], y_test=labels[8:])
    for kind in ["<f2", ">f4", "<f8", "|i1", ">i2", "<u2", "<i4", "<u4", "<i8"]:
        np.save(folder / f"{kind[1:]}{'-big' if kind[0] == '>' else ''}.npy", np.array([0, 1, 2.0, 3]).astype(kind))
    np.save(folder / "objects.npy", np.array([{}, None], dtype=object), allow_pickle=True)
    np.save(folder / "fortran.npy", np.asfortranarray(x))


def parquet() -> None:
    image = pa.array(
        [{"bytes": encoded(i), "path": f"{i}.png"} for i in range(rows)],
        pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
    )
    features = {
        "image": {"_type": "Image"},
        "label": {"names": names, "_type": "ClassLabel"},
        "text": {"dtype": "string", "_type": "Value"},
    }
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    table = pa.table(
        {
            "image": image,
            "label": pa.array([i % 3 for i in range(rows)], pa.int64()),
            "text": pa.array([f"row {i}, {names[i % 3]} ü" for i in range(rows)]),
            "embedding": pa.array([[i, i / 2] for i in range(rows)], pa.list_(pa.float32())),
            "grid": pa.array([[[i, 1], [2, 3]] for i in range(rows)], pa.list_(pa.list_(pa.int32()))),
            "weight": pa.array([i * 0.5 for i in range(rows)], pa.float64()),
        }
    ).replace_schema_metadata(metadata)
    for codec in ["snappy", "zstd", "gzip", "brotli", "lz4", "none"]:
        pq.write_table(table, folder / f"{codec}.parquet", compression=codec, row_group_size=5)
    gaps = pa.table({"label": pa.array([0, None, 2, 1]), "weight": pa.array([1.0, 2.0, None, 4.0])})
    pq.write_table(gaps, folder / "gaps.parquet")
    words = pa.table({"x": pa.array([0.0, 1.0, 2.0, 3.0, 4.0]), "kind": pa.array(["v", None, "u", None, "v"])})
    pq.write_table(words, folder / "unlabelled.parquet")


def shard(name: str, samples: range, form: int) -> None:
    with tarfile.open(folder / name, "w", format=form) as tar:
        for i in samples:
            key = f"{'deep/' * (30 if i == 5 else 1)}{i:04d}"
            members = {"png": encoded(i), "cls": str(i % 3).encode(), "txt": f"sample {i} ü".encode()}
            for ending, data in members.items():
                info = tarfile.TarInfo(f"{key}.{ending}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))


def episodes() -> None:
    """Steps of three episodes as LeRobot lays them out: lists of numbers, whole numbers, and which episode each step is of."""
    lengths = [6, 4, 8]
    rows = [(e, t) for e, n in enumerate(lengths) for t in range(n)]
    table = pa.table(
        {
            "observation.state": pa.array([[float(e), float(t)] for e, t in rows], pa.list_(pa.float32())),
            "action": pa.array([(e + t) % 3 for e, t in rows], pa.int64()),
            "episode_index": pa.array([e for e, _ in rows], pa.int64()),
            "task": pa.array(["push"] * len(rows)),
        }
    )
    pq.write_table(table, folder / "episodes.parquet", row_group_size=7)


arrays()
parquet()
episodes()
shard("shard-000.tar", range(0, 7), tarfile.PAX_FORMAT)
shard("shard-001.tar", range(7, 12), tarfile.GNU_FORMAT)
