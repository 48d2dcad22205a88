//! `doorward service NAME`: runs one service, from the binary that contains all of them.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use doorward_service_kit::ServiceArgs;

/// The prefix of links to this binary: `doorward-NAME` runs the service `NAME`.
const LINK_PREFIX: &str = "doorward-";

/// The services by their names.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The HTTP edge: serves browsers and applications, and calls the other services
    AuthorizeFrontend(ServiceArgs),
    /// Owns tenant settings, applications, APIs and connections
    ClientRegistry(ServiceArgs),
    /// Owns users, their passwords, roles and consents
    Identity(ServiceArgs),
    /// Owns SSO sessions, pending authorization transactions and opaque access tokens
    Session(doorward_session::Args),
    /// Owns organizations and their members
    Organization(ServiceArgs),
    /// Owns the signing keys and signs tokens
    TokenSigning(ServiceArgs),
}

impl Command {
    pub(crate) fn run(&self) -> ExitCode {
        match self {
            Self::AuthorizeFrontend(args) => doorward_authorize_frontend::main(args),
            Self::ClientRegistry(args) => doorward_client_registry::main(args),
            Self::Identity(args) => doorward_identity::main(args),
            Self::Session(args) => doorward_session::main(args),
            Self::Organization(args) => doorward_organization::main(args),
            Self::TokenSigning(args) => doorward_token_signing::main(args),
        }
    }
}

/// The command line, with the name of a link expanded to `service NAME`.
pub(crate) fn expand_link(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<_> = args.into_iter().collect();
    let program = args
        .first()
        .and_then(|program| Path::new(program).file_name());
    let linked = program
        .and_then(|name| name.to_str()?.strip_prefix(LINK_PREFIX))
        .filter(|name| Command::has_subcommand(name))
        .map(OsString::from);
    if let Some(service) = linked {
        args.splice(1..1, ["service".into(), service]);
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_link_chooses_the_service() {
        let expand =
            |line: &str| expand_link(line.split(' ').map(OsString::from)).join(" ".as_ref());
        assert_eq!(
            expand("/usr/bin/doorward-session --config a.toml"),
            "/usr/bin/doorward-session service session --config a.toml"
        );
        for line in [
            "doorward service session",
            "./doorward-nightly serve",
            "doorward-identity2",
        ] {
            assert_eq!(expand(line), line);
        }
    }
}
