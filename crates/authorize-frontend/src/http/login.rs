//! `/u/login`: who are you, and what is your password?

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use doorward_proto::session::v1::SigningIn;
use doorward_proto::session::v1::transaction::Stage;

use super::authorize::PageQuery;
use super::errors::non_empty;
use super::form::{Fields, Form, check_csrf};
use super::redirect::found;
use super::sign_in::SignIn;
use crate::backends::PasswordVerdict;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::pipeline::PageState;
use crate::views::{FormError, LoginIdentifier, LoginPassword};

/// An address may be 254 characters long (RFC 5321 §4.5.3.1.3); what is longer is nobody's.
const MAX_IDENTIFIER: usize = 255;

/// The configured first page; there is only one order of pages yet.
pub(super) async fn first_page(Query(query): Query<PageQuery>) -> Result<Response, ShownError> {
    let state = PageState::parse(&query.state).ok_or_else(ShownError::lost_transaction)?;
    Ok(found(&format!("/u/login/identifier?state={state}")))
}

pub(super) async fn get_identifier(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    Query(query): Query<PageQuery>,
) -> Result<Response, ShownError> {
    let sign_in = match SignIn::find(&query.state, &browser, &deps).await? {
        Ok(sign_in) => sign_in,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let hint = sign_in.login_hint();
    let typed = non_empty(sign_in.pending.identifier()).unwrap_or(&hint);
    Ok(sign_in.show(&identifier_page(&sign_in, &query.state, typed, None)))
}

pub(super) async fn post_identifier(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    Form(fields): Form,
) -> Result<Response, ShownError> {
    check_csrf(&fields, &browser)?;
    let sign_in = match SignIn::find(&fields.state, &browser, &deps).await? {
        Ok(sign_in) => sign_in,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let typed = fields.username.trim();
    let error = match typed.chars().count() {
        0 => Some(FormError::NoEmail),
        1..=MAX_IDENTIFIER => None,
        _ => Some(FormError::InvalidEmailFormat),
    };
    if error.is_some() {
        return Ok(sign_in.show_again(&identifier_page(&sign_in, &fields.state, typed, error)));
    }
    let stage = Stage::SigningIn(SigningIn {
        identifier: typed.to_owned(),
    });
    sign_in.advance(stage, &browser, &deps).await
}

fn identifier_page<'a>(
    sign_in: &'a SignIn,
    state: &'a str,
    username: &'a str,
    error: Option<FormError>,
) -> LoginIdentifier<'a> {
    let connections = &sign_in.bound.registered().connections;
    LoginIdentifier {
        page: sign_in.page(),
        state,
        csrf: sign_in.csrf(),
        username,
        signup_allowed: SignIn::signup_connection(connections).is_some(),
        error,
    }
}

pub(super) async fn get_password(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    Query(query): Query<PageQuery>,
) -> Result<Response, ShownError> {
    let sign_in = match SignIn::find(&query.state, &browser, &deps).await? {
        Ok(sign_in) => sign_in,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if sign_in.pending.identifier().is_empty() {
        return Ok(found(&format!("/u/login/identifier?state={}", query.state)));
    }
    let username = sign_in.pending.identifier();
    Ok(sign_in.show(&password_page(&sign_in, &query.state, username, None)))
}

pub(super) async fn post_password(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    Form(fields): Form,
) -> Result<Response, ShownError> {
    check_csrf(&fields, &browser)?;
    let sign_in = match SignIn::find(&fields.state, &browser, &deps).await? {
        Ok(sign_in) => sign_in,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let username = username(&sign_in, &fields);
    let refuse = |error| {
        sign_in.show_again(&password_page(
            &sign_in,
            &fields.state,
            &username,
            Some(error),
        ))
    };
    if fields.password.is_empty() {
        return Ok(refuse(FormError::NoPassword));
    }
    let connections = match sign_in.connections(&deps).await {
        Ok(connections) => connections
            .into_iter()
            .map(|connection| connection.name)
            .collect(),
        Err(answer) => return Ok(answer),
    };
    let identity = &deps.backends.identity;
    match identity
        .verify_password(connections, &username, &fields.password)
        .await?
    {
        PasswordVerdict::Right(user) => sign_in.complete(*user, &browser, &deps).await,
        PasswordVerdict::Wrong => Ok(refuse(FormError::WrongEmailCredentials)),
    }
}

/// A password manager may have filled in another account than the page before; else the transaction knows.
fn username(sign_in: &SignIn, fields: &Fields) -> String {
    let typed = fields.username.trim();
    let usable = !typed.is_empty() && typed.chars().count() <= MAX_IDENTIFIER;
    if usable {
        typed
    } else {
        sign_in.pending.identifier()
    }
    .to_owned()
}

fn password_page<'a>(
    sign_in: &'a SignIn,
    state: &'a str,
    username: &'a str,
    error: Option<FormError>,
) -> LoginPassword<'a> {
    LoginPassword {
        page: sign_in.page(),
        state,
        csrf: sign_in.csrf(),
        username,
        error,
    }
}
