//! Users, passwords, roles and consents: types and rules, no I/O.

mod common_passwords;
mod consent;
mod email;
mod hash_kind;
mod hash_memory;
mod import;
mod imported_hash;
mod password;
mod password_hash;
mod profile;
mod role;
mod role_patch;
mod user;

pub use consent::Consent;
pub use email::Email;
pub use hash_kind::HashKind;
pub use hash_memory::HashMemory;
pub use import::{ImportEntry, Outcome, Tally, refuse_repeats, refuse_too_many_kinds};
pub use imported_hash::{
    Algorithm as ImportedAlgorithm, Digest, ImportedHash, PasswordEncoding, SaltPosition,
};
pub use password::Password;
pub use password_hash::{HashingFailed, PasswordHash, UnknownHash};
pub use profile::Profile;
pub use role::{Permission, Role, RoleId, resolve};
pub use role_patch::{RoleChange, RolePatch, plan, refuse_repeated_roles};
pub use user::{AddedMetadata, Connection, Metadata, User, UserId};
