# imports: sentence_transformers, sentence_transformers.models, sentence_transformers.losses,
#   sentence_transformers.util
# exercises: a made-up BERT with pooling: sentences encoded in batches, against what its parts give,
#   saved and loaded; similarity, search and pairs; the loss of rankings
# versions: >=3
# timeout: 180
import math

import torch
from sentence_transformers import SentenceTransformer, losses, models, util
from transformers import BertConfig, BertModel, BertTokenizerFast

torch.manual_seed(0)
with open("vocab.txt", "w") as file:
    file.write("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "green", "blue"]))
BertTokenizerFast("vocab.txt").save_pretrained("bert")
bert = BertModel(
    BertConfig(
        vocab_size=8,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
    )
)
bert.save_pretrained("bert")
inner = models.Transformer("bert")
pooling = models.Pooling(inner.get_word_embedding_dimension(), pooling_mode="mean")
model = SentenceTransformer(modules=[inner, pooling, models.Normalize()], device="cpu")

# A mean over the words of each sentence, of length one, whatever it is padded with.
sentences = ["red", "green blue red green", "blue red"]
encoded = model.encode(sentences, batch_size=2, show_progress_bar=False, convert_to_tensor=True)
for ids, vector in zip([[5], [6, 7, 5, 6], [7, 5]], encoded):
    with torch.no_grad():
        mean = bert.eval()(torch.tensor([[2, *ids, 3]])).last_hidden_state[0].mean(0)
    assert torch.allclose(vector, mean / mean.norm(), atol=1e-5), vector
model.save("saved")
again = SentenceTransformer("saved", device="cpu").encode(sentences, show_progress_bar=False)
assert torch.allclose(torch.tensor(again), encoded, atol=1e-6)

vectors = torch.tensor([[1.0, 0.0], [3.0, 3.0], [0.0, -2.0]])
root = math.sqrt(0.5)
alike = util.cos_sim(vectors, vectors)
assert torch.allclose(
    alike, torch.tensor([[1.0, root, 0.0], [root, 1.0, -root], [0.0, -root, 1.0]]), atol=1e-6
), alike
assert util.dot_score(vectors[1], vectors).tolist() == [[3.0, 18.0, -6.0]]
(found,) = util.semantic_search(torch.tensor([[0.5, 0.4]]), vectors, top_k=2)
assert [hit["corpus_id"] for hit in found] == [1, 0], found
groups = util.community_detection(
    torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0], [-1.0, 0.0]]),
    min_community_size=2,
    threshold=0.9,
)
assert sorted(sorted(group) for group in groups) == [[0, 1], [2, 3]], groups

# Of each anchor's pairs the first is the right one: the cross entropy of the scaled cosines.
loss = losses.MultipleNegativesRankingLoss(model, scale=2.0)
features = [model.tokenize(["red", "green"]), model.tokenize(["blue", "red blue"])]
model.eval()
value = loss([dict(each) for each in features], torch.tensor([0, 0]))
a, b = (model(dict(each))["sentence_embedding"] for each in features)
expected = torch.nn.functional.cross_entropy(2.0 * a @ b.T, torch.tensor([0, 1]))
assert torch.allclose(value, expected, atol=1e-5), (value, expected)
value.backward()
assert inner.auto_model.embeddings.word_embeddings.weight.grad.abs().sum() > 0
