//! `prompt` and `max_age`: the required age of the sign-in.

use doorward_oauth2_types::{Prompt, parameters};

use crate::error::OAuthError;
use crate::pipeline::RawParams;

pub(super) fn check(params: &RawParams) -> Result<(Prompt, Option<u64>), OAuthError> {
    let prompt = params.get(parameters::PROMPT).unwrap_or_default().parse();
    let prompt = prompt.map_err(|_| {
        OAuthError::invalid_request("prompt none must not be combined with other values")
    })?;
    let max_age = params
        .get(parameters::MAX_AGE)
        .map(parse_max_age)
        .transpose()?;
    Ok((prompt, max_age))
}

/// Digits only: `u64` would also read a leading `+`.
fn parse_max_age(value: &str) -> Result<u64, OAuthError> {
    // mutant: malformed-max-age-ignored, large-max-age-panics
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| digits).ok_or_else(|| {
        OAuthError::invalid_request("max_age must be a whole number of seconds, 0 or more")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_040_none_stands_alone() {
        for (query, accepted) in [
            ("prompt=none", true),
            ("prompt=login%20consent", true),
            ("prompt=none%20login", false),
        ] {
            assert_eq!(
                check(&RawParams::parse(query).unwrap()).is_ok(),
                accepted,
                "{query}"
            );
        }
    }

    #[test]
    fn sec_045_max_age() {
        for (value, expected) in [("0", Some(0)), ("3600", Some(3600))] {
            assert_eq!(parse_max_age(value).ok(), expected, "{value}");
        }
        for value in ["-1", "+1", "abc", "1.5", "99999999999999999999"] {
            assert!(parse_max_age(value).is_err(), "{value}");
        }
    }
}
