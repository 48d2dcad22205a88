//! The hosted pages, their texts in each language, and the files that they load.
//!
//! A view is a struct whose `Display` is the HTML, from the template of the same name in `templates/`. Templates
//! escape every value; the one exception is the JSON that [`WebMessage`] puts into a script. Views contain nothing of
//! HTTP: endpoints set the headers.

mod assets;
mod colors;
mod confirmation;
mod consent;
mod error_page;
mod form_error;
mod form_post;
mod invitation;
mod logged_out;
mod login_identifier;
mod login_password;
mod logout;
mod logout_aborted;
mod no_session;
mod onward;
mod organization;
mod organization_picker;
mod sessions;
mod signed_in;
mod signup;
mod texts;
mod web_message;

pub use assets::Asset;
pub use colors::{Color, Colors};
pub use confirmation::Confirmation;
pub use consent::{Consent, ConsentLine, ProfileScope};
pub use error_page::{ErrorKind, ErrorPage};
pub use form_error::FormError;
pub use form_post::FormPost;
pub use invitation::{Invitation, Invited, InvitedUser};
pub use logged_out::LoggedOut;
pub use login_identifier::LoginIdentifier;
pub use login_password::LoginPassword;
pub use logout::Logout;
pub use logout_aborted::LogoutAborted;
pub use no_session::NoSession;
pub use onward::Onward;
pub use organization::{Organization, OrganizationField};
pub use organization_picker::{OrganizationEntry, OrganizationPicker};
pub use sessions::{SessionEntry, Sessions};
pub use signed_in::SignedIn;
pub use signup::Signup;
pub use texts::{Language, accepted_languages};
pub use web_message::WebMessage;

/// The parts that all pages show.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The language of all texts.
    pub language: Language,
    /// The tenant's `friendly_name`, or the name of the organization that the sign-in is for.
    pub tenant_name: &'a str,
    /// The tenant's `picture_url`, or the organization's logo; with `None` the page shows `initial`.
    pub logo_url: Option<&'a str>,
    /// The first letter of the organization's name; with `None` the page shows Doorward's mark.
    pub initial: Option<&'a str>,
    /// The organization's colors.
    pub colors: Colors,
    /// The name of the application, once it is known.
    pub client_name: Option<&'a str>,
}

impl Page<'_> {
    fn text(&self, key: &str) -> String {
        self.language.text(key, &[])
    }

    fn text_with(&self, key: &str, variable: &str, value: &str) -> String {
        self.language.text(key, &[(variable, value)])
    }

    fn text_of(&self, key: &str, variables: &[(&str, &str)]) -> String {
        self.language.text(key, variables)
    }

    /// The name of the application, or of the tenant if no application is known.
    fn destination(&self) -> &str {
        self.client_name.unwrap_or(self.tenant_name)
    }
}

#[cfg(test)]
mod tests;
