# imports: _argon2_cffi_bindings
# exercises: the C functions themselves: a standard's vector, encoding and verifying
from _argon2_cffi_bindings import ffi, lib

# Argon2id by RFC 9106, 5.3, with a secret and associated data.
out = ffi.new("uint8_t[]", 32)
fields = {
    "pwd": ffi.new("uint8_t[]", b"\x01" * 32),
    "salt": ffi.new("uint8_t[]", b"\x02" * 16),
    "secret": ffi.new("uint8_t[]", b"\x03" * 8),
    "ad": ffi.new("uint8_t[]", b"\x04" * 12),
}
context = ffi.new("argon2_context *", fields)
context.out, context.outlen = out, 32
context.pwdlen, context.saltlen, context.secretlen, context.adlen = 32, 16, 8, 12
context.t_cost, context.m_cost, context.lanes, context.threads = 3, 32, 4, 4
context.version = 0x13
assert lib.argon2_ctx(context, lib.Argon2_id) == lib.ARGON2_OK
assert bytes(out[0:32]).hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"

costs, text = (2, 256, 1), ffi.new("char[]", 200)
inputs = (b"password", 8, b"somesalt", 8)
code = lib.argon2_hash(*costs, *inputs, ffi.NULL, 32, text, 200, lib.Argon2_id, 0x13)
assert code == lib.ARGON2_OK, code
stored = ffi.string(text)
assert stored.startswith(b"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$"), stored
assert lib.argon2_verify(stored, b"password", 8, lib.Argon2_id) == lib.ARGON2_OK
wrong = lib.argon2_verify(stored, b"Password", 8, lib.Argon2_id)
assert wrong == lib.ARGON2_VERIFY_MISMATCH
