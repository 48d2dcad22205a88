//! What a hosted page answers when it is not the page to show.

use axum::response::{IntoResponse, Response};

use crate::backends::BackendError;
use crate::error::ShownError;

/// Instead of the page: an error, or a redirect to where the sign-in goes on.
#[derive(Debug)]
pub(super) struct Elsewhere(Response);

impl IntoResponse for Elsewhere {
    fn into_response(self) -> Response {
        self.0
    }
}

impl From<Response> for Elsewhere {
    fn from(response: Response) -> Self {
        Self(response)
    }
}

impl From<ShownError> for Elsewhere {
    fn from(error: ShownError) -> Self {
        Self(error.into_response())
    }
}

impl From<BackendError> for Elsewhere {
    fn from(error: BackendError) -> Self {
        ShownError::from(error).into()
    }
}
