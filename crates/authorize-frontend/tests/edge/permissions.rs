//! Limits of scopes: client grants of the application, roles of the user.

use doorward_proto::client_registry::v1::{ResourceParameterProfile, TenantPatch};
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::{
    ApplyRolesRequest, ListUsersByEmailRequest, Permission, RolePatch, SetUserRolesRequest,
};

use crate::tenant::{ALICE, API, GRANT_API, ROLE_API, apply_settings};
use crate::{Answer, Backend, TestApp, authorize};

fn claims(answer: &Answer) -> serde_json::Value {
    use base64::Engine;
    let token = answer.parameter("access_token").unwrap();
    let payload = token.split('.').nth(1).unwrap();
    let payload = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(payload);
    serde_json::from_slice(&payload.unwrap()).unwrap()
}

async fn apply_role(app: &TestApp, permissions: &[&str]) {
    let permissions = permissions.iter().map(|name| Permission {
        resource_server_identifier: ROLE_API.to_owned(),
        permission_name: (*name).to_owned(),
    });
    let role = RolePatch {
        name: "reader".to_owned(),
        permissions: permissions.collect(),
        replace_permissions: true,
        ..RolePatch::default()
    };
    let request = ApplyRolesRequest {
        roles: vec![role],
        dry_run: false,
    };
    let mut identity = IdentityServiceClient::new(app.channels.identity.clone());
    identity.apply_roles(request).await.unwrap();
}

async fn set_roles(app: &TestApp, roles: &[&str]) {
    let mut identity = IdentityServiceClient::new(app.channels.identity.clone());
    let email = ALICE.to_owned();
    let listed = identity.list_users_by_email(ListUsersByEmailRequest { email });
    let user = listed.await.unwrap().into_inner().users.swap_remove(0);
    let request = SetUserRolesRequest {
        user_id: user.user_id,
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    identity.set_user_roles(request).await.unwrap();
}

const ALL: &str = "openid read:things write:things";

#[tokio::test]
async fn a_client_grant_is_a_ceiling() {
    let app = TestApp::start().await;
    let changes = [
        ("client_id", "granted"),
        ("redirect_uri", ""),
        ("audience", GRANT_API),
        ("scope", ALL),
    ];
    let answer = app.browser().sign_in(&authorize(&changes), ALICE).await;
    let scope = answer.parameter("scope");
    assert_eq!(scope.as_deref(), Some("openid read:things"));
    assert_eq!(claims(&answer)["scope"], "openid read:things");
    assert!(claims(&answer).get("permissions").is_none());
}

/// Changed roles count at the next sign-in, and soon in open sessions.
#[tokio::test]
async fn a_users_roles_are_a_ceiling() {
    let app = TestApp::start().await;
    apply_role(&app, &["read:things", "other:things"]).await;
    let target = authorize(&[("audience", ROLE_API), ("scope", ALL)]);
    let mut alice = app.browser();
    let answer = alice.sign_in(&target, ALICE).await;
    assert_eq!(answer.parameter("scope").as_deref(), Some("openid"));
    assert_eq!(claims(&answer)["permissions"], serde_json::json!([]));

    set_roles(&app, &["reader"]).await;
    let answer = alice
        .sign_in(&format!("{target}&prompt=login"), ALICE)
        .await;
    let scope = answer.parameter("scope");
    assert_eq!(scope.as_deref(), Some("openid read:things"));
    // A scope that the API does not define is no permission.
    assert_eq!(
        claims(&answer)["permissions"],
        serde_json::json!(["read:things"])
    );

    apply_role(&app, &["write:things"]).await;
    eventually(&mut alice, &target, "openid write:things").await;
    set_roles(&app, &[]).await;
    eventually(&mut alice, &target, "openid").await;
}

async fn eventually(browser: &mut crate::Browser<'_>, target: &str, scope: &str) {
    let silent = format!("{target}&prompt=none");
    for _ in 0..100 {
        let answer = browser.get(&silent).await;
        if answer.parameter("scope").as_deref() == Some(scope) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the scope never became {scope:?}");
}

/// The permissions of roles are in the cache; a user without roles does not need it.
#[tokio::test]
async fn identity_gone() {
    let mut app = TestApp::start().await;
    apply_role(&app, &["read:things"]).await;
    set_roles(&app, &["reader"]).await;
    let target = authorize(&[("audience", ROLE_API), ("scope", ALL)]);
    let mut cookies = {
        let mut alice = app.browser();
        alice.sign_in(&target, ALICE).await;
        alice.cookies
    };
    app.kill(Backend::Identity);
    let silent = format!("{target}&prompt=none");
    for (restarted, error) in [(false, ""), (true, "temporarily_unavailable")] {
        if restarted {
            app.restart();
        }
        let mut alice = app.browser();
        alice.cookies = std::mem::take(&mut cookies);
        assert_eq!(alice.get(&silent).await.error(), error);
        let other = authorize(&[("audience", API), ("prompt", "none")]);
        assert_eq!(alice.get(&other).await.error(), "");
        cookies = alice.cookies;
    }
}

#[tokio::test]
async fn a_resource_instead_of_an_audience() {
    let mut app = TestApp::start().await;
    let target = |resources: &str| format!("{}&prompt=none{resources}", authorize(&[]));
    let one = "&resource=https://unknown.example.test/";
    let two = format!("{one}&resource={API}");
    for (profile, resources, error) in [
        (ResourceParameterProfile::Audience, one, ""),
        (
            ResourceParameterProfile::Compatibility,
            one,
            "access_denied",
        ),
        (
            ResourceParameterProfile::Compatibility,
            two.as_str(),
            "invalid_target",
        ),
    ] {
        let settings = TenantPatch {
            resource_parameter_profile: Some(profile.into()),
            ..TenantPatch::default()
        };
        apply_settings(settings, &app.channels).await;
        app.restart();
        let mut alice = app.browser();
        alice.sign_in(&authorize(&[]), ALICE).await;
        assert_eq!(
            alice.get(&target(resources)).await.error(),
            error,
            "{profile:?}"
        );
    }
}
