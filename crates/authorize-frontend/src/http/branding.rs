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
        initial: initial(&organization.display_name),
        colors: Colors {
            primary: color(primary_color),
            page_background: color(page_background_color),
        },
        ..page
    }
}

/// The first character of a name; `None` if it has none but spaces.
fn initial(name: &str) -> Option<&str> {
    let name = name.trim_start();
    let first = name.chars().next()?;
    name.get(..first.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_stands_for_an_organization() {
        for (name, letter) in [
            ("Acme", Some("A")),
            (" élan", Some("é")),
            ("アクメ", Some("ア")),
            (" ", None),
            ("", None),
        ] {
            assert_eq!(initial(name), letter, "{name:?}");
        }
    }
}
