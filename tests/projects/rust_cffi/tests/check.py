"""The hash of a known text, from the installed wheel."""

from wy_rust_cffi import hash_hex

assert hash_hex("") == "cbf29ce484222325"
assert hash_hex("foobar") == "85944171f73967e8"
