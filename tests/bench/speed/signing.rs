//! Signatures per CPU-second: those of `token-signing` over gRPC, beside those of the bare library.

use std::time::{Duration, Instant};

use doorward_e2e::{API, APPLICATION, Replica};
use doorward_proto::token_signing::v1::sign_tokens_request::AccessToken;
use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_proto::token_signing::v1::{
    AccessTokenClaims, IdTokenClaims, SignTokensRequest, TokenDialect,
};
use doorward_service_kit::grpc::Channel;
use tokio::task::JoinSet;

use super::settings::Settings;
use super::signature::Algorithm;
use super::target::Target;
use crate::statistics::exact;

/// The measured service.
const SERVICE: &str = "token-signing";
/// Concurrent calls.
const CALLS: usize = 16;
/// The time of calls that are not counted.
const WARM_UP: Duration = Duration::from_millis(300);

/// The tokens of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Batch {
    /// A JWT access token.
    AccessToken,
    /// The same and an ID token.
    BothTokens,
}

impl Batch {
    const ALL: [Self; 2] = [Self::AccessToken, Self::BothTokens];

    /// Its name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "one token a call",
            Self::BothTokens => "two tokens a call",
        }
    }

    fn signatures(self) -> usize {
        match self {
            Self::AccessToken => 1,
            Self::BothTokens => 2,
        }
    }

    /// The request, as for a silent authentication.
    fn request(self) -> SignTokensRequest {
        let access_token = AccessTokenClaims {
            sub: "auth0|6a0f3f3e5f0c2d4b8a9e1c7d".to_owned(),
            aud: vec![API.to_owned()],
            client_id: APPLICATION.to_owned(),
            scopes: ["openid", "profile", "email", "read:things"]
                .map(str::to_owned)
                .into(),
            lifetime_seconds: 7_200,
            dialect: TokenDialect::AccessToken.into(),
            ..AccessTokenClaims::default()
        };
        let id_token = IdTokenClaims {
            sub: access_token.sub.clone(),
            aud: APPLICATION.to_owned(),
            nonce: Some("nonce".to_owned()),
            auth_time: Some(prost_types::Timestamp::default()),
            sid: "sid".to_owned(),
            lifetime_seconds: 36_000,
            ..IdTokenClaims::default()
        };
        SignTokensRequest {
            access_token: Some(AccessToken::JwtAccessToken(access_token)),
            id_token: match self {
                Self::AccessToken => None,
                Self::BothTokens => Some(id_token),
            },
        }
    }
}

/// The figures of one algorithm and one kind of call, of all rounds.
#[derive(Debug)]
pub(crate) struct Signing {
    /// The algorithm by its name in RFC 7518 §3.1.
    pub(crate) algorithm: &'static str,
    /// The kind of call.
    pub(crate) batch: Batch,
    /// Signatures per CPU-second of the bare library, with the key held ready.
    pub(crate) bare: Vec<f64>,
    /// Signatures per CPU-second of the service.
    pub(crate) service: Vec<f64>,
}

/// Measures both in turns, so that other work of the machine disturbs them equally.
pub(crate) async fn run(six: &Target, settings: &Settings) -> Vec<Signing> {
    let deployment = six.deployment().expect("six processes are a deployment");
    let client = TokenSigningServiceClient::new(deployment.channel(SERVICE, Replica::First));
    let mut processes = six.processes.iter();
    let process = processes.find(|it| it.name == SERVICE);
    let process = process.expect("the service has a process");

    let algorithm = Algorithm::RS256;
    let mut all = Batch::ALL.map(|batch| Signing {
        algorithm: algorithm.name,
        batch,
        bare: Vec::new(),
        service: Vec::new(),
    });
    for signing in &mut all {
        load(&client, signing.batch, WARM_UP).await;
        for _ in 0..settings.rounds {
            signing.bare.push(1e3 / algorithm.milliseconds().await);
            let before = process.cpu();
            let calls = load(&client, signing.batch, settings.round).await;
            let seconds = (process.cpu() - before) / 1e3;
            let signatures = exact(calls * signing.batch.signatures());
            signing.service.push(signatures / seconds);
        }
    }
    all.into()
}

/// Calls until the time is over. Returns the number of calls, each of which was answered by all its tokens.
async fn load(client: &TokenSigningServiceClient<Channel>, batch: Batch, time: Duration) -> usize {
    let mut callers = JoinSet::new();
    for _ in 0..CALLS {
        let mut client = client.clone();
        callers.spawn(async move {
            let (begin, mut calls) = (Instant::now(), 0);
            while begin.elapsed() < time {
                let answer = client.sign_tokens(batch.request()).await;
                let tokens = answer.expect("the tokens are signed").into_inner();
                let signed = [tokens.access_token, tokens.id_token];
                assert_eq!(signed.iter().flatten().count(), batch.signatures());
                calls += 1;
            }
            calls
        });
    }
    callers.join_all().await.into_iter().sum()
}
