//! Rules for all pages, and tests that no input becomes markup.

mod invitation;
mod sessions;

use super::*;

const MARKUP: &str = r#""><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;"#;
const ESCAPED: &str = "&#60;script&#62;alert(1)&#60;/script&#62;&#60;img src=x onerror=&#39;alert(2)&#39;&#62;&#38;amp;";

fn page(language: Language, name: &str) -> Page<'_> {
    Page {
        language,
        tenant_name: name,
        logo_url: Some(name),
        initial: Some(name),
        colors: Colors::default(),
        client_name: Some(name),
    }
}

/// Every page with the common layout, with `value` in every place for input.
fn pages(language: Language, value: &str) -> Vec<(&'static str, String)> {
    let page = page(language, value);
    let error = Some(FormError::PasswordTooWeak);
    let identifier = LoginIdentifier {
        page,
        state: value,
        csrf: value,
        username: value,
        signup_allowed: true,
        error,
    };
    let password = LoginPassword {
        page,
        state: value,
        csrf: value,
        username: value,
        invited: None,
        signup_allowed: true,
        error,
    };
    let signup = Signup {
        page,
        state: value,
        csrf: value,
        email: value,
        invited: None,
        min_password_length: 12,
        error,
    };
    let consent = Consent {
        page,
        state: value,
        csrf: value,
        application_logo: Some(value),
        user: value,
        profile: &ProfileScope::ALL.map(|subject| ConsentLine {
            subject,
            is_new: true,
        }),
        api_name: Some(value),
        includes_permissions: true,
        organization: Some(value),
        permissions: &[ConsentLine {
            subject: value.to_owned(),
            is_new: true,
        }],
        error,
    };
    let confirmation = Confirmation {
        page,
        state: value,
        csrf: value,
        user: value,
        target: value,
        error,
    };
    let logout = Logout {
        page,
        state: value,
        csrf: value,
        user: value,
        error,
    };
    vec![
        ("login_identifier", identifier.to_string()),
        ("login_password", password.to_string()),
        ("signup", signup.to_string()),
        ("consent", consent.to_string()),
        ("confirmation", confirmation.to_string()),
        ("error_page", error_page(page, value).to_string()),
        ("organization", organization(page, value).to_string()),
        (
            "organization_picker",
            organization_picker(page, value, &[entry(value)]),
        ),
        ("invitation", invitation::page_with(page, value)),
        ("invitation_sign_in", invitation::sign_in_with(page, value)),
        ("invitation_sign_up", invitation::sign_up_with(page, value)),
        ("logout", logout.to_string()),
        ("logout_aborted", LogoutAborted { page }.to_string()),
        ("logged_out", LoggedOut { page }.to_string()),
        ("no_session", NoSession { page }.to_string()),
        ("sessions", sessions::page_with(page, value, true)),
        ("signed_in", signed_in(page, value).to_string()),
    ]
}

fn organization<'a>(page: Page<'a>, value: &'a str) -> Organization<'a> {
    Organization {
        page,
        state: value,
        csrf: value,
        field: OrganizationField::NameOrEmail,
        typed: value,
        personal_allowed: true,
        error: Some(FormError::InvalidOrganization),
    }
}

fn entry(value: &str) -> OrganizationEntry<'_> {
    OrganizationEntry {
        id: value,
        name: value,
        logo_url: Some(value),
    }
}

fn organization_picker(page: Page<'_>, value: &str, entries: &[OrganizationEntry<'_>]) -> String {
    let picker = OrganizationPicker {
        page,
        state: value,
        csrf: value,
        user: Some(value),
        organizations: entries,
        next: Some(value),
        personal_allowed: true,
        error: Some(FormError::InvalidOrganization),
    };
    picker.to_string()
}

fn signed_in<'a>(page: Page<'a>, value: &'a str) -> SignedIn<'a> {
    SignedIn {
        page,
        user: value,
        address: Some(value),
    }
}

fn error_page<'a>(page: Page<'a>, value: &'a str) -> ErrorPage<'a> {
    ErrorPage {
        page,
        kind: ErrorKind::Request,
        error: "invalid_request",
        error_description: value,
        tracking_id: value,
        support_email: Some(value),
        support_url: Some(value),
    }
}

#[test]
fn every_page_is_whole_in_every_language() {
    for language in Language::ALL {
        for (name, html) in pages(language, "Kettle") {
            let lang = format!("<html lang=\"{}\">", language.tag());
            for part in [
                "<!doctype html>",
                &lang,
                "name=\"viewport\"",
                "content=\"noindex\"",
                "<h1>",
                "<main",
            ] {
                assert!(html.contains(part), "{name} lacks {part}");
            }
            assert!(
                html.contains(&Asset::stylesheet().path().replace('&', "&#38;")),
                "{name}"
            );
        }
    }
}

/// The content security policy forbids inline scripts and styles; only the two answer pages have a nonce.
#[test]
fn no_page_has_inline_script_or_style() {
    for (name, html) in pages(Language::En, "Kettle") {
        for part in [
            "<script",
            "<style",
            " style=",
            " onclick=",
            " onload=",
            "javascript:",
            "http:",
            "https:",
        ] {
            assert!(!html.contains(part), "{name} has {part}");
        }
    }
}

/// SEC-053, SEC-060.
#[test]
fn values_are_text_wherever_they_stand() {
    for language in Language::ALL {
        for (name, html) in pages(language, MARKUP) {
            assert!(
                !html.contains("<script") && !html.contains("src=x onerror='"),
                "{name}"
            );
            assert!(html.contains(ESCAPED), "{name}");
        }
    }
}

#[test]
fn the_state_in_a_link_is_one_query_value() {
    for (name, html) in pages(Language::En, "a&b=c#d e") {
        assert!(!html.contains("?state=a&"), "{name}");
    }
    let (_, signup) = &pages(Language::En, "a&b=c#d e")[2];
    assert!(signup.contains("/u/login/identifier?state=a%26b%3Dc%23d%20e\""));
}

#[test]
fn forms_have_the_fields_that_applications_tests_fill_in() {
    let pages = pages(Language::En, "value");
    let expected = [
        (
            "/u/login/identifier",
            "name=\"username\"",
            "autocomplete=\"username\"",
        ),
        (
            "/u/login/password",
            "name=\"password\"",
            "autocomplete=\"current-password\"",
        ),
        (
            "/u/signup",
            "name=\"email\"",
            "autocomplete=\"new-password\"",
        ),
    ];
    for ((action, field, autocomplete), (name, html)) in expected.into_iter().zip(pages) {
        assert!(
            html.contains(&format!("<form method=\"post\" action=\"{action}\">")),
            "{name}"
        );
        for part in [
            field,
            autocomplete,
            "type=\"hidden\" name=\"state\" value=\"value\"",
            "type=\"hidden\" name=\"_csrf\" value=\"value\"",
            "<button type=\"submit\" name=\"action\" value=\"default\">",
        ] {
            assert!(html.contains(part), "{name} lacks {part}");
        }
    }
}

#[test]
fn labels_name_their_fields() {
    for (name, html) in pages(Language::Ja, "value") {
        for label in html.split("<label for=\"").skip(1) {
            let field = label.split('"').next().unwrap();
            assert!(
                html.contains(&format!("<input id=\"{field}\"")),
                "{name}: {field}"
            );
        }
    }
}

#[test]
fn an_error_is_announced_and_marks_its_field() {
    let signup = |error| {
        let page = page(Language::En, "Kettle");
        Signup {
            page,
            state: "s",
            csrf: "c",
            email: "a@example.test",
            invited: None,
            min_password_length: 12,
            error,
        }
        .to_string()
    };
    for error in FormError::ALL {
        let html = signup(Some(error));
        let message = format!("role=\"alert\" data-error-code=\"{}\"", error.code());
        assert_eq!(html.matches(&message).count(), 1, "{error:?}");
        let marked = usize::from(error.is_about_email() || error.is_about_password());
        assert_eq!(
            html.matches("aria-invalid=\"true\"").count(),
            marked,
            "{error:?}"
        );
    }
    let html = signup(None);
    assert!(!html.contains("data-error-code") && !html.contains("aria-invalid"));
    assert!(html.contains("At least 12 characters"));
}

#[test]
fn sign_up_is_offered_only_where_it_is_allowed() {
    let page = page(Language::En, "Kettle");
    let view = |signup_allowed| {
        LoginIdentifier {
            page,
            state: "s",
            csrf: "c",
            username: "",
            signup_allowed,
            error: None,
        }
        .to_string()
    };
    assert!(view(true).contains("href=\"/u/signup?state=s\""));
    assert!(!view(false).contains("/u/signup"));
}

#[test]
fn an_initial_stands_for_an_organization_without_a_logo() {
    let mark = "<img class=\"mark\"";
    let tenant = Page {
        logo_url: None,
        initial: None,
        ..page(Language::En, "Kettle")
    };
    assert!(organization(tenant, "x").to_string().contains(mark));
    let of_organization = Page {
        initial: Some("<"),
        ..tenant
    };
    let html = organization(of_organization, "x").to_string();
    assert!(html.contains("<span class=\"initial\" aria-hidden=\"true\">&#60;</span>"));
    assert!(!html.contains(mark), "{html}");
}

#[test]
fn colors_are_a_second_stylesheet() {
    let colors = Colors {
        primary: Color::parse("#123456"),
        page_background: None,
    };
    let page = Page {
        colors,
        ..page(Language::En, "Kettle")
    };
    let html = organization(page, "x").to_string();
    let (own, second) = (Asset::stylesheet().path(), colors.path().unwrap());
    let position = |path: &str| html.find(&format!("<link rel=\"stylesheet\" href=\"{path}\">"));
    assert!(position(&own).unwrap() < position(&second).unwrap());
}

/// The buttons of a choice are in one form, so that the page works without scripts.
#[test]
fn an_organization_is_chosen_by_its_button() {
    let page = page(Language::En, "Kettle");
    let entries = ["org_a", "org_b"].map(|id| OrganizationEntry {
        logo_url: None,
        ..entry(id)
    });
    let html = organization_picker(page, "x", &entries);
    assert_eq!(html.matches("<form").count(), 1);
    for id in ["org_a", "org_b"] {
        assert!(
            html.contains(&format!("name=\"organization\" value=\"{id}\"")),
            "{id}"
        );
    }
    assert!(html.contains("/u/organization-picker?state=x&amp;from=x\""));
}

#[test]
fn the_error_page_helps_the_person_and_the_developer() {
    let html = error_page(page(Language::En, "Kettle"), "x").to_string();
    assert!(html.contains("invalid_request: x"));
    assert!(html.contains("This application cannot sign you in"));
    for (status, kind) in [
        (400, ErrorKind::Request),
        (403, ErrorKind::Request),
        (404, ErrorKind::NotFound),
        (414, ErrorKind::TooLarge),
        (500, ErrorKind::Fault),
        (501, ErrorKind::Request),
        (503, ErrorKind::Unavailable),
    ] {
        assert_eq!(
            ErrorKind::of(http::StatusCode::from_u16(status).unwrap()),
            kind,
            "{status}"
        );
    }
}

#[test]
fn logout_says_ok() {
    for language in Language::ALL {
        assert!(
            LoggedOut {
                page: page(language, "Kettle")
            }
            .to_string()
            .contains("OK")
        );
    }
}

#[test]
fn only_a_page_of_ours_that_failed_has_a_way_back() {
    for kind in ErrorKind::ALL {
        let view = ErrorPage {
            kind,
            ..error_page(page(Language::En, "Kettle"), "x")
        };
        let leads_back = view.to_string().contains("href=\"/u/sessions\"");
        assert_eq!(leads_back, kind == ErrorKind::NothingChanged, "{kind:?}");
    }
}

/// SEC-056.
#[test]
fn the_way_onward_is_one_address() {
    let html = Onward {
        language: Language::En,
        url: "https://app.example.test/cb?a='1'&b=\"2\"#state=<svg>",
    }
    .to_string();
    let escaped = "https://app.example.test/cb?a=&#39;1&#39;&#38;b=&#34;2&#34;#state=&#60;svg&#62;";
    let refresh = format!("<meta http-equiv=\"refresh\" content=\"0;url={escaped}\">");
    assert!(html.contains(&refresh), "{html}");
    assert!(html.contains(&format!("<a href=\"{escaped}\">Continue</a>")));
    assert!(!html.contains("<script") && !html.contains("<form"));
}

/// SEC-055, SEC-056.
#[test]
fn form_post_keeps_values_in_their_attributes() {
    let html = FormPost {
        language: Language::En,
        redirect_uri: "https://app.example.test/cb?a='1'&b=\"2\"",
        parameters: &[
            ("state", "\"><svg onload=alert(1)>"),
            ("access_token", "abc"),
        ],
        csp_nonce: "r4nd0m",
    }
    .to_string();
    assert!(
        html.contains("action=\"https://app.example.test/cb?a=&#39;1&#39;&#38;b=&#34;2&#34;\"")
    );
    assert!(html.contains("name=\"state\" value=\"&#34;&#62;&#60;svg onload=alert(1)&#62;\""));
    assert!(html.contains("name=\"access_token\" value=\"abc\""));
    assert!(html.contains("<script nonce=\"r4nd0m\">document.forms[0].submit();</script>"));
    assert_eq!(
        html.matches("<input type=\"hidden\"").count(),
        html.matches("<input").count()
    );
    assert_eq!(html.matches("<form ").count(), 1);
}
