# imports: rapidfuzz, rapidfuzz.distance
# exercises: edit distances and their steps, similarity of texts and of their words, best matches
#   out of many; the C++ code where it is built
# versions: >=3.0
import importlib
import importlib.util

from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import Indel, JaroWinkler, LCSseq, Levenshtein

# C++ code that does not load would silently be replaced: by other C++ code or by Python.
for name in ("fuzz_cpp", "utils_cpp", "process_cpp_impl", "distance.metrics_cpp"):
    if importlib.util.find_spec("rapidfuzz." + name) is not None:
        importlib.import_module("rapidfuzz." + name)

assert Levenshtein.distance("kitten", "sitting") == 3
assert Levenshtein.distance("kitten", "sitting", weights=(1, 1, 2)) == 5
assert Levenshtein.distance("a\u6f22" * 100, "b\u6f22" * 100) == 100  # longer than 64 letters
assert Levenshtein.normalized_similarity("lewenstein", "levenshtein") == 1 - 2 / 11
steps = [tuple(step) for step in Levenshtein.editops("qabxcd", "abycdf")]
assert steps == [("delete", 0, 0), ("replace", 3, 2), ("insert", 6, 5)], steps
assert Indel.distance("lewenstein", "levenshtein") == 3
assert LCSseq.similarity("AGGTAB", "GXTXAYB") == 4
assert abs(JaroWinkler.similarity("MARTHA", "MARHTA") - (17 / 18 + 0.3 / 18)) < 1e-9

assert fuzz.ratio("this is a test", "this is a test!") == 200 * 14 / 29
assert fuzz.partial_ratio("a test", "this is a test!") == 100
assert fuzz.token_sort_ratio("new york mets", "mets york new") == 100
assert fuzz.token_set_ratio("fuzzy fuzzy bear", "bear fuzzy") == 100
assert utils.default_process(" Hello, W\u00d6RLD! ").split() == ["hello", "w\u00f6rld"]

teams = ["Atlanta Falcons", "New York Jets", "New York Giants", "Dallas Cowboys"]
name, score, index = process.extractOne("cowboys", teams, processor=utils.default_process)
assert (name, index) == ("Dallas Cowboys", 3) and 0 < score <= 100
found = process.extract("new york jets", teams, scorer=fuzz.ratio, processor=str.lower, limit=2)
assert [row[0] for row in found] == ["New York Jets", "New York Giants"] and found[0][1] == 100
