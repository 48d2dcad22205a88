//! Is the user a member of the organization?

mod choose;

use doorward_oauth2_types::ErrorCode;

use super::{Authenticated, OrganizationTarget, Stop, ValidatedRequest};
use crate::backends::JoinVerdict;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{FoundOrganization, Member, Organization, Session, Tenant, User};

pub(crate) use choose::{organization_to_pick, organizations_to_pick};

/// A request whose user is a member of its organization, or that has none.
#[derive(Debug)]
pub(crate) struct Joined {
    authenticated: Authenticated,
    membership: Option<Membership>,
}

/// An organization, and what the user is in it.
#[derive(Debug)]
struct Membership {
    organization: Organization,
    member: Member,
}

impl Joined {
    pub(crate) fn request(&self) -> &ValidatedRequest {
        self.authenticated.request()
    }

    pub(crate) fn session(&self) -> &Session {
        self.authenticated.session()
    }

    pub(crate) fn user(&self) -> &User {
        self.authenticated.user()
    }

    /// The organization that the user is a member of; `None`: the personal account.
    pub(crate) fn organization(&self) -> Option<&Organization> {
        self.membership.as_ref().map(|it| &it.organization)
    }

    /// The roles that count. Roles in the organization replace those of the tenant, unless the tenant adds them up.
    pub(super) fn role_ids(&self) -> Vec<String> {
        let member = self.membership.as_ref().map(|it| &it.member);
        role_ids(&self.user().role_ids, member, self.request().tenant())
    }
}

/// The roles that count for a user; `member` is what they are in the organization, if there is one.
pub(crate) fn role_ids(
    of_tenant: &[String],
    member: Option<&Member>,
    tenant: &Tenant,
) -> Vec<String> {
    match member.map(|member| member.role_ids.as_slice()) {
        None | Some([]) => of_tenant.to_vec(),
        Some(roles) if tenant.include_tenant_roles_in_organizations => [of_tenant, roles].concat(),
        Some(roles) => roles.to_vec(),
    }
}

/// Checks the membership. A sign-in by a connection that assigns it creates it. A client that asks after the sign-in
/// gets the organization that the user has chosen, or the only one.
///
/// # Errors
/// - `access_denied`: the user is not a member.
/// - [`Stop::PickOrganization`], with `prompt=none` `interaction_required`: the user has to choose one.
/// - `temporarily_unavailable`, `server_error`: a backend failed; never `access_denied`.
pub(crate) async fn join_organization(
    authenticated: Authenticated,
    deps: &Deps,
) -> Result<Joined, Stop> {
    let membership = match (
        authenticated.found(),
        authenticated.request().organization_target(),
    ) {
        (Some(found), _) => Some(member_of(found, &authenticated, deps).await?),
        (None, OrganizationTarget::Personal) => None,
        (None, OrganizationTarget::AskedLater(choice)) => {
            // Few requests come here, and its future is large.
            Box::pin(choose::membership(choice.as_ref(), &authenticated, deps)).await?
        }
        (None, OrganizationTarget::Named(_) | OrganizationTarget::AskedFirst) => {
            return Err(Stop::NameOrganization);
        }
    };
    Ok(Joined {
        authenticated,
        membership,
    })
}

async fn member_of(
    found: FoundOrganization,
    authenticated: &Authenticated,
    deps: &Deps,
) -> Result<Membership, OAuthError> {
    let organization = found.organization;
    // mutant: organization-membership-not-checked
    let member = match found.member {
        Some(member) => member,
        None => assign(&organization, authenticated, deps).await?,
    };
    Ok(Membership {
        organization,
        member,
    })
}

/// Creates the membership, if the connection of the sign-in assigns it.
async fn assign(
    organization: &Organization,
    authenticated: &Authenticated,
    deps: &Deps,
) -> Result<Member, OAuthError> {
    let user_id = &authenticated.user().user_id;
    let name = &authenticated.session().connection;
    let connection = organization.connection(name);
    if !connection.is_some_and(|connection| connection.assign_membership_on_login) {
        return Err(not_a_member(user_id, &organization.id));
    }
    let organizations = &deps.backends.organizations;
    match organizations.join(&organization.id, user_id, name).await? {
        JoinVerdict::Joined(member) => Ok(member),
        JoinVerdict::NotAssigned => Err(not_a_member(user_id, &organization.id)),
        JoinVerdict::Full => Err(OAuthError::new(
            ErrorCode::AccessDenied,
            format!(
                "organization {} has no room for more members",
                organization.id
            ),
        )),
    }
}

fn not_a_member(user_id: &str, organization_id: &str) -> OAuthError {
    OAuthError::new(
        ErrorCode::AccessDenied,
        format!("user {user_id} is not part of the {organization_id} organization"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_in_the_organization_replace_those_of_the_tenant() {
        let ids = |ids: &[&str]| -> Vec<String> { ids.iter().map(|id| (*id).to_owned()).collect() };
        let of_tenant = ids(&["t"]);
        let member = |roles: &[&str]| Member {
            role_ids: ids(roles),
        };
        let cases: [(Option<Member>, bool, &[&str]); 5] = [
            (None, false, &["t"]),
            (Some(member(&[])), false, &["t"]),
            (Some(member(&["o"])), false, &["o"]),
            (Some(member(&["o"])), true, &["t", "o"]),
            (Some(member(&[])), true, &["t"]),
        ];
        for (member, adds_up, expected) in cases {
            let tenant = Tenant {
                include_tenant_roles_in_organizations: adds_up,
                ..Tenant::default()
            };
            let found = role_ids(&of_tenant, member.as_ref(), &tenant);
            assert_eq!(found, ids(expected), "{member:?} {adds_up}");
        }
    }
}
