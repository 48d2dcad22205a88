//! Tests of `/u/sessions`.

use super::page;
use crate::views::*;

/// A page with one session, or with two if `others`.
pub(super) fn page_with<'a>(page: Page<'a>, value: &'a str, others: bool) -> String {
    let entry = |is_here, browser, system| SessionEntry {
        sid: value,
        is_here,
        browser,
        system,
        user_agent: Some(value),
        last_used: Some("2026-11-05T03:04:05Z".parse().unwrap()),
        first_used: Some("2026-01-20T23:59:59Z".parse().unwrap()),
        ip: Some(value),
        first_ip: Some(value),
        applications: vec![value.to_owned(), value.to_owned()],
    };
    let here = entry(true, Some("Firefox"), Some("Linux"));
    let other = others.then(|| entry(false, None, Some("iPhone")));
    let sessions = Sessions {
        page,
        csrf: value,
        user: value,
        sessions: &[here].into_iter().chain(other).collect::<Vec<_>>(),
    };
    sessions.to_string()
}

#[test]
fn a_session_is_told_in_the_words_of_the_language() {
    for (language, words) in [
        (
            Language::En,
            [
                "Firefox on Linux",
                ">5 November 2026, 03:04\u{a0}UTC<",
                ">20 January 2026, 23:59\u{a0}UTC<",
                "(at first 192.0.2.1)",
            ],
        ),
        (
            Language::Ja,
            [
                "Firefox（Linux）",
                ">2026年11月5日 03:04\u{a0}UTC<",
                ">2026年1月20日 23:59\u{a0}UTC<",
                "（最初は 192.0.2.1）",
            ],
        ),
    ] {
        let html = page_with(page(language, "Kettle"), "192.0.2.1", true);
        for part in words {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(html.contains("datetime=\"2026-11-05T03:04:05Z\""));
        assert!(html.contains(">iPhone</span>"));
    }
}

#[test]
fn others_are_signed_out_where_there_are_others() {
    let page = page(Language::En, "Kettle");
    for (others, buttons) in [(true, 2), (false, 1)] {
        let html = page_with(page, "value", others);
        assert_eq!(html.contains("revoke-others"), others);
        assert_eq!(html.matches("value=\"revoke\"").count(), buttons);
        assert_eq!(html.matches("This browser").count(), 1);
        assert_eq!(html.matches("Sign out of this browser").count(), 1);
    }
}
