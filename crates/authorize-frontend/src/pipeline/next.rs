//! The result of the pipeline as a value, which `http` turns into a response.

use super::{Issued, PageAddress, RawParams, VerifiedRedirect};
use crate::error::OAuthError;

/// The next response to the browser.
#[derive(Debug)]
pub(crate) enum Next {
    /// The answer to the application, tokens or an error. The redirect says where it goes, and in which mode.
    Answer(VerifiedRedirect, Result<Issued, OAuthError>),
    /// A redirect to a page of ours.
    Page(PageAddress),
    /// A redirect to the first page of a transaction, which ties the transaction to the browser.
    FirstPage {
        address: PageAddress,
        /// Value of the cookie that pending sign-ins are tied to.
        browser_token: String,
    },
    /// A form that sends the same request again from a page of ours, with cookies.
    Repeat(VerifiedRedirect, RawParams),
}
