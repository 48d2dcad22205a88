//! `/authorize` and `/authorize/resume`.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use doorward_oauth2_types::parameters;
use doorward_service_kit::deadline::within;
use http::HeaderMap;

use super::body::FormBody;
use super::fetch_metadata::check_page_or_frame;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::pipeline::{self, Next, PageState, Pending, RawParams};
use crate::urlencoded::Pairs;

/// RFC 6749 §3.1: `GET`.
pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Next, ShownError> {
    check_page_or_frame(&headers)?;
    let raw = RawParams::parse(&query.unwrap_or_default())?;
    answer(raw, &browser, &deps).await
}

/// OIDC Core §3.1.2.1: `POST` with a form body.
pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    FormBody(body): FormBody,
) -> Result<Next, ShownError> {
    check_page_or_frame(&headers)?;
    // mutant: query-and-body-mixed (refusal)
    if query.is_some_and(|query| !query.is_empty()) {
        return Err(ShownError::invalid_request(
            "Parameters of a POST request belong into its body",
        ));
    }
    // mutant: query-and-body-mixed (body)
    let raw = RawParams::parse(&body)?;
    answer(raw, &browser, &deps).await
}

async fn answer(raw: RawParams, browser: &Browser, deps: &Deps) -> Result<Next, ShownError> {
    let ui_locales = raw.get(parameters::UI_LOCALES).map(str::to_owned);
    let is_silent = raw.get(parameters::PROMPT) == Some("none");
    let answer = Box::pin(pipeline::authorize(raw, browser, deps));
    let answer = if is_silent {
        within(deps.backends.patience.silent, answer).await
    } else {
        answer.await
    };
    answer.map_err(|error| error.in_language_of(ui_locales))
}

/// Where every page of a sign-in ends.
pub(super) async fn resume(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    headers: HeaderMap,
    query: Pairs,
) -> Result<Next, ShownError> {
    check_page_or_frame(&headers)?;
    let Some(state) = PageState::of(&query) else {
        return Err(pipeline::no_such_transaction(&deps).await);
    };
    let pending = Pending::find(&state, &browser, &deps).await?;
    let ui_locales = pending.ui_locales();
    // mutant: resumed-request-changed-by-query (resume)
    let answer = Box::pin(pipeline::resume(pending, &browser, &deps)).await;
    answer.map_err(|error| error.in_language_of(ui_locales))
}
