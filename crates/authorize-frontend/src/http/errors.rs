//! Every error that is not told to an application becomes a page that a person can read.

use axum::Json;
use axum::extract::{MatchedPath, Request};
use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::ErrorCode;
use doorward_service_kit::random_byte;
use doorward_service_kit::trace::{self, TraceId};
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use tracing::{Instrument, info_span};

use super::decision_page::user_name;
use super::html::{Policy, html};
use super::redirect::found;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::{Continuation, OAuthError, ShownError, SignedInAlready};
use crate::model::Tenant;
use crate::views::{Colors, ErrorPage, Language, Page, SignedIn};

/// Shown when the tenant has no name, or it cannot be asked for.
const PRODUCT_NAME: &str = "Doorward";

/// The error travels in the extensions; [`show_errors`] knows the language and the trace id of the request.
impl IntoResponse for ShownError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The headers of an answer that its error page keeps.
const KEPT: [HeaderName; 2] = [ALLOW, SET_COOKIE];

/// Makes each request a trace of its own, and gives each error a page.
pub(super) async fn show_errors(
    request: Request,
    answer: impl AsyncFnOnce(Request) -> Response,
    browser: &Browser,
    deps: &Deps,
) -> Response {
    let trace_id = TraceId::random();
    let lines = info_span!("request", %trace_id, path = request.uri().path());
    let route = request.extensions().get::<MatchedPath>();
    let span = trace::request(trace_id, &request, route.map(MatchedPath::as_str));
    let answered = answer_or_show(request, answer, browser, trace_id, deps);
    let answered = trace::within(trace_id, answered.instrument(span.clone()));
    let response = answered.instrument(lines).await;
    trace::responded(&span, response.status());
    response
}

async fn answer_or_show(
    request: Request,
    answer: impl AsyncFnOnce(Request) -> Response,
    browser: &Browser,
    trace_id: TraceId,
    deps: &Deps,
) -> Response {
    // mutant: query-shown-on-error-page (query), error-redirected-to-unregistered-callback (query)
    let response = answer(request).await;
    let Some(error) = error_of(&response) else {
        return response;
    };
    // mutant: query-shown-on-error-page (error), error-redirected-to-unregistered-callback (error)
    let shown = show(&error, browser, trace_id, deps);
    let mut shown = Box::pin(shown).await;
    for name in &KEPT {
        for value in response.headers().get_all(name) {
            shown.headers_mut().append(name, value.clone());
        }
    }
    shown
}

/// The error to show: ours, or one that the router or an extractor answered with plain text.
fn error_of(response: &Response) -> Option<ShownError> {
    if let Some(error) = response.extensions().get::<ShownError>() {
        return Some(error.clone());
    }
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    (is_error && is_plain(response.headers())).then(|| of_status(status))
}

/// JSON errors are for programs and stay as they are.
fn is_plain(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_none_or(|text| text.starts_with("text/plain"))
}

fn of_status(status: StatusCode) -> ShownError {
    let code = match status {
        StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
        status if status.is_server_error() => ErrorCode::ServerError,
        _ => ErrorCode::InvalidRequest,
    };
    ShownError::with_status(status, code, status.canonical_reason().unwrap_or("Refused"))
}

async fn show(error: &ShownError, browser: &Browser, trace_id: TraceId, deps: &Deps) -> Response {
    // The page must also come when the registry is what has failed.
    let tenant = deps.backends.registry.tenant().await.unwrap_or_default();
    match &error.continuation {
        Some(Continuation::LoginRoute(address)) => return found(address),
        Some(Continuation::SignedIn(person)) => {
            let language = browser.language(error.ui_locales.as_deref(), &tenant);
            return show_signed_in(person, language, &tenant);
        }
        None => {}
    }
    tracing::info!(status = error.status.as_u16(), error = %error.code, description = error.description.as_ref(), "error page");
    let view = ErrorPage {
        page: page(
            &tenant,
            browser.language(error.ui_locales.as_deref(), &tenant),
            None,
        ),
        kind: error.kind,
        error: error.code.as_str(),
        error_description: &error.description,
        tracking_id: &trace_id.to_string(),
        support_email: tenant.support_email.as_deref(),
        support_url: tenant.support_url.as_deref(),
    };
    let policy = Policy {
        logo_urls: &[tenant.picture_url.as_deref()],
        isolated: true,
        ..Policy::default()
    };
    with_retry_after((error.status, html(&view, &policy)).into_response())
}

/// The page for a person who has come back to a sign-in that is over, and is signed in.
fn show_signed_in(person: &SignedInAlready, language: Language, tenant: &Tenant) -> Response {
    let view = SignedIn {
        page: page(tenant, language, Some(&person.application)),
        user: user_name(&person.user),
        address: person.address.as_deref(),
    };
    let policy = Policy {
        logo_urls: &[tenant.picture_url.as_deref()],
        isolated: true,
        ..Policy::default()
    };
    html(&view, &policy)
}

/// An error that a program reads.
pub(super) fn json_error(error: &OAuthError) -> Response {
    let status = StatusCode::from_u16(error.code.page_status());
    let body = json!({ "error": error.code.as_str(), "error_description": error.description });
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    with_retry_after((status, headers, Json(body)).into_response())
}

/// Says when to try again, if that may help: in 1 to 5 seconds, so that not everybody comes back at once.
fn with_retry_after(mut response: Response) -> Response {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = u16::from(random_byte() % 5) + 1;
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The parts that all pages of a tenant show.
pub(super) fn page<'a>(
    tenant: &'a Tenant,
    language: Language,
    client_name: Option<&'a str>,
) -> Page<'a> {
    Page {
        language,
        tenant_name: tenant.friendly_name.as_deref().unwrap_or(PRODUCT_NAME),
        logo_url: tenant.picture_url.as_deref(),
        initial: None,
        colors: Colors::default(),
        client_name,
    }
}
