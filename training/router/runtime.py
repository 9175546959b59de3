"""What the Rust router computes, in numpy: reads the weight file, scores a text against a set of intents.

File, little-endian: b"HRT1"; u32 buckets, u32 dims; 4 score weights, 1 score scale, 8 out-of-scope weights (f32); IDF as
u8 a bucket, times IDF_STEP; row scale as f32 a bucket; rows as i8 (buckets, dims).

An utterance has a dense vector (sum of its buckets' rows, length 1) and a sparse one (IDF of each distinct bucket, length
1). An intent has both of each example, and the two mean vectors, length 1. `evidence` is the four similarities.
"""

import struct

import numpy as np
from scipy import sparse

from features import BUCKETS, features

MAGIC = b"HRT1"
IDF_STEP = 0.05
EVIDENCE = 4
OUTSIDE = 8


def quantise(rows):
    """(buckets, dims) float -> int8 rows and a scale for each."""
    scale = np.maximum(np.abs(rows).max(axis=1) / 127.0, 1e-8).astype(np.float32)
    return np.round(rows / scale[:, None]).astype(np.int8), scale


def idf_codes(frequency):
    """Document frequency -> u8 codes of ln((documents + 1) / (frequency + 1)), the corpus's size being its largest count."""
    idf = np.log((frequency.max() + 1.0) / (frequency + 1.0)) + 1.0
    return np.clip(np.round(idf / IDF_STEP), 1, 255).astype(np.uint8)


class Weights:
    def __init__(self, rows, scale, idf, score, outside):
        self.rows, self.scale, self.idf = rows, scale, idf
        self.score, self.outside = np.asarray(score, np.float32), np.asarray(outside, np.float32)
        self.dense_rows = rows.astype(np.float32) * scale[:, None]
        self.idf_values = idf.astype(np.float32) * np.float32(IDF_STEP)

    def save(self, path):
        with open(path, "wb") as out:
            out.write(MAGIC + struct.pack("<II", *self.rows.shape))
            out.write(self.score.astype("<f4").tobytes() + self.outside.astype("<f4").tobytes())
            out.write(self.idf.tobytes() + self.scale.astype("<f4").tobytes() + self.rows.tobytes())

    @staticmethod
    def load(path):
        data = open(path, "rb").read()
        assert data[:4] == MAGIC
        buckets, dims = struct.unpack("<II", data[4:12])
        floats = np.frombuffer(data, "<f4", EVIDENCE + 1 + OUTSIDE, 12)
        at = 12 + floats.nbytes
        idf = np.frombuffer(data, np.uint8, buckets, at)
        scale = np.frombuffer(data, "<f4", buckets, at + buckets)
        rows = np.frombuffer(data, np.int8, buckets * dims, at + 5 * buckets).reshape(buckets, dims)
        return Weights(rows, scale, idf, floats[: EVIDENCE + 1], floats[EVIDENCE + 1 :])

    def encode(self, texts):
        """Texts or bucket lists -> dense (texts, dims), sparse (texts, buckets)."""
        bags = [features(t) if isinstance(t, str) else t for t in texts]
        dense = np.stack([self.dense_rows[bag].sum(axis=0) for bag in bags])
        starts, columns = [0], []
        for bag in bags:
            columns += sorted(set(bag))
            starts.append(len(columns))
        columns = np.array(columns, np.int64)
        lexical = sparse.csr_matrix((self.idf_values[columns], columns, starts), (len(bags), BUCKETS), dtype=np.float32)
        return unit(dense), unit_sparse(lexical)


def unit(dense):
    return dense / np.maximum(np.linalg.norm(dense, axis=-1, keepdims=True), 1e-6)


def unit_sparse(lexical):
    norm = np.sqrt(np.asarray(lexical.multiply(lexical).sum(axis=1)).ravel())
    return sparse.diags(1.0 / np.maximum(norm, 1e-6)) @ lexical


class Intents:
    """Examples of each intent, encoded: `owner` names each example's intent by number."""

    def __init__(self, dense, lexical, owner):
        self.owner, self.count = np.asarray(owner), int(max(owner)) + 1
        self.dense, self.lexical = dense, lexical
        member = sparse.csr_matrix((np.ones(len(owner), np.float32), (self.owner, np.arange(len(owner)))))
        self.mean_dense = unit(member @ dense)
        self.mean_lexical = unit_sparse(member @ lexical)
        self.shots = len(owner) / self.count

    def evidence(self, dense, lexical):
        """(texts, intents, 4): similarity to the mean and to the nearest example, dense and lexical."""
        near_dense, near_lexical = dense @ self.dense.T, (lexical @ self.lexical.T).toarray()
        out = np.zeros((len(dense), self.count, EVIDENCE), np.float32)
        out[:, :, 0] = dense @ self.mean_dense.T
        out[:, :, 2] = (lexical @ self.mean_lexical.T).toarray()
        for intent in range(self.count):
            mine = self.owner == intent
            out[:, intent, 1] = near_dense[:, mine].max(axis=1)
            out[:, intent, 3] = near_lexical[:, mine].max(axis=1)
        return out


def outside_features(evidence, scores, shots):
    """(texts, 8): what tells a text outside every intent: the best intent's evidence, its lead, and how much was given."""
    best = scores.argmax(axis=1)
    top = evidence[np.arange(len(best)), best]
    ordered = np.sort(scores, axis=1)
    lead = ordered[:, -1] - ordered[:, -2] if scores.shape[1] > 1 else np.zeros(len(best))
    lead = np.minimum(lead, 10.0)
    ones = np.ones(len(best))
    return np.column_stack([top, lead, ones * np.log(scores.shape[1]), ones * np.log(shots), ones])


def decide(weights, intents, dense, lexical):
    """Probability of each intent (texts, intents) and of none of them (texts,)."""
    evidence = intents.evidence(dense, lexical)
    scores = evidence @ weights.score[:EVIDENCE] * weights.score[EVIDENCE]
    share = np.exp(scores - scores.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    none = 1.0 / (1.0 + np.exp(-outside_features(evidence, scores, intents.shots) @ weights.outside))
    return share * (1.0 - none[:, None]), none
