//! The page for errors that do not go to the application.

use http::StatusCode;

use super::{Asset, Page};
use crate::paths::PagePath;

/// The kind of error, which selects the text for the user. The technical line has the details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The application's request cannot be accepted.
    Request,
    /// The transaction has ended, has expired, or belongs to another browser.
    StartAgain,
    /// The link of an invitation cannot be used, any more or at all.
    InvitationNotUsable,
    /// A form asked for a change that was not possible, and nothing changed.
    NothingChanged,
    /// There is no page at this URL.
    NotFound,
    /// The request exceeds a limit of size.
    TooLarge,
    /// A part of Doorward cannot be reached.
    Unavailable,
    /// A sign-out may or may not have succeeded.
    UnconfirmedSignOut,
    /// A defect of Doorward.
    Fault,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Request,
        Self::StartAgain,
        Self::InvitationNotUsable,
        Self::NothingChanged,
        Self::NotFound,
        Self::TooLarge,
        Self::Unavailable,
        Self::UnconfirmedSignOut,
        Self::Fault,
    ];

    /// The kind for a status.
    #[must_use]
    pub fn of(status: StatusCode) -> Self {
        match status.as_u16() {
            404 => Self::NotFound,
            413 | 414 | 431 => Self::TooLarge,
            502..=504 => Self::Unavailable,
            // An unsupported response_type is the application's mistake.
            501 => Self::Request,
            500.. => Self::Fault,
            _ => Self::Request,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::StartAgain => "start-again",
            Self::InvitationNotUsable => "invitation-not-usable",
            Self::NothingChanged => "nothing-changed",
            Self::NotFound => "not-found",
            Self::TooLarge => "too-large",
            Self::Unavailable => "unavailable",
            Self::UnconfirmedSignOut => "unconfirmed-sign-out",
            Self::Fault => "fault",
        }
    }

    pub(super) fn title_key(self) -> String {
        format!("{}-title", self.key())
    }

    pub(super) fn sentence_key(self) -> String {
        format!("{}-sentence", self.key())
    }

    /// The path of the page that shows the current state.
    pub(super) fn way_back(self) -> Option<&'static str> {
        (self == Self::NothingChanged).then_some(PagePath::Sessions.as_str())
    }
}

/// The error page.
#[derive(Debug, askama::Template)]
#[template(path = "error_page.html")]
pub struct ErrorPage<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The kind of error.
    pub kind: ErrorKind,
    /// The protocol's error code.
    pub error: &'a str,
    /// The protocol's description; English, for the application's developer.
    pub error_description: &'a str,
    /// The `trace_id` of the log entry.
    pub tracking_id: &'a str,
    /// The tenant's `support_email`.
    pub support_email: Option<&'a str>,
    /// The tenant's `support_url`.
    pub support_url: Option<&'a str>,
}
