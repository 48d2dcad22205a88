//! `invitation`: the ticket of an invitation into the organization of the request. It is looked up with the
//! organization.

use doorward_oauth2_types::{ErrorCode, auth0};

use crate::error::OAuthError;
use crate::model::Ticket;
use crate::pipeline::{Pending, RawParams};

/// Reads the ticket. Together with the sign-in that it came to, because one that this sign-in has used is still good
/// for the rest of it.
pub(super) fn check(
    params: &RawParams,
    is_silent: bool,
    pending: Option<&Pending>,
) -> Result<Option<Ticket>, OAuthError> {
    let Some(ticket) = params.get(auth0::INVITATION) else {
        return Ok(None);
    };
    // Accepting an invitation is an interaction, whatever its state.
    // mutant: invitation-accepted-silently
    if is_silent {
        let description = "Interaction required";
        return Err(OAuthError::new(ErrorCode::InteractionRequired, description));
    }
    Ok(Some(Ticket {
        id: ticket.to_owned(),
        acceptance_id: pending.map(Pending::acceptance_id),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_099_an_invitation_is_not_accepted_silently() {
        let params = RawParams::parse("organization=org_a&invitation=ticket").unwrap();
        let refused = check(&params, true, None).unwrap_err();
        assert_eq!(refused.code, ErrorCode::InteractionRequired);
        let ticket = check(&params, false, None).unwrap().unwrap();
        assert_eq!((&*ticket.id, ticket.acceptance_id), ("ticket", None));
    }

    #[test]
    fn a_ticket_is_not_printed() {
        let params = RawParams::parse("invitation=ticket").unwrap();
        let ticket = check(&params, false, None).unwrap();
        assert_eq!(format!("{ticket:?}"), "Some([redacted])");
    }
}
