//! `doorward organization delete`: deletes an organization.

use doorward_proto::organization::v1::DeleteOrganizationRequest;
use serde_json::json;

use super::OrganizationArgs;
use crate::choose_organization::choose_organization;
use crate::commands::request;
use crate::error::Error;
use crate::output::{say, say_json};
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    organization: OrganizationArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let deployment = args.target.existing(&[Service::Organization])?;
    let mut organizations = deployment.organization().await?;
    let wanted = &args.organization.org;
    let organization = choose_organization(&mut organizations, wanted).await?;
    let wanted = DeleteOrganizationRequest {
        organization_id: organization.id.clone(),
    };
    let answer = organizations.delete_organization(request(wanted)).await;
    answer.map_err(Error::service(Service::Organization))?;
    let (id, name) = (organization.id, organization.name);
    if args.json {
        say_json(&json!({ "organization_id": id, "name": name }));
    } else {
        say(format_args!("deleted organization {name:?} ({id})"));
    }
    Ok(())
}
