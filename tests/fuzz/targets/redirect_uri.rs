//! Every accepted callback leads to a registered one, as browsers read it.
//!
//! An input is text in up to four parts, separated by U+001E: the requested URI, one more registration, the name of
//! the organization, and anything for a native client.
#![no_main]

use doorward_fuzz::in_time;
use doorward_oauth2_types::redirect_uri::{
    MatchContext, MatchedRedirectUri, RegisteredUri, match_redirect_uri,
};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

const REGISTERED: [&str; 9] = [
    "https://app.example.test/cb",
    "HTTPS://Shop.Example.test:8443/Cb/?app=1&B=%2F",
    "https://xn--bcher-kva.test/cb",
    "https://*.preview.example.test/cb",
    "https://pr-*-Web.example.test:8443/?a=b",
    "https://{organization_name}.tenant.example.test/cb",
    "http://127.0.0.1/cb",
    "http://[::1]:3000/cb",
    "com.example.app://callback/Path",
];

/// Some of the names that no registered query may contain.
const OF_THE_ANSWER: [&str; 4] = ["access_token", "code", "iss", "state"];

fuzz_target!(|input: &str| {
    let mut parts = input.split('\u{1e}');
    let requested = parts.next().unwrap_or_default();
    let registered = parts.next().unwrap_or_default();
    let context = MatchContext {
        organization_name: parts.next(),
        native: parts.next().is_some(),
    };
    let entries: Vec<_> = REGISTERED
        .into_iter()
        .chain([registered])
        .filter_map(|text| RegisteredUri::parse(text).ok())
        .collect();
    let matched = in_time(|| match_redirect_uri(requested, &entries, context));
    if let Some(matched) = matched {
        check(&matched, &entries, context);
    }
});

fn check(matched: &MatchedRedirectUri, entries: &[RegisteredUri], context: MatchContext<'_>) {
    let text = matched.as_str();
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
    let location = Url::parse(text).expect("a browser can read it");
    assert!(location.username().is_empty() && location.password().is_none());
    assert_eq!(location.fragment(), None);
    let is_of_the_answer = |name: &str| OF_THE_ANSWER.contains(&name);
    let mut query = location.query_pairs();
    assert!(!query.any(|(name, _)| is_of_the_answer(&name)), "{text}");
    assert!(
        entries
            .iter()
            .any(|entry| leads_to(entry.as_str(), &location, context)),
        "{text}"
    );
    let again = match_redirect_uri(text, entries, context);
    assert_eq!(again.as_ref(), Some(matched), "not the same twice");
}

/// Whether the registration matches the URL, part by part.
fn leads_to(entry: &str, location: &Url, context: MatchContext<'_>) -> bool {
    let sample = entry.replace('*', "a").replace("{organization_name}", "a");
    let Ok(own) = Url::parse(&sample) else {
        return false;
    };
    let same_port = own.port_or_known_default() == location.port_or_known_default();
    let same_host = match host_label(entry) {
        None => own.host() == location.host() && (same_port || context.native && is_loopback(&own)),
        Some(label) => {
            same_port && is_below_same_parent(&own, location) && label.stands_for(location, context)
        }
    };
    same_host
        && own.scheme() == location.scheme()
        && own.path() == location.path()
        && own.query() == location.query()
}

/// The left-most label of a registration, with a placeholder.
struct Label<'a>(&'a str);

fn host_label(entry: &str) -> Option<Label<'_>> {
    let (_, host) = entry.split_once("://")?;
    let (label, _) = host.split_once('.')?;
    label.contains(['*', '{']).then_some(Label(label))
}

impl Label<'_> {
    fn stands_for(&self, location: &Url, context: MatchContext<'_>) -> bool {
        let label = host_of(location).split('.').next().unwrap_or_default();
        match self.0.split_once('*') {
            Some((before, after)) => {
                let filled = label.strip_prefix(&before.to_ascii_lowercase());
                let filled = filled.and_then(|it| it.strip_suffix(&after.to_ascii_lowercase()));
                label.len() <= 63 && filled.is_some_and(is_letters_digits_hyphens)
            }
            None => context
                .organization_name
                .is_some_and(|name| name.eq_ignore_ascii_case(label)),
        }
    }
}

/// RFC 5891 §4.2.3.1.
fn is_letters_digits_hyphens(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !text.is_empty() && text.bytes().all(allowed) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_below_same_parent(own: &Url, location: &Url) -> bool {
    let parent = |url| host_of(url).split_once('.').map(|(_, parent)| parent);
    parent(own).is_some() && parent(own) == parent(location)
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}
