//! `doorward keys`: the life of the signing keys.

mod show;

use doorward_oauth2_types::SigningAlg;
use doorward_proto::WireEnum;
use doorward_proto::token_signing::v1::signing_key_service_client::SigningKeyServiceClient;
use doorward_proto::token_signing::v1::{
    ListKeysRequest, ReplaceCurrentKeyRequest, RetireKeysRequest, RevokeKeyRequest,
    RotateKeysRequest, RotatedKeys, SigningKey,
};
use doorward_service_kit::grpc::Channel;
use serde_json::{Map, Value};
use tonic::Status;

use super::request;
use crate::error::Error;
use crate::output::{say, say_json};
use crate::service::Service;
use crate::target::{Deployment, Target};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the signing keys of each algorithm: current, next, previous, and the last three that were revoked
    List(Args),
    /// Sign with the next key from now on, and publish a new next key; tokens of the key before stay valid
    Rotate(RotateArgs),
    /// Switch an algorithm off: it signs no more, and tokens of its key stay valid
    Retire(RetireArgs),
    /// Revoke a previous key: tokens that it signed are refused
    Revoke(RevokeArgs),
    /// Revoke the current key of one algorithm and sign with the next one at once; for a key that others may have
    EmergencyRotate(EmergencyRotateArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print JSON, with the names of Auth0's Management API
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RotateArgs {
    /// Rotate although the next key has been published for less than an hour, and may not be known to every verifier
    #[arg(long)]
    force: bool,
    /// Rotate the keys of this algorithm only [default: those of all algorithms, or none]
    #[arg(long, value_name = "ALG")]
    alg: Option<SigningAlg>,
    #[command(flatten)]
    args: Args,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RetireArgs {
    /// Algorithm, any but RS256; take it out of the settings first, or the next start switches it on again
    #[arg(long, value_name = "ALG")]
    alg: SigningAlg,
    #[command(flatten)]
    args: Args,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RevokeArgs {
    /// Id of a previous key
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    kid: String,
    #[command(flatten)]
    args: Args,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EmergencyRotateArgs {
    /// Id of the current key, so that a repeated command revokes no other
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    kid: Option<String>,
    /// Algorithm of the key; needed when several algorithms sign and no KID is given
    #[arg(long, value_name = "ALG")]
    alg: Option<SigningAlg>,
    #[command(flatten)]
    args: Args,
}

type Keys = SigningKeyServiceClient<Channel>;

impl Command {
    pub(crate) async fn run(self) -> Result<(), Error> {
        match self {
            Self::List(args) => list(args).await,
            Self::Rotate(args) => rotate(args).await,
            Self::Retire(args) => retire(args).await,
            Self::Revoke(args) => revoke(args).await,
            Self::EmergencyRotate(args) => emergency_rotate(args).await,
        }
    }
}

async fn list(args: Args) -> Result<(), Error> {
    let (_deployment, mut keys) = open(args.target).await?;
    let answer = keys.list_keys(request(ListKeysRequest {})).await;
    let keys = answer.map_err(service())?.into_inner().keys;
    if args.json {
        say_json(&keys.iter().map(show::document).collect());
    } else if keys.is_empty() {
        say("no signing keys yet; the server makes them when it first starts");
    } else {
        for key in &keys {
            say(show::line(key));
        }
    }
    Ok(())
}

async fn rotate(RotateArgs { force, alg, args }: RotateArgs) -> Result<(), Error> {
    let (_deployment, mut keys) = open(args.target).await?;
    let alg = alg.map(SigningAlg::to_wire);
    let wanted = RotateKeysRequest { force, alg };
    let answer = keys.rotate_keys(request(wanted)).await;
    let rotated = answer.map_err(service())?.into_inner().rotated;
    let rotated = rotated.into_iter();
    let changed = rotated.map(|RotatedKeys { current, next }| {
        [
            ("current", current.unwrap_or_default()),
            ("next", next.unwrap_or_default()),
        ]
    });
    let changed: Vec<_> = changed.collect();
    if args.json {
        let documents: Vec<_> = changed.iter().map(|keys| document(keys)).collect();
        // One object when one algorithm was rotated, an array of them for several.
        match <[Value; 1]>::try_from(documents) {
            Ok([document]) => say_json(&document),
            Err(documents) => say_json(&Value::Array(documents)),
        }
    } else {
        for keys in &changed {
            print_lines(keys);
        }
    }
    Ok(())
}

async fn retire(RetireArgs { alg, args }: RetireArgs) -> Result<(), Error> {
    let (_deployment, mut keys) = open(args.target).await?;
    let alg = alg.to_wire();
    let answer = keys.retire_keys(request(RetireKeysRequest { alg })).await;
    let answer = answer.map_err(service())?.into_inner();
    print(args.json, &[("previous", answer.key.unwrap_or_default())]);
    Ok(())
}

async fn revoke(RevokeArgs { kid, args }: RevokeArgs) -> Result<(), Error> {
    let (_deployment, mut keys) = open(args.target).await?;
    let answer = keys.revoke_key(request(RevokeKeyRequest { kid })).await;
    let answer = answer.map_err(service())?.into_inner();
    print(args.json, &[("revoked", answer.key.unwrap_or_default())]);
    Ok(())
}

async fn emergency_rotate(
    EmergencyRotateArgs { kid, alg, args }: EmergencyRotateArgs,
) -> Result<(), Error> {
    let (_deployment, mut keys) = open(args.target).await?;
    let alg = alg.map(SigningAlg::to_wire);
    let wanted = ReplaceCurrentKeyRequest { kid, alg };
    let answer = keys.replace_current_key(request(wanted)).await;
    let answer = answer.map_err(service())?.into_inner();
    let changed = [
        ("revoked", answer.revoked.unwrap_or_default()),
        ("current", answer.current.unwrap_or_default()),
        ("next", answer.next.unwrap_or_default()),
    ];
    print(args.json, &changed);
    Ok(())
}

/// The services of a data folder end with the deployment.
async fn open(target: Target) -> Result<(Deployment, Keys), Error> {
    let deployment = target.existing(&[Service::TokenSigning])?;
    let keys = deployment.signing_keys().await?;
    Ok((deployment, keys))
}

fn service() -> impl Fn(Status) -> Error {
    Error::service(Service::TokenSigning)
}

fn print(as_json: bool, keys: &[(&str, SigningKey)]) {
    if as_json {
        say_json(&document(keys));
    } else {
        print_lines(keys);
    }
}

/// An object with a key for each role.
fn document(keys: &[(&str, SigningKey)]) -> Value {
    let documents = keys.iter();
    let documents = documents.map(|(role, key)| ((*role).to_owned(), show::document(key)));
    Value::Object(documents.collect::<Map<_, _>>())
}

fn print_lines(keys: &[(&str, SigningKey)]) {
    for (_, key) in keys {
        say(show::line(key));
    }
}
