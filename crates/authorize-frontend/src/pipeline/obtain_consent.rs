//! Does the user agree to what will be issued?

use std::collections::HashSet;

use doorward_oauth2_types::Scope;

use super::{Approved, Pending, Stop, ValidatedRequest};
use crate::model::{Api, Client, Consent, Organization, Session, User};
use crate::tokens::CustomClaims;

/// A request that may be granted.
#[derive(Debug)]
pub(crate) struct Consented(Approved);

impl Consented {
    pub(crate) fn request(&self) -> &ValidatedRequest {
        self.0.request()
    }

    pub(crate) fn session(&self) -> &Session {
        self.0.session()
    }

    pub(crate) fn user(&self) -> &User {
        self.0.user()
    }

    pub(crate) fn organization(&self) -> Option<&Organization> {
        self.0.organization()
    }

    pub(crate) fn granted_scope(&self) -> &Scope {
        self.0.scope()
    }

    pub(crate) fn permissions(&self) -> Option<&[String]> {
        self.0.permissions()
    }

    pub(crate) fn role_ids(&self) -> Vec<String> {
        self.0.role_ids()
    }

    /// The claims that the post-login hook adds; `None`: there is no hook.
    pub(crate) fn hook_claims(&self) -> Option<&CustomClaims> {
        self.0.claims()
    }
}

/// Why the user has to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConsentReason {
    PromptAsks,
    NotGiven,
}

/// Checks that the user has consented, or need not be asked.
///
/// # Errors
/// [`Stop::Consent`], with `prompt=none` `consent_required`: the user must be asked first.
pub(crate) fn obtain_consent(
    approved: Approved,
    pending: Option<&Pending>,
) -> Result<Consented, Stop> {
    match consent_reason(&approved, pending) {
        None => Ok(Consented(approved)),
        Some(reason) => {
            tracing::debug!(?reason, "the user has to consent");
            let scopes = approved.scope().iter().map(str::to_owned).collect();
            let user_id = approved.user().user_id.clone();
            Err(Stop::Consent { user_id, scopes })
        }
    }
}

fn consent_reason(approved: &Approved, pending: Option<&Pending>) -> Option<ConsentReason> {
    let request = approved.request();
    let has_just_agreed = pending.is_some_and(|pending| pending.has_consented(approved.user()));
    if request.prompt().consent() && !has_just_agreed {
        return Some(ConsentReason::PromptAsks);
    }
    // Most silent authentications end here.
    // mutant: consent-never-asked
    if !request.prompt().consent() && !needs_consent(request.client(), request.api()) {
        return None;
    }
    let wanted = consent_to(request, approved.organization(), approved.scope().iter());
    (!is_given(&wanted, &approved.user().consents)).then_some(ConsentReason::NotGiven)
}

/// A first-party application needs none for the user's own profile, and none for an API that says so.
fn needs_consent(client: &Client, api: Option<&Api>) -> bool {
    !client.is_first_party()
        || api.is_some_and(|api| !api.skip_consent_for_verifiable_first_party_clients)
}

/// The consent to store: one per application and API, and for third-party applications also per organization.
pub(crate) fn consent_to<'a>(
    request: &ValidatedRequest,
    organization: Option<&Organization>,
    scopes: impl IntoIterator<Item = &'a str>,
) -> Consent {
    let client = request.client();
    let organization_id = organization
        .map(|organization| organization.id.clone())
        .filter(|_| !client.is_first_party());
    Consent {
        client_id: client.client_id.clone(),
        audience: request.api().map(|api| api.identifier.clone()),
        organization_id,
        scopes: scopes.into_iter().map(str::to_owned).collect(),
    }
}

/// The scopes that were agreed to before, for the same application, API and organization.
pub(crate) fn given_scopes<'a>(wanted: &Consent, consents: &'a [Consent]) -> Option<&'a [String]> {
    let is_same = |given: &&Consent| {
        given.client_id == wanted.client_id
            && given.audience == wanted.audience
            && given.organization_id == wanted.organization_id
    };
    Some(consents.iter().find(is_same)?.scopes.as_slice())
}

fn is_given(wanted: &Consent, consents: &[Consent]) -> bool {
    given_scopes(wanted, consents).is_some_and(|given| {
        let given: HashSet<_> = given.iter().collect();
        wanted.scopes.iter().all(|scope| given.contains(scope))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Party;

    #[test]
    fn who_needs_consent() {
        let client = |party| Client {
            party,
            ..Client::default()
        };
        let api = |skip| Api {
            skip_consent_for_verifiable_first_party_clients: skip,
            ..Api::default()
        };
        assert!(!needs_consent(&client(Party::First), None));
        assert!(!needs_consent(&client(Party::First), Some(&api(true))));
        assert!(needs_consent(&client(Party::First), Some(&api(false))));
        assert!(needs_consent(&client(Party::Third), None));
        assert!(needs_consent(&client(Party::Third), Some(&api(true))));
    }

    #[test]
    fn what_covers_what() {
        let optional = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let consent =
            |client_id: &str, audience: &str, organization_id: &str, scopes: &[&str]| Consent {
                client_id: client_id.to_owned(),
                audience: optional(audience),
                organization_id: optional(organization_id),
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            };
        let given = [
            consent("a", "api", "", &["openid", "read"]),
            consent("a", "", "", &[]),
            consent("b", "api", "org", &["read"]),
        ];
        let cases = [
            (consent("a", "api", "", &["read"]), true),
            (consent("a", "api", "", &["read", "openid"]), true),
            (consent("a", "api", "", &["read", "write"]), false),
            (consent("a", "api", "org", &["read"]), false),
            (consent("a", "", "", &[]), true),
            (consent("a", "", "", &["openid"]), false),
            (consent("b", "api", "org", &["read"]), true),
            (consent("b", "api", "", &[]), false),
            (consent("c", "api", "", &[]), false),
        ];
        for (wanted, expected) in cases {
            assert_eq!(is_given(&wanted, &given), expected, "{wanted:?}");
        }
    }
}
