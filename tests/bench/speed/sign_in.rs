//! Signs in by the hosted pages. A busy server may refuse a step with 503, which does not stop the run.

use doorward_e2e::{Agent, Deployment, Form, User};
use reqwest::StatusCode;

use super::job::sign_in_request;

/// The number of attempts, more than a busy server refuses in a row.
pub(crate) const ATTEMPTS: usize = 20;

/// Signs in. Returns the `Cookie` header of the browser.
pub(crate) async fn cookies(deployment: &Deployment, user: &User) -> String {
    for _ in 0..ATTEMPTS {
        let browser = Agent::new(deployment);
        if sign_in(&browser, user).await {
            let cookies = browser.cookies().into_iter();
            let cookies = cookies.map(|(name, value)| format!("{name}={value}"));
            return cookies.collect::<Vec<_>>().join("; ");
        }
    }
    panic!("nobody can sign in");
}

/// Signs in up to the answer to the application. Returns false if the server refused it.
pub(crate) async fn sign_in(browser: &Agent, user: &User) -> bool {
    let Some(form) = password_form(browser, &user.email).await else {
        return false;
    };
    let page = browser.submit(&form.with("password", &user.password)).await;
    let page = browser.follow(page).await;
    let answer = page.location();
    answer.is_some_and(|answer| answer.as_str().contains("access_token="))
}

/// The password form; `None` if the server refused a step before it.
pub(crate) async fn password_form(browser: &Agent, email: &str) -> Option<Form> {
    let page = browser.open(&sign_in_request()).await;
    if page.status != StatusCode::OK {
        return None;
    }
    let page = browser.submit(&page.form().with("username", email)).await;
    let page = browser.follow(page).await;
    (page.status == StatusCode::OK).then(|| page.form())
}
