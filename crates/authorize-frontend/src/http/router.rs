//! Which endpoint answers which address.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use doorward_oauth2_types::ErrorCode;
use doorward_service_kit::deadline::within;
use futures::FutureExt;
use http::StatusCode;
use http::header::ALLOW;

use super::fetch_metadata::follows_own_page;
use super::measurement::Measurement;
use super::{
    assets, authorize, browser, certificate, confirmation, consent, discovery, errors, guard,
    invitation, jwks, login, logout, oidc_logout, onward, organization, organization_picker,
    patience, pre_organization_picker, sessions, signup, speculation, take_on, userinfo,
};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::paths::PagePath;

/// All endpoints behind what every request passes.
pub(crate) fn router(deps: Arc<Deps>) -> Router {
    acting()
        .layer(from_fn(speculation::refuse))
        .merge(reading())
        .fallback(async || {
            let description = "No page has this address";
            ShownError::with_status(
                StatusCode::NOT_FOUND,
                ErrorCode::InvalidRequest,
                description,
            )
        })
        .layer(from_fn_with_state(Arc::clone(&deps), pass))
        .with_state(deps)
}

/// Does what every request needs, in one layer: axum clones all layers below a layer for each request.
async fn pass(State(deps): State<Arc<Deps>>, request: Request, next: Next) -> Response {
    let measurement = Measurement::start(&request);
    let (parts, body) = request.into_parts();
    let browser = browser::read(&parts, &deps.trusted_proxies);
    let follows_own_page = follows_own_page(&parts.headers);
    let request = Request::from_parts(parts, body);

    let answer = async |request| answer(request, next, &browser, &deps).await;
    let response = errors::show_errors(request, answer, &browser, &deps).await;
    let response = onward::end_forms_here(response, follows_own_page, &browser, &deps).await;
    measurement.end(response.status());
    guard::strict_transport_security(response, &deps)
}

async fn answer(request: Request, next: Next, browser: &Browser, deps: &Deps) -> Response {
    let request = match guard::guard(request, deps).await {
        Ok(request) => request,
        Err(error) => return error.into_response(),
    };
    let work = match take_on::priority(&request) {
        Some(priority) => match take_on::take_on(priority, browser, deps) {
            Ok(work) => Some(work),
            Err(overloaded) => return ShownError::from(overloaded).into_response(),
        },
        None => None,
    };
    let limit = patience::limit(&request, deps);
    let response = within(limit, catch_panic(next.run(request))).await;
    if let Some(work) = work {
        work.end(response.status() == StatusCode::SERVICE_UNAVAILABLE);
    }
    response
}

/// Endpoints that change something, or may: a session is extended when it is looked at.
fn acting() -> Router<Arc<Deps>> {
    Router::new()
        .route(
            PagePath::Authorize.as_str(),
            only("GET, POST", get(authorize::get).post(authorize::post)),
        )
        .route(
            PagePath::Resume.as_str(),
            only("GET", get(authorize::resume)),
        )
        .route("/login", get(login::first_page))
        .route(PagePath::Login.as_str(), get(login::first_page))
        .route(
            PagePath::LoginIdentifier.as_str(),
            get(login::get_identifier).post(login::post_identifier),
        )
        .route(
            PagePath::LoginPassword.as_str(),
            get(login::get_password).post(login::post_password),
        )
        .route(
            PagePath::Signup.as_str(),
            get(signup::get).post(signup::post),
        )
        .route(
            PagePath::Organization.as_str(),
            get(organization::get).post(organization::post),
        )
        .route(
            PagePath::PreOrganizationPicker.as_str(),
            get(pre_organization_picker::get).post(pre_organization_picker::post),
        )
        .route(
            PagePath::OrganizationPicker.as_str(),
            get(organization_picker::get).post(organization_picker::post),
        )
        .route(
            PagePath::Invitation.as_str(),
            get(invitation::get).post(invitation::post),
        )
        .route(
            PagePath::Consent.as_str(),
            get(consent::get).post(consent::post),
        )
        .route(
            PagePath::Confirmation.as_str(),
            get(confirmation::get).post(confirmation::post),
        )
        .route(
            PagePath::Sessions.as_str(),
            get(sessions::get).post(sessions::post),
        )
        .route("/v2/logout", only("GET", get(logout::logout)))
        .route(
            PagePath::OidcLogout.as_str(),
            only("GET, POST", get(oidc_logout::get).post(oidc_logout::post)),
        )
        .route(
            PagePath::Logout.as_str(),
            get(oidc_logout::get_question).post(oidc_logout::post_question),
        )
}

/// Endpoints that change nothing.
fn reading() -> Router<Arc<Deps>> {
    Router::new()
        .route("/u/assets/{name}", get(assets::get))
        .route("/u/assets/colors/{name}", get(assets::get_colors))
        .route(PagePath::InvitationStart.as_str(), get(invitation::start))
        .route(
            "/userinfo",
            get(userinfo::userinfo)
                .post(userinfo::userinfo)
                .options(userinfo::preflight),
        )
        .route(
            "/.well-known/openid-configuration",
            get(discovery::get).options(discovery::preflight),
        )
        .route(
            "/.well-known/oauth-authorization-server",
            get(discovery::get).options(discovery::preflight),
        )
        .route(
            "/.well-known/jwks.json",
            get(jwks::get).options(discovery::preflight),
        )
        .route("/pem", get(certificate::pem).options(discovery::preflight))
        .route("/cer", get(certificate::cer).options(discovery::preflight))
}

/// An endpoint that acts when it is read: a HEAD, which elsewhere is a GET without its body, is refused too.
fn only(allowed: &'static str, methods: MethodRouter<Arc<Deps>>) -> MethodRouter<Arc<Deps>> {
    // mutant: head-and-other-methods-accepted
    let refuse = async move || {
        let description = format!("Use {allowed}");
        let error = ShownError::new(ErrorCode::MethodNotAllowed, description);
        ([(ALLOW, allowed)], error).into_response()
    };
    methods.head(refuse).fallback(refuse)
}

/// A panic is a defect. The user still gets a page with a trace id, and the log has the location.
async fn catch_panic(answer: impl Future<Output = Response>) -> Response {
    let answered = AssertUnwindSafe(answer).catch_unwind().await;
    answered.unwrap_or_else(|_| {
        tracing::error!("a request handler panicked");
        ShownError::new(ErrorCode::ServerError, "An unexpected error occurred").into_response()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sec_193_a_panic_becomes_an_error_page() {
        let response = catch_panic(async { panic!("a defect") }).await;
        assert_eq!(response.status(), 500);
        assert!(response.extensions().get::<ShownError>().is_some());
    }
}
