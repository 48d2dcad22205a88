//! `doorward serve`: every service in this process.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use doorward_authorize_frontend::{HttpConfig, Issuer};
use doorward_service_kit::StartError;
use ipnet::IpNet;

use super::import::{self, Values};
use crate::data_folder::DataFolder;
use crate::embedded::Embedded;
use crate::error::Error;
use crate::output::say;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address to listen on, for example 127.0.0.1:8080
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,
    /// URL of this server for browsers and applications; https, except for loopback hosts
    #[arg(long, value_name = "URL", value_parser = Issuer::parse)]
    issuer: Issuer,
    /// Data folder; created if it does not exist
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Tenant file to import before serving
    #[arg(long, value_name = "FILE")]
    tenant: Option<PathBuf>,
    #[command(flatten)]
    values: Values,
    /// Certificate chain (PEM), to serve TLS without a proxy
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Network of proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted; may be repeated [default: loopback]
    #[arg(long = "trusted-proxy", value_name = "NET", value_parser = network)]
    trusted_proxies: Vec<IpNet>,
}

/// Parses a network, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    let network = text.parse().or(address);
    network.map_err(|_| "must be a network such as 10.0.0.0/8, or an address".to_owned())
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let tenant = args
        .tenant
        .map(|path| import::read(&path, args.values))
        .transpose()?;
    let mut http = HttpConfig::new(args.issuer.as_str(), args.listen);
    (http.tls_cert, http.tls_key) = (args.tls_cert, args.tls_key);
    if !args.trusted_proxies.is_empty() {
        http.trusted_proxies = args.trusted_proxies;
    }
    http.validate().map_err(StartError::from)?;
    let server = Embedded::open(DataFolder::create(&args.data)?, http).await?;
    if let Some(tenant) = tenant {
        for change in server.import(tenant).await? {
            tracing::info!("tenant file: {change}");
        }
    }
    server
        .serve(move || say(format_args!("doorward is ready at {}", args.issuer)))
        .await
}
