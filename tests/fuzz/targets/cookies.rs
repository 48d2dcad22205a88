//! Every accepted cookie is short, and a second parser accepts it too. Sent once it is accepted, sent twice it is not.
//!
//! Each line of an input is a `Cookie` header.
#![no_main]

use cookie::Cookie;
use doorward_authorize_frontend::fuzzing::cookies;
use doorward_fuzz::in_time;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 2] = ["__Host-doorward-session", "__Host-doorward-browser"];

fuzz_target!(|input: &[u8]| {
    let lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    let found = in_time(|| cookies(&lines));
    for (name, value) in NAMES.into_iter().zip(found) {
        if let Some(value) = value {
            check(&lines, name, &value);
        }
    }
});

fn check(lines: &[&[u8]], name: &str, value: &str) {
    assert!((1..=256).contains(&value.len()));
    let sent = lines
        .iter()
        .map(|line| String::from_utf8_lossy(line))
        .any(|line| {
            Cookie::split_parse(line.into_owned())
                .flatten()
                .any(|cookie| cookie.name() == name && cookie.value() == value.trim())
        });
    assert!(sent, "{name}={value}");
    let pair = format!("{name}={value}");
    let position = NAMES
        .iter()
        .position(|known| *known == name)
        .expect("one of them");
    let alone = cookies(&[pair.as_bytes()]);
    assert_eq!(alone[position].as_deref(), Some(value));
    let twice = cookies(&[lines, &[pair.as_bytes()]].concat());
    assert_eq!(twice[position], None);
}
