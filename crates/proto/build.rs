//! Compiles the protos with `protox`, so that building needs no `protoc`.

use std::env::VarError;
use std::path::{Path, PathBuf};

use protox::prost_reflect::{
    DescriptorPool, ExtensionDescriptor, FieldDescriptor, MessageDescriptor, MethodDescriptor,
    ServiceDescriptor,
};

const ROOT: &str = "../../proto";

const FILES: [&str; 12] = [
    "doorward/common/v1/signing_alg.proto",
    "doorward/common/v1/user.proto",
    "doorward/errors/v1/error_reason.proto",
    "doorward/client_registry/v1/client_registry.proto",
    "doorward/hooks/v1/post_login.proto",
    "doorward/identity/v1/identity.proto",
    "doorward/methods/v1/methods.proto",
    "doorward/organization/v1/invitation.proto",
    "doorward/organization/v1/organization.proto",
    "doorward/session/v1/session.proto",
    "doorward/token_signing/v1/signing_keys.proto",
    "doorward/token_signing/v1/token_signing.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed={ROOT}");
    let files = FILES.iter().map(|file| Path::new(ROOT).join(file));
    let mut compiler = protox::Compiler::new([ROOT])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(files)?;
    let descriptors = compiler.file_descriptor_set();
    let pool = compiler.descriptor_pool();
    let secrets = secret_types(&pool);
    std::fs::write(out_dir()?.join("user_claims.rs"), user_claims(&pool))?;
    std::fs::write(out_dir()?.join("redacted.rs"), redacted(&secrets))?;
    std::fs::write(out_dir()?.join("methods.rs"), methods(&pool)?)?;
    let mut config = tonic_prost_build::Config::new();
    config.skip_debug(secrets.iter().map(|secret| &secret.proto));
    tonic_prost_build::configure()
        .codec_path("crate::codec::SmallCodec")
        .compile_fds_with_config(descriptors, config)?;
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
fn user_claims(pool: &DescriptorPool) -> String {
    let message = pool.get_message_by_name("doorward.common.v1.UserClaims");
    let fields = message.iter().flat_map(MessageDescriptor::fields);
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

/// A generated type that holds a secret: a message with a `debug_redact` field, or a `oneof` with one.
struct SecretType {
    /// With a dot before it.
    proto: String,
    rust: String,
}

fn secret_types(pool: &DescriptorPool) -> Vec<SecretType> {
    let mut secrets = Vec::new();
    for message in pool.all_messages() {
        let fields: Vec<_> = message.fields().filter(is_secret).collect();
        let oneofs = fields.iter().filter_map(FieldDescriptor::containing_oneof);
        let mut oneofs: Vec<_> = oneofs
            .filter(|oneof| !oneof.is_synthetic())
            .map(|oneof| oneof.name().to_owned())
            .collect();
        oneofs.dedup();
        if !fields.is_empty() {
            secrets.push(SecretType {
                proto: format!(".{}", message.full_name()),
                rust: format!("{}::{}", scope(&message), message.name()),
            });
        }
        secrets.extend(oneofs.iter().map(|oneof| SecretType {
            proto: format!(".{}.{oneof}", message.full_name()),
            rust: format!(
                "{}::{}::{}",
                scope(&message),
                snake(message.name()),
                camel_case(oneof)
            ),
        }));
    }
    secrets
}

fn is_secret(field: &FieldDescriptor) -> bool {
    let options = field.options();
    let redact = options.get_field_by_name("debug_redact");
    redact.is_some_and(|value| value.as_bool() == Some(true))
}

/// Path of the module that holds a message.
fn scope(message: &MessageDescriptor) -> String {
    match message.parent_message() {
        Some(parent) => format!("{}::{}", scope(&parent), snake(parent.name())),
        None => message
            .package_name()
            .split('.')
            .skip(1)
            .fold("crate".to_owned(), |path, part| path + "::" + part),
    }
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// A call of the macro in `src/redacted.rs`: every type that holds a secret.
fn redacted(secrets: &[SecretType]) -> String {
    let types = secrets.iter().map(|secret| format!("{},", secret.rust));
    format!("redacted! {{ {} }}", types.collect::<String>())
}

/// The names that a process can have in its certificate.
const PROCESSES: [&str; 8] = [
    "authorize-frontend",
    "client-registry",
    "commands",
    "demo",
    "identity",
    "organization",
    "session",
    "token-signing",
];

/// The default of `doorward.methods.v1.max_request_bytes`.
const MAX_REQUEST_BYTES: u32 = 1024 * 1024;

/// The table in `src/methods.rs`: every method with what the protos say about it, ordered by its path.
fn methods(pool: &DescriptorPool) -> Result<String, String> {
    let option = |name: &str| {
        let option = pool.get_extension_by_name(&format!("doorward.methods.v1.{name}"));
        option.ok_or_else(|| format!("doorward.methods.v1.{name} is not defined"))
    };
    let (callers, max_request_bytes) = (option("callers")?, option("max_request_bytes")?);
    // Hooks are services of others, which say for themselves who may call them.
    let is_ours =
        |service: &ServiceDescriptor| !service.package_name().starts_with("doorward.hooks.");
    let services: Vec<_> = pool.services().filter(is_ours).collect();
    let methods = services.iter().flat_map(ServiceDescriptor::methods);
    let rows = methods.map(|method| {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let names = callers_of(&method, &callers)?;
        let bytes = method.options().get_extension(&max_request_bytes).as_u32();
        let bytes = bytes
            .filter(|bytes| *bytes > 0)
            .unwrap_or(MAX_REQUEST_BYTES);
        Ok(format!(
            "({path:?}, Method {{ callers: &{names:?}, max_request_bytes: {bytes} }})"
        ))
    });
    let mut rows: Vec<_> = rows.collect::<Result<_, String>>()?;
    rows.sort();
    Ok(format!("&[{}]", rows.join(",")))
}

fn callers_of(
    method: &MethodDescriptor,
    option: &ExtensionDescriptor,
) -> Result<Vec<String>, String> {
    let options = method.options();
    let callers = options.get_extension(option);
    let names = callers
        .as_message()
        .and_then(|callers| callers.get_field_by_name("names"));
    let names = names.iter().filter_map(|names| names.as_list()).flatten();
    let names: Vec<_> = names
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect();
    let method = method.full_name();
    match names
        .iter()
        .find(|name| !PROCESSES.contains(&name.as_str()))
    {
        _ if names.is_empty() => Err(format!(
            "{method} does not say which processes may call it: option (doorward.methods.v1.callers) = {{ names: [..] }}"
        )),
        Some(unknown) => Err(format!(
            "{method} names {unknown:?} as a caller; there are {PROCESSES:?}"
        )),
        None => Ok(names),
    }
}
