//! A browser without rendering or scripts: cookies, redirects, forms.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use cookie::Cookie;
use reqwest::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use reqwest::{Client, Error, Method, RequestBuilder, Response, StatusCode};
use url::Url;

use crate::{Callback, Deployment, Form, Page, Replica, Request, User, secrets};

const ANSWERS: &str = "the deployment answers";

/// One browser profile at one deployment.
#[derive(Debug)]
pub struct Agent {
    http: Client,
    /// The client for requests that could not even connect.
    spare: Option<Client>,
    issuer: Url,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Agent {
    /// A profile without any cookies.
    #[must_use]
    pub fn new(deployment: &Deployment) -> Self {
        Self {
            http: deployment.http(Replica::First),
            spare: None,
            issuer: deployment.issuer().clone(),
            cookies: Arc::default(),
        }
    }

    /// A profile without any cookies, for the given client and issuer.
    pub(crate) fn of(http: Client, issuer: &Url) -> Self {
        Self {
            http,
            spare: None,
            issuer: issuer.clone(),
            cookies: Arc::default(),
        }
    }

    /// The same profile, sharing its cookies, with requests to the given frontend.
    #[must_use]
    pub fn at(&self, replica: Replica, deployment: &Deployment) -> Self {
        Self {
            http: deployment.http(replica),
            spare: None,
            issuer: self.issuer.clone(),
            cookies: Arc::clone(&self.cookies),
        }
    }

    /// Another profile without any cookies, over the same connections.
    #[must_use]
    pub fn another(&self) -> Self {
        Self {
            http: self.http.clone(),
            spare: self.spare.clone(),
            issuer: self.issuer.clone(),
            cookies: Arc::default(),
        }
    }

    /// Sends requests that cannot connect to the other agent's frontend, like a load balancer.
    #[must_use]
    pub fn or_else(mut self, other: &Self) -> Self {
        self.spare = Some(other.http.clone());
        self
    }

    /// The cookies that the deployment has set, by name.
    #[must_use]
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replaces the cookies, like a copied profile or a thief.
    pub fn set_cookies(&self, cookies: BTreeMap<String, String>) {
        *self.cookies.lock().unwrap_or_else(PoisonError::into_inner) = cookies;
    }

    /// Begins a request to a path of the deployment.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// Sends a request with the cookies, and stores the cookies of the response.
    pub async fn send(&self, request: RequestBuilder) -> Page {
        self.try_send(request).await.expect(ANSWERS)
    }

    /// Like [`send`](Self::send); an error if the connection breaks.
    ///
    /// # Errors
    /// Those of the connection. An error status is no error here.
    pub async fn try_send(&self, request: RequestBuilder) -> Result<Page, Error> {
        let cookies = self.cookies().into_iter();
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = if cookies.is_empty() {
            request
        } else {
            request.header(COOKIE, cookies.join("; "))
        };
        let response = self.execute(request).await?;
        self.keep_cookies(response.headers());
        Page::try_read(response).await
    }

    async fn execute(&self, request: RequestBuilder) -> Result<Response, Error> {
        let (client, request) = request.build_split();
        let request = request?;
        let again = request.try_clone();
        match (client.execute(request).await, &self.spare, again) {
            (Err(error), Some(spare), Some(again)) if error.is_connect() => {
                spare.execute(again).await
            }
            (answer, ..) => answer,
        }
    }

    /// Opens an address of the deployment.
    pub async fn get(&self, path: &str) -> Page {
        self.try_get(path).await.expect(ANSWERS)
    }

    /// Like [`get`](Self::get); an error if the connection breaks.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn try_get(&self, path: &str) -> Result<Page, Error> {
        self.try_send(self.request(Method::GET, path)).await
    }

    /// Sends a form.
    pub async fn submit(&self, form: &Form) -> Page {
        self.submit_with(form, &[]).await
    }

    /// Like [`submit`](Self::submit); an error if the connection breaks.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn try_submit(&self, form: &Form) -> Result<Page, Error> {
        self.try_send(self.http.post(form.action.clone()).form(&form.fields))
            .await
    }

    /// Sends a form with those headers.
    pub async fn submit_with(&self, form: &Form, headers: &[(&str, &str)]) -> Page {
        let mut request = self.http.post(form.action.clone()).form(&form.fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// Sends an authorization request, and returns its response.
    pub async fn authorize(&self, request: &Request) -> Page {
        self.try_authorize(request).await.expect(ANSWERS)
    }

    /// Like [`authorize`](Self::authorize); an error if the connection breaks.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn try_authorize(&self, request: &Request) -> Result<Page, Error> {
        self.try_send(
            self.request(Method::GET, "/authorize")
                .query(request.parameters()),
        )
        .await
    }

    /// Returns the error of a silent authentication; empty if there was a token.
    pub async fn silent_error(&self) -> String {
        let answer = self.authorize(&Request::silent("token")).await.callback();
        answer.find("error").unwrap_or_default().to_owned()
    }

    /// Follows redirects within the deployment, up to a page or a redirect that leaves it.
    pub async fn follow(&self, page: Page) -> Page {
        self.try_follow(page).await.expect(ANSWERS)
    }

    /// Like [`follow`](Self::follow); an error if a connection breaks.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn try_follow(&self, mut page: Page) -> Result<Page, Error> {
        for _ in 0..10 {
            let Some(next) = page.location() else {
                return Ok(page);
            };
            if next.origin() != self.issuer.origin() {
                return Ok(page);
            }
            page = self.try_get(next.as_str()).await?;
        }
        panic!("ten redirects and no end: {page:?}");
    }

    /// Sends an authorization request and follows redirects to the first page, or to the answer.
    pub async fn open(&self, request: &Request) -> Page {
        let page = self.authorize(request).await;
        self.follow(page).await
    }

    /// Signs a user in with email and password, and returns the answer to the application.
    pub async fn sign_in(&self, request: &Request, user: &User) -> Callback {
        let page = self.open(request).await;
        self.fill_in(&page, user).await.callback()
    }

    /// Fills in both sign-in pages, and returns the response.
    pub async fn fill_in(&self, identifier: &Page, user: &User) -> Page {
        let form = identifier.form().with("username", &user.email);
        let password = self.submit_and_follow(&form).await;
        let form = password.form().with("password", &user.password);
        self.submit_and_follow(&form).await
    }

    /// Fills in both sign-in pages with wrong values, and returns the page with the error.
    pub async fn fill_in_wrongly(&self, identifier: &Page, user: &User) -> Page {
        let form = identifier.form().with("username", &user.email);
        let password = self.submit_and_follow(&form).await;
        self.submit(&password.form().with("password", &user.password))
            .await
    }

    /// Sends a form that the server must accept.
    pub async fn submit_and_follow(&self, form: &Form) -> Page {
        let page = self.submit(form).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{page:?}");
        self.follow(page).await
    }

    fn url(&self, path: &str) -> Url {
        self.issuer.join(path).expect("a path of the deployment")
    }

    /// Stores cookies like a browser: `Secure` ones also on `http://localhost`, prefixed ones only if they keep its
    /// rules.
    fn keep_cookies(&self, headers: &HeaderMap<HeaderValue>) {
        let mut kept = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for header in headers.get_all(SET_COOKIE) {
            let text = header.to_str().expect("Set-Cookie is ASCII");
            let cookie = Cookie::parse(text).expect("Set-Cookie can be read");
            if cookie.name().starts_with("__Host-") {
                let host_only = cookie.path() == Some("/") && cookie.domain().is_none();
                assert!(
                    host_only && cookie.secure() == Some(true),
                    "a browser refuses {text:?}"
                );
            }
            if cookie
                .max_age()
                .is_some_and(|age| age.is_zero() || age.is_negative())
            {
                kept.remove(cookie.name());
            } else {
                secrets::note(cookie.value());
                kept.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }
}
