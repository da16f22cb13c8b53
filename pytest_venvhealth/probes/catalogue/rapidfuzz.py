# imports: rapidfuzz, rapidfuzz.distance
# exercises: edit distances with their steps against a computation by hand, similarity of texts and
#   of their words, best matches out of many, cleaning; the C++ code where it is built
# versions: >=3.0
import importlib
import importlib.util
import os
import random

from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import (
    OSA,
    DamerauLevenshtein,
    Hamming,
    Indel,
    Jaro,
    JaroWinkler,
    LCSseq,
    Levenshtein,
)

# C++ code that does not load would silently be replaced: by other C++ code or by Python.
for name in ("fuzz_cpp", "utils_cpp", "process_cpp_impl", "distance.metrics_cpp"):
    suffixes = [""]
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            suffixes += ["_avx2"] if " avx2 " in file.read() else []
    for suffix in suffixes:
        if importlib.util.find_spec("rapidfuzz." + name + suffix) is not None:
            importlib.import_module("rapidfuzz." + name + suffix)

assert Levenshtein.distance("kitten", "sitting") == 3
assert Levenshtein.distance("kitten", "sitting", weights=(1, 1, 2)) == 5
assert Levenshtein.distance("kitten", "sitting", score_cutoff=1) == 2  # no more than it must know
assert Levenshtein.normalized_similarity("lewenstein", "levenshtein") == 1 - 2 / 11
assert Indel.distance("lewenstein", "levenshtein") == 3 and Hamming.distance("abcd", "abxy") == 2
assert OSA.distance("CA", "ABC") == 3 and DamerauLevenshtein.distance("CA", "ABC") == 2
assert LCSseq.similarity("AGGTAB", "GXTXAYB") == 4
assert abs(Jaro.similarity("MARTHA", "MARHTA") - 17 / 18) < 1e-9
assert abs(JaroWinkler.similarity("MARTHA", "MARHTA") - (17 / 18 + 0.3 / 18)) < 1e-9
steps = [tuple(step) for step in Levenshtein.editops("qabxcd", "abycdf")]
assert steps == [("delete", 0, 0), ("replace", 3, 2), ("insert", 6, 5)], steps
assert Levenshtein.opcodes("kitten", "sitting").apply("kitten", "sitting") == "sitting"


def by_hand(left, right):
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


dice = random.Random(1)
for length in (5, 63, 64, 65, 130, 200):  # the code works on words of 64 bits
    left = "".join(dice.choice("abc\u00e9\u6f22") for _ in range(length))
    right = "".join(dice.choice("abc\u00e9\u6f22") for _ in range(length + 3))
    assert Levenshtein.distance(left, right) == by_hand(left, right), (left, right)
assert Levenshtein.distance([1, 2, 3], [1, 3]) == 1 and Levenshtein.distance("", "abc") == 3

assert fuzz.ratio("this is a test", "this is a test!") == 200 * 14 / 29
assert fuzz.partial_ratio("a test", "this is a test!") == 100
assert fuzz.token_sort_ratio("new york mets", "mets york new") == 100
assert fuzz.token_set_ratio("fuzzy fuzzy bear", "bear fuzzy") == 100
assert fuzz.WRatio("same", "same") == 100 and fuzz.ratio("abc", "xyz") == 0
assert fuzz.ratio("test", "Tes!", score_cutoff=90) == 0
best = fuzz.partial_ratio_alignment("cde", "abcdefg")
assert (best.dest_start, best.dest_end) == (2, 5), best
assert utils.default_process(" Hello, W\u00d6RLD! ").split() == ["hello", "w\u00f6rld"]

teams = ["Atlanta Falcons", "New York Jets", "New York Giants", "Dallas Cowboys"]
name, score, index = process.extractOne("cowboys", teams, processor=utils.default_process)
assert (name, index) == ("Dallas Cowboys", 3) and 0 < score <= 100
found = process.extract("new york jets", teams, scorer=fuzz.ratio, processor=str.lower, limit=2)
assert [row[0] for row in found] == ["New York Jets", "New York Giants"] and found[0][1] == 100
close = process.extract_iter("hello", ["hallo", "xyz"], scorer=Levenshtein.distance, score_cutoff=1)
assert [(row[0], row[1]) for row in close] == [("hallo", 1)]
assert process.extractOne("x", ["aaa"], score_cutoff=50) is None
if importlib.util.find_spec("numpy") is not None:
    scores = process.cdist(["ab", "abc"], ["ab", "xy"], scorer=Levenshtein.distance)
    assert scores.tolist() == [[0, 2], [1, 3]], scores
