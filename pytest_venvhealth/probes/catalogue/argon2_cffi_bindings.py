# imports: _argon2_cffi_bindings
# exercises: the C functions themselves: known vectors, encoding and verifying, error codes
from _argon2_cffi_bindings import ffi, lib

# The reference implementation's own tests: 256 KiB, two passes, one lane.
vectors = (
    (lib.Argon2_i, "89e9029f4637b295beb027056a7336c414fadd43f6b208645281cb214a56452f"),
    (lib.Argon2_id, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
)
for kind, wanted in vectors:
    out, size = ffi.new("uint8_t[]", 32), lib.argon2_encodedlen(2, 256, 1, 8, 32, kind)
    text = ffi.new("char[]", size)
    code = lib.argon2_hash(
        2,
        256,
        1,
        b"password",
        8,
        b"somesalt",
        8,
        out,
        32,
        text,
        size,
        kind,
        lib.ARGON2_VERSION_NUMBER,
    )
    assert code == lib.ARGON2_OK, code
    assert bytes(ffi.buffer(out, 32)).hex() == wanted
    stored = ffi.string(text)
    assert b"$v=19$m=256,t=2,p=1$c29tZXNhbHQ$" in stored and len(stored) == size - 1, stored
    assert lib.argon2_verify(stored, b"password", 8, kind) == lib.ARGON2_OK
    assert lib.argon2_verify(stored, b"Password", 8, kind) == lib.ARGON2_VERIFY_MISMATCH

code = lib.argon2_hash(
    2,
    256,
    1,
    b"password",
    8,
    b"salt",
    4,
    ffi.new("uint8_t[]", 32),
    32,
    ffi.NULL,
    0,
    lib.Argon2_id,
    19,
)
assert code == lib.ARGON2_SALT_TOO_SHORT and ffi.string(lib.argon2_error_message(code))

# The context structure, with the secret and the associated data of RFC 9106, 5.3.
out, password = ffi.new("uint8_t[]", 32), ffi.new("uint8_t[]", b"\x01" * 32)
salt, secret = ffi.new("uint8_t[]", b"\x02" * 16), ffi.new("uint8_t[]", b"\x03" * 8)
extra = ffi.new("uint8_t[]", b"\x04" * 12)
context = ffi.new(
    "argon2_context *",
    {
        "out": out,
        "outlen": 32,
        "pwd": password,
        "pwdlen": 32,
        "salt": salt,
        "saltlen": 16,
        "secret": secret,
        "secretlen": 8,
        "ad": extra,
        "adlen": 12,
        "t_cost": 3,
        "m_cost": 32,
        "lanes": 4,
        "threads": 4,
        "version": 0x13,
    },
)
assert lib.argon2_ctx(context, lib.Argon2_id) == lib.ARGON2_OK
assert bytes(out[0:32]).hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
