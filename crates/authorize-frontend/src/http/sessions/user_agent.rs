//! The `User-Agent` header in words.
//!
//! A reading, and no proof: the header says what its sender likes. So no more is read than a person needs to know their own
//! devices apart, only names from these lists are ever given, and versions, which browsers no longer tell truly, are not.
//! What nearly all browsers claim to be for the sake of old sites (`Mozilla`, `Safari`, `Chrome`) counts last.
//!
//! Two things cannot be seen: an iPad that asks for desktop sites calls itself a Macintosh, and Brave calls itself Chrome.

/// What a browser is known by, the more special first.
const BROWSERS: [(&str, &str); 29] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPX/", "Opera"),
    ("Opera/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("UCBrowser/", "UC Browser"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("Line/", "LINE"),
    ("FBAN/", "Facebook"),
    ("FBAV/", "Facebook"),
    ("Instagram", "Instagram"),
    ("MicroMessenger/", "WeChat"),
    ("GSA/", "Google"),
    ("Electron/", "Electron"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
];

/// What a system is known by, the more special first: an iPhone is "like Mac OS X", and Android is a Linux.
const SYSTEMS: [(&str, &str); 15] = [
    ("Windows Phone", "Windows Phone"),
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("iPod", "iPod"),
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Tizen", "Tizen"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("Linux", "Linux"),
    ("X11", "Linux"),
];

/// Who makes Safari.
const OF_APPLE: [&str; 4] = ["iPhone", "iPad", "iPod", "macOS"];

/// The browser, if it is one of those that most people use.
pub(super) fn browser(user_agent: &str) -> Option<&'static str> {
    if has(user_agent, "MSIE ") || has(user_agent, "Trident/") {
        return Some("Internet Explorer");
    }
    // On other systems it is something else that is built on WebKit.
    let may_be_safari = system(user_agent).is_some_and(|system| OF_APPLE.contains(&system));
    find(&BROWSERS, user_agent).or_else(|| {
        let says_so = has(user_agent, "Version/") && has(user_agent, "Safari/");
        (says_so && may_be_safari).then_some("Safari")
    })
}

/// The operating system, or the device that stands for it.
pub(super) fn system(user_agent: &str) -> Option<&'static str> {
    find(&SYSTEMS, user_agent)
}

fn find(names: &[(&str, &'static str)], user_agent: &str) -> Option<&'static str> {
    let mut names = names.iter();
    let (_, name) = names.find(|(mark, _)| has(user_agent, mark))?;
    Some(name)
}

/// Whether the mark is there as the beginning of a word.
fn has(user_agent: &str, mark: &str) -> bool {
    let mut places = user_agent.match_indices(mark);
    places.any(|(at, _)| !user_agent[..at].ends_with(|before: char| before.is_alphanumeric()))
}

#[cfg(test)]
mod tests;
