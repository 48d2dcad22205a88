//! What is answered about what was, or would be, changed.

use doorward_proto::client_registry::v1::TenantChange;

use crate::domain::{
    Client, ConnectionWithClients, Draft, Plan, PlannedClientGrant, ResourceServer, Tenant,
};

/// The changes of a plan. Fresh ids of a dry run are not those that the next run makes, so new objects have none there.
pub(crate) fn changes(plan: Plan, dry_run: bool) -> Vec<TenantChange> {
    let tenant = plan.tenant.into_iter().map(TenantChange::from);
    let clients = plan.clients.into_iter().map(TenantChange::from);
    let resource_servers = plan.resource_servers.into_iter().map(TenantChange::from);
    let client_grants = plan.client_grants.into_iter().map(TenantChange::from);
    let connections = plan.connections.into_iter().map(TenantChange::from);
    let mut changes: Vec<_> = tenant
        .chain(clients)
        .chain(resource_servers)
        .chain(client_grants)
        .chain(connections)
        .collect();
    for change in changes.iter_mut().filter(|change| change.created) {
        change.fields.clear();
        if dry_run {
            change.id.clear();
        }
    }
    changes
}

impl From<Draft<Tenant>> for TenantChange {
    fn from(draft: Draft<Tenant>) -> Self {
        change("tenant", &draft, draft.object.friendly_name.clone(), "")
    }
}

impl From<Draft<Client>> for TenantChange {
    fn from(draft: Draft<Client>) -> Self {
        let client = &draft.object;
        change(
            "client",
            &draft,
            client.name.clone(),
            client.client_id.as_str(),
        )
    }
}

impl From<Draft<ResourceServer>> for TenantChange {
    fn from(draft: Draft<ResourceServer>) -> Self {
        let server = &draft.object;
        change(
            "resource_server",
            &draft,
            server.identifier.clone(),
            server.id.as_str(),
        )
    }
}

impl From<PlannedClientGrant> for TenantChange {
    fn from(planned: PlannedClientGrant) -> Self {
        let PlannedClientGrant { client_name, draft } = planned;
        let name = format!("{client_name} for {}", draft.object.audience);
        change("client_grant", &draft, name, "")
    }
}

impl From<Draft<ConnectionWithClients>> for TenantChange {
    fn from(draft: Draft<ConnectionWithClients>) -> Self {
        let connection = &draft.object.connection;
        change(
            "connection",
            &draft,
            connection.name.clone(),
            connection.id.as_str(),
        )
    }
}

fn change<T>(kind: &str, draft: &Draft<T>, name: String, id: &str) -> TenantChange {
    TenantChange {
        kind: kind.to_owned(),
        name,
        id: id.to_owned(),
        created: draft.created,
        fields: draft
            .fields
            .names()
            .iter()
            .copied()
            .map(str::to_owned)
            .collect(),
    }
}
