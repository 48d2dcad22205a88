//! `/u/signup`: a new account.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::attempts::AdmittedSignUp;
use super::form::Form;
use super::not_this_page::NotThisPage;
use super::sign_in::SignInPage;
use crate::audit::Audit;
use crate::backends::{BackendError, SignUpVerdict};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::metrics::{SIGNUPS, count};
use crate::model::{Connection, NewUser, User};
use crate::urlencoded::Pairs;
use crate::views::{FormError, Signup};

/// `identity` hashes no more.
const MAX_PASSWORD_BYTES: usize = 1_024;

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, NotThisPage> {
    let sign_in = SignInPage::shown(&query, &browser, &deps).await?;
    let Some(connection) = sign_in.signup_connection() else {
        return Ok(sign_in.to_identifier_page());
    };
    let view = signup_page(&sign_in, connection, sign_in.identifier(), None);
    Ok(sign_in.hosted.show(&view))
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, NotThisPage> {
    let mut sign_in = SignInPage::submitted_with_password(&form, &browser, &deps).await?;
    let Some(connection) = sign_in.signup_connection() else {
        return Ok(sign_in.to_identifier_page());
    };
    // mutant: invited-address-from-the-form (signup)
    let email = sign_in
        .locked_email()
        .unwrap_or(form.email.trim())
        .to_owned();
    if sign_in.is_repeat() {
        return repeat(sign_in, &email, &browser, &deps).await;
    }
    if let Some(error) = mistake(&email, &form) {
        let view = signup_page(&sign_in, connection, &email, Some(error));
        return Ok(sign_in.hosted.show_again(&view));
    }
    let admitted = match AdmittedSignUp::admit(&sign_in, &browser, &deps).await? {
        Ok(admitted) => admitted,
        Err(limited) => {
            let view = signup_page(&sign_in, connection, &email, Some(limited.error));
            let wait = limited.retry_after_seconds;
            return Ok(sign_in.hosted.show_limited(&view, wait));
        }
    };
    let audit = sign_in.audit(&browser);
    let created = create_user(connection, &email, &form, audit, &deps).await;
    if created.is_err() {
        admitted.take_back(&deps).await;
    }
    let error = match created? {
        Ok(user) => return sign_in.complete(user, &browser, &deps).await,
        Err(error) => error,
    };
    // mutant: sign-up-tests-passwords
    // An earlier submit of this form may have created the account just now.
    if error == FormError::EmailInUse {
        sign_in.wait_for_sign_in(&browser, &deps).await?;
        if sign_in.is_repeat() {
            return repeat(sign_in, &email, &browser, &deps).await;
        }
    }
    let Some(connection) = sign_in.signup_connection() else {
        return Ok(sign_in.to_identifier_page());
    };
    let error = match error {
        FormError::EmailInUse if sign_in.locked_email().is_some() => FormError::InvitedEmailInUse,
        error => error,
    };
    let view = signup_page(&sign_in, connection, &email, Some(error));
    Ok(sign_in.hosted.show_again(&view))
}

/// A form that was sent again: leads to the sign-in of its first submit, if that created this account. Checks no
/// password, so that this page never tests passwords of existing accounts.
async fn repeat(
    sign_in: SignInPage,
    email: &str,
    browser: &Browser,
    deps: &Deps,
) -> Result<Response, NotThisPage> {
    match sign_in.signed_in_user(deps).await? {
        Some(user) if is_of(&user, email) => sign_in.complete(user, browser, deps).await,
        _ => Ok(sign_in.to_where_it_stands()),
    }
}

/// Addresses are stored in lower case.
fn is_of(user: &User, email: &str) -> bool {
    user.email()
        .is_some_and(|own| own.eq_ignore_ascii_case(email))
}

/// A mistake that needs no other service to be found.
fn mistake(email: &str, form: &Form) -> Option<FormError> {
    if email.is_empty() {
        return Some(FormError::NoEmail);
    }
    match form.password.len() {
        0 => Some(FormError::NoPassword),
        1..=MAX_PASSWORD_BYTES => None,
        _ => Some(FormError::PasswordTooLong),
    }
}

async fn create_user(
    connection: &Connection,
    email: &str,
    form: &Form,
    audit: Audit<'_>,
    deps: &Deps,
) -> Result<Result<User, FormError>, BackendError> {
    let identity = &deps.backends.identity;
    let verdict = identity.create_user(NewUser {
        connection: &connection.name,
        email,
        password: &form.password,
        min_password_length: connection.min_password_length,
    });
    let verdict = verdict.await;
    let outcome = outcome(&verdict);
    count(SIGNUPS, outcome);
    match &verdict {
        Ok(SignUpVerdict::Created(user)) => audit.signed_up(&user.user_id),
        Ok(_) => audit.not_signed_up(outcome),
        Err(_cannot_tell) => {}
    }
    match verdict? {
        SignUpVerdict::Created(user) => Ok(Ok(*user)),
        SignUpVerdict::InvalidEmail => Ok(Err(FormError::InvalidEmailFormat)),
        SignUpVerdict::PasswordTooWeak => Ok(Err(FormError::PasswordTooWeak)),
        SignUpVerdict::PasswordTooCommon => Ok(Err(FormError::PasswordTooCommon)),
        SignUpVerdict::EmailInUse => Ok(Err(FormError::EmailInUse)),
    }
}

fn outcome(verdict: &Result<SignUpVerdict, BackendError>) -> &'static str {
    match verdict {
        Ok(SignUpVerdict::Created(_)) => "ok",
        Ok(SignUpVerdict::InvalidEmail) => "invalid_email",
        Ok(SignUpVerdict::PasswordTooWeak) => "weak_password",
        Ok(SignUpVerdict::PasswordTooCommon) => "common_password",
        Ok(SignUpVerdict::EmailInUse) => "email_in_use",
        Err(error) => error.outcome(),
    }
}

fn signup_page<'a>(
    sign_in: &'a SignInPage,
    connection: &Connection,
    email: &'a str,
    error: Option<FormError>,
) -> Signup<'a> {
    Signup {
        page: sign_in.hosted.page(),
        state: sign_in.hosted.state(),
        csrf: sign_in.hosted.csrf(),
        email,
        invited: sign_in.invited(),
        min_password_length: connection.min_password_length,
        error,
    }
}
