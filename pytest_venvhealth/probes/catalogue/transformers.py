# imports: transformers, transformers.models.auto
# exercises: a tokenizer made in memory, padding, its round trip; a configuration's round trip; with
#   torch, tiny BERT and Bloom models made from a configuration: masks, greedy generation, a loss,
#   a model saved and loaded
# timeout: 180
# needs: torch, else the models are left out
import importlib.util
import os

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoConfig, BertConfig, BloomConfig, PreTrainedTokenizerFast

inner = Tokenizer(models.WordLevel({"[UNK]": 0, "[PAD]": 1, "a": 2, "b": 3}, unk_token="[UNK]"))
inner.pre_tokenizer = pre_tokenizers.Whitespace()
inner.decoder = decoders.WordPiece()
words = PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="[UNK]", pad_token="[PAD]")
words.save_pretrained("words")
for tokenizer in (words, PreTrainedTokenizerFast.from_pretrained("words")):
    batch = tokenizer(["a b c", "b"], padding=True)
    assert batch["input_ids"] == [[2, 3, 0], [3, 1, 1]], batch
    assert batch["attention_mask"] == [[1, 1, 1], [1, 0, 0]], batch
    assert tokenizer.decode([3, 2, 1], skip_special_tokens=True) == "b a"

small = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
bert_config = BertConfig(vocab_size=30, intermediate_size=32, max_position_embeddings=16, **small)
bert_config.save_pretrained("bert")
assert AutoConfig.from_pretrained("bert").to_dict()["intermediate_size"] == 32

if importlib.util.find_spec("torch") is not None:
    import torch
    from transformers import AutoModel, AutoModelForCausalLM, BloomForCausalLM

    torch.manual_seed(0)
    ids = torch.tensor([[1, 5, 7, 9]])
    with torch.no_grad():
        bert = AutoModel.from_config(bert_config).eval()
        plain = bert(ids)
        hidden = plain.last_hidden_state
        # The last step is a layer normalisation with weight 1 and bias 0: mean 0, variance 1.
        assert torch.allclose(hidden.mean(-1), torch.zeros(1, 4), atol=1e-4), hidden
        assert torch.allclose(hidden.var(-1, unbiased=False), torch.ones(1, 4), atol=1e-3)
        # What the mask hides has no influence.
        mask = torch.tensor([[1, 1, 1, 1, 0]])
        padded = bert(torch.tensor([[1, 5, 7, 9, 3]]), attention_mask=mask).last_hidden_state
        assert torch.allclose(padded[:, :4], hidden, atol=1e-4)
        # The pooler is a known function of the first position.
        pooled = torch.tanh(hidden[:, 0] @ bert.pooler.dense.weight.T + bert.pooler.dense.bias)
        assert torch.allclose(plain.pooler_output, pooled, atol=1e-5)

        sizes = {"vocab_size": 30, "hidden_size": 16, "n_layer": 1, "n_head": 2}
        bloom = BloomForCausalLM(BloomConfig(eos_token_id=None, pad_token_id=0, **sizes)).eval()
        scores = bloom(ids).logits
        # A causal model: a later token changes nothing before it, and something at its place.
        later = bloom(torch.tensor([[1, 5, 7, 11]])).logits
        assert torch.allclose(later[:, :3], scores[:, :3], atol=1e-4)
        assert not torch.allclose(later[:, 3], scores[:, 3], atol=1e-4)
        mask = torch.ones_like(ids)
        made = bloom.generate(ids, attention_mask=mask, max_new_tokens=3, do_sample=False)
        greedy = ids
        for _ in range(3):
            best = bloom(greedy, use_cache=False).logits[:, -1:].argmax(-1)
            greedy = torch.cat([greedy, best], 1)
        assert made.tolist() == greedy.tolist(), (made, greedy)

        bloom.save_pretrained("bloom", safe_serialization=True)
        assert os.path.exists("bloom/model.safetensors")
        again = AutoModelForCausalLM.from_pretrained("bloom").eval()
        assert torch.equal(again(ids).logits, scores)

    loss = bloom(ids, labels=ids).loss
    expected = torch.nn.functional.cross_entropy(scores[0, :-1], ids[0, 1:])
    assert torch.allclose(loss, expected, atol=1e-4), (loss, expected)
    loss.backward()
    assert any(weight.grad is not None for weight in bloom.parameters())
