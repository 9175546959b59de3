"""ROC-AUC by ranks."""

import numpy as np
from scipy.stats import rankdata


def roc_auc(labels, scores):
    """Chance that a random positive scores above a random negative; ties count half."""
    labels = np.asarray(labels) > 0.5
    positive, negative = int(labels.sum()), int((~labels).sum())
    if positive == 0 or negative == 0:
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[labels].sum() - positive * (positive + 1) / 2) / (positive * negative))
