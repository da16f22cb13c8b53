# imports: sentencepiece
# exercises: a byte-pair and a unigram model trained in memory on a few sentences, encoding, round
#   trip, normalisation, unknown characters
import io

import sentencepiece as spm

sentences = [
    "the low tide is lower than the lowest tide",
    "a new tide is newer than the newest river",
    "the river is wide and the river is slow",
    "low and slow, wide and new",
] * 5
for kind in ("bpe", "unigram"):
    file = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=file,
        model_type=kind,
        vocab_size=45,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
    )
    model = spm.SentencePieceProcessor(model_proto=file.getvalue())
    assert model.bos_id() == 1 and model.eos_id() == 2 and model.unk_id() == 0
    text = "the newest tide is low"
    pieces = model.encode(text, out_type=str)
    assert "".join(pieces).replace("\u2581", " ").strip() == text, pieces
    assert len(pieces) < len(text), "nothing was merged"
    ids = model.encode(text)
    assert model.decode(ids) == text, model.decode(ids)
    assert [model.id_to_piece(number) for number in ids] == pieces
    # NFKC: full-width letters are the plain ones.
    assert model.encode("\uff4c\uff4f\uff57") == model.encode("low")
    assert model.unk_id() in model.encode("\u4e2d")
    assert model.encode(text, add_bos=True, add_eos=True) == [1, *ids, 2]
