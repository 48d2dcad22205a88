//! `web_origins` and `allowed_origins`.

use super::*;

const SPA: &str = "https://app.example.test";
const PREVIEWS: &str = "https://*.preview.example.test";

#[test]
fn scheme_host_and_port_count() {
    for (origin, entry) in [
        (SPA, SPA),
        (SPA, "https://APP.example.test/"),
        (SPA, "https://app.example.test:443"),
        ("http://app.example.test", "http://app.example.test:80/"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("https://pr-7.preview.example.test", PREVIEWS),
        (
            "https://pr-7.preview.example.test",
            "https://*.preview.example.test:443",
        ),
        (
            "https://pr-7.preview.example.test:8443",
            "https://*.preview.example.test:8443",
        ),
    ] {
        assert!(origin_matches(origin, [entry]), "{origin} {entry}");
    }
}

#[test]
fn other_origins() {
    for (origin, entry) in [
        (SPA, "http://app.example.test"),
        ("https://app.example.test:80", SPA),
        ("https://app.example.test:8443", SPA),
        ("https://app.example.test.evil.test", SPA),
        ("https://evil.test", SPA),
        ("https://user@app.example.test", SPA),
        ("https://a.b.preview.example.test", PREVIEWS),
        ("https://preview.example.test", PREVIEWS),
        (PREVIEWS, PREVIEWS),
        ("https://xn--.preview.example.test", PREVIEWS),
        ("https://pr-7.preview.example.test:1", PREVIEWS),
        (
            "https://acme.tenant.example.test",
            "https://{organization_name}.tenant.example.test",
        ),
        ("https://evil.test", "https://*.test"),
    ] {
        assert!(!origin_matches(origin, [entry]), "{origin} {entry}");
    }
}

#[test]
fn an_entry_with_a_path_never_matches() {
    for entry in [
        "https://app.example.test/cb",
        "https://app.example.test//",
        "https://app.example.test?",
    ] {
        let refused = RegisteredOrigin::parse(entry);
        assert_eq!(refused, Err(RegistrationError::NotAnOrigin), "{entry}");
        assert!(!origin_matches(SPA, [entry]), "{entry}");
        assert!(!origin_matches(entry, [entry]), "{entry}");
    }
    assert!(!origin_matches("https://app.example.test/", [SPA]));
}

#[test]
fn what_is_no_origin_never_matches() {
    for text in ["null", "*", "", "file://", "foo://", "app.example.test"] {
        assert!(!origin_matches(text, [text]), "{text:?}");
        assert!(!origin_matches(text, ["*", "foo:///"]), "{text:?}");
    }
}

#[test]
fn any_entry_will_do() {
    assert!(origin_matches(
        SPA,
        ["https://app.example.test/cb", "not a url", SPA]
    ));
    assert!(!origin_matches(SPA, [""; 0]));
}

#[test]
fn origin_of_a_callback() {
    let callback = RegisteredUri::parse(SPA2[0]).unwrap();
    let matched =
        match_redirect_uri("https://PR-7.preview.example.test/cb", SPA2, WEB_CLIENT).unwrap();
    let entry = RegisteredOrigin::of(&callback).unwrap();
    assert!(super::super::origin_matches(
        &matched.origin().unwrap(),
        [&entry]
    ));
}

#[test]
fn f6_origins_of_hybrid_applications_are_compared_as_text() {
    assert!(origin_matches(
        "capacitor://localhost",
        ["capacitor://localhost"]
    ));
    for other in [
        "capacitor://localhost:1",
        "ionic://localhost",
        "http://localhost",
        "capacitor://localhost.evil.test",
    ] {
        assert!(!origin_matches(other, ["capacitor://localhost"]), "{other}");
    }
}
