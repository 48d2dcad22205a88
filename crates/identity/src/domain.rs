//! Users and passwords: types and rules, no I/O.

mod email;
mod import;
mod password;
mod password_hash;
mod profile;
mod user;

pub use email::Email;
pub use import::{ImportEntry, Outcome, Tally, refuse_repeats};
pub use password::Password;
pub use password_hash::{HashingFailed, PasswordHash, UnknownHash};
pub use profile::Profile;
pub use user::{Connection, Metadata, User, UserId};
