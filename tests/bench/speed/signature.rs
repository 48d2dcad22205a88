//! The cost of a signature on this machine: the CPU time that every server needs.

use std::fs;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

/// The number of signatures, which take tens of milliseconds together.
const SIGNATURES: u32 = 200;
/// A message about as long as header and claims of a token.
const MESSAGE: [u8; 500] = [b'a'; 500];

/// Signs [`MESSAGE`].
type Sign = Box<dyn FnMut()>;

/// An algorithm of the library that Doorward signs with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Algorithm {
    /// Its name in RFC 7518 §3.1.
    pub(crate) name: &'static str,
    /// Makes a key and holds it ready.
    key: fn() -> Sign,
}

impl Algorithm {
    /// RSA with 2048 bits.
    pub(crate) const RS256: Self = Self {
        name: "RS256",
        key: rs256,
    };

    /// CPU-milliseconds of a signature.
    pub(crate) async fn milliseconds(self) -> f64 {
        let measured = tokio::task::spawn_blocking(move || measure((self.key)())).await;
        measured.expect("signing does not fail")
    }
}

fn rs256() -> Sign {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let random = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    Box::new(move || {
        key.sign(&RSA_PKCS1_SHA256, &random, &MESSAGE, &mut signature)
            .expect("the key signs");
    })
}

fn measure(mut sign: Sign) -> f64 {
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
