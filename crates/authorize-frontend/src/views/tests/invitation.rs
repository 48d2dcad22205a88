//! Pages of an invitation.

use super::*;

fn invited(value: &str) -> Invited<'_> {
    Invited {
        inviter: value,
        organization: value,
        email: value,
    }
}

fn invitation<'a>(page: Page<'a>, value: &'a str, user: InvitedUser<'a>) -> String {
    Invitation {
        page,
        state: value,
        csrf: value,
        invited: invited(value),
        user,
    }
    .to_string()
}

pub(super) fn page_with(page: Page<'_>, value: &str) -> String {
    invitation(page, value, InvitedUser::Other(value))
}

pub(super) fn sign_in_with(page: Page<'_>, value: &str) -> String {
    LoginPassword {
        page,
        state: value,
        csrf: value,
        username: value,
        invited: Some(invited(value)),
        signup_allowed: true,
        error: None,
    }
    .to_string()
}

pub(super) fn sign_up_with(page: Page<'_>, value: &str) -> String {
    Signup {
        page,
        state: value,
        csrf: value,
        email: value,
        invited: Some(invited(value)),
        min_password_length: 12,
        error: None,
    }
    .to_string()
}

#[test]
fn each_visitor_gets_one_button() {
    let page = page(Language::En, "Kettle");
    for (user, action, text) in [
        (InvitedUser::Unknown, "accept", "Accept the invitation"),
        (InvitedUser::SignedIn("me"), "accept", "signed in as me"),
        (InvitedUser::Other("bob"), "switch", "Continue as carol"),
    ] {
        let html = invitation(page, "carol", user);
        let button = format!("name=\"action\" value=\"{action}\"");
        assert_eq!(html.matches("<button").count(), 1, "{user:?}");
        assert!(html.contains(&button) && html.contains(text), "{html}");
    }
}

#[test]
fn the_invited_address_cannot_be_edited() {
    let page = page(Language::En, "Kettle");
    for html in [sign_in_with(page, "carol"), sign_up_with(page, "carol")] {
        assert!(html.contains("carol invites you to join carol."), "{html}");
        assert!(html.contains(" readonly"), "{html}");
        assert!(!html.contains("Edit email address"), "{html}");
    }
}
