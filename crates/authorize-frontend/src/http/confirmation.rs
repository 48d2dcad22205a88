//! `/u/confirmation`: the user knows which application on this device is answered.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::decision_page::{Choice, DecisionPage};
use super::form::Form;
use super::html::callback_source;
use super::not_this_page::NotThisPage;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::model::Stage;
use crate::pipeline::Pending;
use crate::urlencoded::Pairs;
use crate::views::{self, FormError};

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, NotThisPage> {
    let page = DecisionPage::shown(&query, Pending::is_at_confirmation, &browser, &deps).await?;
    Ok(show(&page, None))
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, NotThisPage> {
    let page = DecisionPage::answered(&form, Pending::is_at_confirmation, &browser, &deps).await?;
    match Choice::of(&form) {
        Some(Choice::Accept) => {
            let user_id = page.joined().user().user_id.clone();
            let stage = Stage::Confirmed { user_id };
            Ok(page.decide(stage, &browser, &deps).await?.0)
        }
        Some(Choice::Deny) => {
            let description = "User cancelled the confirmation prompt.";
            Ok(page.decline(description, &browser, &deps).await?.0)
        }
        None => Ok(show(&page, Some(FormError::InvalidAction))),
    }
}

fn show(page: &DecisionPage, error: Option<FormError>) -> Response {
    let hosted = &page.hosted;
    let view = views::Confirmation {
        page: hosted.page(),
        state: hosted.state(),
        csrf: hosted.csrf(),
        user: page.user_name(),
        target: &callback_source(hosted.redirect.uri()),
        error,
    };
    if error.is_some() {
        return hosted.show_again(&view);
    }
    hosted.show(&view)
}
