//! `doorward organization remove-member`: ends the membership of a user.

use doorward_proto::organization::v1::RemoveMembersRequest;
use serde_json::json;

use super::OrganizationArgs;
use crate::choose_member::MemberArgs;
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
    #[command(flatten)]
    member: MemberArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let calls = [Service::Identity, Service::Organization];
    let deployment = args.target.existing(&calls)?;
    let mut identity = deployment.identity().await?;
    let mut organizations = deployment.organization().await?;
    let user_id = args.member.id(&mut identity).await?;
    let wanted = &args.organization.org;
    let organization = choose_organization(&mut organizations, wanted).await?;
    let membership = RemoveMembersRequest {
        organization_id: organization.id.clone(),
        user_ids: vec![user_id.clone()],
    };
    let answer = organizations.remove_members(request(membership)).await;
    let answer = answer.map_err(Error::service(Service::Organization))?;
    let removed = answer.into_inner().removed.contains(&user_id);
    let organization_id = organization.id;
    if args.json {
        say_json(
            &json!({ "organization_id": organization_id, "user_id": user_id, "removed": removed }),
        );
        return Ok(());
    }
    let verb = if removed { "is no longer" } else { "was not" };
    say(format_args!(
        "{user_id} {verb} a member of {organization_id}"
    ));
    Ok(())
}
