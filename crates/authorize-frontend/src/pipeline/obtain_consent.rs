//! Does the user agree to what will be issued?

use doorward_oauth2_types::{ErrorCode, Scope};
use doorward_proto::client_registry::v1::{Client, ResourceServer};
use doorward_proto::common::v1::User;
use doorward_proto::session::v1::Session;

use super::{Authenticated, ValidatedRequest};
use crate::error::{OAuthError, Stop};

/// A request that may be granted.
#[derive(Debug)]
pub(crate) struct Consented {
    authenticated: Authenticated,
}

impl Consented {
    pub(crate) fn request(&self) -> &ValidatedRequest {
        self.authenticated.request()
    }

    pub(crate) fn session(&self) -> &Session {
        self.authenticated.session()
    }

    pub(crate) fn user(&self) -> &User {
        self.authenticated.user()
    }

    pub(crate) fn granted_scope(&self) -> &Scope {
        self.request().scope()
    }
}

/// There is no consent page yet: whoever needs one is refused, with or without `prompt=none`.
pub(crate) fn obtain_consent(authenticated: Authenticated) -> Result<Consented, Stop> {
    let request = authenticated.request();
    if request.prompt().consent() || needs_consent(request.client(), request.api()) {
        return Err(OAuthError::new(ErrorCode::ConsentRequired, "Consent required").into());
    }
    Ok(Consented { authenticated })
}

/// A first-party application needs none for the user's own profile, and none for an API that says so.
fn needs_consent(client: &Client, api: Option<&ResourceServer>) -> bool {
    !client.is_first_party
        || api.is_some_and(|api| !api.skip_consent_for_verifiable_first_party_clients)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_needs_consent() {
        let client = |is_first_party| Client {
            is_first_party,
            ..Client::default()
        };
        let api = |skip| ResourceServer {
            skip_consent_for_verifiable_first_party_clients: skip,
            ..ResourceServer::default()
        };
        assert!(!needs_consent(&client(true), None));
        assert!(!needs_consent(&client(true), Some(&api(true))));
        assert!(needs_consent(&client(true), Some(&api(false))));
        assert!(needs_consent(&client(false), None));
        assert!(needs_consent(&client(false), Some(&api(true))));
    }
}
