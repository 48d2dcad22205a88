//! `/u/consent`: the user agrees to what an application asks for, or does not.

mod lines;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::{Consented, Consenting};

use super::elsewhere::Elsewhere;
use super::errors::non_empty;
use super::form::Form;
use super::question::{Choice, Question};
use crate::backends::BackendError;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::pipeline::{Pending, consent_to};
use crate::urlencoded::Pairs;
use crate::views::{self, FormError};

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, Elsewhere> {
    let question = Question::shown(&query, Pending::is_at_consent, &browser, &deps).await?;
    Ok(show(&question, None))
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, Elsewhere> {
    let question = Question::answered(&form, Pending::is_at_consent, &browser, &deps).await?;
    match Choice::of(&form) {
        Some(Choice::Accept) => accept(question, &browser, &deps).await,
        Some(Choice::Deny) => Ok(question
            .decline("User did not authorize the request", &deps)
            .await),
        None => Ok(show(&question, Some(FormError::InvalidAction))),
    }
}

/// `identity` first, then the copy that `session` answers with, then the transaction: whoever comes back after a failure
/// between them agrees once more, and nothing is lost.
async fn accept(question: Question, browser: &Browser, deps: &Deps) -> Result<Response, Elsewhere> {
    remember(&question, deps).await?;
    let stage = Stage::Consented(Consented {
        sid: question.hosted.pending.sid().unwrap_or_default().to_owned(),
    });
    Ok(question.hosted.advance(stage, browser, deps).await?)
}

async fn remember(question: &Question, deps: &Deps) -> Result<(), BackendError> {
    let authenticated = question.authenticated();
    let consent = consent_to(authenticated.request(), asked_scopes(question));
    let user_id = &authenticated.user().user_id;
    let user = deps.backends.identity.add_consent(user_id, consent).await?;
    deps.backends.sessions.put_users(vec![user], None).await
}

/// What the page shows, and nothing that the API has defined since.
fn asked_scopes(question: &Question) -> impl Iterator<Item = &str> {
    let scopes = match question.hosted.pending.stage() {
        Stage::Consenting(Consenting { scopes, .. }) => scopes.as_slice(),
        _ => &[],
    };
    scopes.iter().map(String::as_str)
}

fn show(question: &Question, error: Option<FormError>) -> Response {
    let hosted = &question.hosted;
    let authenticated = question.authenticated();
    let request = authenticated.request();
    let wanted = consent_to(request, asked_scopes(question));
    let given = lines::given(&wanted, &authenticated.user().consents);
    let descriptions = request.tenant().use_scope_descriptions_for_consent;
    let view = views::Consent {
        page: hosted.page(),
        state: hosted.state(),
        csrf: hosted.csrf(),
        application_logo: non_empty(&hosted.bound.client().logo_uri),
        user: question.user_name(),
        profile: &lines::profile(&wanted.scopes, given),
        api_name: request.api().map(|api| api.name.as_str()),
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
