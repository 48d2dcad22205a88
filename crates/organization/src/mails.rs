//! The mails of this service.
//!
//! Every link comes from the caller, which has made it of registered addresses; nothing here reads a request.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use doorward_service_kit::mail::{Brand, Button, Letter, Mail, Texts};
use jiff::Timestamp;

use crate::domain::Organization;

/// Texts, and the form of a time in the same language.
static LANGUAGES: LazyLock<[(Texts, &str); 2]> = LazyLock::new(|| {
    [
        (
            Texts::new("en", include_str!("../locales/en.ftl")),
            "%-d %B %Y, %H:%M UTC",
        ),
        (
            Texts::new("ja", include_str!("../locales/ja.ftl")),
            "%Y年%-m月%-d日 %H:%M（UTC）",
        ),
    ]
});

/// The facts of an invitation's mail.
#[derive(Debug)]
pub(crate) struct InvitationMail<'a> {
    /// The organization that the reader is invited to.
    pub(crate) organization: &'a Organization,
    /// Name of the person who invites.
    pub(crate) inviter_name: &'a str,
    /// Address of the reader.
    pub(crate) invitee_email: &'a str,
    /// Time from which the link is worth nothing.
    pub(crate) expires_at: Timestamp,
    /// The link, with the ticket.
    pub(crate) url: &'a str,
    /// BCP 47 tag; a language without texts is English.
    pub(crate) language: &'a str,
    /// The tenant's name for users, which is the name of the sender; empty: the organization's.
    pub(crate) tenant_name: &'a str,
    /// The application's name for users.
    pub(crate) client_name: &'a str,
}

/// Renders the mail of an invitation.
pub(crate) fn invitation(facts: &InvitationMail<'_>) -> Mail {
    let (texts, time) = language(facts.language);
    let brand = brand(facts.organization);
    let tenant = match facts.tenant_name {
        "" => brand.name.clone(),
        name => name.to_owned(),
    };
    let until = facts.expires_at.strftime(time).to_string();
    let variables = [
        ("inviter", facts.inviter_name),
        ("organization", &brand.name),
        ("application", facts.client_name),
        ("email", facts.invitee_email),
        ("until", &until),
        ("tenant", &tenant),
    ];
    let text = |key: &str| texts.text(key, &variables);
    let letter = Letter {
        language: texts.tag(),
        subject: text("invitation-subject"),
        heading: text("invitation-heading"),
        paragraphs: vec![text("invitation-paragraph")],
        button: Button {
            label: text("invitation-button"),
            copy_hint: text("invitation-copy"),
            // mutant: mail-leads-elsewhere
            url: facts.url.to_owned(),
        },
        notes: vec![
            text("invitation-address"),
            text("invitation-unexpected"),
            text("sent-by"),
        ],
        from_name: tenant,
        brand,
    };
    Mail {
        useless_after: Some(facts.expires_at),
        ..letter.into_mail(facts.invitee_email)
    }
}

/// The tags of the languages that mails are written in.
pub fn mail_languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(texts, _)| texts.tag())
}

/// Whether mails are written in the language of a BCP 47 tag; mails in other languages would be in English.
#[must_use]
pub fn has_mails_in(tag: &str) -> bool {
    find_language(tag).is_some()
}

/// The tag of the language that a mail for a BCP 47 tag is written in.
pub(crate) fn tag(tag: &str) -> &'static str {
    language(tag).0.tag()
}

fn language(tag: &str) -> &'static (Texts, &'static str) {
    let [default, ..] = &*LANGUAGES;
    find_language(tag).unwrap_or(default)
}

fn find_language(tag: &str) -> Option<&'static (Texts, &'static str)> {
    LANGUAGES.iter().find(|(texts, _)| texts.suits(tag))
}

/// The look of an organization's mails.
fn brand(organization: &Organization) -> Brand {
    let name = match organization.display_name.as_str() {
        "" => organization.name.as_str(),
        name => name,
    };
    let branding = &organization.settings.branding;
    Brand {
        name: name.to_owned(),
        logo_url: branding.logo_url.clone(),
        primary_color: branding.primary_color.clone(),
        page_background_color: branding.page_background_color.clone(),
    }
}
