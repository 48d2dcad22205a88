//! The cost of a signature on this machine: the CPU time that every server needs.

use std::fs;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

/// The number of signatures, which take tens of milliseconds together.
const SIGNATURES: u32 = 200;
/// A message about as long as header and claims of a token.
const MESSAGE: [u8; 500] = [b'a'; 500];

/// CPU-milliseconds of an RS256 signature with 2048 bits, by the library that Doorward signs with.
pub(crate) async fn milliseconds() -> f64 {
    let measured = tokio::task::spawn_blocking(measure).await;
    measured.expect("signing does not fail")
}

fn measure() -> f64 {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let random = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    let mut sign = || {
        key.sign(&RSA_PKCS1_SHA256, &random, &MESSAGE, &mut signature)
            .expect("the key signs");
    };
    sign();
    let before = nanoseconds();
    for _ in 0..SIGNATURES {
        sign();
    }
    (nanoseconds() - before) / 1e6 / f64::from(SIGNATURES)
}

/// CPU time of this thread, as the scheduler counts it.
fn nanoseconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    let time = text.split(' ').next().expect("it begins with the time");
    time.parse().expect("the time is a number")
}
