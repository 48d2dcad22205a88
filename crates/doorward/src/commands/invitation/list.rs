//! `doorward invitation list`.

use doorward_proto::organization::v1::{ListInvitationsRequest, Page};

use super::show;
use crate::choose_organization::choose_organization;
use crate::commands::pages::{PageArgs, Part};
use crate::commands::request;
use crate::error::Error;
use crate::output::{say, say_json, warn};
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Id or name of the organization
    #[arg(id = "ORG", value_name = "ORG")]
    organization: String,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    output: show::OutputArgs,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let deployment = args.target.existing(&[Service::Organization])?;
    let mut organizations = deployment.organization().await?;
    let organization = choose_organization(&mut organizations, &args.organization).await?;
    let invitations = deployment.invitations().await?;
    let call = async |page: Page| {
        let mut invitations = invitations.clone();
        let wanted = ListInvitationsRequest {
            organization_id: organization.id.clone(),
            page: Some(page),
        };
        let answer = invitations.list_invitations(request(wanted)).await;
        let answer = answer.map_err(Error::service(Service::Organization))?;
        let answer = answer.into_inner();
        Ok(Part {
            items: answer.invitations,
            next: answer.next,
            total: answer.total,
        })
    };
    let part = args.page.read(call).await?;
    if args.output.json {
        let documents: Vec<_> = part.items.iter().map(show::as_json).collect();
        say_json(&args.page.json("invitations", &part, &documents));
        return Ok(());
    }
    for invitation in &part.items {
        say(show::as_line(invitation));
    }
    if let Some(line) = PageArgs::next_line(&part) {
        warn(line);
    }
    Ok(())
}
