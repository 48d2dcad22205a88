//! Rotations of the signing keys under load, kills and revocations: REL-29, REL-30, REL-31. Two processes of
//! `token-signing` over one PostgreSQL, each with a frontend of its own.

mod emergency;
mod killed;
mod rotations;

use std::time::{Duration, Instant};

use doorward_e2e::{API, Agent, Deployment, PATIENCE, Replica, Request, Separate};
use doorward_proto::common::v1::SigningAlg;
use doorward_proto::token_signing::v1::signing_key_service_client::SigningKeyServiceClient;
use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_proto::token_signing::v1::{
    AccessTokenClaims, GetJwksRequest, KeyState, ListKeysRequest, SignTokensRequest, SigningKey,
    TokenDialect, sign_tokens_request::AccessToken,
};
use doorward_service_kit::grpc::Channel;
use tonic::Status;

const REPLICAS: [Replica; 2] = [Replica::First, Replica::Second];

async fn start(rotation: &str) -> Deployment {
    let builder = Separate::builder().token_signing(rotation);
    Deployment::Separate(builder.start().await)
}

fn channel(deployment: &Deployment, replica: Replica) -> Channel {
    deployment.channel("token-signing", replica)
}

/// A channel to a process that was started again, once it responds. A channel that has seen the process die would not
/// try it for a while.
async fn until_up(deployment: &Deployment, replica: Replica) -> Channel {
    let begin = Instant::now();
    loop {
        let channel = channel(deployment, replica);
        if sign(&channel).await.is_ok() {
            return channel;
        }
        assert!(begin.elapsed() < PATIENCE, "it does not start");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The kid of a new token.
async fn sign(channel: &Channel) -> Result<String, Status> {
    let claims = AccessTokenClaims {
        sub: "auth0|1".to_owned(),
        aud: vec![API.to_owned()],
        client_id: "client".to_owned(),
        lifetime_seconds: 60,
        dialect: TokenDialect::AccessToken.into(),
        alg: SigningAlg::Rs256.into(),
        ..AccessTokenClaims::default()
    };
    let request = SignTokensRequest {
        access_token: Some(AccessToken::JwtAccessToken(claims)),
        id_token: None,
    };
    let mut service = TokenSigningServiceClient::new(channel.clone());
    let signed = service.sign_tokens(request).await?.into_inner();
    Ok(signed.access_token_kid().to_owned())
}

/// The kids that a process publishes.
async fn published(channel: &Channel) -> Vec<String> {
    let mut service = TokenSigningServiceClient::new(channel.clone());
    let answer = service.get_jwks(GetJwksRequest {}).await.unwrap();
    let keys = answer.into_inner().keys.into_iter();
    keys.map(|key| key.kid).collect()
}

async fn list(channel: &Channel) -> Vec<SigningKey> {
    let mut service = SigningKeyServiceClient::new(channel.clone());
    let answer = service.list_keys(ListKeysRequest {}).await.unwrap();
    answer.into_inner().keys
}

fn kids_in(keys: &[SigningKey], state: KeyState) -> Vec<&str> {
    let found = keys.iter().filter(|key| key.state() == state);
    found.map(|key| &*key.kid).collect()
}

/// Browsers with a session, one at each frontend.
async fn sign_in(deployment: &Deployment) -> [Agent; 2] {
    let user = deployment.add_user();
    let first = Agent::new(deployment);
    first.sign_in(&Request::new("token"), &user).await;
    let second = first.at(Replica::Second, deployment);
    [first, second]
}

/// The tokens of a silent authentication, access token first; an error as text.
async fn silent(agent: &Agent) -> Result<[String; 2], String> {
    let request = Request::silent("id_token token").with("audience", API);
    let answer = agent.authorize(&request).await.callback();
    match answer.find("error") {
        Some(error) => Err(error.to_owned()),
        None => Ok(["access_token", "id_token"].map(|name| answer.get(name).to_owned())),
    }
}

fn kid_of(token: &str) -> String {
    let header = jsonwebtoken::decode_header(token).unwrap();
    header.kid.unwrap()
}

async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let begin = Instant::now();
    while !condition().await {
        assert!(begin.elapsed() < PATIENCE, "{what}: not yet");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
