//! Group B: values, number and size of parameters.

mod limits;
mod repeats;
mod response;
mod tampering;
mod values;
