//! Keys that Auth0's bulk import does not have: for the users of a server for tests.

use doorward_identity::domain::Password;

use super::Reader;
use crate::document::Object;

/// Values that a server for tests accepts in addition, for one user.
#[derive(Debug, Clone, Default)]
pub(crate) struct TestKeys {
    /// The password in plain text.
    pub(crate) password: Option<Password>,
    /// Name of the connection; `None` for the default one.
    pub(crate) connection: Option<String>,
    /// Names or ids of the user's roles.
    pub(crate) roles: Vec<String>,
    /// Ids of the organizations that the user is a member of.
    pub(crate) organizations: Vec<String>,
}

/// Takes the keys out of an entry. A lasting server refuses a readable password, which would stay in a file, and
/// reports the other keys as ignored.
pub(super) fn read(entry: &mut Object, reader: Reader) -> TestKeys {
    let given = entry.text("password");
    // mutant: readable-passwords-imported
    if reader == Reader::Import {
        if given.is_some() {
            let problem = "is for doorward serve --ephemeral only; give a password_hash";
            entry.fault("password", problem);
        }
        return TestKeys::default();
    }
    let password = given.and_then(|text| {
        let password = Password::typed(text);
        if password.is_none() {
            entry.fault("password", "must have 1 to 1024 bytes");
        }
        password
    });
    let mut texts = |key| entry.texts(key).unwrap_or_default().values;
    let (roles, organizations) = (texts("roles"), texts("organizations"));
    TestKeys {
        password,
        connection: entry.text("connection"),
        roles,
        organizations,
    }
}
