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
fn sec_070_only_a_trusted_proxy_says_how_the_browser_came() {
    let proxies = ["127.0.0.0/8".parse().unwrap()];
    let cases = [
        ("127.0.0.1:1", "http", true),
        ("127.0.0.1:1", "https", false),
        // The last value is the nearest proxy's; a browser may have sent the values before it.
        ("127.0.0.1:1", "https, HTTP ", true),
        ("127.0.0.1:1", "https,http", true),
        ("127.0.0.1:1", "http, https", false),
        ("[::ffff:127.0.0.1]:1", "http", true),
        ("127.0.0.1:1", "", false),
        ("203.0.113.9:1", "http", false),
    ];
    for (address, forwarded, plain) in cases {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(address.parse::<SocketAddr>().unwrap()));
        let headers = headers(&[("x-forwarded-proto", forwarded)]);
        assert_eq!(
            came_by_plain_http(&headers, &extensions, &proxies),
            plain,
            "{address} {forwarded}"
        );
    }
}

#[test]
fn sec_070_of_several_headers_the_last_one_counts() {
    let proxies = ["127.0.0.0/8".parse().unwrap()];
    let mut extensions = Extensions::new();
    let peer: SocketAddr = "127.0.0.1:1".parse().unwrap();
    extensions.insert(ConnectInfo(peer));
    for (first, last) in [("https", "http"), ("http", "https")] {
        let name = "x-forwarded-proto";
        let headers = headers(&[(name, first), (name, last)]);
        let plain = came_by_plain_http(&headers, &extensions, &proxies);
        assert_eq!(plain, last == "http");
    }
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
fn sec_079_browser_cookie_attributes() {
    let AppendHeaders([(_, text)]) = browser_cookie("abc");
    assert_eq!(
        text,
        "__Host-doorward-browser=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600"
    );
}

#[test]
fn sec_150_only_trusted_hops_are_read() {
    let proxies = [
        "127.0.0.0/8".parse().unwrap(),
        "10.0.0.0/8".parse().unwrap(),
    ];
    let cases = [
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("127.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("127.0.0.1", "6.6.6.6, 1.2.3.4, 10.1.1.1", "1.2.3.4"),
        ("127.0.0.1", "6.6.6.6, nonsense", "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, unknown:80", "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, 1.2.3.4:4711", "1.2.3.4"),
        ("127.0.0.1", "6.6.6.6, 1.2.3.4:4711, 10.1.1.1:80", "1.2.3.4"),
        ("127.0.0.1", "6.6.6.6, [2001:db8::9]:4711", "2001:db8::9"),
        ("127.0.0.1", "6.6.6.6, [2001:db8::9]", "2001:db8::9"),
        ("127.0.0.1", "6.6.6.6, 2001:db8::9", "2001:db8::9"),
        ("127.0.0.1", "6.6.6.6, ::ffff:1.2.3.4", "1.2.3.4"),
        ("127.0.0.1", "6.6.6.6, 1.2.3.4, ::ffff:10.1.1.1", "1.2.3.4"),
        ("127.0.0.1", "6.6.6.6, [1.2.3.4]", "127.0.0.1"),
    ];
    for (peer, forwarded, expected) in cases {
        let headers = headers(&[("x-forwarded-for", forwarded)]);
        let address = client_address(peer.parse().unwrap(), &headers, &proxies);
        assert_eq!(address.to_string(), expected, "{peer} {forwarded}");
    }
}
