//! The files of the demo application, built into the program.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::get;

/// A file: path, content type, content.
type File = (&'static str, &'static str, &'static str);

macro_rules! content {
    ($name:literal) => {
        include_str!(concat!("../../../../deploy/demo/", $name))
    };
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

const FILES: [File; 6] = [
    ("/", HTML, content!("index.html")),
    ("/app.js", SCRIPT, content!("app.js")),
    ("/checks.js", SCRIPT, content!("checks.js")),
    ("/oidc.js", SCRIPT, content!("oidc.js")),
    ("/style.css", STYLE, content!("style.css")),
    ("/icon.svg", IMAGE, content!("icon.svg")),
];

/// Serves the files. Their content security policy allows only their own scripts, and connections to this host and the
/// issuer.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(issuer: &str) -> Router<S> {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self' {issuer}; frame-src {issuer}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let policy =
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let add = |router: Router<S>, (path, content_type, content): File| {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (header::CONTENT_SECURITY_POLICY, policy.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
        ];
        router.route(path, get(async move || (headers.clone(), content)))
    };
    FILES.into_iter().fold(Router::new(), add)
}
