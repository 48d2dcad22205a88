//! Reads what a request says about the browser that sent it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::Method;
use http::header::{ACCEPT_LANGUAGE, AsHeaderName, HeaderMap, HeaderName, USER_AGENT};
use http::request::Parts;
use ipnet::IpNet;

use super::{cookies, peer};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::model::Device;
use crate::views::{Language, accepted_languages};

/// Where a request comes from (W3C Fetch Metadata).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Sent with requests that cross sites: may they carry cookies?
const STORAGE_ACCESS: HeaderName = HeaderName::from_static("sec-fetch-storage-access");
const MAX_USER_AGENT: usize = 512;

/// Reads the browser from the head of its request.
pub(crate) fn read(parts: &Parts, trusted_proxies: &[IpNet]) -> Browser {
    let headers = &parts.headers;
    let text = |name: HeaderName| text_of(headers, name).unwrap_or_default();
    let ip = peer::browser_address(headers, &parts.extensions, trusted_proxies);
    Browser {
        session_tokens: cookies::session_tokens(headers),
        token: cookies::browser_token(headers),
        device_token: cookies::device_token(headers),
        languages: accepted_languages(text(ACCEPT_LANGUAGE))
            .into_iter()
            .filter_map(Language::from_tag)
            .collect(),
        withholds_cookies: matches!(text(STORAGE_ACCESS), "none" | "inactive"),
        is_cross_site_post: parts.method == Method::POST && text(FETCH_SITE) == "cross-site",
        device: Device {
            ip: ip.map(|ip| ip.to_string()),
            user_agent: text_of(headers, USER_AGENT)
                .filter(|text| !text.is_empty())
                .map(|text| text.chars().take(MAX_USER_AGENT).collect()),
        },
    }
}

impl FromRequestParts<Arc<Deps>> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, deps: &Arc<Deps>) -> Result<Self, Infallible> {
        Ok(read(parts, &deps.trusted_proxies))
    }
}

fn text_of(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
