"""Writes test/runtime/fixtures/metrics.json: what scikit-learn and NumPy say about small data.

    python -m venv .venv && .venv/bin/pip install scikit-learn numpy safetensors
    .venv/bin/python test/reference/metrics.py

Also writes example.safetensors by the safetensors package.
"""
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.neighbors import KNeighborsClassifier

folder = Path(__file__).parent.parent / "runtime" / "fixtures"
random = np.random.default_rng(0)
classes, dimensions = 4, 6
centres = random.normal(size=(classes, dimensions))


def draw(count):
    labels = np.arange(count) % classes
    points = centres[labels] + 1.3 * random.normal(size=(count, dimensions))
    return np.round(points, 4).astype(np.float32), labels


def rounded(values):
    return [float(f"{value:.6g}") for value in np.asarray(values, np.float64).ravel()]


x, y = draw(120)
test_x, test_y = draw(80)

unit = x / np.linalg.norm(x, axis=1, keepdims=True)
knn = KNeighborsClassifier(20, metric="cosine", algorithm="brute", weights=lambda d: np.exp((1 - d) / 0.1)).fit(x, y)

# Mean cross-entropy + l2/2 |W|^2 is scikit-learn's objective with C = 1 / (l2 * examples).
mean, deviation = x.astype(np.float64).mean(0), x.astype(np.float64).std(0)
scaled, test_scaled = (x - mean) / deviation, (test_x - mean) / deviation
logistic = {}
for l2 in (1.0, 0.01, 0.0001):
    model = LogisticRegression(C=1 / (l2 * len(x)), tol=1e-10, max_iter=10000).fit(scaled, y)
    centred = model.coef_.T  # rows of coefficients sum to 0 at the optimum
    logistic[str(l2)] = {
        "weights": rounded(centred),
        "accuracy": float(model.score(test_scaled, test_y)),
        "crossEntropy": float(log_loss(test_y, model.predict_proba(test_scaled))),
    }

singular = np.linalg.svd(x.astype(np.float64), compute_uv=False)
share = singular / singular.sum() + 1e-7
squared = ((unit[:, None].astype(np.float64) - unit[None].astype(np.float64)) ** 2).sum(-1)
pairs = squared[np.tril_indices(len(x), -1)]
other = x + np.round(0.1 * random.normal(size=x.shape), 4).astype(np.float32)
other_unit = other / np.linalg.norm(other, axis=1, keepdims=True)
spread = unit.astype(np.float64).std(0) * np.sqrt(dimensions)

folder.mkdir(exist_ok=True)
(folder / "metrics.json").write_text(
    json.dumps(
        {
            "classes": classes,
            "dimensions": dimensions,
            "x": rounded(x),
            "y": y.tolist(),
            "testX": rounded(test_x),
            "testY": test_y.tolist(),
            "other": rounded(other),
            "knn": float(knn.score(test_x, test_y)),
            "logistic": logistic,
            "singular": rounded(singular),
            "rankme": float(np.exp(-(share * np.log(share)).sum())),
            "uniformity": float(np.log(np.exp(-2 * pairs).mean())),
            "alignment": float(((unit - other_unit) ** 2).sum(1).mean()),
            "spread": {"mean": float(spread.mean()), "min": float(spread.min())},
        }
    )
    + "\n"
)
save_file(
    {"w": np.arange(6, dtype=np.float32).reshape(2, 3), "count": np.array([7, -1], np.int32)},
    folder / "example.safetensors",
    metadata={"format": "ebmc"},
)
