//! `token_endpoint_auth_method`: how a client proves its identity.

use crate::text_enum;

text_enum! {
    /// How a client authenticates at the token endpoint.
    ///
    /// See [OpenID Connect Core 1.0, section
    /// 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication) and [RFC 7591
    /// §2](https://www.rfc-editor.org/rfc/rfc7591#section-2).
    #[derive(Default)]
    pub enum ClientAuthenticationMethod {
        /// Not at all: the client is public (RFC 6749 §2.1).
        #[default]
        None = "none",
        /// With its secret in the body (RFC 6749 §2.3.1).
        ClientSecretPost = "client_secret_post",
        /// With its secret in the `Authorization` header (RFC 6749 §2.3.1).
        ClientSecretBasic = "client_secret_basic",
    }
}

impl ClientAuthenticationMethod {
    /// Whether the client is public: it cannot keep a secret (RFC 6749 §2.1).
    #[must_use]
    pub fn is_public(self) -> bool {
        self == Self::None
    }
}

#[cfg(test)]
mod tests {
    use super::ClientAuthenticationMethod as Method;

    #[test]
    fn names_are_read_and_written() {
        for method in Method::ALL {
            assert_eq!(method.to_string().parse(), Ok(*method));
            assert_eq!(method.is_public(), method.as_str() == "none");
        }
        assert!("client_secret_jwt".parse::<Method>().is_err());
    }
}
