//! The demo: its own tenant, an application that signs in, and an API that checks the tokens.

mod api;
pub(crate) mod application;
mod files;
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
}

/// Tells a developer where to go, and how to sign in.
pub(crate) fn welcome(issuer: &str, origin: &str, user: &user::DemoUser) -> String {
    let user::DemoUser { email, password } = user;
    format!(
        "
  Doorward is ready.

    Demo application   {origin}/
    Server (issuer)    {issuer}

    Sign in as         {email}
    Password           {password}

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
    }
}
