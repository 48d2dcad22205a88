//! Responses of a server.

use std::fmt;

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Error, Response, StatusCode};
use url::Url;

use crate::form::links;
use crate::{Callback, Form};

/// A response, read to its end.
pub struct Page {
    /// The URL of the request.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Page {
    /// Reads an answer to its end.
    pub async fn read(response: Response) -> Self {
        let page = Self::try_read(response).await;
        page.expect("the body arrives and is text")
    }

    pub(crate) async fn try_read(response: Response) -> Result<Self, Error> {
        Ok(Self {
            url: response.url().clone(),
            status: response.status(),
            headers: response.headers().clone(),
            body: response.text().await?,
        })
    }

    /// The value of a header; empty when it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("the header is ASCII"))
    }

    /// The target of a redirect.
    #[must_use]
    pub fn location(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?;
        let location = location.to_str().expect("Location is ASCII");
        Some(self.url.join(location).expect("Location is a URL"))
    }

    /// The only form of a page.
    #[must_use]
    #[track_caller]
    pub fn form(&self) -> Form {
        Form::find(self).unwrap_or_else(|| panic!("a form was expected: {self:?}"))
    }

    /// The first link to a path of the deployment that begins with this.
    #[must_use]
    pub fn link_to(&self, path: &str) -> Option<String> {
        links(&self.body)
            .into_iter()
            .find(|link| link.starts_with(path))
    }

    /// The key of the page's message, from its `data-error-code` attribute.
    #[must_use]
    pub fn error_code(&self) -> Option<&str> {
        let (_, rest) = self.body.split_once("data-error-code=\"")?;
        Some(rest.split_once('"')?.0)
    }

    /// The answer to the application in this redirect.
    #[must_use]
    #[track_caller]
    pub fn callback(&self) -> Callback {
        let location = self.location();
        let location = location.unwrap_or_else(|| panic!("a redirect was expected: {self:?}"));
        assert_eq!(self.status, StatusCode::FOUND, "{self:?}");
        Callback::parse(&location)
    }

    /// Checks that this is a page of Doorward with the given status, and that it leads nowhere.
    #[track_caller]
    pub fn assert_error_page(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.location(), None, "{self:?}");
        assert_eq!(
            self.header("content-type"),
            "text/html; charset=utf-8",
            "{self:?}"
        );
        assert!(!self.body.contains("access_token"), "{self:?}");
    }

    /// The body as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.status, self.url)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        write!(f, "\n{}", self.body)
    }
}
