//! A browser without rendering or scripts: cookies, redirects, forms.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt;
use url::form_urlencoded;

use crate::TestApp;
use crate::tenant::PASSWORD;
use crate::test_app::HOST as ISSUER_HOST;

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Self {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.into()).unwrap(),
        }
    }

    /// The target of the redirect; empty if it is none.
    pub(crate) fn location(&self) -> &str {
        let location = self.headers.get(LOCATION);
        location.map_or("", |location| location.to_str().unwrap())
    }

    /// A parameter of an answer to the application, in any response mode.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let (_, parameters) = self.location().split_once(['#', '?'])?;
        let mut parameters = form_urlencoded::parse(parameters.as_bytes());
        parameters
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The claims of the ID token in an answer to the application.
    pub(crate) fn id_token(&self) -> serde_json::Value {
        self.claims("id_token")
    }

    /// The claims of the JWT access token in an answer to the application.
    pub(crate) fn access_token(&self) -> serde_json::Value {
        self.claims("access_token")
    }

    fn claims(&self, token: &str) -> serde_json::Value {
        use base64::Engine;
        let token = self.parameter(token).unwrap();
        let payload = token.split('.').nth(1).unwrap();
        let payload = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(payload);
        serde_json::from_slice(&payload.unwrap()).unwrap()
    }

    /// The `error` of an answer to the application; empty without one.
    pub(crate) fn error(&self) -> String {
        self.parameter("error").unwrap_or_default()
    }

    /// The value of a hidden field.
    pub(crate) fn field(&self, name: &str) -> &str {
        let field = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&field).unwrap_or_default();
        rest.split('"').next().unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn assert_page(&self, status: u16, text: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.location(), "");
        assert!(self.body.contains("<h1>"), "not one of our pages");
        assert!(self.body.contains(text), "{}", self.body);
    }
}

/// Checks for a completed sign-out, with a redirect to `location`, or with a page if it is empty.
#[track_caller]
pub(crate) fn assert_signed_out(answer: &Answer, location: &str, asked: &impl Debug) {
    assert_eq!(answer.location(), location, "{asked:?}");
    match location {
        "" => answer.assert_page(200, "You are signed out"),
        _ => assert_eq!(answer.status, 302, "{asked:?}"),
    }
}

/// One browser profile.
#[derive(Clone)]
pub(crate) struct Browser<'a> {
    app: &'a TestApp,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Headers of every request, for example `User-Agent`.
    pub(crate) headers: HeaderMap,
    /// Its IP address.
    pub(crate) address: Option<IpAddr>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            cookies: BTreeMap::new(),
            headers: HeaderMap::new(),
            address: None,
        }
    }

    pub(crate) async fn get(&mut self, target: &str) -> Answer {
        let request = Request::get(target).body(Body::empty()).unwrap();
        self.send(request).await
    }

    pub(crate) async fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(target)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Answer {
        if let Some(address) = self.address {
            let peer = ConnectInfo(SocketAddr::new(address, 50_000));
            request.extensions_mut().insert(peer);
        }
        let headers = request.headers_mut();
        headers.extend(self.headers.clone());
        headers.entry(HOST).or_insert(ISSUER_HOST.parse().unwrap());
        let cookies = self.cookies.iter();
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            headers.insert(COOKIE, cookies.join("; ").parse().unwrap());
        }
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let answer = Answer::read(response).await;
        self.keep_cookies(&answer);
        answer
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Follows redirects within Doorward.
    pub(crate) async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            if !answer.location().starts_with('/') {
                return answer;
            }
            let location = answer.location().to_owned();
            answer = self.get(&location).await;
        }
        panic!("a redirect loop: {}", answer.location());
    }

    pub(crate) async fn open(&mut self, target: &str) -> Answer {
        let answer = self.get(target).await;
        self.follow(answer).await
    }

    /// Sends a request, and continues to the password page.
    pub(crate) async fn password_page(&mut self, target: &str, email: &str) -> Answer {
        let page = self.open(target).await;
        let answer = self.submit("identifier", &page, email, "").await;
        self.follow(answer).await
    }

    /// Submits a page of `/u/login`, without following.
    pub(crate) async fn submit(
        &mut self,
        name: &str,
        page: &Answer,
        email: &str,
        password: &str,
    ) -> Answer {
        let fields = [
            ("state", page.field("state")),
            ("_csrf", page.field("_csrf")),
            ("username", email),
            ("password", password),
        ];
        self.post(&format!("/u/login/{name}"), &fields).await
    }

    /// Presses a button of `/u/consent` or `/u/confirmation`, without following.
    pub(crate) async fn choose(&mut self, name: &str, page: &Answer, action: &str) -> Answer {
        let fields = [
            ("state", page.field("state")),
            ("_csrf", page.field("_csrf")),
            ("action", action),
        ];
        self.post(&format!("/u/{name}"), &fields).await
    }

    /// Sends a request, signs in, and returns the answer to the application.
    pub(crate) async fn sign_in(&mut self, target: &str, email: &str) -> Answer {
        let page = self.password_page(target, email).await;
        let answer = self.submit("password", &page, email, PASSWORD).await;
        self.follow(answer).await
    }
}
