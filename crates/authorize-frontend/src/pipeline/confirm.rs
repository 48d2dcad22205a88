//! Makes sure that the user means the application that gets the answer: any program could use a custom scheme or a
//! port of the user's own device (RFC 8252 §8.6).

use doorward_oauth2_types::redirect_uri::MatchedRedirectUri;

use super::{Consented, Pending, Stop, VerifiedRedirect};
use crate::model::{Client, Tenant};

/// A request whose answer may be sent.
#[derive(Debug)]
pub(crate) struct Confirmed(Consented);

impl Confirmed {
    pub(crate) fn consented(&self) -> &Consented {
        &self.0
    }
}

/// Any page that this user was shown in this transaction will do: they have seen that something goes on.
///
/// # Errors
/// [`Stop::Confirm`], with `prompt=none` `interaction_required`: the user must confirm the application first.
pub(crate) fn confirm(
    consented: Consented,
    redirect: &VerifiedRedirect,
    pending: Option<&Pending>,
) -> Result<Confirmed, Stop> {
    let request = consented.request();
    let user_id = &consented.user().user_id;
    let was_shown_a_page = pending.is_some_and(|pending| pending.was_shown_a_page(user_id));
    if !was_shown_a_page && needs_confirmation(redirect.uri(), request.client(), request.tenant()) {
        let user_id = user_id.clone();
        return Err(Stop::Confirm { user_id });
    }
    Ok(Confirmed(consented))
}

fn needs_confirmation(uri: &MatchedRedirectUri, client: &Client, tenant: &Tenant) -> bool {
    let skip = client
        .skip_non_verifiable_callback_uri_confirmation_prompt
        .unwrap_or(tenant.skip_non_verifiable_callback_uri_confirmation_prompt);
    // mutant: confirmation-never-asked
    !skip && !uri.is_verifiable()
}

#[cfg(test)]
mod tests {
    use doorward_oauth2_types::redirect_uri::{RegisteredUri, only_registered};

    use super::*;

    #[test]
    fn who_is_asked() {
        let (here, elsewhere) = ("http://localhost:3000/cb", "https://app.example.test/cb");
        let cases = [
            (here, None, false, true),
            (here, None, true, false),
            (here, Some(true), false, false),
            (here, Some(false), true, true),
            (elsewhere, None, false, false),
            (elsewhere, Some(false), false, false),
        ];
        for (uri, of_client, of_tenant, expected) in cases {
            let client = Client {
                skip_non_verifiable_callback_uri_confirmation_prompt: of_client,
                ..Client::default()
            };
            let tenant = Tenant {
                skip_non_verifiable_callback_uri_confirmation_prompt: of_tenant,
                ..Tenant::default()
            };
            let matched = only_registered([&RegisteredUri::parse(uri).unwrap()]).unwrap();
            let asked = needs_confirmation(&matched, &client, &tenant);
            assert_eq!(asked, expected, "{uri} {of_client:?} {of_tenant}");
        }
    }
}
