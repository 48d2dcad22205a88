//! The messages that a form can show, under the keys that Auth0's pages use.

/// Why a form is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormError {
    /// Unknown user or wrong password; never says which.
    WrongEmailCredentials,
    /// No email address was typed.
    NoEmail,
    /// What was typed is no email address.
    InvalidEmailFormat,
    /// No password was typed.
    NoPassword,
    /// The password breaks the connection's rules.
    PasswordTooWeak,
    /// Someone has signed up with that address before.
    EmailInUse,
    /// Too many failed attempts from this network address.
    IpBlocked,
    /// Too many failed attempts on this account.
    UserBlocked,
    /// Too many attempts on this account within a minute.
    SameUserLogin,
    /// Too many sign-ups from this network address.
    IpSignupBlocked,
    /// The connection that the request names takes no new users or no passwords.
    NoDbConnection,
    /// A fault of ours; trying again may help.
    AuthenticationFailure,
}

impl FormError {
    /// Every message.
    pub const ALL: [Self; 12] = [
        Self::WrongEmailCredentials,
        Self::NoEmail,
        Self::InvalidEmailFormat,
        Self::NoPassword,
        Self::PasswordTooWeak,
        Self::EmailInUse,
        Self::IpBlocked,
        Self::UserBlocked,
        Self::SameUserLogin,
        Self::IpSignupBlocked,
        Self::NoDbConnection,
        Self::AuthenticationFailure,
    ];

    /// The value of `data-error-code`, by which browser tests know the message.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongEmailCredentials => "wrong-email-credentials",
            Self::NoEmail => "no-email",
            Self::InvalidEmailFormat => "invalid-email-format",
            Self::NoPassword => "no-password",
            Self::PasswordTooWeak => "password-too-weak",
            Self::EmailInUse => "email-in-use",
            Self::IpBlocked => "ip-blocked",
            Self::UserBlocked => "user-blocked",
            Self::SameUserLogin => "same-user-login",
            Self::IpSignupBlocked => "ip-signup-blocked",
            Self::NoDbConnection => "no-db-connection",
            Self::AuthenticationFailure => "authentication-failure",
        }
    }

    pub(super) fn text_key(self) -> String {
        format!("error-{}", self.code())
    }

    /// Whether the message is about what was typed into the email field.
    pub(super) fn is_about_email(self) -> bool {
        matches!(
            self,
            Self::NoEmail | Self::InvalidEmailFormat | Self::EmailInUse
        )
    }

    /// Whether the message is about what was typed into the password field.
    pub(super) fn is_about_password(self) -> bool {
        matches!(
            self,
            Self::WrongEmailCredentials | Self::NoPassword | Self::PasswordTooWeak
        )
    }
}
