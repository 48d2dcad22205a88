//! `/u/sessions`: lists where the user is signed in.

use jiff::Timestamp;

use super::{Asset, Language, Page};
use crate::paths::PagePath;

/// The page that lists the sessions of a user.
#[derive(Debug, askama::Template)]
#[template(path = "sessions.html")]
pub struct Sessions<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The name of the user.
    pub user: &'a str,
    /// The sessions, in the order of the page.
    pub sessions: &'a [SessionEntry<'a>],
}

/// A session, described for its user.
#[derive(Debug)]
pub struct SessionEntry<'a> {
    /// The id that ends it.
    pub sid: &'a str,
    /// Whether it is the session of this browser.
    pub is_here: bool,
    /// The name of the browser, if it is known.
    pub browser: Option<&'static str>,
    /// The name of the operating system or device, if it is known.
    pub system: Option<&'static str>,
    /// The `User-Agent` of the browser.
    pub user_agent: Option<&'a str>,
    /// The time of its last use.
    pub last_used: Option<Timestamp>,
    /// The time of the sign-in.
    pub first_used: Option<Timestamp>,
    /// The IP address of its last use.
    pub ip: Option<&'a str>,
    /// The IP address of the sign-in, if it is another one.
    pub first_ip: Option<&'a str>,
    /// The names of the applications that have used it.
    pub applications: Vec<String>,
}

impl SessionEntry<'_> {
    /// The browser or the system, if only one is known.
    fn one_name(&self) -> Option<&'static str> {
        self.browser.or(self.system)
    }
}

impl Sessions<'_> {
    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.is_here)
    }

    /// Formats an instant for people, with its time zone, because the server does not know theirs. A line may break
    /// only after the day.
    fn time(&self, instant: &Timestamp) -> String {
        let format = match self.page.language {
            Language::En => "%-d %B %Y, %H:%M\u{a0}UTC",
            Language::Ja => "%Y年%-m月%-d日 %H:%M\u{a0}UTC",
        };
        instant.strftime(format).to_string()
    }
}
