//! Writes the changes of a plan as messages.

use doorward_proto::InvalidField;
use doorward_proto::client_registry::v1::{LeftOutReference, ObjectKind, TenantChange};

use crate::domain::{
    Client, ConnectionWithClients, Draft, Plan, PlannedClientGrant, ResourceServer, Tenant,
};

/// The changes of a plan. A dry run gives new objects no id: the next run generates other ones.
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
            change.id = None;
        }
    }
    changes
}

/// The references of a plan that lead nowhere.
pub(crate) fn left_out(plan: &Plan) -> Vec<LeftOutReference> {
    let left_out = plan.left_out.iter().cloned();
    left_out
        .map(|InvalidField { field, problem }| LeftOutReference { field, problem })
        .collect()
}

impl From<Draft<Tenant>> for TenantChange {
    fn from(draft: Draft<Tenant>) -> Self {
        let name = draft.object.friendly_name.clone();
        change(ObjectKind::Tenant, &draft, name.unwrap_or_default(), None)
    }
}

impl From<Draft<Client>> for TenantChange {
    fn from(draft: Draft<Client>) -> Self {
        let client = &draft.object;
        change(
            ObjectKind::Client,
            &draft,
            client.name.clone(),
            Some(client.client_id.to_string()),
        )
    }
}

impl From<Draft<ResourceServer>> for TenantChange {
    fn from(draft: Draft<ResourceServer>) -> Self {
        let server = &draft.object;
        change(
            ObjectKind::ResourceServer,
            &draft,
            server.identifier.clone(),
            Some(server.id.to_string()),
        )
    }
}

impl From<PlannedClientGrant> for TenantChange {
    fn from(planned: PlannedClientGrant) -> Self {
        let PlannedClientGrant { client_name, draft } = planned;
        let name = format!("{client_name} for {}", draft.object.audience);
        change(ObjectKind::ClientGrant, &draft, name, None)
    }
}

impl From<Draft<ConnectionWithClients>> for TenantChange {
    fn from(draft: Draft<ConnectionWithClients>) -> Self {
        let connection = &draft.object.connection;
        change(
            ObjectKind::Connection,
            &draft,
            connection.name.clone(),
            Some(connection.id.to_string()),
        )
    }
}

fn change<T>(kind: ObjectKind, draft: &Draft<T>, name: String, id: Option<String>) -> TenantChange {
    TenantChange {
        kind: kind.into(),
        name,
        id,
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
