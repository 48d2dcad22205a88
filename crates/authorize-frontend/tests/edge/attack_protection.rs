//! Limits of passwords that are tried, and of sign-ups.

use std::net::{IpAddr, Ipv4Addr};

use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::client_registry::v1::{
    ApplyTenantRequest, BruteForceProtectionPatch, StringList, SuspiciousIpThrottlingPatch,
    TenantPatch,
};
use futures::future::join_all;

use crate::session_cookies::SESSION;
use crate::tenant::{ALICE, PASSWORD};
use crate::test_app::Backend;
use crate::{Answer, Browser, TestApp, authorize};

const UNKNOWN: &str = "stranger@example.test";

fn at(app: &TestApp, last: u8) -> Browser<'_> {
    let mut browser = app.browser();
    browser.address = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)));
    browser
}

fn code(answer: &Answer) -> &str {
    let (_, rest) = answer
        .body
        .split_once("data-error-code=\"")
        .unwrap_or_default();
    rest.split('"').next().unwrap_or_default()
}

/// Tries a password; returns the status and the error on the page.
async fn try_password(browser: &mut Browser<'_>, email: &str, password: &str) -> (u16, String) {
    let page = browser
        .password_page(&authorize(&[("prompt", "login")]), email)
        .await;
    let answer = browser.submit("password", &page, email, password).await;
    (answer.status.as_u16(), code(&answer).to_owned())
}

fn wrong() -> (u16, String) {
    (400, "wrong-email-credentials".to_owned())
}

async fn apply(app: &mut TestApp, tenant: TenantPatch) {
    let mut registry = ClientRegistryServiceClient::new(app.channels.client_registry.clone());
    let request = ApplyTenantRequest {
        tenant: Some(tenant),
        ..ApplyTenantRequest::default()
    };
    registry.apply_tenant(request).await.unwrap();
    app.restart();
}

/// Known and unknown accounts are treated the same, also when they are blocked.
#[tokio::test]
async fn sec_142_an_account_is_blocked_for_an_address_whether_it_exists_or_not() {
    let app = TestApp::start().await;
    for (last, email) in [(1, ALICE), (2, UNKNOWN)] {
        let mut browser = at(&app, last);
        for attempt in 0..10 {
            let tried = try_password(&mut browser, email, "wrong").await;
            assert_eq!(tried, wrong(), "{attempt}");
        }
        let page = browser.password_page(&authorize(&[]), email).await;
        for password in ["wrong", PASSWORD] {
            let answer = browser.submit("password", &page, email, password).await;
            answer.assert_page(429, "data-error-code=\"user-blocked\"");
            assert_eq!(answer.headers["retry-after"], "2592000");
            assert!(!browser.cookies.contains_key(SESSION));
        }
        // Letter case is no way round it, and other addresses are not blocked.
        let tried = try_password(&mut browser, &email.to_uppercase(), PASSWORD).await;
        assert_eq!(tried.1, "user-blocked");
        assert_eq!(
            try_password(&mut at(&app, 3), email, "wrong").await,
            wrong()
        );
    }
}

#[tokio::test]
async fn sec_149_the_owner_gets_in_from_a_known_browser() {
    for mode in ["count_per_identifier_and_ip", "count_per_identifier"] {
        let mut app = TestApp::start().await;
        let brute_force = BruteForceProtectionPatch {
            mode: Some(mode.to_owned()),
            ..BruteForceProtectionPatch::default()
        };
        let tenant = TenantPatch {
            brute_force_protection: Some(brute_force),
            ..TenantPatch::default()
        };
        apply(&mut app, tenant).await;
        let mut owner = at(&app, 1);
        assert_eq!(try_password(&mut owner, ALICE, PASSWORD).await.0, 303);
        owner.get("/v2/logout?client_id=spa").await;
        assert!(!owner.cookies.contains_key(SESSION));
        for last in 1..=30 {
            for _ in 0..10 {
                try_password(&mut at(&app, last), ALICE, "wrong").await;
            }
        }
        let blocked = try_password(&mut at(&app, 200), ALICE, PASSWORD).await;
        assert_eq!(blocked.0, 429, "{mode}");
        assert_eq!(
            try_password(&mut owner, ALICE, PASSWORD).await.0,
            303,
            "{mode}"
        );
    }
}

/// One account and many addresses: at most 50 at once, and 50 more in an hour.
#[tokio::test]
async fn sec_145_one_account_from_500_addresses() {
    let app = TestApp::start().await;
    let mut tried = 0;
    for last in 0..250 {
        let (status, _) = try_password(&mut at(&app, last), ALICE, "wrong").await;
        tried += u32::from(status == 400);
    }
    assert_eq!(tried, 50);
}

#[tokio::test]
async fn sec_146_parallel_guesses_are_all_counted() {
    let app = TestApp::start().await;
    let mut browser = at(&app, 1);
    let page = browser.password_page(&authorize(&[]), ALICE).await;
    let mut browsers: Vec<_> = (0..200).map(|_| browser.clone()).collect();
    let guesses = browsers
        .iter_mut()
        .map(|it| it.submit("password", &page, ALICE, "wrong"));
    let answers = join_all(guesses).await;
    let judged = answers
        .iter()
        .filter(|it| code(it) == "wrong-email-credentials");
    assert_eq!(judged.count(), 10);
    for answer in answers {
        assert!(
            [400, 429].contains(&answer.status.as_u16()),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn sec_147_parallel_right_passwords_all_succeed() {
    let app = TestApp::start().await;
    let mut browsers = Vec::new();
    for _ in 0..20 {
        let mut browser = at(&app, 1);
        let page = browser.password_page(&authorize(&[]), ALICE).await;
        browsers.push((browser, page));
    }
    let sign_ins = browsers
        .iter_mut()
        .map(|(browser, page)| browser.submit("password", page, ALICE, PASSWORD));
    for answer in join_all(sign_ins).await {
        assert_eq!(answer.status, 303, "{}", answer.body);
    }
    let (status, error) = try_password(&mut at(&app, 1), ALICE, PASSWORD).await;
    assert_eq!((status, error.as_str()), (429, "same-user-login"));
    app.clock.advance(std::time::Duration::from_secs(6));
    assert_eq!(try_password(&mut at(&app, 1), ALICE, PASSWORD).await.0, 303);
}

#[tokio::test]
async fn an_address_tries_100_accounts() {
    let app = TestApp::start().await;
    let mut browser = at(&app, 1);
    for number in 0..100 {
        let email = format!("user{number}@example.test");
        assert_eq!(try_password(&mut browser, &email, "wrong").await, wrong());
    }
    let (status, error) = try_password(&mut browser, ALICE, PASSWORD).await;
    assert_eq!((status, error.as_str()), (429, "ip-blocked"));
    assert_eq!(try_password(&mut at(&app, 2), ALICE, PASSWORD).await.0, 303);
    app.clock.advance(std::time::Duration::from_secs(864));
    assert_eq!(try_password(&mut browser, ALICE, PASSWORD).await.0, 303);
}

async fn sign_up(browser: &mut Browser<'_>, email: &str) -> Answer {
    let page = browser
        .open(&authorize(&[
            ("screen_hint", "signup"),
            ("prompt", "login"),
        ]))
        .await;
    let fields = [
        ("state", page.field("state")),
        ("_csrf", page.field("_csrf")),
        ("email", email),
        ("password", PASSWORD),
    ];
    browser.post("/u/signup", &fields).await
}

#[tokio::test]
async fn an_address_signs_up_50_times() {
    let app = TestApp::start().await;
    for number in 0..50 {
        let email = format!("new{number}@example.test");
        let answer = sign_up(&mut at(&app, 1), &email).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }
    let answer = sign_up(&mut at(&app, 1), "last@example.test").await;
    answer.assert_page(429, "data-error-code=\"ip-signup-blocked\"");
    assert_eq!(answer.headers["retry-after"], "1728");
    assert_eq!(
        sign_up(&mut at(&app, 2), "last@example.test").await.status,
        303
    );
    assert_eq!(try_password(&mut at(&app, 1), ALICE, PASSWORD).await.0, 303);
}

#[tokio::test]
async fn settings_of_the_tenant() {
    let mut app = TestApp::start().await;
    let list = |values: &[&str]| StringList {
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    let tenant = TenantPatch {
        brute_force_protection: Some(BruteForceProtectionPatch {
            max_attempts: Some(2),
            allowlist: Some(list(&["192.0.2.9"])),
            ..BruteForceProtectionPatch::default()
        }),
        suspicious_ip_throttling: Some(SuspiciousIpThrottlingPatch {
            pre_login_max_attempts: Some(3),
            allowlist: Some(list(&["192.0.2.8/29"])),
            ..SuspiciousIpThrottlingPatch::default()
        }),
        ..TenantPatch::default()
    };
    apply(&mut app, tenant).await;
    let mut codes = Vec::new();
    for email in [ALICE, ALICE, ALICE, UNKNOWN, UNKNOWN] {
        codes.push(try_password(&mut at(&app, 1), email, "wrong").await.1);
    }
    let expected = [
        "wrong-email-credentials",
        "wrong-email-credentials",
        "user-blocked",
        "wrong-email-credentials",
        "ip-blocked",
    ];
    assert_eq!(codes, expected);
    for _ in 0..30 {
        assert_eq!(
            try_password(&mut at(&app, 9), ALICE, "wrong").await,
            wrong()
        );
    }
    let tenant = TenantPatch {
        brute_force_protection: Some(BruteForceProtectionPatch {
            shields: Some(list(&[])),
            ..BruteForceProtectionPatch::default()
        }),
        suspicious_ip_throttling: Some(SuspiciousIpThrottlingPatch {
            enabled: Some(false),
            ..SuspiciousIpThrottlingPatch::default()
        }),
        ..TenantPatch::default()
    };
    apply(&mut app, tenant).await;
    for _ in 0..30 {
        assert_eq!(
            try_password(&mut at(&app, 1), ALICE, "wrong").await,
            wrong()
        );
    }
}

/// An outage counts for no account, and is no way round a limit.
#[tokio::test]
async fn outages() {
    let app = TestApp::start().await;
    let mut browser = at(&app, 1);
    let page = browser.password_page(&authorize(&[]), ALICE).await;
    app.kill(Backend::Identity);
    for _ in 0..15 {
        let answer = browser.submit("password", &page, ALICE, "wrong").await;
        assert_eq!(answer.status, 503, "{}", answer.body);
    }
    app.kill(Backend::Session);
    let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
}
