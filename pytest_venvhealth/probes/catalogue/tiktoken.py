# imports: tiktoken, tiktoken_ext.openai_public
# exercises: byte pair encoding with a small vocabulary of its own: merges, special tokens, batches,
#   single bytes, decoding with offsets, the names of OpenAI's vocabularies
# versions: >=0.5
import tiktoken

ranks = {bytes([value]): value for value in range(256)}
for token in (b"ab", b"abc", b"cd", b" ab", "\u00e9".encode()):
    ranks[token] = len(ranks)

encoding = tiktoken.Encoding(
    "small",
    pat_str=r" ?\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    mergeable_ranks=ranks,
    special_tokens={"<|end|>": 300},
)
assert encoding.n_vocab == 301 and encoding.max_token_value == 300
# The lowest rank merges first: ab + cd, not abc + d; then a b c becomes abc.
assert encoding.encode("abcd") == [257, ord("d")], encoding.encode("abcd")
assert encoding.encode("abc") == [257] and encoding.encode("cd") == [258]
assert encoding.encode("ab ab") == [256, 259], encoding.encode("ab ab")
assert encoding.encode("123") == [ord("1"), ord("2"), ord("3")]
assert encoding.encode("\u00e9") == [260]

assert encoding.encode("a<|end|>", allowed_special={"<|end|>"}) == [97, 300]
assert encoding.encode("<|end|>", disallowed_special=()) == [ord(letter) for letter in "<|end|>"]
try:
    encoding.encode("a<|end|>")
except ValueError:
    pass
else:
    raise AssertionError("a special token in plain text was accepted")

text = "abcd caf\u00e9 \U0001f600 x\n\n 2024"
tokens = encoding.encode_ordinary(text)
assert encoding.decode(tokens) == text
assert b"".join(encoding.decode_tokens_bytes(tokens)) == text.encode()
assert encoding.decode_with_offsets([257, 100, 300]) == ("abcd<|end|>", [0, 3, 4])
assert encoding.decode_bytes([0xC3]) == b"\xc3" and encoding.decode([0xC3]) == "\ufffd"
assert encoding.encode_batch(["ab", "cd"], num_threads=2) == [[256], [258]]
assert encoding.encode_single_token("abc") == 257
assert encoding.decode_single_token_bytes(300) == b"<|end|>"
assert {"gpt2", "cl100k_base"} <= set(tiktoken.list_encoding_names())
assert tiktoken.encoding_name_for_model("gpt-4") == "cl100k_base"
