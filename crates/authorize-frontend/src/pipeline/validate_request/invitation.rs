//! `invitation`: invitations do not exist yet, so none can be open.

use doorward_oauth2_types::ErrorCode;
use doorward_oauth2_types::auth0;

use crate::error::OAuthError;
use crate::pipeline::RawParams;

pub(super) fn check(params: &RawParams, is_silent: bool) -> Result<(), OAuthError> {
    if params.get(auth0::INVITATION).is_none() {
        return Ok(());
    }
    // Accepting an invitation is an interaction, whatever its state.
    // mutant: invitation-accepted-silently
    if is_silent {
        let description = "Interaction required";
        return Err(OAuthError::new(ErrorCode::InteractionRequired, description));
    }
    Err(OAuthError::invalid_request(
        "invitation not found or already used",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_099_an_invitation_is_not_accepted_silently() {
        let params = RawParams::parse("organization=org_a&invitation=ticket").unwrap();
        for (is_silent, expected) in [
            (true, ErrorCode::InteractionRequired),
            (false, ErrorCode::InvalidRequest),
        ] {
            let refused = check(&params, is_silent).unwrap_err();
            assert_eq!(refused.code, expected, "{is_silent}");
        }
    }
}
