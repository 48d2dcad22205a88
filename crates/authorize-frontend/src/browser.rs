//! The browser behind a request, as plain data that `http` reads from the headers.

use doorward_service_kit::token_hash;

use crate::model::{Device, SessionQuery, Tenant};
use crate::views::Language;

/// The browser behind a request.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    /// Values of the session cookie. There are several only when the cookies were tampered with; one that could not be
    /// ours is empty.
    pub(crate) session_tokens: Vec<String>,
    /// Value of the cookie that pending sign-ins are tied to.
    pub(crate) token: Option<String>,
    /// Value by which the browser is known, if it has signed in before.
    pub(crate) device_token: Option<String>,
    /// Languages of the user that we have, the preferred one first.
    pub(crate) languages: Vec<Language>,
    /// True when the browser says that it sent no cookies because the request is from a frame of another site: then it
    /// is unknown whether its user is signed in. Browsers that do not say so send cookies, or have none (Storage Access
    /// Headers).
    pub(crate) withholds_cookies: bool,
    /// True when the browser posts from another site, and so keeps back the cookie that pending sign-ins are tied to
    /// (`SameSite=Lax`).
    pub(crate) is_cross_site_post: bool,
    /// Address and program of the browser.
    pub(crate) device: Device,
}

impl Browser {
    /// Value of the session cookie, if it could be ours. One that occurs twice was tampered with, and has none.
    pub(crate) fn session_token(&self) -> Option<&str> {
        only(&self.session_tokens)
    }

    /// Value of the cookie that pending sign-ins are tied to.
    pub(crate) fn browser_token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The value by which the browser is known after a sign-in. Two submits at once make the same one.
    pub(crate) fn own_device_token(&self) -> Option<String> {
        let derived = || Some(token_hash(&format!("device {}", self.browser_token()?)));
        self.device_token.clone().or_else(derived)
    }

    /// A lookup of this browser's session, of any user and age.
    pub(crate) fn session_query(&self, tenant: &Tenant) -> SessionQuery<'_> {
        SessionQuery {
            session_token: self.session_token(),
            device: &self.device,
            lifetimes: tenant.session_lifetimes,
            client_id: None,
            max_age_seconds: None,
            user_id: None,
        }
    }

    /// Chooses the language of a page: the first entry of `ui_locales`, else what the browser prefers, else the
    /// tenant's default; each only if the tenant has enabled it (OIDC Core §3.1.2.1).
    pub(crate) fn language(&self, ui_locales: Option<&str>, tenant: &Tenant) -> Language {
        let asked = ui_locales
            .and_then(|locales| locales.split(' ').next())
            .and_then(Language::from_tag);
        let enabled = Language::enabled(tenant.enabled_locales.iter().map(String::as_str));
        Language::choose(
            &enabled,
            asked.into_iter().chain(self.languages.iter().copied()),
        )
    }
}

/// The value of a cookie that occurs once.
pub(crate) fn only(values: &[String]) -> Option<&str> {
    match values {
        [value] if !value.is_empty() => Some(value),
        _ => None,
    }
}
