//! The command line.

use clap::{Parser, Subcommand};
use doorward_service_kit::LogConfig;

use crate::commands::{
    backup, certificates, check_health, check_listening, demo, demo_application, demo_setup,
    entrance, import, import_users, invitation, keys, organization, reset, restore, secrets, serve,
    service, user,
};
use crate::control::client::ControlArgs;
use crate::error::Error;

/// An authorization server that speaks Auth0's /authorize and OpenID Connect
#[derive(Debug, Parser)]
#[command(name = "doorward", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one for each process")]
pub(crate) enum Command {
    /// Run one service in its own process; a link named doorward-SERVICE does the same
    #[command(subcommand)]
    Service(service::Command),
    #[command(flatten)]
    Task(Task),
}

/// The commands that need several services: in this process, over a data folder, or at the given addresses.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Run every service in this process
    Serve(serve::Args),
    /// Create or change the tenant's objects from a file in the shape of Auth0's deploy tool; removes nothing
    Import(import::Args),
    /// Create or change users from a file in the shape of Auth0's bulk import
    ImportUsers(import_users::Args),
    /// Manage users
    #[command(subcommand)]
    User(user::Command),
    /// Manage organizations
    #[command(subcommand)]
    Organization(organization::Command),
    /// Invite people into organizations
    #[command(subcommand)]
    Invitation(invitation::Command),
    /// Rotate and revoke signing keys
    #[command(subcommand)]
    Keys(keys::Command),
    /// Copy a data folder, also while a server runs on it
    Backup(backup::Args),
    /// Create a data folder from a backup
    Restore(restore::Args),
    /// Make a CA and the services' certificates, or renew those that expire soon
    Certificates(certificates::Args),
    /// Return a server that runs with --ephemeral to its seed
    Reset(ControlArgs),
    /// Succeed if the embedded server with this control address answers
    CheckHealth(ControlArgs),
    /// Run every service with a demo tenant, a demo application and a demo API
    Demo(demo::Args),
    /// Make the passwords and keys of the local stack; keeps existing ones
    Secrets(secrets::Args),
    /// Give running services the demo tenant and the demo user; for the local stack
    DemoSetup(demo_setup::Args),
    /// Serve the demo application and the demo API over https, beside running services; for the local stack
    DemoApplication(demo_application::Args),
    /// Pass connections on to all frontends behind one name; for the local stack
    Entrance(entrance::Args),
    /// Succeed if a process accepts connections at the address; for health checks
    CheckListening(check_listening::Args),
}

impl Task {
    /// Log settings: servers log at `info`; other commands print their results and log warnings only. What their
    /// channels warn of, their errors say.
    pub(crate) fn log(&self) -> LogConfig {
        let filter = match self {
            Self::Serve(_) | Self::DemoApplication(_) | Self::Entrance(_) => "info",
            Self::Demo(_) => "warn",
            _ => "warn,doorward_service_kit::grpc::channel=error",
        };
        LogConfig {
            filter: filter.to_owned(),
            ..LogConfig::default()
        }
    }

    /// The name under which the traces of a server are exported.
    pub(crate) fn traced(&self) -> Option<&'static str> {
        matches!(self, Self::Serve(_) | Self::Demo(_)).then_some("doorward")
    }

    pub(crate) async fn run(self) -> Result<(), Error> {
        match self {
            Self::Serve(args) => serve::run(args).await,
            Self::Import(args) => import::run(args).await,
            Self::ImportUsers(args) => import_users::run(args).await,
            Self::User(command) => command.run().await,
            Self::Organization(command) => command.run().await,
            Self::Invitation(command) => command.run().await,
            Self::Keys(command) => command.run().await,
            Self::Backup(args) => backup::run(args).await,
            Self::Restore(args) => restore::run(args).await,
            Self::Certificates(args) => certificates::run(args),
            Self::Reset(args) => reset::run(&args),
            Self::CheckHealth(args) => check_health::run(&args),
            Self::Demo(args) => demo::run(args).await,
            Self::Secrets(args) => secrets::run(&args),
            Self::DemoSetup(args) => demo_setup::run(args).await,
            Self::DemoApplication(args) => demo_application::run(args).await,
            Self::Entrance(args) => entrance::run(args).await,
            Self::CheckListening(args) => check_listening::run(args).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use clap::error::ErrorKind;

    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn stable_commands() {
        for line in [
            "doorward serve --listen 127.0.0.1:0 --issuer https://login.example.com --data d",
            "doorward serve --listen [::]:443 --issuer https://login.example.com/ --data d --tenant t --tls-cert c --tls-key k --trusted-proxy 10.0.0.0/8 --trusted-proxy 192.0.2.1",
            "doorward import tenant.yaml --data d --dry-run --set A=1 --set B=x=y",
            "doorward import tenant.yaml --registry http://127.0.0.1:1 --identity http://127.0.0.1:2",
            "doorward import-users users.json --data d --connection c",
            "doorward user add a@b.example --data d",
            "doorward user roles a@b.example --data d",
            "doorward user roles a@b.example reader rol_1 --connection c --data d",
            "doorward user roles a@b.example --none --identity http://127.0.0.1:1",
            "doorward user block a@b.example --data d",
            "doorward user unblock a@b.example --identity http://127.0.0.1:1 --session http://127.0.0.1:2",
            "doorward user password a@b.example --connection c --data d",
            "doorward user revoke-consent a@b.example --data d",
            "doorward user revoke-consent a@b.example --client abc --connection c --data d",
            "doorward organization list --data d",
            "doorward organization list --json --take 10 --from org_1 --organization http://127.0.0.1:1",
            "doorward organization list --page 2 --take 100 --data d",
            "doorward organization show acme --json --data d",
            "doorward organization members acme --take 10 --json --data d",
            "doorward organization add-member org_1 a@b.example --data d",
            "doorward organization add-member acme auth0|1 --json --data d",
            "doorward organization remove-member acme a@b.example --connection c --json --data d",
            "doorward organization roles acme a@b.example --json --data d",
            "doorward organization roles acme a@b.example reader rol_1 --data d",
            "doorward organization roles acme a@b.example --none --data d",
            "doorward organization delete acme --json --data d",
            "doorward invitation create org_1 a@b.example --client c --inviter Alice --data d",
            "doorward invitation create acme a@b.example --client c --inviter Alice --connection u --role r --role s --ttl 60 --no-mail --language ja --app-metadata {} --user-metadata {} --json --data d",
            "doorward invitation create acme a@b.example --client c --inviter Alice --registry http://127.0.0.1:1 --identity http://127.0.0.1:2 --organization http://127.0.0.1:3",
            "doorward invitation list acme --data d",
            "doorward invitation list acme --take 10 --from x --json --organization http://127.0.0.1:1",
            "doorward invitation list acme --page 2 --data d",
            "doorward invitation show acme uinv_1 --json --data d",
            "doorward invitation resend acme uinv_1 --language ja --data d",
            "doorward invitation revoke acme uinv_1 --data d",
            "doorward keys list --data d",
            "doorward keys list --json --token-signing http://127.0.0.1:1",
            "doorward keys rotate --force --json --data d",
            "doorward keys revoke abc --json --data d",
            "doorward keys revoke -abc --json --data d",
            "doorward keys emergency-rotate --json --data d",
            "doorward keys emergency-rotate abc --data d",
            "doorward keys emergency-rotate -abc --data d",
            "doorward backup --data d copy",
            "doorward restore --data d copy",
            "doorward restore --data d --without-sessions copy",
            "doorward user block a@b.example --identity https://i:1 --session https://s:1 --certificates d",
            "doorward import t --registry https://r:1 --tls-cert c --tls-key k --tls-ca a",
            "doorward service identity --config c --check-health",
            "doorward certificates --out d",
            "doorward certificates --out d --days 30 --host login.example.com --host 192.0.2.1 --name replica --owner 65532:65532 --owner redis=999:999 --renew",
            "doorward certificates --out d --new-ca",
            "doorward certificates --out d --drop-old-ca",
            "doorward serve --ephemeral --listen 0.0.0.0:8080 --issuer http://doorward:8080 --insecure-http-issuer-for-tests --control-listen 0.0.0.0:8081 --tenant t --users u",
            "doorward serve --ephemeral --listen 127.0.0.1:0 --issuer http://localhost:8080 --seed d",
            "doorward serve --listen 127.0.0.1:0 --issuer https://login.example.com --data d --users u --control-listen 127.0.0.1:0",
            "doorward serve --listen 127.0.0.1:0 --issuer https://login.example.com --data d --metrics-listen 127.0.0.1:9100",
            "doorward reset",
            "doorward reset --control 127.0.0.1:1",
            "doorward check-health --control 127.0.0.1:1",
            "doorward demo --data d",
            "doorward demo-setup --issuer https://localhost:8443/ --origin https://localhost:3443 --password-file p --registry http://127.0.0.1:1 --identity http://127.0.0.1:2",
            "doorward demo-application --issuer https://localhost:8443/ --listen 0.0.0.0:3443 --https-cert c --https-key k --token-signing http://127.0.0.1:1",
            "doorward secrets --out d",
            "doorward entrance --listen 0.0.0.0:8443 --to authorize-frontend:8443",
            "doorward check-listening 127.0.0.1:8443",
            "doorward service identity --config c",
            "doorward service session --print-functions",
        ] {
            parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn misuse_is_refused() {
        for (line, kind) in [
            (
                "doorward import t --data d --registry http://127.0.0.1:1",
                ErrorKind::ArgumentConflict,
            ),
            (
                "doorward import t --data d --set A",
                ErrorKind::ValueValidation,
            ),
            (
                "doorward user roles a@b.example reader --none --data d",
                ErrorKind::ArgumentConflict,
            ),
            (
                "doorward serve --listen 127.0.0.1:1 --issuer http://login.example.com --data d",
                ErrorKind::ValueValidation,
            ),
            (
                "doorward serve --listen 127.0.0.1:1 --issuer https://a.example --data d --tls-cert c",
                ErrorKind::MissingRequiredArgument,
            ),
            (
                "doorward certificates --out d --name ../d",
                ErrorKind::ValueValidation,
            ),
            (
                "doorward serve --listen 127.0.0.1:1 --issuer http://localhost --ephemeral --data d",
                ErrorKind::ArgumentConflict,
            ),
            (
                "doorward serve --listen 127.0.0.1:1 --issuer http://localhost",
                ErrorKind::MissingRequiredArgument,
            ),
            (
                "doorward serve --listen 127.0.0.1:1 --issuer http://doorward:1 --data d --insecure-http-issuer-for-tests",
                ErrorKind::ArgumentConflict,
            ),
            (
                "doorward certificates --out d --new-ca --renew",
                ErrorKind::ArgumentConflict,
            ),
            (
                "doorward serve --listen localhost:1 --issuer https://a.example --data d",
                ErrorKind::ValueValidation,
            ),
        ] {
            assert_eq!(parse(line).unwrap_err().kind(), kind, "{line}");
        }
    }
}
