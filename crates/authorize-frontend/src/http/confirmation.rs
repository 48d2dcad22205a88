//! `/u/confirmation`: the user knows which application on this device is answered.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use doorward_proto::session::v1::Confirmed;
use doorward_proto::session::v1::transaction::Stage;

use super::elsewhere::Elsewhere;
use super::form::Form;
use super::html::callback_source;
use super::question::{Choice, Question};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::pipeline::Pending;
use crate::urlencoded::Pairs;
use crate::views::{self, FormError};

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, Elsewhere> {
    let question = Question::shown(&query, Pending::is_at_confirmation, &browser, &deps).await?;
    Ok(show(&question, None))
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, Elsewhere> {
    let question = Question::answered(&form, Pending::is_at_confirmation, &browser, &deps).await?;
    match Choice::of(&form) {
        Some(Choice::Accept) => {
            let user_id = question.authenticated().user().user_id.clone();
            let stage = Stage::Confirmed(Confirmed { user_id });
            Ok(question.say(stage, &browser, &deps).await?.0)
        }
        Some(Choice::Deny) => {
            let description = "User cancelled the confirmation prompt.";
            Ok(question.decline(description, &browser, &deps).await?)
        }
        None => Ok(show(&question, Some(FormError::InvalidAction))),
    }
}

fn show(question: &Question, error: Option<FormError>) -> Response {
    let hosted = &question.hosted;
    let view = views::Confirmation {
        page: hosted.page(),
        state: hosted.state(),
        csrf: hosted.csrf(),
        user: question.user_name(),
        target: &callback_source(hosted.redirect.uri()),
        error,
    };
    if error.is_some() {
        return hosted.show_again(&view);
    }
    hosted.show(&view)
}
