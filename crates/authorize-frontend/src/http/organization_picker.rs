//! `/u/organization-picker`: a signed-in user chooses one of their organizations.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::decision_page::{signed_in, user_name};
use super::form::Form;
use super::hosted_page::HostedPage;
use super::not_this_page::NotThisPage;
use super::organization::{choose, personal, personal_allowed};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::model::{Organization, OrganizationChoice, OrganizationPage};
use crate::pipeline::{Authenticated, Pending, Stop, organization_to_pick, organizations_to_pick};
use crate::urlencoded::Pairs;
use crate::views::{FormError, OrganizationEntry, OrganizationPicker};

/// The page, and the user who is asked.
struct PickerPage {
    hosted: HostedPage,
    authenticated: Authenticated,
}

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, NotThisPage> {
    let is_here = Pending::is_at_organization_picker;
    let hosted = HostedPage::shown(&query, is_here, &browser, &deps).await?;
    let page = PickerPage::check(hosted, &browser, &deps).await?;
    let listed = organizations_to_pick(&page.authenticated, query.get("from"), &deps).await?;
    Ok(page.show(&listed, None))
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, NotThisPage> {
    let is_here = Pending::is_at_organization_picker;
    let hosted = HostedPage::submitted(&form, is_here, &browser, &deps).await?;
    let page = PickerPage::check(hosted, &browser, &deps).await?;
    let Some(organization_id) = page.picked(&form, &deps).await? else {
        let listed = organizations_to_pick(&page.authenticated, None, &deps).await?;
        return Ok(page.show(&listed, Some(FormError::InvalidOrganization)));
    };
    let choice = OrganizationChoice {
        organization_id,
        user_id: Some(page.authenticated.user().user_id.clone()),
        ..personal()
    };
    Ok(choose(&page.hosted, choice, &browser, &deps).await?)
}

impl PickerPage {
    /// Checks the request again, and that the user who is asked is signed in.
    async fn check(
        hosted: HostedPage,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        match signed_in(&hosted, browser, deps).await {
            Ok(authenticated) if hosted.pending.asks(authenticated.user()) => Ok(Self {
                hosted,
                authenticated,
            }),
            Err(Stop::Refuse(error)) => Err(hosted.refuse(error, browser, deps).await?.into()),
            // The user has signed out, or another one has signed in: `resume` finds the next page.
            _ => Err(hosted.to_resume().into()),
        }
    }

    /// Reads the choice in the form: an organization, or `Some(None)`, the personal account.
    async fn picked(
        &self,
        form: &Form,
        deps: &Deps,
    ) -> Result<Option<Option<String>>, NotThisPage> {
        if form.organization_skipped {
            return Ok(personal_allowed(&self.hosted).then_some(None));
        }
        let found = organization_to_pick(&form.organization, &self.authenticated, deps).await?;
        Ok(found.map(|organization| Some(organization.id)))
    }

    fn show(&self, listed: &OrganizationPage, error: Option<FormError>) -> Response {
        let hosted = &self.hosted;
        let view = OrganizationPicker {
            page: hosted.page(),
            state: hosted.state(),
            csrf: hosted.csrf(),
            user: Some(user_name(self.authenticated.user())),
            organizations: &entries(&listed.organizations),
            next: listed.next.as_deref(),
            personal_allowed: personal_allowed(hosted),
            error,
        };
        hosted.show_picker(&view)
    }
}

/// The organizations as the page shows them.
pub(super) fn entries(organizations: &[Organization]) -> Vec<OrganizationEntry<'_>> {
    let entries = organizations.iter().map(|organization| OrganizationEntry {
        id: &organization.id,
        name: &organization.display_name,
        logo_url: organization.branding.logo_url.as_deref(),
    });
    entries.collect()
}
