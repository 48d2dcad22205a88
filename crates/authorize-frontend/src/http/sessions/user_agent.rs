//! Reads the names of browser and system from the `User-Agent` header.
//!
//! For display only; the header is not trusted. Only names from these lists are returned, enough for users to
//! recognise their devices, and no versions, which browsers no longer send truthfully. The names that nearly all
//! browsers include for old sites (`Mozilla`, `Safari`, `Chrome`) are tried last.
//!
//! Two cases cannot be recognised: an iPad that requests desktop sites identifies itself as a Macintosh, and Brave as
//! Chrome.

/// Marks of browsers, the more specific first.
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

/// Marks of systems, the more specific first: an iPhone is "like Mac OS X", and Android is a Linux.
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

/// The systems with Safari.
const OF_APPLE: [&str; 4] = ["iPhone", "iPad", "iPod", "macOS"];

/// The name of the browser, if it is a common one.
pub(super) fn browser(user_agent: &str) -> Option<&'static str> {
    if has(user_agent, "MSIE ") || has(user_agent, "Trident/") {
        return Some("Internet Explorer");
    }
    // On other systems it is another browser with WebKit.
    let may_be_safari = system(user_agent).is_some_and(|system| OF_APPLE.contains(&system));
    find(&BROWSERS, user_agent).or_else(|| {
        let says_so = has(user_agent, "Version/") && has(user_agent, "Safari/");
        (says_so && may_be_safari).then_some("Safari")
    })
}

/// The name of the operating system or device.
pub(super) fn system(user_agent: &str) -> Option<&'static str> {
    find(&SYSTEMS, user_agent)
}

fn find(names: &[(&str, &'static str)], user_agent: &str) -> Option<&'static str> {
    let mut names = names.iter();
    let (_, name) = names.find(|(mark, _)| has(user_agent, mark))?;
    Some(name)
}

/// Whether the mark occurs at the start of a word.
fn has(user_agent: &str, mark: &str) -> bool {
    let mut places = user_agent.match_indices(mark);
    places.any(|(at, _)| !user_agent[..at].ends_with(|before: char| before.is_alphanumeric()))
}

#[cfg(test)]
mod tests;
