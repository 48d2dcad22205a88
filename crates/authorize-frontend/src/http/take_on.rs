//! Takes requests on, or refuses them because there is too much to do.

use axum::extract::Request;

use crate::browser::Browser;
use crate::deps::Deps;
use crate::paths::PagePath;
use crate::workload::{Overloaded, Party, Priority, Work};

/// Takes a request on, as one of the browser's address.
pub(super) fn take_on(
    priority: Priority,
    browser: &Browser,
    deps: &Deps,
) -> Result<Work, Overloaded> {
    let ip = browser.device.ip.as_deref().and_then(|ip| ip.parse().ok());
    deps.workload
        .begin(priority, [ip.map(Party::address), None])
}

/// The priority of a page. `None` for the endpoints that decide themselves once they know who asks, and for those that
/// answer in any case: logout, and what is answered from memory.
pub(super) fn priority(request: &Request) -> Option<Priority> {
    const DEFERRABLE: [PagePath; 3] = [
        PagePath::Signup,
        PagePath::Invitation,
        PagePath::InvitationStart,
    ];
    const INTERACTIVE: [PagePath; 8] = [
        PagePath::LoginIdentifier,
        PagePath::LoginPassword,
        PagePath::Organization,
        PagePath::PreOrganizationPicker,
        PagePath::OrganizationPicker,
        PagePath::Consent,
        PagePath::Confirmation,
        PagePath::Sessions,
    ];
    let path = request.uri().path();
    let is_in = |pages: &[PagePath]| pages.iter().any(|page| page.as_str() == path);
    if is_in(&DEFERRABLE) {
        Some(Priority::Deferrable)
    } else if is_in(&INTERACTIVE) {
        Some(Priority::Interactive)
    } else {
        None
    }
}
