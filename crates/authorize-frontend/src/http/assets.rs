//! `/u/assets`: the files that pages load.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::ErrorCode;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};

use crate::error::ShownError;
use crate::views::{Asset, Colors};

/// Serves a file. Its URL changes with its content, so it may be cached for ever.
pub(super) async fn get(Path(name): Path<String>) -> Result<Response, ShownError> {
    let asset = Asset::find(&name).ok_or_else(no_such_file)?;
    Ok(file(asset.content_type, asset.body))
}

/// Serves the stylesheet of an organization's colors, which its name says.
pub(super) async fn get_colors(Path(name): Path<String>) -> Result<Response, ShownError> {
    let colors = Colors::from_name(&name).ok_or_else(no_such_file)?;
    Ok(file("text/css; charset=utf-8", colors.stylesheet()))
}

fn no_such_file() -> ShownError {
    let description = "No such file";
    ShownError::with_status(
        StatusCode::NOT_FOUND,
        ErrorCode::InvalidRequest,
        description,
    )
}

fn file(content_type: &'static str, body: impl IntoResponse) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    (headers, body).into_response()
}
