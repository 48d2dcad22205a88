//! Compiles the protos with `protox`, so that building needs no `protoc`.

use std::path::Path;

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
    let mut config = tonic_prost_build::Config::new();
    config.skip_debug(SECRET_MESSAGES);
    tonic_prost_build::configure().compile_fds_with_config(descriptors, config)?;
    Ok(())
}
