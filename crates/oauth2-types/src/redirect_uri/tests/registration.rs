//! Tests of the rules for registration.

use super::*;

fn problem(text: &str) -> Option<RegistrationError> {
    RegisteredUri::parse(text).err()
}

#[test]
fn accepted() {
    for text in [
        "https://app.example.test/cb",
        "https://app.example.test",
        "HTTPS://App.example.test/cb?app=1&x=%20",
        "http://localhost:3000/cb",
        "http://intranet/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:8080/cb",
        "https://xn--bcher-kva.test/cb",
        "https://app.example.test/cb?q=\"'&",
        "com.example.app://callback",
        "com.example.app:/cb",
        "https://*.preview.example.test/cb",
        "https://pr-*-web.example.test:8443",
        "https://0*0.example.test",
        "https://app.example.test/state?State=1&states=2&x=state&x-code=",
        "https://{organization_name}.tenant.example.test/cb",
    ] {
        assert_eq!(problem(text), None, "{text}");
        assert_eq!(RegisteredUri::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn sec_022_dangerous_schemes() {
    for text in [
        "javascript:alert(1)",
        "JavaScript://app.example.test/%0aalert(1)",
        "data:text/html,x",
        "DATA:text/html;base64,eA==",
        "vbscript:msgbox(1)",
        "VBScript:x",
        "file:///etc/passwd",
        "fILE:x",
    ] {
        assert_eq!(
            problem(text),
            Some(RegistrationError::DangerousScheme),
            "{text}"
        );
        assert_eq!(
            check_scheme(text),
            Err(RegistrationError::DangerousScheme),
            "{text}"
        );
    }
    for text in [
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "\njavascript:x",
        "java\0script:x",
        "\u{a0}data:x",
    ] {
        let problem = problem(text);
        let refused = matches!(problem, Some(RegistrationError::Character { .. }));
        assert!(refused, "{text:?} {problem:?}");
        let checked = check_scheme(text);
        let refused = matches!(checked, Err(RegistrationError::Character { .. }));
        assert!(refused, "{text:?} {checked:?}");
    }
    for text in [
        "https://cdn.example.test/logo.svg#dark",
        "https://app.example.test/login?a=b",
    ] {
        assert_eq!(check_scheme(text), Ok(()), "{text}");
    }
}

#[test]
fn sec_023_wildcards() {
    use RegistrationError::{
        PlaceholderDomain, PlaceholderLabel, PlaceholderPosition, PlaceholderScheme,
        SeveralPlaceholders,
    };
    let full = format!("https://{}*.example.test", "a".repeat(63));
    let cases = [
        ("https://*-.example.test/cb", PlaceholderLabel),
        ("https://-*.example.test/cb", PlaceholderLabel),
        ("https://my_*.example.test/cb", PlaceholderLabel),
        ("https://*_app.example.test/cb", PlaceholderLabel),
        (full.as_str(), PlaceholderLabel),
        ("https://*", PlaceholderDomain),
        ("https://*/cb", PlaceholderDomain),
        ("https://*.test", PlaceholderDomain),
        ("https://*.test:8443/cb", PlaceholderDomain),
        ("https://*.test./cb", PlaceholderDomain),
        ("https://*..test/cb", PlaceholderDomain),
        ("http://*.localhost:3000/cb", PlaceholderDomain),
        ("https://*.co.uk/cb", PlaceholderDomain),
        ("https://app-*.CO.UK:8443/cb", PlaceholderDomain),
        ("https://*.*.example.test/cb", SeveralPlaceholders),
        ("https://**.example.test/cb", SeveralPlaceholders),
        ("https://*.example.test/*", SeveralPlaceholders),
        ("https://app.example.test:*/cb", PlaceholderPosition),
        ("https://localhost:*/cb", PlaceholderPosition),
        ("https://app.example.test/*", PlaceholderPosition),
        ("https://app.example.test/cb.*", PlaceholderPosition),
        ("https://app.example.test?a=*", PlaceholderPosition),
        ("https://app.*.example.test/cb", PlaceholderPosition),
        ("https://app.example.*/cb", PlaceholderPosition),
        ("https://a%2e*.example.test/cb", PlaceholderPosition),
        ("com.example.app://*.example.test/cb", PlaceholderScheme),
        ("com.example.app:/*", PlaceholderScheme),
    ];
    for (text, expected) in cases {
        assert_eq!(problem(text), Some(expected), "{text}");
    }
    assert_eq!(
        problem("https://*.0.0.1/cb"),
        Some(RegistrationError::Malformed)
    );
}

/// SEC-007: the answer's parameters are added to the query, which must not have them already.
#[test]
fn sec_007_names_of_an_answer() {
    for name in [
        "access_token",
        "code",
        "error",
        "error_description",
        "error_uri",
        "expires_in",
        "id_token",
        "iss",
        "scope",
        "session_state",
        "state",
        "token_type",
    ] {
        let encoded: Vec<_> = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for query in [
            format!("?{name}=1"),
            format!("?{name}"),
            format!("?{name}="),
            format!("?app=1&&{name}=1&b"),
            format!("?{}=1", encoded.concat()),
            format!("?a=?&{name}"),
        ] {
            for uri in [
                "https://app.example.test/cb",
                "https://app.example.test",
                "https://*.preview.example.test/cb",
                "http://127.0.0.1/cb",
                "com.example.app:/cb",
                "com.example.app:cb",
            ] {
                let expected = Some(RegistrationError::AnswerName(name));
                assert_eq!(problem(&format!("{uri}{query}")), expected, "{query}");
            }
        }
    }
    let refused = problem("https://app.example.test/cb?app=1&state=1").unwrap();
    assert!(refused.to_string().contains("\"state\""), "{refused}");
    // Decoded once: applications find no `state` there.
    assert_eq!(problem("https://app.example.test/cb?%2573tate=1"), None);
    assert_eq!(problem("https://app.example.test/state=1/code"), None);
    let entry = "https://app.example.test/cb?state=1";
    assert_refused(entry, &[entry], WEB_CLIENT);
    assert_eq!(match_post_logout_redirect_uri(entry, [entry]), None);
    assert_eq!(match_logout_url(entry, [entry]), None);
}

#[test]
fn sec_024_callers_can_tell_placeholders() {
    let placeholder = |text| RegisteredUri::parse(text).unwrap().placeholder();
    assert_eq!(placeholder(SPA1[0]), None);
    assert_eq!(placeholder(SPA2[0]), Some(Placeholder::Wildcard));
    assert_eq!(placeholder(SPA3[0]), Some(Placeholder::OrganizationName));
}

#[test]
fn organization_name() {
    use RegistrationError::{
        PlaceholderDomain, PlaceholderPosition, PlaceholderScheme, SeveralPlaceholders,
        UnknownPlaceholder,
    };
    let cases = [
        ("https://{organization_name}.test/cb", PlaceholderDomain),
        (
            "https://a-{organization_name}.example.test/cb",
            PlaceholderPosition,
        ),
        (
            "https://app.example.test/{organization_name}",
            PlaceholderPosition,
        ),
        (
            "https://app.{organization_name}.example.test/",
            PlaceholderPosition,
        ),
        (
            "https://{organization_name}.{organization_name}.example.test/",
            SeveralPlaceholders,
        ),
        (
            "https://*.{organization_name}.example.test/",
            SeveralPlaceholders,
        ),
        (
            "https://{organization_name}*.example.test/",
            SeveralPlaceholders,
        ),
        (
            "https://{Organization_name}.example.test/",
            UnknownPlaceholder,
        ),
        ("https://{org}.example.test/", UnknownPlaceholder),
        ("https://app.example.test/{", UnknownPlaceholder),
        ("app://{organization_name}.example.test/", PlaceholderScheme),
    ];
    for (text, expected) in cases {
        assert_eq!(problem(text), Some(expected), "{text}");
    }
}

#[test]
fn malformed() {
    use RegistrationError::{Character, Fragment, Malformed, NotAbsolute, Userinfo};
    let within = |character| Character {
        character,
        at_end: false,
    };
    let cases = [
        ("", NotAbsolute),
        ("/cb", NotAbsolute),
        ("//app.example.test/cb", NotAbsolute),
        ("app.example.test/cb", NotAbsolute),
        ("https:app.example.test", NotAbsolute),
        ("https:///cb", NotAbsolute),
        ("https://", NotAbsolute),
        ("com.example.app:", NotAbsolute),
        ("https://app.example.test/cb#", Fragment),
        ("https://app.example.test/cb#x", Fragment),
        ("https://user@app.example.test/cb", Userinfo),
        ("https://app.example.test@evil.test/cb", Userinfo),
        ("https://app.example.test:99999/cb", Malformed),
        ("https://[::1/cb", Malformed),
        ("https://a%20b.test/cb", Malformed),
        ("https://app.example.test\\cb", within('\\')),
        ("https://app.example.test/c b", within(' ')),
        ("https://bücher.test/cb", within('ü')),
        (
            "https://app.example.test/cb\n",
            Character {
                character: '\n',
                at_end: true,
            },
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(problem(text), Some(expected), "{text:?}");
    }
}

#[test]
fn origins() {
    let cases = [
        (
            "https://App.example.test:8443/cb?a",
            Some("https://app.example.test:8443"),
        ),
        (
            "https://*.preview.example.test/cb",
            Some("https://*.preview.example.test"),
        ),
        ("com.example.app://callback", None),
    ];
    for (text, expected) in cases {
        let registered = RegisteredUri::parse(text).unwrap();
        assert_eq!(registered.origin(), expected, "{text}");
    }
}

#[test]
fn f18_a_message_names_what_is_wrong() {
    for (text, expected) in [
        (
            "https://app.example.test/cb ",
            "the URI has a space at its end, which must be percent-encoded",
        ),
        (
            "https://app.example.test/\u{a0}cb",
            "the URI has the character '\\u{a0}', which must be percent-encoded",
        ),
        (
            "http://localhost:3000/cb, http://localhost:3080/cb",
            "the text looks like several URIs, split by commas; each needs an entry of its own",
        ),
        (
            "com.my_app://login.example.test/cb",
            "the scheme of the URI has '_'; schemes have letters, digits, +, - and . only",
        ),
    ] {
        assert_eq!(problem(text).unwrap().to_string(), expected);
    }
}
