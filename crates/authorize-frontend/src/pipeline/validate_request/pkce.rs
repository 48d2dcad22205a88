//! `code_challenge` and `code_challenge_method`: nothing to do without a code, but a broken pair is still an error.

use doorward_oauth2_types::{CodeChallengeMethod, parameters};

use crate::error::OAuthError;
use crate::pipeline::RawParams;

pub(super) fn check(params: &RawParams) -> Result<(), OAuthError> {
    let challenge = params.get(parameters::CODE_CHALLENGE);
    let method = params.get(parameters::CODE_CHALLENGE_METHOD);
    match (challenge, method.map(str::parse)) {
        (None, None) | (Some(_), Some(Ok(CodeChallengeMethod::S256))) => Ok(()),
        (None, Some(_)) => Err(OAuthError::invalid_request("code_challenge is missing")),
        (Some(_), _) => Err(OAuthError::invalid_request(
            "code_challenge_method must be S256",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_or_neither_and_only_s256() {
        let cases = [
            ("", true),
            ("code_challenge=x&code_challenge_method=S256", true),
            ("code_challenge=x&code_challenge_method=plain", false),
            ("code_challenge=x", false),
            ("code_challenge_method=S256", false),
        ];
        for (query, accepted) in cases {
            let params = RawParams::parse(query).unwrap();
            assert_eq!(check(&params).is_ok(), accepted, "{query}");
        }
    }
}
