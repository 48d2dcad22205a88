//! URLs that cannot be registered, because a browser must never be sent there.

use super::*;

/// Gives one field of a request a URL.
type Put = fn(&mut ApplyTenantRequest, &str);

fn tenant(request: &mut ApplyTenantRequest) -> &mut TenantPatch {
    request.tenant.get_or_insert_default()
}

fn client(request: &mut ApplyTenantRequest) -> &mut ClientPatch {
    &mut request.clients[0]
}

/// The fields that take several URLs, where placeholders may be.
const LISTS: [(&str, Put); 5] = [
    (r#"client "My App": callbacks[0]: "#, |request, url| {
        client(request).callbacks = Some(list(&[url]));
    }),
    (
        r#"client "My App": allowed_logout_urls[0]: "#,
        |request, url| {
            client(request).allowed_logout_urls = Some(list(&[url]));
        },
    ),
    (r#"client "My App": web_origins[0]: "#, |request, url| {
        client(request).web_origins = Some(list(&[url]));
    }),
    (
        r#"client "My App": allowed_origins[0]: "#,
        |request, url| {
            client(request).allowed_origins = Some(list(&[url]));
        },
    ),
    ("tenant: allowed_logout_urls[0]: ", |request, url| {
        tenant(request).allowed_logout_urls = Some(list(&[url]));
    }),
];

/// The fields that take one URL.
const SINGLE: [(&str, Put); 5] = [
    (r#"client "My App": logo_uri: "#, |request, url| {
        client(request).logo_uri = Some(url.to_owned());
    }),
    (
        r#"client "My App": initiate_login_uri: "#,
        |request, url| {
            client(request).initiate_login_uri = Some(url.to_owned());
        },
    ),
    ("tenant: picture_url: ", |request, url| {
        tenant(request).picture_url = Some(url.to_owned());
    }),
    ("tenant: support_url: ", |request, url| {
        tenant(request).support_url = Some(url.to_owned());
    }),
    ("tenant: default_redirection_uri: ", |request, url| {
        tenant(request).default_redirection_uri = Some(url.to_owned());
    }),
];

async fn refusal(registry: &Registry, request: ApplyTenantRequest) -> String {
    let status = registry.client.clone().apply_tenant(request).await;
    let status = status.expect_err("is refused");
    assert_eq!(reason_of(&status), Some(ErrorReason::InvalidField));
    status.message().to_owned()
}

/// Each field refuses each URL by name; before that, it takes a sound one.
async fn refuses(fields: &[(&str, Put)], sound: &str, urls: &[&str]) {
    let registry = Registry::start().await;
    for (field, put) in fields {
        let mut request = spa();
        put(&mut request, sound);
        request.dry_run = true;
        registry.apply(request).await;
        for url in urls {
            let mut request = spa();
            put(&mut request, url);
            let message = refusal(&registry, request).await;
            assert!(message.starts_with(field), "{field}{url:?}: {message}");
        }
    }
    assert_eq!(
        next(&mut registry.watch().await).await,
        0,
        "nothing is kept"
    );
}

#[tokio::test]
async fn sec_022_no_field_takes_a_url_that_runs_code_or_reads_files() {
    let urls = [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "JAVASCRIPT://app.test/%0aalert(1)",
        "javascript://*.preview.example.test/%0aalert(1)",
        " javascript:alert(1)",
        "\u{1}javascript:alert(1)",
        "\u{a0}javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\r\nscript:alert(1)",
        "javascript\t:alert(1)",
        "javascript:alert(1)\n",
        "data:text/html,<script>alert(1)</script>",
        "dAtA:text/html;base64,PHNjcmlwdD4=",
        "\tdata:text/html,x",
        "vbscript:msgbox",
        "VBScript:msgbox",
        "vb\nscript:msgbox",
        "file:///etc/passwd",
        "FILE://localhost/etc/passwd",
        " file:///etc/passwd",
    ];
    refuses(&LISTS, "https://app.example.test", &urls).await;
    refuses(&SINGLE, "https://app.example.test", &urls).await;
}

#[tokio::test]
async fn sec_023_a_wildcard_stands_once_in_the_left_most_of_three_labels() {
    let urls = [
        "*",
        "https://*",
        "https://*/",
        "https://*:443",
        "https://*.test",
        "https://*.test.",
        "https://*..test",
        "https://pr-*.test",
        "https://**.example.test",
        "https://*.*.example.test",
        "https://*-*.example.test",
        "https://*.example.test/*",
        "https://app.*.test",
        "https://app.*.example.test",
        "https://app.example.*",
        "https://app.example.test:*",
        "https://app.example.test/*",
        "https://app.example.test?x=*",
        "https://*@app.example.test",
        "com.example.app://*.example.test",
    ];
    refuses(&LISTS, "https://pr-*.preview.example.test", &urls).await;
    let urls = [
        "https://*",
        "https://*.test",
        "https://*.preview.example.test",
        "https://app.*.example.test",
        "https://app.example.test:*",
    ];
    refuses(&SINGLE, "https://app.example.test", &urls).await;
}

fn partner(mode: ThirdPartySecurityMode) -> ApplyTenantRequest {
    let mut request = spa();
    request.clients[0].is_first_party = Some(false);
    request.clients[0].third_party_security_mode = Some(mode.into());
    request
}

#[tokio::test]
async fn sec_024_a_strict_third_party_application_registers_no_placeholder() {
    let wildcard = "https://pr-*.preview.example.test";
    let organization = "https://{organization_name}.tenant.example.test";
    let registry = Registry::start().await;
    for (field, put) in &LISTS[..4] {
        for url in [wildcard, organization] {
            let takes_it = url == wildcard
                || ["callbacks", "allowed_origins"]
                    .iter()
                    .any(|it| field.contains(it));
            let mut strict = partner(ThirdPartySecurityMode::Strict);
            put(&mut strict, url);
            let message = refusal(&registry, strict).await;
            assert!(message.starts_with(field), "{field}{url}: {message}");
            if takes_it {
                let problem = "a strict third-party application cannot have a placeholder";
                assert!(message.ends_with(problem), "{message}");
                let mut permissive = partner(ThirdPartySecurityMode::Permissive);
                put(&mut permissive, url);
                permissive.dry_run = true;
                registry.apply(permissive).await;
            }
        }
    }
}

#[tokio::test]
async fn sec_024_nor_does_one_become_strict_that_has_one() {
    let registry = Registry::start().await;
    let mut permissive = partner(ThirdPartySecurityMode::Permissive);
    client(&mut permissive).callbacks = Some(list(&["https://*.preview.example.test/cb"]));
    registry.apply(permissive).await;
    let mut strict = partner(ThirdPartySecurityMode::Strict);
    client(&mut strict).callbacks = None;
    let message = refusal(&registry, strict.clone()).await;
    assert!(
        message.starts_with(r#"client "My App": callbacks[0]: "#),
        "{message}"
    );
    client(&mut strict).callbacks = Some(list(&["https://app.test/cb"]));
    let changes = registry.apply(strict).await;
    assert_eq!(
        changes[0].fields,
        ["callbacks", "third_party_security_mode"]
    );
}

#[tokio::test]
async fn strict_is_for_third_parties_and_the_party_never_changes() {
    let registry = Registry::start().await;
    let mut own = partner(ThirdPartySecurityMode::Strict);
    client(&mut own).is_first_party = Some(true);
    let message = refusal(&registry, own).await;
    let expected = "third_party_security_mode: strict is for third-party applications only";
    assert_eq!(message, format!(r#"client "My App": {expected}"#));

    registry
        .apply(partner(ThirdPartySecurityMode::Strict))
        .await;
    let mut own = partner(ThirdPartySecurityMode::Permissive);
    client(&mut own).is_first_party = Some(true);
    let message = refusal(&registry, own).await;
    let expected = "is_first_party: is false and cannot be changed";
    assert_eq!(message, format!(r#"client "My App": {expected}"#));
}
