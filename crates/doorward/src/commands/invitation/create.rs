//! `doorward invitation create`.

use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::client_registry::v1::{
    Client, Connection, FindClientRequest, ListConnectionsRequest, OrganizationUsage, Tenant,
};
use doorward_proto::organization::v1::{CreateInvitationRequest, Organization};
use doorward_service_kit::grpc::Channel;

use super::{mail_settings, metadata, show};
use crate::choose_organization::choose_organization;
use crate::choose_roles::{choose_roles, list_roles};
use crate::commands::request;
use crate::error::Error;
use crate::service::Service;
use crate::target::{Deployment, Target};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Id or name of the organization
    #[arg(id = "ORG", value_name = "ORG")]
    organization: String,
    /// Email of the invited person
    email: String,
    /// Id of the application that the person signs in to
    #[arg(long, value_name = "CLIENT_ID")]
    client: String,
    /// Name of the person who invites, for the mail and the pages
    #[arg(long, value_name = "NAME")]
    inviter: String,
    /// Name or id of the connection that the person must use
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// Name or id of a role that the new member gets in the organization; may be repeated
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Lifetime in seconds, 1 to 2592000
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 604_800,
        value_parser = clap::value_parser!(u32).range(1..=2_592_000)
    )]
    ttl: u32,
    /// Send no mail: pass the link on yourself
    #[arg(long)]
    no_mail: bool,
    /// Language of the mail [default: `user_metadata.lang`, or else the tenant's first language]
    #[arg(long, value_name = "TAG", value_parser = mail_settings::parse_language)]
    language: Option<String>,
    /// JSON object for the `app_metadata` of a user that is created by the invitation
    #[arg(long, value_name = "JSON", value_parser = metadata::parse)]
    app_metadata: Option<String>,
    /// JSON object for the `user_metadata` of a user that is created by the invitation
    #[arg(long, value_name = "JSON", value_parser = metadata::parse)]
    user_metadata: Option<String>,
    #[command(flatten)]
    output: show::OutputArgs,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let calls = [
        Service::ClientRegistry,
        Service::Identity,
        Service::Organization,
    ];
    let deployment = args.target.existing(&calls)?;
    let mut registry = deployment.registry().await?;
    let mut organizations = deployment.organization().await?;
    let organization = choose_organization(&mut organizations, &args.organization).await?;
    let tenant = mail_settings::tenant(&mut registry).await?;
    let client = find_client(&mut registry, &args.client).await?;
    let connection = match &args.connection {
        Some(name) => Some(find_connection(&mut registry, name, &organization).await?),
        None => None,
    };
    let user_metadata = args.user_metadata.as_deref();
    let language = args.language.or_else(|| metadata::language(user_metadata));
    let wanted = CreateInvitationRequest {
        organization_id: organization.id,
        inviter_name: args.inviter,
        invitee_email: args.email,
        login_uri: login_uri(&client, &tenant)?,
        mail: Some(mail_settings::of(&tenant, &client, language)),
        client_id: client.client_id,
        connection,
        role_ids: find_roles(&deployment, &args.roles).await?,
        ttl_seconds: args.ttl,
        send_email: !args.no_mail,
        app_metadata_json: args.app_metadata,
        user_metadata_json: args.user_metadata,
    };
    let mut invitations = deployment.invitations().await?;
    let created = invitations.create_invitation(request(wanted)).await;
    let created = created.map_err(Error::service(Service::Organization))?;
    let invitation = created.into_inner().invitation.unwrap_or_default();
    show::print(&invitation, args.output);
    Ok(())
}

pub(super) async fn find_client(
    registry: &mut ClientRegistryServiceClient<Channel>,
    client_id: &str,
) -> Result<Client, Error> {
    let wanted = FindClientRequest {
        client_id: client_id.to_owned(),
    };
    let found = registry.find_client(request(wanted)).await;
    let found = found.map_err(Error::service(Service::ClientRegistry))?;
    let refused = |problem: &str| Err(Error::Refused(problem.to_owned()));
    match found.into_inner().client {
        None => refused("The specified client_id does not exist."),
        Some(client) if client.organization_usage() == OrganizationUsage::Deny => {
            refused("The specified client_id does not allow organizations.")
        }
        Some(client) => Ok(client),
    }
}

/// The address that the link is made of: only what is registered.
fn login_uri(client: &Client, tenant: &Tenant) -> Result<String, Error> {
    let registered = client
        .initiate_login_uri
        .as_ref()
        .or(tenant.default_redirection_uri.as_ref());
    registered.cloned().ok_or_else(|| {
        Error::Refused(
            "A default login route is required to generate the invitation url: set the application's \
             initiate_login_uri, or the tenant's default_redirection_uri."
                .to_owned(),
        )
    })
}

/// The name of a connection that is enabled for the organization.
async fn find_connection(
    registry: &mut ClientRegistryServiceClient<Channel>,
    name: &str,
    organization: &Organization,
) -> Result<String, Error> {
    let listed = registry
        .list_connections(request(ListConnectionsRequest {}))
        .await;
    let listed = listed.map_err(Error::service(Service::ClientRegistry))?;
    let is_wanted = |it: &Connection| it.name == name || it.id == name;
    let found = listed.into_inner().connections.into_iter().find(is_wanted);
    let found = found
        .ok_or_else(|| Error::Refused("The specified connection does not exist.".to_owned()))?;
    let mut enabled = organization.connections.iter().filter(|it| it.is_enabled);
    if enabled.any(|it| it.name == found.name) {
        return Ok(found.name);
    }
    Err(Error::Refused(format!(
        "The specified connection ({}) is not enabled for the organization",
        found.id
    )))
}

/// The ids of roles that were given by name or id.
async fn find_roles(deployment: &Deployment, wanted: &[String]) -> Result<Vec<String>, Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut identity = deployment.identity().await?;
    let roles = list_roles(&mut identity).await?;
    match choose_roles(&roles, wanted) {
        Ok(chosen) => Ok(chosen.into_iter().map(|role| role.id).collect()),
        Err(unknown) => Err(Error::Refused(format!(
            "One or more of the specified roles do not exist: {}",
            unknown.join(", ")
        ))),
    }
}
