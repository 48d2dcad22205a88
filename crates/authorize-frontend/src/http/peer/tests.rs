use super::*;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

#[test]
fn sec_070_only_a_trusted_proxy_says_how_the_browser_came() {
    let proxies = ["127.0.0.0/8".parse().unwrap()];
    let cases = [
        ("127.0.0.1:1", "http", true),
        ("127.0.0.1:1", "https", false),
        // The last value is from the nearest proxy; earlier ones may be from the browser.
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
