"""Measures of representations and energies by scikit-learn, torchmetrics, SciPy and, where there is no library, NumPy from the paper's equations."""

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from scipy.stats import bootstrap
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, roc_auc_score
from torchmetrics.classification import BinaryCalibrationError
from torchmetrics.retrieval import RetrievalHitRate, RetrievalMAP

from common import Draw, write

CONVENTIONS = (
    "retrieval: each row is a query against all others, cosine, relevant where the class is the same; torchmetrics' RetrievalMAP and RetrievalHitRate. "
    "clusters: scikit-learn's KMeans (Lloyd, one start from the given centres) on L2-normalised rows; NMI with the arithmetic mean. "
    "lidar: Thilak et al. 2023, section 4, delta 1e-4, epsilon 1e-7. auroc: scores are minus the energies. calibration: LogisticRegression without penalty; "
    "BinaryCalibrationError, 15 bins, L1. blur: SciPy's gaussian_filter, mode nearest, truncate 4. interval: SciPy's percentile bootstrap of a mean, 20,000 resamples."
)


def lidar(views):
    """views: [examples, views, dimensions]."""
    n, q, d = views.shape
    means = views.mean(1)
    centre = means.mean(0)
    between = (means - centre).T @ (means - centre) / n
    around = (views - means[:, None]).reshape(n * q, d)
    within = around.T @ around / (n * q) + 1e-4 * np.eye(d)
    values, vectors = np.linalg.eigh(within)
    root = vectors @ np.diag(values**-0.5) @ vectors.T
    eigenvalues = np.linalg.eigvalsh(root @ between @ root)
    share = np.clip(eigenvalues, 0, None) / np.abs(eigenvalues).sum() + 1e-7
    return float(np.exp(-(share * np.log(share)).sum()))


def holm(ps):
    order = np.argsort(ps)
    adjusted = np.empty(len(ps))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(np.sort(ps) * (len(ps) - np.arange(len(ps)))))
    return adjusted.tolist()


def main():
    draw = Draw(31)
    classes, count, d = 4, 60, 5
    labels = torch.arange(count) % classes
    rows = draw.normal(classes, d)[labels] + draw.normal(count, d, scale=0.8)
    unit = torch.nn.functional.normalize(rows, dim=1)

    # torchmetrics takes what scores 0 or less for irrelevant.
    similarity = (1 + unit @ unit.T) / 2
    index, scores, relevant = [], [], []
    for i in range(count):
        others = [j for j in range(count) if j != i]
        index += [i] * len(others)
        scores.append(similarity[i, others])
        relevant.append(labels[others] == labels[i])
    index, scores, relevant = torch.tensor(index), torch.cat(scores), torch.cat(relevant)
    retrieval = {"map": float(RetrievalMAP()(scores, relevant, indexes=index))}
    for k in (1, 5):
        retrieval[f"recall_{k}"] = float(RetrievalHitRate(top_k=k)(scores, relevant, indexes=index))

    first = unit[:classes]
    clustering = KMeans(classes, init=first.numpy(), n_init=1, algorithm="lloyd", tol=0, max_iter=300).fit(unit.numpy())
    clusters = {
        "assignments": clustering.labels_.tolist(),
        "inertia": float(clustering.inertia_),
        "nmi": float(normalized_mutual_info_score(labels, clustering.labels_)),
        "ari": float(adjusted_rand_score(labels, clustering.labels_)),
    }

    views = rows[:, None] + draw.normal(count, 4, d, scale=0.5)

    compatible = draw.normal(80) + 0.5
    mismatched = draw.normal(70) + 1.4
    mismatched[:5] = compatible[:5]  # ties
    energies = torch.cat([compatible, mismatched]).numpy()
    answers = np.r_[np.ones(80), np.zeros(70)]
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12, max_iter=10000).fit(energies[:, None], answers)
    probabilities = model.predict_proba(energies[:, None])[:, 1]
    calibration = {
        "slope": float(-model.coef_[0, 0]),
        "intercept": float(-model.intercept_[0]),
        "error": float(BinaryCalibrationError(n_bins=15, norm="l1")(torch.tensor(probabilities), torch.tensor(answers).long())),
    }

    picture = draw.uniform(9, 7, 3)
    blurred = [gaussian_filter(picture.numpy(), (sigma, sigma, 0), mode="nearest", truncate=4) for sigma in (0.4, 0.8, 1)]

    correct = (draw.uniform(400) < 0.7).double()
    interval = bootstrap((correct.numpy(),), np.mean, n_resamples=20000, method="percentile", rng=np.random.default_rng(0)).confidence_interval
    ps = [0.01, 0.04, 0.03, 0.005, 0.5]

    write(
        "measures",
        {
            "conventions": CONVENTIONS,
            "classes": classes,
            "rows": rows,
            "labels": labels,
            "retrieval": retrieval,
            "first": first,
            "clusters": clusters,
            "views": views,
            "lidar": lidar(views.numpy()),
            "compatible": compatible,
            "mismatched": mismatched,
            "auroc": float(roc_auc_score(answers, -energies)),
            "calibration": calibration,
            "picture": picture,
            "blurred": [torch.tensor(b) for b in blurred],
            "correct": correct,
            "interval": [float(interval.low), float(interval.high)],
            "ps": ps,
            "holm": holm(ps),
        },
    )
