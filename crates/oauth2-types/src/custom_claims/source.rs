//! Where the value of a custom claim comes from.

use std::str::FromStr;

use crate::StandardClaim;

/// The source of a value, as a tenant writes it: `user.app_metadata.plan`.
///
/// Members of objects are in dotted notation: `address.city`; `None` is the whole object. A key may itself have dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimSource {
    /// `user.user_id`
    UserId,
    /// `user.connection`: its name.
    Connection,
    /// `user.roles`: the names of the roles that count for the sign-in.
    Roles,
    /// `user.` and the name of a standard claim, whatever the granted scope.
    UserClaim(StandardClaim),
    /// `user.app_metadata`, or a member of it.
    AppMetadata(Option<String>),
    /// `user.user_metadata`, or a member of it.
    UserMetadata(Option<String>),
    /// `organization.id`
    OrganizationId,
    /// `organization.name`
    OrganizationName,
    /// `organization.display_name`
    OrganizationDisplayName,
    /// `organization.metadata`, or a member of it.
    OrganizationMetadata(Option<String>),
    /// `client.client_id`
    ClientId,
    /// `client.name`
    ClientName,
    /// `client.client_metadata`, or a member of it.
    ClientMetadata(Option<String>),
}

/// A text that is no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "is not a source of values; it may be user.user_id, user.connection, user.roles, user.<claim>, user.app_metadata.<key>, user.user_metadata.<key>, organization.id, organization.name, organization.display_name, organization.metadata.<key>, client.client_id, client.name or client.client_metadata.<key>"
)]
pub struct UnknownClaimSource;

impl FromStr for ClaimSource {
    type Err = UnknownClaimSource;

    fn from_str(text: &str) -> Result<Self, UnknownClaimSource> {
        let (object, field) = text.split_once('.').ok_or(UnknownClaimSource)?;
        let (field, member) = match field.split_once('.') {
            Some((_, "")) => return Err(UnknownClaimSource),
            Some((field, member)) => (field, Some(member.to_owned())),
            None => (field, None),
        };
        match (object, field, member) {
            ("user", "app_metadata", member) => Ok(Self::AppMetadata(member)),
            ("user", "user_metadata", member) => Ok(Self::UserMetadata(member)),
            ("organization", "metadata", member) => Ok(Self::OrganizationMetadata(member)),
            ("client", "client_metadata", member) => Ok(Self::ClientMetadata(member)),
            ("user", "user_id", None) => Ok(Self::UserId),
            ("user", "connection", None) => Ok(Self::Connection),
            ("user", "roles", None) => Ok(Self::Roles),
            ("user", claim, None) => StandardClaim::from_name(claim)
                .map(Self::UserClaim)
                .ok_or(UnknownClaimSource),
            ("organization", "id", None) => Ok(Self::OrganizationId),
            ("organization", "name", None) => Ok(Self::OrganizationName),
            ("organization", "display_name", None) => Ok(Self::OrganizationDisplayName),
            ("client", "client_id", None) => Ok(Self::ClientId),
            ("client", "name", None) => Ok(Self::ClientName),
            _ => Err(UnknownClaimSource),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources() {
        let member = |text: &str| Some(text.to_owned());
        let cases = [
            ("user.user_id", Some(ClaimSource::UserId)),
            ("user.connection", Some(ClaimSource::Connection)),
            ("user.roles", Some(ClaimSource::Roles)),
            (
                "user.email",
                Some(ClaimSource::UserClaim(StandardClaim::Email)),
            ),
            ("user.app_metadata", Some(ClaimSource::AppMetadata(None))),
            (
                "user.app_metadata.plan",
                Some(ClaimSource::AppMetadata(member("plan"))),
            ),
            (
                "user.user_metadata.https://a.test/b.c",
                Some(ClaimSource::UserMetadata(member("https://a.test/b.c"))),
            ),
            ("organization.id", Some(ClaimSource::OrganizationId)),
            ("organization.name", Some(ClaimSource::OrganizationName)),
            (
                "organization.display_name",
                Some(ClaimSource::OrganizationDisplayName),
            ),
            (
                "organization.metadata.region",
                Some(ClaimSource::OrganizationMetadata(member("region"))),
            ),
            ("client.client_id", Some(ClaimSource::ClientId)),
            ("client.name", Some(ClaimSource::ClientName)),
            (
                "client.client_metadata.x",
                Some(ClaimSource::ClientMetadata(member("x"))),
            ),
            ("", None),
            ("user", None),
            ("user.", None),
            ("user.shoe_size", None),
            ("user.email.domain", None),
            ("user.app_metadata.", None),
            ("organization.region", None),
            ("client.secret", None),
            ("client.name.x", None),
            ("tenant.name", None),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
    }
}
