//! The claim `updated_at` in the ID token and at `/userinfo`.

use doorward_proto::client_registry::v1::TenantPatch;
use http::Request;
use serde_json::Value;

use crate::tenant::{ALICE, apply_settings};
use crate::{TestApp, authorize};

/// A text as on Auth0, or a number where the tenant says so.
#[tokio::test]
async fn has_the_form_that_the_tenant_wants() {
    let mut app = TestApp::start().await;
    for numeric in [false, true] {
        let settings = TenantPatch {
            numeric_updated_at: Some(numeric),
            ..TenantPatch::default()
        };
        apply_settings(settings, &app.channels).await;
        app.restart();
        let mut alice = app.browser();
        let answer = alice
            .sign_in(&authorize(&[("scope", "openid profile")]), ALICE)
            .await;
        let bearer = format!("Bearer {}", answer.parameter("access_token").unwrap());
        let userinfo = Request::get("/userinfo").header("authorization", bearer);
        let userinfo = alice
            .send(userinfo.body(String::new().into()).unwrap())
            .await;
        let userinfo: Value = serde_json::from_str(&userinfo.body).unwrap();
        let claim = &answer.id_token()["updated_at"];
        assert_eq!((claim.is_number(), claim.is_string()), (numeric, !numeric));
        assert_eq!(&userinfo["updated_at"], claim);
    }
}
