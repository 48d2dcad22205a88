//! Accepted parameters equal those of a second, lenient parser, and keep the limits.
#![no_main]

use doorward_authorize_frontend::fuzzing::parameters;
use doorward_fuzz::in_time;
use doorward_oauth2_types::parameters::is_known;
use libfuzzer_sys::fuzz_target;
use url::form_urlencoded::{Serializer, parse};

fuzz_target!(|input: &str| {
    let Some(pairs) = in_time(|| parameters(input)) else {
        return;
    };
    let expected: Vec<(String, String)> = parse(input.as_bytes())
        .filter(|(name, value)| is_known(name) && !value.is_empty())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    assert_eq!(pairs, expected);
    assert!(pairs.len() <= 64);
    let bytes: usize = pairs
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    assert!(bytes <= 8 * 1024);
    assert!(!pairs.iter().any(|(_, value)| value.contains('\0')));

    let encoded = Serializer::new(String::new()).extend_pairs(&pairs).finish();
    assert_eq!(parameters(&encoded), Some(pairs), "not the same twice");
});
