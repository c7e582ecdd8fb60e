use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The sum of the digits of a number; letters are an error.
#[pyfunction]
fn digit_sum(text: &str) -> PyResult<u32> {
    text.chars()
        .map(|letter| letter.to_digit(10).ok_or_else(|| PyValueError::new_err(format!("no digit: {letter}"))))
        .sum()
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(digit_sum, module)?)
}
