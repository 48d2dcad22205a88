//! Requests that no token is signed for. SEC-165: too long lifetimes. SEC-171: values outside the contract.

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::reason_of;

use super::*;

/// A request, and the field that is wrong with it.
type Case = (String, SignTokensRequest);

fn case(
    field: &str,
    access_token: Option<AccessToken>,
    id_token: Option<wire::IdTokenClaims>,
) -> Case {
    let request = SignTokensRequest {
        access_token,
        id_token,
    };
    (field.to_owned(), request)
}

fn jwt(field: &str, change: fn(&mut wire::AccessTokenClaims)) -> Case {
    let mut claims = access_token();
    change(&mut claims);
    let field = format!("jwt_access_token.{field}");
    case(&field, Some(AccessToken::JwtAccessToken(claims)), None)
}

fn id(field: &str, change: fn(&mut wire::IdTokenClaims)) -> Case {
    let mut claims = id_token();
    change(&mut claims);
    case(&format!("id_token.{field}"), None, Some(claims))
}

async fn assert_refused(cases: Vec<Case>) {
    let service = TestService::start().await;
    for (field, request) in cases {
        let answer = service.client.clone().sign_tokens(request).await;
        let refused = answer.unwrap_err();
        assert_eq!(reason_of(&refused), Some(ErrorReason::InvalidField));
        let named = refused.message().split(": ").next();
        assert_eq!(named, Some(field.as_str()));
    }
}

#[tokio::test]
async fn nothing_to_sign() {
    let opaque = |token: &str| Some(AccessToken::OpaqueAccessToken(token.to_owned()));
    assert_refused(vec![
        case("id_token", None, None),
        case("id_token", opaque("opaque"), None),
        case("opaque_access_token", opaque(""), Some(id_token())),
    ])
    .await;
}

#[tokio::test]
async fn bad_claims_of_an_access_token() {
    assert_refused(vec![
        jwt("sub", |token| token.sub.clear()),
        jwt("client_id", |token| token.client_id.clear()),
        jwt("aud", |token| token.aud.clear()),
        jwt("aud", |token| token.aud[0].clear()),
        jwt("aud", |token| token.aud = vec!["a".to_owned(); 3]),
        jwt("scopes", |token| token.scopes[0].clear()),
        jwt("scopes", |token| token.scopes[0].push_str(" admin")),
        jwt("lifetime_seconds", |token| token.lifetime_seconds = 0),
        jwt("lifetime_seconds", |token| {
            token.lifetime_seconds = 2_592_001;
        }),
        jwt("permissions", |token| {
            token.permissions = permissions(&["p"; 1_001]);
        }),
        jwt("permissions", |token| {
            token.permissions = permissions(&["p".repeat(66).as_str(); 1_000]);
        }),
        jwt("permissions", |token| {
            token.permissions = permissions(&["é".repeat(281).as_str()]);
        }),
        jwt("permissions", |token| {
            token.permissions = permissions(&[""]);
        }),
        jwt("dialect", |token| token.dialect = 0),
        jwt("dialect", |token| token.dialect = 99),
        jwt("alg", |token| token.alg = 99),
    ])
    .await;
}

#[tokio::test]
async fn bad_claims_of_an_id_token() {
    const BEYOND: prost_types::Timestamp = prost_types::Timestamp {
        seconds: i64::MAX,
        nanos: 0,
    };
    assert_refused(vec![
        id("sub", |token| token.sub.clear()),
        id("aud", |token| token.aud.clear()),
        id("sid", |token| token.sid.clear()),
        id("auth_time", |token| token.auth_time = None),
        id("updated_at", |token| token.updated_at = Some(BEYOND)),
        id("created_at", |token| token.created_at = Some(BEYOND)),
        id("alg", |token| token.alg = 99),
        id("lifetime_seconds", |token| token.lifetime_seconds = 0),
        id("lifetime_seconds", |token| {
            token.lifetime_seconds = u32::MAX;
        }),
    ])
    .await;
}

#[tokio::test]
async fn one_bad_token_of_two_gets_none() {
    let good = AccessToken::JwtAccessToken(access_token());
    let (field, mut request) = id("sub", |token| token.sub.clear());
    request.access_token = Some(good);
    assert_refused(vec![(field, request)]).await;
}
