//! `doorward demo-application`: the demo application and API beside running services, over https.

use std::net::SocketAddr;
use std::path::PathBuf;

use doorward_service_kit::connections::https::Https;
use doorward_service_kit::grpc::connect;
use doorward_service_kit::on_signal;

use crate::client_certificates::ClientCertificates;
use crate::demo::invite::Place;
use crate::demo::{DemoTenant, USUAL_ORIGIN, application};
use crate::error::Error;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// URL of the server for browsers
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3443")]
    listen: SocketAddr,
    /// Certificate chain (PEM) for browsers
    #[arg(long, value_name = "FILE")]
    https_cert: PathBuf,
    /// Private key (PEM) of the certificate
    #[arg(long, value_name = "FILE")]
    https_key: PathBuf,
    /// Address of token-signing, whose keys check access tokens
    #[arg(long, value_name = "URL")]
    token_signing: String,
    #[command(flatten)]
    certificates: ClientCertificates,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let https = Https::from_files(&args.https_cert, &args.https_key)?;
    let tls = args.certificates.load()?;
    let token_signing = connect(&args.token_signing, "token-signing", tls.as_ref())?;
    // The origin of the application has no part in its settings.
    let tenant = DemoTenant::new(USUAL_ORIGIN);
    let settings = application::Settings::new(&args.issuer, &tenant, &Place::stack());
    let listeners = application::listen("--listen", args.listen).await?;
    let shutdown = on_signal();
    application::serve_https(listeners, https, settings, token_signing, &shutdown).await;
    Ok(())
}
