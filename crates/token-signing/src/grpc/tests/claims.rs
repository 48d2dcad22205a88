//! Which claims each token carries, member by member.

use doorward_proto::common::v1::UserClaims;
use serde_json::json;

use super::*;

/// Takes out what is new in every token.
fn take(object: &mut Value, name: &str) -> String {
    let taken = object.as_object_mut().unwrap().remove(name).unwrap();
    taken.as_str().unwrap().to_owned()
}

async fn signed_access_token(claims: wire::AccessTokenClaims) -> (Value, Value) {
    let service = TestService::start().await;
    let token = AccessToken::JwtAccessToken(claims);
    let tokens = service.sign(Some(token), None).await.unwrap();
    assert_eq!(tokens.id_token, None);
    let mut header = header(tokens.access_token());
    assert_eq!(take(&mut header, "kid"), service.jwks().await[0].kid);
    (header, service.verify(tokens.access_token()).await)
}

async fn signed_id_token(claims: wire::IdTokenClaims) -> Value {
    let service = TestService::start().await;
    let tokens = service.sign(None, Some(claims)).await.unwrap();
    assert_eq!(tokens.access_token, None);
    let kid = &service.jwks().await[0].kid;
    let expected = json!({"typ": "JWT", "alg": "RS256", "kid": kid});
    assert_eq!(header(tokens.id_token()), expected);
    service.verify(tokens.id_token()).await
}

#[tokio::test]
async fn an_access_token_in_the_dialect_of_auth0() {
    let (header, claims) = signed_access_token(access_token()).await;
    assert_eq!(header, json!({"typ": "JWT", "alg": "RS256"}));
    assert_eq!(
        claims,
        json!({
            "iss": "https://login.example.com/",
            "sub": "auth0|alice",
            "aud": "https://api.example.com",
            "azp": "client-1",
            "iat": NOW,
            "exp": NOW + 7200,
            "scope": "read:mail",
        })
    );
}

#[tokio::test]
async fn an_access_token_with_everything() {
    let userinfo = "https://login.example.com/userinfo";
    let (_, claims) = signed_access_token(wire::AccessTokenClaims {
        aud: vec!["https://api.example.com".to_owned(), userinfo.to_owned()],
        scopes: vec!["openid".to_owned(), "read:mail".to_owned()],
        org_id: "org_1".to_owned(),
        org_name: "acme".to_owned(),
        permissions: permissions(&["read:mail", "write:mail"]),
        lifetime_seconds: 2_592_000,
        ..access_token()
    })
    .await;
    assert_eq!(
        claims,
        json!({
            "iss": "https://login.example.com/",
            "sub": "auth0|alice",
            "aud": ["https://api.example.com", userinfo],
            "azp": "client-1",
            "iat": NOW,
            "exp": NOW + 2_592_000,
            "scope": "openid read:mail",
            "permissions": ["read:mail", "write:mail"],
            "org_id": "org_1",
            "org_name": "acme",
        })
    );
}

#[tokio::test]
async fn no_permissions_are_an_empty_array_in_both_dialects() {
    for dialect in [
        wire::TokenDialect::AccessToken,
        wire::TokenDialect::Rfc9068Profile,
    ] {
        let (_, claims) = signed_access_token(wire::AccessTokenClaims {
            dialect: dialect.into(),
            permissions: permissions(&[]),
            ..access_token()
        })
        .await;
        assert_eq!(claims["permissions"], json!([]), "{dialect:?}");
    }
}

#[tokio::test]
async fn as_many_permissions_as_there_may_be() {
    let long = "é".repeat(280);
    for values in [vec!["p".repeat(65); 1_000], vec![long; 117]] {
        let (_, claims) = signed_access_token(wire::AccessTokenClaims {
            permissions: Some(wire::Permissions {
                values: values.clone(),
            }),
            ..access_token()
        })
        .await;
        assert_eq!(claims["permissions"], json!(values));
    }
}

#[tokio::test]
async fn an_access_token_of_rfc_9068_without_scopes() {
    let (header, mut claims) = signed_access_token(wire::AccessTokenClaims {
        dialect: wire::TokenDialect::Rfc9068Profile.into(),
        scopes: Vec::new(),
        ..access_token()
    })
    .await;
    assert_eq!(header, json!({"typ": "at+jwt", "alg": "RS256"}));
    assert_eq!(take(&mut claims, "jti").len(), 32);
    assert_eq!(
        claims,
        json!({
            "iss": "https://login.example.com/",
            "sub": "auth0|alice",
            "aud": "https://api.example.com",
            "client_id": "client-1",
            "iat": NOW,
            "exp": NOW + 7200,
        })
    );
}

#[tokio::test]
async fn a_plain_id_token() {
    assert_eq!(
        signed_id_token(id_token()).await,
        json!({
            "iss": "https://login.example.com/",
            "sub": "auth0|alice",
            "aud": "client-1",
            "iat": NOW,
            "exp": NOW + 36000,
            "auth_time": 1_767_322_800,
            "sid": "session-1",
        })
    );
}

#[tokio::test]
async fn an_id_token_with_a_profile() {
    let claims = signed_id_token(wire::IdTokenClaims {
        nonce: Some("n+0/=\"\\é".to_owned()),
        org_id: "org_1".to_owned(),
        org_name: "acme".to_owned(),
        claims: Some(UserClaims {
            email: Some("alice@example.com".to_owned()),
            email_verified: Some(false),
            name: Some("Alice Liddell".to_owned()),
            ..UserClaims::default()
        }),
        updated_at: Some(to_timestamp("2026-01-01T00:00:00Z".parse().unwrap())),
        created_at: Some(to_timestamp("2025-12-31T23:59:59.5Z".parse().unwrap())),
        ..id_token()
    })
    .await;
    assert_eq!(
        claims,
        json!({
            "iss": "https://login.example.com/",
            "sub": "auth0|alice",
            "aud": "client-1",
            "iat": NOW,
            "exp": NOW + 36000,
            "auth_time": 1_767_322_800,
            "sid": "session-1",
            "nonce": "n+0/=\"\\é",
            "org_id": "org_1",
            "org_name": "acme",
            "email": "alice@example.com",
            "email_verified": false,
            "name": "Alice Liddell",
            "updated_at": "2026-01-01T00:00:00.000Z",
            "created_at": "2025-12-31T23:59:59.500Z",
        })
    );
}

#[tokio::test]
async fn updated_at_may_be_a_number() {
    for (numeric_updated_at, expected) in [
        (false, json!("2026-01-01T00:00:00.000Z")),
        (true, json!(1_767_225_600)),
    ] {
        let claims = signed_id_token(wire::IdTokenClaims {
            updated_at: Some(to_timestamp("2026-01-01T00:00:00Z".parse().unwrap())),
            numeric_updated_at,
            ..id_token()
        });
        assert_eq!(claims.await["updated_at"], expected);
    }
}

#[tokio::test]
async fn every_profile_claim_has_its_own_name() {
    let text = |name: &str| Some(format!("the {name}"));
    let claims = signed_id_token(wire::IdTokenClaims {
        claims: Some(UserClaims {
            email: text("email"),
            email_verified: Some(true),
            username: text("username"),
            name: text("name"),
            given_name: text("given_name"),
            family_name: text("family_name"),
            middle_name: text("middle_name"),
            nickname: text("nickname"),
            preferred_username: text("preferred_username"),
            profile: text("profile"),
            picture: text("picture"),
            website: text("website"),
            gender: text("gender"),
            birthdate: text("birthdate"),
            zoneinfo: text("zoneinfo"),
            locale: text("locale"),
            phone_number: text("phone_number"),
            phone_number_verified: Some(true),
        }),
        ..id_token()
    })
    .await;
    let protocol = ["iss", "sub", "aud", "iat", "exp", "auth_time", "sid"];
    let claims = claims.as_object().unwrap().iter();
    let profile: Vec<_> = claims
        .filter(|(name, _)| !protocol.contains(&name.as_str()))
        .collect();
    assert_eq!(profile.len(), 18);
    for (name, value) in profile {
        let expected = match name.as_str() {
            "email_verified" | "phone_number_verified" => json!(true),
            _ => json!(text(name)),
        };
        assert_eq!(*value, expected, "{name}");
    }
}

#[tokio::test]
async fn an_id_token_names_the_hash_of_the_access_token_beside_it() {
    let service = TestService::start().await;
    // OpenID Connect Core, appendix A.3.
    let opaque = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y".to_owned();
    let token = AccessToken::OpaqueAccessToken(opaque);
    let tokens = service.sign(Some(token), Some(id_token())).await.unwrap();
    assert_eq!(tokens.access_token, None);
    let claims = service.verify(tokens.id_token()).await;
    assert_eq!(claims["at_hash"], "77QmUPtjPfzWtF2AnpK9RQ");

    let token = AccessToken::JwtAccessToken(access_token());
    let tokens = service.sign(Some(token), Some(id_token())).await.unwrap();
    let claims = service.verify(tokens.id_token()).await;
    let at_hash = claims["at_hash"].as_str().unwrap();
    // token_hash is the whole SHA-256; its left half ends within the 22nd character.
    let whole = doorward_service_kit::token_hash(tokens.access_token());
    assert_eq!(at_hash.len(), 22);
    assert_eq!(at_hash[..21], whole[..21]);
}
