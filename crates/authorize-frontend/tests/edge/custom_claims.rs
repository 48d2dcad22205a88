//! Claims that the tenant adds, in both tokens and at `/userinfo`.

use doorward_proto::client_registry::v1::custom_claim::Value as Source;
use doorward_proto::client_registry::v1::{
    ApplyTenantRequest, ClientMetadata, ClientPatch, CustomClaim, CustomClaims, TenantPatch,
};
use doorward_proto::common::v1::UserClaims;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::{ImportUsersRequest, ImportedUser};
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{
    ApplyOrganizationsRequest, Metadata, OrganizationPatch, RemoveMembersRequest,
};
use http::Request;
use serde_json::{Value, json};

use crate::TestApp;
use crate::tenant::{ACME, ALICE, API, apply, authorize};

fn claim(name: &str, value: Source) -> CustomClaim {
    CustomClaim {
        name: format!("https://example.com/{name}"),
        value: Some(value),
        id_token: true,
        access_token: true,
        ..CustomClaim::default()
    }
}

fn source(text: &str) -> Source {
    Source::Source(text.to_owned())
}

/// A claim of each source, and the metadata that they read.
async fn define(app: &mut TestApp, more: Vec<CustomClaim>) {
    let mut claims = vec![
        claim("plan", source("user.app_metadata.plan")),
        claim("color", source("user.user_metadata.color")),
        claim("region", source("organization.metadata.region")),
        claim("tier", source("client.client_metadata.tier")),
        claim("fixed", Source::ConstantJson("[1,true]".to_owned())),
    ];
    claims.extend(more);
    let client = ClientPatch {
        client_id: Some("spa".to_owned()),
        name: "Single Page".to_owned(),
        client_metadata: Some(ClientMetadata {
            pairs: [("tier".to_owned(), "1".to_owned())].into(),
        }),
        ..ClientPatch::default()
    };
    let request = ApplyTenantRequest {
        tenant: Some(TenantPatch {
            custom_claims: Some(CustomClaims { values: claims }),
            ..TenantPatch::default()
        }),
        clients: vec![client],
        ..ApplyTenantRequest::default()
    };
    apply(request, &app.channels).await;
    let acme = OrganizationPatch {
        id: Some(ACME.to_owned()),
        name: "acme".to_owned(),
        metadata: Some(Metadata {
            pairs: [("region".to_owned(), "eu".to_owned())].into(),
        }),
        ..OrganizationPatch::default()
    };
    let organizations = ApplyOrganizationsRequest {
        organizations: vec![acme],
        ..ApplyOrganizationsRequest::default()
    };
    let mut organization = OrganizationServiceClient::new(app.channels.organization.clone());
    organization
        .apply_organizations(organizations)
        .await
        .unwrap();
    set_plan(app, "gold").await;
    app.restart();
}

async fn set_plan(app: &TestApp, plan: &str) {
    let alice = ImportedUser {
        claims: Some(UserClaims {
            email: Some(ALICE.to_owned()),
            ..UserClaims::default()
        }),
        app_metadata_json: Some(json!({ "plan": plan }).to_string()),
        user_metadata_json: Some(json!({"color": "red"}).to_string()),
        ..ImportedUser::default()
    };
    let request = ImportUsersRequest {
        connection: "users".to_owned(),
        users: vec![alice],
    };
    let mut identity = IdentityServiceClient::new(app.channels.identity.clone());
    identity.import_users(request).await.unwrap();
}

fn custom(token: &Value) -> Value {
    let members = token.as_object().unwrap().iter();
    let custom = members.filter_map(|(name, value)| {
        let name = name.strip_prefix("https://example.com/")?;
        Some((name.to_owned(), value.clone()))
    });
    Value::Object(custom.collect())
}

async fn userinfo(app: &TestApp, access_token: &str) -> Value {
    let request =
        Request::get("/userinfo").header("authorization", format!("Bearer {access_token}"));
    let answer = app
        .browser()
        .send(request.body(String::new().into()).unwrap())
        .await;
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn values_of_every_source() {
    let mut app = TestApp::start().await;
    define(&mut app, Vec::new()).await;
    for (organization, region) in [("", None), (ACME, Some("eu"))] {
        let mut alice = app.browser();
        let path = authorize(&[("audience", API), ("organization", organization)]);
        let answer = alice.sign_in(&path, ALICE).await;
        let mut expected = json!({"plan": "gold", "color": "red", "tier": "1", "fixed": [1, true]});
        if let Some(region) = region {
            expected["region"] = region.into();
        }
        let access_token = answer.parameter("access_token").unwrap();
        assert_eq!(custom(&answer.id_token()), expected);
        assert_eq!(custom(&answer.access_token()), expected);
        assert_eq!(custom(&userinfo(&app, &access_token).await), expected);

        // Silent authentication has the values of now, and so has `/userinfo`.
        let path = authorize(&[
            ("audience", API),
            ("organization", organization),
            ("prompt", "none"),
        ]);
        set_plan(&app, "silver").await;
        let of_now = userinfo(&app, &access_token).await;
        assert_eq!(custom(&of_now)["plan"], "silver");
        let silent = alice.get(&path).await;
        assert_eq!(custom(&silent.id_token())["color"], "red");
        set_plan(&app, "gold").await;
    }
}

#[tokio::test]
async fn an_opaque_token_leads_to_them_too() {
    let mut app = TestApp::start().await;
    define(&mut app, Vec::new()).await;
    let mut alice = app.browser();
    let answer = alice
        .sign_in(&authorize(&[("organization", ACME)]), ALICE)
        .await;
    let access_token = answer.parameter("access_token").unwrap();
    let claims = custom(&userinfo(&app, &access_token).await);
    assert_eq!(claims, custom(&answer.id_token()));
    assert_eq!(claims["region"], "eu");
}

/// A former member's token says nothing of the organization any more, nor of the roles outside of it.
#[tokio::test]
async fn a_former_member_has_none_of_the_organization() {
    let mut app = TestApp::start().await;
    define(&mut app, vec![claim("roles", source("user.roles"))]).await;
    let mut alice = app.browser();
    let answer = alice
        .sign_in(&authorize(&[("organization", ACME)]), ALICE)
        .await;
    let access_token = answer.parameter("access_token").unwrap();
    let sub = answer.id_token()["sub"].as_str().unwrap().to_owned();
    assert_eq!(custom(&userinfo(&app, &access_token).await)["region"], "eu");
    let mut organization = OrganizationServiceClient::new(app.channels.organization.clone());
    let removal = RemoveMembersRequest {
        organization_id: ACME.to_owned(),
        user_ids: vec![sub],
    };
    organization.remove_members(removal).await.unwrap();
    let claims = custom(&userinfo(&app, &access_token).await);
    assert_eq!(
        (&claims["region"], &claims["roles"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(claims["plan"], "gold");
}

#[tokio::test]
async fn a_standard_claim_is_replaced_once() {
    let mut app = TestApp::start().await;
    let email = CustomClaim {
        name: "email".to_owned(),
        value: Some(source("user.app_metadata.plan")),
        id_token: true,
        ..CustomClaim::default()
    };
    define(&mut app, vec![email]).await;
    for (scope, expected) in [("openid email", json!("gold")), ("openid", Value::Null)] {
        let mut alice = app.browser();
        let answer = alice.sign_in(&authorize(&[("scope", scope)]), ALICE).await;
        let access_token = answer.parameter("access_token").unwrap();
        assert_eq!(answer.id_token()["email"], expected);
        assert_eq!(userinfo(&app, &access_token).await["email"], expected);
    }
}

#[tokio::test]
async fn sec_164_too_large_claims_are_an_error_without_tokens() {
    let mut app = TestApp::start().await;
    let large = Source::ConstantJson(format!("{:?}", "x".repeat(60 * 1024)));
    define(&mut app, vec![claim("one", large.clone())]).await;
    let mut alice = app.browser();
    let fits = alice.sign_in(&authorize(&[]), ALICE).await;
    assert!(fits.parameter("id_token").is_some());
    define(
        &mut app,
        vec![claim("one", large.clone()), claim("two", large)],
    )
    .await;
    let refused = app.browser().sign_in(&authorize(&[]), ALICE).await;
    assert_eq!(refused.parameter("error").as_deref(), Some("server_error"));
    let description = refused.parameter("error_description").unwrap();
    assert_eq!(
        description,
        "The custom claims of a token have more than 100 KB"
    );
    for token in ["id_token", "access_token"] {
        assert_eq!(refused.parameter(token), None);
    }
    // Too large for a token that is not made.
    let only = |name: &str| CustomClaim {
        id_token: false,
        ..claim(
            name,
            Source::ConstantJson(format!("{:?}", "x".repeat(60 * 1024))),
        )
    };
    define(&mut app, vec![only("one"), only("two")]).await;
    for (audience, error) in [("", ""), (API, "server_error")] {
        let answer = app
            .browser()
            .sign_in(&authorize(&[("audience", audience)]), ALICE)
            .await;
        assert_eq!(answer.error(), error, "{audience}");
    }
}
