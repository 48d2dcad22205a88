//! `doorward demo-setup`: gives running services the demo tenant, the demo user and their organization.

use std::path::PathBuf;

use crate::apply_tenant::{Mode, apply};
use crate::demo::invite::Place;
use crate::demo::{DemoTenant, organizations, user, welcome};
use crate::error::Error;
use crate::output::say;
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// URL of the server for browsers, to print
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Origin of the demo application, for example <https://localhost:3443>
    #[arg(long, value_name = "URL")]
    origin: String,
    /// File that keeps the password of the demo user; created if it does not exist
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
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
    let tenant = DemoTenant::new(&args.origin);
    let connection = tenant.connection().to_owned();
    let organization_id = tenant.organization_id().to_owned();
    let invite = tenant.invite(&Place::stack());
    apply(tenant.file, &deployment, Mode::default()).await?;
    let identity = deployment.identity().await?;
    let user = user::ensure(identity, &args.password_file, &connection).await?;
    organizations::join(deployment.organization().await?, &organization_id, &user).await?;
    say(welcome(&args.issuer, &args.origin, &user, &invite));
    Ok(())
}
