//! The library of Lua functions in Redis, and calls of them.

use std::sync::LazyLock;

use doorward_service_kit::token_hash;
use doorward_service_kit::trace::store_call;
use redis::{Cmd, ToRedisArgs};
use tracing::Span;

use super::keys::{Key, Partition};
use crate::store::record::to_millis;
use crate::store::{MAX_SESSIONS, SIGN_IN};

/// In this order, because Lua only sees what is defined above.
const PARTS: [&str; 11] = [
    include_str!("functions/session.lua"),
    include_str!("functions/resolve_session.lua"),
    include_str!("functions/open_session.lua"),
    include_str!("functions/end_session.lua"),
    include_str!("functions/revoke_sessions.lua"),
    include_str!("functions/put_user.lua"),
    include_str!("functions/put_user_relay_position.lua"),
    include_str!("functions/budget.lua"),
    include_str!("functions/transaction.lua"),
    include_str!("functions/values.lua"),
    include_str!("functions/register.lua"),
];

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::new);

/// Named by the hash of its code, so that libraries of two releases coexist, and loading one again changes nothing.
struct Library {
    prefix: String,
    code: String,
}

impl Library {
    fn new() -> Self {
        let sign_in = to_millis(SIGN_IN);
        let body = format!(
            "local SIGN_IN, MAX_SESSIONS = {sign_in}, {MAX_SESSIONS}\n{}",
            PARTS.join("\n")
        );
        // Names of libraries and functions may have letters, digits and the underscore.
        let digest: String = token_hash(&body)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(12)
            .collect();
        let prefix = format!("doorward_{digest}_");
        let code = format!("#!lua name=doorward_{digest}\nlocal PREFIX = '{prefix}'\n{body}");
        Self { prefix, code }
    }
}

/// The library as `FUNCTION LOAD` takes it.
pub(super) fn library() -> &'static str {
    &LIBRARY.code
}

/// Loads the library, on every primary of a cluster.
pub(super) fn load() -> Cmd {
    let mut command = redis::cmd("FUNCTION");
    command.arg("LOAD").arg("REPLACE").arg(library());
    command
}

/// A call of one of our functions.
#[derive(Debug, Clone)]
pub(super) struct Call {
    function: &'static str,
    command: Cmd,
}

impl Call {
    /// A call with one key.
    pub(super) fn new(function: &'static str, key: &Key) -> Self {
        Self::with_keys(function, &[key.name.as_str()], &key.partition)
    }

    /// A call with two keys of the same partition.
    pub(super) fn with_two(function: &'static str, first: &Key, second: &Key) -> Self {
        debug_assert_eq!(first.partition, second.partition);
        Self::with_keys(function, &[&first.name, &second.name], &first.partition)
    }

    /// Returns the id of the store.
    pub(super) fn find_marker(partition: &Partition) -> Self {
        Self::with_keys("find_value", &[&partition.marker()], partition)
    }

    /// Writes without a change.
    pub(super) fn fence(partition: &Partition) -> Self {
        Self::with_keys("fence", &[&partition.marker()], partition)
    }

    fn with_keys(function: &'static str, keys: &[&str], partition: &Partition) -> Self {
        let mut command = redis::cmd("FCALL");
        command
            .arg(format!("{}{function}", LIBRARY.prefix))
            .arg(keys.len() + 1)
            .arg(keys)
            .arg(partition.marker());
        Self { function, command }
    }

    /// Adds an argument.
    pub(super) fn arg(mut self, value: impl ToRedisArgs) -> Self {
        self.command.arg(value);
        self
    }

    pub(super) fn command(&self) -> &Cmd {
        &self.command
    }

    /// The span of this call.
    pub(super) fn span(&self) -> Span {
        store_call("redis", "FCALL", self.function)
    }
}
