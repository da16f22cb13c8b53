# imports: trl, trl.trainer.sft_trainer
# exercises: conversations told from plain texts, written by a template and packed; one step of
#   supervised fine-tuning of a made-up model, its loss against the plain cross entropy
# versions: >=0.20
# timeout: 240
import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BloomConfig, BloomForCausalLM, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer, apply_chat_template, is_conversational, pack_dataset

words = ["[PAD]", "[UNK]", "[END]", "red", "green", "blue", "user:", "assistant:"]
inner = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=inner, pad_token="[PAD]", eos_token="[END]", unk_token="[UNK]"
)
tokenizer.chat_template = (
    "{% for each in messages %}{{ each.role }}: {{ each.content }} {% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
talk = {
    "prompt": [{"role": "user", "content": "red"}],
    "completion": [{"role": "assistant", "content": "green"}],
}
assert is_conversational(talk) and not is_conversational({"prompt": "red"})
assert apply_chat_template(talk, tokenizer) == {
    "prompt": "user: red assistant: ",
    "completion": "green ",
}

numbers = Dataset.from_dict({"input_ids": [[1, 2, 3], [4, 5], [6], [7, 8]]})
packed = pack_dataset(numbers, seq_length=4)["input_ids"][:]
assert sorted(each for row in packed for each in row) == list(range(1, 9)), packed
assert len(packed) == 2 and max(map(len, packed)) == 4 and [1, 2, 3, 6] in packed, packed

torch.manual_seed(0)
config = BloomConfig(
    vocab_size=8,
    hidden_size=16,
    n_layer=1,
    n_head=2,
    bos_token_id=None,
    eos_token_id=2,
    pad_token_id=0,
)
model = BloomForCausalLM(config)
rows = {"prompt": ["red green", "blue"], "completion": [" blue", " red green"]}
with torch.no_grad():
    # Only the completion is learnt, and the end after it.
    lost = []
    for prompt, completion in zip(rows["prompt"], rows["completion"]):
        text = f"{prompt}{completion} [END]".split()
        ids = torch.tensor([words.index(word) for word in text])
        scores = model(ids[None, :-1]).logits[0].log_softmax(-1)
        start = len(prompt.split())
        lost += [-scores[place - 1, ids[place]].item() for place in range(start, len(text))]
    expected = sum(lost) / len(lost)
before = model.transformer.word_embeddings.weight.clone()
trainer = SFTTrainer(
    model=model,
    args=SFTConfig(
        "out",
        max_steps=1,
        per_device_train_batch_size=2,
        learning_rate=0.01,
        logging_steps=1,
        report_to=[],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        save_strategy="no",
        disable_tqdm=True,
        dataset_num_proc=None,
    ),
    train_dataset=Dataset.from_dict(rows),
    processing_class=tokenizer,
)
told = trainer.train().training_loss
assert abs(told - expected) < 1e-3, (told, expected)
# The first step of Adam moves what has a slope by the rate.
moved = (model.transformer.word_embeddings.weight - before).abs().max().item()
assert 0.005 < moved < 0.011, moved
