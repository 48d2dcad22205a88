//! The two registrations that allow more than equal bytes: a loopback address, and a placeholder in the host.

use super::*;

#[test]
fn sec_018_loopback_port_of_a_native_client() {
    for requested in [
        "http://127.0.0.1:49152/cb",
        "http://[::1]:49152/cb",
        "http://127.0.0.1/cb",
    ] {
        assert_matches(requested, &NATIVE, NATIVE_CLIENT);
    }
    assert_matches(
        "http://127.0.0.1:9/cb",
        &["http://127.0.0.1:3000/cb"],
        NATIVE_CLIENT,
    );
    let requested = [
        "http://127.0.0.1:49152/CB",
        "http://127.0.0.1:49152/cb/",
        "http://127.0.0.1:49152",
        "https://127.0.0.1:49152/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1:080/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:1:2/cb",
        "http://[0:0:0:0:0:0:0:1]:49152/cb",
    ];
    assert_all_refused(&requested, &NATIVE, NATIVE_CLIENT);
}

#[test]
fn sec_019_loopback_port_of_a_web_client() {
    assert_all_refused(
        &["http://127.0.0.1:49152/cb", "http://[::1]:49152/cb"],
        &NATIVE,
        WEB_CLIENT,
    );
    assert_matches("http://127.0.0.1/cb", &NATIVE, WEB_CLIENT);
    assert_matches(
        "http://127.0.0.1:3000/cb",
        &["http://127.0.0.1:3000/cb"],
        WEB_CLIENT,
    );
}

#[test]
fn sec_020_loopback_query() {
    assert_refused("http://127.0.0.1:5000/cb?bar=foo", &NATIVE, NATIVE_CLIENT);
}

#[test]
fn sec_021_not_the_loopback_address() {
    let requested = [
        "http://localhost:5000/cb",
        "http://127.0.0.2:5000/cb",
        "http://127.1:5000/cb",
        "http://0x7f000001:5000/cb",
        "http://127.0.0.1.evil.test:5000/cb",
    ];
    assert_all_refused(&requested, &NATIVE, NATIVE_CLIENT);
    assert_refused(
        "http://localhost:5000/cb",
        &["http://localhost/cb"],
        NATIVE_CLIENT,
    );
}

#[test]
fn sec_024_wildcard() {
    for requested in [
        "https://pr-7.preview.example.test/cb",
        "https://xn--bcher-kva.preview.example.test/cb",
    ] {
        assert_matches(requested, &SPA2, WEB_CLIENT);
    }
    assert_matches_as(
        "https://PR-7.Preview.example.test/cb",
        "https://pr-7.preview.example.test/cb",
        &SPA2,
        WEB_CLIENT,
    );
    let around = ["https://pr-*-web.example.test:8443/cb?a=b"];
    assert_matches(
        "https://pr-7-web.example.test:8443/cb?a=b",
        &around,
        WEB_CLIENT,
    );
    let requested = [
        "https://pr--web.example.test:8443/cb?a=b",
        "https://pr-web.example.test:8443/cb?a=b",
        "https://pr-7-webx.example.test:8443/cb?a=b",
        "https://pr-7-web.example.test/cb?a=b",
        "https://pr-7-web.example.test:8443/cb",
    ];
    assert_all_refused(&requested, &around, WEB_CLIENT);
}

#[test]
fn sec_025_wildcard_is_one_label() {
    let too_long = format!("https://{}.preview.example.test/cb", "a".repeat(64));
    let requested = [
        "https://a.b.preview.example.test/cb",
        "https://preview.example.test/cb",
        "https://.preview.example.test/cb",
        "https://*.preview.example.test/cb",
        "https://evil.test/.preview.example.test/cb",
        "https://evil.test?.preview.example.test/cb",
        "https://evil.test#.preview.example.test/cb",
        "https://evil%2etest.preview.example.test/cb",
        "https://a%00.preview.example.test/cb",
        "https://a\t.preview.example.test/cb",
        "https://a。b.preview.example.test/cb",
        "https://bücher.preview.example.test/cb",
        "https://xn--.preview.example.test/cb",
        "http://pr-7.preview.example.test/cb",
        "https://pr-7.preview.example.test:443/cb",
        "https://pr-7.preview.example.test/cb?x=1",
        &too_long,
    ];
    assert_all_refused(&requested, &SPA2, WEB_CLIENT);
    assert_all_refused(&requested, &SPA2, NATIVE_CLIENT);
}

#[test]
fn sec_025_a_wildcard_is_a_label_of_a_host() {
    let longest = format!("https://{}.preview.example.test/cb", "a".repeat(63));
    for requested in [
        "https://0.preview.example.test/cb",
        "https://a--b.preview.example.test/cb",
        "https://xn--bcher-kva.preview.example.test/cb",
        &longest,
    ] {
        assert_matches(requested, &SPA2, WEB_CLIENT);
    }
    let requested = [
        "https://-.preview.example.test/cb",
        "https://-a.preview.example.test/cb",
        "https://a-.preview.example.test/cb",
        "https://a_b.preview.example.test/cb",
        "https://_a.preview.example.test/cb",
        "https://a_.preview.example.test/cb",
        "https://a'b.preview.example.test/cb",
        "https://a~b.preview.example.test/cb",
        "https://a$b.preview.example.test/cb",
    ];
    assert_all_refused(&requested, &SPA2, WEB_CLIENT);
    let around = ["https://pr*web.example.test/cb"];
    assert_matches("https://pr7web.example.test/cb", &around, WEB_CLIENT);
    let ends = [
        "https://pr-7web.example.test/cb",
        "https://pr7-web.example.test/cb",
        "https://pr-web.example.test/cb",
        "https://pr7_7web.example.test/cb",
    ];
    assert_all_refused(&ends, &around, WEB_CLIENT);
}

/// Names of organizations may have an underscore, and each is registered.
#[test]
fn sec_026_organization_name_as_a_label() {
    let requested = "https://acme_corp.tenant.example.test/cb";
    assert_matches(requested, &SPA3, for_organization("acme_corp"));
    for name in ["acme-", "-acme"] {
        let requested = format!("https://{name}.tenant.example.test/cb");
        assert_refused(&requested, &SPA3, for_organization(name));
    }
}

#[test]
fn sec_026_organization_name() {
    let acme = "https://acme.tenant.example.test/cb";
    assert_matches(acme, &SPA3, for_organization("acme"));
    assert_matches_as(
        "https://ACME.tenant.example.test/cb",
        acme,
        &SPA3,
        for_organization("acme"),
    );
    assert_refused(
        "https://beta.tenant.example.test/cb",
        &SPA3,
        for_organization("acme"),
    );
    assert_refused(acme, &SPA3, WEB_CLIENT);
    assert_refused(
        "https://{organization_name}.tenant.example.test/cb",
        &SPA3,
        for_organization("acme"),
    );
    for name in ["", "*", "{organization_name}", "evil.test/", "a.b", "acme@"] {
        let requested = format!("https://{name}.tenant.example.test/cb");
        assert_refused(&requested, &SPA3, for_organization(name));
    }
}

#[test]
fn a_placeholder_without_path_needs_a_slash_on_both_sides() {
    assert_refused(
        "https://a.preview.example.test",
        &["https://*.preview.example.test"],
        WEB_CLIENT,
    );
    assert_matches(
        "https://a.preview.example.test/",
        &["https://*.preview.example.test/"],
        WEB_CLIENT,
    );
}
