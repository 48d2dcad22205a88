//! The look of an organization on the pages of a sign-in to it.

use crate::model::{Branding, Organization};
use crate::views::{Color, Colors, Page};

/// The page with the name, logo and colors of an organization. What it does not set stays as the tenant has it.
pub(super) fn page_of<'a>(organization: &'a Organization, page: Page<'a>) -> Page<'a> {
    let Branding {
        logo_url,
        primary_color,
        page_background_color,
    } = &organization.branding;
    let color = |text: &Option<String>| text.as_deref().and_then(Color::parse);
    Page {
        tenant_name: &organization.display_name,
        logo_url: logo_url.as_deref().or(page.logo_url),
        colors: Colors {
            primary: color(primary_color),
            page_background: color(page_background_color),
        },
        ..page
    }
}
