//! Signing tokens.

mod messages;

use doorward_oauth2_types::{ClaimSet, Scope, SigningAlg};
use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_proto::token_signing::v1::{
    GetJwksRequest, SignTokensRequest, WatchJwksRequest, WatchJwksResponse,
};
use doorward_service_kit::grpc::Channel;
use jiff::Timestamp;
use tonic::{Status, Streaming};

use super::calls::Calls;
use super::{BackendError, Patience};

/// The tokens of one answer: at least one is signed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TokensToSign {
    pub(crate) access_token: Option<AccessTokenBesideIdToken>,
    pub(crate) id_token: Option<IdTokenToSign>,
}

/// The access token of an answer; an ID token beside it carries its hash.
#[derive(Clone, PartialEq)]
pub(crate) enum AccessTokenBesideIdToken {
    /// To be signed.
    Jwt(AccessTokenToSign),
    /// Made already.
    Opaque(String),
}

/// The claims of a JWT access token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AccessTokenToSign {
    /// The API's.
    pub(crate) alg: SigningAlg,
    pub(crate) sub: String,
    /// The API first.
    pub(crate) aud: Vec<String>,
    pub(crate) client_id: String,
    pub(crate) scope: Scope,
    pub(crate) lifetime_seconds: u32,
    /// Whether it follows RFC 9068, or Auth0's own profile.
    pub(crate) is_rfc9068: bool,
    pub(crate) organization_id: Option<String>,
    /// `None`: the tenant does not use names, or there is no organization.
    pub(crate) organization_name: Option<String>,
    /// `None`: the claim is left out.
    pub(crate) permissions: Option<Vec<String>>,
    /// A JSON object; `None`: none.
    pub(crate) custom_claims: Option<String>,
}

/// The claims of an ID token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IdTokenToSign {
    /// The client's.
    pub(crate) alg: SigningAlg,
    pub(crate) sub: String,
    /// The client.
    pub(crate) aud: String,
    pub(crate) nonce: Option<String>,
    pub(crate) auth_time: Option<Timestamp>,
    pub(crate) sid: Option<String>,
    pub(crate) organization_id: Option<String>,
    /// `None`: the tenant does not use names, or there is no organization.
    pub(crate) organization_name: Option<String>,
    pub(crate) lifetime_seconds: u32,
    pub(crate) claims: ClaimSet,
    /// A JSON object, whose members come before those of `claims`; `None`: none.
    pub(crate) custom_claims: Option<String>,
}

/// The tokens that were signed.
#[derive(Default)]
pub(crate) struct SignedTokens {
    pub(crate) access_token: Option<String>,
    pub(crate) id_token: Option<String>,
    /// The keys that signed them.
    pub(crate) kids: Vec<String>,
}

/// The public keys at an instant.
#[derive(Debug, Default)]
pub(crate) struct PublicKeys {
    /// Rises with each change.
    pub(crate) revision: u64,
    /// The keys that sign, the next ones, previous ones; of each kind RS256 first.
    pub(crate) keys: Vec<PublicKey>,
}

/// A public key, RFC 7517 §4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicKey {
    pub(crate) kid: String,
    /// The only algorithm that it signs with.
    pub(crate) alg: SigningAlg,
    /// Whether it signs at present.
    pub(crate) is_current: bool,
    pub(crate) half: PublicHalf,
    /// `None` from a `token-signing` of an earlier version.
    pub(crate) certificate: Option<Certificate>,
}

/// The key itself; numbers in base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicHalf {
    /// Modulus and exponent, RFC 7518 §6.3.1.
    Rsa { n: String, e: String },
    /// A point on the curve P-256, RFC 7518 §6.2.1.
    P256 { x: String, y: String },
    /// RFC 8037 §2.
    Ed25519 { x: String },
}

/// The certificate of a key, RFC 7517 §4.7 and §4.8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// DER form in base64.
    pub(crate) x5c: String,
    /// SHA-1 in base64url.
    pub(crate) x5t: String,
}

#[derive(Debug, Clone)]
pub(crate) struct TokenSigning {
    client: TokenSigningServiceClient<Channel>,
    calls: Calls,
}

impl TokenSigning {
    pub(super) fn new(channel: Channel, patience: &Patience) -> Self {
        Self {
            client: TokenSigningServiceClient::new(channel),
            calls: Calls::new("token-signing", patience),
        }
    }

    /// Only `tokens::mint` calls this.
    pub(crate) async fn sign(&self, tokens: TokensToSign) -> Result<SignedTokens, BackendError> {
        let result = self
            .calls
            .repeatable(
                &self.client,
                SignTokensRequest::from(tokens),
                |mut client, request| async move { client.sign_tokens(request).await },
            )
            .await;
        Ok(self.calls.answer(result)?.into())
    }

    pub(super) async fn keys(&self) -> Result<PublicKeys, BackendError> {
        let request = GetJwksRequest {};
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.get_jwks(request).await
            })
            .await;
        Ok(self.calls.answer(result)?.into())
    }

    /// The keys at once, and after each change.
    pub(super) async fn watch_keys(&self) -> Result<Streaming<WatchJwksResponse>, Status> {
        let mut client = self.client.clone();
        Ok(client.watch_jwks(WatchJwksRequest {}).await?.into_inner())
    }
}
