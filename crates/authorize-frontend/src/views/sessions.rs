//! `/u/sessions`: where are you signed in?

use jiff::Timestamp;

use super::{Asset, Language, Page};

/// The page that lists the sessions of a user.
#[derive(Debug, askama::Template)]
#[template(path = "sessions.html")]
pub struct Sessions<'a> {
    /// What every page shows.
    pub page: Page<'a>,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// Whose they are.
    pub user: &'a str,
    /// In the order of the page.
    pub sessions: &'a [SessionEntry<'a>],
}

/// A session as its user knows it.
#[derive(Debug)]
pub struct SessionEntry<'a> {
    /// By which it is ended.
    pub sid: &'a str,
    /// Whether it is the one of the browser that shows the page.
    pub is_here: bool,
    /// The name of the browser, if it is known.
    pub browser: Option<&'static str>,
    /// The name of the operating system or device, if it is known.
    pub system: Option<&'static str>,
    /// What the browser says of itself.
    pub user_agent: Option<&'a str>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// When it was opened.
    pub first_used: Option<Timestamp>,
    /// Where it was last used.
    pub ip: Option<&'a str>,
    /// Where it was opened, if that was elsewhere.
    pub first_ip: Option<&'a str>,
    /// The applications that were signed in to, by name.
    pub applications: Vec<String>,
}

impl SessionEntry<'_> {
    /// Browser or system, where only one is known.
    fn one_name(&self) -> Option<&'static str> {
        self.browser.or(self.system)
    }
}

impl Sessions<'_> {
    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.is_here)
    }

    /// An instant as people read it. The server does not know where they are, so it says in which time zone;
    /// a line may end after the day only.
    fn time(&self, instant: &Timestamp) -> String {
        let format = match self.page.language {
            Language::En => "%-d %B %Y, %H:%M\u{a0}UTC",
            Language::Ja => "%Y年%-m月%-d日 %H:%M\u{a0}UTC",
        };
        instant.strftime(format).to_string()
    }
}
