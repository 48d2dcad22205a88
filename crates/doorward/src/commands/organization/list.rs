//! `doorward organization list`: lists organizations.

use doorward_proto::organization::v1::{ListOrganizationsRequest, Organization, Page};

use super::show::document;
use crate::commands::pages::{PageArgs, Part};
use crate::commands::request;
use crate::error::Error;
use crate::output::{say, say_json, warn};
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    page: PageArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let deployment = args.target.existing(&[Service::Organization])?;
    let organizations = deployment.organization().await?;
    let call = async |page: Page| {
        let mut organizations = organizations.clone();
        let wanted = ListOrganizationsRequest { page: Some(page) };
        let answer = organizations.list_organizations(request(wanted)).await;
        let answer = answer.map_err(Error::service(Service::Organization))?;
        let answer = answer.into_inner();
        Ok(Part {
            items: answer.organizations,
            next: answer.next,
            total: answer.total,
        })
    };
    let part = args.page.read(call).await?;
    if args.json {
        let documents: Vec<_> = part.items.iter().map(document).collect();
        say_json(&args.page.json("organizations", &part, &documents));
        return Ok(());
    }
    for organization in &part.items {
        say(line(organization));
    }
    if let Some(line) = PageArgs::next_line(&part) {
        warn(line);
    }
    Ok(())
}

fn line(organization: &Organization) -> String {
    let Organization {
        id,
        name,
        display_name,
        ..
    } = organization;
    if display_name.is_empty() {
        format!("{id} {name}")
    } else {
        format!("{id} {name} {display_name:?}")
    }
}
