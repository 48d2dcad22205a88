//! `Debug` for messages that hold a secret: the name of the message, and nothing in it.

use std::fmt;

macro_rules! redacted {
    ($($message:path),* $(,)?) => {$(
        impl fmt::Debug for $message {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($message), " [redacted]"))
            }
        }
    )*};
}

redacted!(
    crate::identity::v1::CreateUserRequest,
    crate::identity::v1::ImportedUser,
    crate::identity::v1::SetPasswordRequest,
    crate::identity::v1::VerifyPasswordRequest,
    crate::session::v1::AddAccessTokenRequest,
    crate::session::v1::AddTransactionRequest,
    crate::session::v1::EndSessionRequest,
    crate::session::v1::FindAccessTokenRequest,
    crate::session::v1::FindTransactionRequest,
    crate::session::v1::FinishedSignIn,
    crate::session::v1::OpenSessionRequest,
    crate::session::v1::OpenSessionResponse,
    crate::session::v1::ResolveSessionRequest,
    crate::session::v1::SubmittedTransaction,
    crate::session::v1::Transaction,
    crate::token_signing::v1::SignTokensRequest,
    crate::token_signing::v1::SignTokensResponse,
    crate::token_signing::v1::sign_tokens_request::AccessToken,
);

#[cfg(test)]
mod tests {
    use crate::identity::v1::VerifyPasswordRequest;

    #[test]
    fn secrets_are_not_printed() {
        let request = VerifyPasswordRequest {
            password: "correct horse".to_owned(),
            ..Default::default()
        };
        assert!(!format!("{request:?}").contains("horse"));
    }
}
