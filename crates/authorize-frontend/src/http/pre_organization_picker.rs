//! `/u/pre-organization-picker`: the user chooses one of the organizations of an email, before the sign-in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::form::Form;
use super::hosted_page::HostedPage;
use super::not_this_page::NotThisPage;
use super::organization::{choose, chosen, of_email, personal, personal_allowed};
use super::organization_picker::entries;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::model::Organization;
use crate::pipeline::Pending;
use crate::urlencoded::Pairs;
use crate::views::{FormError, OrganizationPicker};

const IS_HERE: fn(&Pending, &crate::pipeline::PageState) -> bool =
    Pending::is_at_pre_organization_picker;

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, NotThisPage> {
    let hosted = HostedPage::shown(&query, IS_HERE, &browser, &deps).await?;
    let organizations = of_email(&hosted, email(&hosted), &deps).await?;
    Ok(show(&hosted, &organizations, None))
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, NotThisPage> {
    let hosted = HostedPage::submitted(&form, IS_HERE, &browser, &deps).await?;
    if form.organization_skipped && personal_allowed(&hosted) {
        return Ok(choose(&hosted, personal(), &browser, &deps).await?);
    }
    let email = email(&hosted);
    let organizations = of_email(&hosted, email, &deps).await?;
    let picked = organizations.iter().find(|it| it.id == form.organization);
    let Some(organization) = picked else {
        let error = Some(FormError::InvalidOrganization);
        return Ok(show(&hosted, &organizations, error));
    };
    let choice = chosen(organization, Some(email));
    Ok(choose(&hosted, choice, &browser, &deps).await?)
}

/// The email that the user has entered on the page before.
fn email(hosted: &HostedPage) -> &str {
    hosted.pending.email_of_organization().unwrap_or_default()
}

fn show(hosted: &HostedPage, organizations: &[Organization], error: Option<FormError>) -> Response {
    let view = OrganizationPicker {
        page: hosted.page(),
        state: hosted.state(),
        csrf: hosted.csrf(),
        user: None,
        organizations: &entries(organizations),
        next: None,
        personal_allowed: personal_allowed(hosted),
        error,
    };
    hosted.show_picker(&view)
}
