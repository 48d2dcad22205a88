//! `doorward invitation list`.

use doorward_proto::organization::v1::page::Start;
use doorward_proto::organization::v1::{ListInvitationsRequest, ListInvitationsResponse, Page};
use serde_json::{Value, json};

use super::show;
use crate::choose_organization::choose_organization;
use crate::commands::request;
use crate::error::Error;
use crate::output::say;
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Id or name of the organization
    #[arg(id = "ORG", value_name = "ORG")]
    organization: String,
    /// Maximum number of invitations, up to 100
    #[arg(long, value_name = "N", default_value_t = 50)]
    take: u32,
    /// The `next` of the part before
    #[arg(long, value_name = "NEXT", conflicts_with = "page")]
    from: Option<String>,
    /// Number of the part, counted from 0, instead of --from
    #[arg(long, value_name = "N")]
    page: Option<u32>,
    #[command(flatten)]
    output: show::OutputArgs,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let deployment = args.target.existing(&[Service::Organization])?;
    let mut organizations = deployment.organization().await?;
    let organization = choose_organization(&mut organizations, &args.organization).await?;
    let wanted = ListInvitationsRequest {
        organization_id: organization.id,
        page: Some(Page {
            take: args.take,
            start: args.page.map(Start::Number).or(args.from.map(Start::From)),
        }),
    };
    let mut invitations = deployment.invitations().await?;
    let listed = invitations.list_invitations(request(wanted)).await;
    let listed = listed
        .map_err(Error::service(Service::Organization))?
        .into_inner();
    if args.output.json {
        say(as_json(&listed));
        return Ok(());
    }
    for invitation in &listed.invitations {
        say(show::as_line(invitation));
    }
    if !listed.next.is_empty() {
        say(format_args!("more: --from {}", listed.next));
    }
    Ok(())
}

/// The list with the names of Auth0's Management API.
fn as_json(listed: &ListInvitationsResponse) -> Value {
    let shown: Vec<_> = listed.invitations.iter().map(show::as_json).collect();
    let mut object = json!({ "invitations": shown });
    if !listed.next.is_empty() {
        object["next"] = json!(listed.next);
    }
    if let Some(total) = listed.total {
        object["total"] = json!(total);
    }
    object
}
