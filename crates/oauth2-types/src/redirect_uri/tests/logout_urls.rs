//! `returnTo` and `post_logout_redirect_uri`.

use super::*;

const REGISTERED: [&str; 4] = [
    "https://app.example.test/bye",
    "http://localhost:3000",
    "https://*.preview.example.test",
    "com.example.app://bye",
];

fn target(requested: &str) -> Option<String> {
    match_logout_url(requested, REGISTERED).map(|url| url.as_str().to_owned())
}

#[test]
fn registered_with_any_query_and_fragment() {
    for requested in [
        "https://app.example.test/bye",
        "HTTPS://APP.example.test/bye",
        "https://app.example.test/bye?a=b&c=%20#d",
        "https://app.example.test/bye#/route?x",
        "https://app.example.test/bye?next=https://evil.test/@#",
        "http://localhost:3000",
        "http://localhost:3000?@evil.test",
        "https://pr-7.preview.example.test",
        "https://pr-7.preview.example.test?a=b",
        "com.example.app://bye?a",
    ] {
        assert_eq!(target(requested).as_deref(), Some(requested));
    }
}

#[test]
fn query_of_the_entry_does_not_count() {
    let matched = match_logout_url(
        "https://app.example.test/bye?a=2",
        ["https://app.example.test/bye?a=1"],
    );
    assert_eq!(
        matched.unwrap().as_str(),
        "https://app.example.test/bye?a=2"
    );
}

#[test]
fn what_no_header_can_hold_is_encoded() {
    let requested = "https://app.example.test/bye?a=é b\r\nSet-Cookie: c=d&e=%0a#\"<f>\\";
    let expected =
        "https://app.example.test/bye?a=%C3%A9%20b%0D%0ASet-Cookie:%20c=d&e=%0a#%22%3Cf%3E%5C";
    assert_eq!(target(requested).as_deref(), Some(expected));
}

#[test]
fn sec_204_not_registered() {
    for requested in [
        "https://evil.test/bye",
        "https://app.example.test/BYE",
        "https://app.example.test/bye/",
        "https://app.example.test/bye/../x",
        "https://app.example.test",
        "http://app.example.test/bye",
        "https://app.example.test:8443/bye",
        "https://app.example.test.evil.test/bye",
        "http://localhost:3000/",
        "http://localhost:30000",
        "https://user@app.example.test/bye",
        "https://app.example.test@evil.test/bye",
        "https://user@pr-7.preview.example.test",
        "https://a.b.preview.example.test",
        "https://preview.example.test",
        "https://*.preview.example.test",
        "https://evil.test/.preview.example.test",
        "https://xn--.preview.example.test",
        "com.example.app://byebye",
        "",
    ] {
        assert_eq!(target(requested), None, "{requested}");
    }
}

#[test]
fn sec_205_not_absolute_or_not_a_page() {
    for requested in [
        "//evil.test",
        "/\\evil.test",
        "https:evil.test",
        "https:/evil.test",
        "https:\\\\app.example.test/bye",
        "https://evil.test\\@app.example.test/bye",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        " https://app.example.test/bye",
        "app.example.test/bye",
        "?https://app.example.test/bye",
    ] {
        assert_eq!(target(requested), None, "{requested:?}");
    }
    assert_eq!(
        match_logout_url("javascript:alert(1)", ["javascript:alert(1)"]),
        None
    );
}

#[test]
fn organization_name_is_not_available() {
    for requested in [SPA3[0], "https://acme.tenant.example.test/cb"] {
        assert_eq!(match_logout_url(requested, SPA3), None);
    }
}

const POST_LOGOUT: [&str; 5] = [
    "https://app.example.test/bye",
    "https://app.example.test/bye?a=1",
    "http://127.0.0.1:3000/",
    "https://*.preview.example.test/bye",
    "com.example.app://bye",
];

fn post_logout(requested: &str) -> Option<String> {
    let matched = match_post_logout_redirect_uri(requested, POST_LOGOUT);
    matched.map(|url| url.as_str().to_owned())
}

#[test]
fn the_whole_of_a_post_logout_redirect_uri_counts() {
    for (requested, expected) in [
        (
            "https://app.example.test/bye",
            "https://app.example.test/bye",
        ),
        (
            "HTTPS://APP.example.test/bye",
            "https://app.example.test/bye",
        ),
        (
            "https://app.example.test/bye?a=1",
            "https://app.example.test/bye?a=1",
        ),
        ("http://127.0.0.1:3000/", "http://127.0.0.1:3000/"),
        (
            "https://PR-7.preview.example.test/bye",
            "https://pr-7.preview.example.test/bye",
        ),
        ("com.example.app://bye", "com.example.app://bye"),
    ] {
        assert_eq!(
            post_logout(requested).as_deref(),
            Some(expected),
            "{requested}"
        );
    }
}

#[test]
fn sec_204_no_post_logout_redirect_uri() {
    for requested in [
        "https://app.example.test/bye?a=2",
        "https://app.example.test/bye?",
        "https://app.example.test/bye?a=1&b=2",
        "https://app.example.test/bye#a",
        "https://app.example.test/bye#",
        "https://app.example.test/BYE",
        "https://app.example.test/bye/",
        "https://app.example.test/x/../bye",
        "https://app.example.test:443/bye",
        "https://user@app.example.test/bye",
        "http://127.0.0.1:4000/",
        "https://pr-7.preview.example.test/bye?a=1",
        "https://a.b.preview.example.test/bye",
        "https://*.preview.example.test/bye",
        "https://user@pr-7.preview.example.test/bye",
        "//app.example.test/bye",
        "/\\app.example.test/bye",
        "https:app.example.test/bye",
        "javascript:alert(1)",
        " https://app.example.test/bye",
        "",
    ] {
        assert_eq!(post_logout(requested), None, "{requested}");
    }
    let scheme = ["javascript:alert(1)"];
    assert_eq!(match_post_logout_redirect_uri(scheme[0], scheme), None);
    assert_eq!(match_post_logout_redirect_uri(SPA3[0], SPA3), None);
    let acme = "https://acme.tenant.example.test/cb";
    assert_eq!(match_post_logout_redirect_uri(acme, SPA3), None);
}
