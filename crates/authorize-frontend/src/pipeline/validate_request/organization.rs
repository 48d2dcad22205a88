//! `organization`: whether the client uses organizations, and which one the sign-in is for.

use doorward_oauth2_types::auth0::{self, OrganizationRequireBehavior, OrganizationUsage};

use crate::error::OAuthError;
use crate::model::{Client, OrganizationChoice, OrganizationSelector, Tenant};
use crate::pipeline::RawParams;

/// The organization of a sign-in, as far as the request and the choice of its user say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum OrganizationTarget {
    /// No organization: the user's personal account.
    #[default]
    Personal,
    /// The organization that the request names, or that the user has chosen before the sign-in.
    Named(NamedOrganization),
    /// The user is asked before the sign-in.
    AskedFirst,
    /// The user is asked after the sign-in, and may have chosen.
    AskedLater(Option<OrganizationChoice>),
}

/// An organization that is not looked up yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedOrganization {
    pub(crate) selector: OrganizationSelector,
    /// The value as it was sent, for error messages.
    pub(crate) sent: String,
}

/// Decides without looking the organization up. `choice` is what the user has chosen on a page of this request.
pub(super) fn check(
    params: &RawParams,
    client: &Client,
    tenant: &Tenant,
    is_silent: bool,
    choice: Option<&OrganizationChoice>,
) -> Result<OrganizationTarget, OAuthError> {
    match params.get(auth0::ORGANIZATION) {
        Some(sent) => named(sent, client, tenant).map(OrganizationTarget::Named),
        None if params.get(auth0::INVITATION).is_some() => Err(OAuthError::invalid_request(
            "parameter organization is required",
        )),
        None => not_named(client, is_silent, choice),
    }
}

fn named(sent: &str, client: &Client, tenant: &Tenant) -> Result<NamedOrganization, OAuthError> {
    if client.organization_usage == OrganizationUsage::Deny {
        return Err(OAuthError::invalid_request(
            "parameter organization is not allowed for this client",
        ));
    }
    let allows_names = tenant.allow_organization_name_in_authentication_api;
    let selector = OrganizationSelector::parse(sent, allows_names).ok_or_else(|| {
        OAuthError::invalid_request(
            "authorization request parameter organization must be an organization id",
        )
    })?;
    Ok(NamedOrganization {
        selector,
        sent: sent.to_owned(),
    })
}

/// With `allow` and `prompt=none`, the answer is for the personal account: the user may have chosen it before, and no
/// page can ask again.
fn not_named(
    client: &Client,
    is_silent: bool,
    choice: Option<&OrganizationChoice>,
) -> Result<OrganizationTarget, OAuthError> {
    use OrganizationRequireBehavior::{NoPrompt, PostLoginPrompt, PreLoginPrompt};
    let behavior = client.organization_require_behavior;
    match (client.organization_usage, behavior) {
        (OrganizationUsage::Require, NoPrompt) => Err(OAuthError::invalid_request(
            "parameter organization is required for this client",
        )),
        (OrganizationUsage::Deny, _) | (OrganizationUsage::Allow, NoPrompt) => {
            Ok(OrganizationTarget::Personal)
        }
        (OrganizationUsage::Allow, _) if is_silent => Ok(OrganizationTarget::Personal),
        (usage, PreLoginPrompt) => Ok(chosen_first(usage, choice)),
        (_, PostLoginPrompt) => Ok(OrganizationTarget::AskedLater(
            choice.filter(|choice| choice.user_id.is_some()).cloned(),
        )),
    }
}

/// A choice of the personal account counts only where the client allows it.
fn chosen_first(
    usage: OrganizationUsage,
    choice: Option<&OrganizationChoice>,
) -> OrganizationTarget {
    match choice.map(|choice| &choice.organization_id) {
        Some(Some(id)) => OrganizationTarget::Named(NamedOrganization {
            selector: OrganizationSelector::Id(id.clone()),
            sent: id.clone(),
        }),
        Some(None) if usage == OrganizationUsage::Allow => OrganizationTarget::Personal,
        _ => OrganizationTarget::AskedFirst,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganizationRequireBehavior::{NoPrompt, PostLoginPrompt, PreLoginPrompt};
    use OrganizationUsage::{Allow, Deny, Require};

    fn client(usage: OrganizationUsage, behavior: OrganizationRequireBehavior) -> Client {
        Client {
            organization_usage: usage,
            organization_require_behavior: behavior,
            ..Client::default()
        }
    }

    fn sent(query: &str, client: &Client, tenant: &Tenant) -> Result<OrganizationTarget, String> {
        let params = RawParams::parse(query).unwrap();
        let target = check(&params, client, tenant, false, None);
        target.map_err(|error| error.description.into_owned())
    }

    fn id(text: &str) -> OrganizationTarget {
        OrganizationTarget::Named(NamedOrganization {
            selector: OrganizationSelector::Id(text.to_owned()),
            sent: text.to_owned(),
        })
    }

    #[test]
    fn what_the_request_names() {
        let names = Tenant {
            allow_organization_name_in_authentication_api: true,
            ..Tenant::default()
        };
        let plain = Tenant::default();
        let not_allowed = Err("parameter organization is not allowed for this client");
        let required = Err("parameter organization is required for this client");
        let not_an_id =
            Err("authorization request parameter organization must be an organization id");
        let by_name = OrganizationTarget::Named(NamedOrganization {
            selector: OrganizationSelector::Name("Acme".to_owned()),
            sent: "Acme".to_owned(),
        });
        let cases = [
            (Deny, "", &plain, Ok(OrganizationTarget::Personal)),
            (Deny, "organization=org_a", &plain, not_allowed.clone()),
            (Deny, "organization=acme", &plain, not_allowed),
            (Allow, "", &plain, Ok(OrganizationTarget::Personal)),
            (Allow, "organization=org_a", &plain, Ok(id("org_a"))),
            (Allow, "organization=org_a", &names, Ok(id("org_a"))),
            (Allow, "organization=Acme", &plain, not_an_id),
            (Allow, "organization=Acme", &names, Ok(by_name)),
            (
                Allow,
                "invitation=t",
                &plain,
                Err("parameter organization is required"),
            ),
            (Require, "", &plain, required),
            (Require, "organization=org_a", &plain, Ok(id("org_a"))),
        ];
        for (usage, query, tenant, expected) in cases {
            let found = sent(query, &client(usage, NoPrompt), tenant);
            assert_eq!(found, expected.map_err(str::to_owned), "{usage:?} {query}");
        }
    }

    fn choice(organization_id: Option<&str>, user_id: Option<&str>) -> OrganizationChoice {
        OrganizationChoice {
            organization_id: organization_id.map(str::to_owned),
            user_id: user_id.map(str::to_owned),
            email: None,
        }
    }

    #[test]
    fn who_is_asked() {
        let (org, personal) = (choice(Some("org_a"), None), choice(None, None));
        let later = choice(Some("org_a"), Some("auth0|alice"));
        let (first, own) = (OrganizationTarget::AskedFirst, OrganizationTarget::Personal);
        let asked_later =
            |choice: Option<&OrganizationChoice>| OrganizationTarget::AskedLater(choice.cloned());
        let cases = [
            (Deny, PreLoginPrompt, None, own.clone()),
            (Deny, PostLoginPrompt, None, own.clone()),
            (Deny, PreLoginPrompt, Some(&org), own.clone()),
            (Allow, PreLoginPrompt, None, first.clone()),
            (Allow, PreLoginPrompt, Some(&org), id("org_a")),
            (Allow, PreLoginPrompt, Some(&personal), own.clone()),
            (Require, PreLoginPrompt, None, first.clone()),
            (Require, PreLoginPrompt, Some(&org), id("org_a")),
            (Require, PreLoginPrompt, Some(&personal), first.clone()),
            (Allow, PostLoginPrompt, None, asked_later(None)),
            (Require, PostLoginPrompt, None, asked_later(None)),
            // A choice before the sign-in is none after it.
            (Require, PostLoginPrompt, Some(&org), asked_later(None)),
            (
                Require,
                PostLoginPrompt,
                Some(&later),
                asked_later(Some(&later)),
            ),
        ];
        for (usage, behavior, choice, expected) in cases {
            let target = not_named(&client(usage, behavior), false, choice);
            assert_eq!(target, Ok(expected), "{usage:?} {behavior:?} {choice:?}");
        }
    }

    #[test]
    fn without_pages_only_a_personal_account_is_assumed() {
        let first = OrganizationTarget::AskedFirst;
        let later = OrganizationTarget::AskedLater(None);
        let cases = [
            (Allow, PreLoginPrompt, OrganizationTarget::Personal),
            (Allow, PostLoginPrompt, OrganizationTarget::Personal),
            (Require, PreLoginPrompt, first),
            (Require, PostLoginPrompt, later),
        ];
        for (usage, behavior, expected) in cases {
            let target = not_named(&client(usage, behavior), true, None);
            assert_eq!(target, Ok(expected), "{usage:?} {behavior:?}");
        }
    }
}
