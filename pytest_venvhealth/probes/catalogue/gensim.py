# imports: gensim, gensim.corpora, gensim.models, gensim.similarities, gensim.matutils
# exercises: a dictionary and its bags of words, TF-IDF by hand, a similarity index, topics by
#   singular values, word vectors trained in native code, vectors saved and loaded
# versions: >=4.4
# timeout: 120
import math

import numpy as np
from gensim import corpora, matutils, models, similarities
from gensim.models import word2vec

assert word2vec.FAST_VERSION >= 0, "the native training does not load"

texts = [["red", "green", "red"], ["green", "blue"], ["blue", "blue", "sky"]]
words = corpora.Dictionary(texts)
bags = [words.doc2bow(text) for text in texts]
ids = words.token2id
assert len(words) == 4 and words.dfs[ids["green"]] == 2 and words.num_pos == 8
assert dict(bags[0]) == {ids["red"]: 2, ids["green"]: 1}

# Weight: how often, times log2(3 texts / texts with the word), then of length one.
weights = dict(models.TfidfModel(bags)[bags[0]])
red, green = 2 * math.log2(3), math.log2(3 / 2)
length = math.hypot(red, green)
assert abs(weights[ids["red"]] - red / length) < 1e-6, weights
assert abs(weights[ids["green"]] - green / length) < 1e-6, weights

index = similarities.MatrixSimilarity(bags, num_features=4)
alike = index[words.doc2bow(["green", "blue"])]
expected = [1 / math.sqrt(10), 1.0, 2 / math.sqrt(10)]
assert np.allclose(alike, expected, atol=1e-5), alike
assert abs(matutils.cossim(bags[0], bags[1]) - expected[0]) < 1e-6

matrix = matutils.corpus2dense(bags, 4)
topics = models.LsiModel(bags, id2word=words, num_topics=3)
assert np.allclose(topics.projection.s, np.linalg.svd(matrix)[1][:3], atol=1e-4)

# Two kinds of sentences: words of one kind end up near each other.
rng = np.random.default_rng(1)
kinds = (["cat", "dog", "cow", "hen"], ["one", "two", "six", "ten"])
sentences = [[str(word) for word in rng.choice(kinds[i % 2], 6)] for i in range(400)]
trained = models.Word2Vec(
    sentences, vector_size=12, window=3, min_count=1, workers=1, seed=3, epochs=12
)
near = {word for word, _ in trained.wv.most_similar("cat", topn=3)}
assert near == {"dog", "cow", "hen"}, near
vector = trained.wv["dog"]
cosine = vector @ trained.wv["cat"] / np.linalg.norm(vector) / np.linalg.norm(trained.wv["cat"])
assert abs(trained.wv.similarity("dog", "cat") - cosine) < 1e-5
trained.wv.save_word2vec_format("vectors.bin", binary=True)
again = models.KeyedVectors.load_word2vec_format("vectors.bin", binary=True)
assert (again["dog"] == vector).all() and again.index_to_key == trained.wv.index_to_key
