use super::*;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

#[test]
fn cookies_of_ours() {
    let long = format!("__Host-doorward-session={}", "a".repeat(10_000));
    let cases = [
        ("__Host-doorward-session=abc", Some("abc")),
        ("x=1; __Host-doorward-session=abc; y=2", Some("abc")),
        ("__Host-doorward-session=", None),
        ("__Host-doorward-session=a; __Host-doorward-session=b", None),
        ("__Host-doorward-session=; __Host-doorward-session=b", None),
        ("__host-doorward-session=abc", None),
        (long.as_str(), None),
        ("", None),
    ];
    for (cookies, expected) in cases {
        let headers = headers(&[("cookie", cookies)]);
        let values = cookie_values(&headers, SESSION_COOKIE);
        assert_eq!(only(&values), expected, "{cookies:.80}");
    }
}

#[test]
fn cookies_of_others_do_no_harm() {
    let mut headers = HeaderMap::new();
    let line = b"caf\xe9=\xff; =; ;; __Host-doorward-session-2=x;__Host-doorward-session=abc;";
    headers.insert(COOKIE, http::HeaderValue::from_bytes(line).unwrap());
    assert_eq!(cookie_values(&headers, SESSION_COOKIE), ["abc"]);
}

#[test]
fn sec_078_session_cookie_attributes() {
    let AppendHeaders([(_, text)]) = session_cookie("abc", Some(60));
    assert_eq!(
        text,
        "__Host-doorward-session=abc; HttpOnly; SameSite=None; Secure; Path=/; Max-Age=60"
    );
}

#[test]
fn sec_079_device_cookie_attributes() {
    let AppendHeaders([(_, text)]) = device_cookie("abc");
    assert_eq!(
        text,
        "__Host-doorward-device=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=7776000"
    );
}

#[test]
fn sec_079_browser_cookie_attributes() {
    let AppendHeaders([(_, text)]) = browser_cookie("abc");
    assert_eq!(
        text,
        "__Host-doorward-browser=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600"
    );
}
