//! The organization of a client that asks for it after the sign-in.

use doorward_oauth2_types::ErrorCode;
use doorward_oauth2_types::auth0::OrganizationUsage;

use super::{Membership, member_of, not_a_member};
use crate::backends::BackendError;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{
    FoundOrganization, Organization, OrganizationChoice, OrganizationPage, OrganizationSelector,
};
use crate::pipeline::enter_organization::is_open;
use crate::pipeline::{Authenticated, Stop};

/// How many organizations one page shows.
const PICKER_SIZE: u32 = 20;

/// The membership that the user has chosen, or the only one; `None`: the personal account.
pub(super) async fn membership(
    choice: Option<&OrganizationChoice>,
    authenticated: &Authenticated,
    deps: &Deps,
) -> Result<Option<Membership>, Stop> {
    let user_id = authenticated.user().user_id.as_str();
    let choice = choice.filter(|choice| choice.user_id.as_deref() == Some(user_id));
    let may_be_personal =
        authenticated.request().client().organization_usage == OrganizationUsage::Allow;
    match choice.map(|choice| choice.organization_id.as_deref()) {
        Some(Some(id)) => Ok(Some(chosen(id, authenticated, deps).await?)),
        Some(None) if may_be_personal => Ok(None),
        _ if may_be_personal => personal_or_asked(authenticated, deps).await,
        _ => only_one_or_asked(authenticated, deps).await.map(Some),
    }
}

/// The chosen organization, checked again.
async fn chosen(
    id: &str,
    authenticated: &Authenticated,
    deps: &Deps,
) -> Result<Membership, OAuthError> {
    match find(id, authenticated, deps).await? {
        Some(found) => member_of(found, authenticated, deps).await,
        None => Err(not_a_member(&authenticated.user().user_id, id)),
    }
}

/// Finds an organization that the user may sign in to from where they come.
async fn find(
    id: &str,
    authenticated: &Authenticated,
    deps: &Deps,
) -> Result<Option<FoundOrganization>, BackendError> {
    let selector = OrganizationSelector::Id(id.to_owned());
    let user_id = Some(authenticated.user().user_id.as_str());
    let found = deps.backends.organizations.find(&selector, user_id).await?;
    Ok(found.filter(|found| fits(&found.organization, authenticated)))
}

/// Whether the client and the connection of the sign-in are good for an organization.
fn fits(organization: &Organization, authenticated: &Authenticated) -> bool {
    let connection = &authenticated.session().connection;
    is_open(organization, authenticated.request().client())
        && organization.connection(connection).is_some()
}

async fn personal_or_asked(
    authenticated: &Authenticated,
    deps: &Deps,
) -> Result<Option<Membership>, Stop> {
    let page = organizations_to_pick(authenticated, None, deps).await?;
    if page.organizations.is_empty() && page.next.is_none() {
        return Ok(None);
    }
    Err(ask(authenticated))
}

async fn only_one_or_asked(authenticated: &Authenticated, deps: &Deps) -> Result<Membership, Stop> {
    let page = organizations_to_pick(authenticated, None, deps).await?;
    match (page.organizations.as_slice(), page.next) {
        ([], None) => Ok(assigned(authenticated, deps).await?),
        ([only], None) => Ok(chosen(&only.id, authenticated, deps).await?),
        _ => Err(ask(authenticated)),
    }
}

fn ask(authenticated: &Authenticated) -> Stop {
    let user_id = authenticated.user().user_id.clone();
    Stop::PickOrganization { user_id }
}

/// The user's organizations that the sign-in fits, a part of them; `from` is the `next` of the part before.
pub(crate) async fn organizations_to_pick(
    authenticated: &Authenticated,
    from: Option<&str>,
    deps: &Deps,
) -> Result<OrganizationPage, BackendError> {
    let user_id = &authenticated.user().user_id;
    let organizations = &deps.backends.organizations;
    let mut page = organizations.of_user(user_id, from, PICKER_SIZE).await?;
    page.organizations
        .retain(|organization| fits(organization, authenticated));
    Ok(page)
}

/// The organization of this id, if the user is a member and the sign-in fits it.
pub(crate) async fn organization_to_pick(
    id: &str,
    authenticated: &Authenticated,
    deps: &Deps,
) -> Result<Option<Organization>, BackendError> {
    let found = find(id, authenticated, deps).await?;
    let found = found.filter(|found| found.member.is_some());
    Ok(found.map(|found| found.organization))
}

/// A user without organizations joins the only one whose connection assigns the membership.
async fn assigned(authenticated: &Authenticated, deps: &Deps) -> Result<Membership, OAuthError> {
    let connection = &authenticated.session().connection;
    let organizations = deps
        .backends
        .organizations
        .that_assign(connection, 2)
        .await?;
    let [only] = organizations.as_slice() else {
        return Err(belongs_to_none(authenticated));
    };
    let member = None;
    let organization = only.clone();
    if !fits(&organization, authenticated) {
        return Err(belongs_to_none(authenticated));
    }
    member_of(
        FoundOrganization {
            organization,
            member,
        },
        authenticated,
        deps,
    )
    .await
}

fn belongs_to_none(authenticated: &Authenticated) -> OAuthError {
    let user_id = &authenticated.user().user_id;
    let description = format!("user {user_id} does not belong to any organization");
    OAuthError::new(ErrorCode::AccessDenied, description)
}
