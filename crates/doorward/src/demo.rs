//! The demo: its own tenant, an application that signs in, and an API that checks the tokens.

mod api;
pub(crate) mod application;
mod files;
pub(crate) mod invite;
pub(crate) mod organizations;
pub(crate) mod user;

use std::collections::BTreeMap;

use crate::tenant_file::{self, TenantFile};

const TENANT_FILE: &str = include_str!("../../../deploy/demo/tenant.yaml");
/// The origin of the application in the tenant file.
pub(crate) const USUAL_ORIGIN: &str = "http://localhost:3000";

/// The tenant that the demo application belongs to.
#[derive(Debug)]
pub(crate) struct DemoTenant {
    pub(crate) file: TenantFile,
}

impl DemoTenant {
    /// The tenant, with the application at the given origin.
    ///
    /// # Panics
    /// If the built-in file cannot be read; a test reads it.
    pub(crate) fn new(origin: &str) -> Self {
        let text = TENANT_FILE.replace(USUAL_ORIGIN, origin);
        let file =
            tenant_file::parse(&text, &BTreeMap::new()).expect("the demo tenant can be read");
        Self { file }
    }

    /// The `client_id` of the demo application.
    pub(crate) fn client_id(&self) -> &str {
        let client = self.file.tenant.clients.first();
        client
            .and_then(|client| client.client_id.as_deref())
            .unwrap_or_default()
    }

    /// The identifier of the demo API.
    pub(crate) fn audience(&self) -> &str {
        let api = self.file.tenant.resource_servers.first();
        api.map(|api| api.identifier.as_str()).unwrap_or_default()
    }

    /// The connection of the demo user.
    pub(crate) fn connection(&self) -> &str {
        let connection = self.file.tenant.connections.first();
        connection
            .map(|connection| connection.name.as_str())
            .unwrap_or_default()
    }

    /// The organization of the demo user.
    pub(crate) fn organization_id(&self) -> &str {
        let organization = self.file.organizations.first();
        organization
            .and_then(|organization| organization.id.as_deref())
            .unwrap_or_default()
    }

    /// The command that invites the demo user to the last organization.
    pub(crate) fn invite(&self, place: &invite::Place) -> String {
        let last = self.file.organizations.last();
        let name = last.map(|organization| organization.name.as_str());
        place.command(name.unwrap_or_default(), self.client_id())
    }
}

/// Tells a developer where to go, how to sign in, and how to be invited.
pub(crate) fn welcome(issuer: &str, origin: &str, user: &user::DemoUser, invite: &str) -> String {
    let user::DemoUser {
        email, password, ..
    } = user;
    format!(
        "
  Doorward is ready.

    Demo application   {origin}/
    Server (issuer)    {issuer}

    Sign in as         {email}
    Password           {password}

    To be invited to an organization:
    {invite}

"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_tenant_has_what_the_demo_needs() {
        let tenant = DemoTenant::new("http://localhost:4000");
        assert_eq!(tenant.client_id().len(), 32);
        assert!(!tenant.connection().is_empty());
        assert!(tenant.audience().starts_with("https://"));
        let scopes = &tenant.file.tenant.resource_servers[0].scopes;
        assert!(scopes.iter().any(|scope| scope.value == api::SCOPE));
        let callbacks = tenant.file.tenant.clients[0]
            .callbacks
            .clone()
            .unwrap()
            .values;
        assert_eq!(callbacks, ["http://localhost:4000/"]);
        assert!(tenant.organization_id().starts_with("org_"));
        let invite = tenant.invite(&invite::Place::folder("doorward", "data".as_ref()));
        assert!(invite.contains("invitation create globex "), "{invite}");
    }
}
