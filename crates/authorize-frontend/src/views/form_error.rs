//! The messages of forms, with the keys of Auth0's pages.

/// The error of a submitted form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormError {
    /// Unknown user or wrong password. The message does not say which.
    WrongEmailCredentials,
    /// No email address was typed.
    NoEmail,
    /// The input is no email address.
    InvalidEmailFormat,
    /// No password was typed.
    NoPassword,
    /// The password breaks the connection's rules.
    PasswordTooWeak,
    /// The password is one of the most common ones.
    PasswordTooCommon,
    /// The password is longer than any password may be.
    PasswordTooLong,
    /// Another user has this email address.
    EmailInUse,
    /// There is no such organization, or it cannot be used here.
    InvalidOrganization,
    /// The invited person has an account already.
    InvitedEmailInUse,
    /// The account has had too many wrong passwords.
    UserBlocked,
    /// The address has tried too many passwords.
    IpBlocked,
    /// Too many attempts with one account in a short time.
    SameUserLogin,
    /// The address has signed up too often.
    IpSignupBlocked,
    /// The form contains neither a yes nor a no.
    InvalidAction,
}

impl FormError {
    /// Every message.
    pub const ALL: [Self; 15] = [
        Self::WrongEmailCredentials,
        Self::NoEmail,
        Self::InvalidEmailFormat,
        Self::NoPassword,
        Self::PasswordTooWeak,
        Self::PasswordTooCommon,
        Self::PasswordTooLong,
        Self::EmailInUse,
        Self::InvalidOrganization,
        Self::InvitedEmailInUse,
        Self::UserBlocked,
        Self::IpBlocked,
        Self::SameUserLogin,
        Self::IpSignupBlocked,
        Self::InvalidAction,
    ];

    /// The value of `data-error-code`, by which browser tests recognise the message.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongEmailCredentials => "wrong-email-credentials",
            Self::NoEmail => "no-email",
            Self::InvalidEmailFormat => "invalid-email-format",
            Self::NoPassword => "no-password",
            Self::PasswordTooWeak => "password-too-weak",
            Self::PasswordTooCommon => "password-too-common",
            Self::PasswordTooLong => "password-policy-not-conformant",
            Self::EmailInUse | Self::InvitedEmailInUse => "email-in-use",
            Self::InvalidOrganization => "invalid-organization",
            Self::UserBlocked => "user-blocked",
            Self::IpBlocked => "ip-blocked",
            Self::SameUserLogin => "same-user-login",
            Self::IpSignupBlocked => "ip-signup-blocked",
            Self::InvalidAction => "invalid-action",
        }
    }

    pub(super) fn text_key(self) -> String {
        match self {
            Self::InvitedEmailInUse => "error-invited-email-in-use".to_owned(),
            _ => format!("error-{}", self.code()),
        }
    }

    /// Whether the message is about the email field.
    pub(super) fn is_about_email(self) -> bool {
        matches!(
            self,
            Self::NoEmail | Self::InvalidEmailFormat | Self::EmailInUse | Self::InvitedEmailInUse
        )
    }

    /// Whether the message is about the password field.
    pub(super) fn is_about_password(self) -> bool {
        matches!(
            self,
            Self::WrongEmailCredentials
                | Self::NoPassword
                | Self::PasswordTooWeak
                | Self::PasswordTooCommon
                | Self::PasswordTooLong
        )
    }
}
