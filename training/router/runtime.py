"""What the Rust router computes, in numpy: reads and writes the weight file, scores a text against a set of intents.

The file's layout is in `crates/language/src/weights.rs`. An utterance has a dense vector (`encoder.py`, length 1) and a
sparse one (IDF of each distinct bucket, length 1). An intent has both of each example, and the two mean vectors, length 1.
`evidence` is the similarity to the mean and to the nearest examples, both ways, and the score of a linear classifier fitted
to the examples.
"""

import struct

import numpy as np
from scipy import sparse

from encoder import DIMS, FILTERS, GAIN, WORDS_SEEN
from features import BUCKETS, pair_buckets, word_buckets, word_features, words

MAGIC = b"HRT2"
IDF_STEP = 0.05
EVIDENCE = 5
OUTSIDE = 11
NEAREST = 3
LEFT_OUT_MAX = 200
LEAD_MAX = 10.0
LOG_SHOTS_HALF = 2.5
STEPS, PASSES_MIN, PASSES_MAX, RATE, ERROR_MIN = 60_000, 5, 10, 2.0, 0.01


def quantise(rows):
    """(outputs, inputs) float -> int8 codes and a scale for each output."""
    scale = np.maximum(np.abs(rows).max(axis=1) / 127.0, 1e-8).astype(np.float32)
    return np.round(rows / scale[:, None]).astype(np.int8), scale


def idf_codes(frequency):
    """Document frequency -> u8 codes of ln((documents + 1) / (frequency + 1)), the corpus's size being its largest count."""
    idf = np.log((frequency.max() + 1.0) / (frequency + 1.0)) + 1.0
    return np.clip(np.round(idf / IDF_STEP), 1, 255).astype(np.uint8)


class Weights:
    """`decision`: score weights, their growth with the number of examples and with trust, out-of-scope weights."""

    def __init__(self, idf, rows, bias, filters, pooled, decision=None):
        self.idf, self.bias = idf, bias
        self.rows, self.filters, self.pooled = rows, filters, pooled  # each (codes, scale)
        self.decision = np.zeros(3 * EVIDENCE + OUTSIDE, np.float32) if decision is None else np.asarray(decision, np.float32)
        value = lambda coded: coded[0].astype(np.float32) * coded[1][:, None]
        self.row_values, self.pooled_values = value(rows), value(pooled)
        self.filter_values = value(filters).reshape(FILTERS, 3, DIMS)
        self.idf_values = idf.astype(np.float32) * np.float32(IDF_STEP)

    @staticmethod
    def trained(state):
        """From what train.py wrote; nothing decided yet."""
        encoder = {name: tensor.numpy() for name, tensor in state["encoder"].items()}
        filters = encoder["filters.weight"].transpose(0, 2, 1).reshape(FILTERS, 3 * DIMS)  # (filters, taps, dims)
        coded = quantise(encoder["rows.weight"]), encoder["filters.bias"], quantise(filters), quantise(encoder["pooled.weight"])
        return Weights(idf_codes(state["frequency"].numpy()), *coded)

    def save(self, path):
        with open(path, "wb") as out:
            out.write(MAGIC + struct.pack("<III", BUCKETS, DIMS, FILTERS) + self.decision.astype("<f4").tobytes())
            out.write(self.idf.tobytes() + self.rows[1].tobytes() + self.rows[0].tobytes())
            out.write(self.bias.astype("<f4").tobytes() + self.filters[1].tobytes() + self.filters[0].tobytes())
            out.write(self.pooled[1].tobytes() + self.pooled[0].tobytes())

    @staticmethod
    def load(path):
        data = open(path, "rb").read()
        assert data[:4] == MAGIC and struct.unpack("<III", data[4:16]) == (BUCKETS, DIMS, FILTERS)
        at = 16
        def take(kind, *shape):
            nonlocal at
            found = np.frombuffer(data, kind, int(np.prod(shape)), at).reshape(shape)
            at += found.nbytes
            return found
        def coded(outputs, inputs):
            scale = take("<f4", outputs)
            return take("i1", outputs, inputs), scale
        decision, idf, rows = take("<f4", 3 * EVIDENCE + OUTSIDE), take("u1", BUCKETS), coded(BUCKETS, DIMS)
        bias = take("<f4", FILTERS)
        return Weights(idf, rows, bias, coded(FILTERS, 3 * DIMS), coded(DIMS, 2 * FILTERS), decision)

    def encode(self, texts):
        """Texts or word lists, none empty -> dense (texts, dims), sparse (texts, buckets)."""
        told = [words(t) if isinstance(t, str) else t for t in texts]
        dense = unit(np.stack([self.embed(one[:WORDS_SEEN]) for one in told]))
        starts, columns = [0], []
        for one in told:
            columns += sorted(set(word_features(one)))
            starts.append(len(columns))
        columns = np.array(columns, np.int64)
        lexical = sparse.csr_matrix((self.idf_values[columns], columns, starts), (len(told), BUCKETS), dtype=np.float32)
        return dense, unit_sparse(lexical)

    def embed(self, told):
        """Words -> their vector, of any length."""
        if not told:
            return np.zeros(DIMS, np.float32)
        sequence = np.stack([self.row_values[list(word_buckets(word))].sum(axis=0) for word in told])
        padded = np.pad(sequence, ((1, 1), (0, 0))) * np.float32(GAIN)
        near = np.stack([padded[:-2], padded[1:-1], padded[2:]], axis=1)  # (words, taps, dims)
        seen = np.maximum(np.tensordot(near, self.filter_values, axes=([1, 2], [1, 2])) + self.bias, 0)
        pooled = np.concatenate([seen.max(axis=0), seen.mean(axis=0)])
        return sequence.sum(axis=0) + self.row_values[pair_buckets(told)].sum(axis=0) + self.pooled_values @ pooled


def unit(dense):
    return dense / np.maximum(np.linalg.norm(dense, axis=-1, keepdims=True), 1e-6)


def unit_sparse(lexical):
    norm = np.sqrt(np.asarray(lexical.multiply(lexical).sum(axis=1)).ravel())
    return (sparse.diags((1.0 / np.maximum(norm, 1e-6)).astype(np.float32)) @ lexical).tocsr()


class Linear:
    """Multinomial logistic regression by stochastic gradient descent, step for step as in `crates/language/src/linear.rs`."""

    def __init__(self, dense, lexical, owner, count):
        self.columns = np.unique(lexical.indices)
        place = {column: number for number, column in enumerate(self.columns)}
        self.lexical = np.zeros((len(self.columns), count), np.float32)
        self.dense = np.zeros((DIMS, count), np.float32)
        rows = [slice(a, b) for a, b in zip(lexical.indptr, lexical.indptr[1:])]
        slots = [np.array([place[column] for column in lexical.indices[row]], np.int64) for row in rows]
        order, step = list(range(len(owner))), 0
        passes = min(max(STEPS // len(owner), PASSES_MIN), PASSES_MAX)
        state = 1
        for _ in range(passes):
            for last in range(len(order) - 1, 0, -1):
                state = (state * 1_664_525 + 1_013_904_223) & 0xFFFFFFFF
                other = (state >> 8) % (last + 1)
                order[last], order[other] = order[other], order[last]
            for number in order:
                rate = np.float32(RATE * (1.0 - step / (passes * len(owner))))
                self.learn(slots[number], lexical.data[rows[number]], dense[number], owner[number], rate)
                step += 1

    def learn(self, slots, weights, dense, intent, rate):
        error = weights @ self.lexical[slots] + dense @ self.dense
        error = np.exp(error - error.max())
        error /= error.sum()
        error[intent] -= 1.0
        if -error[intent] < ERROR_MIN:
            return
        error *= rate
        self.lexical[slots] -= weights[:, None] * error
        self.dense -= dense[:, None] * error

    def scores(self, dense, lexical):
        return lexical[:, self.columns] @ self.lexical + dense @ self.dense


class Intents:
    """Examples of each intent, encoded: `owner` names each example's intent by number."""

    def __init__(self, dense, lexical, owner):
        self.owner, self.count = np.asarray(owner), int(max(owner)) + 1
        self.dense, self.lexical = dense, lexical
        member = sparse.csr_matrix((np.ones(len(owner), np.float32), (self.owner, np.arange(len(owner)))))
        self.mean_dense = unit(member @ dense)
        self.mean_lexical = unit_sparse(member @ lexical)
        self.linear = Linear(dense, lexical, self.owner, self.count)
        self.log_shots = max(np.log(len(owner) / self.count), 0.0)
        self.trust = self.measure_trust()

    def nearest(self, near):
        """(texts, examples) -> (texts, intents): mean similarity of each intent's nearest examples; what is nan is left out."""
        out = np.zeros((len(near), self.count), np.float32)
        for intent in range(self.count):
            top = -np.sort(-near[:, self.owner == intent], axis=1)[:, :NEAREST]  # nan comes last
            out[:, intent] = np.nanmean(top, axis=1)
        return out

    def measure_trust(self):
        """How much oftener the nearest dense examples than the lexical ones name the intent of an example left out."""
        numbers = np.flatnonzero(np.bincount(self.owner)[self.owner] > 1)
        numbers = numbers[:: max(1, -(-len(numbers) // LEFT_OUT_MAX))]
        if not len(numbers):
            return 0.0
        right = []
        for near in (self.dense[numbers] @ self.dense.T, (self.lexical[numbers] @ self.lexical.T).toarray()):
            near[np.arange(len(numbers)), numbers] = np.nan
            right.append(np.mean(self.nearest(near).argmax(axis=1) == self.owner[numbers]))
        return right[0] - right[1]

    def evidence(self, dense, lexical):
        """(texts, intents, 5): similarity to the mean and to the nearest examples, dense and lexical; linear score."""
        near_dense, near_lexical = dense @ self.dense.T, (lexical @ self.lexical.T).toarray()
        out = np.zeros((len(dense), self.count, EVIDENCE), np.float32)
        out[:, :, 0] = dense @ self.mean_dense.T
        out[:, :, 2] = (lexical @ self.mean_lexical.T).toarray()
        out[:, :, 4] = self.linear.scores(dense, lexical)
        out[:, :, 1], out[:, :, 3] = self.nearest(near_dense), self.nearest(near_lexical)
        return out


def score_weights(decision, intents):
    growth, trust = decision[EVIDENCE : 2 * EVIDENCE], decision[2 * EVIDENCE : 3 * EVIDENCE]
    plenty = float(intents.log_shots / (intents.log_shots + LOG_SHOTS_HALF))
    return decision[:EVIDENCE] + plenty * (growth + float(intents.trust) * trust)


def outside_features(evidence, scores, log_shots):
    """(texts, 11): what tells a text outside every intent: the best intent's evidence, its lead, and how much was given."""
    best = scores.argmax(axis=1)
    top = evidence[np.arange(len(best)), best]
    ordered = np.sort(scores, axis=1)
    lead = ordered[:, -1] - ordered[:, -2] if scores.shape[1] > 1 else np.zeros(len(best))
    ones = np.ones(len(best))
    given = [ones * np.log(scores.shape[1]), ones * log_shots]
    return np.column_stack([top, np.minimum(lead, LEAD_MAX), *given, top[:, 1] * log_shots, top[:, 3] * log_shots, ones])


def decide(weights, intents, dense, lexical):
    """Probability of each intent (texts, intents) and of none of them (texts,)."""
    evidence = intents.evidence(dense, lexical)
    scores = evidence @ score_weights(weights.decision, intents)
    share = np.exp(scores - scores.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    outside = weights.decision[3 * EVIDENCE :]
    none = 1.0 / (1.0 + np.exp(-outside_features(evidence, scores, intents.log_shots) @ outside))
    return share * (1.0 - none[:, None]), none
