//! `/u/assets`: the files that pages load.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::ErrorCode;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};

use crate::error::ShownError;
use crate::views::Asset;

/// Serves a file. Its URL changes with its content, so it may be cached for ever.
pub(super) async fn get(Path(name): Path<String>) -> Result<Response, ShownError> {
    let asset = Asset::find(&name).ok_or_else(|| {
        ShownError::with_status(
            StatusCode::NOT_FOUND,
            ErrorCode::InvalidRequest,
            "No such file",
        )
    })?;
    let headers = [
        (CONTENT_TYPE, asset.content_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    Ok((headers, asset.body).into_response())
}
