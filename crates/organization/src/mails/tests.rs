use std::collections::BTreeSet;

use super::*;
use crate::domain::OrganizationName;

const URL: &str =
    "https://app.example.test/login?invitation=TICKET&organization=org_acme&organization_name=acme";

fn organization(display_name: &str) -> Organization {
    let name = OrganizationName::parse("acme").unwrap();
    Organization {
        display_name: display_name.to_owned(),
        ..Organization::new("org_acme".to_owned().into(), name)
    }
}

fn facts(organization: &Organization) -> InvitationMail<'_> {
    InvitationMail {
        organization,
        inviter_name: "Alice",
        invitee_email: "carol@example.test",
        expires_at: Timestamp::constant(1_767_323_045, 0),
        url: URL,
        language: "en",
        tenant_name: "Example",
        client_name: "Team",
    }
}

#[test]
fn the_mail_has_all_facts() {
    let organization = organization("Acme Inc.");
    let mail = invitation(&facts(&organization));
    assert_eq!(mail.subject, "Alice invites you to Acme Inc.");
    assert_eq!(
        (mail.to.as_str(), mail.from_name.as_str()),
        ("carol@example.test", "Example")
    );
    assert_eq!(mail.link, URL);
    assert_eq!(
        mail.useless_after,
        Some(Timestamp::constant(1_767_323_045, 0))
    );
    let until = "2 January 2026, 03:04 UTC";
    for fact in [
        "Alice",
        "Acme Inc.",
        "Team",
        "carol@example.test",
        "Example",
        until,
    ] {
        assert!(mail.text.contains(fact), "{fact}: {}", mail.text);
        assert!(mail.html.contains(fact), "{fact}: {}", mail.html);
    }
    assert!(mail.text.contains(URL));
}

#[test]
fn the_mail_is_in_the_language_of_the_reader() {
    let organization = organization("アクメ");
    for (language, subject, lang) in [
        (
            "ja-JP",
            "Alice さんから アクメ への招待",
            "<html lang=\"ja\">",
        ),
        ("ja", "Alice さんから アクメ への招待", "<html lang=\"ja\">"),
        ("en-GB", "Alice invites you to アクメ", "<html lang=\"en\">"),
        ("fr", "Alice invites you to アクメ", "<html lang=\"en\">"),
        ("", "Alice invites you to アクメ", "<html lang=\"en\">"),
    ] {
        let mail = invitation(&InvitationMail {
            language,
            ..facts(&organization)
        });
        assert_eq!(mail.subject, subject, "{language}");
        assert!(mail.html.contains(lang), "{language}");
    }
}

#[test]
fn lines_in_japanese_end_between_phrases() {
    let organization = organization("アクメ");
    let mail = invitation(&InvitationMail {
        language: "ja",
        inviter_name: "あり\u{200b}す",
        ..facts(&organization)
    });
    assert!(mail.subject.starts_with("ありす さんから"));
    let lines: Vec<_> = mail.text.lines().collect();
    for line in [
        "ありす さんが、アクメ のメンバーとして Team を利用するよう",
        "あなたを招待しています。",
        "お心当たりがない場合は、このメールを破棄してください。",
        "承諾しないかぎり、何も起こりません。",
    ] {
        assert!(lines.contains(&line), "{line}: {}", mail.text);
    }
    assert!(!mail.text.contains('\u{200b}'), "{}", mail.text);
    let phrases = "を利用するよう\u{200b}あなたを招待しています。</p>";
    assert!(mail.html.contains(phrases), "{}", mail.html);
}

#[test]
fn both_languages_have_the_same_texts() {
    let keys = |source: &'static str| -> BTreeSet<&str> {
        let lines = source.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| line.split_once(" = "))
            .map(|(key, _)| key)
            .collect()
    };
    let english = keys(include_str!("../../locales/en.ftl"));
    assert_eq!(english, keys(include_str!("../../locales/ja.ftl")));
    let organization = organization("");
    for language in ["en", "ja"] {
        let mail = invitation(&InvitationMail {
            language,
            ..facts(&organization)
        });
        for key in &english {
            assert!(!mail.text.contains(key), "{key} has no text in {language}");
        }
        assert!(!mail.text.contains('{'), "{}", mail.text);
    }
}

#[test]
fn without_a_display_name_the_name_is_shown() {
    let organization = organization("");
    let mail = invitation(&InvitationMail {
        tenant_name: "",
        ..facts(&organization)
    });
    assert_eq!(
        (mail.subject.as_str(), mail.from_name.as_str()),
        ("Alice invites you to acme", "acme")
    );
}

#[test]
fn sec_136_names_add_no_lines_and_no_markup() {
    let evil = "Eve\r\nBcc: eve@example.test\r\n\r\n<a href=https://evil.test>Click</a>";
    let organization = organization(evil);
    let mail = invitation(&InvitationMail {
        inviter_name: evil,
        client_name: evil,
        tenant_name: evil,
        ..facts(&organization)
    });
    for line in [&mail.subject, &mail.from_name] {
        assert!(!line.contains(char::is_control), "{line:?}");
    }
    assert!(
        !mail.text.contains("\nBcc") && !mail.text.contains("\n<a"),
        "{}",
        mail.text
    );
    assert!(
        !mail.html.contains("<a href=https://evil.test"),
        "{}",
        mail.html
    );
    assert!(
        mail.html.contains("&#60;a href=https://evil.test&#62;"),
        "{}",
        mail.html
    );
}

#[test]
fn sec_129_the_mail_leads_to_the_given_address_only() {
    let organization = organization("Acme");
    let mail = invitation(&facts(&organization));
    let links: BTreeSet<_> = mail
        .html
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(links, BTreeSet::from([URL.replace('&', "&#38;").as_str()]));
    assert_eq!(mail.text.matches("://").count(), 1);
}
