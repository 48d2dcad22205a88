//! The attributes of our cookies.

use cookie::{Cookie, SameSite};
use doorward_e2e::{Agent, Page};

use super::super::fixture::{BROWSER_COOKIE, SESSION_COOKIE, on_server, request};

/// The cookie with this name in the response.
#[track_caller]
fn cookie_of(page: &Page, name: &str) -> Cookie<'static> {
    let lines = page.headers.get_all("set-cookie").iter();
    let cookies = lines.map(|line| Cookie::parse(line.to_str().unwrap().to_owned()).unwrap());
    let mut named = cookies.filter(|cookie| cookie.name() == name);
    let cookie = named.next().unwrap_or_else(|| panic!("{name}: {page:?}"));
    assert!(named.next().is_none(), "once: {page:?}");
    cookie
}

#[track_caller]
fn assert_of_this_host_only(cookie: &Cookie<'_>) {
    assert!(cookie.name().starts_with("__Host-"), "{cookie}");
    assert_eq!(cookie.secure(), Some(true), "{cookie}");
    assert_eq!(cookie.http_only(), Some(true), "{cookie}");
    assert_eq!(cookie.path(), Some("/"), "{cookie}");
    assert_eq!(cookie.domain(), None, "{cookie}");
}

/// Silent authentication works in frames of other sites, so the session cookie needs `SameSite=None`.
#[tokio::test]
async fn sec_078_the_cookie_of_the_session() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let page = agent.open(&request("token")).await;
        let form = page.form().with("username", &user.email);
        let page = agent.submit_and_follow(&form).await;
        let form = page.form().with("password", &user.password);
        let cookie = cookie_of(&agent.submit(&form).await, SESSION_COOKIE);
        assert_of_this_host_only(&cookie);
        assert_eq!(cookie.same_site(), Some(SameSite::None), "{cookie}");
        let removed = cookie_of(&agent.get("/v2/logout").await, SESSION_COOKIE);
        assert_of_this_host_only(&removed);
        assert_eq!(removed.value(), "");
    })
    .await;
}

#[tokio::test]
async fn sec_079_the_cookie_of_pending_sign_ins() {
    on_server(async |deployment| {
        let page = Agent::new(deployment).authorize(&request("token")).await;
        let cookie = cookie_of(&page, BROWSER_COOKIE);
        assert_of_this_host_only(&cookie);
        assert_eq!(cookie.same_site(), Some(SameSite::Lax), "{cookie}");
        let seconds = cookie.max_age().map(cookie::time::Duration::whole_seconds);
        assert!(
            seconds.is_some_and(|it| (1..=3600).contains(&it)),
            "{cookie}"
        );
    })
    .await;
}
