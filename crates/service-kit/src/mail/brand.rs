//! The look of a mail.

use super::color::Color;

/// Name, logo and colors of the tenant or organization that writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brand {
    /// The name for users.
    pub name: String,
    /// https URL of a logo; `None`: the name alone.
    pub logo_url: Option<String>,
    /// Color of the button; `None`, or not `#` and six hexadecimal digits: Doorward's.
    pub primary_color: Option<String>,
    /// Color around the card; `None`, or not `#` and six hexadecimal digits: Doorward's.
    pub page_background_color: Option<String>,
}

impl Brand {
    pub(super) fn primary(&self) -> Color {
        let color = self.primary_color.as_deref().and_then(Color::parse);
        color.unwrap_or(Color::ACCENT)
    }

    pub(super) fn background(&self) -> Color {
        let color = self.page_background_color.as_deref().and_then(Color::parse);
        color.unwrap_or(Color::GROUND)
    }

    /// The logo, unless its URL is not https: programs that show mails would load it in the clear.
    pub(super) fn logo(&self) -> Option<&str> {
        let url = self.logo_url.as_deref()?;
        url.starts_with("https://").then_some(url)
    }
}
