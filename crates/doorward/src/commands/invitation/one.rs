//! `doorward invitation show`, `resend` and `revoke`.

use doorward_proto::client_registry::v1::FindClientRequest;
use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
use doorward_proto::organization::v1::{
    GetInvitationRequest, Invitation, ResendInvitationRequest, RevokeInvitationRequest,
};
use doorward_service_kit::grpc::Channel;
use serde_json::json;

use super::{mail_settings, show};
use crate::choose_organization::choose_organization;
use crate::commands::request;
use crate::error::Error;
use crate::output::{say, say_json};
use crate::service::Service;
use crate::target::{Deployment, Target};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Id or name of the organization
    #[arg(id = "ORG", value_name = "ORG")]
    organization: String,
    /// Id of the invitation
    #[arg(value_name = "INVITATION")]
    id: String,
    #[command(flatten)]
    output: show::OutputArgs,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ResendArgs {
    /// Language of the mail [default: that of the first mail]
    #[arg(long, value_name = "TAG", value_parser = mail_settings::parse_language)]
    language: Option<String>,
    #[command(flatten)]
    args: Args,
}

/// The invitation that the arguments name.
struct Selected {
    organization_id: String,
    id: String,
}

impl Selected {
    async fn find(deployment: &Deployment, organization: &str, id: String) -> Result<Self, Error> {
        let mut organizations = deployment.organization().await?;
        let organization = choose_organization(&mut organizations, organization).await?;
        Ok(Self {
            organization_id: organization.id,
            id,
        })
    }

    async fn get(
        &self,
        invitations: &mut InvitationServiceClient<Channel>,
    ) -> Result<Invitation, Error> {
        let wanted = GetInvitationRequest {
            organization_id: self.organization_id.clone(),
            invitation_id: self.id.clone(),
        };
        let found = invitations.get_invitation(request(wanted)).await;
        let found = found.map_err(Error::service(Service::Organization))?;
        Ok(found.into_inner().invitation.unwrap_or_default())
    }
}

pub(crate) async fn show(args: Args) -> Result<(), Error> {
    let deployment = args.target.existing(&[Service::Organization])?;
    let selected = Selected::find(&deployment, &args.organization, args.id).await?;
    let mut invitations = deployment.invitations().await?;
    show::print(&selected.get(&mut invitations).await?, args.output);
    Ok(())
}

pub(crate) async fn resend(ResendArgs { language, args }: ResendArgs) -> Result<(), Error> {
    let calls = [Service::ClientRegistry, Service::Organization];
    let deployment = args.target.existing(&calls)?;
    let selected = Selected::find(&deployment, &args.organization, args.id).await?;
    let mut invitations = deployment.invitations().await?;
    let mut registry = deployment.registry().await?;
    let Invitation {
        client_id,
        language: first,
        ..
    } = selected.get(&mut invitations).await?;
    let client = registry
        .find_client(request(FindClientRequest { client_id }))
        .await;
    let client = client.map_err(Error::service(Service::ClientRegistry))?;
    let client = client.into_inner().client.unwrap_or_default();
    let tenant = mail_settings::tenant(&mut registry).await?;
    let wanted = ResendInvitationRequest {
        organization_id: selected.organization_id,
        invitation_id: selected.id,
        mail: Some(mail_settings::of(&tenant, &client, language.or(first))),
    };
    let sent = invitations.resend_invitation(request(wanted)).await;
    let sent = sent.map_err(Error::service(Service::Organization))?;
    show::print(
        &sent.into_inner().invitation.unwrap_or_default(),
        args.output,
    );
    Ok(())
}

pub(crate) async fn revoke(args: Args) -> Result<(), Error> {
    let deployment = args.target.existing(&[Service::Organization])?;
    let selected = Selected::find(&deployment, &args.organization, args.id).await?;
    let mut invitations = deployment.invitations().await?;
    let wanted = RevokeInvitationRequest {
        organization_id: selected.organization_id.clone(),
        invitation_id: selected.id.clone(),
    };
    let revoked = invitations.revoke_invitation(request(wanted)).await;
    revoked.map_err(Error::service(Service::Organization))?;
    if args.output.json {
        say_json(
            &json!({ "organization_id": selected.organization_id, "invitation_id": selected.id }),
        );
    } else {
        say(format_args!("revoked {}", selected.id));
    }
    Ok(())
}
