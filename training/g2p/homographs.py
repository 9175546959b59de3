"""Fits the weights of `crates/text/src/g2p/homograph/table.rs` and prints how often they are right.

    OMP_NUM_THREADS=1 python3 homographs.py SENTENCES TABLE.rs

SENTENCES is a folder with one tab-separated file a word (columns homograph, wordid, sentence, start, end), as in
the Wikipedia homograph data. `homographs.tsv`, beside this file, says which ids are a word's first reading, and
how both readings are said. Words whose kind is "verb" share their weights; those of kind "sense" have their own.
One sentence in five, chosen by a hash, is kept out of the fit. Needs scipy and scikit-learn.
"""

import collections
import csv
import hashlib
import os
import re
import sys
import textwrap

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

STEPS = 16  # a weight of 1.0 in the table
NEAR = 7
TOKEN = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’-][A-Za-zÀ-ÿ]+)*|\d[\d,.]*|[.,;:!?()\"—–-]")
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../crates/text/src/g2p/homograph.rs")


def word_list(name):
    """A constant of homograph.rs, so that fit and program cannot differ."""
    body = re.search(r"const %s: \[&str; \d+\] = \[(.*?)\];" % name, open(SOURCE, encoding="utf8").read(), re.S)
    return re.findall(r'"([^"]+)"', body[1])


BEFORE_VERB, BEFORE_NOUN, BEFORE_PRESENT, BEFORE_PAST = map(
    word_list, ["BEFORE_VERB", "BEFORE_NOUN", "BEFORE_PRESENT", "BEFORE_PAST"]
)


def readings():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "homographs.tsv"), encoding="utf8") as f:
        return {row["word"]: row for row in csv.DictReader(f, delimiter="\t")}


def examples(folder, table):
    """(word, whether the first reading, words, pauses, place, share of 10) for every sentence."""
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf8", newline="") as f:
            for row in csv.DictReader(f, delimiter="\t"):
                word, sentence, start = row["homograph"], row["sentence"], int(row["start"])
                if word not in table:
                    continue
                words, pauses, at = [], [], None
                for m in TOKEN.finditer(sentence):
                    if re.match(r"\w", m[0]):
                        at = len(words) if m.start() <= start < m.end() else at
                        words.append(m[0])
                        pauses.append(False)
                    elif words:
                        pauses[-1] = True
                if at is not None:
                    share = int(hashlib.md5(sentence.encode()).hexdigest(), 16) % 10
                    first = row["wordid"] in table[word]["first_ids"].split(",")
                    yield word, first, words, pauses, at, share


def features(word, grammar, words, pauses, at):
    lower = [w.lower().replace("’", "'") for w in words]
    here = lambda i, missing: lower[i] if 0 <= i < len(lower) else missing
    capital = words[at][0].isupper() and at > 0
    found = {("prior", word)}
    if grammar:
        starts = at == 0 or pauses[at - 1]
        ends = at == len(lower) - 1 or pauses[at]
        before = "^" if starts else here(at - 1, "^")
        earlier = "^" if starts or at < 2 or pauses[at - 2] else here(at - 2, "^")
        after = "$" if ends else here(at + 1, "$")
        later = "$" if ends or at + 2 >= len(lower) or pauses[at + 1] else here(at + 2, "$")
        found |= {("before", before), ("earlier", earlier), ("after", after), ("later", later)}
        for ending in ("ly", "ing", "ed", "s", "'s"):
            if len(before) > 3 and before.endswith(ending):
                found.add(("before_endings", ending))
            if len(after) > 3 and after.endswith(ending):
                found.add(("after_endings", ending))
        classes = {
            "verb": before in BEFORE_VERB,
            "noun": before in BEFORE_NOUN,
            "adverb": earlier in BEFORE_VERB and before.endswith("ly"),
            "capital": capital,
        }
        return found | {("classes", name) for name, holds in classes.items() if holds}
    before, after, earlier = here(at - 1, "^"), here(at + 1, "^"), here(at - 2, "^")
    found |= {(word, "<" + before), (word, ">" + after)}
    if capital:
        found.add((word, "^"))
    if word == "read":
        if before in BEFORE_PRESENT or (before == "me" and earlier == "let"):
            found.add((word, "=present"))
        elif before in BEFORE_PAST or earlier in BEFORE_PAST[:8]:
            found.add((word, "=past"))
    near = lower[max(0, at - NEAR) : at] + lower[at + 1 : at + NEAR + 1]
    return found | {(word, w) for w in near}


def main():
    folder, out = sys.argv[1:]
    table = readings()
    grammar = lambda word: table[word]["kind"] == "verb"
    data = list(examples(folder, table))
    seen = [features(e[0], grammar(e[0]), *e[2:5]) for e in data]
    fit = [i for i, e in enumerate(data) if e[5] < 8]
    held = [i for i, e in enumerate(data) if e[5] >= 8]
    counts = collections.Counter(f for i in fit for f in seen[i])
    least = lambda f: 1 if f[0] == "prior" else 3 if f[0] in table else 6
    index = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= least(f)))}

    def matrix(rows):
        at = [(r, index[f]) for r, i in enumerate(rows) for f in seen[i] if f in index]
        r, c = zip(*at)
        return csr_matrix((np.ones(len(r)), (r, c)), shape=(len(rows), len(index)))

    first = np.array([e[1] for e in data])
    model = LogisticRegression(C=1.0, penalty="l1", solver="liblinear", fit_intercept=False, max_iter=300)
    model.fit(matrix(fit), first[fit])
    weights = np.clip(np.round(model.coef_[0] * STEPS), -127, 127).astype(int)
    # A word of which only one reading was seen must not be deaf to its neighbours.
    for word, row in table.items():
        kinds = {e[1] for e in data if e[0] == word}
        if grammar(word) and kinds == {False}:
            index_of = index.get(("prior", word))
            weights[index_of] = max(weights[index_of], -24)
    for name, rows in (("fitted", fit), ("held out", held)):
        right = (matrix(rows) @ weights > 0) == first[rows]
        by_word = collections.defaultdict(list)
        for i, ok in zip(rows, right):
            by_word[data[i][0]].append(ok)
        macro = np.mean([np.mean(v) for v in by_word.values()])
        print(f"{name}: {len(rows)} sentences, {100 * right.mean():.2f} % right, {100 * macro:.2f} % by word")
        if name == "held out":
            for word in "bass close lead live minute present produce read record tear use wind".split():
                if word in by_word:
                    print(f"  {word}: {sum(by_word[word])} of {len(by_word[word])}")
    weight = {f: int(weights[i]) for f, i in index.items() if weights[i] != 0}
    write(out, table, weight, grammar)


def write(out, table, weight, grammar):
    def rows(group):
        found = sorted((k[1], w) for k, w in weight.items() if k[0] == group)
        pairs = ['("%s", %d)' % (key.replace('"', '\\"'), w) for key, w in found]
        return textwrap.fill(", ".join(pairs), 120, break_on_hyphens=False)

    head = "//! Weights of [`super`], made by `training/g2p/homographs.py`; 16 is a weight of one. Not laid out by rustfmt."
    lines = [head, "", "use super::{Homograph, Weights, sense, verb};", ""]
    lines += ["pub(super) static HOMOGRAPHS: [Homograph; %d] = [" % len(table)]
    for word, row in sorted(table.items()):
        prior = weight.get(("prior", word), 0)
        # Without sentences: mostly the noun.
        prior = -16 if word in ("tears", "transfer") else prior
        lines.append('    %s("%s", "%s", "%s", %d),' % (row["kind"], word, row["first"], row["second"], prior))
    lines += ["];", ""]
    for group in ("before", "earlier", "after", "later", "before_endings", "after_endings", "classes"):
        lines += ["pub(super) static %s: &Weights = &[\n%s\n];" % (group.upper(), rows(group))]
    senses = [w for w in sorted(table) if not grammar(w) and (rows(w) or w == "tears")]
    lines += ["", "pub(super) static NEARBY: [(&str, &Weights); %d] = [" % len(senses)]
    lines += ['("%s", &[\n%s\n]),' % (w, rows("tear" if w == "tears" else w)) for w in senses]
    lines += ["];", ""]
    open(out, "w", encoding="utf8").write("\n".join(lines))


main()
