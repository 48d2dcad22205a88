//! SEC-171: nothing in a request chooses a header, an issuer or a key.

use prost::Message;
use serde_json::json;

use super::*;

/// A request with fields that the contract does not have.
#[derive(Clone, PartialEq, Message)]
struct ForgedRequest {
    #[prost(message, optional, tag = "1")]
    jwt_access_token: Option<ForgedClaims>,
    #[prost(message, optional, tag = "3")]
    id_token: Option<ForgedIdToken>,
    #[prost(string, tag = "50")]
    header: String,
    #[prost(string, tag = "51")]
    kid: String,
    #[prost(string, tag = "52")]
    alg: String,
}

#[derive(Clone, PartialEq, Message)]
struct ForgedClaims {
    #[prost(string, tag = "1")]
    sub: String,
    #[prost(string, repeated, tag = "2")]
    aud: Vec<String>,
    #[prost(string, tag = "3")]
    client_id: String,
    #[prost(uint32, tag = "5")]
    lifetime_seconds: u32,
    #[prost(int32, tag = "6")]
    dialect: i32,
    #[prost(int32, tag = "20")]
    alg: i32,
    #[prost(string, tag = "50")]
    iss: String,
}

#[derive(Clone, PartialEq, Message)]
struct ForgedIdToken {
    #[prost(string, tag = "1")]
    sub: String,
    #[prost(string, tag = "2")]
    aud: String,
    #[prost(message, optional, tag = "4")]
    auth_time: Option<prost_types::Timestamp>,
    #[prost(string, tag = "5")]
    sid: String,
    #[prost(uint32, tag = "7")]
    lifetime_seconds: u32,
    #[prost(int32, tag = "20")]
    alg: i32,
    #[prost(string, tag = "50")]
    iss: String,
    #[prost(string, tag = "51")]
    kid: String,
    #[prost(int64, tag = "52")]
    exp: i64,
}

/// They cannot be refused: they are dropped when a message is decoded. A wrong value of a field that exists is refused
/// with `INVALID_ARGUMENT`, as in `refusals`.
#[tokio::test]
async fn fields_that_the_contract_does_not_have_have_no_effect() {
    let service = TestService::start().await;
    let forged = ForgedRequest {
        jwt_access_token: Some(ForgedClaims {
            sub: "auth0|alice".to_owned(),
            aud: vec!["https://api.example.com".to_owned()],
            client_id: "client-1".to_owned(),
            lifetime_seconds: 60,
            dialect: 1,
            alg: 1,
            iss: "https://evil.example/".to_owned(),
        }),
        id_token: Some(ForgedIdToken {
            sub: "auth0|alice".to_owned(),
            aud: "client-1".to_owned(),
            auth_time: Some(prost_types::Timestamp::default()),
            sid: "session-1".to_owned(),
            lifetime_seconds: 60,
            alg: 1,
            iss: "https://evil.example/".to_owned(),
            kid: "evil".to_owned(),
            exp: i64::MAX,
        }),
        header: r#"{"alg":"none","jku":"https://evil.example/"}"#.to_owned(),
        kid: "evil".to_owned(),
        alg: "none".to_owned(),
    };
    let request = SignTokensRequest::decode(forged.encode_to_vec().as_slice()).unwrap();
    let response = service.client.clone().sign_tokens(request).await.unwrap();
    let tokens = response.into_inner();
    for token in [tokens.access_token(), tokens.id_token()] {
        assert_trustworthy(&service, token).await;
        assert_eq!(service.verify(token).await["exp"], NOW + 60);
    }
}

#[tokio::test]
async fn texts_that_look_like_json_stay_texts() {
    let service = TestService::start().await;
    let evil = r#"x","iss":"https://evil.example/","alg":"none","kid":"evil"#.to_owned();
    let access_token = wire::AccessTokenClaims {
        sub: evil.clone(),
        aud: vec![evil.clone(), evil.clone()],
        client_id: evil.clone(),
        org_id: evil.clone(),
        org_name: evil.clone(),
        ..access_token()
    };
    let id_token = wire::IdTokenClaims {
        sub: evil.clone(),
        aud: evil.clone(),
        nonce: Some(evil.clone()),
        sid: evil.clone(),
        ..id_token()
    };
    let access_token = Some(AccessToken::JwtAccessToken(access_token));
    let tokens = service.sign(access_token, Some(id_token)).await.unwrap();
    for token in [tokens.access_token(), tokens.id_token()] {
        assert_trustworthy(&service, token).await;
        assert_eq!(service.verify(token).await["sub"], evil);
    }
}

async fn assert_trustworthy(service: &TestService, token: &str) {
    let kid = &service.jwks().await[0].kid;
    let expected = json!({"typ": "JWT", "alg": "RS256", "kid": kid});
    assert_eq!(header(token), expected);
    assert_eq!(service.verify(token).await["iss"], ISSUER);
}
