//! The tenant's post-login hook.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use doorward_authorize_frontend::PostLoginHookChannel;
use doorward_proto::client_registry::v1::TenantPatch;
use doorward_proto::hooks::v1::post_login_hook_service_server::{
    PostLoginHookService, PostLoginHookServiceServer,
};
use doorward_proto::hooks::v1::{Denial, PostLoginRequest, PostLoginResponse};
use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::in_memory;
use serde_json::{Value, json};
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::TestApp;
use crate::tenant::{
    ACME, ALICE, API, CONSENT_API, GRANT_API, ROLE_API, apply_settings, authorize,
};

type Decision = Result<PostLoginResponse, Status>;

/// A hook that always decides the same, and remembers what it was asked.
#[derive(Clone)]
pub(crate) struct Hook {
    decision: Decision,
    asked: Arc<Mutex<Vec<PostLoginRequest>>>,
}

#[tonic::async_trait]
impl PostLoginHookService for Hook {
    async fn post_login(
        &self,
        request: Request<PostLoginRequest>,
    ) -> Result<Response<PostLoginResponse>, Status> {
        self.asked.lock().unwrap().push(request.into_inner());
        match &self.decision {
            // Stands for a hook that never answers.
            Err(status) if status.message() == "never" => std::future::pending().await,
            decision => decision.clone().map(Response::new),
        }
    }
}

impl Hook {
    /// Restarts the frontend with a hook that decides so.
    pub(crate) fn install(app: &mut TestApp, decision: Decision) -> Self {
        let hook = Self {
            decision,
            asked: Arc::default(),
        };
        let routes = Routes::new(PostLoginHookServiceServer::new(hook.clone()));
        app.channels.post_login_hook = Some(PostLoginHookChannel {
            channel: in_memory(routes, Shutdown::new()),
            deadline: Duration::from_millis(300),
        });
        app.restart();
        hook
    }

    fn asked(&self) -> Vec<PostLoginRequest> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

pub(crate) fn denial() -> PostLoginResponse {
    PostLoginResponse {
        denial: Some(Denial {
            reason: "only on weekdays".to_owned(),
        }),
        ..PostLoginResponse::default()
    }
}

#[tokio::test]
async fn learns_who_signs_in_to_what() {
    let mut app = TestApp::start().await;
    let hook = Hook::install(&mut app, Ok(PostLoginResponse::default()));
    let changes = [
        ("audience", API),
        ("organization", ACME),
        ("scope", "openid email read:things nothing"),
    ];
    let mut alice = app.browser();
    let answer = alice.sign_in(&authorize(&changes), ALICE).await;
    let id_token = answer.id_token();
    let asked = hook.asked();
    let last = asked.last().unwrap();
    let user = last.user.as_ref().unwrap();
    assert_eq!(user.user_id, id_token["sub"]);
    let claims: Value = serde_json::from_str(&user.claims_json).unwrap();
    assert_eq!(claims["email"], ALICE);
    assert_eq!(last.client.as_ref().unwrap().client_id, "spa");
    assert_eq!(last.organization.as_ref().unwrap().id, ACME);
    assert_eq!(last.audience.as_deref(), Some(API));
    assert_eq!(last.sid.as_deref(), id_token["sid"].as_str());
    assert!(last.auth_time.is_some());
    assert!(!last.is_silent);
    let scope = answer.parameter("scope").unwrap();
    assert_eq!(last.granted_scopes.join(" "), scope);

    let silent = [changes.as_slice(), &[("prompt", "none")]].concat();
    alice.get(&authorize(&silent)).await.id_token();
    let asked = hook.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].is_silent);
}

#[tokio::test]
async fn a_denial_is_an_answer_to_the_application() {
    let mut app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    let cookies = alice.cookies.clone();
    let hook = Hook::install(&mut app, Ok(denial()));
    let mut alice = app.browser();
    alice.cookies = cookies;
    let silent = alice.get(&authorize(&[("prompt", "none")])).await;
    let signed_in = app.browser().sign_in(&authorize(&[]), ALICE).await;
    for answer in [silent, signed_in] {
        assert_eq!(answer.parameter("error").as_deref(), Some("access_denied"));
        let description = answer.parameter("error_description").unwrap();
        assert_eq!(description, "only on weekdays");
        assert_eq!(answer.parameter("id_token"), None);
    }
    assert!(hook.asked().len() >= 2);
}

#[tokio::test]
async fn a_failure_is_no_denial_and_follows_the_tenant() {
    for failure in [
        Status::internal("bug"),
        Status::unavailable("gone"),
        Status::unknown("never"),
    ] {
        let mut app = TestApp::start().await;
        Hook::install(&mut app, Err(failure.clone()));
        let answer = app.browser().sign_in(&authorize(&[]), ALICE).await;
        let error = answer.parameter("error").unwrap();
        let expected = if failure.code() == tonic::Code::Internal {
            "server_error"
        } else {
            "temporarily_unavailable"
        };
        assert_eq!(error, expected, "{failure:?}");
        assert_eq!(answer.parameter("id_token"), None);
        let lenient = TenantPatch {
            post_login_hook_may_fail: Some(true),
            ..TenantPatch::default()
        };
        apply_settings(lenient, &app.channels).await;
        app.restart();
        let answer = app.browser().sign_in(&authorize(&[]), ALICE).await;
        assert!(answer.parameter("id_token").is_some(), "{failure:?}");
    }
}

#[tokio::test]
async fn sec_163_claims_of_the_hook_never_replace_those_of_the_server() {
    let mut app = TestApp::start().await;
    let claims = json!({
        "https://example.com/plan": "gold", "sub": "auth0|mallory", "iss": "https://evil.test/", "aud": "x", "exp": 1,
        "iat": 1, "nbf": 1, "jti": "x", "azp": "x", "nonce": "x", "at_hash": "x", "sid": "x", "org_id": "x",
        "org_name": "x", "permissions": ["x"], "roles": ["x"], "gty": "x", "cnf": {}, "act": {}, "amr": ["x"],
        "acr": "x", "auth_time": 1, "scope": "x", "client_id": "x",
    });
    let answer_of_hook = PostLoginResponse {
        id_token_claims_json: Some(claims.to_string()),
        access_token_claims_json: Some(claims.to_string()),
        ..PostLoginResponse::default()
    };
    Hook::install(&mut app, Ok(answer_of_hook));
    let answer = app
        .browser()
        .sign_in(&authorize(&[("audience", API)]), ALICE)
        .await;
    for token in [answer.id_token(), answer.access_token()] {
        assert_eq!(token["https://example.com/plan"], "gold");
        for (name, value) in claims.as_object().unwrap() {
            if name != "https://example.com/plan" {
                assert_ne!(token.get(name), Some(value), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn changes_scopes_also_against_permissions() {
    let mut app = TestApp::start().await;
    let changes = PostLoginResponse {
        added_scopes: ["read:things", "no:such", "email", "a b"]
            .map(str::to_owned)
            .to_vec(),
        removed_scopes: ["openid", "profile"].map(str::to_owned).to_vec(),
        ..PostLoginResponse::default()
    };
    Hook::install(&mut app, Ok(changes));
    let path = authorize(&[("audience", ROLE_API), ("scope", "openid profile")]);
    let answer = app.browser().sign_in(&path, ALICE).await;
    assert_eq!(
        answer.parameter("scope").as_deref(),
        Some("openid read:things email")
    );
    assert_eq!(answer.id_token()["email"], ALICE);
    assert_eq!(answer.id_token()["nickname"], Value::Null);
}

/// A client grant is a ceiling also for the hook, and a removed scope is no permission.
#[tokio::test]
async fn stays_below_the_client_grant() {
    let mut app = TestApp::start().await;
    let changes = PostLoginResponse {
        added_scopes: ["read:things", "write:things"].map(str::to_owned).to_vec(),
        ..PostLoginResponse::default()
    };
    Hook::install(&mut app, Ok(changes));
    let path = authorize(&[
        ("client_id", "granted"),
        ("redirect_uri", "https://granted.example.test/cb"),
        ("audience", GRANT_API),
        ("scope", "openid"),
    ]);
    let answer = app.browser().sign_in(&path, ALICE).await;
    assert_eq!(
        answer.parameter("scope").as_deref(),
        Some("openid read:things")
    );
}

/// The consent page lists what the hook adds.
#[tokio::test]
async fn the_user_is_asked_for_what_the_hook_adds() {
    let mut app = TestApp::start().await;
    let changes = PostLoginResponse {
        added_scopes: vec!["read:things".to_owned()],
        ..PostLoginResponse::default()
    };
    Hook::install(&mut app, Ok(changes));
    let path = authorize(&[("audience", CONSENT_API), ("scope", "openid")]);
    let page = app.browser().sign_in(&path, ALICE).await;
    page.assert_page(200, "things: read");
}
