//! Compiles the protos with `protox`, so that building needs no `protoc`.

use std::env::VarError;
use std::path::{Path, PathBuf};

use prost_types::FileDescriptorSet;

const ROOT: &str = "../../proto";

const FILES: [&str; 7] = [
    "doorward/common/v1/user.proto",
    "doorward/errors/v1/error_reason.proto",
    "doorward/client_registry/v1/client_registry.proto",
    "doorward/identity/v1/identity.proto",
    "doorward/organization/v1/organization.proto",
    "doorward/session/v1/session.proto",
    "doorward/token_signing/v1/token_signing.proto",
];

/// Messages with a `debug_redact` field: `src/redacted.rs` gives them a `Debug` that prints no field.
const SECRET_MESSAGES: [&str; 18] = [
    ".doorward.identity.v1.CreateUserRequest",
    ".doorward.identity.v1.ImportedUser",
    ".doorward.identity.v1.SetPasswordRequest",
    ".doorward.identity.v1.VerifyPasswordRequest",
    ".doorward.session.v1.AddAccessTokenRequest",
    ".doorward.session.v1.AddTransactionRequest",
    ".doorward.session.v1.EndSessionRequest",
    ".doorward.session.v1.FindAccessTokenRequest",
    ".doorward.session.v1.FindTransactionRequest",
    ".doorward.session.v1.FinishedSignIn",
    ".doorward.session.v1.OpenSessionRequest",
    ".doorward.session.v1.OpenSessionResponse",
    ".doorward.session.v1.ResolveSessionRequest",
    ".doorward.session.v1.SubmittedTransaction",
    ".doorward.session.v1.Transaction",
    ".doorward.token_signing.v1.SignTokensRequest",
    ".doorward.token_signing.v1.SignTokensRequest.access_token",
    ".doorward.token_signing.v1.SignTokensResponse",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed={ROOT}");
    let files: Vec<_> = FILES
        .iter()
        .map(|file| Path::new(ROOT).join(file))
        .collect();
    let descriptors = protox::compile(&files, [ROOT])?;
    std::fs::write(out_dir()?.join("user_claims.rs"), user_claims(&descriptors))?;
    let mut config = tonic_prost_build::Config::new();
    config.skip_debug(SECRET_MESSAGES);
    tonic_prost_build::configure().compile_fds_with_config(descriptors, config)?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo names the folder of generated code in a variable"
)]
fn out_dir() -> Result<PathBuf, VarError> {
    Ok(std::env::var("OUT_DIR")?.into())
}

/// A call of the macro in `src/user_claims.rs`: every field of `UserClaims` with the variant of its claim.
fn user_claims(descriptors: &FileDescriptorSet) -> String {
    let files = descriptors.file.iter();
    let messages = files.flat_map(|file| &file.message_type);
    let fields = messages
        .filter(|message| message.name() == "UserClaims")
        .flat_map(|message| &message.field);
    let rows = fields.map(|field| format!("{} {};", camel_case(field.name()), field.name()));
    format!("fields! {{ {} }}", rows.collect::<String>())
}

fn camel_case(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect()
}
