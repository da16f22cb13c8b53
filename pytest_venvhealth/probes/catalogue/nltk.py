# imports: nltk, nltk.stem, nltk.tokenize, nltk.translate.bleu_score, nltk.metrics, nltk.tree
# exercises: what needs no data: stems by Porter's own examples, tokens, distances, counts and
#   n-grams, a grammar parsed, a tagger trained, BLEU by hand, trees, a classifier
# versions: >=3.8
# timeout: 120
import math

import nltk
from nltk.metrics import edit_distance, jaccard_distance
from nltk.stem import PorterStemmer, SnowballStemmer
from nltk.tokenize import RegexpTokenizer, TreebankWordTokenizer, wordpunct_tokenize
from nltk.translate.bleu_score import sentence_bleu
from nltk.tree import Tree

stem = PorterStemmer().stem
for word, root in (
    ("caresses", "caress"),
    ("ponies", "poni"),
    ("relational", "relat"),
    ("hopping", "hop"),
    ("adjustment", "adjust"),
):
    assert stem(word) == root, (word, stem(word))
assert SnowballStemmer("german").stem("katzen") == "katz"
assert TreebankWordTokenizer().tokenize("They'll say $3.50, won't they?") == [
    "They",
    "'ll",
    "say",
    "$",
    "3.50",
    ",",
    "wo",
    "n't",
    "they",
    "?",
]
assert wordpunct_tokenize("a-b c") == ["a", "-", "b", "c"]
assert list(RegexpTokenizer(r"\d+").span_tokenize("a 12 b 3")) == [(2, 4), (7, 8)]

assert edit_distance("rain", "shine") == 3 and edit_distance("ab", "ba", transpositions=True) == 1
assert jaccard_distance({1, 2, 3}, {2, 3, 4}) == 0.5
counts = nltk.FreqDist("abracadabra")
assert counts.most_common(2)[0] == ("a", 5) and counts.freq("b") == 2 / 11
assert list(nltk.bigrams([1, 2, 3])) == [(1, 2), (2, 3)]

grammar = nltk.CFG.fromstring(
    "S -> N V | S P\nV -> 'saw' N\nN -> 'we' | 'her' | N P\nP -> 'with' N"
)
trees = list(nltk.ChartParser(grammar).parse(["we", "saw", "her", "with", "her"]))
assert len(trees) == 2, trees  # the two readings
assert all(tree.leaves() == ["we", "saw", "her", "with", "her"] for tree in trees)
tree = Tree.fromstring("(S (N we) (V saw (N her)))")
assert tree.height() == 4 and [each.label() for each in tree.subtrees()] == ["S", "N", "V", "N"]

tagged = [[("the", "D"), ("dog", "N")], [("the", "D"), ("run", "N")], [("dogs", "N"), ("run", "V")]]
simple = nltk.UnigramTagger(tagged, backoff=nltk.DefaultTagger("X"))
tagger = nltk.BigramTagger(tagged, backoff=simple)
assert tagger.tag(["the", "run", "cat"]) == [("the", "D"), ("run", "N"), ("cat", "X")]
assert tagger.tag(["dogs", "run"])[1] == ("run", "V")

# Four of five words and two of four pairs are right, and nothing is too short.
score = sentence_bleu([["a", "b", "c", "d", "e"]], ["a", "b", "x", "d", "e"], weights=(0.5, 0.5))
assert abs(score - math.sqrt(4 / 5 * 2 / 4)) < 1e-9, score
learnt = nltk.NaiveBayesClassifier.train(
    [({"end": "a"}, "f"), ({"end": "a"}, "f"), ({"end": "o"}, "m"), ({"end": "a"}, "m")]
)
assert learnt.classify({"end": "o"}) == "m" and learnt.classify({"end": "a"}) == "f"
