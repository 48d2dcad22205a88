//! Which claims each token carries, member by member.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doorward_oauth2_types::{CustomClaimName, StandardClaim};
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

const USERINFO: &str = "https://login.example.com/userinfo";

fn everything() -> wire::AccessTokenClaims {
    wire::AccessTokenClaims {
        aud: vec!["https://api.example.com".to_owned(), USERINFO.to_owned()],
        scopes: vec!["openid".to_owned(), "read:mail".to_owned()],
        org_id: "org_1".to_owned(),
        org_name: "acme".to_owned(),
        permissions: permissions(&["read:mail", "write:mail"]),
        lifetime_seconds: 2_592_000,
        ..access_token()
    }
}

#[tokio::test]
async fn an_access_token_with_everything() {
    let (_, claims) = signed_access_token(everything()).await;
    assert_eq!(
        claims,
        json!({
            "iss": "https://login.example.com/",
            "sub": "auth0|alice",
            "aud": ["https://api.example.com", USERINFO],
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

/// Names that only the server writes are refused; here, tokens are read as JSON text, so that a name cannot be written
/// twice unseen.
#[tokio::test]
async fn sec_163_custom_claims_stand_beside_those_of_the_server() {
    let custom = r#"{"https://example.com/plan":"gold","email":"set@example.com","updated_at":5}"#;
    let (_, claims) = signed_access_token(wire::AccessTokenClaims {
        custom_claims_json: Some(custom.to_owned()),
        ..access_token()
    })
    .await;
    assert_eq!(claims["https://example.com/plan"], "gold");
    assert_eq!(claims["email"], "set@example.com");
    assert_eq!(claims["sub"], "auth0|alice");

    let service = TestService::start().await;
    let asked = wire::IdTokenClaims {
        claims: Some(UserClaims {
            email: Some("alice@example.com".to_owned()),
            name: Some("Alice".to_owned()),
            ..UserClaims::default()
        }),
        updated_at: Some(prost_types::Timestamp::default()),
        custom_claims_json: Some(custom.to_owned()),
        ..id_token()
    };
    let tokens = service.sign(None, Some(asked)).await.unwrap();
    let claims = service.verify(tokens.id_token()).await;
    assert_eq!(claims["email"], "set@example.com");
    assert_eq!(claims["updated_at"], 5);
    assert_eq!(claims["name"], "Alice");
    let payload = tokens.id_token().split('.').nth(1).unwrap();
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
    let payload = String::from_utf8(payload).unwrap();
    for name in ["email", "updated_at"] {
        let quoted = format!("\"{name}\":");
        assert_eq!(payload.matches(&quoted).count(), 1, "{payload}");
    }
}

/// Every claim that this service writes is one that no custom claim can be, or a claim about the user.
#[tokio::test]
async fn sec_163_no_claim_of_the_server_can_be_a_custom_one() {
    let service = TestService::start().await;
    let rfc9068 = wire::AccessTokenClaims {
        dialect: wire::TokenDialect::Rfc9068Profile.into(),
        ..everything()
    };
    let id_token = wire::IdTokenClaims {
        nonce: Some("n".to_owned()),
        org_id: "org_1".to_owned(),
        org_name: "acme".to_owned(),
        ..id_token()
    };
    for claims in [everything(), rfc9068] {
        let token = AccessToken::JwtAccessToken(claims);
        let tokens = service
            .sign(Some(token), Some(id_token.clone()))
            .await
            .unwrap();
        for token in [tokens.access_token(), tokens.id_token()] {
            let claims = service.verify(token).await;
            for name in claims.as_object().unwrap().keys() {
                let is_free = name.parse::<CustomClaimName>().is_ok();
                let is_standard = StandardClaim::from_name(name).is_some();
                assert!(!is_free || is_standard, "{name}");
            }
        }
    }
    let mut asked = id_token;
    asked.custom_claims_json = Some(r#"{"sub":"auth0|mallory"}"#.to_owned());
    let refused = service.sign(None, Some(asked)).await.unwrap_err();
    let expected = r#"id_token.custom_claims_json: "sub" is reserved for the server"#;
    assert_eq!(refused.message(), expected);
}
