//! `doorward serve`: every service in this process.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use doorward_authorize_frontend::{HttpConfig, Issuer, PostLoginHookConfig};
use doorward_service_kit::config::ConfigError;
use doorward_service_kit::{StartError, forbid_core_dumps};
use ipnet::IpNet;

use crate::content::Files;
use crate::control::DEFAULT;
use crate::data_folder::DataFolder;
use crate::embedded::Embedded;
use crate::ephemeral;
use crate::error::Error;
use crate::mail_options::MailOptions;
use crate::metrics;
use crate::output::say;
use crate::signing_options::SigningOptions;
use crate::users_file::Reader;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address to listen on, for example 127.0.0.1:8080
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,
    /// URL of this server for browsers and applications; https, except for loopback hosts
    #[arg(long, value_name = "URL", value_parser = issuer)]
    issuer: String,
    /// Data folder; created if it does not exist
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "ephemeral",
        conflicts_with = "ephemeral"
    )]
    data: Option<PathBuf>,
    /// For tests: keep all data in memory, accept readable passwords in the user file, and allow doorward reset
    #[arg(long)]
    ephemeral: bool,
    /// For tests, with --ephemeral: allow a plain http issuer with any name that is not public, such as that of a
    /// container. Cookies lack Secure then
    #[arg(long, requires = "ephemeral", conflicts_with = "data")]
    insecure_http_issuer_for_tests: bool,
    /// Address to serve GET /healthz on, and with --ephemeral POST /reset; must not be public [default with
    /// --ephemeral: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDR")]
    control_listen: Option<SocketAddr>,
    /// Address to serve metrics on, in the text format of Prometheus; must not be public
    #[arg(long, value_name = "ADDR")]
    metrics_listen: Option<SocketAddr>,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    mail: MailOptions,
    /// Address of a service of your own that decides about each sign-in, for example <http://127.0.0.1:7100>
    #[arg(long, value_name = "URL", value_parser = on_this_machine, conflicts_with = "ephemeral")]
    post_login_hook: Option<String>,
    #[command(flatten)]
    signing: SigningOptions,
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

/// Refuses an address by TLS, for which this process has no certificate of its own.
fn on_this_machine(text: &str) -> Result<String, &'static str> {
    if text.starts_with("https://") {
        return Err("must be on this machine: http://127.0.0.1:PORT or unix:/PATH");
    }
    Ok(text.to_owned())
}

/// Checks all but the use of plain http, which depends on other options.
fn issuer(text: &str) -> Result<String, ConfigError> {
    let strict = Issuer::parse(text);
    let issuer = strict.or_else(|error| Issuer::parse_plain_http(text).map_err(|_| error))?;
    Ok(issuer.as_str().to_owned())
}

impl Args {
    fn http(&self) -> Result<HttpConfig, Error> {
        let mut http = HttpConfig::new(&self.issuer, self.listen);
        http.plain_http_for_tests = self.insecure_http_issuer_for_tests;
        (http.tls_cert, http.tls_key) = (self.tls_cert.clone(), self.tls_key.clone());
        if !self.trusted_proxies.is_empty() {
            http.trusted_proxies.clone_from(&self.trusted_proxies);
        }
        let issuer = http.validate().map_err(StartError::from)?;
        // mutant: ephemeral-server-with-public-issuer
        if self.ephemeral && issuer.is_public() {
            return Err(Error::Usage(format!(
                "--ephemeral is for tests, and the issuer {issuer} has a public name; use a name without a dot, or one \
                 that ends in .test"
            )));
        }
        Ok(http)
    }
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let http = args.http()?;
    metrics::serve(args.metrics_listen)?;
    let issuer = args.issuer;
    let ready = move || say(format_args!("doorward is ready at {issuer}"));
    let Some(data) = args.data else {
        let content = args.files.read(Reader::Tests)?;
        let control = args.control_listen.unwrap_or(DEFAULT);
        return ephemeral::serve((http, args.mail, args.signing), content, control, ready).await;
    };
    forbid_core_dumps();
    let content = args.files.read(Reader::Import)?;
    let hook = args.post_login_hook.map(PostLoginHookConfig::new);
    let hook = hook.map(|hook| hook.connect("--post-login-hook", None));
    let hook = hook.transpose().map_err(StartError::from)?;
    let folder = DataFolder::create(&data)?;
    let mut server = Embedded::open(folder, http, (&args.mail, &args.signing)).await?;
    server.channels.post_login_hook = hook;
    content.import(&server.channels).await?;
    server.serve(args.control_listen, ready).await
}
