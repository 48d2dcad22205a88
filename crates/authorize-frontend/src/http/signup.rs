//! `/u/signup`: a new account.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use doorward_proto::client_registry::v1::Connection;
use doorward_proto::identity::v1::CreateUserRequest;

use super::authorize::PageQuery;
use super::errors::non_empty;
use super::form::{Fields, Form, check_csrf};
use super::redirect::found;
use super::sign_in::SignIn;
use crate::backends::SignUpVerdict;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::views::{FormError, Signup};

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    Query(query): Query<PageQuery>,
) -> Result<Response, ShownError> {
    let sign_in = match SignIn::find(&query.state, &browser, &deps).await? {
        Ok(sign_in) => sign_in,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Some(connection) = SignIn::signup_connection(&sign_in.bound.registered().connections)
    else {
        return Ok(found(&format!("/u/login/identifier?state={}", query.state)));
    };
    let hint = sign_in.login_hint();
    let typed = non_empty(sign_in.pending.identifier()).unwrap_or(&hint);
    Ok(sign_in.show(&signup_page(
        &sign_in,
        connection,
        &query.state,
        typed,
        None,
    )))
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    Form(fields): Form,
) -> Result<Response, ShownError> {
    check_csrf(&fields, &browser)?;
    let sign_in = match SignIn::find(&fields.state, &browser, &deps).await? {
        Ok(sign_in) => sign_in,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let connections = match sign_in.connections(&deps).await {
        Ok(connections) => connections,
        Err(answer) => return Ok(answer),
    };
    let Some(connection) = SignIn::signup_connection(&connections) else {
        return Ok(found(&format!(
            "/u/login/identifier?state={}",
            fields.state
        )));
    };
    let refuse = |error| {
        let view = signup_page(
            &sign_in,
            connection,
            &fields.state,
            fields.email.trim(),
            Some(error),
        );
        sign_in.show_again(&view)
    };
    if let Some(error) = missing(&fields) {
        return Ok(refuse(error));
    }
    let verdict = deps.backends.identity.create_user(CreateUserRequest {
        connection: connection.name.clone(),
        email: fields.email.trim().to_owned(),
        password: fields.password.clone(),
        min_password_length: connection.min_password_length,
        email_verified: false,
    });
    match verdict.await? {
        SignUpVerdict::Created(user) => sign_in.complete(*user, &browser, &deps).await,
        SignUpVerdict::EmailInUse => Ok(refuse(FormError::EmailInUse)),
        SignUpVerdict::InvalidEmail => Ok(refuse(FormError::InvalidEmailFormat)),
        SignUpVerdict::PasswordTooWeak => Ok(refuse(FormError::PasswordTooWeak)),
    }
}

fn missing(fields: &Fields) -> Option<FormError> {
    if fields.email.trim().is_empty() {
        Some(FormError::NoEmail)
    } else if fields.password.is_empty() {
        Some(FormError::NoPassword)
    } else {
        None
    }
}

fn signup_page<'a>(
    sign_in: &'a SignIn,
    connection: &Connection,
    state: &'a str,
    email: &'a str,
    error: Option<FormError>,
) -> Signup<'a> {
    Signup {
        page: sign_in.page(),
        state,
        csrf: sign_in.csrf(),
        email,
        min_password_length: connection.min_password_length,
        error,
    }
}
