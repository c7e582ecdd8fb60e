//! FNV-1a, and the owner of the strings it gives.

use std::ffi::{c_char, CStr, CString};

/// The hash of a C string; 0 for none.
///
/// # Safety
/// `text` is null or a C string.
#[no_mangle]
pub unsafe extern "C" fn wy_hash(text: *const c_char) -> u64 {
    if text.is_null() {
        return 0;
    }
    CStr::from_ptr(text)
        .to_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// The hash in hexadecimal; give it back to `wy_free`.
///
/// # Safety
/// `text` is null or a C string.
#[no_mangle]
pub unsafe extern "C" fn wy_hash_hex(text: *const c_char) -> *mut c_char {
    CString::new(format!("{:016x}", wy_hash(text))).map_or(std::ptr::null_mut(), CString::into_raw)
}

/// Frees what `wy_hash_hex` gave.
///
/// # Safety
/// `text` is what `wy_hash_hex` gave, and was not freed before.
#[no_mangle]
pub unsafe extern "C" fn wy_free(text: *mut c_char) {
    if !text.is_null() {
        drop(CString::from_raw(text));
    }
}
