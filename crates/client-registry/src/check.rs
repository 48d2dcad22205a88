//! Checks of single patches with the rules of [`ApplyTenant`](crate::domain), for callers that leave out what it would
//! refuse.

use doorward_proto::InvalidField;
use doorward_proto::client_registry::v1 as wire;

use crate::convert;

/// Checks the tenant's settings.
pub fn tenant(patch: wire::TenantPatch) -> Result<(), InvalidField> {
    convert::tenant(patch).map(|_| ())
}

/// Checks an application.
pub fn client(patch: wire::ClientPatch) -> Result<(), InvalidField> {
    convert::client(patch).map(|_| ())
}

/// Checks an API.
pub fn resource_server(patch: wire::ResourceServerPatch) -> Result<(), InvalidField> {
    convert::resource_server(patch).map(|_| ())
}

/// Checks a client grant.
pub fn client_grant(patch: wire::ClientGrantPatch) -> Result<(), InvalidField> {
    convert::client_grant(patch).map(|_| ())
}

/// Checks a connection.
pub fn connection(patch: wire::ConnectionPatch) -> Result<(), InvalidField> {
    convert::connection(patch).map(|_| ())
}
