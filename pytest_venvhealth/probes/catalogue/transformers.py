# imports: transformers, transformers.models.auto
# exercises: a configuration's round trip; with torch, tiny BERT and Bloom models made from a
#   configuration, forward, masked and causal, a step of greedy generation
# timeout: 180
import importlib.util

from transformers import AutoConfig, BertConfig, BloomConfig

small = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
bert_config = BertConfig(vocab_size=30, intermediate_size=32, max_position_embeddings=16, **small)
bert_config.save_pretrained("bert")
assert AutoConfig.from_pretrained("bert").to_dict()["intermediate_size"] == 32

if importlib.util.find_spec("torch") is not None:
    import torch
    from transformers import AutoModel, BertModel, BloomForCausalLM

    torch.manual_seed(0)
    ids = torch.tensor([[1, 5, 7, 9]])
    with torch.no_grad():
        bert = AutoModel.from_config(bert_config).eval()
        assert isinstance(bert, BertModel), type(bert)
        plain = bert(ids)
        hidden = plain.last_hidden_state
        assert hidden.shape == (1, 4, 16), hidden.shape
        # The last step is a layer normalisation with weight 1 and bias 0: mean 0, variance 1.
        assert torch.allclose(hidden.mean(-1), torch.zeros(1, 4), atol=1e-4), hidden.mean(-1)
        assert torch.allclose(hidden.var(-1, unbiased=False), torch.ones(1, 4), atol=1e-3)
        # What the mask hides has no influence.
        padded = bert(
            torch.tensor([[1, 5, 7, 9, 3]]), attention_mask=torch.tensor([[1, 1, 1, 1, 0]])
        )
        assert torch.allclose(padded.last_hidden_state[:, :4], hidden, atol=1e-4)
        other = bert(torch.tensor([[1, 5, 8, 9]])).last_hidden_state
        assert not torch.allclose(other[:, 0], hidden[:, 0], atol=1e-4), "no attention"
        # The pooler is a known function of the first position.
        pooled = torch.tanh(hidden[:, 0] @ bert.pooler.dense.weight.T + bert.pooler.dense.bias)
        assert torch.allclose(plain.pooler_output, pooled, atol=1e-5)

        bloom_config = BloomConfig(vocab_size=30, hidden_size=16, n_layer=1, n_head=2)
        bloom = BloomForCausalLM(bloom_config).eval()
        scores = bloom(ids).logits
        assert scores.shape == (1, 4, 30), scores.shape
        # A causal model: a later token changes nothing before it, and something at its place.
        later = bloom(torch.tensor([[1, 5, 7, 11]])).logits
        assert torch.allclose(later[:, :3], scores[:, :3], atol=1e-4)
        assert not torch.allclose(later[:, 3], scores[:, 3], atol=1e-4)
        made = bloom.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=1, do_sample=False
        )
        assert made.shape == (1, 5), made
        assert made[0, -1].item() == scores[0, -1].argmax().item(), made

    bloom.train()
    loss = bloom(ids, labels=ids).loss
    expected = torch.nn.functional.cross_entropy(bloom(ids).logits[0, :-1], ids[0, 1:])
    assert torch.allclose(loss, expected, atol=1e-4), (loss, expected)
    loss.backward()
    assert any(weight.grad is not None for weight in bloom.parameters())
