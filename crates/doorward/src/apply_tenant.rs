//! Applies a tenant file to the services.

mod roles;

use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::client_registry::v1::{
    ApplyTenantRequest, ApplyTenantResponse, LeftOutReference, ObjectKind, TenantChange,
};
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{
    ApplyOrganizationsRequest, OrganizationChange, OrganizationPatch,
};
use doorward_service_kit::grpc::Channel;

use crate::commands::request;
use crate::error::Error;
use crate::output::warn;
use crate::service::Service;
use crate::target::Deployment;
use crate::tenant_file::{Places, TenantFile};
use crate::unknown_references::{References, unknown_references};
use roles::Roles;

/// How to apply a file.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mode {
    /// Only finds out what would change.
    pub(crate) dry_run: bool,
    /// Refuses references to applications that do not exist, which are otherwise left out.
    pub(crate) strict: bool,
}

/// Applies the file. Returns one line for each object that is new or differs, and warns of references to objects that
/// do not exist.
pub(crate) async fn apply(
    file: TenantFile,
    deployment: &Deployment,
    Mode { dry_run, strict }: Mode,
) -> Result<Vec<String>, Error> {
    let registry = deployment.registry().await?;
    let roles = Roles::of(file.roles, deployment).await?;
    let organizations = Organizations::of(file.organizations, deployment).await?;
    // A dry run first: what one of these services refuses must not be found after `client-registry` was changed.
    let planned_roles = roles.apply(true).await?;
    let planned = organizations.apply(true).await?;
    let wanted = file.tenant.clone();
    if strict {
        let planned = apply_to_registry(registry.clone(), file.tenant.clone(), true).await?;
        refuse_left_out(&planned.left_out, &file.places)?;
    }
    let applied = apply_to_registry(registry.clone(), file.tenant, dry_run).await?;
    for line in left_out_lines(&applied.left_out, &file.places) {
        warn(format_args!("{line}; left out"));
    }
    let changes = applied.changes;
    let of_roles = if dry_run {
        planned_roles
    } else {
        roles.apply(false).await?
    };
    let of_organizations = if dry_run {
        planned
    } else {
        organizations.apply(false).await?
    };
    let references = References {
        tenant: &wanted,
        changes: &changes,
        roles: &roles.patches,
        organizations: &organizations.patches,
    };
    for line in unknown_references(registry, &references).await? {
        warn(line);
    }
    let changes = changes.into_iter().map(Change::from);
    let lines = changes.map(|change| change.line(dry_run));
    Ok(lines.chain(of_roles).chain(of_organizations).collect())
}

async fn apply_to_registry(
    mut registry: ClientRegistryServiceClient<Channel>,
    tenant: ApplyTenantRequest,
    dry_run: bool,
) -> Result<ApplyTenantResponse, Error> {
    let wanted = request(ApplyTenantRequest {
        dry_run,
        leave_out_unknown_clients: true,
        ..tenant
    });
    let applied = registry.apply_tenant(wanted).await;
    let applied = applied.map_err(Error::service(Service::ClientRegistry))?;
    Ok(applied.into_inner())
}

/// One line for each reference, with its place in the file.
fn left_out_lines(left_out: &[LeftOutReference], places: &Places) -> Vec<String> {
    let lines = left_out.iter();
    lines
        .map(|reference| format!("{}: {}", places.of(&reference.field), reference.problem))
        .collect()
}

fn refuse_left_out(left_out: &[LeftOutReference], places: &Places) -> Result<(), Error> {
    if left_out.is_empty() {
        return Ok(());
    }
    let lines = left_out_lines(left_out, places);
    Err(Error::Refused(format!(
        "--strict: nothing was changed\n  {}",
        lines.join("\n  ")
    )))
}

#[derive(Debug)]
struct Organizations {
    /// `None` without organizations.
    client: Option<OrganizationServiceClient<Channel>>,
    patches: Vec<OrganizationPatch>,
}

impl Organizations {
    async fn of(patches: Vec<OrganizationPatch>, deployment: &Deployment) -> Result<Self, Error> {
        let client = if patches.is_empty() {
            None
        } else {
            Some(deployment.organization().await?)
        };
        Ok(Self { client, patches })
    }

    async fn apply(&self, dry_run: bool) -> Result<Vec<String>, Error> {
        let Some(mut client) = self.client.clone() else {
            return Ok(Vec::new());
        };
        let wanted = request(ApplyOrganizationsRequest {
            organizations: self.patches.clone(),
            dry_run,
        });
        let applied = client.apply_organizations(wanted).await;
        let changes = applied
            .map_err(Error::service(Service::Organization))?
            .into_inner()
            .changes;
        Ok(changes
            .into_iter()
            .map(|change| Change::from(change).line(dry_run))
            .collect())
    }
}

/// One object that is new or differs.
#[derive(Debug)]
struct Change {
    /// Kind, name and id; of name and id, those that it has.
    object: String,
    created: bool,
    fields: Vec<String>,
}

impl Change {
    fn new(kind: &str, name: &str, id: &str) -> Self {
        let name = if name.is_empty() {
            String::new()
        } else {
            format!(" {name:?}")
        };
        let id = if id.is_empty() {
            String::new()
        } else {
            format!(" ({id})")
        };
        Self {
            object: format!("{kind}{name}{id}"),
            created: false,
            fields: Vec::new(),
        }
    }

    fn line(&self, dry_run: bool) -> String {
        let verb = match (self.created, dry_run) {
            (true, false) => "created",
            (true, true) => "would create",
            (false, false) => "changed",
            (false, true) => "would change",
        };
        let fields = if self.created {
            String::new()
        } else {
            format!(": {}", self.fields.join(", "))
        };
        format!("{verb} {}{fields}", self.object)
    }
}

impl From<TenantChange> for Change {
    fn from(change: TenantChange) -> Self {
        let name = match change.kind() {
            ObjectKind::Tenant => "",
            _ => &change.name,
        };
        let named = Self::new(kind(change.kind()), name, change.id());
        Self {
            created: change.created,
            fields: change.fields,
            ..named
        }
    }
}

fn kind(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Tenant => "tenant",
        ObjectKind::Client => "client",
        ObjectKind::ResourceServer => "API",
        ObjectKind::ClientGrant => "client grant",
        ObjectKind::Connection => "connection",
        ObjectKind::Unspecified => "object",
    }
}

impl From<OrganizationChange> for Change {
    fn from(change: OrganizationChange) -> Self {
        Self {
            created: change.created,
            fields: change.fields,
            ..Self::new("organization", &change.name, &change.id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: ObjectKind, created: bool, fields: &[&str]) -> Change {
        Change::from(TenantChange {
            kind: kind.into(),
            name: "My App".to_owned(),
            id: Some("abc".to_owned()).filter(|_| kind != ObjectKind::Tenant),
            created,
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        })
    }

    #[test]
    fn lines() {
        let new = change(ObjectKind::Client, true, &[]);
        assert_eq!(new.line(false), r#"created client "My App" (abc)"#);
        assert_eq!(new.line(true), r#"would create client "My App" (abc)"#);
        let changed = change(ObjectKind::Client, false, &["callbacks", "name"]);
        assert_eq!(
            changed.line(false),
            r#"changed client "My App" (abc): callbacks, name"#
        );
        let grant = change(ObjectKind::ClientGrant, false, &["scopes"]);
        let expected = r#"changed client grant "My App" (abc): scopes"#;
        assert_eq!(grant.line(false), expected);
        let tenant = change(ObjectKind::Tenant, false, &["friendly_name"]);
        assert_eq!(tenant.line(true), "would change tenant: friendly_name");
    }
}
