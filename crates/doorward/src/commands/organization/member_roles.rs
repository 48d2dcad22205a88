//! `doorward organization roles`: the roles of a member in an organization.

use doorward_proto::identity::v1::Role;
use doorward_proto::organization::v1::find_organization_request::Organization as Selected;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{FindOrganizationRequest, Member, SetMemberRolesRequest};
use doorward_service_kit::grpc::Channel;
use serde_json::json;

use super::OrganizationArgs;
use crate::choose_member::MemberArgs;
use crate::choose_organization::choose_organization;
use crate::choose_roles::{choose_roles, list_roles, names};
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
    /// Names or ids of the roles that the member will have in the organization; all others are removed
    #[arg(value_name = "ROLE")]
    roles: Vec<String>,
    /// Remove all roles
    #[arg(long, conflicts_with = "roles")]
    none: bool,
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
    let roles = list_roles(&mut identity).await?;
    let before = find(&mut organizations, &organization.id, &user_id).await?;
    if args.roles.is_empty() && !args.none {
        print(&before, &roles, args.json);
        return Ok(());
    }
    let chosen = choose_roles(&roles, &args.roles).map_err(|unknown| {
        let unknown: Vec<_> = unknown.iter().map(|text| format!("{text:?}")).collect();
        Error::Refused(format!("there is no role {}", unknown.join(", ")))
    })?;
    let wanted = SetMemberRolesRequest {
        organization_id: organization.id.clone(),
        user_id: user_id.clone(),
        role_ids: chosen.into_iter().map(|role| role.id).collect(),
    };
    let answer = organizations.set_member_roles(request(wanted)).await;
    let answer = answer.map_err(Error::service(Service::Organization))?;
    let member = answer.into_inner().member.unwrap_or_default();
    if args.json {
        print(&member, &roles, true);
        return Ok(());
    }
    let verb = if member.role_ids == before.role_ids {
        "already had"
    } else {
        "now has"
    };
    let names = names(&roles, &member.role_ids);
    let summary = if names.is_empty() {
        "no roles".to_owned()
    } else {
        format!("the roles {}", names.join(", "))
    };
    say(format_args!(
        "{user_id} {verb} {summary} in {}",
        organization.id
    ));
    Ok(())
}

async fn find(
    organizations: &mut OrganizationServiceClient<Channel>,
    organization_id: &str,
    user_id: &str,
) -> Result<Member, Error> {
    let wanted = FindOrganizationRequest {
        organization: Some(Selected::OrganizationId(organization_id.to_owned())),
        user_id: Some(user_id.to_owned()),
    };
    let answer = organizations.find_organization(request(wanted)).await;
    let answer = answer.map_err(Error::service(Service::Organization))?;
    answer
        .into_inner()
        .member
        .ok_or_else(|| Error::Refused(format!("{user_id} is not a member of {organization_id}")))
}

fn print(member: &Member, roles: &[Role], json: bool) {
    let names = names(roles, &member.role_ids);
    if json {
        let pairs = member.role_ids.iter().zip(names);
        let roles: Vec<_> = pairs
            .map(|(id, name)| json!({ "id": id, "name": name }))
            .collect();
        say_json(&json!({ "user_id": member.user_id, "roles": roles }));
    } else {
        names.iter().for_each(say);
    }
}
