//! `nonce`: binds the ID token to the request.

use doorward_oauth2_types::{ResponseType, parameters};

use crate::error::OAuthError;
use crate::pipeline::RawParams;

/// Checks `nonce`, which is required for every ID token from this endpoint (OIDC Core §3.2.2.1).
pub(super) fn check(
    params: &RawParams,
    response_type: ResponseType,
) -> Result<Option<String>, OAuthError> {
    let nonce = params.get(parameters::NONCE);
    // mutant: nonce-not-required
    if nonce.is_none() && response_type.has_id_token() {
        return Err(OAuthError::invalid_request(
            "Missing required parameter: nonce",
        ));
    }
    Ok(nonce.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_041_wanted_with_an_id_token() {
        let without = RawParams::parse("").unwrap();
        assert!(check(&without, "id_token".parse().unwrap()).is_err());
        assert_eq!(check(&without, "token".parse().unwrap()), Ok(None));
    }
}
