//! Signatures per CPU-second of `token-signing`, beside those of the bare library.

use serde_json::{Value, json};

use super::line;
use crate::speed::goals::SERVICE;
use crate::speed::signing::Signing;
use crate::statistics::Spread;

pub(super) fn write(text: &mut String, all: &[Signing]) {
    line(
        text,
        "\nSignatures per CPU-second of token-signing over gRPC, beside those of the bare library with the key held ready.\n",
    );
    let names = ["bare", "service", "ratio"].map(|name| format!("{name:>10}"));
    line(text, &format!("  {:<46}{}", "", names.concat()));
    for signing in all {
        let median = |figures: &[f64]| Spread::of(figures.iter().copied()).median;
        let (bare, service) = (median(&signing.bare), median(&signing.service));
        let pairs = signing.service.iter().zip(&signing.bare);
        let ratio = Spread::of(pairs.map(|(service, bare)| service / bare)).median;
        let name = format!("{}, {}", signing.algorithm, signing.batch.name());
        line(
            text,
            &format!("  {name:<46}{bare:>10.0}{service:>10.0}{ratio:>10.2}"),
        );
        let goal = SERVICE.describe(ratio, "times as many");
        line(text, &format!("      {goal}"));
    }
}

pub(super) fn json(signing: &Signing) -> Value {
    json!({
        "algorithm": signing.algorithm,
        "batch": signing.batch.name(),
        "bare": signing.bare,
        "service": signing.service,
    })
}
