//! The page for everything that cannot be told to the application.

use http::StatusCode;

use super::{Asset, Page};

/// What the person is told; the technical line carries the details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The application's request cannot be accepted.
    Request,
    /// The transaction is over, too old, or belongs to another browser.
    StartAgain,
    /// A page of ours asked for something that could not be done, and was not.
    NothingChanged,
    /// No page has this address.
    NotFound,
    /// More was sent than we read.
    TooLarge,
    /// A part of Doorward cannot be reached.
    Unavailable,
    /// It is not known whether the person is signed out.
    UnconfirmedSignOut,
    /// A fault of ours.
    Fault,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Request,
        Self::StartAgain,
        Self::NothingChanged,
        Self::NotFound,
        Self::TooLarge,
        Self::Unavailable,
        Self::UnconfirmedSignOut,
        Self::Fault,
    ];

    /// The kind for an answer of which no more than its status is known.
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

    /// The page of ours where the person can look how things are.
    pub(super) fn way_back(self) -> Option<&'static str> {
        (self == Self::NothingChanged).then_some("/u/sessions")
    }
}

/// The error page.
#[derive(Debug, askama::Template)]
#[template(path = "error_page.html")]
pub struct ErrorPage<'a> {
    /// What every page shows.
    pub page: Page<'a>,
    /// What the person is told.
    pub kind: ErrorKind,
    /// The protocol's error code.
    pub error: &'a str,
    /// The protocol's description; English, for the application's developer.
    pub error_description: &'a str,
    /// By which the log entry is found.
    pub tracking_id: &'a str,
    /// The tenant's `support_email`.
    pub support_email: Option<&'a str>,
    /// The tenant's `support_url`.
    pub support_url: Option<&'a str>,
}
