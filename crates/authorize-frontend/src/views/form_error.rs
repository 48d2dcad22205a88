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
    /// The password is longer than anybody's may be.
    PasswordTooLong,
    /// Someone has signed up with that address before.
    EmailInUse,
    /// The form says neither yes nor no.
    InvalidAction,
}

impl FormError {
    /// Every message.
    pub const ALL: [Self; 8] = [
        Self::WrongEmailCredentials,
        Self::NoEmail,
        Self::InvalidEmailFormat,
        Self::NoPassword,
        Self::PasswordTooWeak,
        Self::PasswordTooLong,
        Self::EmailInUse,
        Self::InvalidAction,
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
            Self::PasswordTooLong => "password-policy-not-conformant",
            Self::EmailInUse => "email-in-use",
            Self::InvalidAction => "invalid-action",
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
            Self::WrongEmailCredentials
                | Self::NoPassword
                | Self::PasswordTooWeak
                | Self::PasswordTooLong
        )
    }
}
