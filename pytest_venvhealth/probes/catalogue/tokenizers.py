# imports: tokenizers, tokenizers.models, tokenizers.trainers
# exercises: a word-level model, byte-pair merges made in memory and trained, round trip, offsets,
#   padding, JSON in and out
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

words = Tokenizer(models.WordLevel({"[UNK]": 0, "a": 1, "small": 2, "test": 3}, unk_token="[UNK]"))
words.normalizer = normalizers.Lowercase()
words.pre_tokenizer = pre_tokenizers.Whitespace()
encoding = words.encode("A small strange test")
assert encoding.ids == [1, 2, 0, 3], encoding.ids
assert encoding.tokens == ["a", "small", "[UNK]", "test"]
assert encoding.offsets == [(0, 1), (2, 7), (8, 15), (16, 20)], encoding.offsets
assert words.decode([1, 2, 3]) == "a small test"

vocabulary = {"l": 0, "o": 1, "w": 2, "e": 3, "r": 4, "lo": 5, "low": 6, "er": 7}
pairs = Tokenizer(models.BPE(vocab=vocabulary, merges=[("l", "o"), ("lo", "w"), ("e", "r")]))
assert pairs.encode("lower").tokens == ["low", "er"]
again = Tokenizer.from_str(pairs.to_str())
assert again.encode("lower").ids == [6, 7]

learner = Tokenizer(models.BPE())
learner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
learner.decoder = decoders.ByteLevel()
trainer = trainers.BpeTrainer(
    vocab_size=300,
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    special_tokens=["[PAD]"],
    show_progress=False,
)
learner.train_from_iterator(["low lower lowest", "new newer newest"] * 5, trainer)
text = "a newer, lower Löwe 🦁"
assert learner.decode(learner.encode(text).ids) == text
assert len(learner.encode("lower").ids) < 5, "nothing was merged"
learner.enable_padding(pad_id=learner.token_to_id("[PAD]"), pad_token="[PAD]")
first, second = learner.encode_batch(["low", "a lowest zebra"])
assert len(first.ids) == len(second.ids)
assert sum(first.attention_mask) < len(first.ids)
