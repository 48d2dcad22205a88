//! `/u/organization`: the user names their organization before the sign-in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use doorward_oauth2_types::auth0::{OrganizationDiscoveryMethod, OrganizationUsage};

use super::form::Form;
use super::hosted_page::HostedPage;
use super::not_this_page::NotThisPage;
use super::sign_in::MAX_IDENTIFIER;
use crate::backends::BackendError;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::model::{Organization, OrganizationChoice, OrganizationSelector, Stage};
use crate::pipeline::{Pending, advance, is_open};
use crate::urlencoded::Pairs;
use crate::views::{self, FormError, OrganizationField};

/// How many organizations of one domain a user chooses from.
const MAX_CHOICES: u32 = 100;

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
    let typed = typed(&hosted, &form).to_owned();
    match find(&hosted, &typed, &deps).await?.as_slice() {
        [] => {
            let error = Some(FormError::InvalidOrganization);
            Ok(hosted.show_again(&page(&hosted, &typed, error)))
        }
        [only] => {
            let choice = chosen(only, email_in(&hosted, &typed));
            Ok(choose(&hosted, choice, &browser, &deps).await?)
        }
        _ => {
            let stage = Stage::NamingOrganization { email: Some(typed) };
            Ok(hosted.advance(stage, &browser, &deps).await?)
        }
    }
}

/// The choice of the personal account.
pub(super) fn personal() -> OrganizationChoice {
    OrganizationChoice {
        organization_id: None,
        user_id: None,
        email: None,
    }
}

/// The choice of an organization that was found by its name or by an email.
pub(super) fn chosen(organization: &Organization, email: Option<&str>) -> OrganizationChoice {
    OrganizationChoice {
        organization_id: Some(organization.id.clone()),
        email: email.map(str::to_owned),
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

/// The text as an email, if the page asks for one. No name of an organization has an `@`.
fn email_in<'a>(hosted: &HostedPage, typed: &'a str) -> Option<&'a str> {
    Some(typed).filter(|typed| field(hosted) != OrganizationField::Name && typed.contains('@'))
}

/// The organizations that the user has named and the application may use.
async fn find(
    hosted: &HostedPage,
    typed: &str,
    deps: &Deps,
) -> Result<Vec<Organization>, BackendError> {
    if let Some(email) = email_in(hosted, typed) {
        return of_email(hosted, email, deps).await;
    }
    if typed.is_empty() || field(hosted) == OrganizationField::Email {
        return Ok(Vec::new());
    }
    let selector = OrganizationSelector::Name(typed.to_owned());
    let found = deps.backends.organizations.find(&selector, None).await?;
    let organization = found.into_iter().map(|found| found.organization);
    Ok(organization
        .filter(|organization| is_open(organization, hosted.bound.client()))
        .collect())
}

/// The organizations that an email leads to and the application may use.
pub(super) async fn of_email(
    hosted: &HostedPage,
    email: &str,
    deps: &Deps,
) -> Result<Vec<Organization>, BackendError> {
    let Some((_, domain)) = email
        .rsplit_once('@')
        .filter(|(_, domain)| !domain.is_empty())
    else {
        return Ok(Vec::new());
    };
    if email.chars().count() > MAX_IDENTIFIER {
        return Ok(Vec::new());
    }
    let organizations = &deps.backends.organizations;
    let mut found = organizations.of_domain(domain, MAX_CHOICES).await?;
    found.retain(|organization| is_open(organization, hosted.bound.client()));
    Ok(found)
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
