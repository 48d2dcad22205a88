//! `/u/organization` and `/u/pre-organization-picker`: the user names their organization before the sign-in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use doorward_oauth2_types::auth0::{OrganizationDiscoveryMethod, OrganizationUsage};

use super::form::Form;
use super::hosted_page::HostedPage;
use super::not_this_page::NotThisPage;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::model::{Organization, OrganizationChoice, OrganizationSelector, Stage};
use crate::pipeline::{Pending, advance, is_open};
use crate::urlencoded::Pairs;
use crate::views::{self, FormError, OrganizationField};

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, NotThisPage> {
    let hosted = HostedPage::shown(&query, Pending::is_at_organization, &browser, &deps).await?;
    Ok(hosted.show(&page(&hosted, "", None)))
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, NotThisPage> {
    let hosted = HostedPage::submitted(&form, Pending::is_at_organization, &browser, &deps).await?;
    if form.organization_skipped && personal_allowed(&hosted) {
        return Ok(choose(&hosted, personal(), &browser, &deps).await?);
    }
    let typed = typed(&hosted, &form);
    let Some(organization) = find(&hosted, typed, &deps).await? else {
        let error = Some(FormError::InvalidOrganization);
        return Ok(hosted.show_again(&page(&hosted, typed, error)));
    };
    Ok(choose(&hosted, chosen(organization), &browser, &deps).await?)
}

/// The choice of the personal account.
pub(super) fn personal() -> OrganizationChoice {
    OrganizationChoice {
        organization_id: None,
        user_id: None,
        email: None,
    }
}

fn chosen(organization: Organization) -> OrganizationChoice {
    OrganizationChoice {
        organization_id: Some(organization.id),
        ..personal()
    }
}

/// Stores the choice, and goes on.
pub(super) async fn choose(
    hosted: &HostedPage,
    choice: OrganizationChoice,
    browser: &Browser,
    deps: &Deps,
) -> Result<Response, ShownError> {
    let pending = hosted.pending.with_organization(choice);
    let stage = Stage::OrganizationChosen;
    let (pending, _) = advance(&pending, stage, browser, deps).await?;
    Ok(hosted.to_page_after(&pending))
}

/// Whether the application takes users without an organization.
pub(super) fn personal_allowed(hosted: &HostedPage) -> bool {
    hosted.bound.client().organization_usage == OrganizationUsage::Allow
}

fn typed<'a>(hosted: &HostedPage, form: &'a Form) -> &'a str {
    match field(hosted) {
        OrganizationField::Email => form.email.trim(),
        OrganizationField::Name | OrganizationField::NameOrEmail => form.organization_name.trim(),
    }
}

fn field(hosted: &HostedPage) -> OrganizationField {
    let methods = &hosted.bound.client().organization_discovery_methods;
    let has = |method| methods.contains(&method);
    match (
        has(OrganizationDiscoveryMethod::OrganizationName),
        has(OrganizationDiscoveryMethod::Email),
    ) {
        (false, true) => OrganizationField::Email,
        (true, true) => OrganizationField::NameOrEmail,
        (_, false) => OrganizationField::Name,
    }
}

/// The organization that the user has named, if the application may use it.
async fn find(
    hosted: &HostedPage,
    typed: &str,
    deps: &Deps,
) -> Result<Option<Organization>, ShownError> {
    if typed.is_empty() {
        return Ok(None);
    }
    let selector = OrganizationSelector::Name(typed.to_owned());
    let found = deps.backends.organizations.find(&selector, None).await?;
    let organization = found.map(|found| found.organization);
    Ok(organization.filter(|organization| is_open(organization, hosted.bound.client())))
}

fn page<'a>(
    hosted: &'a HostedPage,
    typed: &'a str,
    error: Option<FormError>,
) -> views::Organization<'a> {
    views::Organization {
        page: hosted.page(),
        state: hosted.state(),
        csrf: hosted.csrf(),
        field: field(hosted),
        typed,
        personal_allowed: personal_allowed(hosted),
        error,
    }
}
