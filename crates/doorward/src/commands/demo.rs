//! `doorward demo`: the embedded server with a demo tenant, a demo application and a demo API.

use std::net::SocketAddr;
use std::path::PathBuf;

use doorward_authorize_frontend::HttpConfig;

use crate::apply_tenant::{Mode, apply};
use crate::data_folder::DataFolder;
use crate::demo::invite::Place;
use crate::demo::{DemoTenant, application, organizations, user, welcome};
use crate::embedded::Embedded;
use crate::error::Error;
use crate::mail_options::MailOptions;
use crate::output::say;
use crate::signing_options::SigningOptions;
use crate::target::Deployment;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Data folder; created if it does not exist
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address of the server
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Address of the demo application
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    app_listen: SocketAddr,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let issuer = format!("http://localhost:{}/", args.listen.port());
    let origin = format!("http://localhost:{}", args.app_listen.port());
    let tenant = DemoTenant::new(&origin);
    let listeners = application::listen("--app-listen", args.app_listen).await?;
    let http = HttpConfig::new(&issuer, args.listen);
    let folder = DataFolder::create(&args.data)?;
    let server = Embedded::open(
        folder,
        http,
        (&MailOptions::default(), &SigningOptions::default()),
    )
    .await?;
    let place = Place::folder(&program(), &args.data);
    let settings = application::Settings::new(&issuer, &tenant, &place);
    let connection = tenant.connection().to_owned();
    let (organization_id, invite) = (tenant.organization_id().to_owned(), tenant.invite(&place));
    let deployment = Deployment::embedded(&server.channels);
    apply(tenant.file, &deployment, Mode::default()).await?;
    let identity = deployment.identity().await?;
    let password_file = server.folder.file(user::PASSWORD_FILE);
    let user = user::ensure(identity, &password_file, &connection).await?;
    organizations::join(deployment.organization().await?, &organization_id, &user).await?;
    application::serve(
        listeners,
        settings,
        server.channels.token_signing.clone(),
        &server.shutdown,
    );
    let welcome = welcome(&issuer, &origin, &user, &invite);
    let hint = "  Stop with Ctrl-C. Starting again keeps the data, this user and the sign-in.\n";
    server.serve(None, move || say(welcome + hint)).await
}

/// The name by which this program was started, for commands to copy.
fn program() -> String {
    std::env::args()
        .next()
        .unwrap_or_else(|| "doorward".to_owned())
}
