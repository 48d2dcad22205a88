//! The discovery document and the JWKS.

use doorward_e2e::{Agent, on_every_deployment};
use reqwest::Method;

#[tokio::test]
async fn the_document() {
    on_every_deployment(async |deployment| {
        let page = Agent::new(deployment)
            .get("/.well-known/openid-configuration")
            .await;
        assert_eq!(page.status, 200);
        let document = page.json();
        let issuer = deployment.issuer();
        assert_eq!(document["issuer"], issuer.as_str());
        for (field, path) in [
            ("authorization_endpoint", "authorize"),
            ("userinfo_endpoint", "userinfo"),
            ("jwks_uri", ".well-known/jwks.json"),
            ("end_session_endpoint", "oidc/logout"),
        ] {
            assert_eq!(document[field], format!("{issuer}{path}"));
        }
        for supported in ["token", "id_token", "token id_token"] {
            let types = document["response_types_supported"].as_array().unwrap();
            assert!(types.iter().any(|name| name == supported), "{types:?}");
        }
        assert_eq!(
            document["subject_types_supported"],
            serde_json::json!(["public"])
        );
    })
    .await;
}

/// SEC-166: only public members of the keys, and all that verifiers need.
#[tokio::test]
async fn the_keys() {
    on_every_deployment(async |deployment| {
        let page = Agent::new(deployment).get("/.well-known/jwks.json").await;
        let document = page.json();
        let keys = document["keys"].as_array().unwrap();
        assert!(!keys.is_empty());
        for key in keys {
            assert_eq!(
                (&key["kty"], &key["use"], &key["alg"]),
                (&"RSA".into(), &"sig".into(), &"RS256".into())
            );
            assert_eq!(key["e"], "AQAB");
            assert!(key["n"].as_str().unwrap().len() >= 342, "2048 bits or more");
            assert!(key["kid"].as_str().is_some_and(|kid| !kid.is_empty()));
            for private in ["d", "p", "q", "dp", "dq", "qi"] {
                assert_eq!(key.get(private), None);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn everybody_may_read_and_cache_them() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        for path in [
            "/.well-known/openid-configuration",
            "/.well-known/jwks.json",
        ] {
            let request = agent
                .request(Method::GET, path)
                .header("origin", "https://anywhere.test");
            let page = agent.send(request).await;
            assert_eq!(page.header("access-control-allow-origin"), "*", "{page:?}");
            assert!(
                page.header("content-type").starts_with("application/json"),
                "{page:?}"
            );
            assert!(
                page.header("cache-control").contains("max-age=15"),
                "{page:?}"
            );
        }
    })
    .await;
}
