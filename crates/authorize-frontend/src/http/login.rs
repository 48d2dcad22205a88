//! `/u/login`: who are you, and what is your password?

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::attempts::AdmittedLogin;
use super::form::Form;
use super::not_this_page::NotThisPage;
use super::redirect::found;
use super::sign_in::{MAX_IDENTIFIER, SignInPage};
use crate::audit::Audit;
use crate::backends::{BackendError, PasswordVerdict};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::metrics::{LOGINS, count};
use crate::model::Stage;
use crate::paths::PagePath;
use crate::pipeline::{PageAddress, PageState, no_such_transaction};
use crate::urlencoded::Pairs;
use crate::views::{FormError, LoginIdentifier, LoginPassword};

/// The configured first page; there is only one order of pages yet.
pub(super) async fn first_page(
    State(deps): State<Arc<Deps>>,
    query: Pairs,
) -> Result<Response, ShownError> {
    let Some(state) = PageState::of(&query) else {
        return Err(no_such_transaction(&deps).await);
    };
    let address = PageAddress::new(PagePath::LoginIdentifier, state);
    Ok(found(&address.to_string()))
}

pub(super) async fn get_identifier(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, NotThisPage> {
    let sign_in = SignInPage::shown(&query, &browser, &deps).await?;
    if sign_in.locked_email().is_some() {
        return Ok(sign_in.to_password_page());
    }
    Ok(sign_in
        .hosted
        .show(&identifier_page(&sign_in, sign_in.identifier(), None)))
}

pub(super) async fn post_identifier(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, NotThisPage> {
    let sign_in = SignInPage::submitted(&form, &browser, &deps).await?;
    if sign_in.locked_email().is_some() {
        return Ok(sign_in.to_password_page());
    }
    let typed = form.username.trim();
    let error = match typed.chars().count() {
        0 => Some(FormError::NoEmail),
        1..=MAX_IDENTIFIER => None,
        _ => Some(FormError::InvalidEmailFormat),
    };
    if error.is_some() {
        return Ok(sign_in
            .hosted
            .show_again(&identifier_page(&sign_in, typed, error)));
    }
    let stage = Stage::SigningIn {
        identifier: Some(typed.to_owned()),
    };
    Ok(sign_in.hosted.advance(stage, &browser, &deps).await?)
}

fn identifier_page<'a>(
    sign_in: &'a SignInPage,
    username: &'a str,
    error: Option<FormError>,
) -> LoginIdentifier<'a> {
    LoginIdentifier {
        page: sign_in.hosted.page(),
        state: sign_in.hosted.state(),
        csrf: sign_in.hosted.csrf(),
        username,
        signup_allowed: sign_in.signup_connection().is_some(),
        error,
    }
}

pub(super) async fn get_password(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, NotThisPage> {
    let sign_in = SignInPage::shown(&query, &browser, &deps).await?;
    let known = sign_in.locked_email();
    let Some(username) = known.or(sign_in.hosted.pending.identifier()) else {
        return Ok(sign_in.to_identifier_page());
    };
    Ok(sign_in
        .hosted
        .show(&password_page(&sign_in, username, None)))
}

pub(super) async fn post_password(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, NotThisPage> {
    let sign_in = SignInPage::submitted_with_password(&form, &browser, &deps).await?;
    let username = username(&sign_in, &form).to_owned();
    let refuse = |error| {
        if sign_in.is_repeat() {
            return sign_in.to_where_it_stands();
        }
        let view = password_page(&sign_in, &username, Some(error));
        sign_in.hosted.show_again(&view)
    };
    if form.password.is_empty() {
        return Ok(refuse(FormError::NoPassword));
    }
    let admitted = AdmittedLogin::admit(&sign_in, &username, &browser, &deps).await?;
    let admitted = match admitted {
        Ok(admitted) => admitted,
        Err(limited) => {
            let view = password_page(&sign_in, &username, Some(limited.error));
            let wait = limited.retry_after_seconds;
            return Ok(sign_in.hosted.show_limited(&view, wait));
        }
    };
    let identity = &deps.backends.identity;
    let verdict = identity.verify_password(sign_in.connection_names(), &username, &form.password);
    let verdict = verdict.await;
    admitted.settle(&verdict, &browser, &deps).await?;
    if !sign_in.is_repeat() {
        count(LOGINS, outcome(&verdict));
        audit(&verdict, sign_in.audit(&browser));
    }
    match verdict? {
        PasswordVerdict::Right(user) => sign_in.complete(*user, &browser, &deps).await,
        PasswordVerdict::Wrong => Ok(refuse(FormError::WrongEmailCredentials)),
    }
}

/// A sign-in itself is logged once its session is open.
fn audit(verdict: &Result<PasswordVerdict, BackendError>, audit: Audit<'_>) {
    match verdict {
        Ok(PasswordVerdict::Wrong) => audit.wrong_password(),
        Ok(PasswordVerdict::Right(user)) if user.blocked => audit.is_blocked(&user.user_id),
        _ => {}
    }
}

fn outcome(verdict: &Result<PasswordVerdict, BackendError>) -> &'static str {
    match verdict {
        Ok(PasswordVerdict::Right(user)) if user.blocked => "blocked",
        Ok(PasswordVerdict::Right(_)) => "ok",
        Ok(PasswordVerdict::Wrong) => "wrong",
        Err(error) => error.outcome(),
    }
}

/// A password manager may have filled in another account than the page before; else the transaction knows. In an
/// invitation only the invited address counts.
fn username<'a>(sign_in: &'a SignInPage, form: &'a Form) -> &'a str {
    // mutant: invited-address-from-the-form (login)
    if let Some(email) = sign_in.locked_email() {
        return email;
    }
    let typed = form.username.trim();
    if typed.is_empty() || typed.chars().count() > MAX_IDENTIFIER {
        return sign_in.hosted.pending.identifier().unwrap_or_default();
    }
    typed
}

fn password_page<'a>(
    sign_in: &'a SignInPage,
    username: &'a str,
    error: Option<FormError>,
) -> LoginPassword<'a> {
    LoginPassword {
        page: sign_in.hosted.page(),
        state: sign_in.hosted.state(),
        csrf: sign_in.hosted.csrf(),
        username,
        invited: sign_in.invited(),
        signup_allowed: sign_in.signup_connection().is_some(),
        error,
    }
}
