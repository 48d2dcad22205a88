//! Equal bytes, and the ways around them.

use super::*;

#[test]
fn sec_001_registered() {
    assert_matches("https://app.example.test/cb", &SPA1, WEB_CLIENT);
    assert_matches("https://app.example.test/cb2", &SPA1, WEB_CLIENT);
}

#[test]
fn sec_002_other_site() {
    assert_refused("https://evil.test/cb", &SPA1, WEB_CLIENT);
    assert_refused("https://app.example.test/cb", &[], WEB_CLIENT);
}

#[test]
fn sec_003_missing_or_empty() {
    let only = only_registered(["https://app.example.test/cb"]);
    assert_eq!(only.unwrap().as_str(), "https://app.example.test/cb");
    assert_eq!(only_registered(SPA1), None);
    assert_eq!(only_registered(SPA2), None);
    assert_eq!(only_registered(SPA3), None);
    assert_eq!(only_registered([""; 0]), None);
    assert_eq!(only_registered(["javascript:alert(1)"]), None);
    assert_refused("", &SPA1, WEB_CLIENT);
    assert_refused("#", &SPA1, WEB_CLIENT);
}

#[test]
fn sec_004_slash_added_or_path_missing() {
    let requested = [
        "https://app.example.test/cb/",
        "https://app.example.test",
        "https://app.example.test/",
    ];
    assert_all_refused(&requested, &SPA1, WEB_CLIENT);
    assert_refused(
        "https://app.example.test/",
        &["https://app.example.test"],
        WEB_CLIENT,
    );
}

#[test]
fn sec_005_path_case_counts() {
    assert_refused("https://app.example.test/CB", &SPA1, WEB_CLIENT);
    assert_matches_as("HTTPS://App.Example.TEST/cb", SPA1[0], &SPA1, WEB_CLIENT);
    let registered = "Https://APP.example.test/cb";
    assert_matches_as(SPA1[0], registered, &[registered], WEB_CLIENT);
}

#[test]
fn sec_006_query_added() {
    let requested = [
        "https://app.example.test/cb?x=1",
        "https://app.example.test/cb?",
    ];
    assert_all_refused(&requested, &SPA1, WEB_CLIENT);
}

#[test]
fn sec_007_registered_query() {
    let registered = ["https://app.example.test/cb?app=1"];
    assert_matches("https://app.example.test/cb?app=1", &registered, WEB_CLIENT);
}

#[test]
fn sec_008_other_query() {
    let registered = ["https://app.example.test/cb?app=1"];
    let requested = [
        "https://app.example.test/cb?app=2",
        "https://app.example.test/cb?APP=1",
        "https://app.example.test/cb",
        "https://app.example.test/cb?app=1&app=1",
        "https://app.example.test/cb?app=%31",
    ];
    assert_all_refused(&requested, &registered, WEB_CLIENT);
}

#[test]
fn sec_009_other_scheme() {
    assert_refused("http://app.example.test/cb", &SPA1, WEB_CLIENT);
}

#[test]
fn sec_010_other_port() {
    let requested = [
        "https://app.example.test:8443/cb",
        "https://app.example.test:443/cb",
        "https://app.example.test:/cb",
    ];
    assert_all_refused(&requested, &SPA1, WEB_CLIENT);
    assert_all_refused(&requested, &SPA1, NATIVE_CLIENT);
}

#[test]
fn sec_011_longer_host() {
    let requested = [
        "https://app.example.test.evil.test/cb",
        "https://app.example.testevil.test/cb",
        "https://app.example.test./cb",
    ];
    assert_all_refused(&requested, &SPA1, WEB_CLIENT);
}

#[test]
fn sec_012_host_with_another_beginning() {
    let requested = [
        "https://evil-app.example.test/cb",
        "https://notapp.example.test/cb",
        "https://a.app.example.test/cb",
    ];
    assert_all_refused(&requested, &SPA1, WEB_CLIENT);
}

#[test]
fn sec_013_userinfo() {
    let requested = [
        "https://app.example.test@evil.test/cb",
        "https://user@app.example.test/cb",
        "https://user:password@app.example.test/cb",
        "https://@app.example.test/cb",
    ];
    assert_all_refused(&requested, &SPA1, WEB_CLIENT);
    let under_exceptions = [
        "https://user@pr-7.preview.example.test/cb",
        "https://@pr-7.preview.example.test/cb",
    ];
    assert_all_refused(&under_exceptions, &SPA2, WEB_CLIENT);
    let native = [
        "http://user@127.0.0.1:5000/cb",
        "http://127.0.0.1:5000@evil.test/cb",
        "http://127.0.0.1@evil.test:1/cb",
    ];
    assert_all_refused(&native, &NATIVE, NATIVE_CLIENT);
}

#[test]
fn sec_014_dot_segments() {
    let requested = [
        "https://app.example.test/cb/../admin",
        "https://app.example.test/x/../cb",
        "https://app.example.test/./cb",
        "https://app.example.test/%2e%2e/cb",
        "https://app.example.test/%63b",
        "https://app.example.test//cb",
    ];
    assert_all_refused(&requested, &SPA1, WEB_CLIENT);
}

#[test]
fn sec_015_backslashes() {
    let requested = [
        "https:\\\\app.example.test\\cb",
        "https://app.example.test\\cb",
        "https://evil.test\\@app.example.test/cb",
        "https://evil.test\\.preview.example.test/cb",
    ];
    assert_all_refused(&requested, &SPA1, WEB_CLIENT);
    assert_all_refused(&requested, &SPA2, WEB_CLIENT);
}

#[test]
fn sec_016_fragment_is_cut() {
    for requested in [
        "https://app.example.test/cb#x",
        "https://app.example.test/cb#@evil.test",
        "https://app.example.test/cb#",
    ] {
        let matched = match_redirect_uri(requested, SPA1, WEB_CLIENT).unwrap();
        assert_eq!(matched.as_str(), "https://app.example.test/cb");
    }
    assert_refused(
        "https://evil.test/#https://app.example.test/cb",
        &SPA1,
        WEB_CLIENT,
    );
}

#[test]
fn sec_017_relative() {
    let requested = [
        "/cb",
        "//app.example.test/cb",
        "app.example.test/cb",
        "https:/cb",
        "https:app.example.test/cb",
        "://cb",
    ];
    assert_all_refused(&requested, &SPA1, WEB_CLIENT);
}

#[test]
fn sec_027_unicode_host() {
    let registered = ["https://xn--bcher-kva.test/cb"];
    assert_matches("https://xn--bcher-kva.test/cb", &registered, WEB_CLIENT);
    assert_refused("https://bücher.test/cb", &registered, WEB_CLIENT);
    // U+212A, the Kelvin sign, is a `k` in Unicode's lower case but not in ASCII's.
    assert_refused(
        "https://\u{212a}.example.test/cb",
        &["https://k.example.test/cb"],
        WEB_CLIENT,
    );
}

#[test]
fn sec_028_no_regular_expressions() {
    assert_refused(
        "https://app.example.test/cbx",
        &["https://app.example.test/cb.*"],
        WEB_CLIENT,
    );
    assert_refused("https://appxexample.test/cb", &SPA1, WEB_CLIENT);
    let literal = ["https://app.example.test/c.b(a|b)+$"];
    assert_refused("https://app.example.test/cxb(a|b)+$", &literal, WEB_CLIENT);
    assert_matches(literal[0], &literal, WEB_CLIENT);
}

#[test]
fn custom_schemes_are_exact() {
    let registered = ["com.example.app://callback/path", "com.example.app:/cb"];
    assert_matches(
        "com.example.app://callback/path",
        &registered,
        NATIVE_CLIENT,
    );
    assert_matches_as(
        "COM.example.app:/cb",
        registered[1],
        &registered,
        NATIVE_CLIENT,
    );
    let requested = [
        "com.example.app:/CB",
        "com.example.app:cb",
        "com.example.app://cb",
        "com.example.appx:/cb",
    ];
    assert_all_refused(&requested, &registered, NATIVE_CLIENT);
}

#[test]
fn entries_that_cannot_be_registered_match_nothing() {
    for entry in [
        "javascript:alert(1)",
        "https://*.test/cb",
        "https://app.example.test/*",
        "https://a@app.example.test/",
    ] {
        assert_refused(entry, &[entry], NATIVE_CLIENT);
    }
    assert_refused(
        "https://evil.test/cb",
        &["https://*.test/cb", "https://*/cb"],
        WEB_CLIENT,
    );
}

#[test]
fn origins_of_matches() {
    let cases = [
        (
            "https://app.example.test/cb",
            Some("https://app.example.test"),
        ),
        (
            "HTTPS://App.example.test:443/cb",
            Some("https://app.example.test"),
        ),
        ("http://localhost:3000", Some("http://localhost:3000")),
        ("http://[::1]:8080/cb", Some("http://[::1]:8080")),
        ("com.example.app://callback", None),
        ("blob:https://app.example.test/1", None),
    ];
    for (uri, origin) in cases {
        let matched = match_redirect_uri(uri, [uri], WEB_CLIENT).unwrap();
        assert_eq!(matched.origin().as_deref(), origin, "{uri}");
    }
}
