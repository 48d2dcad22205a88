//! `doorward organization add-member`: makes a user a member.

use doorward_proto::organization::v1::AddMembersRequest;
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
    let user = args.member.choose(&mut identity).await?;
    let wanted = &args.organization.org;
    let organization = choose_organization(&mut organizations, wanted).await?;
    let membership = AddMembersRequest {
        organization_id: organization.id.clone(),
        user_ids: vec![user.user_id.clone()],
    };
    let answer = organizations.add_members(request(membership)).await;
    let answer = answer.map_err(Error::service(Service::Organization))?;
    let added = answer.into_inner().added.contains(&user.user_id);
    if args.json {
        let (organization_id, user_id) = (organization.id, user.user_id);
        say_json(
            &json!({ "organization_id": organization_id, "user_id": user_id, "added": added }),
        );
        return Ok(());
    }
    let verb = if added { "is now" } else { "already was" };
    say(format_args!(
        "{} {verb} a member of {}",
        user.user_id, organization.id
    ));
    Ok(())
}
