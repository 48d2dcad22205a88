//! Tokens by other algorithms than RS256, where they are switched on.

mod commands;
mod confusion;

use std::fmt::Write;

use doorward_e2e::{
    Agent, Deployment, Embedded, Keys, Page, Request, Separate, User, header, left_half_hash_for,
    on, tell_in_browser,
};
use reqwest::Method;
use serde_json::{Value, json};

/// All algorithms, in the order of discovery.
const ALGS: [&str; 5] = ["RS256", "PS256", "RS512", "ES256", "EdDSA"];
const DIALECTS: [&str; 4] = [
    "access_token",
    "access_token_authz",
    "rfc9068_profile",
    "rfc9068_profile_authz",
];
const CALLBACK: &str = "https://app.example.test/callback";

/// A tenant with an application for each algorithm, and an API for each algorithm and dialect.
fn tenant() -> String {
    let clients = ALGS.map(client).join(", ");
    let mut tenant = format!(
        "tenant:\n  friendly_name: Algorithms\n  default_directory: users\nconnections:\n  - name: users\n    \
         strategy: auth0\n    enabled_clients: [{clients}]\nclients:\n"
    );
    for alg in ALGS {
        write!(
            tenant,
            "  - name: {alg}\n    client_id: {}\n    app_type: spa\n    grant_types: [implicit]\n    \
             token_endpoint_auth_method: none\n    callbacks: ['{CALLBACK}']\n    \
             jwt_configuration: {{alg: {alg}}}\n",
            client(alg)
        )
        .unwrap();
    }
    tenant.push_str("resourceServers:\n");
    for alg in ALGS {
        for dialect in DIALECTS {
            let api = api(alg, dialect);
            writeln!(
                tenant,
                "  - {{name: '{api}', identifier: '{api}', signing_alg: {alg}, token_dialect: {dialect}, \
                 skip_consent_for_verifiable_first_party_clients: true, scopes: [{{value: 'read:things'}}]}}"
            )
            .unwrap();
        }
    }
    tenant
}

fn client(alg: &str) -> String {
    format!("for-{alg}")
}

fn api(alg: &str, dialect: &str) -> String {
    format!("https://{dialect}.example.test/{alg}")
}

/// A request of the application for one algorithm.
fn request(alg: &str, response_type: &str) -> Request {
    Request::new(response_type)
        .with("client_id", &client(alg))
        .with("redirect_uri", CALLBACK)
}

fn silent(alg: &str, response_type: &str) -> Request {
    request(alg, response_type).with("prompt", "none")
}

/// The options that switch on all algorithms.
fn options() -> Vec<&'static str> {
    ALGS.iter().flat_map(|alg| ["--signing-alg", alg]).collect()
}

/// Runs a test on a server of its own with all algorithms.
async fn on_embedded(story: impl AsyncFnOnce(&Deployment)) {
    let embedded = Embedded::start_with_options(&tenant(), &options()).await;
    on(&Deployment::Embedded(embedded), story).await;
}

/// The same with separate processes, of which two sign.
async fn on_separate(story: impl AsyncFnOnce(&Deployment)) {
    let builder = Separate::builder()
        .tenant(&tenant())
        .token_signing("[signing]\nalgs = ['ES256', 'EdDSA', 'PS256', 'RS512']");
    on(&Deployment::Separate(builder.start().await), story).await;
}

async fn signed_in(deployment: &Deployment) -> (Agent, User) {
    let user = deployment.add_user();
    let agent = Agent::new(deployment);
    agent.sign_in(&request("RS256", "token"), &user).await;
    (agent, user)
}

async fn userinfo(agent: &Agent, token: &str) -> Page {
    let request = agent.request(Method::GET, "/userinfo");
    agent.send(request.bearer_auth(token)).await
}

#[tokio::test]
async fn every_pair_of_algorithms_with_the_embedded_server() {
    on_embedded(every_pair).await;
}

#[tokio::test]
async fn every_pair_of_algorithms_with_separate_processes() {
    on_separate(every_pair).await;
}

/// An application and an API have an algorithm each; one answer has a token by each.
async fn every_pair(deployment: &Deployment) {
    let keys = Keys::fetch(deployment).await;
    let (agent, _) = signed_in(deployment).await;
    for id_alg in ALGS {
        for api_alg in ALGS {
            for dialect in DIALECTS {
                let api = api(api_alg, dialect);
                let asked = silent(id_alg, "id_token token")
                    .with("audience", &api)
                    .with("scope", "openid read:things");
                let answer = agent.authorize(&asked).await.callback();
                let (access_token, id_token) = (answer.get("access_token"), answer.get("id_token"));
                assert_eq!(header(access_token)["alg"], api_alg);
                let typ = if dialect.starts_with("rfc9068") {
                    "at+jwt"
                } else {
                    "JWT"
                };
                assert_eq!(header(access_token)["typ"], typ);
                assert_eq!(header(id_token)["alg"], id_alg);
                assert_eq!(
                    keys.verify(access_token, &api)["scope"],
                    "openid read:things"
                );
                let claims = keys.verify(id_token, &client(id_alg));
                assert_eq!(claims["at_hash"], left_half_hash_for(access_token, id_alg));
            }
        }
        // An opaque token, and one kind of token alone.
        let asked = silent(id_alg, "id_token token");
        let answer = agent.authorize(&asked).await.callback();
        let claims = keys.verify(answer.get("id_token"), &client(id_alg));
        let hash = left_half_hash_for(answer.get("access_token"), id_alg);
        assert_eq!(claims["at_hash"], hash);
    }
}

/// Tokens of every algorithm and dialect, verified by a library other than ours.
#[tokio::test]
async fn jose_verifies_our_tokens() {
    on_embedded(async |deployment| {
        let (agent, _) = signed_in(deployment).await;
        let mut tokens = Vec::new();
        for alg in ALGS {
            for dialect in DIALECTS {
                let api = api(alg, dialect);
                let asked = silent(alg, "id_token token").with("audience", &api);
                let answer = agent.authorize(&asked).await.callback();
                let mut add = |token: &str, audience: &str| {
                    let typ = header(token)["typ"].clone();
                    tokens.push(
                        json!({ "token": token, "audience": audience, "alg": alg, "typ": typ }),
                    );
                };
                add(answer.get("access_token"), &api);
                add(answer.get("id_token"), &client(alg));
            }
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        serde_json::to_writer(&file, &tokens).unwrap();
        let environment = [
            ("ISSUER", deployment.issuer().as_str()),
            ("TOKENS", file.path().to_str().unwrap()),
        ];
        tell_in_browser("jose", &environment);
    })
    .await;
}

/// `/userinfo`, a request with a hint and a logout with one accept tokens of every algorithm.
#[tokio::test]
async fn our_own_tokens_are_accepted() {
    on_embedded(async |deployment| {
        for alg in ALGS {
            let (agent, user) = signed_in(deployment).await;
            let asked = silent(alg, "id_token token").with("audience", &api(alg, DIALECTS[0]));
            let answer = agent.authorize(&asked).await.callback();
            let page = userinfo(&agent, answer.get("access_token")).await;
            assert_eq!(page.status, 200, "{alg}: {page:?}");
            let hint = answer.get("id_token");
            let again = silent(alg, "id_token").with("id_token_hint", hint);
            let again = agent.authorize(&again).await.callback();
            assert!(again.find("id_token").is_some(), "{alg} {user:?}");
            let logout = agent.request(Method::POST, "/oidc/logout");
            let page = agent.send(logout.form(&[("id_token_hint", hint)])).await;
            assert_eq!(page.status, 200, "{alg}: {page:?}");
            let after = agent.authorize(&silent(alg, "id_token")).await.callback();
            assert_eq!(after.find("error"), Some("login_required"));
        }
    })
    .await;
}

/// SEC-166: the members of each kind of key, and nothing private. `/pem` stays that of RS256.
#[tokio::test]
async fn the_keys_and_the_discovery_document() {
    on_embedded(async |deployment| {
        let agent = Agent::new(deployment);
        let discovery = agent.get("/.well-known/openid-configuration").await.json();
        assert_eq!(
            discovery["id_token_signing_alg_values_supported"],
            json!(ALGS)
        );
        let jwks = agent.get("/.well-known/jwks.json").await.json();
        let keys = jwks["keys"].as_array().unwrap();
        let algs: Vec<_> = keys
            .iter()
            .map(|key| key["alg"].as_str().unwrap())
            .collect();
        assert_eq!(algs, [ALGS, ALGS].concat());
        for key in keys {
            assert_eq!(names(key), expected_names(key["alg"].as_str().unwrap()));
            assert_eq!(key["use"], "sig");
            assert_eq!(key["kid"].as_str().unwrap().len(), 21);
        }
        let pem = agent.get("/pem").await;
        let body = pem.body.lines().filter(|line| !line.starts_with("---"));
        assert_eq!(
            body.collect::<String>(),
            keys[0]["x5c"][0].as_str().unwrap()
        );
    })
    .await;
}

/// The members of a key, with the kind of key.
fn names(key: &Value) -> Vec<String> {
    let members = key.as_object().unwrap().iter();
    let mut names: Vec<_> = members
        .map(|(name, value)| match name.as_str() {
            "kty" | "crv" => format!("{name}={}", value.as_str().unwrap()),
            _ => name.clone(),
        })
        .collect();
    names.sort_unstable();
    names
}

fn expected_names(alg: &str) -> Vec<&'static str> {
    match alg {
        "ES256" => vec![
            "alg",
            "crv=P-256",
            "kid",
            "kty=EC",
            "use",
            "x",
            "x5c",
            "x5t",
            "y",
        ],
        "EdDSA" => vec![
            "alg",
            "crv=Ed25519",
            "kid",
            "kty=OKP",
            "use",
            "x",
            "x5c",
            "x5t",
        ],
        _ => vec!["alg", "e", "kid", "kty=RSA", "n", "use", "x5c", "x5t"],
    }
}

/// An application or an API with an algorithm that is off gets an error that no user can repair, and all others work.
#[tokio::test]
async fn an_algorithm_that_is_off() {
    let embedded = Embedded::start_with_options(&tenant(), &["--signing-alg", "PS256"]).await;
    on(&Deployment::Embedded(embedded), async |deployment| {
        let (agent, _) = signed_in(deployment).await;
        let discovery = agent.get("/.well-known/openid-configuration").await.json();
        let on = &discovery["id_token_signing_alg_values_supported"];
        assert_eq!(*on, json!(["RS256", "PS256"]));
        for alg in ALGS {
            let is_on = ["RS256", "PS256"].contains(&alg);
            let for_client = silent(alg, "id_token");
            let for_api = silent("RS256", "token").with("audience", &api(alg, DIALECTS[0]));
            for asked in [for_client, for_api] {
                let answer = agent.authorize(&asked).await.callback();
                let error = answer.find("error");
                assert_eq!(error, (!is_on).then_some("server_error"), "{alg}");
            }
        }
        let log = deployment.log();
        assert!(log.contains("--signing-alg ES256"), "{log}");
    })
    .await;
}
