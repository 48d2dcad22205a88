//! `Debug` for types that hold a secret: the name of the type, and nothing in it. The build lists them by the
//! `debug_redact` fields of the protos.

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

include!(concat!(env!("OUT_DIR"), "/redacted.rs"));

#[cfg(test)]
mod tests {
    use crate::identity::v1::VerifyPasswordRequest;
    use crate::token_signing::v1::SignTokensRequest;
    use crate::token_signing::v1::sign_tokens_request::AccessToken;

    #[test]
    fn secrets_are_not_printed() {
        let request = VerifyPasswordRequest {
            password: "correct horse".to_owned(),
            ..Default::default()
        };
        assert!(!format!("{request:?}").contains("horse"));
    }

    #[test]
    fn secrets_in_a_choice_are_not_printed() {
        let token = AccessToken::OpaqueAccessToken("correct horse".to_owned());
        assert!(!format!("{token:?}").contains("horse"));
        let request = SignTokensRequest {
            access_token: Some(token),
            ..Default::default()
        };
        assert!(!format!("{request:?}").contains("horse"));
    }
}
