//! The lifetime of a token is that of its API or application, which has a maximum.

use doorward_e2e::{Replica, claims};
use doorward_proto::common::v1::SigningAlg;
use doorward_proto::token_signing::v1::sign_tokens_request::AccessToken;
use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_proto::token_signing::v1::{
    AccessTokenClaims, IdTokenClaims, SignTokensRequest, TokenDialect,
};
use doorward_service_kit::grpc::Channel;
use tonic::Code;

use super::super::assertions::assert_granted_at;
use super::super::fixture::{API, API_TWO, of_client, on_replicas, on_server, request, signed_in};

/// Thirty days, in seconds.
const MAX: u32 = 2_592_000;

#[tokio::test]
async fn sec_165_expires_in_is_true() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let one = of_client("one1", "https://one.example.test/cb", "token");
        for (asked, api, expected) in [
            (request("token"), API, 7_200),
            (request("token"), API_TWO, 7_200),
            (request("token"), "https://brief-api.example.test/", 300),
            (request("token"), "spa1", MAX),
            (one, "one1", 7_200),
        ] {
            for response_type in ["token", "id_token token"] {
                let asked = asked
                    .clone()
                    .with("response_type", response_type)
                    .with("audience", api)
                    .with("prompt", "none");
                let page = agent.authorize(&asked).await;
                let answer = assert_granted_at(&page, asked.get("redirect_uri").unwrap());
                let expires_in: u32 = answer.get("expires_in").parse().unwrap();
                let claims = claims(answer.get("access_token"));
                let [begin, end] = ["iat", "exp"].map(|name| claims[name].as_u64().unwrap());
                assert_eq!(end - begin, u64::from(expires_in), "{api}");
                assert_eq!(expires_in, expected, "{api}");
            }
        }
    })
    .await;
}

/// A file with one more second is refused, whole.
#[tokio::test]
async fn sec_165_of_a_tenant_file() {
    on_server(async |deployment| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenant.yaml");
        let import = ["import", file.to_str().unwrap(), "--dry-run", "--strict"];
        let more = MAX + 1;
        for (content, field) in [
            (api(more, 1), "token_lifetime_seconds"),
            (api(u32::MAX, 1), "token_lifetime_seconds"),
            (api(MAX, more), "token_lifetime_for_web_seconds"),
            (client(more), "id_token_lifetime_seconds"),
            (client(u32::MAX), "id_token_lifetime_seconds"),
        ] {
            std::fs::write(&file, &content).unwrap();
            let outcome = deployment.command(&import, "");
            outcome.assert_failed(field);
            assert!(outcome.stderr.contains(&MAX.to_string()), "{outcome:?}");
        }
        for content in [api(MAX, MAX), client(MAX)] {
            std::fs::write(&file, &content).unwrap();
            deployment.command(&import, "").assert_success();
        }
    })
    .await;
}

fn api(lifetime: u32, for_web: u32) -> String {
    let lifetimes = format!("token_lifetime: {lifetime}, token_lifetime_for_web: {for_web}");
    let identifier = "https://long.example.test/";
    format!("resourceServers: [{{ name: Long, identifier: {identifier:?}, {lifetimes} }}]")
}

fn client(lifetime: u32) -> String {
    let settings = format!("jwt_configuration: {{ lifetime_in_seconds: {lifetime} }}");
    format!("clients: [{{ name: Long, client_id: long1, app_type: spa, {settings} }}]")
}

/// The service that signs does not rely on its callers.
#[tokio::test]
async fn sec_165_of_a_call() {
    on_replicas(async |deployment| {
        let channel = deployment.channel("token-signing", Replica::First);
        let mut signing = TokenSigningServiceClient::new(channel);
        for (lifetime, expected) in [
            (MAX, Code::Ok),
            (MAX + 1, Code::InvalidArgument),
            (u32::MAX, Code::InvalidArgument),
            (0, Code::InvalidArgument),
        ] {
            for request in [access_token(lifetime), id_token(lifetime)] {
                assert_eq!(sign(&mut signing, request).await, expected, "{lifetime}");
            }
        }
    })
    .await;
}

async fn sign(
    signing: &mut TokenSigningServiceClient<Channel>,
    request: SignTokensRequest,
) -> Code {
    let answer = signing.sign_tokens(request).await;
    answer.map_or_else(|status| status.code(), |_| Code::Ok)
}

fn access_token(lifetime_seconds: u32) -> SignTokensRequest {
    let claims = AccessTokenClaims {
        sub: "auth0|alice".to_owned(),
        aud: vec![API.to_owned()],
        client_id: "spa1".to_owned(),
        lifetime_seconds,
        dialect: TokenDialect::AccessToken.into(),
        alg: SigningAlg::Rs256.into(),
        ..AccessTokenClaims::default()
    };
    SignTokensRequest {
        access_token: Some(AccessToken::JwtAccessToken(claims)),
        id_token: None,
    }
}

fn id_token(lifetime_seconds: u32) -> SignTokensRequest {
    let claims = IdTokenClaims {
        sub: "auth0|alice".to_owned(),
        aud: "spa1".to_owned(),
        sid: "session".to_owned(),
        auth_time: Some(std::time::SystemTime::UNIX_EPOCH.into()),
        lifetime_seconds,
        alg: SigningAlg::Rs256.into(),
        ..IdTokenClaims::default()
    };
    SignTokensRequest {
        access_token: None,
        id_token: Some(claims),
    }
}
