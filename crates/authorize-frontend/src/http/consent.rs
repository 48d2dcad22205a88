//! `/u/consent`: the user agrees to what an application asks for, or does not.

mod lines;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::decision_page::{Choice, DecisionPage};
use super::form::Form;
use super::not_this_page::NotThisPage;
use crate::audit::Audit;
use crate::backends::BackendError;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::metrics::{CONSENTS, count};
use crate::model::Stage;
use crate::pipeline::{Pending, consent_to, given_scopes};
use crate::urlencoded::Pairs;
use crate::views::{self, FormError};

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, NotThisPage> {
    let page = DecisionPage::shown(&query, Pending::is_at_consent, &browser, &deps).await?;
    Ok(show(&page, None))
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, NotThisPage> {
    let page = DecisionPage::answered(&form, Pending::is_at_consent, &browser, &deps).await?;
    match Choice::of(&form) {
        Some(Choice::Accept) => accept(page, &browser, &deps).await,
        Some(Choice::Deny) => {
            let description = "User did not authorize the request";
            let (next, is_first) = page.decline(description, &browser, &deps).await?;
            if is_first {
                count(CONSENTS, "denied");
                audit(&page, &browser).consent_denied(&page.joined().user().user_id);
            }
            Ok(next)
        }
        None => Ok(show(&page, Some(FormError::InvalidAction))),
    }
}

/// The transaction first: of a yes and a no at once only one counts. Should the consent then not be noted, the pipeline
/// finds that it is missing and asks once more.
async fn accept(
    page: DecisionPage,
    browser: &Browser,
    deps: &Deps,
) -> Result<Response, NotThisPage> {
    let stage = Stage::Consented {
        user_id: page.joined().user().user_id.clone(),
    };
    let (next, is_first) = page.decide(stage, browser, deps).await?;
    if is_first {
        remember(&page, deps).await?;
        count(CONSENTS, "accepted");
        audit(&page, browser).consented(&page.joined().user().user_id);
    }
    Ok(next)
}

fn audit<'a>(page: &'a DecisionPage, browser: &'a Browser) -> Audit<'a> {
    Audit::of(&page.joined().request().client().client_id, browser)
}

/// `identity` first, then the copy that `session` answers with.
async fn remember(page: &DecisionPage, deps: &Deps) -> Result<(), BackendError> {
    let joined = page.joined();
    let consent = consent_to(joined.request(), joined.organization(), asked_scopes(page));
    let user_id = &joined.user().user_id;
    let user = deps.backends.identity.add_consent(user_id, consent).await?;
    deps.backends.sessions.put_user(user).await
}

/// The scopes of the page that the API still offers to the application. Scopes that it has added since are left out.
fn asked_scopes(page: &DecisionPage) -> impl Iterator<Item = &str> {
    let scopes = match page.hosted.pending.stage() {
        Stage::Consenting { scopes, .. } => scopes.as_slice(),
        _ => &[],
    };
    let request = page.joined().request();
    let scopes = scopes.iter().map(String::as_str);
    scopes.filter(|token| request.is_offered_scope(token))
}

fn show(page: &DecisionPage, error: Option<FormError>) -> Response {
    let hosted = &page.hosted;
    let joined = page.joined();
    let request = joined.request();
    let wanted = consent_to(request, joined.organization(), asked_scopes(page));
    let given = given_scopes(&wanted, &joined.user().consents);
    let descriptions = request.tenant().use_scope_descriptions_for_consent;
    let view = views::Consent {
        page: hosted.page(),
        state: hosted.state(),
        csrf: hosted.csrf(),
        application_logo: hosted.bound.client().logo_uri.as_deref(),
        user: page.user_name(),
        profile: &lines::profile(&wanted.scopes, given),
        api_name: request.api().map(|api| api.name.as_str()),
        includes_permissions: request
            .api()
            .is_some_and(|api| api.token_dialect.includes_permissions()),
        organization: joined
            .organization()
            .map(|organization| organization.display_name.as_str()),
        permissions: &request
            .api()
            .map(|api| lines::permissions(&wanted.scopes, given, api, descriptions))
            .unwrap_or_default(),
        error,
    };
    if error.is_some() {
        return hosted.show_again(&view);
    }
    hosted.show(&view)
}
