//! The sessions as the page lists them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::user_agent::{browser, system};
use crate::backends::BackendError;
use crate::deps::Deps;
use crate::model::{Device, Session};
use crate::views::SessionEntry;

/// In the order of the store; `here` is the `sid` of the session that looks.
pub(super) async fn entries<'a>(
    sessions: &'a [Session],
    here: &str,
    deps: &Deps,
) -> Result<Vec<SessionEntry<'a>>, BackendError> {
    let names = names_of_applications(sessions, deps).await?;
    let entries = sessions.iter().map(|session| {
        let applications = applications(session, &names);
        entry(session, session.sid == here, applications)
    });
    Ok(entries.collect())
}

/// Looks up each application once. Deleted ones have no name. During an outage of the registry, an application does
/// not count as deleted.
async fn names_of_applications<'a>(
    sessions: &'a [Session],
    deps: &Deps,
) -> Result<BTreeMap<&'a str, String>, BackendError> {
    let mut names = BTreeMap::new();
    for client_id in sessions.iter().flat_map(|session| &session.client_ids) {
        if names.contains_key(client_id.as_str()) {
            continue;
        }
        let found = deps.backends.registry.client(client_id).await?;
        let name = found.map(|client| client.name.clone());
        names.insert(client_id.as_str(), name);
    }
    let known = names.into_iter();
    Ok(known
        .filter_map(|(client_id, name)| Some((client_id, name?)))
        .collect())
}

fn applications(session: &Session, names: &BTreeMap<&str, String>) -> Vec<String> {
    let client_ids = session.client_ids.iter();
    client_ids
        .filter_map(|client_id| names.get(client_id.as_str()).cloned())
        .collect()
}

fn entry(session: &Session, is_here: bool, applications: Vec<String>) -> SessionEntry<'_> {
    let first = &session.initial_device;
    // A session may be older than the note of where it was last used.
    let last = Some(&session.last_device).filter(|last| **last != Device::default());
    let last = last.unwrap_or(first);
    let user_agent = last.user_agent.as_deref();
    SessionEntry {
        sid: &session.sid,
        is_here,
        browser: user_agent.and_then(browser),
        system: user_agent.and_then(system),
        user_agent,
        last_used: to_second(session.last_interacted_at),
        first_used: to_second(session.created_at),
        ip: last.ip.as_deref(),
        first_ip: first.ip.as_deref().filter(|_| first.ip != last.ip),
        applications,
    }
}

/// The same instant without its fraction.
fn to_second(instant: Timestamp) -> Option<Timestamp> {
    Timestamp::from_second(instant.as_second()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(ip: &str, user_agent: &str) -> Device {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Device {
            ip: text(ip),
            user_agent: text(user_agent),
        }
    }

    fn session(first: Option<Device>, last: Option<Device>) -> Session {
        Session {
            sid: "sid".to_owned(),
            user_id: "auth0|alice".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            authenticated_at: Timestamp::UNIX_EPOCH,
            last_interacted_at: Timestamp::UNIX_EPOCH,
            client_ids: Vec::new(),
            connection: "db".to_owned(),
            initial_device: first.unwrap_or_default(),
            last_device: last.unwrap_or_default(),
        }
    }

    #[test]
    fn the_first_address_is_told_when_it_was_another() {
        let here = || Some(device("192.0.2.1", "Firefox/1"));
        let there = || Some(device("2001:db8::1", "Firefox/2"));
        for (first, last, expected) in [
            (here(), here(), (Some("192.0.2.1"), None)),
            (here(), there(), (Some("2001:db8::1"), Some("192.0.2.1"))),
            (here(), None, (Some("192.0.2.1"), None)),
            (here(), Some(device("", "")), (Some("192.0.2.1"), None)),
            (
                here(),
                Some(device("", "Firefox/2")),
                (None, Some("192.0.2.1")),
            ),
            (None, here(), (Some("192.0.2.1"), None)),
            (None, None, (None, None)),
        ] {
            let session = session(first, last);
            let entry = entry(&session, false, Vec::new());
            assert_eq!((entry.ip, entry.first_ip), expected, "{session:?}");
        }
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        let session = session(None, Some(device("", "")));
        let entry = entry(&session, true, Vec::new());
        let named = (entry.browser, entry.system, entry.user_agent);
        assert_eq!(named, (None, None, None));
    }
}
