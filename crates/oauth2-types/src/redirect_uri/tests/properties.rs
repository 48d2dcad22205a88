//! Properties of any text: a second implementation of the rules for redirection URIs, compared with the first.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

const REGISTERED: [&str; 12] = [
    SPA1[0],
    SPA1[1],
    SPA2[0],
    SPA3[0],
    NATIVE[0],
    NATIVE[1],
    "HTTPS://Shop.Example.test:8443/Cb/?app=1&B=%2F",
    "https://pr-*-Web.example.test:8443/?a=b",
    "https://app.example.test",
    "http://localhost:3000/cb",
    "com.example.app://callback/Path",
    "com.example.app:/cb",
];
/// Pieces of random URIs: all parts of URLs, and text that parsers read in different ways.
const PIECES: [&str; 30] = [
    "", "/", "//", "\\", ":", ":443", ":80", ":8443", ":5000", "@", "u@", "?", "?x=1", "&", "#",
    "#x", ".", "..", "/..", "/./", "%2e", "%2F", "%00", "*", "-", "_", "é", "\u{212a}", "\t", " ",
];

fn contexts() -> impl Strategy<Value = MatchContext<'static>> {
    (any::<bool>(), select(vec![None, Some("acme")])).prop_map(|(native, organization_name)| {
        MatchContext {
            native,
            organization_name,
        }
    })
}

/// A registered value, with something in place of its placeholder, on some port.
fn instances() -> impl Strategy<Value = String> {
    let label = prop_oneof![Just("acme".to_owned()), "[a-zA-Z0-9_-]{0,5}"];
    let port = prop_oneof![Just(80), Just(443), any::<u16>()];
    (select(REGISTERED.to_vec()), label, any::<bool>(), port).prop_map(
        |(entry, label, move_port, port)| {
            let text = entry
                .replace('*', &label)
                .replace("{organization_name}", &label);
            match RawUri::split(&text).and_then(|uri| uri.authority) {
                Some(host) if move_port && !host.is_empty() => {
                    text.replacen(host, &format!("{host}:{port}"), 1)
                }
                _ => text,
            }
        },
    )
}

#[derive(Debug, Clone)]
enum Mutation {
    Insert(Index, &'static str),
    Replace(Index, &'static str),
    Remove(Index),
    Double(Index),
    SwitchCase(Index),
    Encode(Index),
    UpperCase,
}

impl Mutation {
    fn apply(&self, text: &str) -> String {
        use Mutation::{Double, Encode, Insert, Remove, Replace, SwitchCase, UpperCase};
        if let UpperCase = self {
            return text.to_ascii_uppercase();
        }
        let mut text: Vec<String> = text.chars().map(String::from).collect();
        text.push(String::new());
        let (Insert(at, _)
        | Replace(at, _)
        | Remove(at)
        | Double(at)
        | SwitchCase(at)
        | Encode(at)) = self
        else {
            unreachable!("has no position")
        };
        let one = at.get_mut(&mut text);
        *one = match self {
            Insert(_, piece) => format!("{piece}{one}"),
            Replace(_, piece) => (*piece).to_owned(),
            Double(_) => one.repeat(2),
            SwitchCase(_) if one.to_ascii_uppercase() == *one => one.to_ascii_lowercase(),
            SwitchCase(_) => one.to_ascii_uppercase(),
            Encode(_) => {
                let bytes: Vec<_> = one.bytes().map(|byte| format!("%{byte:02x}")).collect();
                bytes.concat()
            }
            Remove(_) | UpperCase => String::new(),
        };
        text.concat()
    }
}

fn mutations() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    let piece = || select(PIECES.to_vec());
    prop_oneof![
        (at(), piece()).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        (at(), piece()).prop_map(|(at, piece)| Mutation::Replace(at, piece)),
        at().prop_map(Mutation::Remove),
        at().prop_map(Mutation::Double),
        at().prop_map(Mutation::SwitchCase),
        at().prop_map(Mutation::Encode),
        Just(Mutation::UpperCase),
    ]
}

/// Text that matches, or would if it were not for one, two or three small changes.
fn near_misses() -> impl Strategy<Value = String> {
    let mutations = prop::collection::vec(mutations(), 0..=3);
    (instances(), mutations).prop_map(|(start, mutations)| {
        mutations
            .iter()
            .fold(start, |text, mutation| mutation.apply(&text))
    })
}

/// The text with all that stands before path and query in ASCII lower case.
fn lower_case_of_scheme_and_host(text: &str) -> String {
    let host = text.find("://").map_or(0, |scheme| scheme + 3);
    let end = match text[host..].find(['/', '?']) {
        _ if host == 0 => text.find(':').unwrap_or(text.len()),
        Some(length) => host + length,
        None => text.len(),
    };
    text[..end].to_ascii_lowercase() + &text[end..]
}

/// The bytes that an entry matches, if it matches the URL that a browser reads.
fn exception(entry: &str, url: &Url, context: MatchContext<'_>) -> Option<String> {
    let host = url.host_str()?;
    let (label, _) = host.split_once('.').unwrap_or((host, ""));
    if entry.contains("{organization_name}") {
        return Some(entry.replace("{organization_name}", context.organization_name?));
    }
    if let Some((before, after)) = entry.split_once('*') {
        let before = before.split("://").nth(1)?.to_ascii_lowercase();
        let after = after.split('.').next()?.to_ascii_lowercase();
        let middle = label.strip_prefix(&before)?.strip_suffix(&after)?;
        // Browsers take more for a host than a label may have, an asterisk for one.
        let of_a_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_text = !middle.is_empty() && middle.bytes().all(of_a_label);
        let ends = middle.starts_with('-') || middle.ends_with('-');
        return (is_text && !ends).then(|| entry.replace('*', middle));
    }
    let (scheme, after_scheme) = entry.split_once("://")?;
    if !context.native || !["127.0.0.1", "[::1]"].contains(&host) {
        return None;
    }
    let rest = after_scheme.strip_prefix(host)?;
    let port = url.port().map(|port| format!(":{port}"));
    Some(format!(
        "{scheme}://{host}{}{rest}",
        port.unwrap_or_default()
    ))
}

/// The rule: equal bytes up to the ASCII letter case of scheme and host, or one of the two exceptions.
fn rule(requested: &str, context: MatchContext<'_>) -> bool {
    let (requested, _) = requested.split_once('#').unwrap_or((requested, ""));
    let requested = lower_case_of_scheme_and_host(requested);
    let equals = |entry: &str| lower_case_of_scheme_and_host(entry) == requested;
    let own_serialisation = Url::parse(&requested)
        .ok()
        .filter(|url| url.as_str() == requested && url.username().is_empty());
    REGISTERED.iter().any(|entry| {
        let plain = !entry.contains(['*', '{']) && equals(entry);
        let excepted = own_serialisation
            .as_ref()
            .and_then(|url| exception(entry, url, context));
        plain || excepted.is_some_and(|value| equals(&value))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn what_matches_is_what_the_rule_says(requested in near_misses(), context in contexts()) {
        let matched = match_redirect_uri(&requested, REGISTERED, context);
        prop_assert_eq!(matched.is_some(), rule(&requested, context), "{:?}", matched);
    }

    #[test]
    fn a_location_is_registered_or_as_a_browser_writes_it(requested in near_misses(), context in contexts()) {
        let Some(matched) = match_redirect_uri(&requested, REGISTERED, context) else {
            return Ok(());
        };
        let text = matched.as_str();
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
        prop_assert!(REGISTERED.contains(&text) || Url::parse(text).unwrap().as_str() == text);
        prop_assert_eq!(match_redirect_uri(text, REGISTERED, context), Some(matched));
    }
}

proptest! {
    #[test]
    fn random_text_never_matches(requested in any::<String>(), context in contexts()) {
        prop_assert_eq!(match_redirect_uri(&requested, REGISTERED, context), None);
    }

    #[test]
    fn random_registrations_never_panic(requested in any::<String>(), registered in any::<String>(), context in contexts()) {
        let _ = RegisteredUri::parse(&registered);
        let _ = match_redirect_uri(&requested, [&registered], context);
        let _ = match_logout_url(&requested, [&registered]);
        let _ = match_post_logout_redirect_uri(&requested, [&registered]);
        let _ = origin_matches(&requested, [&registered]);
    }

    #[test]
    fn what_can_be_registered_matches_itself(text in "(https?|com\\.app)://[a-z0-9.*-]{1,20}(:[0-9]{1,4})?(/[!-~]{0,10})?") {
        let Ok(registered) = RegisteredUri::parse(&text) else {
            return Ok(());
        };
        let matched = match_redirect_uri(&text, [registered.as_str()], WEB_CLIENT);
        prop_assert_eq!(matched.is_some(), registered.placeholder().is_none());
    }

    #[test]
    fn logout_urls_fit_into_a_header(extra in "[?#].{0,40}") {
        let requested = format!("https://app.example.test/bye{extra}");
        let matched = match_logout_url(&requested, ["https://app.example.test/bye"]).unwrap();
        prop_assert!(matched.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        prop_assert!(matched.as_str().starts_with("https://app.example.test/bye"));
    }

    #[test]
    fn every_port_of_a_loopback_address(port in 1..=u16::MAX) {
        let requested = format!("http://127.0.0.1:{port}/cb");
        let matches = match_redirect_uri(&requested, NATIVE, NATIVE_CLIENT).is_some();
        prop_assert_eq!(matches, port != 80, "80 is the default port, which a browser drops");
    }
}
