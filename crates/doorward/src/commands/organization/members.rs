//! `doorward organization members`: lists the members of an organization.

use doorward_proto::common::v1::User;
use doorward_proto::identity::v1::Role;
use doorward_proto::organization::v1::{ListMembersRequest, Member, Page};
use serde_json::{Value, json};

use super::OrganizationArgs;
use crate::choose_member::find_user;
use crate::choose_organization::choose_organization;
use crate::choose_roles::{list_roles, names};
use crate::commands::pages::{PageArgs, Part};
use crate::commands::request;
use crate::error::Error;
use crate::output::{say, say_json, warn};
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    organization: OrganizationArgs,
    #[command(flatten)]
    page: PageArgs,
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
    let wanted = &args.organization.org;
    let organization = choose_organization(&mut organizations, wanted).await?;
    let call = async |page: Page| {
        let mut organizations = organizations.clone();
        let wanted = ListMembersRequest {
            organization_id: organization.id.clone(),
            page: Some(page),
        };
        let answer = organizations.list_members(request(wanted)).await;
        let answer = answer.map_err(Error::service(Service::Organization))?;
        let answer = answer.into_inner();
        Ok(Part {
            items: answer.members,
            next: answer.next,
            total: answer.total,
        })
    };
    let part = args.page.read(call).await?;
    let roles = list_roles(&mut identity).await?;
    let mut documents = Vec::new();
    for member in &part.items {
        let user = find_user(&mut identity, &member.user_id).await?;
        if args.json {
            documents.push(document(member, user.as_ref(), &roles));
        } else {
            say(line(member, user.as_ref(), &roles));
        }
    }
    if args.json {
        say_json(&args.page.json("members", &part, &documents));
    } else if let Some(line) = PageArgs::next_line(&part) {
        warn(line);
    }
    Ok(())
}

fn email(user: Option<&User>) -> Option<&str> {
    user?.claims.as_ref()?.email.as_deref()
}

/// A member without a user is one whose account was deleted.
fn document(member: &Member, user: Option<&User>, roles: &[Role]) -> Value {
    let names = names(roles, &member.role_ids);
    let pairs = member.role_ids.iter().zip(names);
    let roles: Vec<_> = pairs
        .map(|(id, name)| json!({ "id": id, "name": name }))
        .collect();
    let claims = user.and_then(|user| user.claims.as_ref());
    json!({
        "user_id": member.user_id,
        "email": email(user),
        "name": claims.and_then(|claims| claims.name.as_deref()),
        "picture": claims.and_then(|claims| claims.picture.as_deref()),
        "roles": roles,
    })
}

fn line(member: &Member, user: Option<&User>, roles: &[Role]) -> String {
    let mut line = member.user_id.clone();
    line.push(' ');
    line.push_str(email(user).unwrap_or("(no user)"));
    let names = names(roles, &member.role_ids);
    if !names.is_empty() {
        line.push_str(": ");
        line.push_str(&names.join(", "));
    }
    line
}
