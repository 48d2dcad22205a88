//! Answers of a hosted page that is not the page to show.

use axum::response::{IntoResponse, Response};

use crate::backends::BackendError;
use crate::error::ShownError;

/// An error, or a redirect to the page where the sign-in goes on.
#[derive(Debug)]
pub(super) struct NotThisPage(Response);

impl IntoResponse for NotThisPage {
    fn into_response(self) -> Response {
        self.0
    }
}

impl From<Response> for NotThisPage {
    fn from(response: Response) -> Self {
        Self(response)
    }
}

impl From<ShownError> for NotThisPage {
    fn from(error: ShownError) -> Self {
        Self(error.into_response())
    }
}

impl From<BackendError> for NotThisPage {
    fn from(error: BackendError) -> Self {
        ShownError::from(error).into()
    }
}
