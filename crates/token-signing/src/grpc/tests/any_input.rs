//! For any request, a claim that the server owns has the server's value, or that of its own field.

use std::collections::BTreeMap;

use doorward_oauth2_types::{CustomClaimName, StandardClaim};
use doorward_proto::common::v1::UserClaims;
use jiff::Timestamp;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::wire;
use super::{ISSUER, access_token, id_token, permissions};
use crate::domain::{AccessToken, IdToken, Issuer};

/// Claims that this service writes, and others that mean something to verifiers.
const NAMES: [&str; 26] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "azp",
    "client_id",
    "nonce",
    "at_hash",
    "c_hash",
    "sid",
    "org_id",
    "org_name",
    "permissions",
    "scope",
    "auth_time",
    "roles",
    "gty",
    "cnf",
    "act",
    "amr",
    "acr",
    "email",
    "updated_at",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(&NAMES[..]).prop_map(str::to_owned),
        "(https?|urn)://?(auth0|example)\\.com/[a-z]{0,3}",
        "\\PC{0,8}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            btree_map(name(), inner, 0..3).prop_map(|members| json!(members)),
        ]
    })
}

/// JSON objects, also with escaped letters and with a name twice; and texts that are none.
fn custom_claims() -> impl Strategy<Value = Option<String>> {
    let members = vec((name(), value(), any::<bool>()), 0..4);
    let object = members.prop_map(|members| {
        let members = members.into_iter().map(|(name, value, is_escaped)| {
            let name = if is_escaped {
                escaped(&name)
            } else {
                json!(name).to_string()
            };
            format!("{name}:{value}")
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    });
    prop_oneof![
        1 => Just(None),
        6 => object.prop_map(Some),
        1 => "\\PC{0,20}".prop_map(Some),
    ]
}

fn escaped(text: &str) -> String {
    let units = text.encode_utf16();
    let units = units.map(|unit| format!("\\u{unit:04x}"));
    format!("\"{}\"", units.collect::<String>())
}

/// The members of a JSON object, each name once.
#[track_caller]
fn members(claims: &impl serde::Serialize) -> BTreeMap<String, Value> {
    let json = serde_json::to_string(claims).unwrap();
    let object: BTreeMap<String, Value> = serde_json::from_str(&json).unwrap();
    // Written anew, it is as long as before: nothing was there twice.
    let again = serde_json::to_string(&object).unwrap();
    assert_eq!(json.len(), again.len(), "{json}");
    object
}

/// Every claim is one of these, or one that a custom claim may be.
#[track_caller]
fn assert_no_other(claims: &BTreeMap<String, Value>, own: &[&str]) {
    for name in claims.keys() {
        let is_free = name.parse::<CustomClaimName>().is_ok();
        assert!(is_free || own.contains(&name.as_str()), "{name}");
    }
}

proptest! {
    #[test]
    fn sec_171_of_an_access_token(
        sub in "\\PC{0,10}", client_id in "\\PC{0,10}", custom in custom_claims(), rfc9068 in any::<bool>(),
        lifetime_seconds in 0_u32..3_000_000, org_id in "\\PC{0,4}", permission in "\\PC{0,4}",
    ) {
        let dialect = if rfc9068 { wire::TokenDialect::Rfc9068Profile } else { wire::TokenDialect::AccessToken };
        let asked = wire::AccessTokenClaims {
            sub: sub.clone(), client_id: client_id.clone(), lifetime_seconds, custom_claims_json: custom,
            org_id: org_id.clone(), dialect: dialect.into(), permissions: permissions(&[&permission]), ..access_token()
        };
        let Ok(token) = AccessToken::try_from(asked) else { return Ok(()) };
        let issuer = Issuer::parse(ISSUER).unwrap();
        let claims = members(&token.claims(&issuer, Timestamp::UNIX_EPOCH));
        let own = [
            "iss", "sub", "aud", "iat", "exp", if rfc9068 { "client_id" } else { "azp" }, "jti", "scope", "permissions",
            "org_id",
        ];
        assert_no_other(&claims, &own);
        prop_assert_eq!(&claims["iss"], ISSUER);
        prop_assert_eq!(&claims["sub"], &json!(sub));
        prop_assert_eq!(&claims["aud"], "https://api.example.com");
        prop_assert_eq!(&claims["iat"], 0);
        prop_assert_eq!(&claims["exp"], &json!(lifetime_seconds));
        prop_assert_eq!(&claims[own[5]], &json!(client_id));
        prop_assert_eq!(&claims["scope"], "read:mail");
        prop_assert_eq!(&claims["permissions"], &json!([permission]));
        let expected = (!org_id.is_empty()).then(|| json!(org_id));
        prop_assert_eq!(claims.get("org_id"), expected.as_ref());
        prop_assert_eq!(claims.contains_key("jti"), rfc9068);
    }

    #[test]
    fn sec_171_of_an_id_token(
        sub in "\\PC{0,10}", aud in "\\PC{0,10}", custom in custom_claims(), nonce in "\\PC{0,10}", sid in "\\PC{0,10}",
        email in "\\PC{1,10}",
    ) {
        let asked = wire::IdTokenClaims {
            sub: sub.clone(), aud: aud.clone(), nonce: Some(nonce.clone()), sid: sid.clone(),
            custom_claims_json: custom,
            claims: Some(UserClaims { email: Some(email.clone()), ..UserClaims::default() }), ..id_token()
        };
        let Ok(token) = IdToken::try_from(asked) else { return Ok(()) };
        let issuer = Issuer::parse(ISSUER).unwrap();
        let claims = members(&token.claims(&issuer, Timestamp::UNIX_EPOCH, Some("access token")));
        assert_no_other(&claims, &["iss", "sub", "aud", "iat", "exp", "nonce", "at_hash", "auth_time", "sid"]);
        for (name, expected) in [("sub", sub), ("aud", aud), ("nonce", nonce), ("sid", sid)] {
            prop_assert_eq!(&claims[name], &json!(expected));
        }
        prop_assert_eq!(&claims["iss"], ISSUER);
        prop_assert_eq!(&claims["exp"], 36_000);
        prop_assert_eq!(claims["at_hash"].as_str().map(str::len), Some(22));
        let replaces = token.custom_claims.names().any(|name| name == StandardClaim::Email.as_str());
        prop_assert!(replaces || claims["email"] == json!(email));
    }
}
