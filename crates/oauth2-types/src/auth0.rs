//! Auth0's extensions of the protocol: parameter names, and values of parameters and settings with a fixed set.

mod app_type;
mod settings;
mod token_dialect;

pub use app_type::AppType;
pub use settings::{
    ConnectionStrategy, OrganizationDiscoveryMethod, OrganizationRequireBehavior,
    OrganizationUsage, ResourceParameterProfile, SubjectType, ThirdPartySecurityMode, UserAccess,
};
pub use token_dialect::TokenDialect;

/// `audience`: identifier of the API the access token is for.
pub const AUDIENCE: &str = "audience";
/// `connection`: the one connection to log in with.
pub const CONNECTION: &str = "connection";
/// `connection_scope`: further scopes for the upstream provider.
pub const CONNECTION_SCOPE: &str = "connection_scope";
/// `correlation_id`: accepted, without effect.
pub const CORRELATION_ID: &str = "correlation_id";
/// `invitation`: the invitation ticket, sent with `organization`.
pub const INVITATION: &str = "invitation";
/// `login_ticket`: accepted, without effect.
pub const LOGIN_TICKET: &str = "login_ticket";
/// `organization`: id of the organization to log in to, or its name.
pub const ORGANIZATION: &str = "organization";
/// `screen_hint`: the page to begin with, see [`ScreenHint`].
pub const SCREEN_HINT: &str = "screen_hint";

/// The `acr_values` entry that asks for a second factor.
pub const MULTI_FACTOR_ACR: &str = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

/// The first page for a user without a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ScreenHint {
    /// The login page; also for unknown hints.
    #[default]
    Login,
    /// The sign-up page.
    Signup,
}

impl From<&str> for ScreenHint {
    fn from(value: &str) -> Self {
        if value == "signup" {
            Self::Signup
        } else {
            Self::Login
        }
    }
}

/// The maximum number of `ext-` parameters in a request.
pub const MAX_EXT_PARAMETERS: usize = 10;

/// Whether this is a parameter for page templates and hooks, `^ext-[\w-]{1,28}$`, with a value of `^[-\w.*~@+
/// /:]{1,255}$`.
#[must_use]
pub fn is_ext_parameter(name: &str, value: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let Some(label) = name.strip_prefix("ext-") else {
        return false;
    };
    (1..=28).contains(&label.len())
        && label.bytes().all(is_word)
        && (1..=255).contains(&value.len())
        && value
            .bytes()
            .all(|byte| is_word(byte) || b".*~@+ /:".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screen_hints() {
        assert_eq!(ScreenHint::from("signup"), ScreenHint::Signup);
        for value in ["", "login", "Signup", "reset-password"] {
            assert_eq!(ScreenHint::from(value), ScreenHint::Login, "{value}");
        }
    }

    #[test]
    fn ext_parameters() {
        let (long_name, long_value) = ("x".repeat(29), "x".repeat(256));
        let cases = [
            ("ext-campaign", "spring 2026/A:b+c@d~e.f*g-h_i", true),
            (&format!("ext-{}", &long_name[1..]), &long_value[1..], true),
            (&format!("ext-{long_name}"), "a", false),
            ("ext-a", &long_value, false),
            ("ext-", "a", false),
            ("ext-a", "", false),
            ("ext-a.b", "a", false),
            ("ext-a", "<b>", false),
            ("ext-a", "é", false),
            ("Ext-a", "a", false),
            ("campaign", "a", false),
        ];
        for (name, value, expected) in cases {
            assert_eq!(is_ext_parameter(name, value), expected, "{name}={value}");
        }
    }
}
